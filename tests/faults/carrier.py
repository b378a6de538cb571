"""A telephone company of the tests that carries SMS and fax, with books of its own.

It writes down what it was asked, what it said, what it took, delivered and told, each in its order;
so two books that know nothing of each other can be compared. How it misbehaves is in its fates.
"""

import asyncio
import contextlib
import itertools
import random
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp import web

from tests.faults.carrier_book import LATE, Entry, Fate
from tests.faults.carrier_lines import Asked, FaxLine, Line, Report, SmsLine

FAX_BYTES_MAX: Final = 8 << 20


class Carrier:
    """The company's server on one port, which may be shut, or leave every caller waiting.

    `office` is the public address of the one that orders; `now` its clock. `on_order` is awaited
    when an order is read, before anything is done with it, with the number of orders so far.
    """

    def __init__(self, port: int, office: str, now: Callable[[], datetime]) -> None:
        self.port = port
        self.now = now
        self.lines: tuple[Line, ...] = tuple(
            line(self.url, office, now) for line in (SmsLine, FaxLine)
        )
        self.book: dict[str, Entry] = {}
        self.fates: dict[str, Fate] = {}
        self.chances = random.Random(port)
        self.on_order: Callable[[int], Awaitable[None]] | None = None
        self.forged: list[int] = []
        self.strange: list[str] = []
        self._orders = 0
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._late: set[asyncio.Task[None]] = set()
        self._in_hand = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """The environment of an office that sends by this company."""
        return {name: value for line in self.lines for name, value in line.settings().items()}

    async def open(self) -> None:
        """Listens."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        app = web.Application(client_max_size=FAX_BYTES_MAX)
        for line in self.lines:
            app.router.add_post(line.SEND, partial(self._send, line))
            for path in filter(None, (line.LIST, line.ONE)):
                app.router.add_get(path, partial(self._list, line))
            app.add_routes(line.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def shut(self) -> None:
        """Hangs up on everybody; from now on the port refuses."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @contextmanager
    def nobody_accepts(self) -> Iterator[None]:
        """The port lets every caller wait: a connect time-out. Between `shut` and `open`."""
        with socket.socket() as server, contextlib.ExitStack() as callers:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", self.port))
            server.listen(0)
            for _ in range(4):  # the queue of those not yet accepted is full then
                caller = callers.enter_context(socket.socket())
                caller.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    caller.connect(server.getsockname())
            yield

    async def close(self) -> None:
        """Ends what is left of it, for fixtures."""
        telling = [*self._telling, *self._late]
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)
        await self.shut()
        if self._session is not None:
            await self._session.close()

    def idle(self) -> bool:
        """Whether nothing is being asked or told; late receipts wait for their time."""
        return not self._in_hand and not self._telling

    def late_until(self) -> datetime | None:
        """When the last of the late receipts is told; None where none is left."""
        waiting = [
            entry.taken_at + LATE
            for entry in self.book.values()
            if entry.taken_at and entry.fate.telling == "late" and entry.told_at is None
        ]
        return max(waiting, default=None)

    async def _send(self, line: Line, request: web.Request) -> web.StreamResponse:
        self._in_hand += 1
        try:
            return await self._placed(line, request)
        finally:
            self._in_hand -= 1

    async def _placed(self, line: Line, request: web.Request) -> web.StreamResponse:
        asked = await line.read(request)
        fate = self.fates.get(asked.number, Fate())
        known = Entry(asked.number, asked.units, fate, asked.address)
        entry = self.book.setdefault(asked.order_id, known)
        if (entry.number, entry.units) != (asked.number, asked.units):
            self.strange.append(f"{asked.order_id} was two orders")
        attempts = entry.words.count("asked")
        entry.say("asked")
        self._orders += 1
        if self.on_order is not None:
            await self.on_order(self._orders)
        refused = line.turned_away(request)
        if refused is not None:
            entry.say("refused")
            return refused
        fault = fate.placing[attempts] if attempts < len(fate.placing) else ""
        early = self._before(fault, entry)
        if early is not None:
            return early
        answer = self._take(line, asked, entry)
        if fate.telling == "early":
            true = line.report(asked.order_id, entry, entry.arrived)
            await asyncio.shield(self._soon(self._tell(line, entry, [true])))
        return await self._after(fault, request) or web.json_response(answer)

    def _before(self, fault: str, entry: Entry) -> web.Response | None:
        """Faults that take nothing; only 429 says so."""
        match fault:
            case "too_many":
                entry.say("refused")
                return web.json_response({}, status=429, headers={"Retry-After": "7"})
            case "error_before":
                return web.Response(status=500, text="<html>oops</html>")
            case "malformed_before":
                return web.Response(text="{not json", content_type="application/json")
            case _:
                return None

    def _take(self, line: Line, asked: Asked, entry: Entry) -> dict[str, Any]:
        if entry.taken:
            self.strange.append(f"{asked.order_id} was taken twice")
        entry.say("taken")
        entry.taken_at = self.now()
        entry.reference = line.new_reference(next(self._numbers))
        if entry.fate.telling not in {"early", "lost"}:
            telling = self._in_time(line, asked.order_id, entry)
            self._soon(telling, late=entry.fate.telling == "late")
        return line.taken(asked, entry.reference)

    def _soon(
        self, telling: Coroutine[Any, Any, None], *, late: bool = False
    ) -> asyncio.Task[None]:
        """Goes on with it whoever hangs up."""
        tasks = self._late if late else self._telling
        task = asyncio.create_task(telling)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async def _after(self, fault: str, request: web.Request) -> web.StreamResponse | None:
        """Faults that have taken the order."""
        match fault:
            case "timeout_after":
                await asyncio.sleep(3)
            case "reset_after":
                if request.transport is not None:
                    request.transport.abort()
            case "error_after":
                return web.Response(status=500, text="<html>oops</html>")
            case "malformed_after":
                return web.Response(text='{"status": "QUEUED"}', content_type="application/json")
            case "drip_after":
                response = web.StreamResponse()
                await response.prepare(request)
                with contextlib.suppress(ConnectionError):
                    for _ in range(40):
                        await response.write(b" ")
                        await asyncio.sleep(0.1)
                return response
        return None

    async def _list(self, line: Line, request: web.Request) -> web.Response:
        self._in_hand += 1
        try:
            refused = line.turned_away(request)
            return refused if refused is not None else self._listed(line, request)
        finally:
            self._in_hand -= 1

    def _listed(self, line: Line, request: web.Request) -> web.Response:
        """By its reference, or all that went to a number; what is absent is said to be."""
        reference, number = line.asked_about(request)
        listed = {}
        for order_id, entry in self.book.items():
            if not (entry.reference == reference if reference else entry.number == number):
                continue
            if not entry.taken:
                entry.say("absent")
                continue
            stands = self._stands(entry)
            listed[entry.reference] = line.report(order_id, entry, stands)
            if stands is not None and entry.told_at is None:
                entry.told_at = self.now()
        return line.listed(listed, one=bool(reference))

    def _stands(self, entry: Entry) -> int | None:
        """What they know of it by now: of what is told late, nothing until then."""
        assert entry.taken_at is not None
        late = entry.fate.telling == "late" and self.now() < entry.taken_at + LATE
        return None if late else entry.arrived

    async def _in_time(self, line: Line, order_id: str, entry: Entry) -> None:
        """The receipt, after a moment; what is late, when its time has come."""
        await asyncio.sleep(self.chances.uniform(0.02, 0.25))
        true = line.report(order_id, entry, entry.arrived)
        tell = partial(self._tell, line, entry)
        match entry.fate.telling:
            case "late":
                assert entry.taken_at is not None
                while self.now() < entry.taken_at + LATE:  # noqa: ASYNC110 - the tests' clock
                    await asyncio.sleep(0.1)
                await tell([true])
            case "duplicate":
                await asyncio.gather(*(tell([true]) for _ in range(3)))
                await tell([true, true])
            case "reordered":
                stale = line.report(order_id, entry, None)
                await tell([true, stale])
                await tell([stale])
                if entry.whole:
                    # After any true end: what happened first is the end, whenever it is applied.
                    at = self.now() + timedelta(minutes=9)
                    await tell([line.report(order_id, entry, 0, at)])
            case "forged":
                lie = line.report(order_id, entry, 0 if entry.whole else entry.units)
                await tell([lie], forged=True)
                await tell([true])
            case _:
                await tell([true])

    async def _tell(
        self, line: Line, entry: Entry, reports: Sequence[Report], *, forged: bool = False
    ) -> None:
        """Calls until somebody answers: 200, or 403 where nothing is proved."""
        for call in line.calls(entry, reports, forged=forged):
            status = await self._answered(call.address, dict(call.headers), call.body)
            while status >= 500 or (status != 200 and not forged):
                await asyncio.sleep(0.3)
                status = await self._answered(call.address, dict(call.headers), call.body)
            if forged:
                self.forged.append(status)
        if not forged and any(line.final(report, entry) for report in reports):
            entry.told_at = entry.told_at or self.now()

    async def _answered(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """The status that a call is answered with, whenever somebody answers."""
        assert self._session is not None
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(address, data=body, headers=headers) as answer:
                    return answer.status
            await asyncio.sleep(0.3)
