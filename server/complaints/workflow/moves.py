"""The table of the workflow: every act, from where to where, who may, what it needs, who is told.

Civil Petitions Treatment Act 9 (receipt), 16 (transfer), 20 (co-operation), 22 (withdrawal), 27
(result); its Decree 17 (inquiry), 21 (extension), 24 and 25 (supplement, return); powers by Y10-2.
"""

from collections.abc import Mapping
from types import MappingProxyType

from server.complaints.workflow.parts import (
    APPLICANT,
    APPROVERS,
    CLASSIFIERS,
    COOPERATORS,
    MOVERS,
    OFFICE,
    SYSTEM,
    Action,
    Move,
    Party,
    Then,
)
from server.complaints.workflow.states import (
    AT_HAND,
    OPEN,
    RUNNING,
    STANDING_STILL,
    Outcome,
    State,
)

_ARRIVED = frozenset({State.ARRIVED})
_UNPAID = frozenset({State.AWAITING_PAYMENT})
_SUPPLEMENT = frozenset({State.SUPPLEMENT})
_INQUIRY = frozenset({State.INQUIRY})
_APPROVAL = frozenset({State.AWAITING_APPROVAL})
_COOPERATION = frozenset({State.COOPERATION})
_OUT_OF_APPROVAL = RUNNING - _APPROVAL
_EXTENDABLE = RUNNING - STANDING_STILL
_ANSWERABLE = AT_HAND | _SUPPLEMENT
_EVERYWHERE = frozenset(State)
_TAKEN_BACK = frozenset({State.WITHDRAWN, State.DEEMED_WITHDRAWN, State.LAPSED, State.MERGED})

_APPLICANT_AND_HANDLER = (Party.APPLICANT, Party.HANDLER)
_ASSIGNED = (
    (Party.APPLICANT, "complaint.assigned"),
    (Party.HANDLER, "complaint.assigned_to_you"),
)


def _to(party: Party, kind: str) -> tuple[tuple[Party, str], ...]:
    return ((party, f"complaint.{kind}"),)


def _applicant(kind: str) -> tuple[tuple[Party, str], ...]:
    return _to(Party.APPLICANT, kind)


def _handler(kind: str) -> tuple[tuple[Party, str], ...]:
    return _to(Party.HANDLER, kind)


def table() -> tuple[Move, ...]:
    """The rows of handling itself, in the order of a complaint's life."""
    a, s = Action, State
    return (
        # Payment first (Y11-3), receipt and classification (Act 9, D6)
        Move(
            a.CHARGE,
            _ARRIVED,
            s.AWAITING_PAYMENT,
            CLASSIFIERS,
            ("kind",),
            _applicant("payment_asked"),
        ),
        Move(a.CONFIRM_PAYMENT, _UNPAID, s.ARRIVED, SYSTEM, (), _to(Party.COMPLAINTS, "new")),
        Move(
            a.REASK_PAYMENT,
            _ARRIVED,
            s.AWAITING_PAYMENT,
            SYSTEM,
            (),
            _applicant("payment_asked"),
        ),
        Move(
            a.MISS_PAYMENT,
            RUNNING,
            Then.STAY,
            SYSTEM,
            (),
            _applicant("fee_missing") + _handler("fee_missing"),
        ),
        Move(a.LAPSE, _UNPAID, s.LAPSED, SYSTEM, (), _applicant("lapsed")),
        Move(a.ACCEPT, _ARRIVED, s.ACCEPTED, CLASSIFIERS, ("kind",), _applicant("accepted")),
        Move(
            a.RECLASSIFY,
            _OUT_OF_APPROVAL,
            Then.STAY,
            CLASSIFIERS,
            ("kind",),
            _applicant("reclassified"),
        ),
        # To whom it belongs (D13(3)(4), Act 16)
        Move(a.ASSIGN, frozenset({s.ACCEPTED}), s.ASSIGNED, OFFICE, ("department",), _ASSIGNED),
        Move(
            a.REASSIGN,
            _OUT_OF_APPROVAL - {s.ACCEPTED},
            Then.STAY,
            OFFICE,
            ("department",),
            _ASSIGNED,
        ),
        Move(
            a.TRANSFER,
            _OUT_OF_APPROVAL,
            s.TRANSFERRED,
            MOVERS,
            ("agency", "reasons"),
            _applicant("transferred"),
        ),
        # What is being done (D23)
        Move(
            a.NOTE,
            AT_HAND | _COOPERATION | _INQUIRY,
            Then.WORK,
            OFFICE,
            ("step",),
            _applicant("noted"),
        ),
        # Co-operation of other departments (Act 20), papers of other offices (D7-2(3))
        Move(
            a.ASK_COOPERATION,
            AT_HAND | _COOPERATION,
            s.COOPERATION,
            OFFICE,
            ("department", "text", "until"),
            _to(Party.COOPERATORS, "cooperation_asked"),
        ),
        Move(
            a.ANSWER_COOPERATION,
            RUNNING,
            Then.RESUME,
            COOPERATORS,
            ("text",),
            _handler("cooperation_answered"),
        ),
        Move(
            a.END_COOPERATION,
            RUNNING,
            Then.RESUME,
            OFFICE,
            (),
            _to(Party.COOPERATORS, "cooperation_ended"),
        ),
        Move(
            a.AWAIT_DOCUMENTS,
            AT_HAND | _COOPERATION,
            Then.WORK,
            OFFICE,
            ("agency", "text"),
            _applicant("documents_awaited"),
        ),
        Move(a.RECEIVE_DOCUMENTS, RUNNING, Then.STAY, OFFICE),
        # What the applicant has to add: D24, D25
        Move(
            a.ASK_SUPPLEMENT,
            AT_HAND | _COOPERATION | _SUPPLEMENT,
            s.SUPPLEMENT,
            OFFICE,
            ("text", "days"),
            _applicant("supplement_asked"),
        ),
        Move(a.GIVE_SUPPLEMENT, _SUPPLEMENT, Then.RESUME, APPLICANT, ("text",), _handler("added")),
        Move(
            a.ASK_MORE_TIME,
            _SUPPLEMENT,
            Then.STAY,
            APPLICANT,
            ("days", "text"),
            _handler("more_time_asked"),
        ),
        Move(a.RECORD_UNDELIVERED, _SUPPLEMENT, Then.STAY, OFFICE),
        Move(
            a.DEEM_WITHDRAWN,
            _SUPPLEMENT,
            s.DEEMED_WITHDRAWN,
            OFFICE,
            (),
            _applicant("deemed_withdrawn"),
        ),
        # Site inquiry of a grievance (D17(4)(5))
        Move(
            a.BEGIN_INQUIRY,
            AT_HAND | _COOPERATION,
            s.INQUIRY,
            OFFICE,
            ("text",),
            _applicant("inquiry_begun"),
        ),
        Move(
            a.PROLONG_INQUIRY,
            _INQUIRY,
            Then.STAY,
            OFFICE,
            ("text",),
            _applicant("inquiry_prolonged"),
        ),
        Move(
            a.END_INQUIRY,
            _INQUIRY,
            Then.RESUME,
            OFFICE | SYSTEM,
            (),
            _handler("inquiry_over"),
        ),
        # The period made longer, by D21
        Move(
            a.EXTEND,
            _EXTENDABLE,
            Then.STAY,
            OFFICE,
            ("cause", "text", "until"),
            _applicant("extended"),
        ),
        Move(
            a.ASK_CONSENT,
            _EXTENDABLE,
            Then.STAY,
            OFFICE,
            ("cause", "text", "until"),
            _applicant("consent_asked"),
        ),
        Move(
            a.CONSENT,
            RUNNING,
            Then.STAY,
            APPLICANT,
            (),
            (*_handler("consent_given"), *_applicant("extended")),
        ),
        Move(a.DECLINE, RUNNING, Then.STAY, APPLICANT, (), _handler("consent_declined")),
        # Obvious slips (D6(5))
        Move(
            a.PROPOSE_MEND,
            _ARRIVED | _OUT_OF_APPROVAL,
            Then.STAY,
            OFFICE,
            ("field", "text"),
            _applicant("mend_proposed"),
        ),
        Move(a.AGREE_MEND, OPEN, Then.STAY, APPLICANT, (), _handler("mend_agreed")),
        Move(a.REJECT_MEND, OPEN, Then.STAY, APPLICANT, (), _handler("mend_rejected")),
        # Approval and result (Act 27)
        Move(
            a.DRAFT,
            _ANSWERABLE,
            s.AWAITING_APPROVAL,
            OFFICE,
            ("outcome", "text"),
            _to(Party.APPROVER, "approval_asked"),
        ),
        Move(
            a.APPROVE,
            _APPROVAL,
            Then.STAY,
            APPROVERS,
            (),
            _to(Party.APPROVER, "approval_asked"),
        ),
        Move(a.SEND_BACK, _APPROVAL, Then.RESUME, APPROVERS, ("text",), _handler("sent_back")),
        Move(a.TAKE_BACK, _APPROVAL, Then.RESUME, OFFICE),
        Move(
            a.COMPLETE,
            _ANSWERABLE,
            s.COMPLETED,
            OFFICE,
            ("outcome", "text"),
            _applicant("completed"),
        ),
        # What happens to it from outside
        Move(
            a.MOVE_DUE,
            RUNNING,
            Then.STAY,
            SYSTEM,
            (),
            tuple((party, "complaint.due_moved") for party in _APPLICANT_AND_HANDLER),
        ),
        Move(a.ADD, OPEN - _SUPPLEMENT, Then.STAY, APPLICANT, ("text",), _handler("added")),
        Move(
            a.WITHDRAW,
            OPEN | {s.MERGED},
            s.WITHDRAWN,
            APPLICANT,
            (),
            _handler("withdrawn"),
        ),
        Move(a.CONCEAL, _EVERYWHERE, Then.STAY, APPLICANT),
        Move(a.REVEAL, _EVERYWHERE - _TAKEN_BACK, Then.STAY, APPLICANT),
    )


LAST_APPROVAL = Move(
    Action.APPROVE,
    _APPROVAL,
    State.COMPLETED,
    APPROVERS,
    (),
    (*_applicant("completed"), *_handler("approved")),
)
"""The approval after which nobody is left to approve: the answer leaves."""

# What an outcome requires beyond its text (Act 27(3), Act 21, Act 23, D25).
OUTCOME_NEEDS: Mapping[Outcome, tuple[str, ...]] = MappingProxyType(
    {
        Outcome.DONE: (),
        Outcome.PARTLY: ("reasons", "remedies"),
        Outcome.REFUSED: ("reasons", "remedies"),
        Outcome.NOT_ACCEPTED: ("reasons", "remedies"),
        Outcome.RETURNED: ("reasons",),
        Outcome.NOT_HANDLED: ("ground", "reasons"),
        Outcome.REPEATED: ("reasons",),
    }
)
