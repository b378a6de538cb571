"""The acts of the desk in words, and which of them usually comes next in each state."""

from collections.abc import Collection, Mapping
from typing import Final

from server.complaints.showing.reading import Reading
from server.complaints.workflow import Action, Hat, State
from server.core.i18n import N_

NEXT: Final[Mapping[State, tuple[str, ...]]] = {
    State.ARRIVED: ("accept",),
    State.ACCEPTED: ("assign", "complete"),
    State.ASSIGNED: ("note",),
    State.IN_PROGRESS: ("documents-came", "complete"),
    State.SUPPLEMENT: ("deem-withdrawn", "supplement", "complete"),
    State.COOPERATION: ("note",),
    State.INQUIRY: ("inquiry-end",),
    State.AWAITING_APPROVAL: ("approve",),
}
"""The act that usually comes next, or else the one after it: its form is open, the others wait."""

ACTS: Final = {
    "accept": (N_("접수하기"), N_("종류를 정하면 처리 기한이 시작됩니다. 민원인에게 알립니다.")),
    "assign": (N_("배정하기"), N_("맡을 사람과 민원인에게 알립니다.")),
    "note": (N_("진행 상황 알리기"), N_("공개된 민원이면 누구나 봅니다. 연락처는 쓰지 마세요.")),
    "complete": (N_("답변하고 끝내기"), N_("민원인에게 알리고 처리를 마칩니다.")),
    "approve": (N_("결재하기"), N_("마지막 결재가 끝나면 답변이 민원인에게 나갑니다.")),
    "send-back": (N_("되돌리기"), N_("고칠 것을 적어 담당자에게 돌려보냅니다.")),
    "take-back": (N_("결재 거두기"), N_("올린 답변을 거두어 고쳐 씁니다.")),
    "supplement": (
        N_("보완 요청하기"),
        N_("요청한 날부터 받은 날까지는 처리 기간에 세지 않습니다."),
    ),
    "undelivered": (
        N_("보완 요청이 되돌아옴"),
        N_("우편이나 문자가 전해지지 않고 되돌아왔을 때 적습니다."),
    ),
    "deem-withdrawn": (
        N_("취하로 보고 끝내기"),
        N_("보완 요청이 두 번 되돌아왔습니다. 민원인에게 알리고 끝냅니다."),
    ),
    "cooperation": (
        N_("협조 요청하기"),
        N_("다른 부서가 이 민원을 보고 답합니다. 처리 기간은 그대로 흐릅니다."),
    ),
    "cooperation-answer": (N_("협조 요청에 답하기"), N_("요청한 부서의 담당자에게 알립니다.")),
    "cooperation-end": (N_("협조 요청 거두기"), N_("아직 답하지 않은 요청을 모두 거둡니다.")),
    "documents": (
        N_("다른 기관 서류 기다리기"),
        N_("받을 때까지는 처리 기간에 세지 않습니다. 민원인에게 알립니다."),
    ),
    "documents-came": (N_("서류 받음"), N_("처리 기간이 다시 흐릅니다.")),
    "inquiry": (
        N_("현장 조사 시작하기"),
        N_("고충민원에 한 번, 14일까지 처리 기간에 세지 않습니다. 민원인에게 알립니다."),
    ),
    "inquiry-longer": (N_("조사 기간 늘리기"), N_("7일 더, 한 번만 늘립니다.")),
    "inquiry-end": (N_("현장 조사 마치기"), N_("처리 기간이 다시 흐릅니다.")),
    "extend": (
        N_("처리 기한 연장하기"),
        N_("부득이할 때 한 번, 처음 처리 기간만큼까지입니다. 이유와 새 기한을 바로 알립니다."),
    ),
    "ask-consent": (
        N_("두 번째 연장 동의 묻기"),
        N_("민원인이 동의해야 연장됩니다. 동의하지 않으면 기한은 그대로입니다."),
    ),
    "reclassify": (
        N_("종류 바꾸기"),
        N_("처리 기한을 접수한 때부터 다시 계산해 민원인에게 알립니다."),
    ),
    "transfer": (
        N_("다른 기관으로 이송하기"),
        N_("우리 구청 일이 아닐 때 보냅니다. 여기서는 끝나고, 민원인에게 알립니다."),
    ),
    "mend": (N_("잘못 적힌 곳 고치기"), N_("민원인이 동의해야 고칩니다.")),
}
"""Each act's button, and what it does."""

WITH_APPROVAL: Final = (
    N_("답변 쓰고 결재 올리기"),
    N_("결재를 모두 받으면 답변이 민원인에게 나갑니다."),
)
ANOTHER_HANDLER: Final = (N_("다시 배정하기"), N_("맡을 사람과 민원인에게 알립니다."))

GROUPS: Final = (
    (
        N_("답변과 진행"),
        frozenset({"note", "complete", "approve", "send-back", "take-back", "cooperation-answer"}),
    ),
    (
        N_("기다리기와 기한"),
        frozenset(
            {
                "supplement",
                "undelivered",
                "deem-withdrawn",
                "cooperation",
                "cooperation-end",
                "documents",
                "documents-came",
                "inquiry",
                "inquiry-longer",
                "inquiry-end",
                "extend",
                "ask-consent",
            }
        ),
    ),
    (
        N_("보내기와 고치기"),
        frozenset({"accept", "assign", "reclassify", "transfer", "mend"}),
    ),
)
"""How the other acts are grouped, so that a phone shows the likely one first."""


def next_act(found: Reading, forms: Collection[str]) -> str | None:
    """The act that usually comes next, as far as it is open to the reader."""
    if Hat.COOPERATOR in found.hats and "cooperation-answer" in forms:
        return "cooperation-answer"
    likely = NEXT.get(found.state, ())
    return next((address for address in likely if address in forms), None)


def act_words(found: Reading) -> Mapping[str, tuple[str, str]]:
    """The words of the acts for this case."""
    words = dict(ACTS)
    if Action.DRAFT in found.acts:
        words["complete"] = WITH_APPROVAL
    if Action.REASSIGN in found.acts:
        words["assign"] = ANOTHER_HANDLER
    return words
