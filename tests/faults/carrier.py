"""A telephone company of the tests: SOLAPI's messages v4 as documented, with books of its own.

It writes down what it was asked, what it said, what it took, delivered and told, each in its order;
so two books that know nothing of each other can be compared. How it misbehaves is drawn for each
number from a seed.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import random
import re
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from aiohttp import web

KEY, SECRET, TOKEN = "NCSFAULTS", "secret of the carrier", "token-of-the-carrier"
SIGNED = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})")
TAKEN, DELIVERED, NO_SUCH_PHONE, SWITCHED_OFF = "2000", "4000", "3058", "3040"
LATE: Final = timedelta(hours=80)
"""So long after it was taken is told what is told late."""

PLACING: Final = (
    "timeout_after",
    "reset_after",
    "too_many",
    "error_before",
    "error_after",
    "malformed_before",
    "malformed_after",
    "drip_after",
)
"""What may go wrong when an order is handed over; `_after` has taken it."""

TELLING: Final = ("duplicate", "reordered", "early", "forged", "late", "lost")
"""What may go wrong with its receipt."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How one number is met: faults of the first hand-overs, of the receipt, and how it ends."""

    placing: tuple[str, ...] = ()
    telling: str = ""
    end: str = DELIVERED


@dataclass
class Entry:
    """One order in the books. `words` is everything asked (`asked`) and said of it, in order."""

    number: str
    fate: Fate
    words: list[str] = field(default_factory=list)
    reference: str = ""
    taken_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def taken(self) -> bool:
        return self.taken_at is not None

    @property
    def delivered(self) -> bool:
        return self.taken and self.fate.end == DELIVERED

    def say(self, word: str) -> None:
        self.words.append(word)

    def handed_over_without_a_word(self) -> bool:
        """Whether it was handed over again although nobody had said that it was not taken."""
        assured = True
        for word in self.words:
            if word == "asked":
                if not assured:
                    return True
                assured = False
            elif word in {"refused", "absent"}:
                assured = True
        return False


class Carrier:
    """The company's server on one port, which may be shut, or leave every caller waiting.

    `office` is the public address of the one that orders; `now` its clock. `on_order` is awaited
    when an order is read, before anything is done with it, with the number of orders so far.
    """

    def __init__(self, port: int, office: str, now: Callable[[], datetime]) -> None:
        self.port = port
        self.office = office
        self.now = now
        self.book: dict[str, Entry] = {}
        self.fates: dict[str, Fate] = {}
        self.chances = random.Random(port)
        self.on_order: Callable[[int], Awaitable[None]] | None = None
        self.forged: list[int] = []
        self.strange: list[str] = []
        self._orders = 0
        self._numbers = itertools.count(1)
        self._signatures: set[str] = set()
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
        return {
            "MADANG_SMS_PROVIDERS": "solapi",
            "SOLAPI_API_KEY": KEY,
            "SOLAPI_API_SECRET": SECRET,
            "SOLAPI_WEBHOOK_TOKEN": TOKEN,
            "SOLAPI_API_URL": self.url,
        }

    async def open(self) -> None:
        """Listens."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        app = web.Application()
        app.add_routes(
            [web.post("/messages/v4/send", self._send), web.get("/messages/v4/list", self._list)]
        )
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

    def _unauthorized(self, request: web.Request) -> web.Response | None:
        found = SIGNED.fullmatch(request.headers.get("Authorization", ""))
        if found is None or found[1] != KEY:
            return _error(403, "InvalidAPIKey")
        date, salt, signature = found[2], found[3], found[4]
        right = hmac.new(SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
        if not 12 <= len(salt) <= 64 or signature != right:
            return _error(403, "SignatureDoesNotMatch")
        if abs(datetime.fromisoformat(date) - self.now()) > timedelta(minutes=15):
            return _error(403, "RequestTimeTooSkewed")
        if signature in self._signatures:
            return _error(403, "DuplicatedSignature")
        self._signatures.add(signature)
        return None

    async def _send(self, request: web.Request) -> web.StreamResponse:
        self._in_hand += 1
        try:
            return await self._placed(request)
        finally:
            self._in_hand -= 1

    async def _placed(self, request: web.Request) -> web.StreamResponse:
        message = (await request.json())["message"]
        order_id, number = message["customFields"]["madangOrder"], message["to"]
        fate = self.fates.get(number, Fate())
        entry = self.book.setdefault(order_id, Entry(number, fate))
        if entry.number != number:
            self.strange.append(f"{order_id} to two numbers")
        attempts = entry.words.count("asked")
        entry.say("asked")
        self._orders += 1
        if self.on_order is not None:
            await self.on_order(self._orders)
        refused = self._unauthorized(request)
        if refused is not None:
            entry.say("refused")
            return refused
        fault = fate.placing[attempts] if attempts < len(fate.placing) else ""
        early = self._before(fault, entry)
        if early is not None:
            return early
        answer = self._take(order_id, entry, message)
        if fate.telling == "early":
            await asyncio.shield(self._soon(self._tell([self._report(order_id, entry)])))
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

    def _take(self, order_id: str, entry: Entry, message: dict[str, Any]) -> dict[str, Any]:
        if entry.taken:
            self.strange.append(f"{order_id} was taken twice")
        entry.say("taken")
        entry.taken_at = self.now()
        entry.reference = f"M4V{next(self._numbers):018}"
        if entry.fate.telling not in {"early", "lost"}:
            self._soon(self._in_time(order_id, entry), late=entry.fate.telling == "late")
        return message | {"messageId": entry.reference, "statusCode": TAKEN, "country": "82"}

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
                return web.Response(text='{"statusCode": "2000"}', content_type="application/json")
            case "drip_after":
                response = web.StreamResponse()
                await response.prepare(request)
                with contextlib.suppress(ConnectionError):
                    for _ in range(40):
                        await response.write(b" ")
                        await asyncio.sleep(0.1)
                return response
        return None

    async def _list(self, request: web.Request) -> web.Response:
        self._in_hand += 1
        try:
            refused = self._unauthorized(request)
            if refused is not None:
                return refused
            return web.json_response(self._listed(request.query.get("messageId"), request.query))
        finally:
            self._in_hand -= 1

    def _listed(self, reference: str | None, asked: Any) -> dict[str, Any]:
        """By their id, or all that went to a number; what is absent is said to be."""
        listed = {}
        for order_id, entry in self.book.items():
            if not (entry.reference == reference if reference else entry.number == asked["to"]):
                continue
            if not entry.taken:
                entry.say("absent")
                continue
            listed[entry.reference] = self._report(order_id, entry, self._stands(entry))
            if self._stands(entry) == DELIVERED and entry.told_at is None:
                entry.told_at = self.now()
        return {"startKey": None, "limit": 500, "messageList": listed}

    def _stands(self, entry: Entry) -> str:
        """What they know of it by now: of what is told late, nothing until then."""
        assert entry.taken_at is not None
        late = entry.fate.telling == "late" and self.now() < entry.taken_at + LATE
        return TAKEN if late else entry.fate.end

    def _report(self, order_id: str, entry: Entry, code: str | None = None) -> dict[str, Any]:
        assert entry.taken_at is not None
        return {
            "messageId": entry.reference,
            "to": entry.number,
            "statusCode": code or entry.fate.end,
            "dateReported": (entry.taken_at + timedelta(seconds=2)).isoformat(),
            "customFields": {"madangOrder": order_id},
        }

    async def _in_time(self, order_id: str, entry: Entry) -> None:
        """The receipt, after a moment; what is late, when its time has come."""
        await asyncio.sleep(self.chances.uniform(0.02, 0.25))
        true = self._report(order_id, entry)
        match entry.fate.telling:
            case "late":
                assert entry.taken_at is not None
                while self.now() < entry.taken_at + LATE:  # noqa: ASYNC110 - the tests' clock
                    await asyncio.sleep(0.1)
                await self._tell([true])
            case "duplicate":
                await asyncio.gather(*(self._tell([true]) for _ in range(3)))
                await self._tell([true, true])
            case "reordered":
                stale = self._report(order_id, entry, "3000")
                await self._tell([true, stale])
                await self._tell([stale])
                if entry.delivered:
                    at = (self.now() + timedelta(seconds=9)).isoformat()
                    contrary = self._report(order_id, entry, NO_SUCH_PHONE)
                    await self._tell([contrary | {"dateReported": at}])
            case "forged":
                lie = NO_SUCH_PHONE if entry.delivered else DELIVERED
                await self._tell([self._report(order_id, entry, lie)], token="guessed")
                await self._tell([true])
            case _:
                await self._tell([true])

    async def _tell(self, reports: list[dict[str, Any]], *, token: str = TOKEN) -> None:
        """Calls until somebody answers: 200, or 403 where the token is wrong."""
        assert self._session is not None
        url = f"{self.office}/callbacks/solapi?token={token}"
        true = token == TOKEN
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(url, data=json.dumps(reports)) as answer:
                    if not true:
                        self.forged.append(answer.status)
                        return
                    if answer.status == 200:
                        break
            await asyncio.sleep(0.3)
        for report in reports:
            entry = self.book[report["customFields"]["madangOrder"]]
            if report["statusCode"] == entry.fate.end:
                entry.told_at = entry.told_at or self.now()


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"errorCode": code, "errorMessage": ""}, status=status)


def draw_fates(numbers: list[str], faults: tuple[str, ...], seed: int) -> dict[str, Fate]:
    """A fate for each number: of four one without fault, the others with one of `faults` in turn;
    of eight one reaches nobody."""
    chances = random.Random(seed)
    fates = {}
    for index, number in enumerate(numbers):
        fault = faults[index % len(faults)] if faults and chances.random() < 0.75 else ""
        end = chances.choice([DELIVERED] * 7 + [chances.choice([NO_SUCH_PHONE, SWITCHED_OFF])])
        placing = (fault,) * chances.randint(1, 2) if fault in PLACING else ()
        fates[number] = Fate(placing, fault if fault in TELLING else "", end)
    return fates
