"""The figures of the running office, and bringing a dead letter back to life (Y3-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import audit, db, outbox, requeue
from server.core.db import transactional
from server.core.web import NotFound, health
from server.deadlines import service as deadlines
from server.operations import rules


@dataclass(frozen=True, slots=True)
class Timer:
    """Something done by the clock: when last, when next, and what went wrong."""

    name: str
    last_at: datetime | None
    next_at: datetime
    error: str | None


async def status() -> tuple[rules.Part, ...]:
    """How each part of the service is now."""
    checks = await health.check()
    late = (await health.jobs())["late"] if checks["database"] else 0
    failing = await deadlines.notices() if checks["database"] else ()
    return rules.parts(checks, late, [one.failure.system for one in failing])


async def queue() -> dict[str, dict[str, int]]:
    """By topic: how many jobs wait, are late by a minute, and are dead."""
    return await outbox.pending_counts()


async def dead_letters(before: int | None, limit: int) -> list[dict[str, Any]]:
    """Jobs that were given up, the newest first; payloads hold ids only."""
    return await outbox.dead_letters(limit=limit, before=before)


async def dead_letter(number: int) -> dict[str, Any]:
    """One job that was given up. Raises NotFound where it is none (any more)."""
    found = await outbox.dead_letters(limit=1, before=number + 1)
    if not found or found[0]["id"] != number:
        raise NotFound
    return found[0]


async def timers() -> list[Timer]:
    """Every timer that has run, by name."""
    rows = await db.fetch(
        "SELECT name, last_at, next_at, last_error FROM timer_lease ORDER BY name"
    )
    return [
        Timer(
            row["name"],
            db.instant(row["last_at"]) if row["last_at"] else None,
            db.instant(row["next_at"]),
            row["last_error"],
        )
        for row in rows
    ]


@transactional
async def retry(number: int, actor_id: int) -> bool:
    """Have a dead letter delivered once more; False where it is not dead any more."""
    revived = await outbox.retry(number)
    if revived:
        await audit.record("operations.retry", f"job:{number}", actor_id)
    return revived


@transactional
async def discard(number: int, reason: str, actor_id: int) -> bool:
    """Let a dead letter go for good, for a reason of rules.DISCARDS; False where it is not dead any
    more. What it was about ends by its own deadline, if it has one."""
    if reason not in rules.DISCARDS:
        raise ValueError(f"no reason to discard: {reason}")
    gone = await requeue.discard(number, f"discarded: {reason}")
    if gone:
        await audit.record("operations.discard", f"job:{number}", actor_id, reason=reason)
    return gone
