"""Whose turn it is: the best provider that is not resting, at the rate it allows (Y15-4).

The rate is kept in the database, one row a provider, so it holds for however many workers there
are: each takes the next free moment by one statement. A provider that asks for time, or cannot be
reached, rests, and the next one has its turn meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gateways.contract import Accepted, Answer, Rejected, Unknown
from server.core import clock, db
from server.core.db import transactional
from server.messages.models import Delivery
from server.messages.pacing_models import Pace
from server.messages.workflow import State

PATIENCE: Final = timedelta(seconds=2)
"""So long a worker waits for a free moment with the order in its hand; beyond, it puts it back."""

REST_FIRST: Final = timedelta(seconds=5)
REST_LAST: Final = timedelta(minutes=5)
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
    has taken an order."""
    await _known(provider)
    if isinstance(answer, Accepted):
        await db.execute(
            "UPDATE message_pace SET troubles = 0, rests_until = 0 WHERE provider = ?", [provider]
        )
        return
    (row,) = await db.fetch(
        "UPDATE message_pace SET troubles = troubles + 1 WHERE provider = ? RETURNING troubles",
        [provider],
    )
    rest = resting(answer, int(row["troubles"]))
    await db.execute(
        "UPDATE message_pace SET rests_until = ? WHERE provider = ? AND rests_until < ?",
        [until := _microseconds(clock.now() + rest), provider, until],
    )


def is_trouble(answer: Answer) -> bool:
    """Whether an answer is about the provider himself, so that others would fare the same."""
    if isinstance(answer, Rejected):
        return answer.of_provider
    return isinstance(answer, Unknown)


def resting(answer: Answer, troubles: int) -> timedelta:
    """How long a provider is left alone after the n-th trouble in a row."""
    borne = SILENCES_BORNE if isinstance(answer, Unknown) else 1
    if troubles < borne:
        return timedelta(0)
    rest = min(REST_LAST, REST_FIRST * (1 << min(troubles - borne, 10)))
    asked = answer.retry_after if isinstance(answer, Rejected) else None
    return max(rest, asked or timedelta(0))


async def _known(provider: str) -> None:
    await db.execute(
        "INSERT INTO message_pace (provider, next_at, rests_until, troubles, trouble)"
        " VALUES (?, 0, 0, 0, '') ON CONFLICT (provider) DO NOTHING",
        [provider],
    )


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND
