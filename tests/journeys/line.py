"""The network between a phone and the office: it takes its time, counts what flows, goes away, and
is cut in the middle of whatever is on its way, at any byte."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

CHUNK_BYTES = 16_384


class Line:
    """A relay on the loopback address to the office's port. Use as an async context manager.

    What a phone sends waits `seconds` before it arrives: a browser that speaks HTTP/1.1 sends no
    second request before the answer to the first has come, so that is once a request.
    Without `answers` everything arrives at the office, and the line goes when it answers.
    `up_bytes` and `down_bytes` are what has flowed to the office and from it; `calls` how many
    connections were made.
    """

    def __init__(self, port: int, seconds: float = 0.0) -> None:
        self._office = port
        self._seconds = seconds
        self._server: asyncio.Server
        self._flows: set[asyncio.StreamWriter] = set()
        self._left: int | None = None
        self.is_up = True
        self.answers = True
        self.up_bytes = self.down_bytes = self.calls = 0

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
        self.cut()
        self._server.close()

    def cut(self) -> None:
        """The network is gone, and with it everything that was on its way."""
        self.is_up, self._left = False, None
        for flow in list(self._flows):
            flow.transport.abort()

    def cut_after(self, count: int) -> None:
        """It goes after so many more bytes, in whichever direction."""
        self._left = count

    def mend(self) -> None:
        """The network is back."""
        self.answers = True
        self.is_up, self._left = True, None

    async def _called(
        self, phone_in: asyncio.StreamReader, phone_out: asyncio.StreamWriter
    ) -> None:
        self.calls += 1
        flows = {phone_out}
        try:
            if self.is_up:
                office_in, office_out = await asyncio.open_connection("127.0.0.1", self._office)
                flows.add(office_out)
                self._flows |= flows
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pour(phone_in, office_out, to_office=True))
                    both.create_task(self._pour(office_in, phone_out, to_office=False))
        except OSError:
            pass  # the office is closed: the phone finds nobody
        finally:
            self._flows -= flows
            for flow in flows:
                flow.transport.abort()

    async def _pour(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, to_office: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK_BYTES):
                if self._left is not None:
                    data, self._left = data[: self._left], self._left - len(data)
                if not to_office and not self.answers:
                    self.cut()
                    return
                if to_office:
                    await asyncio.sleep(self._seconds)
                    self.up_bytes += len(data)
                else:
                    self.down_bytes += len(data)
                target.write(data)
                await target.drain()
                if self._left is not None and self._left <= 0:
                    self.cut()
                    return
        with contextlib.suppress(OSError, RuntimeError):
            target.write_eof()
