"""What is done every so often, by one worker of all: the turn is a leased row."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from server.core import clock, db, lease
from server.core.jobs import Timer, Wiring, describe

if TYPE_CHECKING:
    from collections.abc import Collection

log = structlog.get_logger("madang.timers")

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20.0


async def run_timers() -> int:
    """Run each wired timer that is due, one after another; how many ran."""
    timers = await due()
    return sum([await run(timer) for timer in timers])


async def due(leaving_out: Collection[str] = ()) -> list[Timer]:
    """The wired timers whose time has come and that nobody is running."""
    now = clock.now()
    rows = await db.fetch("SELECT name, next_at, lease_token, leased_until FROM timer_lease")
    waiting = set()
    for row in rows:
        leased = row["leased_until"] is not None and db.instant(row["leased_until"]) > now
        if db.instant(row["next_at"]) > now or (
            leased and not lease.holder_gone(row["lease_token"])
        ):
            waiting.add(row["name"])
    return [
        timer
        for timer in Wiring.timers
        if timer.name not in waiting and timer.name not in leaving_out
    ]


async def run(timer: Timer) -> bool:
    """Take the turn, run the timer, say when it is due next. False when somebody was quicker."""
    token = await _take(timer)
    if token is None:
        return False
    renewal = asyncio.create_task(_renew(timer, token))
    error: str | None = None
    try:
        await timer.run()
    except Exception as failure:
        error = describe(failure)
        log.exception("timer_failed", timer=timer.name, error=error)
    finally:
        renewal.cancel()
        await _release(timer, token, error)
    return True


async def _take(timer: Timer) -> str | None:
    now, token = clock.now(), lease.token()
    await db.execute(
        "INSERT INTO timer_lease (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        [timer.name, now],
    )
    (row,) = await db.fetch(
        "SELECT lease_token, leased_until FROM timer_lease WHERE name = ?", [timer.name]
    )
    held = row["lease_token"]
    if held is not None and not lease.holder_gone(held) and db.instant(row["leased_until"]) > now:
        return None
    # Still the very lease that was looked at: two workers may be looking.
    unchanged = "lease_token IS NULL" if held is None else "lease_token = ?"
    taken = await db.execute(
        "UPDATE timer_lease SET lease_token = ?, leased_until = ?"  # noqa: S608
        f" WHERE name = ? AND next_at <= ? AND {unchanged}",
        [token, now + LEASE, timer.name, now, *([] if held is None else [held])],
    )
    return token if taken else None


async def _renew(timer: Timer, token: str) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await db.execute(
            "UPDATE timer_lease SET leased_until = ? WHERE name = ? AND lease_token = ?",
            [clock.now() + LEASE, timer.name, token],
        )


async def _release(timer: Timer, token: str, error: str | None) -> None:
    now = clock.now()
    await db.execute(
        "UPDATE timer_lease SET lease_token = NULL, leased_until = NULL, next_at = ?,"
        " last_at = ?, last_error = ? WHERE name = ? AND lease_token = ?",
        [now + timer.every, now, error, timer.name, token],
    )
