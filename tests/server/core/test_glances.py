"""Short reads are made where they are asked for; longer ones never keep the event loop waiting."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core import db
from server.core.glances import Glances
from server.core.remembered import remembered

LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    " SELECT count(*) FROM n"
)
SHORT = "SELECT given FROM counter WHERE series = ?"


@pytest.fixture
def glances(tmp_path: Path) -> Iterator[Glances]:
    connection = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    connection.executescript(
        "CREATE TABLE counter (series TEXT PRIMARY KEY, given INT);"
        "INSERT INTO counter VALUES ('a', 7);"
        "CREATE VIRTUAL TABLE words USING fts5(said);"
    )
    opened = Glances(connection)
    yield opened
    opened.close()


def test_a_short_read_is_made_at_once_however_often(glances: Glances) -> None:
    for _ in range(5000):
        rows = glances.read(SHORT, ["a"])
        assert rows is not None
        assert rows[0][0] == 7


def test_a_long_one_is_broken_off_and_left_to_a_thread_from_then_on(glances: Glances) -> None:
    assert glances.read(LONG, []) is None
    assert LONG in glances._long
    assert glances.read(LONG, []) is None
    assert glances.read(SHORT, ["a"]) is not None


def test_the_full_text_index_is_always_a_threads(glances: Glances) -> None:
    assert glances.read("SELECT rowid FROM words WHERE words MATCH ?", ["a"]) is None


def test_a_read_of_few_but_slow_steps_is_found_out(
    glances: Glances, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(range(100))
    monkeypatch.setattr("server.core.glances.thread_time", lambda: next(moments))
    assert [glances.read(SHORT, ["a"]) is not None for _ in range(4)] == [True, True, True, False]


def test_what_is_locked_is_for_a_thread_to_wait_for(glances: Glances, tmp_path: Path) -> None:
    glances._connection.execute("PRAGMA busy_timeout=0")
    other = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert glances.read(SHORT, ["a"]) is None
    other.execute("ROLLBACK")
    other.close()
    assert glances.read(SHORT, ["a"]) is not None


def test_a_mistake_is_told(glances: Glances) -> None:
    with pytest.raises(sqlite3.OperationalError, match="nothing"):
        glances.read("SELECT * FROM nothing", [])


async def test_reads_of_any_length_see_what_was_just_committed(opened: Any) -> None:
    for number in range(30):
        await db.execute(
            "INSERT INTO counter (series, given) VALUES ('a', ?)"
            " ON CONFLICT (series) DO UPDATE SET given = excluded.given",
            [number],
        )
        assert await db.fetch(SHORT, ["a"]) == [{"given": number}]
    if db.dialect() == "sqlite":
        counted = await asyncio.gather(*(db.fetch(LONG) for _ in range(3)))
        assert counted == [[{"count(*)": 300_000}]] * 3


class Read:
    """A reading function that says how often it was called."""

    def __init__(self) -> None:
        self.times = 0
        self.remembered = remembered(self.given)

    async def given(self, series: str) -> int:
        self.times += 1
        return int((await db.fetch(SHORT, [series]))[0]["given"])


async def test_what_was_read_stands_until_something_is_committed(opened: Any) -> None:
    await db.execute("INSERT INTO counter (series, given) VALUES ('a', 1), ('b', 2)")
    read = Read()
    values = [await read.remembered(series) for series in "abab"]
    assert values == [1, 2, 1, 2]
    assert read.times == (2 if db.dialect() == "sqlite" else 4)
    await db.execute("UPDATE counter SET given = 3 WHERE series = 'a'")
    assert [await read.remembered("a"), await read.remembered("b")] == [3, 2]


async def test_a_transaction_sees_what_it_has_written_and_nobody_else_does(opened: Any) -> None:
    await db.execute("INSERT INTO counter (series, given) VALUES ('a', 1)")
    read = Read()
    assert await read.remembered("a") == 1
    seen: list[int] = []

    @db.transactional
    async def undone() -> None:
        await db.execute("UPDATE counter SET given = 2 WHERE series = 'a'")
        seen.append(await read.remembered("a"))
        raise LookupError

    with pytest.raises(LookupError):
        await undone()
    assert seen == [2]
    assert await read.remembered("a") == 1


async def test_another_process_is_noticed(opened: Any, tmp_path: Path) -> None:
    if db.dialect() != "sqlite":
        assert db.standing() is None
        return
    await db.execute("INSERT INTO counter (series, given) VALUES ('a', 1)")
    read = Read()
    assert await read.remembered("a") == 1
    other = sqlite3.connect(opened.database_url.removeprefix("sqlite://"), isolation_level=None)
    other.execute("UPDATE counter SET given = 2 WHERE series = 'a'")
    other.close()
    assert await read.remembered("a") == 2
