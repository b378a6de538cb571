"""The ledger's holds, for whoever made them to compare with books of their own (Y15-4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core import db


@dataclass(frozen=True, slots=True)
class HoldStanding:
    """What of a hold is still open, in points and won, and what was spent of it."""

    id: int
    key: str
    open_points: int
    open_won: int
    spent_points: int


_COLUMNS = "t.id, t.key, h.open_points, h.open_won, h.spent_points"
_HOLDS = "mileage_transfer t JOIN mileage_hold h ON h.id = t.id"


async def holds(keys: Sequence[str]) -> dict[str, HoldStanding]:
    """The holds under these keys, by key; a key without one is left out."""
    if not keys:
        return {}
    marks = ", ".join("?" * len(keys))
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM {_HOLDS} WHERE t.key IN ({marks})",  # noqa: S608
        list(keys),
    )
    return {row["key"]: HoldStanding(**row) for row in rows}


async def open_holds(after: int, limit: int) -> list[HoldStanding]:
    """The next holds behind the id `after` that are not all spent or given back."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM {_HOLDS} WHERE h.open_points > 0 AND h.id > ?"  # noqa: S608
        " ORDER BY h.id LIMIT ?",
        [after, limit],
    )
    return [HoldStanding(**row) for row in rows]
