"""Who may do what to a complaint in which state: every triple against a table written by hand, and
what each act requires."""

import itertools
from dataclasses import replace

import pytest

from server.complaints.workflow import (
    AT_HAND,
    OUTCOME_NEEDS,
    Action,
    Case,
    Hat,
    Outcome,
    Refused,
    State,
    after,
    decide,
    deciding,
    possible,
)
from tests.server.complaints.workflow.cases import (
    GIVEN,
    check_words,
)

# The law's own table, written apart from the machine's. Capacities: A applicant, C complaints
# department, H head, T team head, h handler, o asked to co-operate, R reads all, D disclosure,
# S nobody (time, money, the calendar). States before acceptance a p; at hand c g w; waiting k (for
# a department) s (supplement) i (inquiry) v (approval); ended: d done, x withdrawn, y deemed
# withdrawn, t transferred, l lapsed, m merged.
STATES = {
    "a": State.ARRIVED,
    "p": State.AWAITING_PAYMENT,
    "c": State.ACCEPTED,
    "g": State.ASSIGNED,
    "w": State.IN_PROGRESS,
    "k": State.COOPERATION,
    "s": State.SUPPLEMENT,
    "i": State.INQUIRY,
    "v": State.AWAITING_APPROVAL,
    "d": State.COMPLETED,
    "x": State.WITHDRAWN,
    "y": State.DEEMED_WITHDRAWN,
    "t": State.TRANSFERRED,
    "l": State.LAPSED,
    "m": State.MERGED,
}
HATS = {
    "A": Hat.APPLICANT,
    "C": Hat.COMPLAINTS,
    "H": Hat.HEAD,
    "T": Hat.TEAM_HEAD,
    "h": Hat.HANDLER,
    "o": Hat.COOPERATOR,
    "R": Hat.READER,
    "D": Hat.DISCLOSURE,
    "S": Hat.SYSTEM,
}
TABLE = """
charge               C     a
confirm_payment      S     p
reask_payment        S     a
miss_payment         S     cgwksiv
lapse                S     p
accept               C     a
reclassify           C     cgwksi
assign               CHTh  c
reassign             CHTh  gwksi
transfer             CH    cgwksi
note                 CHTh  cgwki
ask_cooperation      CHTh  cgwk
answer_cooperation   o     cgwksiv
end_cooperation      CHTh  cgwksiv
await_documents      CHTh  cgwk
receive_documents    CHTh  cgwksiv
ask_supplement       CHTh  cgwks
give_supplement      A     s
ask_more_time        A     s
record_undelivered   CHTh  s
deem_withdrawn       CHTh  s
begin_inquiry        CHTh  cgwk
prolong_inquiry      CHTh  i
end_inquiry          CHThS i
extend               CHTh  cgwkv
ask_consent          CHTh  cgwkv
consent              A     cgwksiv
decline              A     cgwksiv
propose_mend         CHTh  acgwksi
agree_mend           A     apcgwksiv
reject_mend          A     apcgwksiv
draft                CHTh  gws
approve              HT    v
send_back            HT    v
take_back            CHTh  v
complete             CHTh  cgws
move_due             S     cgwksiv
withdraw             A     apcgwksivm
add                  A     apcgwkiv
conceal              A     apcgwksivdxytlm
reveal               A     apcgwksivdt
hide                 D     apcgwksivdxytlm
show                 D     apcgwksivdxytlm
cover                D     apcgwksivdxytlm
object               A     dm
extend_objection     CHTh  dm
decide_objection     CHTh  dm
demand               A     apcgwksiv
answer_demand        CR    apcgwksivdxytlm
ask_reopening        A     dm
decide_reopening     CHTh  dm
lead                 CHTh  cgwksi
merge                CHTh  acgwksi
sign                 ACHTh apcgwksiv
represent            ACHTh apcgwksiv
mediate              C     cgwksiv
mark                 CHTh  apcgwksivdxytlm
admonish             CHTh  apcgwksivdxytlm
"""
ALLOWED = {
    (STATES[state], Action(action), HATS[hat])
    for action, hats, states in (line.split() for line in TABLE.split("\n") if line)
    for hat in hats
    for state in states
}


TRIPLES = list(itertools.product(State, Action, Hat))

# For each act the case in which nothing but state and powers can stand against it.
FITTING = {
    Action.REVEAL: {"public": False},
    Action.SHOW: {"hidden": True},
    Action.DEEM_WITHDRAWN: {"supplements_asked": 2, "supplements_undelivered": 2},
    Action.RECORD_UNDELIVERED: {"supplements_asked": 1},
    Action.ASK_MORE_TIME: {"supplements_asked": 1},
    Action.BEGIN_INQUIRY: {"category": "grievance"},
    Action.RECEIVE_DOCUMENTS: {"documents_awaited": True},
    Action.END_COOPERATION: {"cooperations_open": 1},
    Action.ASK_CONSENT: {"extensions": 1},
    Action.CONSENT: {"extensions": 1, "consent_asked": True},
    Action.DECLINE: {"extensions": 1, "consent_asked": True},
    Action.AGREE_MEND: {"mend_proposed": True},
    Action.REJECT_MEND: {"mend_proposed": True},
    Action.DRAFT: {"approvers": (Hat.HEAD,)},
}


def fitting(action: Action, state: State, hat: Hat | None = None) -> Case:
    """The case that stands in no act's way but by its state."""
    facts = dict(FITTING.get(action, {}))
    if action in {Action.APPROVE, Action.SEND_BACK} and hat in {Hat.HEAD, Hat.TEAM_HEAD}:
        facts["approvers"] = (hat,)
    if action in {Action.DRAFT, Action.COMPLETE} and state is State.SUPPLEMENT:
        facts |= {"supplements_asked": 2, "supplements_missed": 2}
    return Case(state, **facts)


def given(action: Action, state: State) -> dict[str, object]:
    if action in {Action.DRAFT, Action.COMPLETE} and state is State.SUPPLEMENT:
        return {**GIVEN, "outcome": "returned"}
    return {**GIVEN, "elsewhere": action is Action.ASK_COOPERATION}


@pytest.mark.parametrize("action", list(Action))
def test_every_triple(action: Action) -> None:
    """The allowed ones act; the rest are refused, by the power first and then by the state."""
    for state, hat in itertools.product(State, Hat):
        case = fitting(action, state, hat)
        if (state, action, hat) in ALLOWED:
            assert decide(action, case, {hat}, given(action, state)).action is action
            continue
        with pytest.raises(Refused) as refused:
            decide(action, case, {hat}, given(action, state))
        check_words(refused.value)
        somewhere = any((other, action, hat) in ALLOWED for other in State)
        unassigned = (action, state) == (Action.DRAFT, State.ACCEPTED)
        if not somewhere:
            assert (refused.value.code, refused.value.status) == ("complaint.not_yours", 403)
        elif not unassigned:
            assert refused.value.code == f"complaint.state.{state}"
            assert refused.value.status == 409


def test_every_page_offers_exactly_what_can_be_done() -> None:
    """What is offered is what decide would not refuse for who and when; nothing else."""
    for state, action, hat in TRIPLES:
        case = fitting(action, state, hat)
        assert (action in possible(case, {hat})) == ((state, action, hat) in ALLOWED), action


def test_nothing_is_possible_without_a_hat() -> None:
    assert not any(possible(Case(state), set()) for state in State)


# Where each act leads, where it is not told below.
TARGETS = {
    "charge": "p",
    "confirm_payment": "a",
    "reask_payment": "p",
    "lapse": "l",
    "accept": "c",
    "assign": "g",
    "transfer": "t",
    "ask_cooperation": "k",
    "ask_supplement": "s",
    "deem_withdrawn": "y",
    "begin_inquiry": "i",
    "draft": "v",
    "complete": "d",
    "merge": "m",
    "withdraw": "x",
}
RESUMING = {
    Action.GIVE_SUPPLEMENT,
    Action.ANSWER_COOPERATION,
    Action.END_COOPERATION,
    Action.END_INQUIRY,
    Action.SEND_BACK,
    Action.TAKE_BACK,
}
WORKING = {Action.NOTE, Action.AWAIT_DOCUMENTS}


@pytest.mark.parametrize("action", list(Action))
def test_where_each_act_leads(action: Action) -> None:
    move = deciding.MOVES[action]
    for state in move.sources:
        if action in TARGETS:
            assert after(move, Case(state)) is STATES[TARGETS[action]]
        elif action in WORKING:
            assert after(move, Case(state)) is (State.IN_PROGRESS if state in AT_HAND else state)
        elif action not in RESUMING:
            end = after(move, Case(state))
            assert end is state or (state, end) == (State.MERGED, State.WITHDRAWN)  # Act 22


@pytest.mark.parametrize(
    ("action", "state", "facts", "then"),
    [
        (Action.GIVE_SUPPLEMENT, "s", {"supplements_asked": 1}, "w"),
        (Action.GIVE_SUPPLEMENT, "s", {"supplements_asked": 2, "cooperations_open": 1}, "k"),
        (Action.ANSWER_COOPERATION, "k", {"cooperations_open": 1}, "w"),
        (Action.ANSWER_COOPERATION, "k", {"cooperations_open": 2}, "k"),
        (Action.ANSWER_COOPERATION, "s", {"cooperations_open": 1, "supplements_asked": 1}, "s"),
        (Action.ANSWER_COOPERATION, "v", {"cooperations_open": 1, "supplements_asked": 2}, "v"),
        (Action.ANSWER_COOPERATION, "i", {"cooperations_open": 1}, "i"),
        (Action.END_COOPERATION, "k", {"cooperations_open": 3}, "w"),
        (Action.END_COOPERATION, "i", {"cooperations_open": 1}, "i"),
        (Action.END_INQUIRY, "i", {}, "w"),
        (Action.END_INQUIRY, "i", {"cooperations_open": 1}, "k"),
        (Action.SEND_BACK, "v", {}, "w"),
        (Action.SEND_BACK, "v", {"supplements_asked": 2, "supplements_missed": 2}, "s"),
        (Action.TAKE_BACK, "v", {}, "w"),
        (Action.TAKE_BACK, "v", {"supplements_asked": 2, "supplements_missed": 2}, "s"),
    ],
)
def test_what_resumes_goes_back_to_what_it_waits_for(
    action: Action, state: str, facts: dict[str, int], then: str
) -> None:
    case = replace(Case(STATES[state]), **facts)
    assert after(deciding.MOVES[action], case) is STATES[then]


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
    case = Case(State.ARRIVED)
    for action, hat, then in way:
        asked = 1 if action is Action.GIVE_SUPPLEMENT else 0
        case = replace(case, supplements_asked=asked)
        case = replace(case, state=after(decide(action, case, {hat}, GIVEN), case))
        assert case.state is then


@pytest.mark.parametrize("action", list(Action))
def test_what_is_required_is_asked_for(action: Action) -> None:
    move = deciding.MOVES[action]
    hat = min(move.who)
    state = min(set(move.sources) - {State.SUPPLEMENT, State.ACCEPTED} or move.sources)
    for field in move.needs:
        with pytest.raises(Refused) as refused:
            decide(action, fitting(action, state, hat), {hat}, {**given(action, state), field: ""})
        assert (refused.value.field, refused.value.status) == (field, 422), action
        assert refused.value.code == f"complaint.needs.{field}"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_needs_what_the_law_says(outcome: Outcome) -> None:
    """A refusal its reasons and remedies (Act 27(3)), no handling its ground (Act 21)."""
    needs = {
        Outcome.DONE: set(),
        Outcome.PARTLY: {"reasons", "remedies"},
        Outcome.REFUSED: {"reasons", "remedies"},
        Outcome.NOT_ACCEPTED: {"reasons", "remedies"},
        Outcome.RETURNED: {"reasons"},
        Outcome.NOT_HANDLED: {"reasons", "ground"},
        Outcome.REPEATED: {"reasons"},
    }
    category = "application" if outcome is Outcome.REFUSED else "other"
    case = Case(
        State.IN_PROGRESS,
        supplements_asked=2,
        supplements_missed=2,
        category=category,
        answered_before=2,
    )
    full = {**GIVEN, "remedies": "행정심판", "outcome": outcome}
    for action, approvers in ((Action.COMPLETE, ()), (Action.DRAFT, (Hat.HEAD,))):
        drafted = replace(case, approvers=approvers)
        assert decide(action, drafted, {Hat.HANDLER}, full).action is action
        assert set(OUTCOME_NEEDS[outcome]) == needs[outcome]
        for field in needs[outcome]:
            with pytest.raises(Refused) as refused:
                decide(action, drafted, {Hat.HANDLER}, {**full, field: ""})
            assert (refused.value.field, refused.value.status) == (field, 422)
            check_words(refused.value)
        assert decide(
            action,
            drafted,
            {Hat.HANDLER},
            {k: v for k, v in full.items() if k not in {"reasons", "remedies", "ground"}}
            | dict.fromkeys(needs[outcome], "글"),
        )
