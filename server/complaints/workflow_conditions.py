"""What must be so before an act, beyond state and powers: of the case, and of what came with it.

Decree 17 (inquiry), 20 and 21 (extension), 24 and 25 (supplement, return), 6(5) (slips), Act 21,
23, 27. Each condition gives the refusal, or None where nothing stands against it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from server.complaints.workflow_parts import MOVERS, Action, Hat
from server.complaints.workflow_states import Outcome, State
from server.core.i18n import N_
from server.core.web import Problem

SUPPLEMENTS_MAX: Final = 2  # asked, missed, asked once more (D24, D25)
SECOND_SUPPLEMENT_DAYS_MAX: Final = 10  # D25(1)
SUPPLEMENT_DAYS_MAX: Final = 60
MORE_TIME_MAX: Final = 2  # how often an applicant may ask for more time (D24)
MORE_TIME_DAYS_MAX: Final = 30
UNDELIVERED_MAX: Final = 2  # then it is deemed withdrawn (D25(2))
EXTENSIONS_MAX: Final = 2  # the second with the applicant's consent (D21)
ANSWERED_BEFORE_CLOSING: Final = 2  # repeated: answered twice, then closed (Act 23)
APPLICATION: Final = "application"  # statutory application (법정민원)
GRIEVANCE: Final = "grievance"

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


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules must know of a complaint.

    Of supplements those since the applicant last answered count: `missed` ones came to nothing,
    `undelivered` ones never reached the applicant.
    `approvers` must still approve its answer, in that order.
    """

    state: State
    public: bool = True
    may_be_public: bool = True
    hidden: bool = False  # the office has closed it to the public
    supplements_asked: int = 0
    supplements_missed: int = 0
    supplement_until: date | None = None
    supplements_undelivered: int = 0
    undelivered_last: bool = False
    more_time_asked: int = 0
    category: str | None = None  # of the kind, as the catalogue names it
    overdue: bool = False
    extensions: int = 0
    consent_asked: bool = False
    cooperations_open: int = 0
    documents_awaited: bool = False
    inquired: bool = False
    inquiry_prolonged: bool = False
    mend_proposed: bool = False
    approvers: tuple[Hat, ...] = ()
    answered_before: int = 0

    @property
    def supplement_running(self) -> bool:
        """Whether the last request still waits for its answer, in time."""
        settled = self.supplements_missed + self.supplements_undelivered
        return settled < self.supplements_asked


class Refused(Problem):
    """The act is not possible; the sentence says why."""


type Given = Mapping[str, object]
type Hats = Collection[Hat]
type Bar = Callable[[Case, Hats], Refused | None]
type Check = Callable[[Case, Given], Refused | None]


def _not_now(code: str, sentence: str) -> Refused:
    return Refused(f"complaint.{code}", sentence, 409)


def _wrong(code: str, sentence: str, field: str, **params: str | int) -> Refused:
    return Refused(f"complaint.{code}", sentence, 422, field, **params)


# What of the case stands against an act


def _conceal(case: Case, _: Hats) -> Refused | None:
    return None if case.public else _not_now("closed_already", N_("이미 공개하지 않습니다."))


def _reveal(case: Case, _: Hats) -> Refused | None:
    if not case.may_be_public:
        return _not_now("never_public", N_("이 종류의 민원은 공개하지 않습니다."))
    return _not_now("public_already", N_("이미 공개하고 있습니다.")) if case.public else None


def _hide(case: Case, _: Hats) -> Refused | None:
    return _not_now("hidden_already", N_("이미 공개하지 않습니다.")) if case.hidden else None


def _show(case: Case, _: Hats) -> Refused | None:
    return None if case.hidden else _not_now("not_hidden", N_("구청이 가려 둔 민원이 아닙니다."))


def _ask_supplement(case: Case, _: Hats) -> Refused | None:
    if case.supplement_running:
        sentence = N_("이미 보완을 요청했고 기한이 남아 있습니다.")
    elif case.supplements_missed >= SUPPLEMENTS_MAX:
        sentence = N_("보완을 두 번 요청했습니다. 이유를 밝혀 반려할 수 있습니다.")
    elif case.supplements_undelivered >= UNDELIVERED_MAX:
        sentence = N_("보완 요청이 두 번 되돌아왔습니다. 취하한 것으로 보고 끝낼 수 있습니다.")
    else:
        return None
    return _not_now("supplement", sentence)


def _ask_more_time(case: Case, _: Hats) -> Refused | None:
    if not case.supplement_running:
        sentence = N_("보완 기한이 이미 지났습니다. 담당자에게 전화해 주세요.")
    elif case.supplements_missed:
        sentence = N_("두 번째 보완 기간은 더 늘릴 수 없습니다.")
    elif case.more_time_asked >= MORE_TIME_MAX:
        sentence = N_("기간은 두 번까지 늘릴 수 있습니다.")
    else:
        return None
    return _not_now("more_time", sentence)


def _record_undelivered(case: Case, _: Hats) -> Refused | None:
    if case.undelivered_last:
        return _not_now("undelivered", N_("되돌아온 것을 이미 적었습니다."))
    return None


def _deem_withdrawn(case: Case, _: Hats) -> Refused | None:
    if case.supplements_undelivered < UNDELIVERED_MAX:
        sentence = N_("보완 요청이 두 번 되돌아왔을 때만 취하한 것으로 봅니다.")
        return _not_now("deem_withdrawn", sentence)
    return None


def _begin_inquiry(case: Case, _: Hats) -> Refused | None:
    if case.category != GRIEVANCE:
        return _not_now("inquiry.grievance", N_("현장 조사 기간은 고충민원에만 둡니다."))
    return _not_now("inquiry.once", N_("현장 조사는 한 번만 합니다.")) if case.inquired else None


def _prolong_inquiry(case: Case, _: Hats) -> Refused | None:
    if case.inquiry_prolonged:
        return _not_now("inquiry.prolonged", N_("조사 기간은 한 번만 늘릴 수 있습니다."))
    return None


def _await_documents(case: Case, _: Hats) -> Refused | None:
    if case.documents_awaited:
        return _not_now("documents.awaited", N_("이미 서류를 기다리고 있습니다."))
    return None


def _receive_documents(case: Case, _: Hats) -> Refused | None:
    if case.documents_awaited:
        return None
    return _not_now("documents.none", N_("기다리는 서류가 없습니다."))


def _end_cooperation(case: Case, _: Hats) -> Refused | None:
    if case.cooperations_open:
        return None
    return _not_now("cooperation.none", N_("기다리는 협조가 없습니다."))


def _in_time(case: Case) -> Refused | None:
    if case.overdue:
        return _not_now("extend.late", N_("처리 기한이 이미 지나 연장할 수 없습니다."))
    return None


def _extend(case: Case, _: Hats) -> Refused | None:
    if case.extensions:
        sentence = N_("이미 한 번 연장했습니다. 다시 연장하려면 민원인이 동의해야 합니다.")
        return _not_now("extend.once", sentence)
    return _in_time(case)


def _ask_consent(case: Case, _: Hats) -> Refused | None:
    if not case.extensions:
        return _not_now("extend.first", N_("첫 연장은 동의 없이 할 수 있습니다."))
    if case.extensions >= EXTENSIONS_MAX:
        return _not_now("extend.twice", N_("이미 두 번 연장했습니다. 더 연장할 수 없습니다."))
    if case.consent_asked:
        return _not_now("extend.asked", N_("이미 동의를 물었습니다. 답을 기다려 주세요."))
    return _in_time(case)


def _decline(case: Case, _: Hats) -> Refused | None:
    if case.consent_asked:
        return None
    return _not_now("extend.not_asked", N_("지금은 연장 동의를 묻고 있지 않습니다."))


def _consent(case: Case, hats: Hats) -> Refused | None:
    return _decline(case, hats) or _in_time(case)


def _propose_mend(case: Case, _: Hats) -> Refused | None:
    if case.mend_proposed:
        return _not_now("mend.asked", N_("이미 고쳐도 되는지 물었습니다. 답을 기다려 주세요."))
    return None


def _mended(case: Case, _: Hats) -> Refused | None:
    if case.mend_proposed:
        return None
    return _not_now("mend.none", N_("고쳐도 되는지 물은 것이 없습니다."))


def _answerable(case: Case) -> Refused | None:
    waiting = case.state is State.SUPPLEMENT and case.supplements_missed < SUPPLEMENTS_MAX
    if waiting:
        sentence = N_("보완을 기다리는 동안에는 끝낼 수 없습니다. 반려만 할 수 있습니다.")
        return _not_now("waiting", sentence)
    if case.documents_awaited:
        sentence = N_("다른 기관의 서류를 기다리고 있습니다. 받았다고 적은 뒤에 답변해 주세요.")
        return _not_now("documents", sentence)
    return None


def _draft(case: Case, _: Hats) -> Refused | None:
    if not case.approvers:
        return _not_now("no_approval", N_("결재 없이 바로 답변할 수 있는 민원입니다."))
    if case.state is State.ACCEPTED:
        sentence = N_("먼저 배정해 주세요. 결재는 맡은 부서에서 합니다.")
        return _not_now("approval.unassigned", sentence)
    return _answerable(case)


def _complete(case: Case, _: Hats) -> Refused | None:
    if case.approvers:
        sentence = N_("결재를 받아야 나가는 답변입니다. 결재를 올려 주세요.")
        return _not_now("approval", sentence)
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


# What of the things given stands against an act


def number(given: Given, name: str) -> int:
    """A whole number out of what was given; 0 where there is none."""
    value = given.get(name)
    return int(str(value)) if value else 0


def _supplement_days(case: Case, given: Given) -> Refused | None:
    days = number(given, "days")
    if case.supplements_missed and days > SECOND_SUPPLEMENT_DAYS_MAX:
        sentence = N_("두 번째 보완은 10일을 넘지 못합니다.")
        return _wrong("supplement.days", sentence, "days")
    return _days_within(days, SUPPLEMENT_DAYS_MAX)


def _more_days(_: Case, given: Given) -> Refused | None:
    return _days_within(number(given, "days"), MORE_TIME_DAYS_MAX)


def _days_within(days: int, most: int) -> Refused | None:
    if 0 <= days <= most:
        return None
    return _wrong("days", N_("%(most)s일까지 고를 수 있습니다."), "days", most=most)


def _extension(_: Case, given: Given) -> Refused | None:
    cause = given.get("cause")
    if cause and cause not in EXTENSION_CAUSES:
        sentence = N_("이 까닭으로는 연장할 수 없습니다.")
        return _wrong("extend.cause", sentence, "cause")
    if UNLAWFUL_CAUSE.search(str(given.get("text") or "")):
        sentence = N_("업무가 많거나 배정이 늦었거나 담당자가 없다는 것은 연장할 까닭이 못 됩니다.")
        return _wrong("extend.unlawful", sentence, "text")
    if given.get("until") and not given.get("more"):
        sentence = N_("그날까지는 연장할 수 없습니다. 처음 처리 기간만큼만 연장합니다.")
        return _wrong("extend.length", sentence, "until")
    return None


def _cooperation(_: Case, given: Given) -> Refused | None:
    if given.get("department") and not given.get("elsewhere"):
        sentence = N_("이 민원을 맡은 부서입니다. 다른 부서를 골라 주세요.")
        return _wrong("cooperation.own", sentence, "department")
    if given.get("asked_already"):
        sentence = N_("이 부서에는 이미 협조를 요청했습니다.")
        return _wrong("cooperation.twice", sentence, "department")
    if given.get("until_passed"):
        return _wrong("cooperation.until", N_("오늘보다 뒤의 날을 골라 주세요."), "until")
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
        return _wrong("mend.field", N_("이것은 대신 고칠 수 없습니다."), "field")
    return None


def _outcome(case: Case, given: Given) -> Refused | None:
    outcome = given.get("outcome")
    application = case.category == APPLICATION
    if case.state is State.SUPPLEMENT and outcome and outcome != Outcome.RETURNED:
        sentence = N_("보완을 기다리는 동안에는 끝낼 수 없습니다. 반려만 할 수 있습니다.")
    elif outcome == Outcome.RETURNED and case.supplements_missed < SUPPLEMENTS_MAX:
        sentence = N_("반려는 보완을 두 번 요청하고도 받지 못했을 때만 할 수 있습니다.")
    elif outcome == Outcome.REFUSED and not application:
        sentence = N_("거부는 법정민원에만 합니다. 불수용을 골라 주세요.")
    elif outcome == Outcome.NOT_ACCEPTED and application:
        sentence = N_("법정민원입니다. 거부를 골라 주세요.")
    elif outcome == Outcome.REPEATED and application:
        sentence = N_("법정민원은 되풀이되었다고 끝낼 수 없습니다.")
    elif outcome == Outcome.REPEATED and case.answered_before < ANSWERED_BEFORE_CLOSING:
        sentence = N_("같은 민원에 두 번 답한 뒤에만 끝낼 수 있습니다.")
    else:
        return None
    return _wrong("outcome", sentence, "outcome")


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
