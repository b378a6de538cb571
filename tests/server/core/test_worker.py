"""The worker wakes quickly, keeps slow jobs from holding up others, and stops without loss."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from server import worker
from server.core import clock, db, outbox
from server.core.outbox import Job


@db.transactional
async def say(topic: str, count: int = 1) -> None:
    for n in range(count):
        await outbox.emit(topic, {"n": n})


async def until(true: Callable[[], Any], seconds: float = 10) -> float:
    """Waits until something is so; how long it took."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while not true():
        assert loop.time() - begin < seconds, "it did not happen"
        await asyncio.sleep(0.002)
    return loop.time() - begin


@asynccontextmanager
async def working(settings: Any) -> AsyncIterator[asyncio.Event]:
    """A worker beside the test, on the database the test has open."""
    stop = asyncio.Event()
    running = asyncio.create_task(worker.deliver(settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        await running


async def test_it_wakes_within_a_fifth_of_a_second(opened: Any) -> None:
    done: list[int] = []

    async def handler(job: Job) -> None:
        done.append(job.id)

    outbox.wire({"told": [handler]})
    async with working(opened):
        await asyncio.sleep(0.3)
        took = []
        for n in range(1, 6):
            await say("told")
            took.append(await until(lambda n=n: len(done) == n))
    assert sorted(took)[2] <= 0.2


async def test_many_small_jobs_are_done_in_batches(opened: Any) -> None:
    done: set[int] = set()

    async def handler(job: Job) -> None:
        done.add(job.id)

    outbox.wire({"told": [handler]})
    await say("told", 1000)
    async with working(opened):
        await until(lambda: len(done) == 1000)
    assert await db.fetch("SELECT id FROM outbox_job") == []


async def test_a_provider_that_hangs_holds_up_nobody_else(opened: Any) -> None:
    hanging: list[int] = []
    done: list[int] = []
    release = asyncio.Event()

    async def hang(job: Job) -> None:
        hanging.append(job.id)
        await release.wait()

    async def quick(job: Job) -> None:
        done.append(job.id)

    outbox.wire({"slow": [hang], "quick": [quick]})
    await say("slow", 200)
    async with working(opened):
        await until(lambda: len(hanging) >= worker.SLOTS // 2)
        await say("quick")
        assert await until(lambda: done) < 1
        release.set()
        await until(lambda: len(hanging) == 200)


async def test_stopping_finishes_what_is_in_hand(opened: Any) -> None:
    begun: list[int] = []
    done: list[int] = []

    async def handler(job: Job) -> None:
        begun.append(job.id)
        await asyncio.sleep(0.3)
        done.append(job.id)

    outbox.wire({"told": [handler]})
    await say("told", 3)
    async with working(opened) as stop:
        await until(lambda: len(begun) == 3)
        stop.set()
        await say("told")
    assert begun == done
    (left,) = await db.fetch("SELECT attempt, lease_token FROM outbox_job")
    assert left == {"attempt": 0, "lease_token": None}


async def test_what_does_not_finish_in_time_is_given_back(opened: Any) -> None:
    async def handler(job: Job) -> None:
        await asyncio.sleep(60)

    outbox.wire({"told": [handler]})
    await say("told")
    async with working(opened.model_copy(update={"stop_seconds": 0.1})):
        await asyncio.sleep(0.4)
    (left,) = await db.fetch("SELECT state, lease_token, failures FROM outbox_job")
    assert left == {"state": "waiting", "lease_token": None, "failures": 0}
    assert await outbox.any_due()


async def test_a_failing_job_does_not_stop_the_worker(opened: Any) -> None:
    done: list[int] = []

    async def handler(job: Job) -> None:
        if job.payload["n"] % 2:
            raise ValueError("no")
        done.append(job.id)

    outbox.wire({"told": [handler]})
    await say("told", 10)
    async with working(opened):
        await until(lambda: len(done) == 5)
    assert (await outbox.pending_counts())["told"]["waiting"] == 5


async def test_a_job_that_is_cancelled_is_not_held_for_ever(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease runs out, and it comes again, to whoever is there then."""
    couriers: list[outbox.Courier] = []

    class Watched(outbox.Courier):
        def __init__(self) -> None:
            super().__init__()
            couriers.append(self)

    begun: list[int] = []

    async def handler(job: Job) -> None:
        begun.append(job.attempt)
        if job.attempt == 1:
            raise asyncio.CancelledError

    monkeypatch.setattr(outbox, "Courier", Watched)
    outbox.wire({"told": [handler]})
    await say("told")
    async with working(opened):
        await until(lambda: couriers, seconds=60)
        (courier,) = couriers
        await until(lambda: begun and not courier.held, seconds=60)
        await courier.renew()
        with clock.use(clock.now() + 2 * outbox.LEASE):
            await until(lambda: begun == [1, 2], seconds=60)


async def test_a_database_that_is_away_is_waited_for(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def handler(job: Job) -> None:
        done.append(job.id)

    async def away() -> bool:
        raise OSError("connection refused")

    monkeypatch.setattr(worker, "AWAY_SECONDS", 0.05)
    outbox.wire({"told": [handler]})
    await say("told")
    async with working(opened):
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "any_due", away)
            await asyncio.sleep(0.2)
        await until(lambda: done)


async def test_timers_run_beside_jobs_and_are_finished(opened: Any) -> None:
    ran: list[str] = []

    async def quick() -> None:
        ran.append("quick")

    async def slow() -> None:
        await asyncio.sleep(0.4)
        ran.append("slow")

    outbox.wire_timers(
        [
            outbox.Timer("quick", timedelta(seconds=0.1), quick),
            outbox.Timer("slow", timedelta(hours=1), slow),
        ]
    )
    async with working(opened) as stop:
        await until(lambda: ran)
        stop.set()
    assert ran.count("slow") == 1


@pytest.mark.prove
async def test_thousands_a_second(opened: Any) -> None:
    """On an idle machine; the goal leaves room for a slow one."""
    done: set[int] = set()

    async def handler(job: Job) -> None:
        done.add(job.id)

    outbox.wire({"told": [handler]})
    await say("told", 10_000)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with working(opened):
        await until(lambda: len(done) == 10_000, seconds=30)
        took = loop.time() - begin
    print(f"{db.dialect()}: {10_000 / took:,.0f} jobs a second")
    assert 10_000 / took >= 1000
