"""Days of the stories: working days back from today, and hours of a Seoul day."""

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from server.core import clock


@cache
def _off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))


def is_working(day: date) -> bool:
    """Whether offices are open: no Saturday, Sunday or public holiday."""
    return day.weekday() < 5 and day not in _off(day.year)


def moved(day: date, working_days: int) -> date:
    """`day` moved by so many working days, back for negative ones; 0 keeps it."""
    step = timedelta(days=1 if working_days >= 0 else -1)
    for _ in range(abs(working_days)):
        day += step
        while not is_working(day):
            day += step
    return day


def last_over(today: date) -> date:
    """The last working day that is over."""
    return moved(today, -1)


def at(day: date, hour: str) -> datetime:
    """ "14:20" of a Seoul day."""
    return datetime.combine(day, time.fromisoformat(hour), clock.SEOUL)


def ago(text: str) -> timedelta:
    """ "35m" or "3h"."""
    number, unit = int(text[:-1]), text[-1]
    return timedelta(hours=number) if unit == "h" else timedelta(minutes=number)
