"""The schema's history, applied in one transaction under a lock: all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from server.core import db, ddl

if TYPE_CHECKING:
    from server.config import Settings

LOCK = 0x4D6164616E67  # "Madang" in ASCII


async def migrate(settings: Settings) -> None:
    """Bring the database of `settings` up to date. Opens and closes its own connection."""
    await db.init(settings)
    try:
        if db.dialect() == "sqlite":
            await db.execute("PRAGMA foreign_keys=OFF")
        async with in_transaction():
            if db.dialect() == "postgres":
                await db.execute("SELECT pg_advisory_xact_lock(?)", [LOCK])
            await _apply()
    finally:
        await db.close()


async def _apply() -> None:
    await db.execute("CREATE TABLE IF NOT EXISTS migration (name VARCHAR(100) PRIMARY KEY)")
    if await db.fetch("SELECT name FROM migration"):
        return
    for statement in ddl.statements(db.dialect()):
        await db.execute(statement)
    await db.execute("INSERT INTO migration (name) VALUES (?)", ["0000_models"])
