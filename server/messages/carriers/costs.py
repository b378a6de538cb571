"""What messages cost, by Seoul day, kind and provider: units that arrived, points, won (Y15-4).

Counted over the deliveries themselves by the index `message_delivery_cost`; a delivery belongs to
the day of its end. What arrived late was given back and is the office's loss: it is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from server.core import clock, db

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """Units (messages or pages) that arrived on a day and were paid for, and those that came late.

    `office`: paid by the office, which costs won and no points.
    """

    day: date
    kind: str
    provider: str
    office: bool
    units: int
    points: int
    won: int
    late_units: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Costs added up."""

    sms: int = 0
    fax: int = 0
    points: int = 0
    won: int = 0
    late_units: int = 0

    def __add__(self, cost: Cost) -> Sum:
        return Sum(
            self.sms + (cost.units if cost.kind == "sms" else 0),
            self.fax + (cost.units if cost.kind == "fax" else 0),
            self.points + cost.points,
            self.won + cost.won,
            self.late_units + cost.late_units,
        )


def added[K: Hashable](costs: Iterable[Cost], by: Callable[[Cost], K]) -> dict[K, Sum]:
    """The sums by whatever `by` says of a cost, in the order of their first."""
    found: dict[K, Sum] = {}
    for cost in costs:
        key = by(cost)
        found[key] = found.get(key, Sum()) + cost
    return found


def days_of(month: date) -> Sequence[date]:
    """Every day of the month that begins on this day."""
    after = (month + timedelta(days=31)).replace(day=1)
    return [month + timedelta(days=number) for number in range((after - month).days)]


async def of_month(month: date) -> list[Cost]:
    """Everything that ended in the month that begins on this day, by day."""
    days = days_of(month)
    begins = datetime.combine(month, time(), clock.SEOUL)
    ends = datetime.combine(days[-1] + timedelta(days=1), time(), clock.SEOUL)
    rows = await db.fetch(_SQL.format(day=_DAY[db.dialect()]), [begins, ends])
    return [
        Cost(
            date.fromisoformat(row["day"]),
            row["kind"],
            row["provider"] or "",
            row["paid_by"] == "office",
            int(row["units"]),
            int(row["points"]),
            int(row["won"]),
            int(row["late_units"]),
        )
        for row in rows
    ]


_DAY = {
    "sqlite": "strftime('%Y-%m-%d', d.ended_at, '+9 hours')",
    "postgres": "to_char(d.ended_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD')",
}

_SQL = """
SELECT {day} AS day, d.kind, d.provider, m.paid_by, SUM(d.charged) AS units,
  SUM(d.charged * m.unit_points) AS points, SUM(d.charged * m.unit_won) AS won,
  SUM(CASE WHEN d.delivered_late_at IS NULL THEN 0 ELSE d.units - d.charged END) AS late_units
FROM message_delivery d JOIN message m ON m.id = d.message_id
WHERE d.ended_at >= ? AND d.ended_at < ? AND d.charged IS NOT NULL
  AND (d.charged > 0 OR d.delivered_late_at IS NOT NULL)
GROUP BY 1, d.kind, d.provider, m.paid_by
ORDER BY 1, d.kind DESC, d.provider, m.paid_by
"""
