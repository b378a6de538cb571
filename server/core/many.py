"""Many rows in one statement, in words that both databases understand.

PostgreSQL gets one argument however many rows there are, so it plans a statement once.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core import db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["among", "given", "locked", "rows"]


def among(column: str, values: Collection[Any], kind: str) -> tuple[str, list[Any]]:
    """The condition that a column has one of these values, of PostgreSQL's type `kind`, and its
    arguments."""
    if db.dialect() == "postgres":
        return f"{column} = ANY(?::{kind}[])", [list(values)]
    return f"{column} IN ({', '.join('?' * len(values))})", list(values)


def given(**columns: str) -> str:
    """The table `given` with these columns, of PostgreSQL's types, to be named behind FROM. Its one
    argument is made by `rows`."""
    if db.dialect() == "postgres":
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"jsonb_to_recordset(?::jsonb) AS given({typed})"
    read = ", ".join(f"value ->> '$.{name}' AS {name}" for name in columns)
    return f"(SELECT {read} FROM json_each(?)) AS given"  # noqa: S608 - names of columns


def rows(each: Iterable[Mapping[str, Any]]) -> str:
    """Rows as the argument that `given` takes: numbers, texts, times, UUIDs, None."""
    return json.dumps(list(each), ensure_ascii=False, default=_written, separators=(",", ":"))


def locked() -> str:
    """What ends a SELECT that keeps its rows until the transaction ends; SQLite's writer is alone
    anyway. Together with ORDER BY they are locked in that order."""
    return " FOR UPDATE" if db.dialect() == "postgres" else ""


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no value of a row: {type(value).__name__}")
