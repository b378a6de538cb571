"""/desk/examiner: what is late and who is reminded of it (D28); a month's review (D22).

/desk/reminders: what the heads of departments were reminded of, and what they answered.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quart.typing import ResponseReturnValue

from server.accounts.service import Dept
from server.catalogue import service as catalogue
from server.complaints.service import Late, MonthOf
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.web import Door, Limit, Problem, actor, redirect, render, role
from server.core.web.flashes import flash
from server.examining import rules, service
from server.examining.forms import AnswerForm, RemindForm, ReviewForm
from server.examining.rules import Month
from server.examining.service import Watched

door = Door("examining")

EXAMINER = role("examiner")
OVERSEERS = role("examiner", "audit", "complaints")
REMINDED = role("head", "examiner", "audit", "complaints")
READ = Limit(240, "minute")
WRITE = Limit(120, "hour")


@door.get("/desk/examiner", who=EXAMINER, limit=READ)
async def late() -> ResponseReturnValue:
    """Every late case, to be reminded of in one go."""
    return await _late_page(RemindForm())


@door.post("/desk/examiner", who=EXAMINER, limit=WRITE)
async def remind() -> ResponseReturnValue:
    """Remind the heads of the departments that have the cases chosen."""
    form = await RemindForm.read()
    watched = await service.watched()
    form.offer(await _choices(watched))
    if not form.validate():
        return await _late_page(form, watched), 422
    try:
        sent = await service.remind(
            form.cases.data,
            form.text.data or "",
            actor(),
            again=bool(form.again.data),
            claim=form.claim,
        )
    except Problem as problem:
        form.complain(problem)
        return await _late_page(form), problem.status
    if sent:
        flash(N_("독촉장을 보냈습니다."))
    return redirect("/desk/examiner")


@door.get("/desk/reminders", who=REMINDED, limit=READ)
async def reminders() -> ResponseReturnValue:
    """The newest reminders."""
    return await render(
        "examining/reminders.html",
        sent=await service.reminders(actor()),
        departments=_named(await service.departments()),
    )


@door.get("/desk/reminders/<int:reminder_id>", who=REMINDED, limit=READ)
async def reminder(reminder_id: int) -> ResponseReturnValue:
    """One reminder, with room for the answer of the department's head."""
    return await _reminder_page(reminder_id, AnswerForm())


@door.post("/desk/reminders/<int:reminder_id>", who=role("head", "complaints"), limit=WRITE)
async def answer(reminder_id: int) -> ResponseReturnValue:
    """The head's answer."""
    form = await AnswerForm.read()
    if not form.validate():
        return await _reminder_page(reminder_id, form), 422
    try:
        await service.answer(reminder_id, form.text.data or "", actor(), claim=form.claim)
    except Problem as problem:
        if problem.status == 404:
            raise
        form.complain(problem)
        return await _reminder_page(reminder_id, form), problem.status
    flash(N_("민원심사관에게 답을 보냈습니다."))
    return redirect(f"/desk/reminders/{reminder_id}")


@door.get("/desk/examiner/reviews", who=OVERSEERS, limit=READ)
async def reviews() -> ResponseReturnValue:
    """The months, and which of them have been reviewed."""
    closed = await service.closed_months()
    months = [
        (str(month), i18n.month_text(month.first), str(month) in closed)
        for month in rules.months_to_show(clock.today())
    ]
    return await render("examining/reviews.html", months=months)


@door.get("/desk/examiner/reviews/<month>", who=OVERSEERS, limit=READ)
async def review(month: str) -> ResponseReturnValue:
    """A month by department."""
    return await _review_page(Month.read(month), ReviewForm())


@door.post("/desk/examiner/reviews/<month>", who=EXAMINER, limit=WRITE)
async def close_review(month: str) -> ResponseReturnValue:
    """Close the review: the figures are fixed."""
    asked = Month.read(month)
    form = await ReviewForm.read()
    if not form.validate():
        return await _review_page(asked, form), 422
    try:
        await service.close_review(asked, form.text.data or "", actor(), claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _review_page(asked, form), problem.status
    flash(N_("이달의 점검을 마쳤습니다."))
    return redirect(f"/desk/examiner/reviews/{asked}")


async def _late_page(form: RemindForm, watched: list[Watched] | None = None) -> str:
    found = await service.watched() if watched is None else watched
    form.offer(await _choices(found))
    return await render(
        "examining/late.html",
        form=form,
        watched=found,
        hints=_hints(found),
        links={one.late.number: f"/desk/complaints/{one.late.number}" for one in found},
        most=service.SHOWN_MAX,
    )


async def _choices(watched: list[Watched]) -> dict[str, str]:
    names = _named(await service.departments())
    topics = {each.id: each.name for each in await catalogue.topics()}
    nobody = i18n.gettext(N_("배정 전"))

    def label(late: Late) -> str:
        department = names.get(late.department_id or 0, nobody)
        return " · ".join(filter(None, (department, topics.get(late.topic_id))))

    return {one.late.number: label(one.late) for one in watched}


def _hints(watched: list[Watched]) -> dict[str, str]:
    hints = {}
    for one in watched:
        what = N_("%(when)s까지 접수") if one.late.unaccepted else N_("%(when)s까지 처리")
        said = f"{one.late.number} · {i18n.gettext(what, when=_when(one.late.since))}"
        if one.reminders:
            times = i18n.gettext(N_("독촉 %(count)s번"), count=one.reminders)
            said = f"{said} · {times}"
        if one.unanswered:
            said = f"{said} · {i18n.gettext(N_('답을 기다림'))}"
        hints[one.late.number] = said
    return hints


def _when(since: datetime) -> str:
    due = rules.was_due(since)
    return i18n.datetime_text(due) if isinstance(due, datetime) else i18n.date_text(due)


async def _reminder_page(reminder_id: int, form: AnswerForm) -> str:
    found, answers = await service.reminder(reminder_id, actor())
    names = _named(await service.departments())
    return await render(
        "examining/reminder.html",
        one=found,
        was_due=_when(found.late_since),
        department=names.get(found.department_id or 0),
        form=form if answers else None,
    )


async def _review_page(month: Month, form: ReviewForm) -> str:
    found = await service.review(month)
    names = _named(await service.departments())
    may_close = found.closed_at is None and "examiner" in actor().roles
    over = month.first < Month.of(clock.today()).first
    return await render(
        "examining/review.html",
        found=found,
        month=i18n.month_text(month.first),
        lines=[_line(line, names) for line in found.lines],
        total=_line(_sum(found.lines), names),
        form=form if may_close and over else None,
    )


def _sum(lines: Any) -> MonthOf:
    def total(name: str) -> int:
        return sum(getattr(line, name) for line in lines)

    counted = {name: total(name) for name in ("filed", "ended", "in_time", "late", "extended")}
    return MonthOf(None, **counted)


def _line(line: MonthOf, names: Mapping[int, str]) -> dict[str, Any]:
    share = round(100 * line.in_time / line.ended) if line.ended else None
    return {
        "name": names.get(line.department_id or 0) or i18n.gettext(N_("배정 전")),
        "filed": line.filed,
        "ended": line.ended,
        "share": share,
        "late": line.late,
        "extended": line.extended,
    }


def _named(departments: Mapping[int, Dept]) -> dict[int, str]:
    english = i18n.locale() == "en"
    return {id_: dept.name_en if english else dept.name for id_, dept in departments.items()}
