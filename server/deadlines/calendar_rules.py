"""When the office works: weekends, public holidays, office hours and lunch.

Civil Petitions Treatment Act 19, Public Holidays Decree; the hours are the office's setting (D8-3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from server.core.clock import SEOUL

SATURDAY, SUNDAY = 5, 6
DAY = timedelta(days=1)
DAYS_SEARCHED_MAX = 366 * 30  # no period runs so long: beyond it the spans given are wrong

# What an instant-to-instant stretch of time is here: from, to (to is outside).
type Stretch = tuple[datetime, datetime]


@lru_cache(maxsize=256)
def national_holidays(year: int, language: str = "ko") -> dict[date, str]:
    """Public holidays of a year with their substitutes, by name (Public Holidays Decree)."""
    return dict(holidays.country_holidays("KR", years=year, language=language))


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day off beyond the Decree, by name: a local one, or one declared later with its reason."""

    day: date
    name: str
    name_en: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """An office's working time in Seoul: 09:00-18:00 less lunch, without weekends and holidays.

    `declared` are days off beyond the Decree: declared later, or local ones.
    `late_act_counts_next_day`: a day period accepted after closing begins on the next working day
    (practice; an office may set it to begin on the day itself).
    """

    opens: time = time(9)
    closes: time = time(18)
    lunch: tuple[time, time] | None = (time(12), time(13))
    declared: tuple[DayOff, ...] = ()
    late_act_counts_next_day: bool = True

    def is_off(self, day: date) -> bool:
        """Saturday, Sunday, public holiday or a day declared off."""
        return (
            day.weekday() >= SATURDAY
            or day in national_holidays(day.year)
            or self.declared_off(day) is not None
        )

    def declared_off(self, day: date) -> DayOff | None:
        """What makes that day off beyond the Decree, if anything does."""
        return next((off for off in self.declared if off.day == day), None)

    def holiday_name(self, day: date, language: str = "ko") -> str | None:
        """The name of a day off that is not merely a weekend, or None."""
        off = self.declared_off(day)
        if off is not None:
            return off.name if language == "ko" else off.name_en or off.name
        return national_holidays(day.year, language).get(day)

    def sessions(self, day: date) -> tuple[Stretch, ...]:
        """The stretches of working time of one day: two around lunch, none on a day off."""
        if self.is_off(day):
            return ()
        opens, closes = (datetime.combine(day, at, SEOUL) for at in (self.opens, self.closes))
        if self.lunch is None:
            return ((opens, closes),)
        lunch_from, lunch_to = (datetime.combine(day, at, SEOUL) for at in self.lunch)
        return ((opens, lunch_from), (lunch_to, closes))

    def next_working_moment(self, moment: datetime) -> datetime:
        """The moment itself within working time, otherwise when working time next begins.

        Closing time and the beginning of lunch are outside already: nothing can be done in them.
        """
        moment = in_seoul(moment)
        for day in days_from(moment.date()):
            for begins, ends in self.sessions(day):
                if moment < ends:
                    return max(begins, moment)
        raise AssertionError("a calendar without working days")

    def day_of_act(self, moment: datetime) -> date:
        """The day an act counts as made on, for periods in days and longer."""
        if self.late_act_counts_next_day:
            return self.next_working_moment(moment).date()
        return in_seoul(moment).date()

    def next_working_day(self, day: date) -> date:
        """The day itself if the office works, otherwise the next day it does (Civil Act 161)."""
        return next(later for later in days_from(day) if not self.is_off(later))

    def working_time(self, begins: datetime, ends: datetime) -> timedelta:
        """How much working time lies between two moments; nothing if they are the wrong way."""
        begins, ends = in_seoul(begins), in_seoul(ends)
        total = timedelta()
        for day in days_from(begins.date()):
            if day > ends.date():
                break
            for opens, closes in self.sessions(day):
                total += max(min(closes, ends) - max(opens, begins), timedelta())
        return total

    def working_days(self, after: date, until: date) -> int:
        """Number of working days later than `after`, up to and including `until`."""
        count = 0
        for day in days_from(after + DAY):
            if day > until:
                break
            count += not self.is_off(day)
        return count


ORDINARY = WorkCalendar()


def in_seoul(moment: datetime) -> datetime:
    """The moment on Seoul's clock; a moment without a zone is meant there already."""
    return moment.replace(tzinfo=SEOUL) if moment.tzinfo is None else moment.astimezone(SEOUL)


def days_from(first: date) -> Iterable[date]:
    """Days in order, ending only where a search has certainly gone astray."""
    for number in range(DAYS_SEARCHED_MAX):
        yield first + timedelta(days=number)
    raise ValueError(f"no end within {DAYS_SEARCHED_MAX} days of {first}")


def without(stretch: Stretch, taken: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """What is left of a stretch when other stretches are taken out of it, in order of time."""
    left = [stretch] if stretch[0] < stretch[1] else []
    for taken_from, taken_to in taken:
        left = [
            (begins, ends)
            for old_from, old_to in left
            for begins, ends in (
                (old_from, min(old_to, taken_from)),
                (max(old_from, taken_to), old_to),
            )
            if begins < ends
        ]
    return tuple(left)
