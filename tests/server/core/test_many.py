"""Many rows in one statement: every kind of value arrives as it was given, on both databases."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from server.core import db, many

AT = datetime.fromisoformat("2026-11-23T10:00:00.000001+09:00")
NUMBER = UUID("0193f1e0-0000-7000-8000-000000000001")


async def test_rows_are_given_in_one_argument(opened: Any) -> None:
    given = many.given(id="bigint", name="text", at="timestamptz", about="uuid", points="integer")
    each: list[dict[str, Any]] = [
        {"id": 2**40, "name": "마당 \"'\\", "at": AT, "about": NUMBER, "points": None},
        {"id": 1, "name": None, "at": None, "about": None, "points": 3},
    ]
    rows = await db.fetch(f"SELECT given.* FROM {given} ORDER BY id DESC", [many.rows(each)])
    for row, expected in zip(rows, each, strict=True):
        row["at"] = row["at"] and db.instant(row["at"])
        row["about"] = row["about"] and UUID(str(row["about"]))
        assert row == expected


async def test_no_rows_are_no_rows(opened: Any) -> None:
    assert await db.fetch(f"SELECT * FROM {many.given(id='bigint')}", [many.rows([])]) == []


async def test_times_are_written_as_the_database_writes_them(opened: Any) -> None:
    await db.execute("INSERT INTO timer_lease (name, next_at) VALUES ('a', ?)", [AT])
    found = await db.fetch(
        f"SELECT name FROM {many.given(at='timestamptz')} JOIN timer_lease ON next_at = given.at",
        [many.rows([{"at": AT}])],
    )
    assert [row["name"] for row in found] == ["a"]


@pytest.mark.parametrize(
    ("values", "found"), [((), []), (("a",), ["a"]), (("c", "a", "nobody"), ["a", "c"])]
)
async def test_among_finds_those_that_there_are(
    opened: Any, values: tuple[str, ...], found: list[str]
) -> None:
    for name in "abc":
        await db.execute("INSERT INTO counter (series, given) VALUES (?, 1)", [name])
    listed, args = many.among("series", values, "text")
    rows = await db.fetch(f"SELECT series FROM counter WHERE {listed} ORDER BY series", args)
    assert [row["series"] for row in rows] == found


def test_what_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        many.rows([{"id": b"x"}])
