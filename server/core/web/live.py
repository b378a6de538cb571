"""The stream that keeps an open page up to date (server-sent events), and how a page asks for it.

A view that calls `follow` has a page that is allowed its stream by having been shown: the address
is signed for this reader. An event says only that something has changed; the page fetches itself
anew, and whoever may not see it any more is turned away there.
"""

from __future__ import annotations

import hmac
import random
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, cast
from urllib.parse import urlencode

from quart import Response, current_app, g, request

from server.core import crypto, i18n, live
from server.core.i18n import N_
from server.core.web.door import Door
from server.core.web.limits import Limit
from server.core.web.permissions import PUBLIC, actor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from server.core.web.application import Application

__all__ = ["LIFE_SECONDS", "door", "follow", "unfollow"]

door = Door("live")

LIFE_SECONDS: Final = 25.0
"""A stream ends so soon and its page asks again, and is checked again like anybody: Hypercorn cuts
off whoever says nothing for thirty seconds (serving.HEADERS_SECONDS_MAX), answered or not."""

BEAT_SECONDS: Final = 10.0
"""So often a silent stream says that it still is there, for proxies that cut silent lines."""

RETRY_MS: Final = (500, 3_000)
"""After this a browser asks again: not all at once when a process has stopped."""

STREAMS_MAX: Final = 2_000
ACCOUNT_STREAMS_MAX: Final = 20
ADDRESS_STREAMS_MAX: Final = 100
TOPICS_MAX: Final = 8

TOPIC: Final = re.compile(r"[a-z]+(?::[0-9a-f-]{1,40})?")
AT: Final = re.compile(r"\d{1,18}(?:\.\d{1,18}){0,7}")


@dataclass(frozen=True, slots=True)
class Followed:
    """What layout.html puts on the page: where to listen, since when, what to say of a change."""

    address: str
    at: str
    said: str


async def follow(*topics: str, said: str = N_("이 화면의 내용이 바뀌었어요.")) -> None:
    """Keep this page up to date with these things, and the reader's count of notices with it.

    Call it before anything else is read, so that no change can fall between. `said` is the
    sentence (N_) that a screen reader says of a change. Raises ValueError for what is no topic.
    """
    reader = actor()
    own = (f"account:{reader.account_id}",) if reader.signed_in else ()
    names = tuple(dict.fromkeys((*topics, *own)))[:TOPICS_MAX]
    if not all(TOPIC.fullmatch(name) for name in names):
        raise ValueError(f"no topics: {names}")
    now = await live.versions(names)
    address = f"/live?{urlencode({'on': ' '.join(names), 'by': _signature(names)})}"
    g.followed = Followed(address, _at(now, names), i18n.gettext(said))


def unfollow() -> None:
    """What follows is another page than the one that was asked for: it has no stream, and tells
    nobody by one that there is something to follow."""
    g.pop("followed", None)


@door.get("/live", who=PUBLIC, limit=Limit(240, "minute"))
async def stream() -> Response:
    """Says that something has changed, and nothing else. 204, after which a browser asks no more,
    where the address is not this reader's or there are too many."""
    names = tuple(request.args.get("on", "")[:400].split(" "))
    right = hmac.compare_digest(request.args.get("by", "").encode(), _signature(names).encode())
    since = _since(names)
    if not right or since is None or live.ended() or _Open.full():
        return Response(status=204)
    response = Response(_events(names, since, _client()), content_type="text/event-stream")
    response.timeout = None
    # A proxy that waits for the end, or packs what passes, would hold back every word.
    response.headers["Cache-Control"] = "private, no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(
    names: tuple[str, ...], since: dict[str, int], client: str
) -> AsyncIterator[bytes]:
    ends = monotonic() + LIFE_SECONDS
    with _Open.one_more(client):
        yield f"retry: {random.randint(*RETRY_MS)}\n\n".encode()  # noqa: S311 - jitter
        async with live.following(since) as follower:
            while not live.ended() and (left := ends - monotonic()) > 0:
                if not await follower.changed(min(left, BEAT_SECONDS)):
                    yield b":\n\n"
                elif not live.ended():
                    yield f"id: {_at(follower.known, names)}\ndata: changed\n\n".encode()


class _Open:
    """The streams of this process."""

    of: ClassVar[Counter[str]] = Counter()

    @classmethod
    def full(cls) -> bool:
        client = _client()
        most = ACCOUNT_STREAMS_MAX if actor().signed_in else ADDRESS_STREAMS_MAX
        return cls.of[client] >= most or cls.of.total() >= STREAMS_MAX

    @classmethod
    @contextmanager
    def one_more(cls, client: str) -> Iterator[None]:
        cls.of[client] += 1
        try:
            yield
        finally:
            cls.of[client] -= 1
            if not cls.of[client]:
                del cls.of[client]


def _client() -> str:
    reader = actor()
    if reader.signed_in:
        return f"account:{reader.account_id}"
    return cast("Application", current_app).client()


def _signature(names: tuple[str, ...]) -> str:
    """For this reader, in this session, with the case that is open to them."""
    reader = actor()
    whose = f"{reader.account_id} {reader.session_id} {reader.opened}"
    return crypto.keyed_hash("live", f"{whose}|{' '.join(names)}").hex()[:32]


def _at(known: dict[str, int], names: tuple[str, ...]) -> str:
    return ".".join(str(known[name]) for name in names)


def _since(names: tuple[str, ...]) -> dict[str, int] | None:
    """What the page has seen: since the last event, else since it was made."""
    at = request.headers.get("Last-Event-ID") or request.args.get("at", "")
    if not AT.fullmatch(at) or not all(TOPIC.fullmatch(name) for name in names):
        return None
    seen = [int(each) for each in at.split(".")]
    return dict(zip(names, seen, strict=True)) if len(seen) == len(names) else None
