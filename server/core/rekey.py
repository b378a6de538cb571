"""Seals old values again under the active key, after a rotation or on suspicion.

The database remembers which keys it was written with, so that a start with another office's keys
is refused instead of making a second, unreadable half.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from server import schema
from server.core import crypto, db
from server.core.jobs import Timer
from server.core.keyring import KeyRingError, derived

if TYPE_CHECKING:
    from tortoise.models import Model

BATCH = 200


async def refuse_other_keys() -> None:
    """Compare the key ring with what the database was written with, and note new keys.

    Raises KeyRingError where a key that was used is missing or another.
    """
    ring = crypto.keys().ring()
    ours = {f"key {number}": _mark(key) for number, key in ring.keys.items()}
    ours["hash"] = _mark(crypto.get_or_create_secret("hash"))
    for row in await db.fetch("SELECT name, mark FROM key_mark"):
        if ours.pop(row["name"], None) != row["mark"]:
            raise KeyRingError(
                f"{crypto.keys().path} does not hold the keys of this database ({row['name']});"
                " bring back the right directory or set MADANG_KEYS"
            )
    for name, mark in ours.items():
        await db.execute(
            "INSERT INTO key_mark (name, mark) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            [name, mark],
        )


def _mark(key: bytes) -> str:
    return hmac.digest(derived(key, "mark"), b"madang", hashlib.sha256).hex()


async def rekey() -> int:
    """Seal again every column value that is under an older key; how many.

    Nothing is done in the first seconds after a rotation, while a process may still use the old.
    """
    active = crypto.keys().ring().active
    if active == 1 or not crypto.keys().settled() or await _finished() == active:
        return 0
    count = 0
    for model, field in sealed_columns():
        while batch := await _rekey_batch(model, field, active):
            count += batch
    await _finish(active)
    return count


def sealed_columns() -> list[tuple[type[Model], crypto.EncryptedText[Any]]]:
    """Every column that holds sealed text."""
    return [
        (model, field)
        for model in schema.models()
        for field in model._meta.fields_map.values()
        if isinstance(field, crypto.EncryptedText)
    ]


@db.transactional
async def _rekey_batch(model: type[Model], field: crypto.EncryptedText[Any], active: int) -> int:
    table, column, key = model._meta.db_table, field.column, model._meta.db_pk_column
    rows = await db.fetch(
        f'SELECT "{key}" AS id, "{column}" AS sealed FROM "{table}"'  # noqa: S608 - our own names
        f' WHERE substr("{column}", {field.key_place()}, 4) <> ? LIMIT ?',
        [active.to_bytes(4), BATCH],
    )
    for row in rows:
        old = bytes(row["sealed"])
        await db.execute(
            f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ? AND "{column}" = ?',  # noqa: S608
            [field.sealed(field.to_python_value(old)), row["id"], old],
        )
    return len(rows)


async def _finished() -> int:
    rows = await db.fetch("SELECT given FROM counter WHERE series = 'rekeyed'")
    return int(rows[0]["given"]) if rows else 0


async def _finish(active: int) -> None:
    await db.execute(
        "INSERT INTO counter (series, given) VALUES ('rekeyed', ?)"
        " ON CONFLICT (series) DO UPDATE SET given = excluded.given",
        [active],
    )


TIMERS = (Timer("keys.rekey", timedelta(minutes=10), rekey),)
