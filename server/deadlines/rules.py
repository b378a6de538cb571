"""What the office's profile says of its working time and periods (D8-3, D16(3))."""

from collections.abc import Iterable
from datetime import date

from server.core import i18n
from server.core.i18n import N_
from server.deadlines.calendar_rules import DayOff, WorkCalendar
from server.ordinance.service import Profile

DECLARED_DAYS_MAX = 366 * 2  # from today, to either side
LOCAL_HOLIDAY = N_("지역 공휴일")


def work_calendar(profile: Profile, declared: Iterable[DayOff] = ()) -> WorkCalendar:
    """The office's working time out of its profile (D8-3, settings), with days declared later."""
    rule = profile.complaints
    lunch = (rule.lunch_from, rule.lunch_until) if rule.lunch_from < rule.lunch_until else None
    return WorkCalendar(
        rule.working_from,
        rule.working_until,
        lunch,
        (*declared, *(_local(day) for day in rule.local_holidays)),
        rule.off_hours_count_from_next_day,
    )


def _local(day: date) -> DayOff:
    return DayOff(day, LOCAL_HOLIDAY, i18n.gettext(LOCAL_HOLIDAY, "en"))


def period_code(kind_period: str | None, profile: Profile) -> str:
    """The period of a kind; everyday inconvenience takes the office's own (D16(3))."""
    return kind_period or profile.complaints.other_period
