"""What is told of mileage, of the budget of messages, and of fees."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import Kind

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
