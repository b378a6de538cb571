"""What a person has, and how it came to that: the balance and the statement (Y15-3)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from server.core import db
from server.mileage.models import BalanceCorrection
from server.mileage.rules import Balance, Entry

BATCH = 500


async def balance(person_id: int) -> Balance:
    """A person's points. A person without any movement has none."""
    rows = await db.fetch(
        "SELECT available, held FROM mileage_balance WHERE person_id = ?", [person_id]
    )
    return Balance(rows[0]["available"], rows[0]["held"]) if rows else Balance(0, 0)


async def statement(person_id: int, before: int | None = None, limit: int = 20) -> list[Entry]:
    """The newest movements of what a person can spend, or those older than the id `before`."""
    rows = await db.fetch(
        "SELECT t.id, t.about, t.points, t.credit, t.available_after, t.units, t.reason, t.ref,"
        " t.at, h.open_points, h.spent_points, o.units AS hold_units FROM mileage_transfer t"
        " LEFT JOIN mileage_hold h ON h.id = COALESCE(t.hold_id, t.id)"
        " LEFT JOIN mileage_transfer o ON o.id = t.hold_id"
        " WHERE t.person_id = ? AND t.id < ? AND t.credit <> 'spent' ORDER BY t.id DESC LIMIT ?",
        [person_id, before if before is not None else 2**62, limit],
    )
    reasons = await _reasons(rows)
    return [
        Entry(
            id=row["id"],
            about=row["about"],
            points=row["points"] if row["credit"] == "available" else -row["points"],
            after=row["available_after"],
            units=row["units"],
            reason=row["reason"],
            ref=row["ref"],
            at=db.instant(row["at"]),
            hold_units=row["hold_units"] or 0,
            hold_open=row["open_points"] or 0,
            hold_spent=row["spent_points"] or 0,
            words=reasons.get(row["ref"], "") if row["about"] == "correction" else "",
        )
        for row in rows
    ]


async def whole_statement(person_id: int) -> AsyncIterator[Sequence[Entry]]:
    """Every movement of what a person can spend, the newest first, some hundred at once."""
    before = None
    while entries := await statement(person_id, before, BATCH):
        yield entries
        before = entries[-1].id


async def _reasons(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Why each correction among the movements was made, by its number."""
    numbers = [int(row["ref"]) for row in rows if row["about"] == "correction"]
    if not numbers:
        return {}
    return {str(row.id): row.reason for row in await BalanceCorrection.filter(id__in=numbers)}
