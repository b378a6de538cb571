"""What the complaints examiner oversees: cases that are late, and how a month went (D22, D28).

Numbers, dates and departments; nothing of what anybody wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.complaints.workflow import BEFORE_ACCEPTANCE, STANDING_STILL, State
from server.core import clock, db

LATE_MAX = 2_000
"""As many are counted at most."""


@dataclass(frozen=True, slots=True)
class Late:
    """A case past its time: `unaccepted` past the 8 hours for acceptance, otherwise past its due
    date, which is `since`."""

    id: int
    number: str
    state: State
    topic_id: int
    department_id: int | None
    since: datetime
    unaccepted: bool


@dataclass(frozen=True, slots=True)
class MonthOf:
    """How a department did between two moments.

    `filed` came, `ended` were answered, `in_time` of them by the due date; `late` stood open past
    their due date at the end; `extended` were given more time.
    """

    department_id: int | None
    filed: int
    ended: int
    in_time: int
    late: int
    extended: int


async def late_cases(limit: int) -> list[Late]:
    """Open cases past their time, the longest first; those whose clock stands still are not."""
    now = clock.now()
    still = ", ".join(f"'{state}'" for state in sorted(STANDING_STILL))
    before = ", ".join(f"'{state}'" for state in sorted(BEFORE_ACCEPTANCE))
    rows = await db.fetch(
        "SELECT id, number, state, topic_id, department_id, due_at, accept_by FROM complaint"  # noqa: S608
        f" WHERE open AND ((due_at <= ? AND state NOT IN ({still}))"
        f" OR (state IN ({before}) AND state <> 'awaiting_payment' AND accept_by <= ?))"
        " ORDER BY COALESCE(due_at, accept_by), id LIMIT ?",
        [now, now, limit],
    )
    return [_late(row) for row in rows]


def _late(row: dict[str, Any]) -> Late:
    due = row["due_at"]
    return Late(
        row["id"],
        row["number"],
        State(row["state"]),
        row["topic_id"],
        row["department_id"],
        db.instant(due if due is not None else row["accept_by"]),
        due is None,
    )


async def month_of(begins: datetime, ends: datetime) -> list[MonthOf]:
    """Every department's share of the time from `begins` to before `ends`."""
    moments = {"begins": begins, "ends": ends}
    counted: dict[int | None, dict[str, int]] = {}
    for name, (sql, wanted) in _COUNTS.items():
        for row in await db.fetch(sql, [moments[moment] for moment in wanted]):
            counted.setdefault(row["department_id"], {})[name] = int(row["count"])
    return [
        MonthOf(department, **{name: counts.get(name, 0) for name in _COUNTS})
        for department, counts in sorted(counted.items(), key=lambda item: item[0] or 0)
    ]


_GROUPED = "SELECT department_id, COUNT(*) AS count FROM complaint WHERE {} GROUP BY department_id"
_ANSWERED = "state = 'completed' AND ended_at >= ? AND ended_at < ?"
_EXTENDED = """
SELECT department_id, COUNT(*) AS count FROM complaint_extension AS more
JOIN complaint ON complaint.id = more.complaint_id
WHERE more.granted AND more.decided_at >= ? AND more.decided_at < ?
GROUP BY department_id
"""
_LATE = "due_at < ? AND (ended_at IS NULL OR ended_at >= ?)"
_COUNTS = {
    "filed": (_GROUPED.format("filed_at >= ? AND filed_at < ?"), ("begins", "ends")),
    "ended": (_GROUPED.format(_ANSWERED), ("begins", "ends")),
    "in_time": (_GROUPED.format(f"{_ANSWERED} AND ended_at <= due_at"), ("begins", "ends")),
    "late": (_GROUPED.format(_LATE), ("ends", "ends")),
    "extended": (_EXTENDED, ("begins", "ends")),
}
