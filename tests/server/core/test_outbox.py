"""What is queued is done at least once, by one worker at a time, or ends before the desk."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db, jobs, lease, outbox
from server.core.outbox import Dead, Job, LeaseLostError, Retry

GONE = f"{lease._place()}.{2**22 + 7}.1.x"
"""The lease of a process that cannot be there."""


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = clock.now()

    def __call__(self) -> Any:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


class Recorder:
    """A handler that remembers, and does what it is told to."""

    def __init__(self, name: str = "record", act: Any = None) -> None:
        self.__name__ = name
        self.jobs: list[Job] = []
        self.act = act

    async def __call__(self, job: Job) -> None:
        self.jobs.append(job)
        if isinstance(self.act, Exception):
            raise self.act
        if self.act is not None:
            await self.act(job)


@pytest.fixture
def time() -> Any:
    moving = Clock()
    with clock.use(moving):
        yield moving


@db.transactional
async def say(topic: str = "told", key: str | None = None, **more: Any) -> None:
    await outbox.emit(topic, {"n": 1}, key=key, **more)


async def rows() -> list[dict[str, Any]]:
    return await db.fetch("SELECT * FROM outbox_job ORDER BY id")


async def test_each_wired_handler_gets_it_once(opened: Any) -> None:
    one, two = Recorder("one"), Recorder("two")
    outbox.wire({"told": [one, two], "other": [one]})
    await say()
    assert await outbox.drain() == 2
    assert [job.payload for job in one.jobs + two.jobs] == [{"n": 1}, {"n": 1}]
    assert one.jobs[0].attempt == 1
    assert await outbox.drain() == 0
    assert await rows() == []


async def test_it_is_queued_with_its_cause_or_not_at_all(opened: Any) -> None:
    outbox.wire({"told": [Recorder()]})

    @db.transactional
    async def undone() -> None:
        await outbox.emit("told", {})
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await undone()
    assert await rows() == []
    with pytest.raises(RuntimeError, match="inside the transaction"):
        await outbox.emit("told", {})


async def test_a_topic_nobody_wired_is_refused(opened: Any) -> None:
    outbox.wire({"quiet": []})
    await say("quiet")
    with pytest.raises(LookupError, match="loud"):
        await say("loud")


async def test_a_key_is_queued_once_even_after_it_was_done(opened: Any) -> None:
    handler = Recorder()
    outbox.wire({"told": [handler]})
    await say(key="a")
    await say(key="a")
    await outbox.drain()
    await say(key="a")
    await outbox.drain()
    await say(key="b")
    await outbox.drain()
    assert len(handler.jobs) == 2


async def test_nothing_runs_before_its_time(opened: Any, time: Clock) -> None:
    handler = Recorder()
    outbox.wire({"told": [handler]})
    await say(not_before=clock.now() + timedelta(hours=1))
    assert not await outbox.any_due()
    assert await outbox.drain() == 0
    time.move(hours=1)
    assert await outbox.any_due()
    assert await outbox.drain() == 1


async def test_many_are_queued_at_once_each_key_once(opened: Any, time: Clock) -> None:
    one, two = Recorder("one"), Recorder("two")
    outbox.wire({"told": [one, two]})

    @db.transactional
    async def say_many(*keys: str, **more: Any) -> None:
        await outbox.emit_many("told", (({"of": key}, key) for key in keys), **more)

    await say_many("a", "b")
    await say_many("b", "c", not_before=clock.now() + timedelta(hours=1))
    assert await outbox.drain() == 4
    time.move(hours=1)
    assert await outbox.drain() == 2
    for handler in (one, two):
        assert [job.payload["of"] for job in handler.jobs] == ["a", "b", "c"]
    with pytest.raises(RuntimeError, match="inside the transaction"):
        await outbox.emit_many("told", [])


async def test_failures_wait_longer_and_end_before_the_desk(opened: Any, time: Clock) -> None:
    handler = Recorder(act=ValueError("010-2345-6789 is nobody's business"))
    outbox.wire({"told": [handler]})
    await say()
    waits = []
    for _ in range(jobs.FAILURES_MAX):
        assert await outbox.drain() == 1
        (row,) = await rows()
        assert "010" not in row["reason"]
        waits.append(db.instant(row["due_at"]) - clock.now())
        time.move(hours=2)
    assert await outbox.drain() == 0
    assert timedelta(seconds=1) <= waits[0] <= timedelta(seconds=3)
    assert waits[8] > timedelta(minutes=4)
    (dead,) = await outbox.dead_letters()
    assert dead["payload"] == {"n": 1}
    assert dead["reason"].startswith("ValueError at tests/server/core/test_outbox.py:")
    assert await outbox.pending_counts() == {"told": {"waiting": 0, "late": 0, "dead": 1}}
    handler.act = None
    assert await outbox.retry(dead["id"])
    assert not await outbox.retry(dead["id"])
    assert await outbox.drain() == 1
    assert await rows() == []


async def test_a_handler_may_ask_for_another_time(opened: Any, time: Clock) -> None:
    handler = Recorder(act=Retry(timedelta(minutes=5)))
    outbox.wire({"told": [handler]})
    await say()
    for attempt in range(1, 30):
        assert await outbox.drain() == 1
        assert handler.jobs[-1].attempt == attempt
        time.move(minutes=4)
        assert await outbox.drain() == 0
        time.move(minutes=1)
    handler.act = Retry()
    await outbox.drain()
    (row,) = await rows()
    assert row["failures"] == 1


async def test_a_handler_may_give_up_at_once(opened: Any) -> None:
    outbox.wire({"told": [Recorder(act=Dead("the number has been withdrawn"))]})
    await say()
    await outbox.drain()
    (dead,) = await outbox.dead_letters()
    assert dead["reason"] == "the number has been withdrawn"
    assert await outbox.dead_letters(before=dead["id"]) == []


async def test_a_killed_workers_job_is_done_by_another(opened: Any, time: Clock) -> None:
    handler = Recorder()
    outbox.wire({"told": [handler]})
    await say()
    killed = outbox.Courier()
    assert len(await killed.take(10)) == 1
    assert await outbox.drain() == 0
    time.move(seconds=outbox.LEASE.total_seconds())
    assert await outbox.drain() == 1
    assert handler.jobs[0].attempt == 2
    assert handler.jobs[0].failures == 1


async def test_a_worker_killed_on_this_machine_need_not_be_waited_for(opened: Any) -> None:
    handler = Recorder()
    outbox.wire({"told": [handler]})
    await say()
    await outbox.Courier().take(1)
    assert await outbox.reclaim() == 0, "this process is alive"
    await db.execute("UPDATE outbox_job SET lease_token = ?", [GONE])
    assert await outbox.reclaim() == 1
    assert await outbox.drain() == 1


async def test_a_job_that_kills_its_worker_is_given_up(opened: Any, time: Clock) -> None:
    handler = Recorder()
    outbox.wire({"told": [handler]})
    await say()
    for _ in range(jobs.FAILURES_MAX):
        assert len(await outbox.Courier().take(1)) == 1
        time.move(seconds=outbox.LEASE.total_seconds())
    assert await outbox.drain() == 1
    assert handler.jobs == []
    (dead,) = await outbox.dead_letters()
    assert "its worker died" in dead["reason"]


async def test_who_lost_the_lease_acknowledges_nothing(opened: Any, time: Clock) -> None:
    outbox.wire({"told": [Recorder()]})
    await say()
    late, quick = outbox.Courier(), outbox.Courier()
    (old,) = await late.take(1)
    time.move(seconds=outbox.LEASE.total_seconds())
    (new,) = await quick.take(1)
    await late.deliver(old)
    await late.settle()
    (row,) = await rows()
    assert (row["state"], row["lease_token"]) == ("waiting", quick.token)
    await quick.deliver(new)
    await quick.settle()
    assert await rows() == []


async def test_a_lease_is_held_in_the_transaction_that_relies_on_it(
    opened: Any, time: Clock
) -> None:
    outbox.wire({"told": [Recorder()]})
    await say()
    courier = outbox.Courier()
    (job,) = await courier.take(1)
    held = db.transactional(outbox.hold_lease)
    await held(job)
    with pytest.raises(RuntimeError):
        await outbox.hold_lease(job)
    time.move(seconds=outbox.LEASE.total_seconds())
    await outbox.Courier().take(1)
    with pytest.raises(LeaseLostError):
        await held(job)


@pytest.mark.parametrize("key", [None, "k"])
async def test_a_job_ends_with_the_transaction_that_does_it(
    opened: Any, time: Clock, key: str | None
) -> None:
    outbox.wire({"told": [Recorder(act=db.transactional(outbox.end_with))]})
    await say(key=key)
    courier = outbox.Courier()
    (job,) = await courier.take(1)
    with pytest.raises(RuntimeError):
        await outbox.end_with(job)

    @db.transactional
    async def fails() -> None:
        await outbox.end_with(job)
        raise ValueError

    with pytest.raises(ValueError):
        await fails()
    assert [row["state"] for row in await rows()] == ["waiting"]
    await courier.deliver(job)
    # Killed before it says so: nobody does it again.
    time.move(seconds=outbox.LEASE.total_seconds())
    assert await outbox.drain() == 0
    with pytest.raises(LeaseLostError):
        await db.transactional(outbox.end_with)(job)
    await courier.settle()
    assert [row["state"] for row in await rows()] == ["done"]
    assert courier.held == {}


async def test_many_leases_are_held_at_once_but_those_that_were_lost(
    opened: Any, time: Clock
) -> None:
    outbox.wire({"told": [Recorder()]})
    for _ in range(4):
        await say()
    one, other = outbox.Courier(), outbox.Courier()
    lost, *kept = await one.take(3)
    others = await other.take(1)
    await db.execute("UPDATE outbox_job SET lease_token = NULL WHERE id = ?", [lost.id])
    time.move(seconds=30)
    holds = await db.transactional(outbox.hold_leases)([lost, *kept, *others])
    assert set(holds) == {job.id for job in (*kept, *others)}
    due = {row["id"]: db.instant(row["due_at"]) for row in await rows()}
    assert {due[number] for number in holds} == {clock.now() + outbox.LEASE}
    assert {hold.until for hold in holds.values()} == {clock.now() + outbox.LEASE}
    with pytest.raises(RuntimeError):
        await outbox.hold_leases(kept)


@pytest.mark.parametrize(("seconds", "lasts"), [(0, 60), (20, 60), (21, 81), (59, 119)])
async def test_a_lease_that_still_lasts_is_relied_upon_as_it_is(
    opened: Any, time: Clock, seconds: int, lasts: int
) -> None:
    outbox.wire({"told": [Recorder()]})
    await say()
    began = clock.now()
    (job,) = await outbox.Courier().take(1)
    time.move(seconds=seconds)
    hold = await db.transactional(outbox.hold_lease)(job)
    (row,) = await rows()
    assert hold.until == db.instant(row["due_at"]) == began + timedelta(seconds=lasts)
    time.move(seconds=lasts - seconds - 1)
    hold.check()
    time.move(seconds=1)
    with pytest.raises(LeaseLostError):
        hold.check()


@pytest.mark.parametrize("stopped", ["wall", "monotonic"])
async def test_who_was_frozen_after_taking_hold_knows_by_either_clock(
    opened: Any, time: Clock, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(outbox, "monotonic", lambda: moment[0])
    outbox.wire({"told": [Recorder()]})
    await say()
    (job,) = await outbox.Courier().take(1)
    hold = await db.transactional(outbox.hold_lease)(job)
    hold.check()
    seconds = outbox.LEASE.total_seconds()
    if stopped == "wall":
        moment[0] += seconds
    else:
        time.move(seconds=seconds)
    with pytest.raises(LeaseLostError):
        hold.check()


async def test_a_lease_is_not_relied_upon_once_the_clock_was_set_back(
    opened: Any, time: Clock
) -> None:
    outbox.wire({"told": [Recorder()]})
    await say()
    (job,) = await outbox.Courier().take(1)
    time.move(seconds=-600)
    with pytest.raises(LeaseLostError):
        await db.transactional(outbox.hold_lease)(job)


async def test_slow_jobs_keep_their_lease(opened: Any, time: Clock) -> None:
    outbox.wire({"told": [Recorder()]})
    await say()
    courier = outbox.Courier()
    await courier.take(1)
    for _ in range(5):
        time.move(seconds=outbox.LEASE.total_seconds() - 1)
        await courier.renew()
        assert await outbox.Courier().take(1) == []


async def test_a_handler_whose_lease_is_lost_is_stopped(opened: Any, time: Clock) -> None:
    outbox.wire({"told": [Recorder(act=lambda _: asyncio.sleep(60))]})
    await say()
    courier = outbox.Courier()
    (job,) = await courier.take(1)
    delivery = asyncio.create_task(courier.deliver(job))
    await asyncio.sleep(0.01)
    time.move(seconds=outbox.LEASE.total_seconds())
    await outbox.Courier().take(1)
    await courier.renew()
    with pytest.raises(asyncio.CancelledError):
        await delivery


async def test_workers_at_once_never_share_a_job(opened: Any) -> None:
    outbox.wire({"told": [Recorder()]})

    @db.transactional
    async def many() -> None:
        for n in range(400):
            await outbox.emit("told", {"n": n})

    await many()
    couriers = [outbox.Courier() for _ in range(8)]

    async def take(courier: outbox.Courier) -> list[int]:
        found: list[int] = []
        while jobs := await courier.take(7):
            found += [job.id for job in jobs]
        return found

    taken = [number for part in await asyncio.gather(*map(take, couriers)) for number in part]
    assert len(taken) == len(set(taken)) == 400


async def test_no_more_are_taken_than_asked_for_whatever_the_planner_does(opened: Any) -> None:
    """PostgreSQL may run a subquery again for each row, and skip what it has locked before."""
    outbox.wire({"told": [Recorder()]})
    for _ in range(20):
        await say()
    courier = outbox.Courier()

    @db.transactional
    async def taken() -> list[Job]:
        if db.dialect() == "postgres":
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                await db.execute(f"SET LOCAL enable_{way} = off")
            await db.execute("SET LOCAL enable_indexscan = off")
            await db.execute("SET LOCAL enable_bitmapscan = off")
        return await courier.take(3)

    assert len(await taken()) == 3
    assert [row["attempt"] for row in await rows()] == [1] * 3 + [0] * 17


async def test_only_wired_handlers_are_taken(opened: Any) -> None:
    """A worker that is older than the web process must not kill jobs it does not know."""
    outbox.wire({"told": [Recorder("new")]})
    await say()
    outbox.wire({"told": [Recorder("old")]})
    assert await outbox.drain() == 0
    outbox.wire({"told": [Recorder("new")]})
    assert await outbox.drain() == 1


async def test_drain_does_what_jobs_queue(opened: Any) -> None:
    second = Recorder("second")
    outbox.wire({"told": [Recorder("first", act=lambda _: say("next"))], "next": [second]})
    await say()
    assert await outbox.drain() == 2
    assert len(second.jobs) == 1
    await say()
    assert await outbox.drain(limit=1) == 1


async def test_done_keys_are_forgotten_after_a_month(opened: Any, time: Clock) -> None:
    outbox.wire({"told": [Recorder()]})
    await say(key="a")
    await outbox.drain()
    assert await outbox.purge() == 0
    time.move(days=31)
    assert await outbox.purge() == 1


def test_a_handler_is_named_by_slice_and_function() -> None:
    async def send_sms(job: Job) -> None: ...

    send_sms.__module__ = "server.messages.handlers"
    assert outbox.handler_name(send_sms) == "messages.send_sms"


# Timers


async def test_a_timer_runs_at_its_times_and_once(opened: Any, time: Clock) -> None:
    runs: list[Any] = []

    async def run() -> None:
        runs.append(clock.now())
        assert await outbox.run_timers() == 0, "it is running already"

    outbox.wire_timers([outbox.Timer("sweep", timedelta(minutes=10), run)])
    assert await outbox.run_timers() == 1
    assert await outbox.run_timers() == 0
    time.move(minutes=10)
    assert await outbox.run_timers() == 1
    time.move(days=3)
    assert await outbox.run_timers() == 1, "what was missed is not made up for"
    assert len(runs) == 3


async def test_a_failing_timer_comes_again_and_stops_no_other(opened: Any, time: Clock) -> None:
    ran = []

    async def fails() -> None:
        raise ValueError("no")

    async def works() -> None:
        ran.append(1)

    outbox.wire_timers(
        [
            outbox.Timer("fails", timedelta(minutes=1), fails),
            outbox.Timer("works", timedelta(minutes=1), works),
        ]
    )
    assert await outbox.run_timers() == 2
    assert ran == [1]
    (row,) = await db.fetch("SELECT last_error FROM timer_lease WHERE name = 'fails'")
    assert row["last_error"].startswith("ValueError")
    time.move(minutes=1)
    assert await outbox.run_timers() == 2


async def test_the_timer_of_a_killed_worker_is_taken_over(opened: Any, time: Clock) -> None:
    ran = []

    async def run() -> None:
        ran.append(1)

    outbox.wire_timers([outbox.Timer("sweep", timedelta(minutes=10), run)])
    for token in ("another.machine.1.2.x", GONE):
        await db.execute(
            "INSERT INTO timer_lease (name, next_at, lease_token, leased_until)"
            " VALUES ('sweep', ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET next_at = excluded.next_at, lease_token = excluded.lease_token,"
            " leased_until = excluded.leased_until",
            [clock.now(), token, clock.now() + timedelta(minutes=1)],
        )
        assert await outbox.run_timers() == (1 if token == GONE else 0)
    assert ran == [1]


def test_two_timers_of_one_name_are_refused() -> None:
    timer = outbox.Timer("same", timedelta(minutes=1), lambda: asyncio.sleep(0))
    with pytest.raises(ValueError, match="same name"):
        outbox.wire_timers([timer, timer])


def test_a_lease_tells_whether_its_holder_is_gone() -> None:
    mine = lease.token()
    assert not lease.holder_gone(mine)
    assert lease.holder_gone(GONE)
    assert not lease.holder_gone("another.machine.1.2.x")
    assert not lease.holder_gone("")
    place, namespace, process, _, rest = mine.split(".")
    assert lease.holder_gone(f"{place}.{namespace}.{process}.1.{rest}"), "the number came back"
