"""`madang up`: a whole office in one terminal, as `make run` starts it."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from server import app, serving
from server.core import db
from server.demo import service as demo
from server.supervisor import Child, stop_event, supervise

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.config import Settings

LOOK_SECONDS = 0.1


async def up(settings: Settings, tell: Callable[[str], None]) -> None:
    """Migrate, fill an empty demo, serve and work together until told to stop.

    `tell` gets what the person at the terminal should read. Raises ConfigError, MigrationError,
    KeyRingError, ChildFailedError.
    """
    serving.listen(settings).close()
    await db.migrate(settings)
    await fill(settings)
    stop = stop_event(supervised=False)
    children = [
        Child("web", ("serve", "--supervised")),
        Child("worker", ("worker", "--supervised")),
    ]
    telling = asyncio.create_task(_tell_when_open(settings, tell))
    try:
        await supervise(children, stop, settings.stop_seconds + 5)
    finally:
        telling.cancel()


async def fill(settings: Settings) -> None:
    """Fill an empty demo; nothing happens elsewhere. The database is migrated."""
    app.wire()
    await db.init(settings)
    try:
        await demo.fill(settings)
    finally:
        await db.close()


async def _tell_when_open(settings: Settings, tell: Callable[[str], None]) -> None:
    while True:
        if await _answers(settings):
            break
        await asyncio.sleep(LOOK_SECONDS)
    tell(f"Madang is open at {settings.public_url}")
    if greeting := demo.greeting(settings):
        tell(greeting)


def _unchecked() -> ssl.SSLContext:
    """For asking ourselves whether we are there: the certificate names another host."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    with suppress(OSError):
        secure = _unchecked() if settings.tls_certificate else None
        reader, writer = await asyncio.open_connection(host, settings.port, ssl=secure)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = await reader.readline()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return b" 200 " in status
    return False
