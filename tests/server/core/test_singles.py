"""Single statements at once: each its own all or nothing, whoever shares its commit."""

import asyncio
import contextlib
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from server.core import db

INSERT = "INSERT INTO counter (series, given) VALUES (?, ?) RETURNING given"
MORE = "UPDATE counter SET given = given + ? WHERE series = ?"


async def given(series: str) -> int:
    rows = await db.fetch("SELECT given FROM counter WHERE series = ?", [series])
    return int(rows[0]["given"]) if rows else 0


async def test_each_hears_what_became_of_its_own(opened: Any) -> None:
    await db.execute(INSERT, ["taken", 1])
    acts = [db.fetch(INSERT, ["taken" if n % 3 == 0 else f"s{n}", n]) for n in range(200)]
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        if number % 3 == 0:
            assert isinstance(outcome, IntegrityError)
        else:
            assert outcome == [{"given": number}]
            assert await given(f"s{number}") == number
    assert await given("taken") == 1


async def test_one_that_cannot_be_read_spoils_no_other(opened: Any) -> None:
    acts = [db.execute(INSERT, ["a", 1]), db.execute("UPDATE nothing SET x = 1"),
            db.execute(INSERT, ["b", 1])]  # fmt: skip
    first, second, third = await asyncio.gather(*acts, return_exceptions=True)
    assert (first, third) == (1, 1)
    assert isinstance(second, OperationalError)
    with pytest.raises(OperationalError):
        await db.execute("DELETE FROM nothing")


async def test_a_value_that_no_column_holds_spoils_no_other(opened: Any) -> None:
    acts = [db.execute(INSERT, [name, value]) for name, value in (("a", 1), ("b", 2**70), ("c", 3))]
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [1, 1]
    assert isinstance(outcomes[1], Exception)
    assert [await given("a"), await given("c")] == [1, 3]


async def test_they_and_transactions_take_turns(opened: Any) -> None:
    await db.execute(INSERT, ["a", 0])

    @db.transactional
    async def slowly() -> None:
        lock = " FOR UPDATE" if db.dialect() == "postgres" else ""
        (row,) = await db.fetch(f"SELECT given FROM counter WHERE series = 'a'{lock}")
        before = row["given"]
        await asyncio.sleep(0.01)
        await db.execute("UPDATE counter SET given = ? WHERE series = 'a'", [before + 100])
        if before % 2:
            raise ValueError("undone")

    async def quickly() -> None:
        for _ in range(10):
            await db.execute(MORE, [1, "a"])

    async def sometimes() -> int:
        done = 0
        for _ in range(5):
            with contextlib.suppress(ValueError):
                await slowly()
                done += 1
        return done

    results = await asyncio.gather(*(quickly() for _ in range(10)), sometimes(), sometimes())
    assert await given("a") == 100 + 100 * sum(filter(None, results))


async def test_a_caller_who_goes_away_leaves_the_others(opened: Any) -> None:
    await db.execute(INSERT, ["a", 0])
    tasks = [asyncio.create_task(db.execute(MORE, [1, "a"])) for _ in range(300)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(outcome == 1 for outcome in outcomes[1::2])
    assert 150 <= await given("a") <= 300
    await db.execute(MORE, [1, "a"])
