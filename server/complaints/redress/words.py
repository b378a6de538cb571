"""The steps of redress, merging and abuse as sentences of the timeline, and who reads them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from server.complaints.redress import rules as redress_rules
from server.complaints.redress.rules import Decision, Ground
from server.complaints.workflow import Action
from server.core.i18n import N_
from server.core.phrases import Phrase, counted

AGAIN: Final = "again"
"""The first act of the office on a new handling; not a move of the workflow."""

NOT_FOR_THE_PUBLIC: Final = frozenset(
    {
        Action.DEMAND,
        Action.ANSWER_DEMAND,
        Action.REPRESENT,
        Action.MARK,
        Action.ADMONISH,
    }
)

_PLAIN: Final[Mapping[str, str]] = {
    Action.OBJECT: N_("이의신청을 받았습니다. %(until)s까지 결정합니다"),
    Action.EXTEND_OBJECTION: N_("이의신청 결정 기한을 %(until)s까지 늘렸습니다"),
    Action.ASK_REOPENING: N_("재처리를 요청했습니다"),
    Action.MERGE: N_("같은 내용의 민원과 하나로 묶었습니다: 대표 접수번호 %(into)s"),
    Action.REPRESENT: N_("대표자를 정했습니다"),
    Action.MEDIATE: N_("민원조정위원회가 %(on)s에 심의했습니다"),
    Action.MARK: N_("험한 말을 가렸습니다"),
    Action.ADMONISH: N_("민원 이용에 대해 경고했습니다"),
    AGAIN: N_("다시 처리하기 시작했습니다. 앞선 접수번호 %(former)s"),
}
_COUNTED: Final[Mapping[str, str]] = {
    Action.LEAD: N_("다른 민원 %(count)s건을 함께 처리합니다"),
    Action.SIGN: N_("연명부에 %(count)s명을 더했습니다"),
}
_TO_AUDIT: Final = N_("같은 고충민원이 다시 들어와 감사부서에서 처리합니다")
_CORRECTED: Final = (N_("시정 요구를 살펴 답했습니다"), N_("시정 요구를 받아들여 바로잡았습니다"))
_REOPENED: Final = {
    "granted": N_("다시 처리하기로 했습니다. 새 접수번호 %(again)s"),
    "declined": N_("다시 처리하지 않기로 했습니다"),
}


def sentence(action: str, facts: Mapping[str, object]) -> Phrase | None:
    """What was done, as a sentence; None for steps that are not told here."""
    if "audit" in facts:
        return Phrase(_TO_AUDIT)
    if action in _PLAIN:
        return Phrase(_PLAIN[action], _dated(facts))
    if action in _COUNTED:
        return counted(_COUNTED[action], int(str(facts["count"])))
    if action == Action.DEMAND:
        return Phrase(
            N_("시정을 요구했습니다: %(ground)s"),
            {"ground": Phrase(redress_rules.GROUNDS[Ground(str(facts["ground"]))])},
        )
    if action == Action.ANSWER_DEMAND:
        return Phrase(_CORRECTED[bool(facts["corrected"])])
    if action == Action.DECIDE_OBJECTION:
        decided = Phrase(redress_rules.DECISIONS[Decision(str(facts["decision"]))])
        if "again" not in facts:
            return decided
        return Phrase(
            N_("%(decided)s. 새 접수번호 %(again)s"), {"decided": decided, "again": facts["again"]}
        )
    if action == Action.DECIDE_REOPENING:
        return Phrase(_REOPENED[str(facts["decision"])], dict(facts))
    return None


def _dated(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: date.fromisoformat(str(value)) if name in {"until", "on"} else value
        for name, value in facts.items()
    }
