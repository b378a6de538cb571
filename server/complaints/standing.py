"""In what capacity somebody stands before a complaint, and so what they may see (Y10-2, Y12-2)."""

from server.accounts import service as accounts
from server.complaints.models import Complaint
from server.complaints.workflow import Hat
from server.core.web import Actor


def hats_of(actor: Actor, complaint: Complaint) -> frozenset[Hat]:
    """Every capacity of the actor before this complaint; none means it does not exist for them.

    A substitute has the roles of whom they stand in for, in the same department.
    """
    hats = set()
    if actor.account_id is not None and actor.account_id == complaint.applicant_id:
        hats.add(Hat.APPLICANT)
    if actor.official:
        hats |= _office_hats(actor, complaint.department_id)
    return frozenset(hats)


def reads_all(actor: Actor) -> bool:
    """Whether the actor sees every complaint: the complaints department, examiner and audit."""
    return actor.official and not actor.roles.isdisjoint({"complaints", "examiner", "audit"})


async def represented_by(actor: Actor) -> list[int]:
    """The officials whose own work the actor does today: themselves, and whom they stand in for."""
    assert actor.account_id is not None
    absent = await accounts.standing_in()
    stood_in_for = [away for away, present in absent.items() if present == actor.account_id]
    return [actor.account_id, *stood_in_for]


def _office_hats(actor: Actor, department_id: int | None) -> set[Hat]:
    hats = set()
    if "complaints" in actor.roles:
        hats.add(Hat.COMPLAINTS)
    if not actor.roles.isdisjoint({"examiner", "audit"}):
        hats.add(Hat.READER)
    if department_id is not None and department_id == actor.department_id:
        if "head" in actor.roles:
            hats.add(Hat.HEAD)
        if "handler" in actor.roles:
            hats.add(Hat.HANDLER)
    return hats
