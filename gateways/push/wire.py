"""The least of HTTP/1.1 that a push needs: POST, a status, Retry-After; connections are kept.

A push is a small body and its answer hardly more than a number. A general client spends more time
on each than the encryption does; this one a third of that, with hundreds in flight.
"""

import asyncio
import contextlib
import ipaddress
import re
import ssl
from collections import defaultdict
from dataclasses import dataclass
from socket import IPPROTO_TCP, SOCK_STREAM

from gateways.push.endpoint import EndpointRules

IN_FLIGHT_MAX = 200
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
IDLE_SECONDS = 20.0
_HEAD_MAX = 16_384
_BODY_MAX = 65_536
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?= |\r|$)")
_HEADER = re.compile(
    rb"\r\n(content-length|transfer-encoding|connection|retry-after|date):[ \t]*([^\r\n]*)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"(https?)://(\[[^\]]+\]|[^:]+)(?::([0-9]+))?")


class WireError(Exception):
    """No answer that can be read; `str` says why in one word. The push may have been taken."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The status, and those headers that say when to come again."""

    status: int
    headers: dict[str, str]


class _Line(asyncio.Protocol):
    """One connection, busy with at most one push."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._data = b""
        self.idle_since = 0.0
        self.reusable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(type(exc).__name__ if exc else "disconnected")

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked
            self.abort()
            return
        self._data += data
        try:
            reply = self._read()
        except ValueError as error:
            self._fail(str(error))
            return
        if reply is not None and not self._answer.done():
            self._answer.set_result(reply)

    def _read(self) -> Reply | None:
        """The reply once it is whole; raises ValueError for what is no HTTP."""
        while True:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                if len(self._data) > _HEAD_MAX or not b"HTTP/1.".startswith(self._data[:7]):
                    raise ValueError("unreadable")
                return None
            head = self._data[:end]
            found = _STATUS.match(head)
            if found is None:
                raise ValueError("unreadable")
            status = int(found[2])
            if status >= 200:
                break
            self._data = self._data[end + 4 :]
        headers = {name.lower(): value.strip() for name, value in _HEADER.findall(head)}
        length = headers.get(b"content-length", b"0" if status == 204 else b"")
        if (
            found[1] == b"1"
            and length.isdigit()
            and int(length) <= _BODY_MAX
            and b"transfer-encoding" not in headers
            and headers.get(b"connection", b"").lower() != b"close"
        ):
            if len(self._data) < end + 4 + int(length):
                return None
            self.reusable = len(self._data) == end + 4 + int(length)
        else:  # what follows is not worth reading: the connection goes instead
            self.reusable = False
        told = {"Retry-After": b"retry-after", "Date": b"date"}
        kept = {
            name: headers[key].decode("latin-1") for name, key in told.items() if key in headers
        }
        return Reply(status, kept)

    async def ask(self, request: bytes) -> Reply:
        """Write a request and read its reply. Raises WireError; the connection is then closed."""
        assert self._transport is not None
        self._data = b""
        self._answer = self._loop.create_future()
        timer = self._loop.call_later(ANSWER_SECONDS, self._fail, "timeout")
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def _fail(self, reason: str) -> None:
        self.reusable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(WireError(reason))

    @property
    def open(self) -> bool:
        return (
            self.reusable
            and self._transport is not None
            and not self._transport.is_closing()
            and self._loop.time() - self.idle_since < IDLE_SECONDS
        )

    def abort(self) -> None:
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()


class Wire:
    """A process's connections to push services; used from one event loop."""

    def __init__(self, rules: EndpointRules) -> None:
        self._rules = rules
        self._turns = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._idle: defaultdict[str, list[_Line]] = defaultdict(list)
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])

    async def post(self, origin: str, path: str, headers: str, body: bytes) -> Reply:
        """POST once. `origin` and `path` are of an endpoint that `EndpointRules` let through;
        `headers` are whole lines, each with its `\\r\\n`. Raises WireError.
        """
        host = origin.partition("://")[2]
        head = f"POST {path or '/'} HTTP/1.1\r\nHost: {host}\r\n{headers}"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body
        async with self._turns:
            line = self._rested(origin) or await self._connect(origin)
            reply = await line.ask(request)
            if line.reusable:
                line.idle_since = asyncio.get_running_loop().time()
                self._idle[origin].append(line)
            else:
                line.abort()
            return reply

    def _rested(self, origin: str) -> _Line | None:
        idle = self._idle.get(origin)
        while idle:
            line = idle.pop()
            if line.open:
                return line
            line.abort()
        return None

    async def _connect(self, origin: str) -> _Line:
        parts = _ORIGIN.fullmatch(origin)
        assert parts is not None
        scheme, host, port = parts[1], parts[2].strip("[]"), int(parts[3] or 0)
        secure = scheme == "https"
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                address = await self._resolve(host, port or (443 if secure else 80))
                _, line = await loop.create_connection(
                    _Line,
                    *address,
                    ssl=self._tls if secure else None,
                    server_hostname=host if secure else None,
                )
        except (OSError, TimeoutError) as error:
            raise WireError(type(error).__name__) from error
        return line

    async def _resolve(self, host: str, port: int) -> tuple[str, int]:
        """An address of the name, none inside the house; that very address is then called."""
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            return host, port
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=SOCK_STREAM, proto=IPPROTO_TCP)
        for *_, address in found:
            if self._rules.may_reach(str(address[0])):
                return str(address[0]), port
        raise WireError("no public address")

    async def close(self) -> None:
        for lines in self._idle.values():
            for line in lines:
                line.abort()
        self._idle.clear()
        await asyncio.sleep(0)  # transports say goodbye in the loop's next turn
