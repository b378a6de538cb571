"""The office behind a server that takes its time: every request waits before it arrives there."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536


class Thinking:
    """A relay to the office's port on the loopback address, which has the disc, the database and
    the distance of a real one: `seconds` for each request. Use as an async context manager."""

    def __init__(self, port: int, seconds: float) -> None:
        self._office = port
        self._seconds = seconds
        self._server: asyncio.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._called, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    async def _called(
        self, phone_in: asyncio.StreamReader, phone_out: asyncio.StreamWriter
    ) -> None:
        office_in, office_out = await asyncio.open_connection("127.0.0.1", self._office)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pour(phone_in, office_out, self._seconds))
                both.create_task(_pour(office_in, phone_out, 0))
        finally:
            office_out.transport.abort()
            phone_out.transport.abort()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter, wait: float) -> None:
    """A browser that speaks HTTP/1.1 sends no second request before the answer to the first has
    come, so what comes in at once is one request."""
    with contextlib.suppress(OSError, RuntimeError):
        while data := await source.read(CHUNK_BYTES):
            await asyncio.sleep(wait)
            target.write(data)
            await target.drain()
        target.write_eof()
