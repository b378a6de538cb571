"""How many complaints came and how they were handled, counted over the index `complaint_counted`.

Numbers only: by month of arrival, department and kind; nothing of any one complaint (Y12-2).
"""

from dataclasses import dataclass
from datetime import datetime

from server.complaints.workflow import State
from server.core import clock, db

HALF_DAY_SECONDS = 43_200
STANDS_STILL = (State.SUPPLEMENT, State.INQUIRY)


@dataclass(frozen=True, slots=True)
class Cohort:
    """`count` complaints that came in one Seoul month (`2026-11`) and fared alike.

    `in_time` is None while nobody can say yet, and for those that ended without an answer;
    `halves` are the whole half days from arrival to answer, None where there is no answer.
    """

    month: str
    department_id: int | None
    kind_id: int | None
    in_time: bool | None
    halves: int | None
    count: int


async def cohorts(since: datetime) -> list[Cohort]:
    """Everything filed from `since` on. An open complaint past its due date is not in time; one
    whose clock stands still is neither."""
    month, elapsed = _SPOKEN[db.dialect()]
    sql = _SQL.format(month=month, halves=f"{elapsed} / {HALF_DAY_SECONDS}")
    now = clock.now()
    rows = await db.fetch(sql, [now, *STANDS_STILL, since])
    return [
        Cohort(
            row["month"],
            row["department_id"],
            row["kind_id"],
            {"in_time": True, "late": False}.get(row["fared"]),
            row["halves"],
            row["count"],
        )
        for row in rows
    ]


_SPOKEN = {
    "sqlite": (
        "strftime('%Y-%m', filed_at, '+9 hours')",
        "(unixepoch(ended_at) - unixepoch(filed_at))",
    ),
    "postgres": (
        "to_char(filed_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM')",
        "CAST(floor(extract(epoch FROM ended_at - filed_at)) AS BIGINT)",
    ),
}
"""The Seoul month of arrival, and the seconds until the end, as each database says them."""

_SQL = """
SELECT month, department_id, kind_id, fared, halves, COUNT(*) AS count FROM (
  SELECT {month} AS month, department_id, kind_id,
    CASE WHEN state = 'completed' AND ended_at <= due_at THEN 'in_time'
         WHEN state = 'completed' THEN 'late'
         WHEN ended_at IS NULL AND due_at < ? AND state NOT IN (?, ?) THEN 'late' END AS fared,
    CASE WHEN state = 'completed' THEN {halves} END AS halves
  FROM complaint WHERE filed_at >= ?
) AS counted
GROUP BY month, department_id, kind_id, fared, halves
"""
