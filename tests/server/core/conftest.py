"""What the tests of the core stand on: a database that is open, without the application."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from server import config
from server.core import db, outbox


@pytest.fixture
async def opened(settings: Any) -> AsyncIterator[Any]:
    """Settings whose database is open, with nothing wired."""
    await db.init(settings)
    yield settings
    outbox.wire({})
    outbox.wire_timers([])
    await db.close()
    config.use(None)
