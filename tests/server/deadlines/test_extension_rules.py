"""Extensions: once within the original length, and what is reckoned anew with them (D21)."""

from datetime import date, datetime, timedelta

import pytest

from server.deadlines.calendar_rules import DayOff, WorkCalendar, in_seoul
from server.deadlines.clock_rules import Ground, NotCounted, course
from server.deadlines.extension_rules import (
    extended,
    extension_until,
    latest_extension,
    longest_extension,
)


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


# accepted, period, its end, the latest end an extension may set, by how much
LONGEST = [
    ("2026-11-23T10:00", "7d", "2026-12-01", "2026-12-10", 7),  # working days from the 2nd on
    ("2026-11-23T10:00", "14d", "2026-12-10", "2026-12-31", 14),  # Christmas out
    ("2026-11-23T16:30", "immediate", "2026-11-24T10:30", "2026-11-24T14:30", 3),  # over lunch
    ("2026-11-26T15:00", "3d", "2026-12-01T15:00", "2026-12-04T15:00", 24),
    ("2026-11-24T10:00", "1w", "2026-11-30", "2026-12-07", 7),
    ("2026-12-01T10:00", "1m", "2026-12-31", "2027-02-01", 31),  # 31 January is a Sunday: moves
    ("2026-11-23T10:00", "1y", "2027-11-22", "2028-11-22", 366),  # over a 29 February
]


@pytest.mark.parametrize(("accepted", "period", "ends", "latest", "more"), LONGEST)
def test_at_most_as_long_again(
    accepted: str, period: str, ends: str, latest: str, more: int
) -> None:
    run = course(at(accepted), period)
    assert str(run.due) == ends
    assert longest_extension(run) == more
    assert str(latest_extension(run)) == latest
    assert latest_extension(run) == extended(run, more)


# accepted, period, asked for, by how much (None: no extension ends there), what then is due
UNTIL = [
    ("2026-11-23T10:00", "7d", "2026-12-02", 1, "2026-12-02"),
    ("2026-11-23T10:00", "7d", "2026-12-04", 3, "2026-12-04"),
    ("2026-11-23T10:00", "7d", "2026-12-10", 7, "2026-12-10"),
    ("2026-11-23T10:00", "7d", "2026-12-11", None, ""),  # longer than the period itself
    ("2026-11-23T10:00", "7d", "2026-12-05", None, ""),  # a Saturday
    ("2026-11-23T10:00", "7d", "2026-12-01", None, ""),  # no extension at all
    ("2026-11-23T10:00", "7d", "2026-11-30", None, ""),
    ("2026-11-26T15:00", "3d", "2026-12-02", 11, "2026-12-02T18:00"),  # as late on it as may be
    ("2026-11-26T15:00", "3d", "2026-12-04", 24, "2026-12-04T15:00"),
    ("2026-11-26T15:00", "3d", "2026-12-07", None, ""),
    ("2026-11-23T16:30", "immediate", "2026-11-24", 3, "2026-11-24T14:30"),
    ("2026-11-24T10:00", "1w", "2026-12-04", 4, "2026-12-04"),
    ("2026-11-24T10:00", "1w", "2026-12-07", 7, "2026-12-07"),
    ("2026-11-24T10:00", "1w", "2026-12-06", None, ""),  # a Sunday: it would move
]


@pytest.mark.parametrize(("accepted", "period", "until", "more", "ends"), UNTIL)
def test_until_a_day(accepted: str, period: str, until: str, more: int | None, ends: str) -> None:
    run = course(at(accepted), period)
    assert extension_until(run, date.fromisoformat(until)) == more
    if more is not None:
        again = course(at(accepted), period, (), extensions=[more])
        assert str(again.due) == ends
        assert again.extensions == (more,)


def test_a_second_extension_begins_where_the_first_ended() -> None:
    once = course(at("2026-11-24T10:00"), "1w", (), extensions=[4])
    assert str(once.due) == "2026-12-04"
    assert extension_until(once, date(2026, 12, 7)) == 3
    twice = course(at("2026-11-24T10:00"), "1w", (), extensions=[4, 3])
    assert str(twice.due) == "2026-12-07"
    days = course(at("2026-11-23T10:00"), "7d", (), extensions=[2, 1])
    assert str(days.due) == "2026-12-04"


def test_an_extension_is_counted_from_the_day_to_which_the_end_had_moved() -> None:
    """A week from Tuesday ends on Monday; from Monday on Sunday, which moves to Monday as well."""
    for accepted in ("2026-11-23T10:00", "2026-11-24T10:00"):
        assert str(course(at(accepted), "1w").due) == "2026-11-30"
        assert str(course(at(accepted), "1w", (), extensions=[1]).due) == "2026-12-01"


def test_what_is_not_counted_moves_an_extended_end_too() -> None:
    out = NotCounted.days(Ground.SUPPLEMENT, at("2026-12-02T10:00"), at("2026-12-03T10:00"))
    run = course(at("2026-11-23T10:00"), "7d", [out], extensions=[2])
    assert str(run.due) == "2026-12-07"
    assert str(course(at("2026-11-23T10:00"), "7d", [out]).due) == "2026-12-01"
    assert str(extended(run, 1)) == "2026-12-08"


def test_a_day_declared_later_moves_an_extended_end_too() -> None:
    calendar = WorkCalendar(declared=(DayOff(date(2026, 12, 2), "임시공휴일"),))
    run = course(at("2026-11-23T10:00"), "7d", (), calendar)
    assert str(extended(run, 1, calendar)) == "2026-12-03"
    assert extension_until(run, date(2026, 12, 2), calendar) is None
    assert extension_until(run, date(2026, 12, 3), calendar) == 1
    assert str(latest_extension(run, calendar)) == "2026-12-11"


def test_the_working_day_on_which_a_period_ended_is_no_day_off() -> None:
    run = course(at("2026-11-23T10:00"), "1w", (), extensions=[1])
    marks = [(mark.day.day, mark.counting, mark.number) for mark in run.marks[-3:]]
    assert marks == [(29, "counted", 7), (30, "counted", 8), (1, "due", 9)]
    assert len(run.marks) == (run.due.day - date(2026, 11, 23)) / timedelta(days=1) + 1
