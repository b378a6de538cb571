"""Lists of complaints: the public one with search, and a resident's own (Y12-1).

By keyset on the complaint's id, newest first, so that the fiftieth page costs what the first does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.complaints.disclosure.publishing import SEARCH_KIND
from server.complaints.models import Complaint
from server.complaints.workflow import State
from server.core import db, search

PAGE = 20
FOUND_AT_ONCE = 200
FOUND_AT_MOST = 5_000

_COLUMNS = (
    "p.complaint_id, p.number, p.title, p.place, p.topic_id, p.department_id, p.stage,"
    " p.photos_count, p.filed_at"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the public list."""

    id: int
    number: str
    title: str
    place: str
    topic_id: int
    department_id: int | None
    stage: str
    photos_count: int
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the id before which the older ones go on (None: there are none)."""

    items: Sequence[Listed]
    older: int | None


@dataclass(frozen=True, slots=True)
class Own:
    """One of a resident's complaints."""

    id: int
    number: str
    title: str
    state: State
    department_id: int | None
    photos_count: int
    filed_at: datetime
    due_at: datetime | None
    due_by_hour: bool


async def public_list(
    *,
    topic_id: int | None = None,
    stage: str | None = None,
    query: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Public complaints, newest first; `query` must occur in title, text, place or number."""
    where = {"p.topic_id": topic_id, "p.stage": stage}
    if query.strip():
        return await _found(where, query, before, limit)
    conditions, args = _conditions(where)
    if before is not None:
        conditions.append("p.complaint_id < ?")
        args.append(before)
    clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT {_COLUMNS} FROM publication p{clause} ORDER BY p.complaint_id DESC LIMIT ?"  # noqa: S608 (columns of ours)
    return _page(await db.fetch(sql, [*args, limit + 1]), limit)


async def of_applicant(
    account_id: int, limit: int = PAGE, before: int | None = None
) -> Sequence[Own]:
    """A resident's own complaints, newest first, whether public or not."""
    query = Complaint.filter(applicant_id=account_id)
    if before is not None:
        query = query.filter(id__lt=before)
    rows = (
        await query.order_by("-id")
        .limit(limit)
        .values(
            "id",
            "number",
            "title",
            "state",
            "department_id",
            "photos_count",
            "filed_at",
            "due_at",
            "due_by_hour",
        )
    )
    return [Own(**{**row, "state": State(row["state"])}) for row in rows]


async def _found(where: dict[str, Any], query: str, before: int | None, limit: int) -> Page:
    """What the index finds, a batch at a time, until a page of it fits the filter."""
    rows: list[dict[str, Any]] = []
    looked_at = 0
    filtered = any(value is not None for value in where.values())
    at_once = FOUND_AT_ONCE if filtered else limit + 1
    while len(rows) <= limit and looked_at < FOUND_AT_MOST:
        ids = await search.find(SEARCH_KIND, query, limit=at_once, before=before)
        if not ids:
            return _page(rows, limit)
        conditions, args = _conditions(where)
        marks = ", ".join("?" for _ in ids)
        conditions.append(f"p.complaint_id IN ({marks})")
        sql = (
            f"SELECT {_COLUMNS} FROM publication p"  # noqa: S608 (columns of ours)
            f" WHERE {' AND '.join(conditions)} ORDER BY p.complaint_id DESC"
        )
        rows += await db.fetch(sql, [*args, *ids])
        looked_at += len(ids)
        before = ids[-1]
        if len(ids) < at_once:
            return _page(rows, limit)
    page = _page(rows, limit)
    return Page(page.items, page.older or before)


def _conditions(where: dict[str, Any]) -> tuple[list[str], list[Any]]:
    given = {column: value for column, value in where.items() if value is not None}
    return [f"{column} = ?" for column in given], list(given.values())


def _page(rows: Sequence[dict[str, Any]], limit: int) -> Page:
    items = [
        Listed(
            row["complaint_id"],
            row["number"],
            row["title"],
            row["place"],
            row["topic_id"],
            row["department_id"],
            row["stage"],
            row["photos_count"],
            db.instant(row["filed_at"]),
        )
        for row in rows[:limit]
    ]
    return Page(items, items[-1].id if len(rows) > limit else None)
