"""Letters that wait to be printed and posted, for those who chose to be answered so (D29, D31).

All that waits for one case goes in one envelope; it is known by the newest of its notices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Max, Min
from tortoise.queryset import QuerySet

from server.accounts import service as accounts
from server.complaints.answers import papers, unheard
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.complaints.showing import reading, timeline
from server.complaints.showing.reading import Reading
from server.core import audit, clock, forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Problem
from server.documents.service import Paper

PAGE = 50


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope in the list: for which complaint, what it tells in the order of time, since when
    it waits, when it was posted."""

    id: int
    number: str
    kinds: Sequence[str]
    since: datetime
    posted_at: datetime | None


class Gone(Problem):
    """The letter has been replaced by later news, or there never was one."""

    def __init__(self) -> None:
        sentence = N_("이 편지는 그 사이 새 안내와 합쳐졌습니다. 목록에서 다시 열어 주세요.")
        super().__init__("letter.gone", sentence, 404)


async def waiting() -> Sequence[Envelope]:
    """The envelopes to be posted, the longest waiting first."""
    gathered = Letter.filter(printed_at=None).annotate(first=Min("id")).group_by("complaint_id")
    found = await gathered.order_by("first").limit(PAGE).values("complaint_id", "first")
    rows = await _rows(posted=False).filter(complaint_id__in=[one["complaint_id"] for one in found])
    return _envelopes(rows)


async def posted() -> Sequence[Envelope]:
    """The envelopes posted last."""
    gathered = Letter.filter(printed_at__isnull=False).annotate(last=Max("id"))
    gathered = gathered.group_by("complaint_id", "printed_at").order_by("-printed_at").limit(PAGE)
    found = await gathered.values("complaint_id", "printed_at", "last")
    rows = await _rows(posted=True).filter(
        complaint_id__in=[one["complaint_id"] for one in found],
        printed_at__in=[one["printed_at"] for one in found],
    )
    return sorted(_envelopes(rows), key=lambda one: one.posted_at or one.since, reverse=True)


async def paper_of(letter_id: int, actor: Actor) -> tuple[Reading, Paper]:
    """The case and what its letter says, in its reader's language. Raises NotFound, Gone."""
    row = await _one(letter_id)
    complaint: Complaint = row.complaint
    told_in = [each for each in await _beside(row) if each.id <= row.id or row.printed_at]
    told_in.sort(key=lambda each: (each.at, each.id))
    with i18n.speaking(await _language(complaint)):
        found = await reading.read_at_desk(complaint.number, actor)
        notices = []
        readable = timeline.for_applicant(found.steps)
        for each in told_in:
            steps = [step for step in readable if step.at <= each.at]
            notices.append(papers.Notice(each.kind, steps[-1] if steps else None))
        return found, await papers.letter(notices, found, await unheard.address_of(complaint))


@transactional
async def mark_posted(letter_id: int, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """Say that a letter was printed and posted, with all that it told. What has come since waits
    for the next one. Raises Gone, Conflict where it was posted already."""
    if await forms.claimed(claim) is not None:
        return
    row = await _one(letter_id)
    told = Letter.filter(complaint_id=row.complaint_id, id__lte=letter_id, printed_at=None)
    count = await told.update(printed_at=clock.now(), printed_by_id=actor.account_id)
    if row.printed_at is not None or not count:
        raise Conflict("letter.posted", N_("이미 부쳤다고 적힌 편지입니다."))
    number = row.complaint.number
    await audit.record("letter.posted", number, actor.account_id, letter=letter_id, notices=count)
    await forms.settle(claim, str(letter_id))


async def post_waiting(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """Say that what waits for a case was posted, if anything does."""
    newest = await Letter.filter(complaint__number=number, printed_at=None).order_by("-id").first()
    if newest is not None:
        await mark_posted(newest.id, actor, claim=claim)


async def _one(letter_id: int) -> Letter:
    row = await Letter.get_or_none(id=letter_id).select_related("complaint")
    if row is None:
        raise Gone
    return row


async def _beside(row: Letter) -> list[Letter]:
    """What was posted together with it, or waits with it."""
    mine = Letter.filter(complaint_id=row.complaint_id, printed_at=row.printed_at)
    return list(await mine.order_by("id"))


def _rows(*, posted: bool) -> QuerySet[Letter]:
    rows = Letter.filter(printed_at__isnull=not posted)
    return rows.select_related("complaint").order_by("id")


def _envelopes(rows: Sequence[Letter]) -> list[Envelope]:
    """The rows, oldest first, put together as they are posted."""
    together: dict[tuple[int, datetime | None], list[Letter]] = {}
    for row in rows:
        together.setdefault((row.complaint_id, row.printed_at), []).append(row)
    return [
        Envelope(
            held[-1].id,
            held[0].complaint.number,
            tuple(each.kind for each in held),
            held[0].at,
            posted_at,
        )
        for (_, posted_at), held in together.items()
    ]


async def _language(complaint: Complaint) -> str:
    if complaint.applicant_id is None:
        return i18n.SOURCE
    known = await accounts.locale_of({complaint.applicant_id})
    return known.get(complaint.applicant_id, i18n.SOURCE)
