"""What is told of messages sent: how they ended, and what was held for somebody's eyes."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import Kind

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
