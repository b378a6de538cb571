"""What is told of objections, corrections, reopening, abuse, and of the examiners' reminders."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import Kind

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

EXAMINING: Final = {
    "examining.reminded": Kind(
        N_("독촉장이 왔습니다"), N_("%(receipt)s · 처리 상황을 답해 주세요."), urgent=True
    ),
    "examining.answered": Kind(N_("독촉장에 답이 왔습니다"), N_("%(receipt)s")),
    "examining.late": Kind(
        N_("기한이 지난 민원이 있습니다"), N_("%(count)s건 · 부서장에게 독촉할 수 있습니다.")
    ),
}
