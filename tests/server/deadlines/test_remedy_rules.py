"""Disclosure, objections, inquiries: whose working days count, and whose calendar days."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from server.deadlines import remedy_rules as rules
from server.deadlines.calendar_rules import DayOff, WorkCalendar, in_seoul

MONDAY = in_seoul(datetime.fromisoformat("2026-11-23T10:00"))
CLOSED = WorkCalendar(declared=(DayOff(date(2026, 12, 4), "임시공휴일"),))

WORKING_DAYS = [
    (rules.disclosure_due, 0, "2026-12-04"),  # ten, the first day included
    (rules.disclosure_due, 10, "2026-12-18"),  # and ten from the day after
    (rules.disclosure_review_due, 0, "2026-12-01"),
    (rules.disclosure_review_due, 7, "2026-12-10"),
    (rules.review_due, 0, "2026-12-04"),
    (rules.review_due, 1, "2026-12-07"),
    (rules.review_due, 10, "2026-12-18"),
]


@pytest.mark.parametrize(("rule", "more", "ends"), WORKING_DAYS)
def test_the_office_decides_in_working_days(rule: Callable[..., Any], more: int, ends: str) -> None:
    assert str(rule(MONDAY, more)) == ends


@pytest.mark.parametrize(
    ("rule", "begun", "longest"),
    [
        (rules.disclosure_due, MONDAY, 10),
        (rules.disclosure_review_due, MONDAY, 7),
        (rules.review_due, MONDAY, 10),
        (rules.inquiry_until, MONDAY.date(), 7),
    ],
)
def test_no_longer_extension(rule: Callable[..., Any], begun: date, longest: int) -> None:
    rule(begun, longest)
    for more in (longest + 1, -1):
        with pytest.raises(ValueError, match=f"at most {longest} days, not {more}"):
            rule(begun, more)


def test_without_a_word_nothing_is_extended() -> None:
    for rule in (rules.disclosure_due, rules.disclosure_review_due, rules.review_due):
        assert rule(MONDAY) == rule(MONDAY, 0)


def test_silence_of_twenty_working_days_is_a_refusal() -> None:
    assert str(rules.silence_refuses_after(MONDAY)) == "2026-12-18"
    assert str(rules.silence_refuses_after(MONDAY, CLOSED)) == "2026-12-21"


@pytest.mark.parametrize(
    ("rule", "notified", "until"),
    [
        (rules.objection_until, date(2026, 11, 23), date(2027, 1, 22)),  # sixty calendar days
        (rules.objection_until, date(2026, 11, 24), date(2027, 1, 25)),  # a Saturday: moves
        (rules.disclosure_objection_until, date(2026, 11, 23), date(2026, 12, 23)),
        (rules.disclosure_objection_until, date(2026, 11, 25), date(2026, 12, 28)),  # Christmas
    ],
)
def test_the_applicants_own_periods_run_by_the_calendar(
    rule: Callable[..., Any], notified: date, until: date
) -> None:
    assert rule(notified) == until


def test_an_inquiry_lasts_fourteen_days_and_seven_more() -> None:
    assert rules.inquiry_until(date(2026, 11, 23)) == date(2026, 12, 7)
    assert rules.inquiry_until(date(2026, 11, 23), 7) == date(2026, 12, 14)


def test_declared_days_count_everywhere() -> None:
    assert str(rules.disclosure_due(MONDAY, 0, CLOSED)) == "2026-12-07"
    assert str(rules.disclosure_review_due(MONDAY, 7, CLOSED)) == "2026-12-11"
    assert str(rules.review_due(MONDAY, 0, CLOSED)) == "2026-12-07"
    assert rules.objection_until(date(2026, 10, 5), CLOSED) == date(2026, 12, 7)
    assert rules.disclosure_objection_until(date(2026, 11, 4), CLOSED) == date(2026, 12, 7)
    assert rules.inquiry_until(date(2026, 11, 20), 0, CLOSED) == date(2026, 12, 7)
