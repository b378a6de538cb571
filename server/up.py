"""`madang up`: a whole office in one terminal, as `make run` starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server import app, serving
from server.core import db, lifetime
from server.demo import service as demo
from server.supervisor import Child, stop_event, supervise

if TYPE_CHECKING:
    from server.config import Settings


async def up(settings: Settings) -> None:
    """Migrate, fill an empty demo, then serve and work together until told to stop."""
    serving.listen(settings).close()
    await db.migrate(settings)
    await _demo(settings)
    stop = stop_event(supervised=False)
    children = [
        Child("web", ("serve", "--supervised")),
        Child("worker", ("worker", "--supervised")),
    ]
    await supervise(children, stop, settings.stop_seconds + 5)


async def _demo(settings: Settings) -> None:
    """Make the demo district where there is none, and say how to log in."""
    app.wire()
    await db.init(settings)
    try:
        await demo.fill(settings)
    finally:
        await lifetime.close_all()
        await db.close()
    if settings.mode == "demo":
        print(demo.greeting(settings), flush=True)  # noqa: T201 - for whoever started it
