"""What stands against an act beyond state and powers, of the case and of what came with it."""

from dataclasses import replace

import pytest

from server.complaints.workflow import (
    LAST_APPROVAL,
    Action,
    Case,
    Hat,
    Outcome,
    State,
    after,
    approvers_left,
    decide,
    outcomes,
    possible,
    still_to_approve,
)
from tests.server.complaints.workflow.cases import (
    APPROVING,
    ASKED,
    AT_WORK,
    GRIEVANCE,
    INQUIRING,
    LOST,
    LOST_TWICE,
    MISSED,
    MISSED_TWICE,
    refusal,
)


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


@pytest.mark.parametrize(
    ("case", "offered"),
    [
        (AT_WORK, {"done", "partly", "not_accepted", "not_handled"}),
        (replace(AT_WORK, category="application"), {"done", "partly", "refused", "not_handled"}),
        (replace(AT_WORK, fee_missing=True), {"not_accepted", "not_handled"}),
        (
            replace(AT_WORK, answered_before=2),
            {"done", "partly", "not_accepted", "not_handled", "repeated"},
        ),
        (MISSED_TWICE, {"returned"}),
        (ASKED, set()),
    ],
)
def test_only_lawful_outcomes_are_offered(case: Case, offered: set[str]) -> None:
    found = outcomes(case)
    assert {str(each) for each in found} == offered
    assert list(found) == [each for each in Outcome if each in offered]


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
