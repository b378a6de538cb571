"""In what capacity somebody stands before a complaint, and so what they may see (Y10-2, Y12-2)."""

from server.accounts import service as accounts
from server.complaints.handling.models import Cooperation
from server.complaints.models import Complaint
from server.complaints.workflow import Hat
from server.core.web import Actor
from server.ordinance import service as ordinance

WORKING_ROLES = frozenset({"handler", "team_head", "head"})
"""The roles with which a department's officials work its cases."""


def hats_of(actor: Actor, complaint: Complaint) -> frozenset[Hat]:
    """Every capacity of the actor before this complaint; none means it does not exist for them.

    A substitute has the roles of whom they stand in for, in the same department.
    """
    hats = set()
    if actor.account_id is not None and actor.account_id == complaint.applicant_id:
        hats.add(Hat.APPLICANT)
    if actor.opened is not None and actor.opened == complaint.number:
        hats.add(Hat.APPLICANT)
    if actor.official:
        hats |= _office_hats(actor, complaint.department_id)
    return frozenset(hats)


async def hats(actor: Actor, complaint: Complaint) -> frozenset[Hat]:
    """As `hats_of`; and whoever works in a department that was asked to co-operate may see it for
    as long as it has not answered (Act 20)."""
    known = hats_of(actor, complaint)
    if actor.department_id is None or WORKING_ROLES.isdisjoint(actor.roles):
        return known
    asked = Cooperation.filter(
        complaint_id=complaint.id, department_id=actor.department_id, open=True
    )
    return known | {Hat.COOPERATOR} if await asked.exists() else known


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
    if ordinance.profile().complaints.disclosure_by in actor.roles:
        hats.add(Hat.DISCLOSURE)
    if department_id is not None and department_id == actor.department_id:
        if "head" in actor.roles:
            hats.add(Hat.HEAD)
        if "team_head" in actor.roles:
            hats.add(Hat.TEAM_HEAD)
        if not actor.roles.isdisjoint({"handler", "audit"}):  # audit works what came to it (D17(2))
            hats.add(Hat.HANDLER)
    return hats
