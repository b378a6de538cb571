"""Whether this process could serve a resident now."""

from __future__ import annotations

from asyncpg.exceptions import InterfaceError, PostgresError
from tortoise.exceptions import BaseORMException

from server.core import db, migrate, outbox, storage

__all__ = ["check", "jobs"]

DOWN = (BaseORMException, PostgresError, InterfaceError, OSError, TimeoutError, RuntimeError)


async def check() -> dict[str, bool]:
    """What stands: the database, its schema as this program knows it, the storage."""
    database, migrations = False, False
    try:
        rows = await db.fetch("SELECT name FROM migration")
        database = True
        known = {step.name for step in migrate.steps()}
        migrations = known <= {row["name"] for row in rows}
    except DOWN:
        database = False
    return {"database": database, "migrations": migrations, "storage": await storage.ready()}


async def jobs() -> dict[str, int]:
    """Jobs of the outbox by state: waiting, late by a minute, dead."""
    counts = {"waiting": 0, "late": 0, "dead": 0}
    for topic in (await outbox.pending_counts()).values():
        for state, number in topic.items():
            counts[state] += number
    return counts
