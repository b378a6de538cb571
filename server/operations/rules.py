"""What the figures of the running office mean in words (Y3-4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from server.core.i18n import N_

Level = Literal["up", "slow", "down"]

TOPICS: Final = {
    "notifications": N_("알림"),
    "messages": N_("문자·팩스"),
    "accounts": N_("계정"),
    "fairuse": N_("공정한 이용"),
    "calendar": N_("쉬는 날"),
    "complaint": N_("민원"),
    "complaints": N_("민원"),
    "outage": N_("시스템 장애"),
    "mileage": N_("마일리지"),
    "payment": N_("수납"),
}
"""The slices that queue work, as the desk calls them; by the first word of a topic."""

TIMERS: Final = {
    "accounts.sweep": N_("지난 확인번호와 세션 치우기"),
    "audit.export": N_("감사 기록의 봉인 내보내기"),
    "audit.purge": N_("보존 기간이 지난 열람 기록 지우기"),
    "audit.seal": N_("감사 기록 봉인하기"),
    "complaints.cooperation": N_("답이 늦은 협조 요청 알리기"),
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
    "messages.erase": N_("보관 기간이 지난 문자와 팩스 내용 지우기"),
    "messages.overdue": N_("소식이 없는 문자와 팩스 매듭짓기"),
    "messages.wake": N_("기다리는 문자와 팩스 깨우기"),
    "notifications.purge": N_("오래 쓰지 않은 기기 잊기"),
    "opendata.count": N_("통계 새로 세기"),
    "outbox.purge": N_("끝난 일 치우기"),
    "outbox.reclaim": N_("멈춘 일꾼의 일 거두기"),
    "payments.forget": N_("반영하지 않은 은행 파일 지우기"),
    "bookkeeping.warn": N_("문자·팩스 예산이 얼마 남지 않았는지 살피기"),
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
