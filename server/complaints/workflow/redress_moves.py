"""The table of the workflow beside handling itself: redress, merging, abuse, disclosure.

Act 35 (objection), D18 (demand for correction), D6(7) and D8 (together), D26 (mediation), D4 and
D11-2 (abuse), Y10-2 (disclosure). What these require beyond is decided by rules of their own.
"""

from server.complaints.workflow.parts import (
    APPLICANT,
    CLASSIFIERS,
    DISCLOSURE,
    OFFICE,
    Action,
    Hat,
    Move,
    Party,
    Then,
)
from server.complaints.workflow.states import ANSWERED, OPEN, RUNNING, State

_EVERYWHERE = frozenset(State)
_CLOSED_FOR_NOW = frozenset({State.AWAITING_PAYMENT, State.AWAITING_APPROVAL})
_DEMANDED = frozenset({Hat.COMPLAINTS, Hat.READER})


def table() -> tuple[Move, ...]:
    """The rows beside handling itself."""
    a, stay = Action, Then.STAY
    return (
        Move(a.OBJECT, ANSWERED, stay, APPLICANT, ("text",)),
        Move(a.EXTEND_OBJECTION, ANSWERED, stay, OFFICE, ("text",)),
        Move(
            a.DECIDE_OBJECTION,
            ANSWERED,
            stay,
            OFFICE,
            ("decision", "text"),
            _applicant("objection.decided"),
        ),
        Move(a.DEMAND, OPEN, stay, APPLICANT, ("ground", "text")),
        Move(
            a.ANSWER_DEMAND,
            _EVERYWHERE,
            stay,
            _DEMANDED,
            ("text",),
            _applicant("correction.answered"),
        ),
        Move(
            a.ASK_REOPENING,
            ANSWERED,
            stay,
            APPLICANT,
            ("text",),
            ((Party.HANDLER, "reopening.asked"),),
        ),
        Move(
            a.DECIDE_REOPENING,
            ANSWERED,
            stay,
            OFFICE,
            ("decision",),
            _applicant("reopening.decided"),
        ),
        Move(a.LEAD, RUNNING - _CLOSED_FOR_NOW, stay, OFFICE),
        Move(
            a.MERGE,
            OPEN - _CLOSED_FOR_NOW,
            State.MERGED,
            OFFICE,
            (),
            _applicant("complaint.merged"),
        ),
        Move(a.SIGN, OPEN, stay, OFFICE | APPLICANT, ("signers",)),
        Move(a.REPRESENT, OPEN, stay, OFFICE | APPLICANT, ("signers",)),
        Move(a.MEDIATE, RUNNING, stay, CLASSIFIERS, ("day", "text")),
        Move(a.MARK, _EVERYWHERE, stay, OFFICE),
        Move(
            a.ADMONISH,
            _EVERYWHERE,
            stay,
            OFFICE,
            ("text",),
            _applicant("complaint.admonished"),
        ),
        Move(
            a.HIDE,
            _EVERYWHERE,
            stay,
            DISCLOSURE,
            ("ground", "reason"),
            _applicant("complaint.hidden"),
        ),
        Move(
            a.SHOW,
            _EVERYWHERE,
            stay,
            DISCLOSURE,
            ("ground", "reason"),
            _applicant("complaint.shown"),
        ),
        Move(
            a.COVER,
            _EVERYWHERE,
            stay,
            DISCLOSURE,
            ("ground", "reason", "covered"),
            _applicant("complaint.covered"),
        ),
    )


def _applicant(kind: str) -> tuple[tuple[Party, str], ...]:
    return ((Party.APPLICANT, kind),)
