"""How far a period may be extended: once within its original length, and once more with the
applicant's consent (D21)."""

from datetime import date

from server.deadlines.calendar_rules import DAY, ORDINARY, WorkCalendar
from server.deadlines.clock_rules import Course, Due, Unit, course, last_day

EXTENSIONS_MAX = 2  # the second with the applicant's consent only


def extended(run: Course, more: int, calendar: WorkCalendar = ORDINARY) -> Due:
    """When the period ends if it is extended by `more` (see `longest_extension`)."""
    extensions = (*run.extensions, more)
    return course(run.accepted, run.period, run.left_out, calendar, extensions).due


def longest_extension(run: Course) -> int:
    """By how much the period may be extended: as much as its original length.

    Working hours for a period in hours, working days for one in days, days of the calendar for
    weeks, months and years.
    """
    period = run.period
    if period.unit in {Unit.HOURS, Unit.DAYS}:
        return period.count
    return (last_day(run.due.day + DAY, period.count, period.unit) - run.due.day).days


def latest_extension(run: Course, calendar: WorkCalendar = ORDINARY) -> Due:
    """The latest end that an extension may set."""
    return extended(run, longest_extension(run), calendar)


def extension_until(run: Course, until: date, calendar: WorkCalendar = ORDINARY) -> int | None:
    """By how much to extend so that the period ends on that day, as late on it as may be.

    None where no extension can: the day is too early, too late, or none that a period can end on.
    """
    shortest, longest = 0, longest_extension(run)
    while shortest < longest:  # the most that ends on that day or before
        middle = (shortest + longest + 1) // 2
        if extended(run, middle, calendar).day <= until:
            shortest = middle
        else:
            longest = middle - 1
    if shortest == 0 or extended(run, shortest, calendar).day != until:
        return None
    return shortest
