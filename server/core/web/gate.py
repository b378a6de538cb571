"""The outermost ring, before anything is routed: readable addresses, shared answers, and on every
answer the security headers, those of errors included."""

from __future__ import annotations

import asyncio
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

import structlog
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from server.core import db, i18n, metrics
from server.core.web import cookies
from server.core.web.cache import FRESH, USABLE, Key, MicroCache
from server.core.web.headers import NAMES, security_headers
from server.core.web.limits import Limit
from server.core.web.problems import TooMany

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.core.web.cache import Kept, Made

    type Inner = Callable[[Any, Any, Any], Awaitable[None]]
    type FindRoute = Callable[[str], SharedRoute | None]
    type Spend = Callable[[Limit, str, Any], Awaitable[None]]

__all__ = ["RENEWALS", "UNREADABLE", "Gate", "SharedRoute", "preferred"]

log = structlog.get_logger("madang.web")

UNREADABLE: Final = "/\ufffd"
"""The path that the application answers with a clear 400."""

RENEWALS: Final = Limit(200, "second")
"""How often one client may have a page rendered again that others share anyway."""

LONG_UNSEEN: Final = 60.0
"""After so many times its age an answer counts as new, at the route's own price."""

CALM: Final = (
    "<!doctype html><html lang=ko><meta charset=utf-8><title>마당</title>"
    "<p>처리하는 중에 문제가 생겼습니다. 잠시 뒤에 다시 시도해 주세요."
    "<p lang=en>Something went wrong on our side. Please try again in a moment."
).encode()
LANGUAGE_ASKED: Final = re.compile(rb"(?:^|&)lang=")
GIVEN: Final = metrics.CACHED.labels("given")


@dataclass(frozen=True, slots=True)
class SharedRoute:
    """A route whose anonymous answers are shared for `seconds`."""

    endpoint: str
    limit: Limit
    seconds: float


class Gate:
    """Wraps the application's ASGI entry for HTTP.

    `route` finds the shared route of a path, `spend` counts a request of a scope's client.
    `server_adds_headers` is set where the server puts the security headers on its own answers
    as well (to what is no HTTP, to websockets): they are not to be said twice.
    Under the addresses `machines` an answer depends on its address alone, never on Accept.
    """

    def __init__(
        self,
        inner: Inner,
        *,
        host: str,
        tls: bool,
        route: FindRoute,
        spend: Spend,
        tiles: str = "",
    ):
        self._inner = inner
        self._host = host.encode()
        self._security = security_headers(tls, tiles)
        self.server_adds_headers = False
        self.machines: tuple[str, ...] = ()
        self._personal = (
            {b"__Host-madang", b"__Host-madang-told", b"__Host-madang-case"}
            if tls
            else {
                b"madang",
                b"madang-told",
                b"madang-case",
            }
        )
        self._route = route
        self._spend = spend
        self.cache = MicroCache(self._make, db.standing)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. Never raises: what the application cannot answer is a calm 500."""
        note: dict[str, Any] = {"number": secrets.token_hex(8)}
        scope = {**scope, "madang": note}
        if not _readable(scope):
            note["asked"] = scope["path"]
            scope |= {"path": UNREADABLE, "raw_path": b"/", "query_string": b""}
        elif scope["method"] in {"GET", "HEAD"} and await self._shared(scope, send, note):
            return
        await self._answered(scope, receive, send, note)

    async def _answered(self, scope: Any, receive: Any, send: Any, note: dict[str, Any]) -> None:
        began, status = perf_counter(), 0

        async def send_guarded(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": self._secured(message["headers"])}
            await send(message)

        metrics.IN_HAND.inc()
        structlog.contextvars.bind_contextvars(request=note["number"])
        try:
            await self._inner(scope, receive, send_guarded)
        except Exception:
            log.exception("unanswered")
            if status == 0:
                await _calm(send_guarded)
        finally:
            metrics.IN_HAND.dec()
            self._record(scope["method"], note, status, perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request")

    def _secured(self, headers: Any) -> list[tuple[bytes, bytes]]:
        kept = [pair for pair in headers if pair[0].lower() not in NAMES]
        return kept if self.server_adds_headers else [*kept, *self._security]

    def _record(self, method: str, note: dict[str, Any], status: int, seconds: float) -> None:
        route = note.get("route", "-")
        verb = method if method in {"GET", "HEAD", "POST", "DELETE"} else "OTHER"
        metrics.REQUESTS.labels(verb, route, str(status)).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        log.info("answered", method=verb, route=route, status=status, ms=round(seconds * 1000, 1))

    async def _shared(self, scope: Any, send: Any, note: dict[str, Any]) -> bool:
        """Answer from the micro-cache; False where this request is not for it."""
        asked = _asked(scope["headers"])
        key = self._key(scope, asked)
        if key is None:
            return False
        kept = self.cache.get(key)
        if kept is None or kept.age >= USABLE:
            try:
                kept = await self._fetched(key, kept, scope)
            except TooMany as problem:
                note["too_many"] = problem.wait
                return False
        elif kept.age >= FRESH and not self.cache.is_making(key):
            with suppress(TooMany):
                await self._spend(RENEWALS, "renewals", scope)
                self.cache.renew(key, kept.seconds)
        if kept is None:
            return False
        GIVEN.inc()
        await _send_kept(kept, asked, scope["method"], send)
        return True

    async def _fetched(self, key: Key, old: Kept | None, scope: Any) -> Kept | None:
        route = self._route(key.path)
        if route is None:
            return None
        if not self.cache.is_making(key):
            if old is None or old.age > LONG_UNSEEN:
                await self._spend(route.limit, route.endpoint, scope)
            else:
                await self._spend(RENEWALS, "renewals", scope)
        return await self.cache.fetch(key, route.seconds)

    def _key(self, scope: Any, asked: dict[bytes, bytes]) -> Key | None:
        """What the answer depends on; None for a reader whose answer is their own."""
        given = _cookies(asked.get(b"cookie", b""))
        if not self._personal.isdisjoint(given) or not self._takes_any(scope, asked):
            return None
        query: bytes = scope["query_string"]
        if LANGUAGE_ASKED.search(query):
            return None
        locale = given.get(b"lang", b"").decode("latin-1")
        if locale not in i18n.LOCALES:
            locale = preferred(asked.get(b"accept-language", b"").decode("latin-1"))
        return Key(scope["path"], query, locale, _chosen(given, "text"), _chosen(given, "contrast"))

    def _takes_any(self, scope: Any, asked: dict[bytes, bytes]) -> bool:
        """Whether the one answer to all is what this reader accepts."""
        accept = asked.get(b"accept", b"*/*")
        if scope["path"].startswith(self.machines):
            return b"*/*" in accept or b"json" in accept
        return b"json" not in accept

    async def _make(self, key: Key) -> Made:
        """Render a key through the application, by a request that holds nothing but the key."""
        cookie = f"lang={key.locale}; text={key.text}; contrast={key.contrast}".encode()
        note = {"shared": True, "number": secrets.token_hex(8)}
        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.1", "version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": key.path,
            "raw_path": key.path.encode(),
            "query_string": key.query,
            "root_path": "",
            "headers": [(b"host", self._host), (b"accept", b"text/html"), (b"cookie", cookie)],
            "client": None,
            "server": None,
            "state": {},
            "extensions": {},
            "madang": note,
        }
        answer = _Answer()
        await self._answered(scope, answer.receive, answer.send, note)
        return answer.status, answer.headers, bytes(answer.body)


class _Answer:
    """The other end of a request that we make ourselves."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self._asked = False
        self._done = asyncio.Event()

    async def receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.lower(), value) for name, value in message["headers"]]
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._done.set()


ASKED: Final = frozenset(
    {b"cookie", b"accept", b"accept-encoding", b"accept-language", b"if-none-match"}
)


def _asked(headers: Any) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in ASKED:
            found[lower] = found[lower] + b"; " + value if lower in found else value
    return found


def _cookies(header: bytes) -> dict[bytes, bytes]:
    if not header:
        return {}
    pairs = (part.partition(b"=") for part in header.split(b";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _chosen(given: dict[bytes, bytes], name: str) -> str:
    value = given.get(name.encode(), b"").decode("latin-1")
    choices = cookies.PREFERENCES[name]
    return value if value in choices else choices[0]


@lru_cache(maxsize=512)
def preferred(accept_language: str) -> str:
    """The reader's language by Accept-Language; Korean where it says neither of ours."""
    accepted = parse_accept_header(accept_language, LanguageAccept)
    return accepted.best_match(i18n.LOCALES) or i18n.SOURCE


async def _send_kept(kept: Kept, asked: dict[bytes, bytes], method: str, send: Any) -> None:
    body, headers, status = kept.body, kept.headers, kept.status
    if status == 200 and kept.etag in asked.get(b"if-none-match", b""):
        body, headers, status = b"", kept.headers_unchanged, 304
    elif kept.body_gzip and b"gzip" in asked.get(b"accept-encoding", b""):
        body, headers = kept.body_gzip, kept.headers_gzip
    if method == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _calm(send: Any) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(CALM)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": CALM, "more_body": False})


def _readable(scope: Any) -> bool:
    """Whether the address is UTF-8 without NUL; what is not gets a clear 400."""
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    if b"%" not in raw and b"%" not in query:
        return (raw + query).isascii() or _text(raw + b" " + query)
    return _text(unquote_to_bytes(raw)) and _text(unquote_to_bytes(query))


def _text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in raw
