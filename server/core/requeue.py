"""Jobs looked at from outside: which of them wait, and what was given up done again or let go.

For the desk, and for whoever compares the queue with books of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.core import clock, db, outbox

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


async def waiting(topic: str, keys: Collection[str]) -> set[str]:
    """Those of the keys under which a job of the topic waits or is in a worker's hand."""
    if not keys:
        return set()
    marks = ", ".join("?" * len(keys))
    rows = await db.fetch(
        "SELECT key FROM outbox_job WHERE topic = ? AND state = 'waiting'"  # noqa: S608
        f" AND key IN ({marks})",
        [topic, *keys],
    )
    return {row["key"] for row in rows}


async def waiting_keys(topic: str) -> set[str]:
    """Every key under which a job of the topic waits: for topics that have few."""
    rows = await db.fetch(
        "SELECT key FROM outbox_job WHERE topic = ? AND state = 'waiting' AND key IS NOT NULL",
        [topic],
    )
    return {row["key"] for row in rows}


async def ensure(
    topic: str, payload: dict[str, Any], key: str, *, not_before: datetime | None = None
) -> None:
    """Inside a transaction: have a job wait under this key, also where it ended or was given up."""
    await outbox.emit(topic, payload, key=key, not_before=not_before)
    now = clock.now()
    await db.execute(
        "UPDATE outbox_job SET state = 'waiting', failures = 0, due_at = ?, ended_at = NULL"
        " WHERE topic = ? AND key = ? AND state <> 'waiting'",
        [max(not_before or now, now), topic, key],
    )


async def discard(number: int, reason: str) -> bool:
    """Let a dead job go for good, with what it carried; False where it is not dead (any more).

    It is remembered as done for a while, so that its key is queued once only.
    """
    changed = await db.execute(
        "UPDATE outbox_job SET state = 'done', payload = '{}', reason = ?, ended_at = ?"
        " WHERE id = ? AND state = 'dead'",
        [reason, clock.now(), number],
    )
    return changed == 1
