"""What is told of the account itself: always pushed, and read by itself alone."""

from typing import Final

from server.core.i18n import N_
from server.notifications.kinds.kind import Kind

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
