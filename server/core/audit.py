"""Who did what, and who looked at whose data: appended with the act, sealed into one chain.

Kept two years; no personal data in it. `madang audit verify` shows any row changed, removed or
slipped in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from server.core import clock, crypto, db
from server.core.keyring import derived

if TYPE_CHECKING:
    from datetime import datetime


async def record(action: str, subject: str, actor_id: int | None, **facts: str | int) -> None:
    """Append a row inside the service's transaction. Facts hold no personal data."""
    if not db.transaction_open():
        raise RuntimeError("an act is recorded in the transaction that carries it out")
    await _append(action, subject, actor_id, facts)


async def accessed(actor_id: int | None, subject: str | int, page: str) -> None:
    """Note that a page showed somebody's personal data: once a page view, naming whose."""
    await _append("accessed", str(subject), actor_id, {"page": page})


async def _append(
    action: str, subject: str, actor_id: int | None, facts: dict[str, str | int]
) -> None:
    at = clock.now()
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    mac = _mac(canonical(at, action, subject, actor_id, text))
    await db.execute(
        "INSERT INTO audit_entry (at, action, subject, actor_id, facts, mac)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [at, action, subject, actor_id, text, mac],
    )


def canonical(at: datetime, action: str, subject: str, actor_id: int | None, facts: str) -> bytes:
    """A row as bytes that are the same on every machine and database."""
    stamp = at.isoformat(timespec="microseconds")
    return json.dumps(
        [stamp, action, subject, actor_id, facts], ensure_ascii=False, separators=(",", ":")
    ).encode()


def _mac(row: bytes) -> bytes:
    key = derived(crypto.get_or_create_secret("audit"), "audit row")
    return hmac.digest(key, row, hashlib.sha256)
