"""Calls of machines that come by the thousand: what a provider tells of each message it carried.

They need no session, no language, no form and no page. So a call for which there is nothing to
refuse is answered before Quart has made a request of it: counted against its limit, read up to its
size, handed to its taker. Everything else (who comes with a cookie, a body too long or too slow, a
Problem) goes on along the long way as if nobody had looked, and is answered there as ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from quart import Response, request

from server.core import metrics
from server.core.web.problems import Problem

if TYPE_CHECKING:
    from server.core.web.door import Policy

__all__ = ["Call", "Taker", "called", "calling", "heard_out", "plain", "viewed"]

SECONDS_MAX: Final = 5.0
"""So long the short way waits for a whole body."""

FOR_PEOPLE: Final = frozenset({b"cookie", b"sec-purpose"})
ANSWER: Final = ((b"content-length", b"0"), (b"cache-control", b"no-cache"))


@dataclass(frozen=True, slots=True)
class Call:
    """What a machine says: the address it called (path and query), its headers by their names as in
    `Content-Type`, and the body, empty in a GET."""

    address: str
    headers: Mapping[str, str]
    body: bytes


type Taker = Callable[..., Awaitable[None]]
"""`async def told(call: Call, provider: str)`: it answers 200 by returning, or raises a Problem."""

type Receive = Callable[[], Awaitable[Any]]
type Spend = Callable[[], Awaitable[None]]


def viewed(taker: Taker) -> Callable[..., Awaitable[Response]]:
    """The same taker as a view: the long way."""

    async def view(**values: str) -> Response:
        await taker(await called(), **values)
        return Response(status=200)

    return view


async def called() -> Call:
    """This request as a Call, its body read."""
    head = calling()
    return head if request.method == "GET" else replace(head, body=await request.data)


def calling() -> Call:
    """This request as a Call without its body, which is not read."""
    return Call(_address(request.scope), dict(request.headers), b"")


def plain(scope: Any) -> bool:
    """Whether nobody but a machine asks like this."""
    return scope["method"] in {"GET", "POST"} and not any(
        name.lower() in FOR_PEOPLE for name, _ in scope["headers"]
    )


async def heard_out(
    taker: Taker,
    policy: Policy,
    spend: Spend,
    scope: Any,
    receive: Receive,
    send: Any,
    **values: Any,
) -> Receive | None:
    """Answer 200 where nothing speaks against it; else what the long way is to receive from, which
    gives everything that was read once more. `spend` counts the call and raises TooMany."""
    heard = _Heard(receive)
    try:
        await spend()
        body = b"" if scope["method"] == "GET" else await heard.whole(policy.body_max)
        if body is None:
            return heard.again
        await taker(Call(_address(scope), _headers(scope), body), **values)
    except Problem:
        return heard.again
    except Exception:
        metrics.FAILURES.labels(scope["madang"].get("route", "-")).inc()
        raise
    await send({"type": "http.response.start", "status": 200, "headers": list(ANSWER)})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return None


class _Heard:
    """What has been received, to be received once more by whoever answers in the end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: deque[Any] = deque()

    async def whole(self, most: int) -> bytes | None:
        """The body; None where it is longer than `most` bytes, too slow, or its sender has gone."""
        body = bytearray()
        try:
            async with asyncio.timeout(SECONDS_MAX):
                while True:
                    message = await self._receive()
                    self._messages.append(message)
                    if message["type"] != "http.request":
                        return None
                    body += message.get("body", b"")
                    if len(body) > most:
                        return None
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            return None

    async def again(self) -> Any:
        return self._messages.popleft() if self._messages else await self._receive()


def _address(scope: Any) -> str:
    query = scope["query_string"].decode()
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _headers(scope: Any) -> dict[str, str]:
    """By name as Quart writes them; of several with one name the first."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").title(), value.decode("latin-1"))
    return found
