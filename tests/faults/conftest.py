"""Offices to break: one on each database, with the sample district in it."""

import pytest

from tests.districts import Opened
from tests.office import Office


@pytest.fixture
def office(opened: Opened) -> Office:
    """An open office on that database; its limits do not stop a test that asks often."""
    return opened(MADANG_LIMITS_URL="off")
