"""Public complaints for other programs: whole rows of the masked copy, and nothing else (Y12-1).

Feeds, open data and Open311 read here; a complaint whose disclosure was refused has no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.complaints.disclosure.publishing import SEARCH_KIND
from server.core import db, search

FOUND_AT_MOST = 1_000

_COLUMNS = (
    "p.complaint_id, p.number, p.title, p.body, p.place, p.latitude, p.longitude, p.topic_id,"
    " p.department_id, p.stage, p.photos_count, p.filed_at, p.updated_at, p.due_at"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A public complaint, masked. `stage` is received, handling or completed."""

    id: int
    number: str
    title: str
    body: str
    place: str
    latitude: float | None
    longitude: float | None
    topic_id: int
    department_id: int | None
    stage: str
    photos_count: int
    filed_at: datetime
    updated_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which public complaints are asked for: those that fit all that is given.

    `stages`, `topics`, `numbers` are any of them (empty: nothing fits); `filed` is a span of
    instants, both included; `before` the id before which the page begins.
    """

    topics: Sequence[int] | None = None
    department: int | None = None
    stages: Sequence[str] | None = None
    numbers: Sequence[str] | None = None
    filed: tuple[datetime, datetime] | None = None
    query: str = ""
    before: int | None = None


async def published(wanted: Wanted, limit: int, offset: int = 0) -> list[Published]:
    """At most `limit` public complaints, the newest first, `offset` of them passed over.

    With `query` only the newest FOUND_AT_MOST that hold its words are looked at.
    """
    conditions, args = _conditions(wanted)
    if wanted.query.strip():
        found = await search.find(
            SEARCH_KIND, wanted.query, limit=FOUND_AT_MOST, before=wanted.before
        )
        conditions.append(_among("p.complaint_id", found))
        args += found
    clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = "p.filed_at DESC, p.complaint_id DESC" if wanted.filed else "p.complaint_id DESC"
    sql = f"SELECT {_COLUMNS} FROM publication p{clause} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 (columns of ours)
    return [_read(row) for row in await db.fetch(sql, [*args, limit, offset])]


async def published_one(number: str) -> Published | None:
    """The public complaint of a number; None where there is none, or none any more."""
    found = await published(Wanted(numbers=[number]), 1)
    return found[0] if found else None


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    args: list[Any] = []
    for column, values in (
        ("p.topic_id", wanted.topics),
        ("p.stage", wanted.stages),
        ("p.number", wanted.numbers),
    ):
        if values is not None:
            conditions.append(_among(column, values))
            args += values
    if wanted.department is not None:
        conditions.append("p.department_id = ?")
        args.append(wanted.department)
    if wanted.filed is not None:
        conditions.append("p.filed_at >= ? AND p.filed_at <= ?")
        args += wanted.filed
    if wanted.before is not None:
        conditions.append("p.complaint_id < ?")
        args.append(wanted.before)
    return conditions, args


def _among(column: str, values: Sequence[object]) -> str:
    return f"{column} IN ({', '.join('?' for _ in values)})" if values else "1 = 0"


def _read(row: dict[str, Any]) -> Published:
    return Published(
        row["complaint_id"],
        row["number"],
        row["title"],
        row["body"],
        row["place"],
        row["latitude"],
        row["longitude"],
        row["topic_id"],
        row["department_id"],
        row["stage"],
        row["photos_count"],
        db.instant(row["filed_at"]),
        db.instant(row["updated_at"]),
        db.instant(row["due_at"]) if row["due_at"] is not None else None,
    )
