"""The life of a complaint: states, acts, who may, what each requires and whom it tells.

Civil Petitions Treatment Act 9 (receipt), 22-2 (withdrawal), 27 (result), its Decree 24 and 25
(supplement, return); powers by Y10-2. Pure: a case as it stands goes in, the move it makes or the
reason why not comes out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from server.core.i18n import N_
from server.core.web import Problem


class State(StrEnum):
    """Where a complaint stands."""

    ARRIVED = "arrived"  # filed; the 8 working hours for acceptance run
    AWAITING_PAYMENT = "awaiting_payment"  # a fee is due first (Y11-3); nothing runs yet
    ACCEPTED = "accepted"  # classified; the statutory clock runs
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    COOPERATION = "cooperation"  # asked of another department, with a reply-by date; the clock runs
    SUPPLEMENT = "supplement"  # asked of the applicant; the clock stands still
    INQUIRY = "inquiry"  # a grievance is looked into on the spot; the clock stands still
    AWAITING_APPROVAL = "awaiting_approval"  # the answer is drafted and goes from hand to hand
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DEEMED_WITHDRAWN = "deemed_withdrawn"  # what was asked could twice not be delivered (D25(2))
    TRANSFERRED = "transferred"  # to another agency (Act 16)
    LAPSED = "lapsed"  # the fee was not paid in time (Y11-3)
    MERGED = "merged"  # received as one with another (D6(7))

    @property
    def is_open(self) -> bool:
        """Whether something can still be done about it."""
        return self in OPEN


ENDED = frozenset(
    {
        State.COMPLETED,
        State.WITHDRAWN,
        State.DEEMED_WITHDRAWN,
        State.TRANSFERRED,
        State.LAPSED,
        State.MERGED,
    }
)
OPEN = frozenset(State) - ENDED
BEFORE_ACCEPTANCE = frozenset({State.ARRIVED, State.AWAITING_PAYMENT})
RUNNING = OPEN - BEFORE_ACCEPTANCE
ANSWERED = frozenset({State.COMPLETED, State.MERGED})  # a merged one by its leader's result


class Outcome(StrEnum):
    """How a complaint ends, each a different thing in law."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"  # 거부, of an application (Act 27(3))
    NOT_ACCEPTED = "not_accepted"  # 불수용, of anything else (Act 27(3))
    RETURNED = "returned"  # D25(1)
    NOT_HANDLED = "not_handled"  # Act 21
    REPEATED = "repeated"  # answered twice already (Act 23)


class Action(StrEnum):
    """What can be done to a complaint."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    NOTE = "note"
    RECLASSIFY = "reclassify"
    ASK_SUPPLEMENT = "ask_supplement"
    GIVE_SUPPLEMENT = "give_supplement"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    ADD = "add"  # words and photos of the applicant that nobody asked for
    CONCEAL = "conceal"
    REVEAL = "reveal"
    OBJECT = "object"  # 이의신청 (Act 35)
    EXTEND_OBJECTION = "extend_objection"
    DECIDE_OBJECTION = "decide_objection"
    DEMAND = "demand"  # 시정 요구 (D18)
    ANSWER_DEMAND = "answer_demand"
    ASK_REOPENING = "ask_reopening"  # 재처리 요청
    DECIDE_REOPENING = "decide_reopening"
    LEAD = "lead"  # others are received as one with it (D6(7))
    MERGE = "merge"  # it is received as one with another
    SIGN = "sign"  # an enclosure of signatures (연명부)
    REPRESENT = "represent"  # representatives (D8)
    MEDIATE = "mediate"  # the mediation committee has dealt with it (D26)
    MARK = "mark"  # insults are marked, and covered for all (D4)
    ADMONISH = "admonish"  # a warning is sent (D11-2)
    HIDE = "hide"  # the office closes it to the public, with a reason
    SHOW = "show"  # and opens it again, where the applicant wishes it public
    COVER = "cover"  # and covers more of it


class Hat(StrEnum):
    """In what capacity somebody stands before one complaint. One person may wear several."""

    APPLICANT = "applicant"
    COMPLAINTS = "complaints"  # the complaints department supervises all (Y10-2)
    HEAD = "head"  # of the department that has it
    HANDLER = "handler"  # an official of the department that has it
    READER = "reader"  # examiner and audit: read all, change nothing
    DISCLOSURE = "disclosure"  # who manages disclosure, by the profile (Y10-2)


class Party(StrEnum):
    """Who is told."""

    APPLICANT = "applicant"
    HANDLER = "handler"  # the handler, or while there is none the department's officials
    DEPARTMENT = "department"
    COMPLAINTS = "complaints"


OFFICE = frozenset({Hat.COMPLAINTS, Hat.HEAD, Hat.HANDLER})
MOVERS = frozenset({Hat.COMPLAINTS, Hat.HEAD})  # may send it to another department
APPLICANT = frozenset({Hat.APPLICANT})
DISCLOSURE = frozenset({Hat.DISCLOSURE})

SUPPLEMENTS_MAX = 2  # asked, missed, asked once more (D24, D25)
SECOND_SUPPLEMENT_DAYS_MAX = 10  # D25(1)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the workflow: from where to where, by whom, with what, and who hears of it."""

    action: Action
    sources: frozenset[State]
    target: State | None  # None: the state stays
    who: frozenset[Hat]
    needs: tuple[str, ...] = ()
    tells: tuple[tuple[Party, str], ...] = ()  # with the kind of the notification

    def target_from(self, state: State) -> State:
        """The state after the act."""
        return self.target or state


_MOVES = (
    Move(
        Action.ACCEPT,
        frozenset({State.ARRIVED}),
        State.ACCEPTED,
        frozenset({Hat.COMPLAINTS}),
        needs=("kind",),
        tells=((Party.APPLICANT, "complaint.accepted"),),
    ),
    Move(
        Action.ASSIGN,
        frozenset({State.ACCEPTED}),
        State.ASSIGNED,
        OFFICE,
        needs=("department",),
        tells=(
            (Party.APPLICANT, "complaint.assigned"),
            (Party.HANDLER, "complaint.assigned_to_you"),
        ),
    ),
    Move(
        Action.REASSIGN,
        RUNNING - {State.ACCEPTED},
        None,
        OFFICE,
        needs=("department",),
        tells=(
            (Party.APPLICANT, "complaint.assigned"),
            (Party.HANDLER, "complaint.assigned_to_you"),
        ),
    ),
    Move(
        Action.NOTE,
        RUNNING - {State.SUPPLEMENT},
        State.IN_PROGRESS,
        OFFICE,
        needs=("step",),
        tells=((Party.APPLICANT, "complaint.noted"),),
    ),
    Move(
        Action.RECLASSIFY,
        RUNNING,
        None,
        frozenset({Hat.COMPLAINTS}),
        needs=("kind",),
        tells=((Party.APPLICANT, "complaint.reclassified"),),
    ),
    Move(
        Action.ASK_SUPPLEMENT,
        RUNNING,
        State.SUPPLEMENT,
        OFFICE,
        needs=("text", "days"),
        tells=((Party.APPLICANT, "complaint.supplement_asked"),),
    ),
    Move(
        Action.GIVE_SUPPLEMENT,
        frozenset({State.SUPPLEMENT}),
        State.IN_PROGRESS,
        APPLICANT,
        needs=("text",),
        tells=((Party.HANDLER, "complaint.added"),),
    ),
    Move(
        Action.COMPLETE,
        RUNNING,
        State.COMPLETED,
        OFFICE,
        needs=("outcome", "text"),
        tells=((Party.APPLICANT, "complaint.completed"),),
    ),
    Move(
        Action.ADD,
        OPEN - {State.SUPPLEMENT},
        None,
        APPLICANT,
        needs=("text",),
        tells=((Party.HANDLER, "complaint.added"),),
    ),
    Move(
        Action.WITHDRAW,
        OPEN,
        State.WITHDRAWN,
        APPLICANT,
        tells=((Party.HANDLER, "complaint.withdrawn"),),
    ),
    Move(Action.CONCEAL, frozenset(State), None, APPLICANT),
    Move(Action.REVEAL, frozenset(State) - {State.WITHDRAWN}, None, APPLICANT),
    Move(
        Action.HIDE,
        frozenset(State),
        None,
        DISCLOSURE,
        needs=("ground", "reason"),
        tells=((Party.APPLICANT, "complaint.hidden"),),
    ),
    Move(
        Action.SHOW,
        frozenset(State),
        None,
        DISCLOSURE,
        needs=("ground", "reason"),
        tells=((Party.APPLICANT, "complaint.shown"),),
    ),
    Move(
        Action.COVER,
        frozenset(State),
        None,
        DISCLOSURE,
        needs=("ground", "reason", "covered"),
        tells=((Party.APPLICANT, "complaint.covered"),),
    ),
    # What redress, merging and abuse require beyond this is decided by rules of their own.
    Move(Action.OBJECT, ANSWERED, None, APPLICANT, needs=("text",)),
    Move(Action.EXTEND_OBJECTION, ANSWERED, None, OFFICE, needs=("text",)),
    Move(
        Action.DECIDE_OBJECTION,
        ANSWERED,
        None,
        OFFICE,
        needs=("decision", "reasons"),
        tells=((Party.APPLICANT, "objection.decided"),),
    ),
    Move(Action.DEMAND, OPEN, None, APPLICANT, needs=("ground", "text")),
    Move(
        Action.ANSWER_DEMAND,
        frozenset(State),
        None,
        frozenset({Hat.COMPLAINTS, Hat.READER}),
        needs=("text",),
        tells=((Party.APPLICANT, "correction.answered"),),
    ),
    Move(
        Action.ASK_REOPENING,
        ANSWERED,
        None,
        APPLICANT,
        needs=("text",),
        tells=((Party.HANDLER, "reopening.asked"),),
    ),
    Move(
        Action.DECIDE_REOPENING,
        ANSWERED,
        None,
        OFFICE,
        needs=("decision",),
        tells=((Party.APPLICANT, "reopening.decided"),),
    ),
    Move(Action.LEAD, RUNNING - {State.AWAITING_APPROVAL}, None, OFFICE),
    Move(
        Action.MERGE,
        OPEN - {State.AWAITING_PAYMENT, State.AWAITING_APPROVAL},
        State.MERGED,
        OFFICE,
        tells=((Party.APPLICANT, "complaint.merged"),),
    ),
    Move(Action.SIGN, OPEN, None, OFFICE | APPLICANT, needs=("signers",)),
    Move(Action.REPRESENT, OPEN, None, OFFICE | APPLICANT, needs=("signers",)),
    Move(Action.MEDIATE, RUNNING, None, frozenset({Hat.COMPLAINTS}), needs=("day", "text")),
    Move(Action.MARK, frozenset(State), None, OFFICE),
    Move(
        Action.ADMONISH,
        frozenset(State),
        None,
        OFFICE,
        needs=("text",),
        tells=((Party.APPLICANT, "complaint.admonished"),),
    ),
)

MOVES: Mapping[Action, Move] = MappingProxyType({move.action: move for move in _MOVES})

# What an outcome requires beyond its text (Act 27(3), Act 21, D25).
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


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules must know of a complaint. `supplements_missed`: asked, and nothing came."""

    state: State
    public: bool = True
    may_be_public: bool = True
    hidden: bool = False  # the office has closed it to the public
    supplements_asked: int = 0
    supplements_missed: int = 0
    supplement_until: date | None = None


class Refused(Problem):
    """The act is not possible; the sentence says why."""


def decide(
    action: Action,
    case: Case,
    hats: Collection[Hat],
    given: Mapping[str, object] = MappingProxyType({}),
) -> Move:
    """The move that the act makes. Raises Refused: 403 by whom, 409 by state, 422 what is missing.

    `given` holds what came with the act, by the names of `needs`; an empty value is missing.
    `elsewhere` in it says that the department named is another than the one that has it.
    """
    move = MOVES[action]
    if move.who.isdisjoint(hats):
        raise Refused("complaint.not_yours", N_("이 민원에 이 일을 할 권한이 없습니다."), 403)
    if case.state not in move.sources:
        raise Refused(f"complaint.state.{case.state}", _why_not(action, case.state), 409)
    if given.get("elsewhere") and MOVERS.isdisjoint(hats):
        sentence = N_("다른 부서로 보내는 일은 민원 담당 부서나 부서장이 합니다.")
        raise Refused("complaint.elsewhere", sentence, 403, "department")
    _check_publicity(action, case)
    _check_supplement(action, case, given)
    _check_outcome(action, case, given)
    for field in _needs(move, given):
        if not given.get(field):
            raise Refused(f"complaint.needs.{field}", MISSING[field], 422, field)
    return move


def possible(case: Case, hats: Collection[Hat]) -> tuple[Action, ...]:
    """The acts open to somebody now, for the buttons of a page."""
    return tuple(
        move.action
        for move in _MOVES
        if not move.who.isdisjoint(hats)
        and case.state in move.sources
        and not (move.action is Action.CONCEAL and not case.public)
        and not (move.action is Action.REVEAL and (case.public or not case.may_be_public))
        and not (move.action is Action.HIDE and case.hidden)
        and not (move.action is Action.SHOW and not case.hidden)
        and not (move.action is Action.ASK_SUPPLEMENT and _supplement_fault(case))
        and not (
            move.action is Action.COMPLETE
            and case.state is State.SUPPLEMENT
            and case.supplements_missed < SUPPLEMENTS_MAX
        )
    )


MISSING = {
    "kind": N_("민원 종류를 골라 주세요."),
    "department": N_("부서를 골라 주세요."),
    "step": N_("진행 상황을 골라 주세요."),
    "text": N_("내용을 적어 주세요."),
    "days": N_("보완 기간을 골라 주세요."),
    "outcome": N_("처리 결과를 골라 주세요."),
    "reason": N_("까닭을 적어 주세요. 기록에 남습니다."),
    "covered": N_("가릴 말을 적거나 사진을 골라 주세요."),
    "reasons": N_("이유를 적어 주세요. 민원인에게 반드시 알려야 합니다."),
    "remedies": N_("이의신청 같은 구제 방법을 적어 주세요. 민원인에게 반드시 알려야 합니다."),
    "ground": N_("어느 사유에 해당하는지 골라 주세요."),
    "decision": N_("어떻게 할지 골라 주세요."),
    "day": N_("날짜를 적어 주세요."),
    "signers": N_("이름과 연락처를 적어 주세요."),
}

_STATE_SENTENCE = {
    State.ARRIVED: N_("아직 접수하지 않은 민원입니다. 먼저 접수해 주세요."),
    State.AWAITING_PAYMENT: N_("아직 수수료를 내지 않은 민원입니다. 낸 뒤에 접수합니다."),
    State.ACCEPTED: N_("접수만 하고 아직 배정하지 않은 민원입니다."),
    State.ASSIGNED: N_("이미 접수해 배정한 민원입니다."),
    State.IN_PROGRESS: N_("이미 접수해 처리하고 있는 민원입니다."),
    State.COOPERATION: N_("다른 부서의 협조를 기다리는 민원입니다."),
    State.SUPPLEMENT: N_("보완을 기다리는 민원입니다."),
    State.INQUIRY: N_("현장을 조사하고 있는 민원입니다."),
    State.AWAITING_APPROVAL: N_("답변을 결재하고 있는 민원입니다."),
    State.COMPLETED: N_("이미 처리가 끝난 민원입니다."),
    State.WITHDRAWN: N_("민원인이 취하한 민원입니다."),
    State.DEEMED_WITHDRAWN: N_("취하한 것으로 본 민원입니다."),
    State.TRANSFERRED: N_("다른 기관으로 보낸 민원입니다."),
    State.LAPSED: N_("수수료를 내지 않아 끝난 민원입니다."),
    State.MERGED: N_("다른 민원과 하나로 묶은 민원입니다."),
}


def _why_not(action: Action, state: State) -> str:
    if action is Action.ACCEPT and state is State.ACCEPTED:
        return N_("이미 접수한 민원입니다.")
    if action is Action.GIVE_SUPPLEMENT and state in OPEN:
        return N_("지금은 보완을 요청받은 민원이 아닙니다.")
    return _STATE_SENTENCE[state]


def _needs(move: Move, given: Mapping[str, object]) -> tuple[str, ...]:
    if move.action is not Action.COMPLETE or not given.get("outcome"):
        return move.needs
    return move.needs + OUTCOME_NEEDS[Outcome(str(given["outcome"]))]


def _check_publicity(action: Action, case: Case) -> None:
    if action is Action.REVEAL and not case.may_be_public:
        sentence = N_("이 종류의 민원은 공개하지 않습니다.")
        raise Refused("complaint.never_public", sentence, 409)


def _supplement_fault(case: Case) -> str | None:
    """Why no supplement can be asked now, or None."""
    if case.state is State.SUPPLEMENT and case.supplements_missed < case.supplements_asked:
        return N_("이미 보완을 요청했고 기한이 남아 있습니다.")
    if case.supplements_missed >= SUPPLEMENTS_MAX:
        return N_("보완을 두 번 요청했습니다. 이유를 밝혀 반려할 수 있습니다.")
    return None


def _check_supplement(action: Action, case: Case, given: Mapping[str, object]) -> None:
    if action is not Action.ASK_SUPPLEMENT:
        return
    if (fault := _supplement_fault(case)) is not None:
        raise Refused("complaint.supplement", fault, 409)
    days = int(str(given.get("days") or 0))
    if case.supplements_missed and days > SECOND_SUPPLEMENT_DAYS_MAX:
        sentence = N_("두 번째 보완은 10일을 넘지 못합니다.")
        raise Refused("complaint.supplement.days", sentence, 422, "days")


def _check_outcome(action: Action, case: Case, given: Mapping[str, object]) -> None:
    if action is not Action.COMPLETE:
        return
    returned = given.get("outcome") == Outcome.RETURNED
    if returned and case.supplements_missed < SUPPLEMENTS_MAX:
        sentence = N_("반려는 보완을 두 번 요청하고도 받지 못했을 때만 할 수 있습니다.")
        raise Refused("complaint.return", sentence, 422, "outcome")
    if case.state is State.SUPPLEMENT and not returned:
        sentence = N_("보완을 기다리는 동안에는 끝낼 수 없습니다. 반려만 할 수 있습니다.")
        raise Refused("complaint.waiting", sentence, 409, "outcome")
