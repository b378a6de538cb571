"""A small application with doors of its own."""

from pathlib import Path
from typing import Any

import pytest

from server import config
from server.core.web import Actor, Door
from server.core.web.application import Application
from tests.server.core.web import house

READERS = {
    "kim": Actor(account_id=1, kind="resident", person_id=7, name="김하나"),
    "official": Actor(account_id=2, kind="official", roles=frozenset({"handler"})),
    "english": Actor(account_id=3, kind="resident", locale="en"),
}


async def session(token: str) -> Actor | None:
    return READERS.get(token)


@pytest.fixture
def small_settings(tmp_path: Path, keys: Path) -> config.Settings:
    """Settings without a database behind them."""
    made = config.Settings(data=tmp_path / "data", keys=keys, log_level="warning")
    config.use(made)
    return made


class Greeted:
    """Whom the application said had opened a page."""

    def __init__(self) -> None:
        self.readers: list[int | None] = []

    async def __call__(self, reader: Actor) -> None:
        self.readers.append(reader.account_id)


async def no_extras(_reader: Actor) -> dict[str, Any]:
    return {}


def make_small(settings: config.Settings, *doors: Door, greet: Any = None) -> Application:
    app = Application(
        settings,
        sessions=session,
        extras=no_extras,
        greet=greet or Greeted(),
        title=lambda locale: "마당" if locale == "ko" else "Madang",
    )
    for door in doors:
        app.hang(door)
    return app


@pytest.fixture
async def small(small_settings: config.Settings) -> Application:
    return make_small(small_settings, house.door)


def signed_in(client: Any, token: str = "kim") -> Any:
    """The client with a session cookie."""
    client.set_cookie("localhost", "madang", token)
    return client
