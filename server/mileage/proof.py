"""Proves the ledger from its transfers alone: debits equal credits, balances equal sums (Y15-3).

`madang ledger check` prints the report; a fault names what does not agree and how often.
"""

from dataclasses import dataclass, field
from typing import Final

from server.core import db

FAULTS: Final = {
    "a balance that differs from the sum of its transfers": """
      SELECT COUNT(*) AS faults FROM mileage_balance b LEFT JOIN (
        SELECT person_id,
          SUM(CASE 'available' WHEN credit THEN points WHEN debit THEN -points ELSE 0 END) AS free,
          SUM(CASE 'held' WHEN credit THEN points WHEN debit THEN -points ELSE 0 END) AS held
        FROM mileage_transfer WHERE person_id IS NOT NULL GROUP BY person_id
      ) m ON m.person_id = b.person_id
      WHERE b.available <> COALESCE(m.free, 0) OR b.held <> COALESCE(m.held, 0)
    """,
    "transfers of a person without a balance": """
      SELECT COUNT(*) AS faults FROM mileage_transfer t WHERE person_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM mileage_balance b WHERE b.person_id = t.person_id)
    """,
    "a balance below zero": """
      SELECT COUNT(*) AS faults FROM mileage_balance WHERE available < 0 OR held < 0
    """,
    "a running balance that does not follow from the one before, or was below zero": """
      SELECT COUNT(*) AS faults FROM (
        SELECT available_after, SUM(
          CASE 'available' WHEN credit THEN points WHEN debit THEN -points ELSE 0 END
        ) OVER (PARTITION BY person_id ORDER BY id) AS run
        FROM mileage_transfer WHERE person_id IS NOT NULL) s
      WHERE run <> available_after OR run < 0
    """,
    "a hold whose open and spent points differ from its captures and releases": """
      SELECT COUNT(*) AS faults FROM mileage_transfer t LEFT JOIN mileage_hold h ON h.id = t.id
      LEFT JOIN (
        SELECT hold_id, SUM(points) AS points, SUM(won) AS won,
          SUM(CASE credit WHEN 'spent' THEN points ELSE 0 END) AS spent
        FROM mileage_transfer WHERE hold_id IS NOT NULL GROUP BY hold_id) p ON p.hold_id = t.id
      WHERE t.credit = 'held' AND (h.id IS NULL
        OR h.open_points <> t.points - COALESCE(p.points, 0)
        OR h.open_won <> t.won - COALESCE(p.won, 0)
        OR h.spent_points <> COALESCE(p.spent, 0) OR h.open_points < 0 OR h.open_won < 0)
    """,
    "held points of a person that differ from the open holds": """
      SELECT COUNT(*) AS faults FROM mileage_balance b LEFT JOIN (
        SELECT person_id, SUM(open_points) AS open_points FROM mileage_hold GROUP BY person_id
      ) h ON h.person_id = b.person_id WHERE b.held <> COALESCE(h.open_points, 0)
    """,
    "a hold of another person than its transfer, or without one": """
      SELECT COUNT(*) AS faults FROM mileage_hold h
      LEFT JOIN mileage_transfer t ON t.id = h.id AND t.credit = 'held'
      WHERE t.id IS NULL OR t.person_id <> h.person_id
    """,
    "a budget line that differs from its transfers, or is below zero": """
      SELECT COUNT(*) AS faults FROM budget_line l LEFT JOIN (
        SELECT line_id, SUM(CASE
          WHEN credit IN ('line', 'available') THEN won
          WHEN credit IN ('held', 'source') THEN -won ELSE 0 END) AS left_won,
          SUM(CASE WHEN credit = 'line' THEN won WHEN credit = 'source' THEN -won ELSE 0 END)
            AS voted_won
        FROM mileage_transfer WHERE line_id IS NOT NULL GROUP BY line_id) m ON m.line_id = l.id
      WHERE l.left_won <> COALESCE(m.left_won, 0) OR l.voted_won <> COALESCE(m.voted_won, 0)
        OR l.left_won < 0
    """,
    "won set aside on a budget line that differ from its open holds": """
      SELECT COUNT(*) AS faults FROM (
        SELECT line_id, SUM(CASE WHEN credit = 'held' THEN won ELSE -won END) AS aside
        FROM mileage_transfer WHERE 'held' IN (debit, credit) GROUP BY line_id) m
      LEFT JOIN (
        SELECT t.line_id, SUM(h.open_won) AS open_won FROM mileage_hold h
        JOIN mileage_transfer t ON t.id = h.id GROUP BY t.line_id) o ON o.line_id = m.line_id
      WHERE m.aside <> COALESCE(o.open_won, 0)
    """,
    "a transfer that cannot be: of nothing, below zero, or between accounts that do not meet": """
      SELECT COUNT(*) AS faults FROM mileage_transfer
      WHERE won < 0 OR units < 0
        OR CASE WHEN person_id IS NULL THEN points <> 0 OR won = 0 ELSE points <= 0 END
        OR debit || '>' || credit NOT IN ('issued>available', 'available>issued',
          'available>held', 'held>spent', 'held>available', 'source>line', 'line>source')
    """,
    "a capture or release of another person, line or thing than its hold": """
      SELECT COUNT(*) AS faults FROM mileage_transfer p
      LEFT JOIN mileage_transfer t ON t.id = p.hold_id AND t.credit = 'held'
      WHERE p.debit = 'held' AND (t.id IS NULL OR t.person_id <> p.person_id
        OR t.line_id <> p.line_id OR t.about <> p.about OR t.id > p.id)
    """,
    "a movement written twice under one key": """
      SELECT COUNT(*) AS faults FROM (
        SELECT key FROM mileage_transfer GROUP BY key HAVING COUNT(*) > 1) twice
    """,
    "a person awarded twice for being a member, or for one thing": """
      SELECT COUNT(*) AS faults FROM (
        SELECT person_id FROM mileage_transfer
        WHERE credit = 'available' AND debit = 'issued' AND key LIKE 'award:%'
        GROUP BY person_id, CASE WHEN about IN ('join', 'existing') THEN 'member' ELSE about END,
          CASE WHEN about IN ('join', 'existing') THEN ''
            WHEN about = 'login' THEN SUBSTR(key, LENGTH(key) - 9) ELSE key END
        HAVING COUNT(*) > 1) twice
    """,
    "a correction that was not approved by a second official, or did not move its points once": """
      SELECT COUNT(*) AS faults FROM (
        SELECT t.id FROM mileage_transfer t
        LEFT JOIN mileage_correction c ON t.key = 'correction:' || c.id
        WHERE (t.about = 'correction' OR t.credit = 'issued')
          AND (c.id IS NULL OR c.state <> 'approved' OR c.decided_by_id IS NULL
            OR c.decided_by_id = c.proposed_by_id OR c.person_id <> t.person_id
            OR c.points <> CASE t.credit WHEN 'available' THEN t.points ELSE -t.points END)
        UNION ALL
        SELECT c.id FROM mileage_correction c
        LEFT JOIN mileage_transfer t ON t.key = 'correction:' || c.id
        WHERE c.state = 'approved' AND t.id IS NULL) wrong
    """,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Totals of every account in points and won, and what does not agree."""

    totals: dict[str, int]
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def __str__(self) -> str:
        width = max(map(len, self.totals), default=0)
        lines = [f"{name:<{width}}  {amount:>15,}" for name, amount in self.totals.items()]
        return "\n".join([*lines, *(self.faults or ["The ledger stands."])])


async def report() -> Report:
    """All proofs, in the transaction that is open: one picture of the ledger."""
    totals = await _totals()
    faults = []
    for name, query in FAULTS.items():
        (row,) = await db.fetch(query)
        if row["faults"]:
            faults.append(f"{name}: {row['faults']}")
    (kept,) = await db.fetch(
        "SELECT COALESCE(SUM(available), 0) AS available, COALESCE(SUM(held), 0) AS held"
        " FROM mileage_balance"
    )
    owed = int(kept["available"]) + int(kept["held"]) + totals["points spent"]
    if owed != totals["points issued"]:
        faults.append(f"debits differ from credits by {owed - totals['points issued']} points")
    return Report(totals, faults)


async def _totals() -> dict[str, int]:
    rows = await db.fetch(
        "SELECT debit, credit, COUNT(*) AS times, SUM(points) AS points, SUM(won) AS won"
        " FROM mileage_transfer GROUP BY debit, credit"
    )

    def net(account: str, what: str) -> int:
        gained = sum(int(row[what]) for row in rows if row["credit"] == account)
        return gained - sum(int(row[what]) for row in rows if row["debit"] == account)

    def moved(debit: str, credit: str) -> int:
        pairs = (row for row in rows if (row["debit"], row["credit"]) == (debit, credit))
        return sum(int(row["won"]) for row in pairs)

    voted = moved("source", "line") - moved("line", "source")
    spent = moved("held", "spent")
    aside = moved("available", "held") - moved("held", "available") - spent
    return {
        "transfers": sum(int(row["times"]) for row in rows),
        "points issued": -net("issued", "points"),
        "points available": net("available", "points"),
        "points held": net("held", "points"),
        "points spent": net("spent", "points"),
        "won voted": voted,
        "won set aside": aside,
        "won spent": spent,
        "won left": voted - aside - spent,
    }
