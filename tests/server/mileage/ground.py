"""What the ledger's tests stand on: an open database with persons, without the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server import config
from server.core import clock, db, ids
from server.mileage import ledger
from server.ordinance import service as ordinance


@asynccontextmanager
async def opened(settings: Any) -> AsyncIterator[None]:
    """The database of `settings`, open in this loop, under the profile of Yeongdeungpo."""
    config.use(settings)
    ordinance.use("yeongdeungpo")
    await db.init(settings)
    try:
        yield
    finally:
        await db.close()


async def new_person(points: int = 0) -> int:
    """A person with that many points, given under a key of their own."""
    (row,) = await db.fetch(
        "INSERT INTO person (identity_hash, created_at) VALUES (?, ?) RETURNING id",
        [ids.new_uuid().bytes * 2, clock.now()],
    )
    person_id = int(row["id"])
    await ledger.open_balance(person_id)
    if points:
        await ledger.award(f"test:{ids.new_uuid()}", person_id, points, "join", "")
    return person_id


async def new_account() -> int:
    """A resident's account with no more than the database asks for: one of somebody who left."""
    (row,) = await db.fetch(
        "INSERT INTO account (kind, state, password_changed_at, must_change_password, locale,"
        " created_at, closed_at) VALUES ('resident', 'withdrawn', ?, ?, 'ko', ?, ?) RETURNING id",
        [clock.now(), False, clock.now(), clock.now()],
    )
    return int(row["id"])
