"""What the figures of the running office mean in words (Y3-4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from server.core.i18n import N_

Level = Literal["up", "slow", "down"]

TOPICS: Final = {
    "accounts.factor_changed": N_("패스키와 2단계 인증이 바뀐 것을 알리기"),
    "accounts.code_issued": N_("확인번호가 나간 것을 알리기"),
    "accounts.password_reset": N_("비밀번호가 바뀐 것을 알리기"),
    "accounts.signed_out": N_("로그아웃한 기기의 알림 끄기"),
    "accounts.verified": N_("본인확인이 끝난 것을 알리기"),
    "accounts.withdrawn": N_("탈퇴한 이용자의 것 지우기"),
    "calendar.changed": N_("바뀐 쉬는 날로 기한 다시 세기"),
    "complaint.fax_arrived": N_("받은 팩스의 그림 그리기"),
    "complaint.moved_on": N_("민원의 진행을 받아 보는 주민에게 알리기"),
    "complaint.published": N_("새로 공개된 민원을 받아 보는 주민에게 알리기"),
    "fairuse.code": N_("발신번호 확인번호 보내기"),
    "fairuse.sender_decided": N_("발신번호를 정한 것을 알리기"),
    "messages.dispatch": N_("예약하거나 많은 문자·팩스를 줄 세우기"),
    "messages.heard": N_("받은 문자의 수신거부 반영하기"),
    "messages.look_up_fax": N_("팩스가 어떻게 되었는지 통신사에 묻기"),
    "messages.look_up_sms": N_("문자가 어떻게 되었는지 통신사에 묻기"),
    "messages.office_ended": N_("구청이 보낸 문자가 끝난 것을 알리기"),
    "messages.receipt": N_("통신사가 알려 온 도착 소식 반영하기"),
    "messages.send_fax": N_("팩스를 통신사에 맡기기"),
    "messages.send_sms": N_("문자를 통신사에 맡기기"),
    "notifications.climb": N_("열지 않은 알림을 고른 방법으로 다시 알리기"),
    "notifications.push": N_("기기로 알림 보내기"),
    "notifications.sms": N_("알림을 문자로 보내기"),
    "notifications.sms_recalled": N_("다른 길로 알린 문자 거두기"),
    "notifications.to_desk": N_("전하지 못한 알림을 부칠 편지에 넣기"),
    "outage.ended": N_("장애가 끝나 기한 다시 세기"),
    "payment.confirmed": N_("수수료를 낸 민원 접수하기"),
    "payment.lapsed": N_("수수료를 내지 않은 민원 끝내기"),
    "payment.short": N_("수수료가 모자란 민원 알리기"),
    "payment.undone": N_("잘못 확인한 수수료를 민원에서 되돌리기"),
}
"""What is queued, as the desk calls it; by the name of the topic."""

DISCARDS: Final = {
    "outdated": N_("때가 지나 필요 없음"),
    "done_otherwise": N_("다른 방법으로 처리함"),
    "mistaken": N_("잘못 만들어진 일"),
    "hopeless": N_("다시 해도 되지 않음"),
}
"""Why a dead letter is let go: kept in the audit, so none of it is free text."""

TIMERS: Final = {
    "accounts.sweep": N_("지난 확인번호와 세션 치우기"),
    "audit.export": N_("감사 기록의 봉인 내보내기"),
    "audit.purge": N_("보존 기간이 지난 열람 기록 지우기"),
    "audit.seal": N_("감사 기록 봉인하기"),
    "bookkeeping.warn": N_("문자·팩스 예산이 얼마 남지 않았는지 살피기"),
    "complaints.cooperation": N_("답이 늦은 협조 요청 알리기"),
    "complaints.erase_faxes": N_("보관 기간이 지난 받은 팩스 지우기"),
    "complaints.follow_digest": N_("받아 보는 소식을 하루 한 번 모아 알리기"),
    "complaints.follow_forget": N_("지난 소식 잊기"),
    "complaints.inquiries": N_("기한이 다 된 현장 조사 끝내기"),
    "complaints.objections": N_("기한이 가까운 이의신청 알리기"),
    "complaints.progress": N_("30일 동안 소식이 없던 민원의 진행 알리기"),
    "complaints.purge_photos": N_("쓰지 않은 사진 지우기"),
    "complaints.warn": N_("기한이 가깝거나 지난 민원 알리기"),
    "examining.late": N_("늦은 민원을 민원심사관에게 알리기"),
    "fairuse.sweep": N_("지난 확인번호와 보낸 수 치우기"),
    "forms.forget": N_("지난 양식 기록 지우기"),
    "keys.rekey": N_("새 열쇠로 다시 잠그기"),
    "live.purge": N_("오래 바뀌지 않은 화면 잊기"),
    "messages.erase": N_("보관 기간이 지난 문자와 팩스 내용 지우기"),
    "messages.held": N_("확인하지 못한 문자와 팩스 돌려드리기"),
    "messages.overdue": N_("소식이 없는 문자와 팩스 매듭짓기"),
    "messages.wake": N_("기다리는 문자와 팩스 깨우기"),
    "notifications.purge": N_("오래 쓰지 않은 기기 잊기"),
    "opendata.count": N_("통계 새로 세기"),
    "outbox.purge": N_("끝난 일 치우기"),
    "outbox.reclaim": N_("멈춘 일꾼의 일 거두기"),
    "payments.forget": N_("반영하지 않은 은행 파일 지우기"),
    "payments.lapse": N_("입금 기한이 지난 신청 끝내기"),
}
"""What is done by the clock, as the desk calls it; by the name of the timer."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the service as residents know it, and how it is."""

    name: str
    level: Level


def parts(checks: Mapping[str, bool], late: int, failing: Collection[str] = ()) -> tuple[Part, ...]:
    """The parts of the service. `checks` as health.check gives them; `late`: jobs behind time;
    `failing`: the systems whose failure the desk has entered (D6의2)."""
    stands = checks["database"] and checks["migrations"] and "all" not in failing
    news: Level = "slow" if late else "up"
    return (
        Part(N_("신청과 조회"), "up" if stands and "filing" not in failing else "down"),
        Part(N_("사진"), "up" if stands and checks["storage"] else "down"),
        Part(N_("알림과 문자, 팩스"), news if stands and "notices" not in failing else "down"),
    )


def overall(found: tuple[Part, ...]) -> Level:
    """The worst of the parts."""
    levels = {part.level for part in found}
    return "down" if "down" in levels else "slow" if "slow" in levels else "up"
