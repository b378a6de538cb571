"""How each provider fares: what it answered, how fast, when it last took an order (Y15-4).

Counted in the process and written every few seconds, one row a provider and five minutes: a row
that every order writes would make all workers wait for each other. What a killed process has not
written is lost; no money hangs on it.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from gateways.contract import Accepted, Answer, Rejected
from server.core import clock, db, lifetime
from server.core.db import transactional
from server.messages.carriers import health_rules
from server.messages.carriers.health_models import Answers
from server.messages.carriers.health_rules import Level, Tally
from server.messages.carriers.pacing_models import Pace

WRITTEN_EVERY_SECONDS: Final = 2.0
KEPT: Final = timedelta(days=14)
TROUBLE_MAX: Final = 60
_WORD = re.compile(r"[^\w. -]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Counted:
    """What has not been written yet of one provider and span."""

    taken: int = 0
    refused: int = 0
    unclear: int = 0
    answer_ms: int = 0
    taken_at: datetime | None = None
    trouble_at: datetime | None = None
    trouble: str = ""


@dataclass(slots=True)
class _Book:
    counted: dict[tuple[str, datetime], _Counted] = field(default_factory=dict)
    writing: asyncio.Task[None] | None = None


_books: WeakKeyDictionary[asyncio.AbstractEventLoop, _Book] = WeakKeyDictionary()


def note(provider: str, answer: Answer, seconds: float) -> None:
    """Count an answer that took so many seconds. A refusal for good that others would give as well
    is about the order, and so no trouble of the provider's."""
    book = _books.setdefault(asyncio.get_running_loop(), _Book())
    now = clock.now()
    counted = book.counted.setdefault((provider, health_rules.span_of(now)), _Counted())
    counted.answer_ms += round(seconds * 1000)
    if isinstance(answer, Accepted):
        counted.taken += 1
        counted.taken_at = now
    elif isinstance(answer, Rejected):
        counted.refused += 1
        if answer.elsewhere or not answer.permanent:
            counted.trouble_at, counted.trouble = now, _word(answer.code)
    else:
        counted.unclear += 1
        counted.trouble_at, counted.trouble = now, _word(answer.reason)
    if book.writing is None or book.writing.done():
        book.writing = asyncio.create_task(_write_soon(), name="health of providers")


def _word(said: str) -> str:
    """A code or an error's name as the desk is shown it."""
    return _WORD.sub("", said)[:TROUBLE_MAX]


async def _write_soon() -> None:
    await asyncio.sleep(WRITTEN_EVERY_SECONDS)
    await write()


async def write() -> None:
    """Write what this process has counted."""
    book = _books.get(asyncio.get_running_loop())
    if book is None or not book.counted:
        return
    counted, book.counted = book.counted, {}
    await _written(counted)


async def close() -> None:
    """Write the rest, as a graceful stop must."""
    book = _books.get(asyncio.get_running_loop())
    if book is None:
        return
    if book.writing is not None and not book.writing.done():
        book.writing.cancel()
        await asyncio.wait([book.writing])
    await write()
    _books.pop(asyncio.get_running_loop(), None)


lifetime.closed_by(close)


@transactional
async def _written(counted: Mapping[tuple[str, datetime], _Counted]) -> None:
    for (provider, begins_at), each in sorted(counted.items(), key=lambda item: item[0]):
        await db.execute(
            "INSERT INTO message_answers (provider, begins_at, taken, refused, unclear, answer_ms)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (provider, begins_at) DO UPDATE SET"
            " taken = message_answers.taken + excluded.taken,"
            " refused = message_answers.refused + excluded.refused,"
            " unclear = message_answers.unclear + excluded.unclear,"
            " answer_ms = message_answers.answer_ms + excluded.answer_ms",
            [provider, begins_at, each.taken, each.refused, each.unclear, each.answer_ms],
        )
        await db.execute(
            "INSERT INTO message_pace (provider, next_at, rests_until, troubles, taken_at,"
            " trouble_at, trouble) VALUES (?, 0, 0, 0, ?, ?, ?) ON CONFLICT (provider) DO UPDATE"
            " SET taken_at = COALESCE(excluded.taken_at, message_pace.taken_at),"
            " trouble_at = COALESCE(excluded.trouble_at, message_pace.trouble_at),"
            " trouble = CASE WHEN excluded.trouble_at IS NULL THEN message_pace.trouble"
            " ELSE excluded.trouble END",
            [provider, each.taken_at, each.trouble_at, each.trouble],
        )


@dataclass(frozen=True, slots=True)
class Health:
    """A provider: how well it is, its last success and trouble, its last hour, its open orders."""

    name: str
    level: Level
    taken_at: datetime | None
    trouble_at: datetime | None
    trouble: str
    rests_until: datetime | None
    hour: Tally
    day: Tally
    under_way: int


async def of_providers(names: Sequence[str]) -> list[Health]:
    """The health of these providers, in that order."""
    await write()
    now = clock.now()
    rows = {row.provider: row for row in await Pace.filter(provider__in=list(names))}
    hour = await _tallies(now - health_rules.RECENT)
    day = await _tallies(now - timedelta(days=1))
    under_way = await _under_way()
    found = []
    for name in names:
        row = rows.get(name)
        rests = _EPOCH + timedelta(microseconds=row.rests_until) if row is not None else None
        rests_until = rests if rests is not None and rests > now else None
        taken_at = row.taken_at if row is not None else None
        trouble_at = row.trouble_at if row is not None else None
        found.append(
            Health(
                name,
                health_rules.level(
                    now, taken_at=taken_at, trouble_at=trouble_at, rests_until=rests_until
                ),
                taken_at,
                trouble_at,
                row.trouble if row is not None else "",
                rests_until,
                hour.get(name, Tally()),
                day.get(name, Tally()),
                under_way.get(name, 0),
            )
        )
    return found


async def _tallies(since: datetime) -> dict[str, Tally]:
    rows = await db.fetch(
        "SELECT provider, SUM(taken) AS taken, SUM(refused) AS refused, SUM(unclear) AS unclear,"
        " SUM(answer_ms) AS answer_ms FROM message_answers WHERE begins_at > ? GROUP BY provider",
        [since],
    )
    names = ("taken", "refused", "unclear", "answer_ms")
    return {row["provider"]: Tally(*(int(row[name]) for name in names)) for row in rows}


async def _under_way() -> dict[str, int]:
    """How many deliveries are in each provider's hands."""
    rows = await db.fetch(
        "SELECT provider, COUNT(*) AS times FROM message_delivery WHERE charged IS NULL"
        " AND state IN ('sending', 'unknown', 'accepted') GROUP BY provider"
    )
    return {row["provider"]: int(row["times"]) for row in rows}


@transactional
async def forget() -> int:
    """Forget counts that nobody looks at any more; how many rows."""
    return await Answers.filter(begins_at__lt=clock.now() - KEPT).delete()
