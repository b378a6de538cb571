"""The life of a complaint: what may be done to it now, by whom, with what, and where that leads.

Pure: a case as it stands and an act go in, the move it makes or the reason why not comes out.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace as replaced
from types import MappingProxyType

from server.complaints.workflow import moves, redress_moves
from server.complaints.workflow.bars import BARS
from server.complaints.workflow.case import Case, Given, Refused
from server.complaints.workflow.checks import CHECKS
from server.complaints.workflow.moves import LAST_APPROVAL, OUTCOME_NEEDS
from server.complaints.workflow.parts import Action, Hat, Move, Then
from server.complaints.workflow.states import AT_HAND, Outcome, State
from server.complaints.workflow.words import MISSING, why_not
from server.core.i18n import N_

MOVES: Mapping[Action, Move] = MappingProxyType(
    {move.action: move for move in (*moves.table(), *redress_moves.table())}
)
NOTHING: Given = MappingProxyType({})
OUTCOME_ACTS = frozenset({Action.DRAFT, Action.COMPLETE})
ABOUT_COOPERATION = frozenset({Action.ANSWER_COOPERATION, Action.END_COOPERATION})
ROLE_OF_APPROVER: Mapping[str, Hat] = MappingProxyType(
    {"team_head": Hat.TEAM_HEAD, "department_head": Hat.HEAD}
)
"""Who approves, as the profile says it; the handler's own approval is the draft."""


def decide(
    action: Action, case: Case, hats: Collection[Hat], given: Mapping[str, object] = NOTHING
) -> Move:
    """The move that the act makes. Raises Refused: 403 by whom, 409 by state, 422 what is missing.

    `given` holds what came with the act, by the names of `needs`; an empty value is missing.
    `elsewhere` in it says that the department named is another than the one that has it.
    """
    move = MOVES[action]
    if move.who.isdisjoint(hats):
        raise Refused("complaint.not_yours", N_("이 민원에 이 일을 할 권한이 없습니다."), 403)
    if case.state not in move.sources:
        raise Refused(f"complaint.state.{case.state}", why_not(action, case.state), 409)
    bar, check = BARS.get(action), CHECKS.get(action)
    refused = bar(case, hats) if bar else None
    if refused is None and check is not None:
        refused = check(case, {**given, "hats": hats})
    if refused is not None:
        raise refused
    for field in _needs(move, given):
        if not given.get(field):
            raise Refused(f"complaint.needs.{field}", MISSING[field], 422, field)
    if action is Action.APPROVE and not approvers_left(case.approvers, hats):
        return LAST_APPROVAL
    return move


def possible(case: Case, hats: Collection[Hat]) -> tuple[Action, ...]:
    """The acts open to somebody now, for the buttons of a page."""
    return tuple(move.action for move in MOVES.values() if _is_open(move, case, hats))


def after(move: Move, case: Case) -> State:
    """The state after a move.

    What resumes goes back to what it waits for: a supplement, another department, or nothing.
    """
    match move.target:
        case State() as state:
            return state
        case Then.STAY:
            return case.state
        case Then.WORK:
            return State.IN_PROGRESS if case.state in AT_HAND else case.state
    if move.action in ABOUT_COOPERATION and case.state is not State.COOPERATION:
        return case.state
    left = _as_left(move.action, case)
    if left.supplements_asked:
        return State.SUPPLEMENT
    return State.COOPERATION if left.cooperations_open else State.IN_PROGRESS


def still_to_approve(
    chain: Collection[str], held: Collection[Hat], drafter: Collection[Hat]
) -> tuple[Hat, ...]:
    """Who must approve an answer, in order, when it is drafted.

    `chain` is the profile's; `held` are the capacities that somebody in the department has: where
    nobody has one, the next above approves. Up to what the drafter is, the draft is the approval.
    """
    wanted = [ROLE_OF_APPROVER[name] for name in chain if name in ROLE_OF_APPROVER]
    if not wanted:
        return ()
    above = [hat for hat in wanted if hat in held or hat is Hat.HEAD]
    if not above:
        above = [Hat.HEAD]
    return approvers_left(tuple(above), drafter)


def approvers_left(approvers: tuple[Hat, ...], hats: Collection[Hat]) -> tuple[Hat, ...]:
    """Who must still approve when somebody with these hats has: those above the highest of them."""
    own = [place for place, hat in enumerate(approvers, 1) if hat in hats]
    return approvers[own[-1] :] if own else approvers


def _is_open(move: Move, case: Case, hats: Collection[Hat]) -> bool:
    if move.who.isdisjoint(hats) or case.state not in move.sources:
        return False
    bar = BARS.get(move.action)
    return bar is None or bar(case, hats) is None


def _as_left(action: Action, case: Case) -> Case:
    """The case when the act has been done, as far as it is awaited no longer."""
    match action:
        case Action.GIVE_SUPPLEMENT:
            return replaced(case, supplements_asked=0)
        case Action.ANSWER_COOPERATION:
            return replaced(case, cooperations_open=case.cooperations_open - 1)
        case Action.END_COOPERATION:
            return replaced(case, cooperations_open=0)
    return case


def _needs(move: Move, given: Mapping[str, object]) -> tuple[str, ...]:
    if move.action not in OUTCOME_ACTS or not given.get("outcome"):
        return move.needs
    return move.needs + OUTCOME_NEEDS[Outcome(str(given["outcome"]))]
