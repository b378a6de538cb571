"""`madang up`: a whole office in one terminal, as `make run` starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server import serving
from server.core import db
from server.supervisor import Child, stop_event, supervise

if TYPE_CHECKING:
    from server.config import Settings


async def up(settings: Settings) -> None:
    """Migrate, then serve and work together until told to stop."""
    serving.listen(settings).close()
    await db.migrate(settings)
    stop = stop_event(supervised=False)
    children = [
        Child("web", ("serve", "--supervised")),
        Child("worker", ("worker", "--supervised")),
    ]
    await supervise(children, stop, settings.stop_seconds + 5)
