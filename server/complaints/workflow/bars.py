"""What of a case stands against an act, whatever comes with it.

Decree 17 (inquiry), 20 and 21 (extension), 24 and 25 (supplement, return), 6(5) (slips). Each gives
the refusal, or None where nothing stands against it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from server.complaints.workflow.case import (
    GRIEVANCE,
    SUPPLEMENTS_MAX,
    Bar,
    Case,
    Hats,
    Refused,
    not_now,
)
from server.complaints.workflow.parts import Action, Hat
from server.complaints.workflow.states import State
from server.core.i18n import N_

MORE_TIME_MAX: Final = 2  # how often an applicant may ask for more time (D24)
UNDELIVERED_MAX: Final = 2  # then it is deemed withdrawn (D25(2))
EXTENSIONS_MAX: Final = 2  # the second with the applicant's consent (D21)


def _conceal(case: Case, _: Hats) -> Refused | None:
    return None if case.public else not_now("closed_already", N_("이미 공개하지 않습니다."))


def _reveal(case: Case, _: Hats) -> Refused | None:
    if not case.may_be_public:
        return not_now("never_public", N_("이 종류의 민원은 공개하지 않습니다."))
    return not_now("public_already", N_("이미 공개하고 있습니다.")) if case.public else None


def _hide(case: Case, _: Hats) -> Refused | None:
    return not_now("hidden_already", N_("이미 공개하지 않습니다.")) if case.hidden else None


def _show(case: Case, _: Hats) -> Refused | None:
    return None if case.hidden else not_now("not_hidden", N_("구청이 가려 둔 민원이 아닙니다."))


def _ask_supplement(case: Case, _: Hats) -> Refused | None:
    if case.supplement_running:
        sentence = N_("이미 보완을 요청했고 기한이 남아 있습니다.")
    elif case.supplements_missed >= SUPPLEMENTS_MAX:
        sentence = N_("보완을 두 번 요청했습니다. 이유를 밝혀 반려할 수 있습니다.")
    elif case.supplements_undelivered >= UNDELIVERED_MAX:
        sentence = N_("보완 요청이 두 번 되돌아왔습니다. 취하한 것으로 보고 끝낼 수 있습니다.")
    else:
        return None
    return not_now("supplement", sentence)


def _ask_more_time(case: Case, _: Hats) -> Refused | None:
    if not case.supplement_running:
        sentence = N_("보완 기한이 이미 지났습니다. 담당자에게 전화해 주세요.")
    elif case.supplements_missed:
        sentence = N_("두 번째 보완 기간은 더 늘릴 수 없습니다.")
    elif case.more_time_asked >= MORE_TIME_MAX:
        sentence = N_("기간은 두 번까지 늘릴 수 있습니다.")
    else:
        return None
    return not_now("more_time", sentence)


def _record_undelivered(case: Case, _: Hats) -> Refused | None:
    if case.undelivered_last:
        return not_now("undelivered", N_("되돌아온 것을 이미 적었습니다."))
    return None


def _deem_withdrawn(case: Case, _: Hats) -> Refused | None:
    if case.supplements_undelivered < UNDELIVERED_MAX:
        sentence = N_("보완 요청이 두 번 되돌아왔을 때만 취하한 것으로 봅니다.")
        return not_now("deem_withdrawn", sentence)
    return None


def _begin_inquiry(case: Case, _: Hats) -> Refused | None:
    if case.category != GRIEVANCE:
        return not_now("inquiry.grievance", N_("현장 조사 기간은 고충민원에만 둡니다."))
    return not_now("inquiry.once", N_("현장 조사는 한 번만 합니다.")) if case.inquired else None


def _prolong_inquiry(case: Case, _: Hats) -> Refused | None:
    if case.inquiry_prolonged:
        return not_now("inquiry.prolonged", N_("조사 기간은 한 번만 늘릴 수 있습니다."))
    return None


def _await_documents(case: Case, _: Hats) -> Refused | None:
    if case.documents_awaited:
        return not_now("documents.awaited", N_("이미 서류를 기다리고 있습니다."))
    return None


def _receive_documents(case: Case, _: Hats) -> Refused | None:
    if case.documents_awaited:
        return None
    return not_now("documents.none", N_("기다리는 서류가 없습니다."))


def _end_cooperation(case: Case, _: Hats) -> Refused | None:
    if case.cooperations_open:
        return None
    return not_now("cooperation.none", N_("기다리는 협조가 없습니다."))


def _in_time(case: Case) -> Refused | None:
    if case.overdue:
        return not_now("extend.late", N_("처리 기한이 이미 지나 연장할 수 없습니다."))
    return None


def _extend(case: Case, _: Hats) -> Refused | None:
    if case.extensions:
        sentence = N_("이미 한 번 연장했습니다. 다시 연장하려면 민원인이 동의해야 합니다.")
        return not_now("extend.once", sentence)
    return _in_time(case)


def _ask_consent(case: Case, _: Hats) -> Refused | None:
    if not case.extensions:
        return not_now("extend.first", N_("첫 연장은 동의 없이 할 수 있습니다."))
    if case.extensions >= EXTENSIONS_MAX:
        return not_now("extend.twice", N_("이미 두 번 연장했습니다. 더 연장할 수 없습니다."))
    if case.consent_asked:
        return not_now("extend.asked", N_("이미 동의를 물었습니다. 답을 기다려 주세요."))
    return _in_time(case)


def _decline(case: Case, _: Hats) -> Refused | None:
    if case.consent_asked:
        return None
    return not_now("extend.not_asked", N_("지금은 연장 동의를 묻고 있지 않습니다."))


def _consent(case: Case, hats: Hats) -> Refused | None:
    return _decline(case, hats) or _in_time(case)


def _propose_mend(case: Case, _: Hats) -> Refused | None:
    if case.mend_proposed:
        return not_now("mend.asked", N_("이미 고쳐도 되는지 물었습니다. 답을 기다려 주세요."))
    return None


def _mended(case: Case, _: Hats) -> Refused | None:
    if case.mend_proposed:
        return None
    return not_now("mend.none", N_("고쳐도 되는지 물은 것이 없습니다."))


def _answerable(case: Case) -> Refused | None:
    waiting = case.state is State.SUPPLEMENT and case.supplements_missed < SUPPLEMENTS_MAX
    if waiting:
        sentence = N_("보완을 기다리는 동안에는 끝낼 수 없습니다. 반려만 할 수 있습니다.")
        return not_now("waiting", sentence)
    if case.documents_awaited:
        sentence = N_("다른 기관의 서류를 기다리고 있습니다. 받았다고 적은 뒤에 답변해 주세요.")
        return not_now("documents", sentence)
    return None


def _draft(case: Case, _: Hats) -> Refused | None:
    if not case.approvers:
        return not_now("no_approval", N_("결재 없이 바로 답변할 수 있는 민원입니다."))
    if case.state is State.ACCEPTED:
        sentence = N_("먼저 배정해 주세요. 결재는 맡은 부서에서 합니다.")
        return not_now("approval.unassigned", sentence)
    return _answerable(case)


def _complete(case: Case, _: Hats) -> Refused | None:
    if case.approvers:
        sentence = N_("결재를 받아야 나가는 답변입니다. 결재를 올려 주세요.")
        return not_now("approval", sentence)
    return _answerable(case)


NEXT_APPROVER: Final = {
    Hat.TEAM_HEAD: N_("지금은 팀장이 결재할 차례입니다."),
    Hat.HEAD: N_("지금은 부서장이 결재할 차례입니다."),
}


def _approve(case: Case, hats: Hats) -> Refused | None:
    if case.approvers and case.approvers[0] not in hats:
        sentence = NEXT_APPROVER[case.approvers[0]]
        return Refused("complaint.not_your_approval", sentence, 403)
    return None


BARS: Mapping[Action, Bar] = MappingProxyType(
    {
        Action.CONCEAL: _conceal,
        Action.REVEAL: _reveal,
        Action.HIDE: _hide,
        Action.SHOW: _show,
        Action.ASK_SUPPLEMENT: _ask_supplement,
        Action.ASK_MORE_TIME: _ask_more_time,
        Action.RECORD_UNDELIVERED: _record_undelivered,
        Action.DEEM_WITHDRAWN: _deem_withdrawn,
        Action.BEGIN_INQUIRY: _begin_inquiry,
        Action.PROLONG_INQUIRY: _prolong_inquiry,
        Action.AWAIT_DOCUMENTS: _await_documents,
        Action.RECEIVE_DOCUMENTS: _receive_documents,
        Action.END_COOPERATION: _end_cooperation,
        Action.EXTEND: _extend,
        Action.ASK_CONSENT: _ask_consent,
        Action.CONSENT: _consent,
        Action.DECLINE: _decline,
        Action.PROPOSE_MEND: _propose_mend,
        Action.AGREE_MEND: _mended,
        Action.REJECT_MEND: _mended,
        Action.DRAFT: _draft,
        Action.COMPLETE: _complete,
        Action.APPROVE: _approve,
        Action.SEND_BACK: _approve,
    }
)
"""What of the case stands against an act, whatever comes with it."""
