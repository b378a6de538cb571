"""A push service beside the office, whose clock can be put on."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.core import clock
from server.notifications import devices
from tests.conftest import make_settings
from tests.gateways.push_service import PushService
from tests.server.home.town import Town, founded
from tests.server.notifications.reaching.cases import Time


@pytest.fixture
def time() -> Any:
    """The office's clock; a test that wants it from its beginning on marks its module with it."""
    ticking = Time()
    with clock.use(ticking):
        yield ticking


@pytest.fixture
async def push_service() -> AsyncIterator[PushService]:
    async with PushService() as running:
        yield running


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, push_service: PushService) -> Any:
    made = make_settings(tmp_path, keys, database, push_hosts=(push_service.origin,))
    config.use(made)
    return made


@pytest.fixture
async def town(app: Any, push_service: PushService) -> Town:
    """A small office and a resident, of whose browsers the push service knows the office."""
    push_service.application_server_key = devices.public_key()
    return await founded(app)
