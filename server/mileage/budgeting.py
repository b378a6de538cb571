"""The year's budget line in won: voted, set aside, spent, left, and month by month (Y15-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from server.core import clock, db
from server.mileage import rules
from server.ordinance import service as ordinance

MONTHS = 12
AFTERWARDS = 13
"""The month of what was ordered in the year and arrived when it was over."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A year's budget line in won: voted, and left after what is set aside or spent."""

    voted_won: int
    left_won: int


@dataclass(frozen=True, slots=True)
class Month:
    """What arrived in a month, in won, points, messages and pages. 13 is after the year."""

    number: int
    won: int = 0
    points: int = 0
    sms: int = 0
    fax: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """The whole line: `aside` is set aside for orders under way, the points of each beside it."""

    voted_won: int
    aside_won: int
    aside_points: int
    spent_won: int
    spent_points: int
    left_won: int
    months: Sequence[Month]

    @property
    def used_won(self) -> int:
        """Spent or set aside."""
        return self.aside_won + self.spent_won


@dataclass(frozen=True, slots=True)
class Owed:
    """Points that persons have and may still spend, beyond any year."""

    available: int
    held: int
    persons: int


async def budget(year: int, voted_won: int) -> Budget:
    """The budget line of a year in won; untouched where nothing was ever set aside from it."""
    rows = await db.fetch("SELECT voted_won, left_won FROM budget_line WHERE year = ?", [year])
    if not rows:
        return Budget(voted_won, voted_won)
    # A vote that came since the last order counts already.
    left = rows[0]["left_won"] + voted_won - rows[0]["voted_won"]
    return Budget(voted_won, max(0, left))


async def used_up() -> bool:
    """Whether nothing can be sent any more this year: the line does not pay for the cheapest, or
    the council has voted none."""
    today = clock.today()
    profile = ordinance.profile(today)
    line = profile.mileage.budget_of(today.year) if profile.mileage else None
    if line is None:
        return True
    return (await budget(line.year, line.won)).left_won < rules.cheapest_won(profile)


async def year_of(year: int, voted_won: int) -> Year:
    """A year's line with what was spent in each of its months, from the transfers themselves."""
    line = await budget(year, voted_won)
    rows = await db.fetch(
        f"SELECT {_month(year)} AS month, t.credit, t.about, SUM(t.won) AS won,"  # noqa: S608
        " SUM(t.points) AS points, SUM(t.units) AS units FROM mileage_transfer t"
        " JOIN budget_line l ON l.id = t.line_id AND l.year = ?"
        " WHERE t.person_id IS NOT NULL GROUP BY 1, 2, 3",
        [*_ends(year), year],
    )
    spent = [row for row in rows if row["credit"] == "spent"]
    months = [_told(number, spent) for number in range(1, AFTERWARDS + 1)]
    spent_won = sum(month.won for month in months)
    spent_points = sum(month.points for month in months)
    return Year(
        voted_won=voted_won,
        aside_won=_still_aside(rows, "won") - spent_won,
        aside_points=_still_aside(rows, "points") - spent_points,
        spent_won=spent_won,
        spent_points=spent_points,
        left_won=line.left_won,
        months=months if months[-1].won else months[:-1],
    )


async def owed() -> Owed:
    """What all persons together have."""
    (row,) = await db.fetch(
        "SELECT COALESCE(SUM(available), 0) AS available, COALESCE(SUM(held), 0) AS held,"
        " COUNT(*) AS persons FROM mileage_balance WHERE available + held > 0"
    )
    return Owed(int(row["available"]), int(row["held"]), int(row["persons"]))


def _month(year: int) -> str:
    cases = "".join(f" WHEN t.at < ? THEN {number}" for number in range(1, len(_ends(year)) + 1))
    return f"CASE{cases} ELSE {AFTERWARDS} END"


def _ends(year: int) -> list[datetime]:
    """The instants at which the twelve months of a year end in Seoul."""
    firsts = [*(date(year, month, 1) for month in range(2, MONTHS + 1)), date(year + 1, 1, 1)]
    return [datetime.combine(first, time(), clock.SEOUL).astimezone(UTC) for first in firsts]


def _still_aside(rows: Sequence[dict[str, Any]], what: str) -> int:
    """What was ever set aside and not given back: still aside, or spent."""
    set_aside = sum(int(row[what]) for row in rows if row["credit"] == "held")
    return set_aside - sum(int(row[what]) for row in rows if row["credit"] == "available")


def _told(number: int, spent: Sequence[dict[str, Any]]) -> Month:
    rows = [row for row in spent if row["month"] == number]
    units = {row["about"]: int(row["units"]) for row in rows}
    return Month(
        number,
        sum(int(row["won"]) for row in rows),
        sum(int(row["points"]) for row in rows),
        units.get("sms", 0),
        units.get("fax", 0),
    )
