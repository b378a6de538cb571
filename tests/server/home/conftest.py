"""The town, founded on the application's database."""

from typing import Any

import pytest

from tests.server.home.town import Town, founded


@pytest.fixture
async def town(app: Any) -> Town:
    """A small office and a resident."""
    return await founded(app)
