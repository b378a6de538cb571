"""Counts of tries: which are refused, and that clocks that disagree refuse nobody."""

from datetime import timedelta
from typing import Any

from server.accounts import throttles
from server.accounts.rules import ThrottleRule
from server.core import db

RULE = ThrottleRule(tries=3, lock=timedelta(minutes=5))


async def spend() -> throttles.Spent:
    return await db.transactional(throttles.spend)("login", "kim", RULE)


async def test_a_try_whose_clock_was_read_first_is_not_refused(app: Any, clock_at: Any) -> None:
    with clock_at("2026-11-23T10:00:00.200+09:00"):
        assert await spend() == throttles.Spent()
    with clock_at("2026-11-23T10:00:00.100+09:00"):
        assert (await spend()).refused_until is None


async def test_the_third_try_blocks_and_a_refused_one_does_not_count(
    app: Any, clock_at: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        tries = [await spend() for _ in range(3)]
        until = tries[2].locks_until
        assert [one.locks_until for one in tries[:2]] == [None, None]
        assert until is not None
        assert await spend() == throttles.Spent(refused_until=until)
    with clock_at("2026-11-23T10:05+09:00"):
        again = await spend()
        assert again.refused_until is None
        assert again.locks_until == until + 2 * RULE.lock
