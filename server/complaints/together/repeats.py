"""The same content again: found by keyed sketches, answered twice, and what follows (Act 23,
D17(2), D26). Nothing in the database can be read back into what somebody wrote."""

from datetime import datetime

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.acts.refusing import refused
from server.complaints.models import Answer, Complaint
from server.complaints.together import repeats_rules
from server.complaints.together.models import Gathering
from server.complaints.together.repeats_models import Referral, Sketch
from server.complaints.together.repeats_rules import Earlier, Repeat, likeness
from server.complaints.workflow import ANSWERED, Outcome, State
from server.core import crypto

EARLIER_LOOKED_AT = 200
KEY_BYTES = 16

__all__ = [
    "answered_before",
    "applicant_key",
    "audit_department",
    "category_if",
    "check_closing",
    "earlier_same",
    "keep_sketch",
    "key_of",
    "likeness",
    "refer_to_audit",
    "referral_of",
    "renew_sketch",
]


async def keep_sketch(complaint: Complaint) -> None:
    """Sketch a complaint as it is filed; in the filing's transaction."""
    await Sketch.create(
        complaint_id=complaint.id, applicant=applicant_key(complaint), sketch=_sketch(complaint)
    )


async def renew_sketch(complaint: Complaint) -> None:
    """Sketch it anew where its text was mended."""
    await Sketch.filter(complaint_id=complaint.id).update(sketch=_sketch(complaint))


def applicant_key(complaint: Complaint) -> bytes:
    """Whose complaint it is, as a keyed hash: the account's, or without one the telephone's."""
    if complaint.applicant_id is not None:
        whose = f"account {complaint.applicant_id}"
    elif complaint.phone:
        whose = f"phone {rules.normal_phone(complaint.phone)}"
    else:
        whose = f"complaint {complaint.number}"
    return key_of(whose)


def key_of(whose: str) -> bytes:
    """What stands in the database for somebody who files."""
    return crypto.keyed_hash("complaint applicant", whose)[:KEY_BYTES]


async def earlier_same(complaint: Complaint) -> list[Earlier]:
    """The applicant's earlier complaints of the same content, the oldest first."""
    own = await Sketch.get_or_none(complaint_id=complaint.id)
    if own is None:
        return []
    before = Sketch.filter(applicant=own.applicant, complaint_id__lt=complaint.id)
    sketches = await before.order_by("-complaint_id").limit(EARLIER_LOOKED_AT)
    same = [
        each.complaint_id
        for each in sketches
        if repeats_rules.is_same(bytes(own.sketch), bytes(each.sketch))
    ]
    rows = await Complaint.filter(id__in=same).order_by("id") if same else []
    return [await _earlier(row) for row in rows]


async def check_closing(complaint: Complaint, outcome: str) -> None:
    """Refuse to close as repeated what the Act does not let be closed, with the reason (422)."""
    if outcome != Outcome.REPEATED:
        return
    gathered = await Gathering.get_or_none(complaint_id=complaint.id)
    fault = repeats_rules.closing_fault(
        Repeat(
            await category_if(complaint.kind_id),
            complaint.filed_at,
            await earlier_same(complaint),
            of_many=bool(gathered and gathered.of_many),
            mediated=bool(gathered and gathered.mediated_on),
        )
    )
    if fault is not None:
        raise refused("repeated", fault, 422, "outcome")


async def refer_to_audit(complaint: Complaint, category: str, now: datetime) -> int | None:
    """At classification: the id of the audit department where this is the second grievance of the
    same content, its first answered (D17(2)); recorded once. None otherwise.

    Whoever classifies sets the department to it; `told_of_audit` then tells those concerned.
    """
    if await Referral.exists(complaint_id=complaint.id):
        return None
    earlier = await earlier_same(complaint)
    if not repeats_rules.goes_to_audit(category, earlier):
        return None
    department = await audit_department()
    if department is None:
        return None
    first = next(each.number for each in reversed(earlier) if each.category == category)
    former = await Complaint.get(number=first)
    await Referral.create(complaint_id=complaint.id, earlier_id=former.id, at=now)
    return department


async def audit_department() -> int | None:
    """The department that has those with the role audit; None where nobody has it."""
    for account_id in await accounts.officials_with("audit"):
        official = await accounts.official(account_id)
        if official.department_id is not None:
            return official.department_id
    return None


async def referral_of(complaint_id: int) -> Referral | None:
    """When and after which complaint it went to the audit department."""
    return await Referral.get_or_none(complaint_id=complaint_id)


async def category_if(kind_id: int | None) -> str | None:
    """The category of a kind, if it is classified."""
    return None if kind_id is None else (await catalogue.kind(kind_id)).category


async def answered_before(complaint: Complaint) -> int:
    """How many results about the same content were told before this one was filed."""
    return sum(
        each.answered_at is not None and each.answered_at <= complaint.filed_at
        for each in await earlier_same(complaint)
    )


async def _earlier(row: Complaint) -> Earlier:
    told = None
    if State(row.state) in ANSWERED and await Answer.exists(complaint_id=row.id):
        told = row.ended_at
    return Earlier(row.number, await category_if(row.kind_id), told)


def _sketch(complaint: Complaint) -> bytes:
    text = repeats_rules.normal_content(complaint.title, complaint.body)
    return repeats_rules.sketch(text, _key())


def _key() -> bytes:
    return crypto.keyed_hash("complaint sketch", "key of the shingles")
