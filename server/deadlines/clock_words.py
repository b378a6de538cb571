"""The statutory clock in words: why this date, day by day, and how much time is left (Y11-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from server.core import i18n
from server.core.i18n import N_
from server.core.phrases import Phrase, counted, say
from server.deadlines.calendar_rules import (
    DAY,
    ORDINARY,
    WorkCalendar,
    in_seoul,
)
from server.deadlines.clock_rules import (
    HOURS_A_DAY,
    Counting,
    Course,
    Due,
    Ground,
    Mark,
    NotCounted,
    Period,
    Unit,
    midnight,
)

DAYS_SHOWN_MAX = 42  # six weeks: a longer count shows how it begins and how it ends
DAYS_SHOWN_FIRST, DAYS_SHOWN_LAST = 7, 14

HOUR = timedelta(hours=1)

LEFT_OUT_LABEL = {
    Ground.SUPPLEMENT: N_("보완"),
    Ground.FAILURE: N_("장애"),
    Ground.INQUIRY: N_("조사"),
    Ground.DOCUMENTS: N_("서류"),
}
LEFT_OUT_SENTENCE = {
    Ground.SUPPLEMENT: N_("보완을 기다린 %(first)s부터 %(last)s까지는 세지 않아요."),
    Ground.FAILURE: N_("시스템 장애로 처리할 수 없던 %(begins)s부터 %(ends)s까지는 세지 않아요."),
    Ground.INQUIRY: N_("현장을 조사한 %(first)s부터 %(last)s까지는 세지 않아요."),
    Ground.DOCUMENTS: N_("다른 기관의 서류를 기다린 %(first)s부터 %(last)s까지는 세지 않아요."),
}

COUNTED_ALL_THE_SAME = N_(
    "%(begins)s부터 %(ends)s까지 시스템 장애가 있었지만 온종일은 아니어서 그날도 세요."
)
EXTENDED = {
    Unit.HOURS: N_("처리 기간을 근무시간 %(count)s시간 늘렸어요."),
    Unit.DAYS: N_("처리 기간을 근무일 %(count)s일 늘렸어요."),
    Unit.WEEKS: N_("처리 기간을 달력으로 %(count)s일 늘렸어요."),
}
EXTENDED |= dict.fromkeys((Unit.MONTHS, Unit.YEARS), EXTENDED[Unit.WEEKS])


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the strip on the page."""

    day: date
    counting: Counting
    label: Phrase
    name: str | None  # of a holiday


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this date: one plain sentence, what was special, and the days."""

    title: Phrase
    sentence: Phrase
    notes: tuple[Phrase, ...]
    days: tuple[DayCell, ...]
    days_hidden: int  # left out of the middle of a long count


class Urgency(StrEnum):
    """How near the end is: late, today or the next working day, in time, standing still, over."""

    LATE = "late"
    SOON = "soon"
    IN_TIME = "ok"
    STILL = "still"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Time left in words, with the urgency that colours them."""

    urgency: Urgency
    words: Phrase


def period_words(period: Period) -> Phrase:
    """The period as the table of services says it."""
    if period.code == "immediate":
        return Phrase(N_("즉시(근무시간 %(count)s시간)"), {"count": period.count})
    names = {
        Unit.HOURS: N_("%(count)s일"),
        Unit.DAYS: N_("%(count)s일"),
        Unit.WEEKS: N_("%(count)s주"),
        Unit.MONTHS: N_("%(count)s개월"),
        Unit.YEARS: N_("%(count)s년"),
    }
    count = period.count // HOURS_A_DAY if period.unit is Unit.HOURS else period.count
    return counted(names[period.unit], count)


def due_words(due: Due) -> Phrase:
    """The due date as a heading: a day, or a day and an hour."""
    if due.moment is None:
        return Phrase(N_("%(day)s까지"), {"day": due.day})
    return Phrase(N_("%(day)s %(time)s까지"), {"day": due.day, "time": f"{due.moment:%H:%M}"})


def explain(run: Course, calendar: WorkCalendar = ORDINARY, language: str = "ko") -> Explanation:
    """The count of `clock_rules.course` for a reader. `language` is for the names of holidays."""
    cells = [_cell(run, mark, calendar, language) for mark in run.marks]
    hidden = 0
    if len(cells) > DAYS_SHOWN_MAX:
        hidden = len(cells) - DAYS_SHOWN_FIRST - DAYS_SHOWN_LAST
        cells = cells[:DAYS_SHOWN_FIRST] + cells[-DAYS_SHOWN_LAST:]
    notes = _notes(run, calendar, language)
    return Explanation(due_words(run.due), _sentence(run.period), notes, tuple(cells), hidden)


def spelt_out(found: Explanation) -> list[str]:
    """The explanation as plain lines, a day a line, in this task's language."""
    lines = [say(phrase) for phrase in (found.sentence, *found.notes)]
    for cell in found.days:
        words = f"{i18n.date_text(cell.day)}  {say(cell.label)}"
        lines.append(f"{words} ({cell.name})" if cell.name else words)
    return lines


def time_left(now: datetime, due: Due, calendar: WorkCalendar = ORDINARY) -> TimeLeft:
    """How much working time is left until the end, or has gone by since."""
    now = in_seoul(now)
    if now >= due.lapses_at:
        return TimeLeft(Urgency.LATE, _late(calendar.working_time(due.lapses_at, now)))
    if due.day == now.date():
        if due.moment is None:
            return TimeLeft(Urgency.SOON, Phrase(N_("오늘까지")))
        words = Phrase(N_("오늘 %(time)s까지"), {"time": f"{due.moment:%H:%M}"})
        return TimeLeft(Urgency.SOON, words)
    days = calendar.working_days(now.date(), due.day)
    urgency = Urgency.SOON if days <= 1 else Urgency.IN_TIME
    return TimeLeft(urgency, counted(N_("근무일 %(count)s일 남음"), days))


def acceptance_left(now: datetime, accept_by: datetime, calendar: WorkCalendar) -> TimeLeft:
    """How much of the 8 working hours for acceptance is left (D6(8))."""
    if now >= accept_by:
        return TimeLeft(Urgency.LATE, _late(calendar.working_time(accept_by, now)))
    left = calendar.working_time(now, accept_by)
    words = Phrase(N_("접수까지 %(time)s"), {"time": hours_words(left)})
    return TimeLeft(Urgency.SOON if left <= HOUR else Urgency.IN_TIME, words)


def hours_words(length: timedelta) -> Phrase:
    """Working time in hours and minutes."""
    minutes = int(length.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    if hours and minutes:
        return Phrase(N_("%(hours)s시간 %(minutes)s분"), {"hours": hours, "minutes": minutes})
    if hours:
        return Phrase(N_("%(hours)s시간"), {"hours": hours})
    return Phrase(N_("%(minutes)s분"), {"minutes": minutes})


def _late(worked: timedelta) -> Phrase:
    if worked >= HOURS_A_DAY * HOUR:
        return counted(N_("근무일 %(count)s일 지남"), worked // (HOURS_A_DAY * HOUR))
    if worked >= HOUR:
        return Phrase(N_("%(count)s시간 지남"), {"count": worked // HOUR})
    return Phrase(N_("방금 지남"))


def _sentence(period: Period) -> Phrase:
    if period.code == "immediate":
        return Phrase(N_("즉시 처리하는 민원이에요. 접수한 때부터 근무시간 3시간 안에 처리해요."))
    if period.unit is Unit.HOURS:
        text = N_(
            "처리 기간은 %(period)s이에요. 하루를 근무시간 8시간으로 쳐서 접수한 때부터 "
            "%(hours)s시간을 세고, 점심시간과 토요일, 공휴일은 빼요."
        )
        return Phrase(text, {"period": period_words(period), "hours": period.count})
    if period.unit is Unit.DAYS:
        text = N_("처리 기간은 %(period)s이에요. 접수한 날을 첫날로 세고 토요일과 공휴일은 빼요.")
    else:
        text = N_(
            "처리 기간은 %(period)s이에요. 접수한 날을 첫날로 달력대로 세고, "
            "끝나는 날이 쉬는 날이면 다음 근무일까지예요."
        )
    return Phrase(text, {"period": period_words(period)})


def _notes(run: Course, calendar: WorkCalendar, language: str) -> tuple[Phrase, ...]:
    """What was special: a late start, days declared off, each ground, each extension."""
    notes: list[Phrase] = []
    if run.begins != run.accepted and run.marks[0].day != run.accepted.date():
        text = N_("근무시간이 아닐 때 접수되어 %(day)s부터 세요.")
        notes.append(Phrase(text, {"day": run.marks[0].day}))
    for mark in run.marks:
        if mark.counting is Counting.OFF and calendar.declared_off(mark.day):
            values = {"day": mark.day, "name": calendar.holiday_name(mark.day, language)}
            notes.append(Phrase(N_("%(day)s은 따로 정한 쉬는 날이라 빼요: %(name)s"), values))
    notes += [_left_out(each, run) for each in run.left_out]
    notes += [counted(EXTENDED[run.period.unit], more) for more in run.extensions]
    return tuple(notes)


def _left_out(each: NotCounted, run: Course) -> Phrase:
    if each.ground is Ground.FAILURE:
        took_all = run.period.unit is Unit.HOURS or any(
            mark.counting is Counting.OUT and _on(mark.day, each) for mark in run.marks
        )
        text = LEFT_OUT_SENTENCE[each.ground] if took_all else COUNTED_ALL_THE_SAME
        return Phrase(text, {"begins": each.begins, "ends": each.ends})
    last = (each.ends - timedelta(microseconds=1)).date()
    return Phrase(LEFT_OUT_SENTENCE[each.ground], {"first": each.begins.date(), "last": last})


def _on(day: date, each: NotCounted) -> bool:
    return each.begins < midnight(day + DAY) and each.ends > midnight(day)


def _cell(run: Course, mark: Mark, calendar: WorkCalendar, language: str) -> DayCell:
    name = calendar.holiday_name(mark.day, language) if calendar.is_off(mark.day) else None
    return DayCell(mark.day, mark.counting, _label(mark, run.left_out), name)


def _label(mark: Mark, left_out: Sequence[NotCounted]) -> Phrase:
    if mark.counting is Counting.OFF:
        return Phrase(N_("휴일"))
    if mark.counting is Counting.OUT:
        grounds = [each.ground for each in left_out if _on(mark.day, each)]
        return Phrase(LEFT_OUT_LABEL[grounds[0]])
    if mark.number:
        return Phrase(N_("%(number)s일째"), {"number": mark.number})
    return Phrase(N_("%(hours)s시간"), {"hours": f"{round(mark.worked / HOUR, 1):g}"})
