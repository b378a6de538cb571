"""Corrections: two officials, never below zero, once; kept by the database itself, on both."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.core import clock, db
from server.core.web.problems import Conflict, Invalid, NotFound
from server.mileage import service as mileage
from tests.server.mileage.ground import new_account, new_person, official, opened

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")
WHY = "10월 3일 설문 점수가 빠져 있었습니다."


class Desk:
    """Two officials, and a resident with 500 points."""

    def __init__(self, first: int, second: int, person: int, account: int) -> None:
        self.first, self.second = first, second
        self.person, self.account = person, account

    async def propose(self, points: int, reason: str = WHY) -> int:
        return await mileage.propose_correction(
            self.first, self.person, self.account, points, reason
        )

    async def available(self) -> int:
        return (await mileage.balance(self.person)).available


@pytest.fixture
async def desk(settings: Any) -> AsyncIterator[Desk]:
    with clock.use(NOON):
        async with opened(settings):
            officials = [await official(name, "informatics") for name in ("first", "second")]
            yield Desk(*officials, await new_person(500), await new_account())
            report = await mileage.check()
            assert report.ok, str(report)


@pytest.mark.parametrize(("points", "after"), [(200, 700), (-500, 0)])
async def test_points_move_when_another_official_approves(
    desk: Desk, points: int, after: int
) -> None:
    number = await desk.propose(points)
    assert await desk.available() == 500
    done = await mileage.decide_correction(number, desk.second, approved=True)
    assert (done.state, done.decided_by, done.decided_at) == ("approved", desk.second, NOON)
    assert await desk.available() == after
    newest = (await mileage.statement(desk.person))[0]
    assert (newest.points, newest.after, newest.words) == (points, after, WHY)


async def test_nothing_moves_by_one_official_alone(desk: Desk) -> None:
    number = await desk.propose(200)
    with pytest.raises(Conflict, match="two_officials"):
        await mileage.decide_correction(number, desk.first, approved=True)
    with pytest.raises(Conflict, match="two_officials"):
        await mileage.decide_correction(number, desk.first, approved=False)
    with pytest.raises(Conflict, match="not_yours"):
        await mileage.drop_correction(number, desk.second)
    assert (await mileage.correction(number)).state == "proposed"
    assert await desk.available() == 500


async def test_what_is_decided_is_decided_once(desk: Desk) -> None:
    refused, dropped = await desk.propose(200), await desk.propose(100)
    await mileage.decide_correction(refused, desk.second, approved=False)
    await mileage.drop_correction(dropped, desk.first)
    for number in (refused, dropped):
        with pytest.raises(Conflict, match="correction_over"):
            await mileage.decide_correction(number, desk.second, approved=True)
        with pytest.raises(Conflict, match="correction_over"):
            await mileage.drop_correction(number, desk.first)
    with pytest.raises(NotFound):
        await mileage.decide_correction(999, desk.second, approved=True)
    assert await desk.available() == 500
    states = [one.state for one in await mileage.corrections()]
    assert states == ["dropped", "refused"]
    assert await mileage.corrections(open_only=True) == []


async def test_two_who_approve_at_once_move_the_points_once(desk: Desk) -> None:
    number = await desk.propose(-500)
    answers = await asyncio.gather(
        *(mileage.decide_correction(number, desk.second, approved=True) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, mileage.Correction) for one in answers) == 1
    assert sum(isinstance(one, Conflict) for one in answers) == 3
    assert await desk.available() == 0


async def test_a_balance_is_never_below_zero(desk: Desk) -> None:
    with pytest.raises(mileage.TooMuch) as refused:
        await desk.propose(-501)
    assert (refused.value.status, refused.value.field) == (409, "points")
    number = await desk.propose(-500)
    await mileage.hold(desk.person, 30, 20, "m1")
    with pytest.raises(mileage.TooMuch) as refused:
        await mileage.decide_correction(number, desk.second, approved=True)
    assert "470점" in refused.value.text("ko")
    # It waits on, and goes through when there is enough again.
    await mileage.release("m1")
    await mileage.decide_correction(number, desk.second, approved=True)
    assert await mileage.balance(desk.person) == mileage.Balance(0, 0)


@pytest.mark.parametrize(
    ("points", "reason", "field"),
    [(0, WHY, "points"), (100_001, WHY, "points"), (5, "  ", "reason"), (5, "가" * 301, "reason")],
)
async def test_a_correction_has_an_amount_and_a_reason(
    desk: Desk, points: int, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.propose(points, reason)
    assert refused.value.field == field


SLIPPED = (
    "INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,"
    " reason, ref, available_after, at) SELECT {key}, {way}, b.person_id, {points}, 0, '{about}',"
    " 0, '', '', b.available {after}, c.proposed_at FROM mileage_correction c"
    " JOIN mileage_balance b ON b.person_id = c.person_id"
)
"""A movement written past the services, beside each correction there is."""

OWN = "'correction:' || c.id"
GIVEN = {"way": "'issued', 'available'", "points": 200, "about": "correction", "after": "+ 200"}
TAKEN = {"way": "'available', 'issued'", "points": 200, "about": "join", "after": "- 200"}
SET = "UPDATE mileage_correction SET "
REFUSED = (
    # Movements of points that no two officials have decided.
    SLIPPED.format(key=OWN, **GIVEN),
    SLIPPED.format(key="'x'", **GIVEN),
    SLIPPED.format(key="'x'", **TAKEN),
    # Approved by whoever proposed it, or by nobody; taken back by somebody else.
    SET + "state = 'approved', decided_by_id = proposed_by_id, decided_at = proposed_at",
    SET + "state = 'approved'",
    SET + "state = 'dropped', decided_by_id = account_id, decided_at = proposed_at",
    # Changed afterwards.
    SET + "proposed_by_id = account_id",
    SET + "points = points + 1",
    SET + "person_id = person_id",
    "DELETE FROM mileage_correction",
)


async def test_the_database_itself_wants_two_officials(desk: Desk) -> None:
    await desk.propose(200)
    for statement in REFUSED:
        with pytest.raises(IntegrityError):
            await db.execute(statement)
    assert await desk.available() == 500


async def test_the_database_keeps_what_was_decided(desk: Desk) -> None:
    number = await desk.propose(200)
    await mileage.decide_correction(number, desk.second, approved=True)
    for statement in (
        SET + "state = 'proposed', decided_by_id = NULL, decided_at = NULL",
        SET + "decided_by_id = account_id",
        SLIPPED.format(key="'x'", **GIVEN),
        SLIPPED.format(key="'x'", **TAKEN),
    ):
        with pytest.raises(IntegrityError):
            await db.execute(statement)
    assert await desk.available() == 700
