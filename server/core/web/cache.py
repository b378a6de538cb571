"""Public pages kept for a moment: many readers of one page cost one rendering.

An answer is made from its key alone (address, language, display), by a request that we put
together ourselves: nothing of any reader can get into it. One rendering at a time a key; an answer
that is getting old is still given while its successor is being made, and never past its age.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from server.core import clock, metrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    type Made = tuple[int, list[tuple[bytes, bytes]], bytes]

__all__ = ["COMPRESSED_FROM", "Kept", "Key", "MicroCache", "compressed"]

ENTRIES_MAX: Final = 1024
BYTES_MAX: Final = 64 * 1024 * 1024
COMPRESSED_FROM: Final = 1024
FRESH: Final = 0.8
USABLE: Final = 0.92
"""Parts of the allowed age: until FRESH nothing is done, until USABLE an answer is given while
the next is made; what is left is for making it, so that no reader sees anything older."""

MOMENT_SECONDS: Final = 5
"""Of a page that nothing was written for only 'two minutes ago' changes: so often it is made anew
all the same."""

Pairs = tuple[tuple[bytes, bytes], ...]


class Key(NamedTuple):
    """All that a shared answer may depend on."""

    path: str
    query: bytes
    locale: str
    text: str
    contrast: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer ready to send, plain and compressed. `made` is when its making began, or when it
    was last known that nothing has changed since; `stand` is how the database stood then."""

    status: int
    headers: Pairs
    headers_gzip: Pairs
    headers_unchanged: Pairs
    body: bytes
    body_gzip: bytes
    etag: bytes
    told: list[tuple[bytes, bytes]]
    made: float
    seconds: float
    stand: object

    @property
    def age(self) -> float:
        """How much of its allowed age is used: 1 is all."""
        return (monotonic() - self.made) / self.seconds

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.body_gzip) + 2048


class MicroCache:
    """The answers of one process. `make` renders a key through the application; `standing` gives
    something that stays equal while nothing is written anywhere, or None where nobody can tell."""

    def __init__(
        self, make: Callable[[Key], Awaitable[Made]], standing: Callable[[], object | None]
    ) -> None:
        self._make = make
        self._standing = standing
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._weight = 0
        self._making: dict[Key, asyncio.Task[Kept]] = {}

    def get(self, key: Key) -> Kept | None:
        """The answer kept, of whatever age; as good as new if nothing was written since."""
        kept = self._kept.get(key)
        if kept is None or kept.age < FRESH or kept.stand is None:
            return kept
        moment = monotonic()
        if kept.stand == self._stand():
            kept = self._kept[key] = replace(kept, made=moment)
        return kept

    def _stand(self) -> object | None:
        """How the database stands, in a few seconds that count as one moment."""
        standing = self._standing()
        return None if standing is None else (standing, clock.now().timestamp() // MOMENT_SECONDS)

    def is_making(self, key: Key) -> bool:
        return key in self._making

    async def fetch(self, key: Key, seconds: float) -> Kept:
        """Make the answer, or wait for whoever is making it; a waiting reader who leaves does
        not stop it. Raises what the application raises."""
        joined = self.is_making(key)
        kept = await asyncio.shield(self.renew(key, seconds))
        if joined and kept.age >= 1:  # begun so long ago that it may show what is gone since
            kept = await asyncio.shield(self.renew(key, seconds))
        return kept

    def renew(self, key: Key, seconds: float) -> asyncio.Task[Kept]:
        """Start making the answer, unless that is being done."""
        task = self._making.get(key)
        if task is None:
            task = asyncio.create_task(self._made(key, seconds), name="micro-cache")
            self._making[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return task

    def _finished(self, key: Key, task: asyncio.Task[Kept]) -> None:
        del self._making[key]
        if not task.cancelled():
            task.exception()  # whoever waits for it has it, and the application has logged it

    async def _made(self, key: Key, seconds: float) -> Kept:
        stand, began = self._stand(), monotonic()
        status, headers, body = await self._make(key)
        metrics.CACHED.labels("made").inc()
        before = self._kept.get(key)
        if before is not None and before.body == body and before.told == headers:
            kept = replace(before, made=began, stand=stand)
        else:
            kept = _ready(status, headers, body, began, seconds, stand)
        if status == 200 and not any(name == b"set-cookie" for name, _ in headers):
            self._keep(key, kept)
        return kept

    def _keep(self, key: Key, kept: Kept) -> None:
        before = self._kept.pop(key, None)
        self._weight += kept.weight - (before.weight if before else 0)
        self._kept[key] = kept
        while self._weight > BYTES_MAX or len(self._kept) > ENTRIES_MAX:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= oldest.weight

    async def settle(self) -> None:
        """Wait for what is being made (a graceful stop)."""
        if self._making:
            await asyncio.wait(set(self._making.values()))


def compressed(body: bytes) -> bytes:
    """gzip, the same bytes for the same body."""
    return gzip.compress(body, compresslevel=4, mtime=0)


def _ready(
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    made: float,
    seconds: float,
    stand: object,
) -> Kept:
    small = compressed(body) if len(body) >= COMPRESSED_FROM else b""
    etag = b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()
    named = [
        *((n, v) for n, v in headers if n not in {b"content-length", b"etag"}),
        (b"etag", etag),
    ]
    return Kept(
        status=status,
        headers=(*named, (b"content-length", b"%d" % len(body))),
        headers_gzip=(
            *named,
            (b"content-encoding", b"gzip"),
            (b"content-length", b"%d" % len(small)),
        ),
        headers_unchanged=tuple((n, v) for n, v in named if n != b"content-type"),
        body=body,
        body_gzip=small,
        etag=etag,
        told=headers,
        made=made,
        seconds=seconds,
        stand=stand,
    )
