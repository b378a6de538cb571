"""What of the things given stands against an act, beyond what is missing.

Decree 21 (grounds and length of an extension), 24 and 25 (days of a supplement, return), 6(5)
(slips), Act 20 (co-operation), 23 and 27 (outcomes). Each gives the refusal, or None.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from server.complaints.workflow.case import (
    APPLICATION,
    SUPPLEMENTS_MAX,
    Case,
    Check,
    Given,
    Refused,
    wrong,
)
from server.complaints.workflow.parts import MOVERS, Action, Hat
from server.complaints.workflow.states import Outcome, State
from server.core.i18n import N_

SECOND_SUPPLEMENT_DAYS_MAX: Final = 10  # D25(1)
SUPPLEMENT_DAYS_MAX: Final = 60
MORE_TIME_DAYS_MAX: Final = 30
ANSWERED_BEFORE_CLOSING: Final = 2  # repeated: answered twice, then closed (Act 23)

EXTENSION_CAUSES: Final = {
    "cooperation": N_("다른 기관이나 부서와 협의해야 합니다"),
    "facts": N_("사실이나 현장을 더 확인해야 합니다"),
    "force_majeure": N_("천재지변처럼 어찌할 수 없는 일이 있습니다"),
    "likewise": N_("그 밖에 이에 준하는 부득이한 사유가 있습니다"),
}
"""Lawful grounds to extend, and none else (D21)."""

UNLAWFUL_CAUSE: Final = re.compile(
    r"업무\s*(량|과중|과다|폭주|증가|가\s*많)"
    r"|(배정|재배정|이송|분류)[^.\n]{0,8}(지연|늦)"
    r"|(담당자|담당\s*직원|대직자)[^.\n]{0,8}(부재|휴가|출장|교육|없)"
)
"""Workload, a late assignment, an absent handler: never a ground (D21)."""

MENDABLE: Final = {
    "title": N_("제목"),
    "body": N_("내용"),
    "place": N_("위치"),
}
"""What of a complaint the office may mend, where it is an obvious slip (D6(5))."""


def number(given: Given, name: str) -> int:
    """A whole number out of what was given; 0 where there is none."""
    value = given.get(name)
    return int(str(value)) if value else 0


def _supplement_days(case: Case, given: Given) -> Refused | None:
    days = number(given, "days")
    if case.supplements_missed and days > SECOND_SUPPLEMENT_DAYS_MAX:
        sentence = N_("두 번째 보완은 10일을 넘지 못합니다.")
        return wrong("supplement.days", sentence, "days")
    return _days_within(days, SUPPLEMENT_DAYS_MAX)


def _more_days(_: Case, given: Given) -> Refused | None:
    return _days_within(number(given, "days"), MORE_TIME_DAYS_MAX)


def _days_within(days: int, most: int) -> Refused | None:
    if 0 <= days <= most:
        return None
    return wrong("days", N_("%(most)s일까지 고를 수 있습니다."), "days", most=most)


def _extension(_: Case, given: Given) -> Refused | None:
    cause = given.get("cause")
    if cause and cause not in EXTENSION_CAUSES:
        sentence = N_("이 까닭으로는 연장할 수 없습니다.")
        return wrong("extend.cause", sentence, "cause")
    if UNLAWFUL_CAUSE.search(str(given.get("text") or "")):
        sentence = N_("업무가 많거나 배정이 늦었거나 담당자가 없다는 것은 연장할 까닭이 못 됩니다.")
        return wrong("extend.unlawful", sentence, "text")
    if given.get("until") and not given.get("more"):
        sentence = N_("그날까지는 연장할 수 없습니다. 처음 처리 기간만큼만 연장합니다.")
        return wrong("extend.length", sentence, "until")
    return None


def _cooperation(_: Case, given: Given) -> Refused | None:
    if given.get("department") and not given.get("elsewhere"):
        sentence = N_("이 민원을 맡은 부서입니다. 다른 부서를 골라 주세요.")
        return wrong("cooperation.own", sentence, "department")
    if given.get("asked_already"):
        sentence = N_("이 부서에는 이미 협조를 요청했습니다.")
        return wrong("cooperation.twice", sentence, "department")
    if given.get("until_passed"):
        return wrong("cooperation.until", N_("오늘보다 뒤의 날을 골라 주세요."), "until")
    return None


def _elsewhere(_: Case, given: Given) -> Refused | None:
    if given.get("elsewhere") and MOVERS.isdisjoint(_hats_given(given)):
        sentence = N_("다른 부서로 보내는 일은 민원 담당 부서나 부서장이 합니다.")
        return Refused("complaint.elsewhere", sentence, 403, "department")
    return None


def _hats_given(given: Given) -> Collection[Hat]:
    hats = given.get("hats", ())
    assert isinstance(hats, Collection)
    return hats


def _mend_field(_: Case, given: Given) -> Refused | None:
    if given.get("field") and given["field"] not in MENDABLE:
        return wrong("mend.field", N_("이것은 대신 고칠 수 없습니다."), "field")
    return None


def _outcome(case: Case, given: Given) -> Refused | None:
    outcome = given.get("outcome")
    application = case.category == APPLICATION
    if case.state is State.SUPPLEMENT and outcome and outcome != Outcome.RETURNED:
        sentence = N_("보완을 기다리는 동안에는 끝낼 수 없습니다. 반려만 할 수 있습니다.")
    elif outcome == Outcome.RETURNED and case.supplements_missed < SUPPLEMENTS_MAX:
        sentence = N_("반려는 보완을 두 번 요청하고도 받지 못했을 때만 할 수 있습니다.")
    elif outcome == Outcome.REFUSED and not application:
        sentence = N_("거부는 법정민원에만 합니다. '받아들이지 못했습니다'를 골라 주세요.")
    elif outcome == Outcome.NOT_ACCEPTED and application:
        sentence = N_("법정민원입니다. '거부했습니다'를 골라 주세요.")
    elif outcome == Outcome.REPEATED and application:
        sentence = N_("법정민원은 되풀이되었다고 끝낼 수 없습니다.")
    elif outcome in {Outcome.DONE, Outcome.PARTLY} and case.fee_missing:
        sentence = N_("수수료가 들어오지 않은 민원입니다. 보완을 요청하거나 입금을 맞춰 주세요.")
    elif outcome == Outcome.REPEATED and case.answered_before < ANSWERED_BEFORE_CLOSING:
        sentence = N_("같은 민원에 두 번 답한 뒤에만 끝낼 수 있습니다.")
    else:
        return None
    return wrong("outcome", sentence, "outcome")


def outcomes(case: Case) -> tuple[Outcome, ...]:
    """The outcomes with which the case may end now."""
    return tuple(each for each in Outcome if _outcome(case, {"outcome": each}) is None)


CHECKS: Mapping[Action, Check] = MappingProxyType(
    {
        Action.ASSIGN: _elsewhere,
        Action.REASSIGN: _elsewhere,
        Action.ASK_COOPERATION: _cooperation,
        Action.ASK_SUPPLEMENT: _supplement_days,
        Action.ASK_MORE_TIME: _more_days,
        Action.EXTEND: _extension,
        Action.ASK_CONSENT: _extension,
        Action.PROPOSE_MEND: _mend_field,
        Action.DRAFT: _outcome,
        Action.COMPLETE: _outcome,
    }
)
"""What of the things given stands against an act."""
