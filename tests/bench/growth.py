"""Fills a sample district up to any number of complaints within minutes, on either database.

The rows are copies of the district's own public complaints, made by the database itself; which
columns there are is asked of the schema. A share of them can be found by a word each.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from server.core import ids, search

MARKS = {"기린": 0, "펭귄": 100, "고래": 3}
"""Words that no sample says: in one row, in each hundredth, and nearly in each third."""

COPY = "(place BIGINT PRIMARY KEY, pattern BIGINT, label TEXT, entry BIGINT, said TEXT, grams {})"
PUBLIC = "SELECT p.complaint_id, p.title, p.number FROM publication p ORDER BY p.complaint_id"
NEWEST = "SELECT max(id) FROM complaint"
GIVEN = {
    "complaint": {"id": "c.place", "number": "c.label", "photos_count": "0"},
    "publication": {"complaint_id": "c.place", "number": "c.label", "photos_count": "0"},
}


def _rows(
    patterns: Sequence[tuple[Any, ...]], newest: int, count: int
) -> Iterator[tuple[int, int, str, int, str]]:
    """Of each complaint more: its id, whose copy it is, its number, its entry, what finds it."""
    for number in range(1, count - len(patterns) + 1):
        pattern, title, _ = patterns[number % len(patterns)]
        place = newest + number
        series, sequence = divmod(number - 1, 999_999)
        label = ids.receipt_number(2001 + series, 1, sequence + 1)
        marks = [
            word
            for word, every in MARKS.items()
            if (number % every == 0 if every else number == count // 2)
        ]
        said = search.normalised(" ".join([title, *marks, label]))
        yield place, pattern, label, search.place("complaint", place), said


def _copied(table: str, columns: Sequence[str]) -> str:
    """The statement that writes the copies of a table's rows."""
    key = "id" if table == "complaint" else "complaint_id"
    given = GIVEN[table]
    chosen = ", ".join(given.get(name, f'p."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {chosen}"
        f" FROM copied c JOIN {table} p ON p.{key} = c.pattern ORDER BY c.place"
    )


def grow_sqlite(file: Path, count: int) -> str:
    """Until there are `count` public complaints; the number of one that was there before, with all
    that belongs to it."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        run = database.execute
        run("PRAGMA synchronous=OFF")
        run("PRAGMA cache_size=-200000")
        run("PRAGMA temp_store=MEMORY")
        patterns = run(PUBLIC).fetchall()
        ((newest,),) = run(NEWEST)
        run("BEGIN")
        run(f"CREATE TEMP TABLE copied {COPY.format('TEXT')}")
        database.executemany(
            "INSERT INTO copied VALUES (?, ?, ?, ?, ?, ?)",
            ((*row, search.tokens(row[-1])) for row in _rows(patterns, newest, count)),
        )
        for table in GIVEN:
            columns = [row[1] for row in run(f"PRAGMA table_xinfo({table})") if not row[6]]
            run(_copied(table, columns))
        run(
            "INSERT INTO search_entry (id, kind, ref, text)"
            " SELECT entry, 'complaint', place, said FROM copied"
        )
        run("INSERT INTO search_gram (rowid, grams) SELECT entry, grams FROM copied")
        run("COMMIT")
        run("DROP TABLE copied")
        run("ANALYZE")
    return str(patterns[0][2])


async def grow_postgres(url: str, count: int) -> str:
    """As `grow_sqlite`."""
    database = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    run = database.execute
    try:
        await run("SET session_replication_role = replica")  # copies of what was right are right
        await run("SET maintenance_work_mem = '512MB'")
        patterns = [tuple(row) for row in await database.fetch(PUBLIC)]
        newest = await database.fetchval(NEWEST)
        await run(f"CREATE TEMP TABLE copied {COPY.format('TEXT[]')}")
        await database.copy_records_to_table(
            "copied",
            records=(
                (*row, search.elements(row[0], row[-1])) for row in _rows(patterns, newest, count)
            ),
        )
        await run("ANALYZE copied")
        for table in GIVEN:
            columns = await database.fetch(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position",
                table,
            )
            await run(_copied(table, [row["column_name"] for row in columns]))
        made = await database.fetchval("SELECT pg_get_indexdef('search_entry_grams'::regclass)")
        await run("DROP INDEX search_entry_grams")
        await run(
            "INSERT INTO search_entry (kind, ref, text, grams)"
            " SELECT 'complaint', place, said, grams FROM copied ORDER BY place"
        )
        await run(made)
        await run(
            "SELECT setval(pg_get_serial_sequence('complaint', 'id'), max(id)) FROM complaint"
        )
        await run("DROP TABLE copied")
        await run("VACUUM ANALYZE")
    finally:
        await database.close()
    return str(patterns[0][2])
