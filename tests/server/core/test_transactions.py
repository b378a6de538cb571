"""A transaction belongs to one task, ends whatever becomes of its caller, and leaves nothing."""

import asyncio
import contextlib
import random
import sqlite3
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from server.core import db, transaction
from server.core.models import Counter

CANCELLED = 500


@db.transactional
async def add(series: str, *, pause: float = 0, fail: bool = False) -> int:
    await db.execute(
        "INSERT INTO counter (series, given) VALUES (?, 1)"
        " ON CONFLICT (series) DO UPDATE SET given = counter.given + 1",
        [series],
    )
    await asyncio.sleep(pause)
    if fail:
        raise ValueError("undone")
    rows = await db.fetch("SELECT given FROM counter WHERE series = ?", [series])
    return int(rows[0]["given"])


async def given(series: str) -> int:
    rows = await db.fetch("SELECT given FROM counter WHERE series = ?", [series])
    return int(rows[0]["given"]) if rows else 0


async def test_it_commits_or_undoes_all(opened: Any) -> None:
    assert await add("a") == 1
    with pytest.raises(ValueError, match="undone"):
        await add("a", fail=True)
    assert await given("a") == 1
    assert not db.transaction_open()


async def test_nested_calls_join(opened: Any) -> None:
    @db.transactional
    async def both() -> None:
        assert db.transaction_open()
        await add("a")
        await add("b")
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await both()
    assert await given("a") == await given("b") == 0


async def test_tortoise_writes_in_it(opened: Any) -> None:
    @db.transactional
    async def both() -> None:
        await Counter.create(series="model", given=5)
        await add("model")
        assert (await Counter.get(series="model")).given == 6
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await both()
    assert not await Counter.exists(series="model")


async def test_an_error_that_is_caught_inside_a_savepoint_spoils_nothing(opened: Any) -> None:
    @db.transactional
    async def twice() -> None:
        await Counter.create(series="x", given=1)
        with contextlib.suppress(IntegrityError):
            async with in_transaction():
                await Counter.create(series="y", given=1)
                await Counter.create(series="x", given=2)
        found, made = await Counter.get_or_create(series="x", defaults={"given": 9})
        assert (found.given, made) == (1, False)
        await Counter.create(series="z", given=3)

    await twice()
    assert sorted(await Counter.all().values_list("series", flat=True)) == ["x", "z"]


async def test_the_caller_going_away_does_not_undo_it(opened: Any) -> None:
    caller = asyncio.create_task(add("a", pause=0.1))
    await asyncio.sleep(0.03)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await db.settled()
    assert await given("a") == 1


async def test_closing_waits_for_what_is_in_hand(settings: Any) -> None:
    await db.init(settings)
    caller = asyncio.create_task(add("a", pause=0.1))
    await asyncio.sleep(0.03)
    await db.close()
    assert caller.done() or await caller == 1
    await db.init(settings)
    assert await given("a") == 1
    await db.close()


async def test_500_cancelled_transactions_leave_no_lock_and_no_connection(opened: Any) -> None:
    """Half through services, half through Tortoise's own scope, cut at random moments."""

    async def scope() -> None:
        async with in_transaction():
            await db.execute("UPDATE counter SET given = given + 1 WHERE series = 'scope'")
            await asyncio.sleep(0)

    chance = random.Random(20261121)
    await add("scope")
    for _ in range(CANCELLED // 20):
        callers = [asyncio.create_task(add("service") if n % 2 else scope()) for n in range(20)]
        for caller in callers:
            await asyncio.sleep(chance.choice([0, 0, 0.0005, 0.002]))
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    await db.settled()
    before = await given("service")
    assert await asyncio.wait_for(add("service"), 5) == before + 1
    await _nothing_left(opened)


async def _nothing_left(settings: Any) -> None:
    if db.dialect() == "sqlite":
        path = settings.database_url.removeprefix("sqlite://")
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as outside:
            outside.execute("BEGIN IMMEDIATE")
            outside.execute("ROLLBACK")
        return
    pool: Any = db.connection()._pool
    assert pool.get_idle_size() == pool.get_size()
    rows = await db.fetch(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%'"
    )
    assert rows[0]["n"] == 0


async def test_a_task_started_inside_is_refused_while_it_is_open(opened: Any) -> None:
    refused: list[str] = []

    @db.transactional
    async def spawn() -> None:
        async def child() -> None:
            try:
                await given("a")
            except RuntimeError as error:
                refused.append(str(error))

        await asyncio.create_task(child())

    await spawn()
    assert "started inside a transaction" in refused[0]


async def test_a_task_started_inside_stands_outside_afterwards(opened: Any) -> None:
    """It must not inherit the dead connection."""
    later: list[asyncio.Task[int]] = []

    @db.transactional
    async def spawn() -> None:
        async def child() -> int:
            await ended.wait()
            assert not db.transaction_open()
            return await add("late")

        later.append(asyncio.create_task(child()))

    ended = asyncio.Event()
    await spawn()
    ended.set()
    assert await later[0] == 1


async def test_readers_do_not_wait_for_a_writer(opened: Any) -> None:
    await add("a")
    writer = asyncio.create_task(add("a", pause=0.4))
    await asyncio.sleep(0.05)
    begin = asyncio.get_running_loop().time()
    assert await given("a") == 1
    assert await Counter.all().count() == 1
    assert asyncio.get_running_loop().time() - begin < 0.2
    assert await writer == 2
    assert await given("a") == 2


async def test_nothing_is_lost_between_writers(opened: Any) -> None:
    await asyncio.gather(*(add("a") for _ in range(100)))
    assert await given("a") == 100


async def test_acts_after_the_commit(opened: Any) -> None:
    done: list[str] = []

    @db.transactional
    async def work(fail: bool) -> None:
        db.after_commit(lambda: done.append("told"))
        assert not done
        if fail:
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await work(fail=True)
    assert not done
    await work(fail=False)
    assert done == ["told"]
    with pytest.raises(RuntimeError):
        db.after_commit(lambda: None)


async def test_nothing_foreign_is_awaited_inside(opened: Any) -> None:
    db.assert_no_transaction()

    @db.transactional
    async def foreign() -> None:
        db.assert_no_transaction()

    with pytest.raises(RuntimeError, match="foreign"):
        await foreign()


async def test_a_deadlock_is_begun_again(opened: Any) -> None:
    """PostgreSQL breaks it and one of the two is run once more; SQLite never gets into one."""
    await add("one")
    await add("two")
    runs = 0

    @db.transactional
    async def crossing(first: str, second: str) -> None:
        nonlocal runs
        runs += 1
        await db.execute("UPDATE counter SET given = given + 1 WHERE series = ?", [first])
        await asyncio.sleep(0.05)
        await db.execute("UPDATE counter SET given = given + 1 WHERE series = ?", [second])

    await asyncio.gather(crossing("one", "two"), crossing("two", "one"))
    assert await given("one") == await given("two") == 3
    assert runs == (3 if db.dialect() == "postgres" else 2)


async def test_every_durability_is_asked_for(opened: Any) -> None:
    if db.dialect() == "sqlite":
        for pragma, wanted in (("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1)):
            rows = await db.fetch(f"PRAGMA {pragma}")
            assert list(rows[0].values()) == [wanted]
    else:
        rows = await db.fetch("SHOW synchronous_commit")
        assert rows[0]["synchronous_commit"] in {"on", "remote_apply", "remote_write"}
        rows = await db.fetch("SHOW transaction_isolation")
        assert rows[0]["transaction_isolation"] == "read committed"


async def test_marks_are_rewritten_outside_quotes_only(opened: Any) -> None:
    await add("what?")
    rows = await db.fetch(
        "SELECT '?' AS mark, given FROM counter WHERE series = ? AND '''?' <> ?", ["what?", "x"]
    )
    assert rows == [{"mark": "?", "given": 1}]
    assert await db.execute("UPDATE counter SET given = 5 WHERE series LIKE ?", ["wh%"]) == 1
    assert await db.execute("DELETE FROM counter WHERE given = ?", [7]) == 0


async def test_errors_are_the_same_on_both(opened: Any) -> None:
    await Counter.create(series="a", given=1)
    with pytest.raises(IntegrityError):
        await db.execute("INSERT INTO counter (series, given) VALUES ('a', 1)")
    with pytest.raises(OperationalError):
        await db.fetch("SELECT nothing FROM nowhere")


async def test_what_must_be_open_says_so() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        db.connection()
    with pytest.raises(RuntimeError, match="not open"):
        db.dialect()
    assert not db.transaction_open()
    assert transaction.current() is None
