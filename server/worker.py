"""The worker: delivers the outbox and runs the timers until it is told to stop.

On SIGTERM it takes nothing new, finishes what it has in hand and gives its leases back.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Self

import structlog

from server.core import db, lifetime, migrate, outbox, rekey, timers
from server.core.jobs import Wiring

if TYPE_CHECKING:
    from server.config import Settings
    from server.core.jobs import Job

log = structlog.get_logger("madang.worker")

SLOTS = 256
"""Jobs in hand at once. A handler that has half of them gets no more, so that a provider that hangs
cannot hold up the others; a batch less than that may be taken at once."""
POLL_SECONDS = 0.1
ROUND_SECONDS = 0.015
"""So long jobs come and end before those that came are taken, and those that ended acknowledged:
with one statement each for all of them."""
TIMER_POLL_SECONDS = 0.5
AWAY_SECONDS = 1.0


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Topics and timers have been wired before.

    Raises MigrationError and KeyRingError where program, keys and database do not fit.
    """
    await db.init(settings)
    try:
        await migrate.refuse_old()
        await rekey.refuse_other_keys()
        lifetime.stands()
        await deliver(settings, stop)
    finally:
        await lifetime.close_all()
        await db.close()


async def deliver(settings: Settings, stop: asyncio.Event) -> None:
    """Deliver and run timers on the open database until `stop` is set, then finish."""
    await outbox.reclaim()
    async with asyncio.TaskGroup() as group:
        group.create_task(_Deliveries(stop, settings.stop_seconds).run(), name="deliveries")
        group.create_task(_timers(stop, settings.stop_seconds), name="timers")


class _Deliveries:
    """The jobs in hand of this worker."""

    def __init__(self, stop: asyncio.Event, stop_seconds: float) -> None:
        self._stop = stop
        self._stop_seconds = stop_seconds
        self._courier = outbox.Courier()
        self._running: dict[asyncio.Task[None], Job] = {}
        self._over: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()
        self._more = self._full = False

    async def run(self) -> None:
        renewing = asyncio.create_task(self._renew())
        try:
            while not self._stop.is_set():
                with _bearing("deliveries") as borne:
                    taken = await self._take()
                    self._more, self._full = taken > 0, taken == outbox.BATCH
                    await self._wait()
                    await self._courier.settle()
                if borne.failed:
                    await _pause(self._stop, AWAY_SECONDS)
            await self._finish()
        finally:
            renewing.cancel()

    async def _take(self) -> int:
        """Begin as many due jobs as there are hands free."""
        free = SLOTS - len(self._running)
        if free <= 0 or not (self._more or await outbox.any_due()):
            return 0
        busy = Counter(job.handler for job in self._running.values())
        names = [name for name in Wiring.handlers if busy[name] < SLOTS // 2]
        jobs = await self._courier.take(min(free, outbox.BATCH), names)
        for job in jobs:
            task = asyncio.create_task(self._courier.deliver(job), name=f"job {job.id}")
            task.add_done_callback(self._noticed)
            self._running[task] = job
        return len(jobs)

    def _noticed(self, task: asyncio.Task[None]) -> None:
        self._over.append(task)
        self._news.set()

    async def _wait(self) -> None:
        """A round, for those that come singly; where nothing was taken, from when a job has ended.
        With nothing in hand, until it is time to look again, or the worker is told to stop."""
        if not self._running:
            await _pause(self._stop, POLL_SECONDS)
            return
        if not self._more:
            await _pause(self._news, POLL_SECONDS)
        await asyncio.sleep(0 if self._full else ROUND_SECONDS)
        self._news.clear()
        over, self._over = self._over, []
        for task in over:
            self._ended(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            # The outcome could not be written: the lease runs out, and the job comes again.
            self._courier.let_go(job, task)
            log.error("delivery_failed", job=job.id, error=type(error).__name__)

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._stop_seconds)
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        await self._courier.settle()
        await self._courier.give_back()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(outbox.LEASE.total_seconds() / 3)
            with _bearing("renewal"):
                await self._courier.renew()


async def _timers(stop: asyncio.Event, stop_seconds: float) -> None:
    running: dict[str, asyncio.Task[bool]] = {}
    while not stop.is_set():
        with _bearing("timers"):
            for timer in await timers.due(leaving_out=running):
                running[timer.name] = asyncio.create_task(timers.run(timer), name=timer.name)
        await _pause(stop, TIMER_POLL_SECONDS)
        for name in [name for name, task in running.items() if task.done()]:
            with _bearing(name):
                running.pop(name).result()
    if running:
        _, late = await asyncio.wait(running.values(), timeout=stop_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class _bearing:  # noqa: N801 - reads as a statement
    """The database may be away for a while: what is in hand goes on, the rest waits for it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> bool:
        self.failed = isinstance(error, Exception)
        if self.failed:
            log.error("worker_waits", what=self._what, exc_info=error)
        return self.failed


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
