"""The life of a complaint as a state machine: who may do what, in which state, with what, whom it
tells, and where it leads (Act 9-27, its Decree 6-25; powers by Y10-2). Pure.

The table stands in `moves` and `redress_moves`, what stands against an act in `bars` and `checks`.
"""

from dataclasses import replace as replaced

from server.complaints.workflow.bars import BARS
from server.complaints.workflow.case import SUPPLEMENTS_MAX, Case, Refused
from server.complaints.workflow.checks import (
    CHECKS,
    EXTENSION_CAUSES,
    MENDABLE,
    SECOND_SUPPLEMENT_DAYS_MAX,
    outcomes,
)
from server.complaints.workflow.deciding import (
    MOVES,
    after,
    approvers_left,
    decide,
    possible,
    still_to_approve,
)
from server.complaints.workflow.moves import LAST_APPROVAL, OUTCOME_NEEDS
from server.complaints.workflow.parts import OFFICE, Action, Hat, Move, Party, Then
from server.complaints.workflow.states import (
    ANSWERED,
    AT_HAND,
    BEFORE_ACCEPTANCE,
    ENDED,
    OPEN,
    RUNNING,
    STANDING_STILL,
    Outcome,
    State,
)
from server.complaints.workflow.words import MISSING

__all__ = [
    "ANSWERED",
    "AT_HAND",
    "BARS",
    "BEFORE_ACCEPTANCE",
    "CHECKS",
    "ENDED",
    "EXTENSION_CAUSES",
    "LAST_APPROVAL",
    "MENDABLE",
    "MISSING",
    "MOVES",
    "OFFICE",
    "OPEN",
    "OUTCOME_NEEDS",
    "RUNNING",
    "SECOND_SUPPLEMENT_DAYS_MAX",
    "STANDING_STILL",
    "SUPPLEMENTS_MAX",
    "Action",
    "Case",
    "Hat",
    "Move",
    "Outcome",
    "Party",
    "Refused",
    "State",
    "Then",
    "after",
    "approvers_left",
    "decide",
    "outcomes",
    "possible",
    "replaced",
    "still_to_approve",
]
