"""Offices to break: one on each database, with the sample district filled in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import Office


@pytest.fixture
def office(engine: str, database: str, keys: Path, tmp_path: Path) -> Iterator[Office]:
    """An open office (web and worker) on that database."""
    opened = Office(tmp_path, database, keys)
    try:
        yield opened.open()
    finally:
        opened.close()
