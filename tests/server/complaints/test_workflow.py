"""Who may do what to a complaint in which state: every triple against a table written by hand, and
what each act requires."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from server.complaints import workflow, workflow_moves, workflow_redress
from server.complaints.workflow import (
    AT_HAND,
    ENDED,
    MISSING,
    OUTCOME_NEEDS,
    RUNNING,
    Action,
    Case,
    Hat,
    Outcome,
    Refused,
    State,
    after,
    approvers_left,
    decide,
    possible,
    still_to_approve,
)
from server.complaints.workflow_conditions import BARS, CHECKS
from server.complaints.workflow_moves import LAST_APPROVAL
from server.core.i18n import gettext
from server.notifications.rules import KINDS

GIVEN = {
    "kind": "street-lamp",
    "department": 1,
    "agency": "서울특별시",
    "step": "on_site",
    "text": "내용",
    "days": 5,
    "until": date(2026, 12, 8),
    "more": 3,
    "cause": "facts",
    "field": "title",
    "outcome": "done",
    "reasons": "이유",
    "reason": "까닭",
    "covered": "말",
    "ground": "trial",
    "decision": "granted",
    "day": date(2026, 12, 8),
    "signers": "김영희",
    "remedies": "행정심판",
}

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


@pytest.fixture(autouse=True)
def table_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine with its table made now, not at import: so a change of any row is noticed."""
    rows = (*workflow_moves.table(), *workflow_redress.table())
    monkeypatch.setattr(workflow, "MOVES", {move.action: move for move in rows})


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
    move = workflow.MOVES[action]
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
    assert after(workflow.MOVES[action], case) is STATES[then]


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
    move = workflow.MOVES[action]
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


def check_words(refused: Refused) -> None:
    """A refusal is said in both languages, and names the field that it is about."""
    assert gettext(refused.sentence, "en") != refused.sentence
    assert refused.code.startswith("complaint.")
    assert refused.field in (GIVEN if refused.status == 422 else {None, "department"})
    refused.text()


def refusal(action: Action, case: Case, hat: Hat = Hat.HANDLER, **more: object) -> str | None:
    """The code of the refusal without its prefix and its status, or None where it is done."""
    try:
        decide(action, case, {hat}, {**GIVEN, **more})
    except Refused as refused:
        check_words(refused)
        return f"{refused.code.partition('.')[2]} {refused.status}"
    return None


AT_WORK = Case(State.IN_PROGRESS)
GRIEVANCE = replace(AT_WORK, category="grievance")
ASKED = Case(State.SUPPLEMENT, supplements_asked=1, supplement_until=date(2026, 11, 30))
MISSED = replace(ASKED, supplements_missed=1)
MISSED_TWICE = replace(ASKED, supplements_asked=2, supplements_missed=2)
LOST = replace(ASKED, supplements_undelivered=1, undelivered_last=True)
LOST_TWICE = replace(ASKED, supplements_asked=2, supplements_undelivered=2, undelivered_last=True)
INQUIRING = replace(GRIEVANCE, state=State.INQUIRY, inquired=True)
APPROVING = Case(State.AWAITING_APPROVAL, approvers=(Hat.TEAM_HEAD, Hat.HEAD))


@pytest.mark.parametrize(
    ("case", "days", "refused"),
    [
        (AT_WORK, 20, None),  # the first: as long as it takes
        (AT_WORK, 60, None),
        (AT_WORK, 61, "days 422"),
        (AT_WORK, -1, "days 422"),
        (ASKED, 5, "supplement 409"),  # one is running
        (MISSED, 10, None),  # missed: once more, at most 10 days
        (MISSED, 11, "supplement.days 422"),
        (replace(MISSED, supplements_asked=2), 5, "supplement 409"),
        (MISSED_TWICE, 5, "supplement 409"),  # return it, do not ask again
        (LOST, 14, None),  # never arrived: sent again, as long as before
        (replace(LOST, supplements_asked=2), 5, "supplement 409"),
        (LOST_TWICE, 5, "supplement 409"),
    ],
)
def test_supplements(case: Case, days: int, refused: str | None) -> None:
    assert refusal(Action.ASK_SUPPLEMENT, case, days=days) == refused
    offered = Action.ASK_SUPPLEMENT in possible(case, {Hat.HANDLER})
    assert offered == (refused != "supplement 409")


@pytest.mark.parametrize(
    ("case", "days", "refused"),
    [
        (ASKED, 7, None),
        (ASKED, 30, None),
        (ASKED, 31, "days 422"),
        (ASKED, -1, "days 422"),
        (replace(ASKED, more_time_asked=1), 7, None),
        (replace(ASKED, more_time_asked=2), 7, "more_time 409"),  # twice (D24)
        (MISSED, 7, "more_time 409"),  # too late
        (replace(MISSED, supplements_asked=2), 7, "more_time 409"),  # the second: 10 days at most
        (LOST, 7, "more_time 409"),
    ],
)
def test_more_time_for_a_supplement(case: Case, days: int, refused: str | None) -> None:
    assert refusal(Action.ASK_MORE_TIME, case, Hat.APPLICANT, days=days) == refused


@pytest.mark.parametrize(
    ("case", "undelivered", "deemed"),
    [
        (ASKED, None, "deem_withdrawn 409"),
        (MISSED, None, "deem_withdrawn 409"),
        (LOST, "undelivered 409", "deem_withdrawn 409"),
        (replace(LOST, supplements_asked=2, undelivered_last=False), None, "deem_withdrawn 409"),
        (LOST_TWICE, "undelivered 409", None),
    ],
)
def test_twice_undeliverable_is_deemed_withdrawn(
    case: Case, undelivered: str | None, deemed: str | None
) -> None:
    assert refusal(Action.RECORD_UNDELIVERED, case) == undelivered
    assert refusal(Action.DEEM_WITHDRAWN, case) == deemed


@pytest.mark.parametrize(
    ("case", "outcome", "refused"),
    [
        (MISSED_TWICE, "returned", None),  # D25(1)
        (replace(MISSED_TWICE, supplements_missed=1), "returned", "waiting 409"),
        (MISSED_TWICE, "done", "outcome 422"),
        (MISSED_TWICE, "", "needs.outcome 422"),
        (AT_WORK, "returned", "outcome 422"),
        (replace(AT_WORK, supplements_asked=2, supplements_missed=2), "returned", None),
        (AT_WORK, "refused", "outcome 422"),  # 거부 is for applications
        (replace(AT_WORK, category="application"), "refused", None),
        (replace(AT_WORK, category="application"), "not_accepted", "outcome 422"),
        (AT_WORK, "not_accepted", None),
        (AT_WORK, "repeated", "outcome 422"),  # answered twice before (Act 23)
        (replace(AT_WORK, answered_before=1), "repeated", "outcome 422"),
        (replace(AT_WORK, answered_before=2), "repeated", None),
        (replace(AT_WORK, answered_before=3), "repeated", None),
        (replace(AT_WORK, answered_before=2, category="application"), "repeated", "outcome 422"),
        (replace(AT_WORK, documents_awaited=True), "done", "documents 409"),
        (replace(AT_WORK, approvers=(Hat.HEAD,)), "done", "approval 409"),
    ],
)
def test_outcomes(case: Case, outcome: str, refused: str | None) -> None:
    assert refusal(Action.COMPLETE, case, outcome=outcome, remedies="행정심판") == refused
    if case.approvers:
        return
    drafted = replace(case, approvers=(Hat.HEAD,))
    assert refusal(Action.DRAFT, drafted, outcome=outcome, remedies="행정심판") == refused


def test_no_answer_is_drafted_that_needs_no_approval_or_nobody_has() -> None:
    assert refusal(Action.DRAFT, AT_WORK) == "no_approval 409"
    unassigned = Case(State.ACCEPTED, approvers=(Hat.HEAD,))
    assert refusal(Action.DRAFT, unassigned) is not None
    assert Action.DRAFT not in possible(unassigned, {Hat.HANDLER})
    assert Action.COMPLETE not in possible(unassigned, {Hat.HANDLER})
    assert refusal(Action.COMPLETE, Case(State.ACCEPTED)) is None


@pytest.mark.parametrize(
    ("case", "extend", "ask_consent"),
    [
        (AT_WORK, None, "extend.first 409"),
        (replace(AT_WORK, overdue=True), "extend.late 409", "extend.first 409"),
        (replace(AT_WORK, extensions=1), "extend.once 409", None),
        (replace(AT_WORK, extensions=1, overdue=True), "extend.once 409", "extend.late 409"),
        (replace(AT_WORK, extensions=1, consent_asked=True), "extend.once 409", "extend.asked 409"),
        (replace(AT_WORK, extensions=2), "extend.once 409", "extend.twice 409"),
        (replace(AT_WORK, extensions=3), "extend.once 409", "extend.twice 409"),
    ],
)
def test_extension_once_and_once_more_with_consent(
    case: Case, extend: str | None, ask_consent: str | None
) -> None:
    assert refusal(Action.EXTEND, case) == extend
    assert refusal(Action.ASK_CONSENT, case) == ask_consent


@pytest.mark.parametrize(
    ("case", "consent", "decline"),
    [
        (replace(AT_WORK, extensions=1), "extend.not_asked 409", "extend.not_asked 409"),
        (replace(AT_WORK, consent_asked=True), None, None),
        (replace(AT_WORK, consent_asked=True, overdue=True), "extend.late 409", None),
    ],
)
def test_the_applicant_consents_or_does_not(
    case: Case, consent: str | None, decline: str | None
) -> None:
    assert refusal(Action.CONSENT, case, Hat.APPLICANT) == consent
    assert refusal(Action.DECLINE, case, Hat.APPLICANT) == decline


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"cause": "cooperation"}, None),
        ({"cause": "facts"}, None),
        ({"cause": "force_majeure"}, None),
        ({"cause": "likewise"}, None),
        ({"cause": "workload"}, "extend.cause 422"),
        ({"cause": "absence"}, "extend.cause 422"),
        ({"text": "업무량이 많아 늦어졌습니다."}, "extend.unlawful 422"),
        ({"text": "업무가 많습니다"}, "extend.unlawful 422"),
        ({"text": "업무 폭주로 연장합니다"}, "extend.unlawful 422"),
        ({"text": "배정이 늦었습니다"}, "extend.unlawful 422"),
        ({"text": "재배정 과정이 지연되었습니다"}, "extend.unlawful 422"),
        ({"text": "담당자가 휴가입니다"}, "extend.unlawful 422"),
        ({"text": "담당 직원의 출장으로"}, "extend.unlawful 422"),
        ({"text": "한국전력과 협의하는 업무가 남았습니다."}, None),
        ({"text": "담당자가 현장을 다시 확인합니다."}, None),
        ({"more": None}, "extend.length 422"),
        ({"more": 0}, "extend.length 422"),
        ({"until": None, "more": None}, "needs.until 422"),
    ],
)
def test_lawful_grounds_of_an_extension(more: dict[str, object], refused: str | None) -> None:
    """Never workload, a late assignment or an absent handler (D21)."""
    assert refusal(Action.EXTEND, AT_WORK, **more) == refused
    assert refusal(Action.ASK_CONSENT, replace(AT_WORK, extensions=1), **more) == refused


@pytest.mark.parametrize(
    ("case", "begin", "prolong"),
    [
        (GRIEVANCE, None, "state.in_progress 409"),
        (AT_WORK, "inquiry.grievance 409", "state.in_progress 409"),
        (replace(AT_WORK, category="proposal"), "inquiry.grievance 409", "state.in_progress 409"),
        (replace(GRIEVANCE, inquired=True), "inquiry.once 409", "state.in_progress 409"),
        (INQUIRING, "state.inquiry 409", None),
        (replace(INQUIRING, inquiry_prolonged=True), "state.inquiry 409", "inquiry.prolonged 409"),
    ],
)
def test_a_grievance_is_looked_into_once(
    case: Case, begin: str | None, prolong: str | None
) -> None:
    assert refusal(Action.BEGIN_INQUIRY, case) == begin
    assert refusal(Action.PROLONG_INQUIRY, case) == prolong


def test_documents_are_awaited_once_at_a_time() -> None:
    waiting = replace(AT_WORK, documents_awaited=True)
    assert refusal(Action.AWAIT_DOCUMENTS, AT_WORK) is None
    assert refusal(Action.AWAIT_DOCUMENTS, waiting) == "documents.awaited 409"
    assert refusal(Action.RECEIVE_DOCUMENTS, waiting) is None
    assert refusal(Action.RECEIVE_DOCUMENTS, AT_WORK) == "documents.none 409"


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"elsewhere": True}, None),
        ({"elsewhere": False}, "cooperation.own 422"),
        ({"elsewhere": True, "asked_already": True}, "cooperation.twice 422"),
        ({"elsewhere": True, "until_passed": True}, "cooperation.until 422"),
        ({"department": 0}, "needs.department 422"),
    ],
)
def test_co_operation_is_asked_of_another_department(
    more: dict[str, object], refused: str | None
) -> None:
    assert refusal(Action.ASK_COOPERATION, AT_WORK, **more) == refused


def test_co_operation_is_taken_back_only_where_it_is_awaited() -> None:
    waiting = Case(State.COOPERATION, cooperations_open=1)
    assert refusal(Action.END_COOPERATION, waiting) is None
    assert refusal(Action.END_COOPERATION, AT_WORK) == "cooperation.none 409"
    assert refusal(Action.COMPLETE, waiting) == "state.cooperation 409"


@pytest.mark.parametrize("action", [Action.ASSIGN, Action.REASSIGN])
@pytest.mark.parametrize(
    ("hat", "refused"),
    [
        (Hat.HEAD, None),
        (Hat.COMPLAINTS, None),
        (Hat.HANDLER, "elsewhere 403"),
        (Hat.TEAM_HEAD, "elsewhere 403"),
    ],
)
def test_another_department_is_named_by_its_head_or_the_complaints_department(
    action: Action, hat: Hat, refused: str | None
) -> None:
    case = Case(State.ACCEPTED if action is Action.ASSIGN else State.ASSIGNED)
    assert refusal(action, case, hat, elsewhere=True) == refused
    assert refusal(action, case, hat, elsewhere=False) is None


@pytest.mark.parametrize(
    ("chain", "held", "drafter", "left"),
    [
        (("handler",), {"HEAD"}, {"HANDLER"}, ()),
        (("handler", "team_head"), {"TEAM_HEAD", "HEAD"}, {"HANDLER"}, ("TEAM_HEAD",)),
        (("handler", "team_head"), {"HEAD"}, {"HANDLER"}, ("HEAD",)),  # no team head there
        (("handler", "team_head"), set(), {"HANDLER"}, ("HEAD",)),
        (
            ("handler", "team_head", "department_head"),
            {"TEAM_HEAD", "HEAD"},
            {"HANDLER"},
            ("TEAM_HEAD", "HEAD"),
        ),
        (("handler", "team_head", "department_head"), {"HEAD"}, {"HANDLER"}, ("HEAD",)),
        (("handler", "team_head", "department_head"), set(), {"HANDLER"}, ("HEAD",)),
        (  # a team head's own draft is the team head's approval
            ("handler", "team_head", "department_head"),
            {"TEAM_HEAD", "HEAD"},
            {"HANDLER", "TEAM_HEAD"},
            ("HEAD",),
        ),
        (
            ("handler", "team_head", "department_head"),
            {"TEAM_HEAD", "HEAD"},
            {"HEAD"},
            (),
        ),
        (("handler", "team_head"), {"TEAM_HEAD", "HEAD"}, {"COMPLAINTS"}, ("TEAM_HEAD",)),
        ((), {"HEAD"}, {"HANDLER"}, ()),
    ],
)
def test_who_must_approve(
    chain: tuple[str, ...], held: set[str], drafter: set[str], left: tuple[str, ...]
) -> None:
    found = still_to_approve(chain, {Hat[each] for each in held}, {Hat[each] for each in drafter})
    assert found == tuple(Hat[each] for each in left)


def test_approvals_go_in_order() -> None:
    assert refusal(Action.APPROVE, APPROVING, Hat.TEAM_HEAD) is None
    assert refusal(Action.APPROVE, APPROVING, Hat.HEAD) == "not_your_approval 403"
    assert refusal(Action.SEND_BACK, APPROVING, Hat.HEAD) == "not_your_approval 403"
    assert Action.APPROVE not in possible(APPROVING, {Hat.HEAD})
    after_team = replace(APPROVING, approvers=(Hat.HEAD,))
    assert refusal(Action.APPROVE, after_team, Hat.HEAD) is None
    assert refusal(Action.APPROVE, after_team, Hat.TEAM_HEAD) == "not_your_approval 403"
    team, both = approvers_left(APPROVING.approvers, {Hat.TEAM_HEAD}), {Hat.TEAM_HEAD, Hat.HEAD}
    assert team == (Hat.HEAD,)
    assert approvers_left(APPROVING.approvers, both) == ()
    assert approvers_left(APPROVING.approvers, {Hat.HANDLER}) == APPROVING.approvers


def test_only_the_last_approval_lets_the_answer_leave() -> None:
    first = decide(Action.APPROVE, APPROVING, {Hat.TEAM_HEAD})
    assert after(first, APPROVING) is State.AWAITING_APPROVAL
    assert {kind for _, kind in first.tells} == {"complaint.approval_asked"}
    waiting = replace(APPROVING, approvers=(Hat.HEAD,))
    last = decide(Action.APPROVE, waiting, {Hat.HEAD})
    assert after(last, waiting) is State.COMPLETED
    assert {kind for _, kind in last.tells} == {"complaint.completed", "complaint.approved"}
    assert last is LAST_APPROVAL
    assert decide(Action.APPROVE, APPROVING, {Hat.TEAM_HEAD, Hat.HEAD}) is LAST_APPROVAL


def test_slips_are_mended_one_at_a_time_and_only_where_they_can_be() -> None:
    asked = replace(AT_WORK, mend_proposed=True)
    assert refusal(Action.PROPOSE_MEND, AT_WORK) is None
    assert refusal(Action.PROPOSE_MEND, asked) == "mend.asked 409"
    assert refusal(Action.PROPOSE_MEND, AT_WORK, field="phone") == "mend.field 422"
    for action in (Action.AGREE_MEND, Action.REJECT_MEND):
        assert refusal(action, asked, Hat.APPLICANT) is None
        assert refusal(action, AT_WORK, Hat.APPLICANT) == "mend.none 409"


def test_publicity() -> None:
    closed = replace(AT_WORK, public=False)
    never = replace(closed, may_be_public=False)
    assert refusal(Action.CONCEAL, AT_WORK, Hat.APPLICANT) is None
    assert refusal(Action.CONCEAL, closed, Hat.APPLICANT) == "closed_already 409"
    assert refusal(Action.REVEAL, closed, Hat.APPLICANT) is None
    assert refusal(Action.REVEAL, AT_WORK, Hat.APPLICANT) == "public_already 409"
    assert refusal(Action.REVEAL, never, Hat.APPLICANT) == "never_public 409"
    hidden = replace(AT_WORK, hidden=True)
    assert refusal(Action.HIDE, hidden, Hat.DISCLOSURE) == "hidden_already 409"
    assert refusal(Action.SHOW, AT_WORK, Hat.DISCLOSURE) == "not_hidden 409"
    assert refusal(Action.SHOW, hidden, Hat.DISCLOSURE) is None


def test_who_is_told_of_each_act() -> None:
    """The applicant hears of every step that is theirs to know; nobody of what is theirs alone."""
    told = {
        action: {str(party) for party, _ in move.tells} for action, move in workflow.MOVES.items()
    }
    for action in [
        "charge",
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
    moves = [*workflow.MOVES.values(), LAST_APPROVAL]
    assert {kind for move in moves for _, kind in move.tells} <= KINDS.keys()
    needed = {need for move in moves for need in move.needs}
    assert needed.union(*OUTCOME_NEEDS.values()) == MISSING.keys()
    assert workflow.MOVES.keys() == set(Action)
    assert BARS.keys() | CHECKS.keys() <= set(Action)


def test_what_has_ended_has_no_way_back_into_handling() -> None:
    for move in workflow.MOVES.values():
        for state in ENDED & move.sources:
            assert after(move, Case(state)) in ENDED
    assert {
        after(move, Case(state)) for move in workflow.MOVES.values() for state in move.sources
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
        decide(action, Case(state), workflow.MOVES[action].who, GIVEN)
    assert refused.value.sentence.startswith(begins)
    check_words(refused.value)


def test_the_longest_time_is_named() -> None:
    with pytest.raises(Refused) as refused:
        decide(Action.ASK_SUPPLEMENT, AT_WORK, {Hat.HANDLER}, {**GIVEN, "days": 61})
    assert refused.value.text() == "60일까지 고를 수 있습니다."
    with pytest.raises(Refused) as refused:
        decide(Action.ASSIGN, Case(State.ACCEPTED), {Hat.HANDLER}, {**GIVEN, "elsewhere": True})
    assert refused.value.field == "department"
