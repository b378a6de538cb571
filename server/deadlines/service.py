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
    own_deadline,
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
from server.deadlines.extension_rules import (
    EXTENSIONS_MAX,
    extended,
    extension_until,
    latest_extension,
)
from server.deadlines.ical import due_date
from server.deadlines.outages import failures_between, filed_during_failure, notices
from server.deadlines.remedy_rules import (
    disclosure_due,
    disclosure_objection_until,
    disclosure_review_due,
    inquiry_until,
    objection_until,
    review_due,
    silence_refuses_after,
)
from server.deadlines.rules import period_code, work_calendar

__all__ = [
    "DAY",
    "EXTENSIONS_MAX",
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
    "disclosure_due",
    "disclosure_objection_until",
    "disclosure_review_due",
    "due",
    "due_date",
    "explain",
    "extended",
    "extension_until",
    "failures_between",
    "filed_during_failure",
    "in_seoul",
    "inquiry_until",
    "latest_extension",
    "midnight",
    "notices",
    "objection_until",
    "own_deadline",
    "period_code",
    "period_words",
    "review_due",
    "silence_refuses_after",
    "spelt_out",
    "supplement_deadline",
    "take_back",
    "time_left",
    "without",
    "work_calendar",
]
