"""An office in which three accounts are known, on either database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.accounts import service as accounts
from server.core import db, outbox
from server.ordinance import service as ordinance
from tests.people import PASSWORD


async def nothing(job: outbox.Job) -> None:
    """A handler that leaves the row to be read."""


@pytest.fixture
async def office(settings: Any) -> AsyncIterator[list[int]]:
    """The ids of three accounts."""
    ordinance.use("yeongdeungpo")
    await db.init(settings)
    outbox.wire({"fairuse.code": [nothing], "fairuse.sender_decided": [nothing]})
    made = [
        await accounts.create_official(
            f"somebody-{number}",
            "박철수",
            None,
            {"informatics"},
            password=PASSWORD,
            must_change_password=False,
        )
        for number in range(3)
    ]
    yield [one.account_id for one in made]
    await db.close()
