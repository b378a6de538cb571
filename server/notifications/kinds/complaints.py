"""What is told of complaints: to officials, to the applicant, to whoever was applied for."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import OPEN, Kind

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
