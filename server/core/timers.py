"""What is done every so often, by one worker of all: the turn is a leased row."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from server.core import clock, db, ids
from server.core.jobs import Timer, Wiring

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("madang.timers")

LEASE = timedelta(minutes=2)
RENEW_SECONDS = 30.0


async def run_timers() -> int:
    """Run each wired timer that is due and that no other worker is running; how many ran."""
    count = 0
    for timer in Wiring.timers:
        if await _due(timer) and (token := await _take(timer)) is not None:
            await _run(timer, token)
            count += 1
    return count


async def _due(timer: Timer) -> bool:
    rows = await db.fetch(
        "SELECT next_at, leased_until FROM timer_lease WHERE name = ?", [timer.name]
    )
    now = clock.now()
    if not rows:
        return True
    leased = rows[0]["leased_until"]
    return db.instant(rows[0]["next_at"]) <= now and (leased is None or db.instant(leased) <= now)


async def _take(timer: Timer) -> str | None:
    now, token = clock.now(), ids.token(18)
    await db.execute(
        "INSERT INTO timer_lease (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        [timer.name, now],
    )
    taken = await db.execute(
        "UPDATE timer_lease SET lease_token = ?, leased_until = ? WHERE name = ?"
        " AND next_at <= ? AND (leased_until IS NULL OR leased_until <= ?)",
        [token, now + LEASE, timer.name, now, now],
    )
    return token if taken else None


async def _run(timer: Timer, token: str) -> None:
    renewal = asyncio.create_task(_renew(timer, token))
    error: str | None = None
    try:
        await timer.run()
    except Exception as failure:  # noqa: BLE001 - one timer's fault must not stop the others
        error = type(failure).__name__
        log.error("timer_failed", extra={"timer": timer.name, "error": error})
    finally:
        renewal.cancel()
        await _release(timer, token, clock.now() + timer.every, error)


async def _renew(timer: Timer, token: str) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await db.execute(
            "UPDATE timer_lease SET leased_until = ? WHERE name = ? AND lease_token = ?",
            [clock.now() + LEASE, timer.name, token],
        )


async def _release(timer: Timer, token: str, next_at: datetime, error: str | None) -> None:
    await db.execute(
        "UPDATE timer_lease SET lease_token = NULL, leased_until = NULL, next_at = ?,"
        " last_at = ?, last_error = ? WHERE name = ? AND lease_token = ?",
        [next_at, clock.now(), error, timer.name, token],
    )
