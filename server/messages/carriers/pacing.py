"""Whose turn it is: the best provider that is not resting, at the rate it allows (Y15-4).

The rate is kept in the database, one row a provider, so it holds for however many workers there
are: each takes the next free moment by one statement. A provider that asks for time, or cannot be
reached, rests, and the next one has its turn meanwhile.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final
from weakref import WeakKeyDictionary

from gateways.contract import Accepted, Answer, Rejected, Unknown
from server.core import clock, db
from server.core.db import transactional
from server.messages.carriers.pacing_models import Pace
from server.messages.delivery.workflow import State
from server.messages.models import Delivery

PATIENCE: Final = timedelta(seconds=2)
"""So long a worker waits for a free moment with the order in its hand; beyond, it puts it back."""

REST_FIRST: Final = timedelta(seconds=5)
REST_LAST: Final = timedelta(minutes=5)
ASKED_LAST: Final = timedelta(hours=1)
"""So long all orders wait where one was told to come again later still."""

SILENCES_BORNE: Final = 3
"""So many answers in a row may stay out before a provider rests."""

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is to have an order, and after what wait; with no provider, come again then.

    `troubled`: he has failed of late, so an answer is news.
    """

    provider: str | None
    wait: timedelta = timedelta(0)
    troubled: bool = False


LOOK_SECONDS: Final = 1.0
"""So long a process goes by what it saw of a provider who carries alone and has no rate."""


@dataclass(slots=True)
class _Seen:
    """How a provider stood when this process looked last."""

    at: float
    rests_until: int = 0
    troubles: int = 0


_seen: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Seen]] = WeakKeyDictionary()


async def alone(provider: str) -> Turn | None:
    """The turn of one who carries alone and has no rate, by a look each second; None while he
    rests, for then the delivery's own turn is to be asked for."""
    seen = _seen.setdefault(asyncio.get_running_loop(), {})
    last = seen.get(provider)
    if last is None or monotonic() - last.at >= LOOK_SECONDS:
        if last is not None:
            last.at = monotonic()  # who comes meanwhile goes by the last look
        rows = await Pace.filter(provider=provider).values("rests_until", "troubles")
        last = seen[provider] = _Seen(monotonic(), **(rows[0] if rows else {}))
    if last.rests_until > _microseconds(clock.now()):
        return None
    return Turn(provider, troubled=last.troubles > 0)


def _look_again(seen: dict[str, _Seen], provider: str) -> None:
    seen.pop(provider, None)


@transactional
async def turn(delivery_id: int, carriers: Sequence[str], paces: Mapping[str, float]) -> Turn:
    """The turn of a delivery among `carriers`, best first; `paces` are orders a second.

    Each refusal passes it on to the next of those awake.
    """
    (delivery,) = await Delivery.filter(id=delivery_id).values("attempts", "state")
    if delivery["state"] != State.QUEUED:
        return Turn(carriers[0])
    found = Pace.filter(provider__in=list(carriers))
    rows = {row["provider"]: row for row in await found.values()}
    now = _microseconds(clock.now())
    awake = [name for name in carriers if name not in rows or rows[name]["rests_until"] <= now]
    if not awake:
        soonest = min(int(row["rests_until"]) for row in rows.values())
        return Turn(None, (soonest - now) * _MICROSECOND)
    chosen = awake[delivery["attempts"] % len(awake)]
    troubled = chosen in rows and rows[chosen]["troubles"] > 0
    if chosen not in paces:
        return Turn(chosen, troubled=troubled)
    wait = await _next_moment(chosen, paces[chosen], now)
    if wait > PATIENCE:
        return Turn(None, wait)
    return Turn(chosen, wait, troubled)


async def _next_moment(provider: str, a_second: float, now: int) -> timedelta:
    """Take the provider's next free moment, if it is near; how far away it is."""
    await _known(provider)
    latest = now + PATIENCE // _MICROSECOND
    step = round(1_000_000 / a_second)
    taken = await db.fetch(
        "UPDATE message_pace SET next_at = (CASE WHEN next_at > ? THEN next_at ELSE ? END) + ?"
        " WHERE provider = ? AND next_at <= ? RETURNING next_at",
        [now, now, step, provider, latest],
    )
    if taken:
        return max(timedelta(0), (int(taken[0]["next_at"]) - step - now) * _MICROSECOND)
    (row,) = await db.fetch("SELECT next_at FROM message_pace WHERE provider = ?", [provider])
    return max(PATIENCE + _MICROSECOND, (int(row["next_at"]) - now) * _MICROSECOND)


@transactional
async def heed(provider: str, answer: Answer) -> None:
    """Let a provider rest that asked for it, could not be reached, or keeps silent; wake him who
    has taken an order. Of those handed over at once that fare alike the first count: what comes
    while he rests already prolongs the rest only where it asks for that."""
    await _known(provider)
    seen = _seen.setdefault(asyncio.get_running_loop(), {})
    db.after_commit(partial(_look_again, seen, provider))
    if isinstance(answer, Accepted):
        await db.execute(
            "UPDATE message_pace SET troubles = 0, rests_until = 0 WHERE provider = ?", [provider]
        )
        return
    now = clock.now()
    counted = await db.fetch(
        "UPDATE message_pace SET troubles = troubles + 1 WHERE provider = ? AND rests_until <= ?"
        " RETURNING troubles",
        [provider, _microseconds(now)],
    )
    rest = resting(answer, int(counted[0]["troubles"]) if counted else 0)
    await db.execute(
        "UPDATE message_pace SET rests_until = ? WHERE provider = ? AND rests_until < ?",
        [until := _microseconds(now + rest), provider, until],
    )


def is_trouble(answer: Answer) -> bool:
    """Whether an answer is about the provider himself, so that others would fare the same."""
    if isinstance(answer, Rejected):
        return answer.of_provider
    return isinstance(answer, Unknown)


def is_news(answer: Answer, *, troubled: bool) -> bool:
    """Whether an answer says something new of the provider: a trouble, or the end of some."""
    return is_trouble(answer) or (troubled and isinstance(answer, Accepted))


def resting(answer: Answer, troubles: int) -> timedelta:
    """How long a provider is left alone after the n-th trouble in a row; 0 of one that is counted
    already, which has what it asks for."""
    asked = (answer.retry_after if isinstance(answer, Rejected) else None) or timedelta(0)
    asked = min(asked, ASKED_LAST)
    borne = SILENCES_BORNE if isinstance(answer, Unknown) else 1
    if troubles < borne:
        return asked
    return max(asked, min(REST_LAST, REST_FIRST * (1 << min(troubles - borne, 10))))


async def _known(provider: str) -> None:
    await db.execute(
        "INSERT INTO message_pace (provider, next_at, rests_until, troubles, trouble)"
        " VALUES (?, 0, 0, 0, '') ON CONFLICT (provider) DO NOTHING",
        [provider],
    )


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND
