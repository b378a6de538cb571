"""Live updates: open pages hear that what they show has changed, in whatever process it was (Y16).

A thing (`complaint:2611-000427-8`) has a version, which grows as the last act of the transaction
that changes it. Whoever follows a thing compares versions: the lock on its row lets the next
change in only when this one is committed, so no version is ever seen before an earlier one, as ids
in PostgreSQL are. NOTIFY there, and SQLite's data version, only say when to look.

A version is no less than the seconds since 1970 at which it came to be. So the row of a thing that
has not changed for long can be deleted, and its next version is still a later one.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from server.core import clock, db, lifetime
from server.core.jobs import Timer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

__all__ = [
    "Follower",
    "close",
    "end",
    "ended",
    "followers",
    "following",
    "purge",
    "tell",
    "versions",
]

log = structlog.get_logger("madang.live")

CHANNEL: Final = "madang_live"
BATCH: Final = 200
LOOK_SECONDS: Final = 0.2
"""How often SQLite is asked whether anybody has committed anything: some microseconds each."""

GATHER_SECONDS: Final = 0.05
"""So long the changes after a first one are gathered before all is looked at together."""

UNTOLD_SECONDS_MAX: Final = 15.0
"""PostgreSQL is looked at so often even if it says nothing: a NOTIFY may be lost with its line."""

AGAIN_SECONDS: Final = 2.0

KEPT: Final = timedelta(days=90)
"""Longer than any page stays open."""

PURGED_MAX: Final = 5_000


def tell(*topics: str) -> None:
    """Say, inside the service's transaction, that these things change with it."""
    db.at_the_end(_grow, *topics)


async def _grow(topics: set[str]) -> None:
    """In one order for everybody, so that nobody waits for each other in a circle."""
    ordered, now = sorted(topics), _seconds()
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        rows = ", ".join(["(?, ?)"] * len(some))
        await db.execute(
            f"INSERT INTO live_topic (topic, version) VALUES {rows}"  # noqa: S608 - marks only
            " ON CONFLICT (topic) DO UPDATE SET version = CASE WHEN live_topic.version"
            " < excluded.version THEN excluded.version ELSE live_topic.version + 1 END",
            [value for topic in some for value in (topic, now)],
        )
    if db.dialect() == "postgres":
        await db.execute(f"SELECT pg_notify('{CHANNEL}', '')")


def _seconds() -> int:
    return int(clock.now().timestamp())


async def purge() -> int:
    """Forget what has not changed for long; how many things.

    What is changing at this moment is passed over: nobody waits for this, and this for nobody.
    """
    skip = " FOR UPDATE SKIP LOCKED" if db.dialect() == "postgres" else ""
    return await db.execute(
        "DELETE FROM live_topic WHERE topic IN (SELECT topic FROM live_topic"  # noqa: S608
        f" WHERE version < ? ORDER BY topic LIMIT {PURGED_MAX}{skip})",
        [_seconds() - int(KEPT.total_seconds())],
    )


TIMERS: Final = (Timer("live.purge", timedelta(hours=6), purge),)


async def versions(topics: Iterable[str]) -> dict[str, int]:
    """How often each of these has changed; 0 where it never has."""
    ordered = sorted(set(topics))
    found = dict.fromkeys(ordered, 0)
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        marks = ", ".join("?" * len(some))
        rows = await db.fetch(
            f"SELECT topic, version FROM live_topic WHERE topic IN ({marks})",  # noqa: S608
            some,
        )
        found |= {row["topic"]: int(row["version"]) for row in rows}
    return found


@dataclass(eq=False, slots=True)
class Follower:
    """One open page: what it has last been told of each thing, and whether there is more."""

    known: dict[str, int]
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self, now: dict[str, int]) -> None:
        """Take in how things stand, or stood a moment ago: versions only grow."""
        news = {topic: max(known, now.get(topic, 0)) for topic, known in self.known.items()}
        if news != self.known:
            self.known = news
            self._stirred.set()

    def stir(self) -> None:
        """Wake whoever waits."""
        self._stirred.set()

    async def changed(self, seconds: float) -> bool:
        """Wait until something has changed, or everything ends: then True; False after a while."""
        try:
            await asyncio.wait_for(self._stirred.wait(), seconds)
        except TimeoutError:
            return False
        self._stirred.clear()
        return True


class _Process:
    followers: set[Follower] = set()  # noqa: RUF012 - of the one process
    looking: asyncio.Task[None] | None = None
    ended = False


def followers() -> int:
    """How many pages this process keeps up to date."""
    return len(_Process.followers)


def ended() -> bool:
    """Whether this process is stopping: nobody follows anything here any more."""
    return _Process.ended


@asynccontextmanager
async def following(known: dict[str, int]) -> AsyncIterator[Follower]:
    """Follow the things in `known`, of which those versions have been seen: what has changed since
    is heard at once."""
    follower = Follower(dict(known))
    _Process.followers.add(follower)
    try:
        if _Process.looking is None or _Process.looking.done():
            # In nobody's context: it goes on for others when this page has long been closed.
            _Process.looking = asyncio.create_task(_look_on(), name="live", context=Context())
        follower.told(await versions(known))
        yield follower
    finally:
        _Process.followers.discard(follower)


def end() -> None:
    """Let every page go, at once: this process takes no more, its browsers ask another one."""
    _Process.ended = True
    for follower in _Process.followers:
        follower.stir()


async def close() -> None:
    """Look no more; a process that starts again in its place may."""
    looking, _Process.looking = _Process.looking, None
    if looking is not None:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    _Process.ended = False


lifetime.closed_by(close)


async def _look_on() -> None:
    """As long as anybody follows anything. The database may be away for a while."""
    waking = _Notified() if db.dialect() == "postgres" else _Polled()
    try:
        while _Process.followers:
            try:
                await waking.begin()
                await _look()
                await waking.wait()
            except Exception as error:
                log.warning("live_waits", exc_info=error)
                await asyncio.sleep(AGAIN_SECONDS)
    finally:
        waking.end()


async def _look() -> None:
    now = await versions({topic for each in _Process.followers for topic in each.known})
    for follower in list(_Process.followers):
        follower.told(now)


class _Polled:
    """SQLite: every moment, whether anybody has committed anything."""

    def __init__(self) -> None:
        self._seen: object = None

    async def begin(self) -> None:
        self._seen = db.standing()

    async def wait(self) -> None:
        # Another process may have written: there is nothing in this one to wait for.
        while _Process.followers and db.standing() == self._seen:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    def end(self) -> None:
        self._seen = None


class _Notified:
    """PostgreSQL: one line of this process's own that is told of every commit that tells."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()
        self._line: db.Listening | None = None

    async def begin(self) -> None:
        if self._line is None or self._line.is_closed():
            self._line = await db.listen(CHANNEL, self._heard.set)

    async def wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), UNTOLD_SECONDS_MAX)
        await asyncio.sleep(GATHER_SECONDS)
        self._heard.clear()

    def end(self) -> None:
        if self._line is not None:
            self._line.terminate()
            self._line = None
