"""The statutory clock: when a complaint accepted at a moment has to be done, and why then.

Civil Petitions Treatment Act 19 with its Decree 19 and 20; Civil Act 157-161 (Y11-4).
"""

import calendar as months
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from server.core.clock import SEOUL
from server.deadlines.calendar_rules import (
    DAY,
    ORDINARY,
    Stretch,
    WorkCalendar,
    days_from,
    in_seoul,
    without,
)

IMMEDIATE_HOURS = 3  # D19
HOURS_A_DAY = 8  # Act 19: a day of a period counted in hours
DAYS_COUNTED_IN_HOURS_MAX = 5  # Act 19: up to here hours, from 6 on days
ACCEPTANCE_HOURS = 8  # D6(8): filed online, accepted within 8 working hours


class Unit(StrEnum):
    """How a period is counted."""

    HOURS = "hours"  # working hours from the moment of acceptance
    DAYS = "days"  # working days, the first day included
    WEEKS = "weeks"  # by the calendar, as months and years
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the processing-standards table; `code` is how the table and commands write it."""

    code: str
    count: int
    unit: Unit

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Reads `immediate`, `3d`, `2w`, `1m`, `1y`; ValueError for anything else."""
        code = code.strip().lower()
        if code == "immediate":
            return cls(code, IMMEDIATE_HOURS, Unit.HOURS)
        match = re.fullmatch(r"([1-9][0-9]{0,2})([dwmy])", code)
        if match is None:
            raise ValueError(f"no period: {code!r} (immediate, 3d, 2w, 1m or 1y)")
        count, letter = int(match[1]), match[2]
        if letter == "d" and count <= DAYS_COUNTED_IN_HOURS_MAX:
            return cls(code, count * HOURS_A_DAY, Unit.HOURS)
        units = {"d": Unit.DAYS, "w": Unit.WEEKS, "m": Unit.MONTHS, "y": Unit.YEARS}
        return cls(code, count, units[letter])


class Ground(StrEnum):
    """Why time is not counted (D20)."""

    SUPPLEMENT = "supplement"  # the days it was asked and arrived included
    FAILURE = "failure"  # an information system's failure made handling impossible
    INQUIRY = "inquiry"  # a site inquiry of a grievance (D17(4)(5))
    DOCUMENTS = "documents"  # waiting for another office's documents (D7-2(3))


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Time that does not count, from `begins` to before `ends`.

    `since` is when the ground arose: one that arises after the period has lapsed revives nothing.
    """

    ground: Ground
    begins: datetime
    ends: datetime
    since: datetime

    def __post_init__(self) -> None:
        if self.ends < self.begins:
            raise ValueError("time not counted ends before it begins")

    @classmethod
    def days(cls, ground: Ground, asked: date | datetime, arrived: date | datetime) -> "NotCounted":
        """Whole days, the first and the last included (Administrative Procedures Decree 11)."""
        first, last = (
            in_seoul(at).date() if isinstance(at, datetime) else at for at in (asked, arrived)
        )
        begins = midnight(first)
        since = in_seoul(asked) if isinstance(asked, datetime) else begins
        return cls(ground, begins, midnight(last + DAY), since)

    @classmethod
    def time(cls, ground: Ground, begins: datetime, ends: datetime) -> "NotCounted":
        """Time to the minute, as a failure of the system takes it."""
        begins = in_seoul(begins)
        return cls(ground, begins, in_seoul(ends), begins)


class Counting(StrEnum):
    """What a day is to the period."""

    COUNTED = "counted"
    OFF = "off"  # Saturday, Sunday, holiday
    OUT = "out"  # not counted by D20
    DUE = "due"  # the last day


@dataclass(frozen=True, slots=True)
class Mark:
    """One day of the count: the how-many-th it is, or how much of its working time went in."""

    day: date
    counting: Counting
    number: int = 0
    worked: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends: `day` always; `moment` as well where it is counted in hours."""

    day: date
    moment: datetime | None = None

    @property
    def lapses_at(self) -> datetime:
        """The instant after which it is late: the last day's 24:00 (Civil Act 159), or the hour."""
        return self.moment or midnight(self.day + DAY)

    def __str__(self) -> str:
        """`2026-12-01`, or `2026-11-24T10:30` where hours are counted."""
        return f"{self.moment:%Y-%m-%dT%H:%M}" if self.moment else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Course:
    """The whole count: where it began, every day of it, and its end."""

    period: Period
    accepted: datetime
    begins: datetime  # the working moment the acceptance counts as made
    marks: tuple[Mark, ...]
    due: Due
    left_out: tuple[NotCounted, ...]  # those that touched this period
    extensions: tuple[int, ...] = ()

    @property
    def counted_from(self) -> datetime:
        """From when time counts: the working moment for hours, else the whole first day."""
        return self.begins if self.period.unit is Unit.HOURS else midnight(self.marks[0].day)


def due(
    accepted: datetime,
    period: Period | str,
    not_counted: Iterable[NotCounted] = (),
    calendar: WorkCalendar = ORDINARY,
    extensions: Sequence[int] = (),
) -> Due:
    """When a complaint accepted then is due. A moment without a zone is Seoul's."""
    return course(accepted, period, not_counted, calendar, extensions).due


def course(
    accepted: datetime,
    period: Period | str,
    not_counted: Iterable[NotCounted] = (),
    calendar: WorkCalendar = ORDINARY,
    extensions: Sequence[int] = (),
) -> Course:
    """The count day by day. Grounds that arose after the end are left aside, in order of time.

    `extensions` are what D21 added, each as `extension_rules.extension_until` reckons it: working
    hours, working days, or for weeks and longer days of the calendar.
    """
    accepted = in_seoul(accepted)
    if isinstance(period, str):
        period = Period.parse(period)
    extensions = tuple(extensions)
    counted_out: tuple[NotCounted, ...] = ()
    run = _count(accepted, period, counted_out, calendar, extensions)
    for ground in sorted(not_counted, key=lambda each: each.since):
        if ground.since >= run.due.lapses_at:
            break
        if ground.ends > run.counted_from:
            counted_out = (*counted_out, ground)
            run = _count(accepted, period, counted_out, calendar, extensions)
    return run


def accept_by(
    arrived: datetime,
    calendar: WorkCalendar = ORDINARY,
    not_counted: Iterable[NotCounted] = (),
) -> datetime:
    """Until when a complaint filed online must be accepted: 8 working hours (D6(8)), those in
    which a failure kept the office from it left out."""
    out = tuple((each.begins, each.ends) for each in not_counted)
    return _hours(in_seoul(arrived), timedelta(hours=ACCEPTANCE_HOURS), out, calendar)[1]


def own_deadline(since: date, days: int, calendar: WorkCalendar = ORDINARY) -> date:
    """Last day of a period that is not the office's to handle in (Civil Act 157-161).

    The first day is out, weekends are in, an end on a day off moves to the next working day.
    """
    return calendar.next_working_day(since + timedelta(days=days))


def supplement_deadline(asked: date, days: int, calendar: WorkCalendar = ORDINARY) -> date:
    """Last day of a supplement's own deadline (D24)."""
    return own_deadline(asked, days, calendar)


def midnight(day: date) -> datetime:
    """The instant a day begins in Seoul."""
    return datetime.combine(day, time(), SEOUL)


def _count(
    accepted: datetime,
    period: Period,
    out: tuple[NotCounted, ...],
    calendar: WorkCalendar,
    extensions: tuple[int, ...],
) -> Course:
    stretches = tuple((each.begins, each.ends) for each in out)
    length = period.count + sum(extensions)
    if period.unit is Unit.HOURS:
        marks, end = _hours(accepted, timedelta(hours=length), stretches, calendar)
        ends = Due(end.date(), end)
    else:
        first = calendar.day_of_act(accepted)
        if period.unit is Unit.DAYS:
            marks = _days(first, length, stretches, calendar)
        else:
            marks = _by_calendar(first, period, stretches, calendar, extensions)
        ends = Due(marks[-1].day)
    begins = calendar.next_working_moment(accepted)
    return Course(period, accepted, begins, tuple(marks), ends, out, extensions)


def _hours(
    accepted: datetime, length: timedelta, out: tuple[Stretch, ...], calendar: WorkCalendar
) -> tuple[list[Mark], datetime]:
    """Working time used up from a moment; ends where the last of it is used, never later."""
    marks: list[Mark] = []
    left = length
    for day in days_from(calendar.next_working_moment(accepted).date()):
        sessions = calendar.sessions(day)
        worked = timedelta()
        for opens, closes in sessions:
            for begins, ends in without((max(opens, accepted), closes), out):
                if ends - begins >= left:
                    marks.append(Mark(day, Counting.DUE, worked=worked + left))
                    return marks, begins + left
                worked += ends - begins
                left -= ends - begins
        counting = Counting.COUNTED if worked else Counting.OUT if sessions else Counting.OFF
        marks.append(Mark(day, counting, worked=worked))
    raise AssertionError("days_from ends by an error")


def _days(first: date, length: int, out: tuple[Stretch, ...], calendar: WorkCalendar) -> list[Mark]:
    """Working days, the first included (Act 19)."""
    marks: list[Mark] = []
    number = 0
    for day in days_from(first):
        if calendar.is_off(day):
            marks.append(Mark(day, Counting.OFF))
        elif _is_out(day, out, calendar):
            marks.append(Mark(day, Counting.OUT))
        else:
            number += 1
            if number == length:
                marks.append(Mark(day, Counting.DUE, number))
                return marks
            marks.append(Mark(day, Counting.COUNTED, number))
    raise AssertionError("days_from ends by an error")


def _by_calendar(
    first: date,
    period: Period,
    out: tuple[Stretch, ...],
    calendar: WorkCalendar,
    extensions: tuple[int, ...],
) -> list[Mark]:
    """Weeks, months and years: every day counts, and an end on a day off moves (Civil Act 161).

    An extension is counted from where the period before it has ended.
    """
    length = (last_day(first, period.count, period.unit) - first).days + 1
    to_come = list(extensions)
    marks: list[Mark] = []
    number = 0
    for day in days_from(first):
        if _is_out(day, out, calendar):
            marks.append(Mark(day, Counting.OUT))
            continue
        number += 1
        ends = number >= length and not calendar.is_off(day)
        if ends and not to_come:
            marks.append(Mark(day, Counting.DUE, number))
            return marks
        counting = Counting.COUNTED if ends or number <= length else Counting.OFF
        marks.append(Mark(day, counting, number))
        if ends:
            length = number + to_come.pop(0)
    raise AssertionError("days_from ends by an error")


def last_day(first: date, count: int, unit: Unit) -> date:
    """The day before the corresponding one; without one the month's last (Civil Act 160)."""
    if unit is Unit.WEEKS:
        return first + timedelta(weeks=count) - DAY
    month_index = first.month - 1 + (count if unit is Unit.MONTHS else count * 12)
    year, month = first.year + month_index // 12, month_index % 12 + 1
    month_length = months.monthrange(year, month)[1]
    if first.day > month_length:
        return date(year, month, month_length)
    return date(year, month, first.day) - DAY


def _is_out(day: date, out: tuple[Stretch, ...], calendar: WorkCalendar) -> bool:
    """Whether nothing could be done all day: a day is not divided, so in part it counts."""
    begins, ends = midnight(day), midnight(day + DAY)
    on_this_day = [each for each in out if each[0] < ends and each[1] > begins]
    if not on_this_day:
        return False
    stretches = calendar.sessions(day) or ((begins, ends),)
    return not any(without(stretch, on_this_day) for stretch in stretches)
