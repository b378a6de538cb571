"""The officials' pages of SMS and fax: the health of providers, what a month cost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateways.contract import Accepted, Rejected, Unknown
from server.core import clock, db
from server.messages.carriers import costs, health, health_rules
from server.messages.carriers.costs import Cost, Sum
from server.messages.carriers.health_models import Answers
from server.messages.carriers.health_rules import Level, Tally
from server.messages.models import Delivery
from tests.people import PASSWORD
from tests.server.messages.test_desk import text

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("taken", "trouble", "rests", "level"),
    [
        (None, None, None, Level.IDLE),
        (NOW, None, None, Level.WELL),
        (NOW, EARLIER, None, Level.WELL),
        (EARLIER, NOW, None, Level.TROUBLED),
        (None, NOW, None, Level.TROUBLED),
        (NOW, None, LATER, Level.RESTING),
        (EARLIER, NOW, EARLIER, Level.TROUBLED),
    ],
)
def test_how_well_a_provider_is(
    taken: datetime | None, trouble: datetime | None, rests: datetime | None, level: Level
) -> None:
    told = health_rules.level(NOW, taken_at=taken, trouble_at=trouble, rests_until=rests)
    assert told is level


def test_a_tally_in_words() -> None:
    tally = Tally(taken=90, refused=6, unclear=4, answer_ms=5_000)
    assert (tally.asked, tally.mean_ms, tally.failed_percent, tally.a_minute) == (100, 50, 10, 1.7)
    assert (Tally().mean_ms, Tally().failed_percent, Tally().a_minute) == (None, None, 0.0)
    assert health_rules.span_of(NOW + timedelta(minutes=9, seconds=3)) == NOW + timedelta(minutes=5)
    assert set(health_rules.WORDS) == set(Level)


@pytest.fixture
def now() -> Iterator[None]:
    with clock.use(NOW):
        yield


async def test_answers_are_counted_and_written(app: Any, now: None) -> None:
    health.note("crow", Accepted("x"), 0.050)
    health.note("crow", Rejected("bad_number", permanent=True), 0.010)
    await health.write()
    (crow,) = await health.of_providers(["crow"])
    assert (crow.level, crow.trouble_at, crow.hour) == (Level.WELL, None, Tally(1, 1, 0, 60))
    with clock.use(NOW + timedelta(minutes=7)):
        health.note("crow", Unknown("HTTP 500 <b>'x"), 1.0)
        (crow, dove) = await health.of_providers(["crow", "dove"])
    assert (crow.level, crow.trouble) == (Level.TROUBLED, "HTTP 500 bx")
    assert crow.hour == Tally(1, 1, 1, 1_060)
    assert (dove.level, dove.hour) == (Level.IDLE, Tally())
    assert await Answers.all().count() == 2
    with clock.use(NOW + timedelta(hours=2)):
        health.note("crow", Accepted("y"), 0.1)
        (crow,) = await health.of_providers(["crow"])
    assert (crow.level, crow.hour.asked, crow.day.asked) == (Level.WELL, 1, 4)
    with clock.use(NOW + timedelta(days=15)):
        assert await health.forget() == 3


async def test_two_processes_count_the_same_minutes(app: Any, now: None) -> None:
    for _ in range(2):
        health.note("crow", Accepted("x"), 0.1)
        await health.write()
    (row,) = await Answers.all()
    assert (row.taken, row.answer_ms) == (2, 200)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_desk_sees_how_each_provider_fares(
    resident: Any, carrier: Any, worker: Any, people: Any, app: Any
) -> None:
    from server.accounts import service as accounts

    kim = await resident("kim")
    carrier.behave(behaviour={"01012345670": "refuse"})
    await kim.send("010-1234-5670\n010-1234-5671")
    await worker.drain()
    for roles in ({"informatics"}, {"privacy"}):
        (role,) = roles
        await accounts.create_official(
            role, "박철수", None, roles, password=PASSWORD, must_change_password=False
        )
    desk, other = app.test_client(), app.test_client()
    await people.sign_in(desk, "informatics")
    await people.sign_in(other, "privacy")
    page = await text(desk, "/desk/messages")
    assert "simulator" in page
    assert "쉬는 중" in page  # he who refused is given no other order for a moment
    assert "unreachable" in page
    assert "50%" in page
    assert (await other.get("/desk/messages")).status_code == 403
    assert (await other.get("/desk/messages/costs")).status_code == 403
    assert 'href="/desk/messages/costs"' in await text(desk, "/desk")


def test_sums() -> None:
    day = date(2026, 11, 23)
    rows = [
        Cost(day, "sms", "crow", False, 2, 60, 40, 0),
        Cost(day, "fax", "rook", False, 1, 50, 40, 1),
        Cost(day + timedelta(days=1), "sms", "crow", True, 1, 0, 20, 0),
    ]
    assert costs.added(rows, lambda cost: cost.day) == {
        day: Sum(2, 1, 110, 80, 1),
        day + timedelta(days=1): Sum(1, 0, 0, 20, 0),
    }
    assert len(costs.days_of(date(2026, 2, 1))) == 28


async def test_what_a_month_cost(
    resident: Any, carrier: Any, worker: Any, people: Any, app: Any
) -> None:
    """By Seoul's days: half past midnight there belongs to the day before in London."""
    from server.accounts import service as accounts

    kim = await resident("kim", points=1_000)
    carrier.behave(behaviour={"01012345670": "fail"})
    await kim.send("010-1234-5670\n010-1234-5671\n010-1234-5672")
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    midnight = datetime.fromisoformat("2026-11-23T00:30+09:00")
    await Delivery.all().update(ended_at=midnight)
    late = Delivery.filter(charged=0)
    await late.update(delivered_late_at=midnight)
    found = await costs.of_month(date(2026, 11, 1))
    assert found == [Cost(date(2026, 11, 23), "sms", "simulator", False, 2, 60, 40, 1)]
    assert await costs.of_month(date(2026, 12, 1)) == []
    await accounts.create_official(
        "auditor", "박철수", None, {"audit"}, password=PASSWORD, must_change_password=False
    )
    desk = app.test_client()
    await people.sign_in(desk, "auditor")
    page = await text(desk, "/desk/messages/costs?month=2026-11")
    for words in (
        "40원",
        "60점",
        "2건",
        "늦게 도착해",
        "<svg",
        "month=2026-10",
        "simulator",
    ):
        assert words in page
    assert "구청이 보낸 것을 함께" in page
    assert 'href="/desk/mileage"' in page
    assert "이 달에는 쓴 것이 없습니다" in await text(desk, "/desk/messages/costs?month=2025-01")
    for wrong in ("2026", "2026-13", "0001-01", "x"):
        assert (await desk.get(f"/desk/messages/costs?month={wrong}")).status_code == 400


async def test_the_cost_is_found_by_its_index(app: Any) -> None:
    """A month of a district's messages is read without those of the other months."""
    if db.dialect() != "sqlite":
        return
    rows = await db.fetch(
        "EXPLAIN QUERY PLAN SELECT 1 FROM message_delivery WHERE ended_at >= ? AND ended_at < ?",
        [NOW, LATER],
    )
    assert "message_delivery_cost" in str(rows)


async def test_what_waits_is_found_among_all_receipts_by_its_index(app: Any) -> None:
    """What fits no order is counted without a look at the millions that did."""
    if db.dialect() != "sqlite":
        return
    for wanted in ("COUNT(*)", "id"):
        rows = await db.fetch(
            f"EXPLAIN QUERY PLAN SELECT {wanted} FROM message_receipt WHERE applied_at IS NULL"
        )
        assert "message_receipt_waiting" in str(rows)
