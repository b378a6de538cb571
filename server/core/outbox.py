"""What must happen after a commit: rows written with their cause, delivered at least once.

Leased in batches, called outside any transaction, tried again with back-off, and in the end laid
before the desk as a dead letter. A handler whose act must not happen twice checks its lease, or
ends its job together with the act.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from server.core import clock, db, lease, many
from server.core.jobs import (
    FAILURES_MAX,
    Dead,
    Handler,
    Job,
    LeaseLostError,
    Retry,
    Timer,
    Wiring,
    backoff,
    describe,
    handler_name,
    wire,
    wire_timers,
)
from server.core.timers import run_timers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = [
    "Courier",
    "Dead",
    "Handler",
    "Hold",
    "Job",
    "LeaseLostError",
    "Retry",
    "Timer",
    "any_due",
    "dead_letters",
    "drain",
    "emit",
    "emit_many",
    "end_with",
    "handler_name",
    "hold_lease",
    "hold_leases",
    "pending_counts",
    "purge",
    "reclaim",
    "retry",
    "run_timers",
    "waiting",
    "wire",
    "wire_timers",
]

log = structlog.get_logger("madang.outbox")

LEASE = timedelta(seconds=60)
FRESH = LEASE * 2 / 3
"""A lease that lasts so long need not be prolonged to be relied upon."""
BATCH = 64
KEPT = timedelta(days=30)
"""How long a finished job with a key is remembered, so that the key is queued once only."""


async def emit(
    topic: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Queue a topic inside the open transaction: one row for each wired handler.

    With a key a topic is queued once only. The payload holds ids, no personal data.
    Raises LookupError for a topic that app.py has not wired.
    """
    now = clock.now()
    text = _written(payload)
    for handler in _handlers_of(topic):
        await db.execute(
            "INSERT INTO outbox_job (topic, handler, key, payload, due_at, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (topic, handler, key) DO NOTHING",
            [topic, handler, key, text, not_before or now, now],
        )


async def emit_many(
    topic: str,
    jobs: Iterable[tuple[dict[str, Any], str | None]],
    *,
    not_before: datetime | None = None,
) -> None:
    """Queue a topic many times inside the open transaction: payloads with their keys, if any."""
    now, handlers = clock.now(), _handlers_of(topic)
    rows = [
        {"handler": handler, "key": key, "payload": _written(payload)}
        for payload, key in jobs
        for handler in handlers
    ]
    if rows:
        given = many.given(handler="text", key="text", payload="text")
        await db.execute(
            "INSERT INTO outbox_job (topic, handler, key, payload, due_at, created_at)"  # noqa: S608
            f" SELECT ?, given.handler, given.key, given.payload, ?, ? FROM {given} WHERE true"
            " ON CONFLICT (topic, handler, key) DO NOTHING",
            [topic, not_before or now, now, many.rows(rows)],
        )


async def waiting(topic: str, keys: Collection[str]) -> int:
    """How many jobs of a topic with one of these keys are not at their end."""
    handlers = Wiring.topics.get(topic, ())
    listed, args = many.among("key", keys, "text")
    rows = await db.fetch(
        "SELECT COUNT(*) AS number FROM outbox_job WHERE state = 'waiting' AND topic = ?"  # noqa: S608
        f" AND handler IN ({_marks(handlers)}) AND {listed}",
        [topic, *handlers, *args],
    )
    return int(rows[0]["number"])


def _handlers_of(topic: str) -> tuple[str, ...]:
    if not db.transaction_open():
        raise RuntimeError("a topic is emitted inside the transaction that is its cause")
    handlers = Wiring.topics.get(topic)
    if handlers is None:
        raise LookupError(f"nothing is wired to the topic {topic}")
    return handlers


def _written(payload: dict[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease just held, and until when nobody else can have taken the job over, by both clocks:
    the wall's goes on while the machine sleeps, the other while somebody sets the wall's back."""

    job_id: int
    until: datetime
    until_monotonic: float

    def check(self) -> None:
        """Raises LeaseLostError when the lease may have run out: call right before the act that
        must not happen twice, for a process may be frozen at any moment."""
        if clock.now() >= self.until or monotonic() >= self.until_monotonic:
            raise LeaseLostError(f"the lease on job {self.job_id} may have run out")


async def hold_lease(job: Job) -> Hold:
    """Inside a transaction: make sure that this worker still has the job, and keep it so.

    A handler commits `sending` together with this. Raises LeaseLostError.
    """
    hold = (await hold_leases([job])).get(job.id)
    if hold is None:
        raise LeaseLostError(f"job {job.id} is no longer leased to this worker")
    return hold


async def hold_leases(jobs: Sequence[Job]) -> dict[int, Hold]:
    """As `hold_lease` for many at once: the holds by job; who has lost his job has none."""
    if not db.transaction_open():
        raise RuntimeError("a lease is held inside the transaction that relies on it")
    now, moment = clock.now(), monotonic()
    held: dict[int, datetime] = {}
    for token in dict.fromkeys(job.token for job in jobs):
        listed, args = many.among("id", [job.id for job in jobs if job.token == token], "bigint")
        rows = await db.fetch(
            "SELECT id, due_at FROM outbox_job WHERE lease_token = ? AND state = 'waiting'"  # noqa: S608
            f" AND {listed} ORDER BY id{many.locked()}",
            [token, *args],
        )
        # Longer than any lease is what a clock that was set back makes of one: it is not known how
        # long that lasts, so it is not relied upon.
        due = {row["id"]: db.instant(row["due_at"]) for row in rows}
        found = {number: until for number, until in due.items() if until - now <= LEASE}
        old = [number for number, until in found.items() if until - now < FRESH]
        if old:
            found |= dict.fromkeys(await _prolonged(token, old, now + LEASE), now + LEASE)
        held |= found
    return {
        number: Hold(number, until, moment + (until - now).total_seconds())
        for number, until in held.items()
    }


async def _prolonged(token: str, numbers: Collection[int], until: datetime) -> list[int]:
    """Those of the jobs that are still leased under the token, now until then. Whoever prolongs
    many locks them in the same order."""
    listed, args = many.among("id", numbers, "bigint")
    rows = await db.fetch(
        "WITH mine AS MATERIALIZED (SELECT id FROM outbox_job WHERE lease_token = ?"  # noqa: S608
        f" AND state = 'waiting' AND {listed} ORDER BY id{many.locked()})"
        " UPDATE outbox_job SET due_at = ? WHERE id IN (SELECT id FROM mine) RETURNING id",
        [token, *args, until],
    )
    return [row["id"] for row in rows]


async def end_with(job: Job) -> None:
    """Inside the transaction that does all that a job asks for: the job is at its end with it, so
    that what must not be done twice is done once. Raises LeaseLostError."""
    if not db.transaction_open():
        raise RuntimeError("a job ends with the transaction that does it")
    ended = await db.execute(
        "UPDATE outbox_job SET state = 'done', lease_token = NULL, ended_at = ?"
        " WHERE id = ? AND lease_token = ? AND state = 'waiting'",
        [clock.now(), job.id, job.token],
    )
    if not ended:
        raise LeaseLostError(f"job {job.id} is no longer leased to this worker")


async def any_due() -> bool:
    """Whether a job may be taken now. Takes no lock."""
    rows = await db.fetch(
        "SELECT 1 FROM outbox_job WHERE state = 'waiting' AND due_at <= ? LIMIT 1", [clock.now()]
    )
    return bool(rows)


async def reclaim() -> int:
    """Make due at once what workers of this machine held when they were killed; how many."""
    rows = await db.fetch(
        "SELECT DISTINCT lease_token FROM outbox_job"
        " WHERE state = 'waiting' AND lease_token IS NOT NULL AND due_at > ?",
        [clock.now()],
    )
    gone = [row["lease_token"] for row in rows if lease.holder_gone(row["lease_token"])]
    if not gone:
        return 0
    return await db.execute(
        f"UPDATE outbox_job SET due_at = ? WHERE state = 'waiting'"  # noqa: S608
        f" AND lease_token IN ({_marks(gone)})",
        [clock.now(), *gone],
    )


async def drain(limit: int | None = None) -> int:
    """Run every job that is due, and those they queue for now; how many were delivered."""
    courier = Courier()
    count = 0
    while limit is None or count < limit:
        jobs = await courier.take(BATCH if limit is None else min(BATCH, limit - count))
        if not jobs:
            break
        count += len(jobs)
        await asyncio.gather(*(courier.deliver(job) for job in jobs))
        await courier.settle()
    return count


class Courier:
    """One worker's hands: takes jobs under its own token, calls handlers, writes the outcomes."""

    def __init__(self) -> None:
        self.token = lease.token()
        self.held: dict[int, asyncio.Task[Any] | None] = {}
        self._done: list[Job] = []

    async def take(self, count: int, names: Collection[str] | None = None) -> list[Job]:
        """Lease up to `count` due jobs, oldest first; of these handlers only, if named."""
        names = sorted(Wiring.handlers if names is None else names)
        if not names or count < 1:
            return []
        now = clock.now()
        skip = " FOR UPDATE SKIP LOCKED" if db.dialect() == "postgres" else ""
        # MATERIALIZED: PostgreSQL may run a subquery once for each row, and would find others each
        # time, because it passes over those that it has locked itself.
        due = (
            "WITH due AS MATERIALIZED ("  # noqa: S608
            "SELECT id FROM outbox_job WHERE state = 'waiting' AND due_at <= ?"
            f" AND handler IN ({_marks(names)}) ORDER BY due_at, id LIMIT ?{skip})"
        )
        # SQLite 3.40 may answer `key IS NOT NULL` wrongly in RETURNING: the key itself comes back.
        # A lease that ran out counts as a failure: else a job that kills its worker would kill
        # every worker, for ever.
        rows = await db.fetch(
            f"{due} UPDATE outbox_job SET attempt = attempt + 1, lease_token = ?, due_at = ?,"  # noqa: S608
            " failures = failures + CASE WHEN lease_token IS NULL THEN 0 ELSE 1 END"
            " WHERE id IN (SELECT id FROM due)"
            " RETURNING id, topic, handler, payload, attempt, failures, key",
            [now, *names, count, self.token, now + LEASE],
        )
        jobs = [
            Job(
                id=row["id"],
                topic=row["topic"],
                payload=json.loads(row["payload"]),
                attempt=row["attempt"],
                token=self.token,
                handler=row["handler"],
                failures=row["failures"],
                keyed=row["key"] is not None,
            )
            for row in sorted(rows, key=lambda row: int(row["id"]))
        ]
        self.held.update((job.id, None) for job in jobs)
        return jobs

    async def deliver(self, job: Job) -> None:
        """Call the handler; its success is kept for `settle`, anything else written at once."""
        self.held[job.id] = asyncio.current_task()
        db.assert_no_transaction()
        if job.failures >= FAILURES_MAX:
            await self._bury(job, "given up: its worker died each time")
            self.let_go(job, asyncio.current_task())
            return
        try:
            await Wiring.handlers[job.handler](job)
        except Retry as request:
            if request.after is None:
                await self._failed(job, "asked to be tried again")
            else:
                await self._again(job, clock.now() + request.after, job.failures)
        except Dead as verdict:
            await self._bury(job, verdict.reason)
        except LeaseLostError:
            log.warning("job_lease_lost", job=job.id, topic=job.topic)
        except Exception as error:
            log.exception(
                "job_failed",
                job=job.id,
                topic=job.topic,
                handler=job.handler,
                attempt=job.attempt,
                error=describe(error),
            )
            await self._failed(job, describe(error))
        else:
            self._done.append(job)
            return
        self.let_go(job, asyncio.current_task())

    def let_go(self, job: Job, task: asyncio.Task[Any] | None) -> None:
        """Prolong a job's lease no more for this task; under a new lease it may be another's."""
        if self.held.get(job.id) is task:
            self.held.pop(job.id, None)

    async def settle(self) -> None:
        """Acknowledge what has been done, under this worker's token only."""
        done = list(self._done)
        for keyed in (False, True):
            numbers = [job.id for job in done if job.keyed is keyed]
            if not numbers:
                continue
            act, args = ("DELETE FROM outbox_job", [])
            if keyed:
                act = "UPDATE outbox_job SET state = 'done', lease_token = NULL, ended_at = ?"
                args = [clock.now()]
            listed, which = many.among("id", numbers, "bigint")
            await db.execute(
                f"{act} WHERE lease_token = ? AND {listed}", [*args, self.token, *which]
            )
        for job in done:
            self.held.pop(job.id, None)
        del self._done[: len(done)]

    async def renew(self) -> None:
        """Prolong the leases on what is in hand; a handler whose lease is lost is cancelled."""
        numbers = list(self.held)
        if not numbers:
            return
        kept = await _prolonged(self.token, numbers, clock.now() + LEASE)
        for number in set(numbers) - set(kept):
            task = self.held.get(number)
            if task is not None and not task.done():
                log.warning("job_lease_lost", job=number)
                task.cancel()

    async def give_back(self) -> None:
        """Return every lease that is still held, so that another worker may begin at once."""
        await db.execute(
            "UPDATE outbox_job SET lease_token = NULL, due_at = ? WHERE lease_token = ?",
            [clock.now(), self.token],
        )
        self.held.clear()

    async def _failed(self, job: Job, reason: str) -> None:
        failures = job.failures + 1
        if failures >= FAILURES_MAX:
            await self._bury(job, reason)
        else:
            await self._again(job, clock.now() + backoff(failures), failures, reason)

    async def _again(
        self, job: Job, at: datetime, failures: int, reason: str | None = None
    ) -> None:
        await db.execute(
            "UPDATE outbox_job SET lease_token = NULL, due_at = ?, failures = ?, reason = ?"
            " WHERE id = ? AND lease_token = ?",
            [at, failures, reason, job.id, self.token],
        )

    async def _bury(self, job: Job, reason: str) -> None:
        log.error("job_dead", job=job.id, topic=job.topic, reason=reason)
        await db.execute(
            "UPDATE outbox_job SET state = 'dead', lease_token = NULL, ended_at = ?, reason = ?"
            " WHERE id = ? AND lease_token = ?",
            [clock.now(), reason[:300], job.id, self.token],
        )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


async def pending_counts() -> dict[str, dict[str, int]]:
    """For /desk/queue: by topic, how many wait, are late by a minute, and are dead."""
    rows = await db.fetch(
        "SELECT topic,"
        " sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting,"
        " sum(CASE WHEN state = 'waiting' AND due_at < ? THEN 1 ELSE 0 END) AS late,"
        " sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS dead"
        " FROM outbox_job WHERE state IN ('waiting', 'dead') GROUP BY topic ORDER BY topic",
        [clock.now() - timedelta(minutes=1)],
    )
    return {
        row["topic"]: {name: int(row[name]) for name in ("waiting", "late", "dead")} for row in rows
    }


async def dead_letters(limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
    """Dead jobs, newest first: id, topic, handler, payload, attempt, reason, created_at, ended_at.

    `before` is the id of the last one seen.
    """
    rows = await db.fetch(
        "SELECT id, topic, handler, payload, attempt, reason, created_at, ended_at"
        " FROM outbox_job WHERE state = 'dead' AND id < ? ORDER BY id DESC LIMIT ?",
        [before if before is not None else 2**62, limit],
    )
    return [
        {
            **row,
            "payload": json.loads(row["payload"]),
            "created_at": db.instant(row["created_at"]),
            "ended_at": db.instant(row["ended_at"]),
        }
        for row in rows
    ]


async def retry(number: int) -> bool:
    """Bring a dead job back to life, due now; False when it is not dead (any more)."""
    changed = await db.execute(
        "UPDATE outbox_job SET state = 'waiting', failures = 0, due_at = ?, ended_at = NULL"
        " WHERE id = ? AND state = 'dead'",
        [clock.now(), number],
    )
    return changed == 1


async def purge() -> int:
    """Forget finished jobs after KEPT; how many. Dead ones stay until somebody has seen them."""
    return await db.execute(
        "DELETE FROM outbox_job WHERE state = 'done' AND ended_at < ?", [clock.now() - KEPT]
    )


TIMERS = (
    Timer("outbox.purge", timedelta(hours=6), purge),
    Timer("outbox.reclaim", timedelta(seconds=10), reclaim),
)
