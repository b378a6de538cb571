"""Objection, demand for correction, reopening, satisfaction: tables a lawyer can read."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.complaints.redress import rules as redress_rules
from server.complaints.redress.rules import Ended, Ground, ObjectionState
from server.complaints.workflow import ENDED, Outcome, State
from server.deadlines.service import ORDINARY, in_seoul


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


def ended(
    outcome: str = "refused",
    category: str | None = "application",
    state: str = "completed",
    told: str = "2026-11-23T10:00",
) -> Ended:
    return Ended(State(state), category, Outcome(outcome), at(told))


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("2026-11-23T10:00", "2027-01-22"),  # 60 days after, the first day out: a Friday
        ("2026-11-23T23:59", "2027-01-22"),
        ("2026-11-24T00:00", "2027-01-25"),  # the 23rd is a Saturday
        ("2026-12-03T09:00", "2027-02-01"),
        ("2026-12-09T09:00", "2027-02-10"),  # the 7th is Lunar New Year: its days off and after
    ],
)
def test_an_objection_may_be_raised_for_sixty_days(told: str, last: str) -> None:
    assert redress_rules.objection_last_day(at(told), ORDINARY) == date.fromisoformat(last)
    day = date.fromisoformat(last)
    case = ended(told=told)

    def fault(today: date) -> object:
        return redress_rules.objection_fault(case, today, ORDINARY, already=False)

    assert fault(day) is None
    assert fault(day + timedelta(days=1)) is not None


@pytest.mark.parametrize(
    ("case", "already", "why_not"),
    [
        (ended(), False, None),
        (ended("partly"), False, None),
        (ended("returned"), False, None),
        (ended("refused", state="merged"), False, None),
        (ended("done"), False, "거부한 결과"),
        (ended("not_handled"), False, "거부한 결과"),
        (ended("refused", "grievance"), False, "법정민원"),
        (ended("refused", None), False, "법정민원"),
        (ended("refused", state="in_progress"), False, "결과를 받은 뒤"),
        (ended("refused", state="withdrawn"), False, "결과를 받은 뒤"),
        (Ended(State.COMPLETED, "application", None, None), False, "결과를 받은 뒤"),
        (ended(), True, "이미"),
    ],
)
def test_what_can_be_objected_to(case: Ended, already: bool, why_not: str | None) -> None:
    fault = redress_rules.objection_fault(case, date(2026, 12, 1), ORDINARY, already=already)
    assert (fault is None) if why_not is None else (fault is not None and why_not in fault.text)


@pytest.mark.parametrize(
    ("filed", "extended", "due"),
    [
        ("2026-11-23T10:00", False, "2026-12-04"),  # Monday is the first of ten working days
        ("2026-11-23T10:00", True, "2026-12-18"),  # ten more from the day after the first ten
        ("2026-11-28T11:00", False, "2026-12-11"),  # a Saturday: Monday is the first
        ("2026-12-21T10:00", False, "2027-01-05"),  # without Christmas and New Year's Day
    ],
)
def test_an_objection_is_decided_in_ten_working_days_and_ten_more(
    filed: str, extended: bool, due: str
) -> None:
    found = redress_rules.objection_due(at(filed), ORDINARY, extended=extended)
    assert str(found) == due


@pytest.mark.parametrize(
    ("state", "now", "possible"),
    [
        (ObjectionState.FILED, "2026-12-04T23:59", True),
        (ObjectionState.FILED, "2026-12-05T00:00", False),
        (ObjectionState.EXTENDED, "2026-11-24T10:00", False),
        (ObjectionState.DECIDED, "2026-11-24T10:00", False),
    ],
)
def test_the_decision_is_put_off_once_and_in_time(
    state: ObjectionState, now: str, possible: bool
) -> None:
    due = at("2026-12-05T00:00")
    assert (redress_rules.extension_fault(state, due, at(now)) is None) is possible


MONDAY, TUESDAY = at("2026-11-23T10:00"), at("2026-11-24T10:00")


@pytest.mark.parametrize(
    ("state", "due", "now", "grounds"),
    [
        ("arrived", None, MONDAY, {"papers"}),
        ("arrived", None, TUESDAY, {"withheld", "papers"}),
        ("awaiting_payment", None, MONDAY, {"withheld", "papers"}),
        ("assigned", TUESDAY, MONDAY, {"papers"}),
        ("assigned", TUESDAY, TUESDAY, {"papers", "late"}),
        ("supplement", TUESDAY, MONDAY, {"papers"}),
        ("completed", MONDAY, TUESDAY, set()),
        ("withdrawn", None, TUESDAY, set()),
    ],
)
def test_when_correction_can_be_demanded(
    state: str, due: datetime | None, now: datetime, grounds: set[str]
) -> None:
    found = redress_rules.grounds_open(State(state), TUESDAY, due, now)
    assert set(found) == grounds


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("ground", list(Ground))
def test_what_has_ended_is_not_corrected_but_contested(state: State, ground: Ground) -> None:
    fault = redress_rules.demand_fault(ground, state, MONDAY, MONDAY, TUESDAY)
    assert fault is not None
    assert "이의신청" in fault.text


@pytest.mark.parametrize(
    ("case", "today", "already", "possible"),
    [
        (ended("done", "other"), "2026-12-23", False, True),
        (ended("done", "other"), "2026-12-24", False, False),
        (ended("refused"), "2026-12-01", False, True),
        (ended("done", "other"), "2026-12-01", True, False),
        (ended("done", "other", state="assigned"), "2026-12-01", False, False),
        (ended("done", "other", state="transferred"), "2026-12-01", False, False),
    ],
)
def test_when_reopening_can_be_asked_for(
    case: Ended, today: str, already: bool, possible: bool
) -> None:
    day = date.fromisoformat(today)
    fault = redress_rules.reopening_fault(case, day, 30, ORDINARY, already=already)
    assert (fault is None) is possible


@pytest.mark.parametrize(
    ("case", "rated", "now", "possible"),
    [
        (ended("done"), None, "2027-05-01T10:00", True),
        (ended("done"), "2026-11-24T10:00", "2026-12-01T09:59", True),
        (ended("done"), "2026-11-24T10:00", "2026-12-01T10:00", False),
        (ended("done", state="assigned"), None, "2026-12-01T10:00", False),
        (ended("done", state="withdrawn"), None, "2026-12-01T10:00", False),
    ],
)
def test_satisfaction_is_said_once_and_changed_for_a_week(
    case: Ended, rated: str | None, now: str, possible: bool
) -> None:
    rated_at = at(rated).astimezone(UTC) if rated else None
    assert (redress_rules.rating_fault(case, rated_at, at(now)) is None) is possible
