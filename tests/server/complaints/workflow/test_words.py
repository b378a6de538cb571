"""Who is told of each act, and the words of every refusal."""

import pytest

from server.complaints.workflow import (
    BARS,
    CHECKS,
    ENDED,
    LAST_APPROVAL,
    MISSING,
    OUTCOME_NEEDS,
    RUNNING,
    Action,
    Case,
    Hat,
    Refused,
    State,
    after,
    decide,
    deciding,
)
from server.notifications.rules import KINDS
from tests.server.complaints.workflow.cases import (
    AT_WORK,
    GIVEN,
    check_words,
)


def test_who_is_told_of_each_act() -> None:
    """The applicant hears of every step that is theirs to know; nobody of what is theirs alone."""
    told = {
        action: {str(party) for party, _ in move.tells} for action, move in deciding.MOVES.items()
    }
    for action in [
        "charge",
        "reask_payment",
        "miss_payment",
        "lapse",
        "accept",
        "reclassify",
        "assign",
        "reassign",
        "transfer",
        "note",
        "await_documents",
        "ask_supplement",
        "deem_withdrawn",
        "begin_inquiry",
        "prolong_inquiry",
        "extend",
        "ask_consent",
        "propose_mend",
        "complete",
        "move_due",
        "merge",
    ]:
        assert "applicant" in told[Action(action)], action
    for action in [
        "assign",
        "reassign",
        "answer_cooperation",
        "give_supplement",
        "ask_more_time",
        "end_inquiry",
        "consent",
        "decline",
        "agree_mend",
        "reject_mend",
        "send_back",
        "move_due",
        "withdraw",
        "add",
    ]:
        assert "handler" in told[Action(action)], action
    assert told[Action.DRAFT] == told[Action.APPROVE] == {"approver"}
    assert told[Action.ASK_COOPERATION] == told[Action.END_COOPERATION] == {"cooperators"}
    assert told[Action.CONFIRM_PAYMENT] == {"complaints"}
    assert not told[Action.CONCEAL] | told[Action.TAKE_BACK] | told[Action.RECORD_UNDELIVERED]


def test_everything_told_and_everything_missing_has_its_words() -> None:
    moves = [*deciding.MOVES.values(), LAST_APPROVAL]
    assert {kind for move in moves for _, kind in move.tells} <= KINDS.keys()
    needed = {need for move in moves for need in move.needs}
    assert needed.union(*OUTCOME_NEEDS.values()) == MISSING.keys()
    assert deciding.MOVES.keys() == set(Action)
    assert BARS.keys() | CHECKS.keys() <= set(Action)


def test_what_has_ended_has_no_way_back_into_handling() -> None:
    for move in deciding.MOVES.values():
        for state in ENDED & move.sources:
            assert after(move, Case(state)) in ENDED
    assert {
        after(move, Case(state)) for move in deciding.MOVES.values() for state in move.sources
    } >= (ENDED | RUNNING)


@pytest.mark.parametrize(
    ("action", "state", "begins"),
    [
        (Action.ACCEPT, State.ACCEPTED, "이미 접수한"),
        (Action.ACCEPT, State.IN_PROGRESS, "이미 접수한"),
        (Action.ACCEPT, State.COMPLETED, "이미 처리가 끝난"),
        (Action.ACCEPT, State.AWAITING_PAYMENT, "아직 수수료를 내지 않은"),
        (Action.GIVE_SUPPLEMENT, State.IN_PROGRESS, "지금은 보완을 요청받은 민원이 아닙니다"),
        (Action.ASK_MORE_TIME, State.ARRIVED, "지금은 보완을 요청받은 민원이 아닙니다"),
        (Action.GIVE_SUPPLEMENT, State.WITHDRAWN, "민원인이 취하한"),
        (Action.APPROVE, State.IN_PROGRESS, "지금은 결재할 답변이 없습니다"),
        (Action.SEND_BACK, State.SUPPLEMENT, "지금은 결재할 답변이 없습니다"),
        (Action.TAKE_BACK, State.COMPLETED, "이미 처리가 끝난"),
        (Action.NOTE, State.AWAITING_APPROVAL, "답변을 결재하고 있는 민원입니다. 바꾸려면"),
        (Action.COMPLETE, State.COOPERATION, "다른 부서의 협조를 기다리는 민원입니다. 답을"),
        (Action.COMPLETE, State.INQUIRY, "현장을 조사하고 있는 민원입니다. 조사를"),
        (Action.ASSIGN, State.ARRIVED, "아직 접수하지 않은"),
    ],
)
def test_the_reason_says_what_to_do(action: Action, state: State, begins: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(action, Case(state), deciding.MOVES[action].who, GIVEN)
    assert refused.value.sentence.startswith(begins)
    check_words(refused.value)


def test_the_longest_time_is_named() -> None:
    with pytest.raises(Refused) as refused:
        decide(Action.ASK_SUPPLEMENT, AT_WORK, {Hat.HANDLER}, {**GIVEN, "days": 61})
    assert refused.value.text() == "60일까지 고를 수 있습니다."
    with pytest.raises(Refused) as refused:
        decide(Action.ASSIGN, Case(State.ACCEPTED), {Hat.HANDLER}, {**GIVEN, "elsewhere": True})
    assert refused.value.field == "department"
