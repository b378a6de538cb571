"""Builds the application out of the slices and wires topics to handlers: the one place that
knows them all."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from server import config
from server.core import db, outbox
from server.core.web.application import Application
from server.core.web.door import Door
from server.core.web.permissions import Actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config import Settings

__all__ = ["DOORS", "create_app", "timers", "wire"]

DOORS: Final = (
    "server.core.web.doors",
    "server.ordinance.views",
    "server.home.views",
    "server.accounts.views",
    "server.accounts.desk",
    "server.privacy.views",
    "server.privacy.desk",
    "server.mileage.views",
    "server.mileage.desk",
    "server.messages.views",
    "server.messages.desk",
    "server.messages.callbacks",
    "server.notifications.views",
    "server.complaints.views",
    "server.complaints.desk",
    "server.operations.views",
    "server.operations.desk",
)
HANDLERS: Final = (
    "server.mileage.handlers",
    "server.accounts.handlers",
    "server.notifications.handlers",
    "server.messages.handlers",
    "server.complaints.handlers",
)
TIMERS: Final = (
    "server.core.forms",
    "server.core.seals",
    "server.core.rekey",
    "server.core.outbox",
    "server.accounts.timers",
    "server.privacy.timers",
    "server.mileage.timers",
    "server.notifications.timers",
    "server.messages.timers",
    "server.complaints.timers",
    "server.operations.timers",
)


def _standing(names: Sequence[str]) -> list[Any]:
    return [import_module(name) for name in names if _stands(name)]


def _stands(name: str) -> bool:
    package = name.rpartition(".")[0]
    return find_spec(package) is not None and find_spec(name) is not None


def wire() -> None:
    """Topics to handlers: each handlers module has `TOPICS: dict[str, list[Handler]]`."""
    topics: dict[str, list[outbox.Handler]] = {}
    for module in _standing(HANDLERS):
        for topic, handlers in module.TOPICS.items():
            topics.setdefault(topic, []).extend(handlers)
    outbox.wire(topics)


def timers() -> list[outbox.Timer]:
    """Every timer: each timers module has `TIMERS: tuple[Timer, ...]`."""
    return [timer for module in _standing(TIMERS) for timer in getattr(module, "TIMERS", ())]


async def _actor_of_session(token: str) -> Actor | None:
    from server.accounts import service as accounts

    found: Actor | None = await accounts.actor_of_session(token)
    return found


def create_app(settings: Settings) -> Application:
    """The application for `settings`; the database opens when serving starts."""
    config.use(settings)
    app = Application(settings, sessions=_actor_of_session)
    for module in _standing(DOORS):
        for door in vars(module).values():
            if isinstance(door, Door):
                app.hang(door)
    wire()

    @app.before_serving
    async def open_database() -> None:
        await db.init(settings)

    @app.after_serving
    async def close_database() -> None:
        await db.close()

    return app
