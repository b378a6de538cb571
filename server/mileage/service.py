"""Mileage as the other slices use it: awards once only, holds, captures, releases (Y15-3, Y15-4).

Every movement is one statement under a key of its own, so it needs no transaction of its own and
joins whatever is open. Said twice with the same key, it happens once.
"""

from server.core import db
from server.mileage import proof
from server.mileage.awarding import (
    Waiting,
    award,
    award_waiting,
    debate_closed,
    first_page_of_day,
    is_member,
    proposal_adopted,
    seen_today,
    survey_completed,
    verified,
    waiting,
)
from server.mileage.budgeting import Budget, Month, Owed, Year, budget, owed, used_up, year_of
from server.mileage.correcting import (
    Correction,
    TooMuch,
    correction,
    corrections,
    decide_correction,
    drop_correction,
    propose_correction,
)
from server.mileage.holding import HoldStanding, holds, open_holds
from server.mileage.reading import balance, statement, whole_statement
from server.mileage.rules import (
    CORRECTION_POINTS_MAX,
    CORRECTION_REASON_MAX,
    Balance,
    Entry,
    Line,
    Opinion,
    cheapest_won,
    line_of,
)
from server.mileage.spending import (
    BudgetUsedUp,
    Hold,
    LedgerError,
    Part,
    TooFewPoints,
    capture,
    hold,
    release,
    settle,
)

__all__ = [
    "CORRECTION_POINTS_MAX",
    "CORRECTION_REASON_MAX",
    "Balance",
    "Budget",
    "BudgetUsedUp",
    "Correction",
    "Entry",
    "Hold",
    "HoldStanding",
    "LedgerError",
    "Line",
    "Month",
    "Opinion",
    "Owed",
    "Part",
    "TooFewPoints",
    "TooMuch",
    "Waiting",
    "Year",
    "award",
    "award_waiting",
    "balance",
    "budget",
    "capture",
    "cheapest_won",
    "check",
    "correction",
    "corrections",
    "debate_closed",
    "decide_correction",
    "drop_correction",
    "first_page_of_day",
    "hold",
    "holds",
    "is_member",
    "line_of",
    "open_holds",
    "owed",
    "proposal_adopted",
    "propose_correction",
    "release",
    "seen_today",
    "settle",
    "statement",
    "survey_completed",
    "used_up",
    "verified",
    "waiting",
    "whole_statement",
    "year_of",
]


@db.transactional
async def check() -> proof.Report:
    """Prove the ledger: every balance from its transfers, and the totals. Changes nothing."""
    if db.dialect() == "postgres":
        await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return await proof.report()
