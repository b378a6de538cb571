"""Serves the application by Hypercorn: one process, or several that share one listening socket.

Hypercorn's own workers keep the port when their parent is killed; ours stop with it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from server import app, config
from server.core import db, lifetime, live, metrics, migrate, rekey
from server.core.web.headers import security_headers
from server.supervisor import Child, stop_event, supervise

if TYPE_CHECKING:
    from server.config import Settings

BACKLOG = 512
HEADERS_SECONDS_MAX = 30


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises ConfigError when host or port cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        place = f"{settings.host}:{settings.port}"
        raise config.ConfigError("MADANG_PORT", f"cannot listen on {place}: {error}") from error
    listener.listen(BACKLOG)
    return listener


async def serve(settings: Settings, *, supervised: bool, descriptor: int | None = None) -> None:
    """Serve until told to stop; then finish the requests in hand within `stop_seconds`."""
    stop = stop_event(supervised=supervised)
    await _fit(settings)
    if descriptor is not None:
        await _serve(settings, stop, descriptor)
        return
    if settings.workers == 1:
        await _serve(settings, stop, listen(settings).detach())  # Hypercorn closes what it is given
        return
    with closing(listen(settings)) as listener:
        metrics.share(settings.data / "metrics")
        words = ("serve", "--supervised", "--descriptor", str(listener.fileno()))
        children = [
            Child(f"web-{number}", words, (listener.fileno(),))
            for number in range(settings.workers)
        ]
        await supervise(children, stop, settings.stop_seconds + 2)


async def _fit(settings: Settings) -> None:
    """Refuse to serve a database that these keys, or this program, do not belong to."""
    await db.init(settings)
    try:
        await migrate.refuse_old()
        await rekey.refuse_other_keys()
    finally:
        await db.close()


class _Config(Config):
    """Security headers also on what Hypercorn answers by itself: to what is not HTTP."""

    security: tuple[tuple[bytes, bytes], ...] = ()

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:
        """What every answer carries."""
        return [*super().response_headers(protocol), *self.security]


async def _serve(settings: Settings, stop: asyncio.Event, descriptor: int) -> None:
    application = app.create_app(settings)
    application.gate.server_adds_headers = True
    lifetime.stands()
    hypercorn = _Config()
    hypercorn.security = security_headers(settings.secure, settings.tiles_origin)
    hypercorn.bind = [f"fd://{descriptor}"]
    if settings.tls_certificate is not None and settings.tls_key is not None:
        hypercorn.certfile = str(settings.tls_certificate)
        hypercorn.keyfile = str(settings.tls_key)
    hypercorn.accesslog = hypercorn.errorlog = None
    hypercorn.graceful_timeout = settings.stop_seconds
    hypercorn.include_server_header = False
    hypercorn.read_timeout = HEADERS_SECONDS_MAX
    hypercorn.backlog = BACKLOG
    serving = asyncio.create_task(
        hypercorn_serve(application, hypercorn, shutdown_trigger=stop.wait)
    )
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    live.end()
    # Connections that never fall silent must not keep a stopped process alive.
    _, late = await asyncio.wait({serving}, timeout=settings.stop_seconds + 1)
    if late:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
    else:
        serving.result()
