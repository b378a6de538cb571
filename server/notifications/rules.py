"""What may be told, as sentences: one kind an event, none names anybody (Y16, Y22-1).

A sentence stands on a lock screen: it holds a receipt number, a count or a date, never a name, a
telephone number or what somebody wrote. Each slice keeps its own section below.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from server.core.i18n import N_, gettext

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
FIELDS: Final = frozenset({"receipt", "points", "units", "arrived", "count", "date", "code"})
"""The only words a sentence may be filled with: none of them can name a person."""

SUBSCRIPTION_LIFE: Final = timedelta(days=180)
"""A device that has not opened the app for so long is forgotten."""

SUBSCRIPTIONS_MAX: Final = 10
"""Devices of one account; the one unused for longest gives way."""


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a notice: its word, and what follows the notice's link to do it."""

    words: str
    after: str


OPEN: Final = "open"
ACTS: Final[Mapping[str, Act]] = {
    OPEN: Act(N_("열어 보기"), ""),
    "rate": Act(N_("만족도 평가하기"), "/satisfaction"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A sentence for the title and one for the body, in Korean with `%(receipt)s` and the like."""

    title: str
    body: str
    urgent: bool = False  # wakes a sleeping phone
    acts: tuple[str, ...] = (OPEN,)  # of ACTS

    @property
    def fields(self) -> frozenset[str]:
        """What `params` must hold, no more and no less."""
        return frozenset(PLACEHOLDER.findall(self.title + self.body))


COMPLAINTS: Final = {
    # To officials.
    "complaint.new": Kind(
        N_("새 민원이 들어왔습니다"),
        N_("%(receipt)s · 근무시간 8시간 안에 접수합니다."),
        urgent=True,
    ),
    "complaint.assigned_to_you": Kind(
        N_("민원이 배정되었습니다"), N_("%(receipt)s · %(date)s까지 처리합니다."), urgent=True
    ),
    "complaint.due_soon": Kind(
        N_("처리 기한이 가까운 민원이 있습니다"), N_("%(receipt)s · %(date)s까지입니다.")
    ),
    "complaint.overdue": Kind(
        N_("처리 기한이 지난 민원이 있습니다"),
        N_("%(receipt)s · %(date)s까지였습니다."),
        urgent=True,
    ),
    "complaint.added": Kind(N_("민원인이 내용을 더했습니다"), N_("%(receipt)s")),
    "complaint.withdrawn": Kind(N_("민원이 취하되었습니다"), N_("%(receipt)s")),
    "complaint.cooperation_asked": Kind(
        N_("다른 부서가 협조를 요청했습니다"),
        N_("%(receipt)s · %(date)s까지 답합니다."),
        urgent=True,
    ),
    "complaint.cooperation_answered": Kind(N_("협조 요청에 답이 왔습니다"), N_("%(receipt)s")),
    "complaint.cooperation_ended": Kind(N_("협조 요청이 거두어졌습니다"), N_("%(receipt)s")),
    "complaint.cooperation_overdue": Kind(
        N_("답이 늦어진 협조 요청이 있습니다"),
        N_("%(receipt)s · %(date)s까지였습니다."),
        urgent=True,
    ),
    "complaint.more_time_asked": Kind(
        N_("민원인이 보완 기간을 늘렸습니다"), N_("%(receipt)s · %(date)s까지 기다립니다.")
    ),
    "complaint.inquiry_over": Kind(
        N_("현장 조사 기간이 끝났습니다"), N_("%(receipt)s · 처리 기간이 다시 흐릅니다.")
    ),
    "complaint.consent_given": Kind(
        N_("민원인이 연장에 동의했습니다"), N_("%(receipt)s · %(date)s까지 처리합니다.")
    ),
    "complaint.consent_declined": Kind(
        N_("민원인이 연장에 동의하지 않았습니다"), N_("%(receipt)s"), urgent=True
    ),
    "complaint.mend_agreed": Kind(N_("민원인이 고치는 데 동의했습니다"), N_("%(receipt)s")),
    "complaint.mend_rejected": Kind(N_("민원인이 고치지 않기로 했습니다"), N_("%(receipt)s")),
    "complaint.fax_arrived": Kind(
        N_("팩스가 들어왔습니다"), N_("%(count)s장 · 민원이면 받은 때로 접수합니다."), urgent=True
    ),
    "complaint.principal_objected": Kind(
        N_("대신 신청된 분이 원하지 않는다고 알려 왔습니다"),
        N_("%(receipt)s · 공개를 멈추었습니다. 확인해 주세요."),
        urgent=True,
    ),
    "complaint.approval_asked": Kind(
        N_("결재할 답변이 있습니다"), N_("%(receipt)s · 처리 기한은 %(date)s입니다."), urgent=True
    ),
    "complaint.approved": Kind(N_("답변이 결재되어 나갔습니다"), N_("%(receipt)s")),
    "complaint.sent_back": Kind(
        N_("답변이 되돌아왔습니다"), N_("%(receipt)s · 고쳐 쓸 곳을 확인해 주세요."), urgent=True
    ),
    # To whoever was applied for, by text or letter.
    "complaint.filed_for_you": Kind(
        N_("다른 분이 대신 민원을 신청했다고 합니다"),
        N_("%(receipt)s · 모르는 일이면 구청이나 누리집 '나를 대신한 신청'에. 확인번호 %(code)s"),
    ),
    # To the applicant.
    "complaint.objected_to_yours": Kind(
        N_("대신 신청하신 분이 원하지 않는다고 알려 왔습니다"),
        N_("%(receipt)s · 담당자가 확인합니다."),
        urgent=True,
    ),
    "complaint.payment_asked": Kind(
        N_("수수료를 내야 접수할 수 있는 민원입니다"),
        N_("%(receipt)s · %(date)s까지 내 주세요."),
        urgent=True,
    ),
    "complaint.fee_missing": Kind(
        N_("확인한 수수료가 다른 신청의 것이었습니다"),
        N_("%(receipt)s · 처리는 이어집니다. 수수료는 %(date)s까지 받습니다."),
        urgent=True,
    ),
    "complaint.lapsed": Kind(
        N_("수수료를 내지 않아 민원이 끝났습니다"), N_("%(receipt)s · 다시 신청할 수 있어요.")
    ),
    "complaint.transferred": Kind(
        N_("민원을 다른 기관으로 보냈습니다"), N_("%(receipt)s · 어디로 왜 보냈는지 확인해 보세요.")
    ),
    "complaint.documents_awaited": Kind(
        N_("다른 기관의 서류를 기다립니다"),
        N_("%(receipt)s · %(date)s까지 받을 예정이며, 그동안은 처리 기간에 세지 않습니다."),
    ),
    "complaint.deemed_withdrawn": Kind(
        N_("민원을 취하한 것으로 보았습니다"), N_("%(receipt)s · 까닭을 확인해 보세요.")
    ),
    "complaint.inquiry_begun": Kind(
        N_("현장을 조사합니다"), N_("%(receipt)s · 늦어도 %(date)s까지 마칩니다.")
    ),
    "complaint.inquiry_prolonged": Kind(
        N_("현장 조사가 길어집니다"), N_("%(receipt)s · 늦어도 %(date)s까지 마칩니다.")
    ),
    "complaint.extended": Kind(
        N_("처리 기한을 연장했습니다"),
        N_("%(receipt)s · %(date)s까지 처리하겠습니다. 까닭을 확인해 보세요."),
        urgent=True,
    ),
    "complaint.consent_asked": Kind(
        N_("처리 기한을 한 번 더 연장해도 될까요"),
        N_("%(receipt)s · %(date)s까지입니다. 동의하지 않아도 됩니다."),
        urgent=True,
    ),
    "complaint.mend_proposed": Kind(
        N_("잘못 적힌 곳을 고쳐도 될까요"), N_("%(receipt)s · 고칠 곳을 확인해 주세요.")
    ),
    "complaint.due_moved": Kind(
        N_("처리 기한이 바뀌었습니다"), N_("%(receipt)s · %(date)s까지입니다.")
    ),
    "complaint.progress": Kind(
        N_("민원을 계속 처리하고 있습니다"), N_("%(receipt)s · %(date)s까지 처리하겠습니다.")
    ),
    "complaint.accepted": Kind(
        N_("민원을 접수했습니다"), N_("%(receipt)s · %(date)s까지 처리하겠습니다.")
    ),
    "complaint.assigned": Kind(
        N_("담당 부서가 정해졌습니다"), N_("%(receipt)s · 담당자와 전화번호를 확인해 보세요.")
    ),
    "complaint.reclassified": Kind(
        N_("민원 종류와 처리 기한이 바뀌었습니다"), N_("%(receipt)s · %(date)s까지 처리하겠습니다.")
    ),
    "complaint.noted": Kind(
        N_("민원 처리 소식이 있습니다"), N_("%(receipt)s · 지금 어떻게 되고 있는지 알려 드립니다.")
    ),
    "complaint.supplement_asked": Kind(
        N_("민원에 더 필요한 것이 있습니다"),
        N_("%(receipt)s · %(date)s까지 알려 주세요."),
        urgent=True,
    ),
    "complaint.hidden": Kind(
        N_("구청이 민원을 공개하지 않기로 했습니다"), N_("%(receipt)s · 까닭을 확인해 보세요.")
    ),
    "complaint.shown": Kind(
        N_("구청이 민원을 다시 공개했습니다"), N_("%(receipt)s · 까닭을 확인해 보세요.")
    ),
    "complaint.covered": Kind(
        N_("구청이 공개된 민원의 일부를 가렸습니다"), N_("%(receipt)s · 까닭을 확인해 보세요.")
    ),
    "complaint.completed": Kind(
        N_("민원 처리가 끝났습니다"),
        N_("%(receipt)s · 결과를 확인해 보세요."),
        urgent=True,
        acts=(OPEN, "rate"),
    ),
}

REDRESS: Final = {
    # To officials.
    "objection.filed": Kind(
        N_("이의신청이 들어왔습니다"), N_("%(receipt)s · %(date)s까지 결정합니다."), urgent=True
    ),
    "objection.due": Kind(
        N_("결정해야 할 이의신청이 있습니다"), N_("%(receipt)s · %(date)s까지입니다."), urgent=True
    ),
    "correction.demanded": Kind(
        N_("시정 요구가 들어왔습니다"), N_("%(receipt)s · 지체 없이 답합니다."), urgent=True
    ),
    "reopening.asked": Kind(N_("재처리 요청이 들어왔습니다"), N_("%(receipt)s")),
    "complaint.to_audit": Kind(
        N_("같은 고충민원이 두 번째로 들어왔습니다"), N_("%(receipt)s · 감사부서에서 맡습니다.")
    ),
    # To the applicant.
    "objection.extended": Kind(
        N_("이의신청 결정 기한을 늘렸습니다"),
        N_("%(receipt)s · %(date)s까지 결정해 알려 드리겠습니다."),
    ),
    "objection.decided": Kind(
        N_("이의신청을 결정했습니다"), N_("%(receipt)s · 결정과 이유를 확인해 보세요."), urgent=True
    ),
    "correction.answered": Kind(
        N_("시정 요구에 답했습니다"), N_("%(receipt)s · 답을 확인해 보세요."), urgent=True
    ),
    "reopening.decided": Kind(
        N_("재처리 요청에 답했습니다"), N_("%(receipt)s · 답을 확인해 보세요.")
    ),
    "complaint.merged": Kind(
        N_("여러 사람이 낸 같은 민원을 함께 처리합니다"),
        N_("%(receipt)s · 진행 상황과 결과는 따로 알려 드려요."),
    ),
    "complaint.audited": Kind(
        N_("감사부서에서 민원을 살펴봅니다"),
        N_("%(receipt)s · 같은 고충민원을 다시 내셔서 감사부서로 보냈습니다."),
    ),
    "complaint.admonished": Kind(
        N_("민원 이용에 대한 안내가 있습니다"), N_("%(receipt)s · 내용을 확인해 주세요.")
    ),
    "filing.limited": Kind(
        N_("민원 신청이 잠시 제한됩니다"),
        N_("%(date)s까지 새로 신청할 수 없습니다. 이유와 이의 방법을 확인해 주세요."),
        urgent=True,
    ),
    "filing.lifted": Kind(N_("민원 신청 제한을 풀었습니다"), N_("이제 다시 신청할 수 있습니다.")),
}

FOLLOWING: Final = {
    "follow.new": Kind(
        N_("받아 보시는 곳에 새 민원이 있습니다"), N_("%(receipt)s · 공개된 민원입니다.")
    ),
    "follow.digest": Kind(
        N_("오늘 받아 보시는 소식을 모았습니다"), N_("새로 공개된 민원이 %(count)s건 있습니다.")
    ),
    "follow.moved_on": Kind(
        N_("함께 겪는 민원에 소식이 있습니다"), N_("%(receipt)s · 처리를 시작했습니다.")
    ),
    "follow.completed": Kind(
        N_("함께 겪는 민원의 처리가 끝났습니다"), N_("%(receipt)s · 결과를 확인해 보세요.")
    ),
}

MESSAGES: Final = {
    "sms.delivered": Kind(N_("문자메시지가 도착했습니다"), N_("%(units)s건이 모두 도착했습니다.")),
    "sms.partly": Kind(
        N_("문자메시지가 일부만 도착했습니다"),
        N_("도착하지 않은 만큼 %(points)s점을 돌려 드렸습니다."),
    ),
    "sms.failed": Kind(
        N_("문자메시지를 보내지 못했습니다"), N_("마일리지 %(points)s점을 돌려 드렸습니다.")
    ),
    "sms.office_ended": Kind(
        N_("문자메시지 발송이 끝났습니다"),
        N_("%(units)s건 가운데 %(arrived)s건이 도착했습니다."),
    ),
    "fax.delivered": Kind(N_("팩스가 도착했습니다"), N_("%(units)s장이 모두 도착했습니다.")),
    "fax.partly": Kind(
        N_("팩스가 일부만 도착했습니다"), N_("도착하지 않은 만큼 %(points)s점을 돌려 드렸습니다.")
    ),
    "fax.failed": Kind(
        N_("팩스를 보내지 못했습니다"), N_("마일리지 %(points)s점을 돌려 드렸습니다.")
    ),
}

FAIR_USE: Final = {
    # To officials.
    "message.review": Kind(
        N_("보내기 전에 확인할 문자나 팩스가 있습니다"), N_("읽고 보낼지 정해 주세요.")
    ),
    # To the sender.
    "message.released": Kind(N_("확인을 마치고 보냅니다"), N_("도착하면 다시 알려 드립니다.")),
    "message.refused": Kind(
        N_("문자나 팩스를 보내지 않았습니다"),
        N_("마일리지 %(points)s점을 돌려 드렸습니다. 까닭을 확인해 보세요."),
    ),
    "message.expired": Kind(
        N_("기한 안에 확인하지 못해 보내지 않았습니다"),
        N_("마일리지 %(points)s점을 돌려 드렸습니다. 다시 보낼 수 있어요."),
    ),
    "sender.registered": Kind(
        N_("내 번호를 통신사에 등록했습니다"), N_("이제 내 번호로 문자를 보낼 수 있어요.")
    ),
    "sender.refused": Kind(N_("내 번호를 등록하지 못했습니다"), N_("까닭을 확인해 보세요.")),
}

MILEAGE: Final = {
    "mileage.awarded": Kind(N_("마일리지가 적립되었습니다"), N_("%(points)s점이 들어왔습니다.")),
    "mileage.corrected_up": Kind(
        N_("마일리지를 바로잡았습니다"), N_("%(points)s점을 더했습니다. 까닭은 내역에 있습니다.")
    ),
    "mileage.corrected_down": Kind(
        N_("마일리지를 바로잡았습니다"), N_("%(points)s점을 뺐습니다. 까닭은 내역에 있습니다.")
    ),
    # To officials.
    "mileage.correction_asked": Kind(
        N_("확인할 마일리지 바로잡기가 있습니다"),
        N_("%(points)s점 · 다른 담당자가 승인해야 합니다."),
    ),
    "mileage.correction_approved": Kind(
        N_("마일리지 바로잡기가 승인되었습니다"), N_("%(points)s점을 바로잡았습니다.")
    ),
    "mileage.correction_refused": Kind(
        N_("마일리지 바로잡기가 거절되었습니다"), N_("%(points)s점은 그대로입니다.")
    ),
    "budget.nearly": Kind(
        N_("문자·팩스 예산이 얼마 남지 않았습니다"),
        N_("올해 예산의 %(count)s퍼센트를 썼거나 보내는 중입니다."),
    ),
    "budget.used_up": Kind(
        N_("문자·팩스 예산을 모두 썼습니다"),
        N_("주민의 마일리지는 그대로이고, 보내기만 멈췄습니다."),
        urgent=True,
    ),
}

PAYMENTS: Final = {
    "payment.confirmed": Kind(
        N_("입금을 확인했습니다"), N_("%(receipt)s · 이제 접수를 시작합니다.")
    ),
    "payment.short": Kind(
        N_("낼 돈이 남았습니다"), N_("%(receipt)s · 모자란 만큼 더 보내 주세요."), urgent=True
    ),
    "payment.over": Kind(
        N_("더 보내신 돈이 있습니다"), N_("%(receipt)s · 남은 돈은 돌려 드리겠습니다.")
    ),
    "payment.refunded": Kind(
        N_("돈을 돌려 드렸습니다"), N_("%(receipt)s · 보내신 통장을 확인해 보세요.")
    ),
    "payment.lapsed": Kind(
        N_("입금 기한이 지났습니다"),
        N_("%(receipt)s · 신청이 끝났습니다. 다시 신청할 수 있어요."),
        urgent=True,
    ),
}

FIXING: Final = {
    "complaint.many_assigned": Kind(
        N_("민원 여러 건이 배정되었습니다"), N_("%(count)s건을 맡았습니다."), urgent=True
    ),
    "complaint.fix_to_approve": Kind(
        N_("함께 결재할 답변이 있습니다"),
        N_("%(count)s건 · 한 번에 결재할 수 있습니다."),
        urgent=True,
    ),
}

EXAMINING: Final = {
    "examining.reminded": Kind(
        N_("독촉장이 왔습니다"), N_("%(receipt)s · 처리 상황을 답해 주세요."), urgent=True
    ),
    "examining.answered": Kind(N_("독촉장에 답이 왔습니다"), N_("%(receipt)s")),
    "examining.late": Kind(
        N_("기한이 지난 민원이 있습니다"), N_("%(count)s건 · 부서장에게 독촉할 수 있습니다.")
    ),
}

ACCOUNTS: Final = {
    "account.verified": Kind(
        N_("본인확인을 마쳤습니다"), N_("본인확인이 필요한 일을 이제 모두 할 수 있어요.")
    ),
    "account.code_issued": Kind(
        N_("본인확인 번호가 발급되었습니다"), N_("창구에서 받은 번호를 입력해 주세요.")
    ),
    "account.password_reset": Kind(
        N_("창구에서 임시 비밀번호를 드렸습니다"),
        N_("받으신 적이 없으면 구청에 바로 알려 주세요."),
    ),
    "account.passkey_added": Kind(
        N_("패스키를 등록했습니다"), N_("하신 적이 없으면 바로 지우고 비밀번호를 바꾸어 주세요.")
    ),
    "account.passkey_removed": Kind(
        N_("패스키를 지웠습니다"), N_("하신 적이 없으면 비밀번호를 바꾸고 구청에 알려 주세요.")
    ),
    "account.passkey_copied": Kind(
        N_("패스키 로그인을 막았습니다"),
        N_("누가 패스키를 베꼈을 수 있습니다. 그 패스키를 지우고 다시 등록해 주세요."),
        urgent=True,
    ),
    "account.authenticator_on": Kind(
        N_("인증 앱을 등록했습니다"), N_("하신 적이 없으면 계정 관리자에게 바로 알려 주세요.")
    ),
    "account.authenticator_off": Kind(
        N_("인증 앱을 지웠습니다"), N_("하신 적이 없으면 계정 관리자에게 바로 알려 주세요.")
    ),
    "account.recovery_codes_made": Kind(
        N_("복구 코드를 새로 만들었습니다"),
        N_("하신 적이 없으면 계정 관리자에게 바로 알려 주세요."),
    ),
    "account.recovery_code_used": Kind(
        N_("복구 코드로 로그인했습니다"), N_("하신 적이 없으면 계정 관리자에게 바로 알려 주세요.")
    ),
    "account.factors_reset": Kind(
        N_("계정 관리자가 2단계 인증을 지웠습니다"),
        N_("부탁하신 적이 없으면 다른 관리자에게 바로 알려 주세요."),
    ),
}

KINDS: Final[Mapping[str, Kind]] = {
    **COMPLAINTS,
    **FOLLOWING,
    **REDRESS,
    **FIXING,
    **EXAMINING,
    **MESSAGES,
    **FAIR_USE,
    **MILEAGE,
    **PAYMENTS,
    **ACCOUNTS,
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a reader may have pushed or not, as one; the inbox has all of it anyway. The words are
    those for residents and those for officials; None where they are told nothing of it."""

    words: str | None
    words_official: str | None
    kinds: frozenset[str]


TOPICS: Final[Mapping[str, Topic]] = {
    "complaints": Topic(
        N_("내 민원의 진행과 답변"),
        N_("맡은 민원과 결재"),
        frozenset({*COMPLAINTS, *REDRESS, *FIXING, *EXAMINING}),
    ),
    "following": Topic(N_("받아 보는 곳과 함께 겪는 민원"), None, frozenset(FOLLOWING)),
    "messages": Topic(N_("보낸 문자와 팩스"), N_("문자와 팩스"), frozenset({*MESSAGES, *FAIR_USE})),
    "mileage": Topic(N_("마일리지"), N_("마일리지와 예산"), frozenset(MILEAGE)),
    "payments": Topic(N_("수수료와 입금"), None, frozenset(PAYMENTS)),
}
"""What is not here is always pushed: what concerns the account itself."""


def topic_of(kind: str) -> str | None:
    """Under which topic a kind may be switched off."""
    return next((name for name, topic in TOPICS.items() if kind in topic.kinds), None)


def seen_on_its_page(kind: str) -> bool:
    """Whether who opens the page that a notice leads to has read it by that: not a warning about
    the account itself, whose page is opened by whoever did what it warns of."""
    return topic_of(kind) is not None


class UnknownKindError(ValueError):
    """A kind that is not declared, or params that are not exactly its fields."""


def checked(kind: str, params: Mapping[str, object]) -> Kind:
    """The kind, if `params` fill its sentences exactly. Raises UnknownKindError."""
    declared = KINDS.get(kind)
    if declared is None:
        raise UnknownKindError(kind)
    if declared.fields != params.keys():
        raise UnknownKindError(
            f"{kind} takes {sorted(declared.fields)}, was given {sorted(params)}"
        )
    return declared


def sentence(kind: str, params: Mapping[str, object], locale: str) -> tuple[str, str]:
    """(title, body) in the reader's language. A kind no longer declared keeps a plain word."""
    declared = KINDS.get(kind)
    if declared is None:
        return gettext(N_("새 소식이 있습니다"), locale), ""
    return (
        gettext(declared.title, locale, **params),
        gettext(declared.body, locale, **params),
    )
