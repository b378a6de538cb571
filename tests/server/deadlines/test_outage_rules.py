"""Failures of the system: what they take out of the clock, and what may be registered later."""

from datetime import datetime, timedelta

import pytest

from server.deadlines import outage_rules
from server.deadlines.calendar_rules import in_seoul
from server.deadlines.outage_rules import Failure, System


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


NOW = at("2026-11-24T12:00")
BEGAN = at("2026-11-24T10:00")

NOT_COUNTED = [
    (System.ALL, "2026-11-24T11:00", [("2026-11-24T10:00", "2026-11-24T11:00")]),
    (System.HANDLING, "2026-11-24T11:00", [("2026-11-24T10:00", "2026-11-24T11:00")]),
    (System.HANDLING, None, [("2026-11-24T10:00", "2026-11-24T12:00")]),  # lasts: up to now
    (System.FILING, "2026-11-24T11:00", []),  # officials could work
    (System.PAYMENT, "2026-11-24T11:00", []),
    (System.NOTICES, None, []),
]


@pytest.mark.parametrize(("system", "ends", "out"), NOT_COUNTED)
def test_what_is_out_of_the_clock(
    system: System, ends: str | None, out: list[tuple[str, str]]
) -> None:
    failure = Failure(system, BEGAN, at(ends) if ends else None)
    found = outage_rules.not_counted([failure], NOW)
    assert [(each.begins, each.ends) for each in found] == [(at(a), at(b)) for a, b in out]
    assert all(each.ground == "failure" and each.since == each.begins for each in found)


def test_failures_come_in_order_and_one_that_begins_now_takes_nothing() -> None:
    early = Failure(System.ALL, BEGAN - timedelta(days=1), BEGAN)
    found = outage_rules.not_counted([Failure(System.ALL, BEGAN), early], NOW)
    assert [each.begins for each in found] == [early.begins, BEGAN]
    assert outage_rules.not_counted([Failure(System.ALL, NOW)], NOW) == ()


ARRIVED = [
    (System.ALL, "2026-11-24T10:00", True),
    (System.FILING, "2026-11-24T11:00", True),  # its last moment
    (System.FILING, "2026-11-24T11:01", False),
    (System.ALL, "2026-11-24T09:59", False),
    (System.HANDLING, "2026-11-24T10:30", False),  # filing was possible
]


@pytest.mark.parametrize(("system", "arrived", "may"), ARRIVED)
def test_what_may_be_registered_later(system: System, arrived: str, may: bool) -> None:
    failure = Failure(system, BEGAN, at("2026-11-24T11:00"))
    assert outage_rules.filed_during(at(arrived), [failure], NOW) is may


def test_while_it_lasts_it_may_be_registered_up_to_now() -> None:
    lasting = [Failure(System.FILING, BEGAN)]
    assert outage_rules.filed_during(NOW, lasting, NOW)
    assert not outage_rules.filed_during(NOW + timedelta(minutes=1), lasting, NOW)


TIMES = [
    ("2026-11-24T10:00", None, None),
    ("2026-11-24T12:00", None, None),
    ("2026-11-24T12:01", None, "아직 오지 않은 시각입니다."),
    ("2026-11-24T10:00", "2026-11-24T12:00", None),
    ("2026-11-24T10:00", "2026-11-24T12:01", "아직 오지 않은 시각입니다."),
    ("2026-11-24T10:00", "2026-11-24T10:00", "끝난 시각은 시작한 시각보다 뒤여야 합니다."),
    ("2026-11-24T10:00", "2026-11-24T09:00", "끝난 시각은 시작한 시각보다 뒤여야 합니다."),
    ("2026-08-26T12:00", None, None),  # ninety days ago
    ("2026-08-26T11:59", None, "너무 오래된 시각입니다. 90일 안의 장애만 적을 수 있습니다."),
]


@pytest.mark.parametrize(("begins", "ends", "fault"), TIMES)
def test_when_a_failure_can_have_been(begins: str, ends: str | None, fault: str | None) -> None:
    found = outage_rules.time_fault(at(begins), at(ends) if ends else None, NOW)
    assert found == fault


def test_every_system_has_its_words() -> None:
    assert set(outage_rules.SYSTEMS) == set(outage_rules.STANDARD_WORDS) == set(System)
