"""Who did what, and who looked at whose data: appended with the act, sealed into one chain.

Kept two years; no personal data in it. A row carries a code that only this office can compute;
`core.seals` chains the rows in batches, signs the heads and verifies all of it.
"""

from __future__ import annotations

import json

from server.core import clock, db
from server.core.seals import TIMERS, Report, canonical, code, export, purge, seal, verify

__all__ = ["TIMERS", "Report", "accessed", "export", "purge", "record", "seal", "verify"]


async def record(action: str, subject: str, actor_id: int | None, **facts: str | int) -> None:
    """Append a row inside the service's transaction.

    `subject` names the thing (`complaint:17`); facts hold codes and numbers, no personal data.
    """
    if not db.transaction_open():
        raise RuntimeError("an act is recorded in the transaction that carries it out")
    await _append(action, subject, actor_id, facts)


async def accessed(actor_id: int | None, subject: str | int, page: str) -> None:
    """Note that a page showed somebody's personal data: once a page view, naming whose."""
    named = f"account:{subject}" if isinstance(subject, int) else subject
    await _append("accessed", named, actor_id, {"page": page})


async def _append(
    action: str, subject: str, actor_id: int | None, facts: dict[str, str | int]
) -> None:
    for name, value in facts.items():
        if not isinstance(value, str | int):
            raise TypeError(f"the fact {name} is neither text nor a number")
    at = clock.now()
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    mac = code(canonical(at, action, subject, actor_id, text))
    await db.execute(
        "INSERT INTO audit_entry (at, action, subject, actor_id, facts, mac)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [at, action, subject, actor_id, text, mac],
    )
