"""What the tests of the core stand on: a database that is open, without the application."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from server import config, schema
from server.core import db, migrate, outbox
from tests.conftest import Postgres, make_settings


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Errors that tests provoke are written in one line, not as a page of local variables."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str]:
    """URL of a database in which there is nothing."""
    if engine == "sqlite":
        yield f"sqlite://{tmp_path}/empty.sqlite3"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.copy("template0")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def probed(
    empty: str, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    """An open database with the tables of `probe_models` beside the core's."""
    monkeypatch.setattr(schema, "MODULES", ("server.core.models", "tests.server.core.probe_models"))
    settings = make_settings(tmp_path, keys, empty)
    config.use(settings)
    await db.init(settings)
    await migrate.create_from_models()
    yield settings
    await db.close()
    config.use(None)


@pytest.fixture
async def opened(settings: Any) -> AsyncIterator[Any]:
    """Settings whose database is open, with nothing wired."""
    await db.init(settings)
    yield settings
    outbox.wire({})
    outbox.wire_timers([])
    await db.close()
    config.use(None)
