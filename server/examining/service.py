"""The door of examining: reminders about late cases (D28), and monthly reviews (D22)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tortoise.functions import Count

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.complaints import service as complaints
from server.complaints.service import Late, MonthOf
from server.core import audit, clock, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Invalid, NotFound, Problem
from server.deadlines import service as deadlines
from server.examining import rules
from server.examining.models import Reminder, Review
from server.examining.rules import Month
from server.notifications import service as notifications

SHOWN_MAX = 200
REMINDERS_SHOWN = 50
NO_TEXT = N_("내용을 적어 주세요.")


@dataclass(frozen=True, slots=True)
class Watched:
    """A late case with the reminders sent about it; `unanswered`: its department owes an answer."""

    late: Late
    reminders: int
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder as it is read."""

    id: int
    number: str
    ordinal: int
    department_id: int | None
    late_since: datetime
    text: str
    sent_at: datetime
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A month's figures by department, what the examiner remarked, and when it was closed."""

    month: Month
    lines: Sequence[MonthOf]
    remarks: str
    closed_at: datetime | None


async def watched() -> list[Watched]:
    """Every late case, the longest first, with how often its department was reminded."""
    late = await complaints.late_cases(SHOWN_MAX)
    counts = dict(
        await Reminder.filter(complaint_id__in=[case.id for case in late])
        .annotate(sent=Count("id"))
        .group_by("complaint_id")
        .values_list("complaint_id", "sent")
    )
    owed = set(
        await Reminder.filter(
            complaint_id__in=[case.id for case in late], answered_at=None
        ).values_list("complaint_id", "department_id")
    )
    return [
        Watched(case, counts.get(case.id, 0), (case.id, case.department_id) in owed)
        for case in late
    ]


@transactional
async def remind(
    numbers: Sequence[str],
    text: str,
    actor: Actor,
    *,
    again: bool = False,
    claim: FormClaim | None = None,
) -> int:
    """Remind the heads of the departments that have these late cases (D28); how many were sent.

    Where a department has no head the complaints department hears. Raises Invalid on the field,
    Conflict for a case that is late no longer or of which its head heard today; and on `again`
    for one whose department has not answered yet, unless `again` says that it is meant.
    """
    if await forms.claimed(claim) is not None:
        return 0
    words = complaints.tidy(text, longest=rules.TEXT_LETTERS_MAX, missing=NO_TEXT)
    if not numbers:
        raise Invalid("examining.none", N_("독촉할 민원을 골라 주세요."), "cases")
    late = {case.number: case for case in await complaints.late_cases(SHOWN_MAX)}
    for number in dict.fromkeys(numbers):
        case = late.get(number)
        if case is None:
            raise Conflict(
                "examining.not_late",
                N_("그사이 기한이 지나지 않게 된 민원이 있습니다. 목록을 다시 봐 주세요."),
            )
        await _remind(case, words, actor, again)
    await forms.settle(claim, str(len(numbers)))
    return len(numbers)


async def _remind(case: Late, text: str, actor: Actor, again: bool) -> None:
    assert actor.account_id is not None
    now = clock.now()
    earlier = await Reminder.filter(complaint_id=case.id)
    ordinal = rules.check_reminder([row.sent_at for row in earlier], clock.today())
    here = [row for row in earlier if row.department_id == case.department_id]
    if not again and any(row.answered_at is None for row in here):
        sentence = N_("%(number)s: 앞서 보낸 독촉장에 부서가 아직 답하지 않았습니다.")
        raise Problem("examining.unanswered", sentence, 409, "again", number=case.number)
    row = await Reminder.create(
        complaint_id=case.id,
        number=case.number,
        ordinal=ordinal,
        department_id=case.department_id,
        late_since=case.since,
        text=text,
        sent_at=now,
        sent_by_id=actor.account_id,
    )
    await audit.record(
        "examining.reminded", f"complaint:{case.id}", actor.account_id, ordinal=ordinal
    )
    await notifications.tell(
        await _heads(case.department_id),
        "examining.reminded",
        f"/desk/reminders/{row.id}",
        {"receipt": case.number},
    )


async def _heads(department_id: int | None) -> set[int]:
    heads = await accounts.officials_of(department_id, "head") if department_id else []
    return set(heads or await accounts.officials_with("complaints"))


async def reminders(actor: Actor) -> list[Sent]:
    """The newest reminders: all of them for the examiner, audit and the complaints department, to
    others those of their department."""
    query = Reminder.all()
    if actor.roles.isdisjoint({"examiner", "audit", "complaints"}):
        query = Reminder.filter(department_id=actor.department_id or 0)
    return [_sent(row) for row in await query.order_by("-id").limit(REMINDERS_SHOWN)]


async def reminder(reminder_id: int, actor: Actor) -> tuple[Sent, bool]:
    """A reminder, and whether this reader may answer it. Raises NotFound for others'."""
    row = await Reminder.get_or_none(id=reminder_id)
    own = row is not None and row.department_id == actor.department_id
    if row is None or not (own or actor.roles & {"examiner", "audit", "complaints"}):
        raise NotFound
    answers = row.answered_at is None and _may_answer(row, actor)
    return _sent(row), answers


@transactional
async def answer(
    reminder_id: int, text: str, actor: Actor, *, claim: FormClaim | None = None
) -> None:
    """The head says how the case stands and what will be done; the examiner who sent it hears.

    Raises NotFound, Invalid on the field, Conflict where it is answered already.
    """
    if await forms.claimed(claim) is not None:
        return
    words = complaints.tidy(text, longest=rules.TEXT_LETTERS_MAX, missing=NO_TEXT)
    row = await Reminder.get_or_none(id=reminder_id)
    if row is None or not _may_answer(row, actor):
        raise NotFound
    answered = await Reminder.filter(id=reminder_id, answered_at=None).update(
        answered_at=clock.now(), answered_by_id=actor.account_id, answer=words
    )
    if not answered:
        raise Conflict("examining.answered", N_("이미 답한 독촉장입니다."))
    await audit.record("examining.answered", f"complaint:{row.complaint_id}", actor.account_id)
    await notifications.tell(
        [row.sent_by_id],
        "examining.answered",
        f"/desk/reminders/{row.id}",
        {"receipt": row.number},
    )
    await forms.settle(claim, str(reminder_id))


def _may_answer(row: Reminder, actor: Actor) -> bool:
    if row.department_id is None:
        return "complaints" in actor.roles
    return "complaints" in actor.roles or (
        "head" in actor.roles and row.department_id == actor.department_id
    )


async def review(month: Month) -> Reviewed:
    """A month as it was closed, or as it stands now."""
    row = await Review.get_or_none(month=str(month))
    if row is None:
        lines = await complaints.month_of(month.begins, month.moved(1).begins)
        return Reviewed(month, lines, "", None)
    return Reviewed(month, _read(row.figures), row.remarks, row.closed_at)


async def closed_months() -> frozenset[str]:
    """The months that have been reviewed."""
    return frozenset(str(month) for month in await Review.all().values_list("month", flat=True))


@transactional
async def close_review(
    month: Month, remarks: str, actor: Actor, *, claim: FormClaim | None = None
) -> None:
    """Close the review of a month: its figures are fixed, with the examiner's remarks (D22).

    Raises Conflict while the month lasts or where it is closed already, Invalid on the field.
    """
    assert actor.account_id is not None
    if await forms.claimed(claim) is not None:
        return
    rules.check_close(month, clock.today())
    if await Review.filter(month=str(month)).exists():
        raise Conflict("examining.closed", N_("이미 점검을 마친 달입니다."))
    lines = await complaints.month_of(month.begins, month.moved(1).begins)
    await Review.create(
        month=str(month),
        figures=json.dumps([asdict(line) for line in lines]),
        remarks=complaints.tidy(remarks, longest=rules.TEXT_LETTERS_MAX, missing=NO_TEXT),
        closed_at=clock.now(),
        closed_by_id=actor.account_id,
    )
    await audit.record("examining.reviewed", f"month:{month}", actor.account_id)
    await forms.settle(claim, str(month))


@transactional
async def tell_examiners() -> int:
    """Tell the examiners once a working day how many cases are late; how many heard."""
    now = clock.seoul(clock.now())
    calendar = await deadlines.calendar()
    if calendar.next_working_moment(now) != now:
        return 0
    if await ids.next_number(f"examining:{now.date()}") > 1:
        return 0
    late = await complaints.late_cases(complaints.LATE_MAX)
    examiners = await accounts.officials_with("examiner")
    if not late or not examiners:
        return 0
    count = {"count": len(late)}
    await notifications.tell(examiners, "examining.late", "/desk/examiner", count)
    return len(examiners)


async def departments() -> dict[int, Dept]:
    """Every department by id."""
    return {dept.id: dept for dept in await accounts.departments(every=True)}


def _sent(row: Reminder) -> Sent:
    return Sent(
        row.id,
        row.number,
        row.ordinal,
        row.department_id,
        row.late_since,
        row.text,
        row.sent_at,
        row.answer,
        row.answered_at,
    )


def _read(figures: str) -> list[MonthOf]:
    rows: list[dict[str, Any]] = json.loads(figures)
    return [MonthOf(**row) for row in rows]
