"""Letters that wait to be printed and posted, for those who chose to be answered so (D29, D31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from server.accounts import service as accounts
from server.complaints.answers import papers
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.complaints.showing import reading
from server.complaints.showing.reading import Reading
from server.core import audit, clock, forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, NotFound
from server.documents.service import Paper

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in the list: for which complaint, what it tells, since when, when it was posted."""

    id: int
    number: str
    kind: str
    at: datetime
    posted_at: datetime | None


async def waiting() -> Sequence[Waiting]:
    """The letters to be posted, the longest waiting first."""
    return [_waiting(row) for row in await _rows(posted=False).order_by("id").limit(PAGE)]


async def posted() -> Sequence[Waiting]:
    """The letters posted last."""
    rows = await _rows(posted=True).order_by("-printed_at").limit(PAGE)
    return [_waiting(row) for row in rows]


async def paper_of(letter_id: int, actor: Actor) -> tuple[Reading, Paper]:
    """The case and what its letter says, in its reader's language. Raises NotFound."""
    row = await Letter.get_or_none(id=letter_id).select_related("complaint")
    if row is None:
        raise NotFound
    complaint: Complaint = row.complaint
    with i18n.speaking(await _language(complaint)):
        found = await reading.read_at_desk(complaint.number, actor)
        told = [step for step in found.steps if step.at <= row.at]
        return found, await papers.letter(row.kind, found, told[-1] if told else None)


@transactional
async def mark_posted(letter_id: int, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """Say that a letter was printed and posted. Raises NotFound, Conflict where it was already."""
    if await forms.claimed(claim) is not None:
        return
    row = await Letter.get_or_none(id=letter_id).select_related("complaint")
    if row is None:
        raise NotFound
    unposted = Letter.filter(id=letter_id, printed_at=None)
    if not await unposted.update(printed_at=clock.now(), printed_by_id=actor.account_id):
        raise Conflict("letter.posted", N_("이미 부쳤다고 적힌 편지입니다."))
    await audit.record("letter.posted", row.complaint.number, actor.account_id, letter=letter_id)
    await forms.settle(claim, str(letter_id))


def _rows(*, posted: bool) -> QuerySet[Letter]:
    return Letter.filter(printed_at__isnull=not posted).select_related("complaint")


def _waiting(row: Letter) -> Waiting:
    return Waiting(row.id, row.complaint.number, row.kind, row.at, row.printed_at)


async def _language(complaint: Complaint) -> str:
    if complaint.applicant_id is None:
        return i18n.SOURCE
    known = await accounts.locale_of({complaint.applicant_id})
    return known.get(complaint.applicant_id, i18n.SOURCE)
