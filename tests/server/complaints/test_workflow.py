"""Who may do what to a complaint in which state: every triple, and what each act requires."""

import itertools
from datetime import date

import pytest

from server.complaints.workflow import (
    ENDED,
    MISSING,
    MOVES,
    OUTCOME_NEEDS,
    RUNNING,
    Action,
    Case,
    Hat,
    Outcome,
    Refused,
    State,
    decide,
    possible,
)
from server.notifications.rules import KINDS

GIVEN = {
    "kind": "street-lamp",
    "department": 1,
    "step": "on_site",
    "text": "내용",
    "days": 5,
    "outcome": "done",
    "ground": "personal",
    "reason": "이유",
    "covered": True,
    "decision": "upheld",
    "day": "2026-12-01",
    "signers": "김영희, 010-1234-5678",
}

# What each capacity may do in each state; everything else is refused.
OFFICE = {
    State.ARRIVED: set(),
    State.ACCEPTED: {"assign", "note", "ask_supplement", "complete"},
    State.ASSIGNED: {"reassign", "note", "ask_supplement", "complete"},
    State.IN_PROGRESS: {"reassign", "note", "ask_supplement", "complete"},
    State.SUPPLEMENT: {"reassign"},
    State.AWAITING_PAYMENT: set(),
    State.COOPERATION: {"reassign", "note", "ask_supplement", "complete"},
    State.INQUIRY: {"reassign", "note", "ask_supplement", "complete"},
    State.AWAITING_APPROVAL: {"reassign", "note", "ask_supplement", "complete"},
    **dict.fromkeys(ENDED, set()),
}
ALLOWED: dict[Hat, dict[State, set[str]]] = {
    Hat.HANDLER: OFFICE,
    Hat.HEAD: OFFICE,
    Hat.COMPLAINTS: {
        state: acts
        | ({"accept"} if state is State.ARRIVED else set())
        | ({"reclassify"} if acts else set())
        for state, acts in OFFICE.items()
    },
    Hat.APPLICANT: {
        state: {"conceal"}
        | ({"withdraw"} if state not in ENDED else set())
        | ({"reveal"} if state is not State.WITHDRAWN else set())
        | ({"give_supplement"} if state is State.SUPPLEMENT else set())
        | ({"add"} if state not in ENDED | {State.SUPPLEMENT} else set())
        for state in State
    },
    Hat.READER: {state: set() for state in State},
    Hat.DISCLOSURE: {state: {"hide", "cover"} for state in State},
}
# Redress, merging, signatures and abuse, on top of the handling itself.
for _state in State:
    _answered = _state in {State.COMPLETED, State.MERGED}
    _office = {"mark", "admonish"}
    _office |= {"extend_objection", "decide_objection", "decide_reopening"} if _answered else set()
    _office |= {"sign", "represent"} if _state not in ENDED else set()
    _applicant = {"object", "ask_reopening"} if _answered else set()
    _applicant |= {"sign", "represent", "demand"} if _state not in ENDED else set()
    if _state in RUNNING - {State.AWAITING_APPROVAL}:
        _office |= {"lead", "merge"}
    elif _state is State.ARRIVED:
        _office |= {"merge"}
    for _hat in (Hat.HANDLER, Hat.HEAD, Hat.COMPLAINTS):
        ALLOWED[_hat] = {**ALLOWED[_hat], _state: ALLOWED[_hat][_state] | _office}
    _mediates = {"mediate"} if _state in RUNNING else set()
    ALLOWED[Hat.COMPLAINTS][_state] |= _mediates | {"answer_demand"}
    ALLOWED[Hat.READER][_state] |= {"answer_demand"}
    ALLOWED[Hat.APPLICANT][_state] |= _applicant
TRIPLES = list(itertools.product(State, Action, Hat))


def case(state: State) -> Case:
    waiting = state is State.SUPPLEMENT
    return Case(state, supplements_asked=1 if waiting else 0)


@pytest.mark.parametrize(("state", "action", "hat"), TRIPLES)
def test_every_triple(state: State, action: Action, hat: Hat) -> None:
    if action in ALLOWED[hat][state]:
        assert decide(action, case(state), {hat}, GIVEN).action is action
    else:
        with pytest.raises(Refused) as refused:
            decide(action, case(state), {hat}, GIVEN)
        assert refused.value.status in {403, 409}
        assert refused.value.sentence


@pytest.mark.parametrize(("state", "hat"), list(itertools.product(State, Hat)))
def test_a_page_offers_what_can_be_done(state: State, hat: Hat) -> None:
    offered = set(possible(case(state), {hat}))
    assert offered == ALLOWED[hat][state] - {"reveal"}  # public already: nothing to reveal


def test_the_way_of_an_ordinary_complaint() -> None:
    way = [
        (Action.ACCEPT, Hat.COMPLAINTS, State.ACCEPTED),
        (Action.ASSIGN, Hat.COMPLAINTS, State.ASSIGNED),
        (Action.NOTE, Hat.HANDLER, State.IN_PROGRESS),
        (Action.ASK_SUPPLEMENT, Hat.HANDLER, State.SUPPLEMENT),
        (Action.GIVE_SUPPLEMENT, Hat.APPLICANT, State.IN_PROGRESS),
        (Action.REASSIGN, Hat.HEAD, State.IN_PROGRESS),
        (Action.COMPLETE, Hat.HANDLER, State.COMPLETED),
    ]
    state = State.ARRIVED
    for action, hat, after in way:
        state = decide(action, case(state), {hat}, GIVEN).target_from(state)
        assert state is after


@pytest.mark.parametrize("action", list(Action))
def test_what_is_required_is_asked_for(action: Action) -> None:
    move = MOVES[action]
    state, hat = next(iter(move.sources)), next(iter(move.who))
    for field in move.needs:
        with pytest.raises(Refused) as refused:
            decide(action, case(state), {hat}, {**GIVEN, field: ""})
        assert (refused.value.field, refused.value.status) in {(field, 422), ("outcome", 409)}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_refusal_needs_reasons_and_remedies(outcome: Outcome) -> None:
    missed = Case(State.IN_PROGRESS, supplements_asked=2, supplements_missed=2)
    extra = {"reasons": "이유", "remedies": "행정심판", "ground": "trial"}
    given = {**GIVEN, "outcome": outcome}
    assert decide(Action.COMPLETE, missed, {Hat.HANDLER}, {**given, **extra})
    for field in OUTCOME_NEEDS[outcome]:
        with pytest.raises(Refused) as refused:
            decide(Action.COMPLETE, missed, {Hat.HANDLER}, {**given, **extra, field: " "[:0]})
        assert refused.value.field == field


def test_another_department_is_named_by_its_head_or_the_complaints_department() -> None:
    given = {**GIVEN, "elsewhere": True}
    for hat in (Hat.HEAD, Hat.COMPLAINTS):
        assert decide(Action.REASSIGN, case(State.ASSIGNED), {hat}, given)
    with pytest.raises(Refused) as refused:
        decide(Action.REASSIGN, case(State.ASSIGNED), {Hat.HANDLER}, given)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("asked", "missed", "days", "refused"),
    [
        (0, 0, 20, None),  # the first: as long as it takes
        (1, 0, 5, 409),  # one is running
        (1, 1, 10, None),  # missed: once more, at most 10 days
        (1, 1, 11, 422),
        (2, 1, 5, 409),
        (2, 2, 5, 409),  # missed twice: return it, do not ask again
    ],
)
def test_supplements(asked: int, missed: int, days: int, refused: int | None) -> None:
    state = State.SUPPLEMENT if asked else State.ASSIGNED
    waiting = Case(
        state,
        supplements_asked=asked,
        supplements_missed=missed,
        supplement_until=date(2026, 11, 30),
    )
    given = {**GIVEN, "days": days}
    if refused is None:
        assert decide(Action.ASK_SUPPLEMENT, waiting, {Hat.HANDLER}, given)
    else:
        with pytest.raises(Refused) as why:
            decide(Action.ASK_SUPPLEMENT, waiting, {Hat.HANDLER}, given)
        assert why.value.status == refused


@pytest.mark.parametrize(("missed", "may"), [(0, False), (1, False), (2, True)])
def test_a_return_only_after_two_supplements_missed(missed: int, may: bool) -> None:
    waiting = Case(State.SUPPLEMENT, supplements_asked=2, supplements_missed=missed)
    given = {**GIVEN, "outcome": "returned", "reasons": "보완하지 않음"}
    if may:
        assert decide(Action.COMPLETE, waiting, {Hat.HANDLER}, given)
        assert Action.COMPLETE in possible(waiting, {Hat.HANDLER})
    else:
        with pytest.raises(Refused):
            decide(Action.COMPLETE, waiting, {Hat.HANDLER}, given)
        assert Action.COMPLETE not in possible(waiting, {Hat.HANDLER})


def test_a_kind_never_public_is_not_revealed() -> None:
    closed = Case(State.ASSIGNED, public=False, may_be_public=False)
    assert Action.REVEAL not in possible(closed, {Hat.APPLICANT})
    with pytest.raises(Refused):
        decide(Action.REVEAL, closed, {Hat.APPLICANT})


def test_everything_told_and_everything_missing_has_its_words() -> None:
    assert {kind for move in MOVES.values() for _, kind in move.tells} <= KINDS.keys()
    needed = {need for move in MOVES.values() for need in move.needs}
    assert needed.union(*OUTCOME_NEEDS.values()) == MISSING.keys()
