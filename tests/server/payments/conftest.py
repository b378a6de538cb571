"""An office that takes fees: a database, its profile, two officials and what was emitted."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from server.accounts import service as accounts
from server.core import clock, db, outbox

MONDAY = datetime.fromisoformat("2026-11-23T10:00+09:00")


@dataclass
class Till:
    """The accounts that act, and every (topic, payload) that was emitted."""

    clerk: int
    cashier: int
    resident: int
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def news(self) -> list[tuple[str, dict[str, Any]]]:
        """What has been emitted of payments, in order."""
        rows = await db.fetch(
            "SELECT topic, payload FROM outbox_job WHERE topic LIKE 'payment.%' ORDER BY id", []
        )
        return [(row["topic"], json.loads(row["payload"])) for row in rows]


async def nothing(job: outbox.Job) -> None:
    """A handler that leaves the row to be read."""


async def furnished() -> Till:
    """The people of a till, in an open database."""
    topics = ("payment.confirmed", "payment.lapsed", "payment.short", "payment.undone")
    outbox.wire({topic: [nothing] for topic in topics})
    department = await accounts.create_department(
        "civil-affairs", "민원여권과", "Civil Affairs", "02-2670-3104"
    )
    made = [
        await accounts.create_official(
            login, name, department, roles, password="Munrae-dong 3-ga!", must_change_password=False
        )
        for login, name, roles in (
            ("clerk", "정민원", {"complaints"}),
            ("cash", "오수납", {"cashier"}),
            ("payer", "김영희", {"handler"}),
        )
    ]
    return Till(*(one.account_id for one in made))


@pytest.fixture
async def till(settings: Any) -> AsyncIterator[Till]:
    """The till of an office on a Monday morning, on either database."""
    from server.ordinance import service as ordinance

    ordinance.use(settings.profile)
    await db.init(settings)
    with clock.use(MONDAY):
        yield await furnished()
    await db.close()
