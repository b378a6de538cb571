"""The door of deadlines: the statutory clock and its words, for every slice that has a period.

Pure but for `calendar()`, the profile's with the days declared off later, and the failures of the
system.
"""

from server.deadlines.calendar_rules import (
    DAY,
    ORDINARY,
    DayOff,
    WorkCalendar,
    days_from,
    in_seoul,
    without,
)
from server.deadlines.clock_rules import (
    Counting,
    Course,
    Due,
    Ground,
    NotCounted,
    Period,
    Unit,
    accept_by,
    course,
    due,
    midnight,
    supplement_deadline,
)
from server.deadlines.clock_words import (
    DayCell,
    Explanation,
    TimeLeft,
    Urgency,
    acceptance_left,
    explain,
    period_words,
    spelt_out,
    time_left,
)
from server.deadlines.declaring import calendar, declare, declared, take_back
from server.deadlines.ical import due_date
from server.deadlines.outages import failures_between, filed_during_failure, notices
from server.deadlines.rules import period_code, work_calendar

__all__ = [
    "DAY",
    "ORDINARY",
    "Counting",
    "Course",
    "DayCell",
    "DayOff",
    "Due",
    "Explanation",
    "Ground",
    "NotCounted",
    "Period",
    "TimeLeft",
    "Unit",
    "Urgency",
    "WorkCalendar",
    "accept_by",
    "acceptance_left",
    "calendar",
    "course",
    "days_from",
    "declare",
    "declared",
    "due",
    "due_date",
    "explain",
    "failures_between",
    "filed_during_failure",
    "in_seoul",
    "midnight",
    "notices",
    "period_code",
    "period_words",
    "spelt_out",
    "supplement_deadline",
    "take_back",
    "time_left",
    "without",
    "work_calendar",
]
