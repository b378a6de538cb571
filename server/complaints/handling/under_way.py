"""What is under way about a complaint beside its state: for the desk, and what of it asks for the
applicant's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.accounts import service as accounts
from server.complaints.answers import answering, enclosing
from server.complaints.answers.enclosing import Enclosed
from server.complaints.answers.models import Draft
from server.complaints.handling.models import Cooperation, Extension, Mend, Pause
from server.complaints.models import Complaint
from server.complaints.workflow import EXTENSION_CAUSES, MENDABLE
from server.core import clock
from server.deadlines.service import Ground


@dataclass(frozen=True, slots=True)
class Asked:
    """What another department was asked, and what it replied."""

    department: accounts.Dept
    text: str
    reply_by: date
    open: bool
    late: bool
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Time that does not count: of whom or of what, and until when."""

    agency: str | None
    text: str
    until: date


@dataclass(frozen=True, slots=True)
class Wished:
    """A second extension that the applicant is asked to consent to."""

    cause: str
    text: str
    until: date


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that the applicant is asked to have mended."""

    field: str
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Everything that is under way. `word` is with what the last draft was sent back, `enclosed`
    the photos that will leave with the answer."""

    cooperations: Sequence[Asked] = ()
    documents: Waiting | None = None
    inquiry: Waiting | None = None
    wished: Wished | None = None
    slip: Slip | None = None
    draft: Draft | None = None
    drafter: str = ""
    word: str | None = None
    enclosed: Sequence[Enclosed] = ()


async def at_desk(number: str) -> UnderWay:
    """What the office sees."""
    complaint = await Complaint.get(number=number).only("id")
    draft = await answering.latest_draft(complaint.id)
    names = await accounts.display_names([draft.drafted_by_id]) if draft else {}
    pauses = {
        row.ground: Waiting(row.agency, row.text, row.until)
        for row in await Pause.filter(complaint_id=complaint.id, ends=None)
    }
    return UnderWay(
        await _cooperations(complaint.id),
        pauses.get(Ground.DOCUMENTS),
        pauses.get(Ground.INQUIRY),
        await wished_of(complaint.id),
        await slip_of(complaint.id),
        draft if draft is not None and draft.state != "approved" else None,
        names.get(draft.drafted_by_id, "") if draft else "",
        await answering.last_word(draft.id) if draft and draft.state == "sent_back" else None,
        await enclosing.waiting(complaint.id) if draft and draft.state == "open" else (),
    )


async def for_applicant(number: str) -> UnderWay:
    """What asks for the applicant's word."""
    complaint = await Complaint.get(number=number).only("id")
    return UnderWay(wished=await wished_of(complaint.id), slip=await slip_of(complaint.id))


async def wished_of(complaint_id: int) -> Wished | None:
    """The extension that waits for consent."""
    row = await Extension.get_or_none(complaint_id=complaint_id, granted=None)
    return Wished(EXTENSION_CAUSES[row.cause], row.text, row.until) if row else None


async def slip_of(complaint_id: int) -> Slip | None:
    """The slip that waits for consent."""
    row = await Mend.get_or_none(complaint_id=complaint_id, agreed=None)
    return Slip(MENDABLE[row.field], row.before, row.text) if row else None


async def _cooperations(complaint_id: int) -> list[Asked]:
    departments = {each.id: each for each in await accounts.departments(every=True)}
    today = clock.today()
    return [
        Asked(
            departments[row.department_id],
            row.asked,
            row.reply_by,
            row.open,
            row.open and row.reply_by < today,
            row.answer,
            row.answered_at,
        )
        for row in await Cooperation.filter(complaint_id=complaint_id).order_by("id")
        if row.open or row.answered_at is not None
    ]
