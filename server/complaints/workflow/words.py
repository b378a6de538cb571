"""Why an act is refused, in words: by the state of the complaint, and by what is missing."""

from typing import Final

from server.complaints.workflow.parts import Action
from server.complaints.workflow.states import AT_HAND, OPEN, State
from server.core.i18n import N_

MISSING: Final = {
    "kind": N_("민원 종류를 골라 주세요."),
    "department": N_("부서를 골라 주세요."),
    "agency": N_("어느 기관인지 적어 주세요."),
    "step": N_("진행 상황을 골라 주세요."),
    "text": N_("내용을 적어 주세요."),
    "days": N_("기간을 골라 주세요."),
    "until": N_("언제까지인지 골라 주세요."),
    "cause": N_("연장하는 까닭을 골라 주세요."),
    "field": N_("무엇을 고칠지 골라 주세요."),
    "outcome": N_("처리 결과를 골라 주세요."),
    "reason": N_("까닭을 적어 주세요. 기록에 남습니다."),
    "covered": N_("가릴 말을 적거나 사진을 골라 주세요."),
    "reasons": N_("이유를 적어 주세요. 민원인에게 반드시 알려야 합니다."),
    "remedies": N_("이의신청 같은 구제 방법을 적어 주세요. 민원인에게 반드시 알려야 합니다."),
    "decision": N_("어떻게 할지 골라 주세요."),
    "day": N_("날짜를 적어 주세요."),
    "signers": N_("이름과 연락처를 적어 주세요."),
    "ground": N_("어느 사유에 해당하는지 골라 주세요."),
}

_STATE_SENTENCES: Final = {
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
_NOT_ASKED: Final = N_("지금은 보완을 요청받은 민원이 아닙니다.")
_NO_DRAFT: Final = N_("지금은 결재할 답변이 없습니다. 되돌렸거나 거둔 답변일 수 있습니다.")
_APPROVED_NOW: Final = N_(
    "답변을 결재하고 있는 민원입니다. 바꾸려면 올린 답변을 먼저 거두어 주세요."
)
_COOPERATION_OPEN: Final = N_(
    "다른 부서의 협조를 기다리는 민원입니다. 답을 받거나 요청을 거둔 뒤에 해 주세요."
)
_INQUIRY_OPEN: Final = N_("현장을 조사하고 있는 민원입니다. 조사를 마친 뒤에 해 주세요.")
_BY_APPLICANT: Final = frozenset({Action.GIVE_SUPPLEMENT, Action.ASK_MORE_TIME})
_BY_APPROVER: Final = frozenset({Action.APPROVE, Action.SEND_BACK, Action.TAKE_BACK})
_OF_THE_OFFICE_AT_WORK: Final = {
    State.AWAITING_APPROVAL: _APPROVED_NOW,
    State.COOPERATION: _COOPERATION_OPEN,
    State.INQUIRY: _INQUIRY_OPEN,
}


def why_not(action: Action, state: State) -> str:
    """Why an act is not possible in a state."""
    if action is Action.ACCEPT and state in AT_HAND:
        return N_("이미 접수한 민원입니다.")
    if action in _BY_APPLICANT and state in OPEN:
        return _NOT_ASKED
    if action in _BY_APPROVER and state in OPEN:
        return _NO_DRAFT
    return _OF_THE_OFFICE_AT_WORK.get(state, _STATE_SENTENCES[state])
