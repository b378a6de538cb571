"""The door of deadlines: the statutory clock and its words, for every slice that has a period.

Pure but for the calendar, which is the profile's with the days that were declared off later.
"""

from server.deadlines.calendar_rules import (
    DAY,
    ORDINARY,
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
from server.deadlines.ical import due_date
from server.deadlines.rules import period_code, work_calendar

__all__ = [
    "DAY",
    "ORDINARY",
    "Counting",
    "Course",
    "DayCell",
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
    "course",
    "days_from",
    "due",
    "due_date",
    "explain",
    "in_seoul",
    "midnight",
    "period_code",
    "period_words",
    "spelt_out",
    "supplement_deadline",
    "time_left",
    "without",
    "work_calendar",
]
