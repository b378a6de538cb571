"""What a failure of an information system means: who is stopped by it, and what it takes out of
the clock (D6의2, D20)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.core.i18n import N_
from server.deadlines.clock_rules import Ground, NotCounted

BEGAN_DAYS_MAX = 90  # how long ago a failure that is entered now may have begun


class System(StrEnum):
    """What fails, as the office knows it."""

    ALL = "all"  # nothing works
    FILING = "filing"  # residents cannot file; officials can work
    HANDLING = "handling"  # officials cannot work; residents can file
    PAYMENT = "payment"
    NOTICES = "notices"


SYSTEMS = {
    System.ALL: N_("누리집 전체"),
    System.FILING: N_("민원 신청"),
    System.HANDLING: N_("민원 처리 업무"),
    System.PAYMENT: N_("수수료 납부"),
    System.NOTICES: N_("알림과 문자, 팩스"),
}

STANDARD_WORDS = {
    System.ALL: N_("지금 누리집이 제대로 되지 않습니다. 고치고 있습니다."),
    System.FILING: N_("지금 인터넷으로 민원을 신청할 수 없습니다. 고치고 있습니다."),
    System.HANDLING: N_("지금 민원 처리가 늦어집니다. 신청과 조회는 그대로 됩니다."),
    System.PAYMENT: N_("지금 수수료를 낼 수 없습니다. 고치고 있습니다."),
    System.NOTICES: N_("지금 알림과 문자, 팩스가 늦게 갑니다. 신청과 조회는 그대로 됩니다."),
}
STANDARD_WAYS = N_(
    "급한 일은 전화 %(phone)s로 알려 주시거나 %(address)s 민원실에 종이로 내 주세요. "
    "내신 때에 접수한 것으로 봅니다."
)

STOPS_FILING = frozenset({System.ALL, System.FILING})
STOPS_HANDLING = frozenset({System.ALL, System.HANDLING})


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure in time; `ends` is None while it lasts."""

    system: System
    begins: datetime
    ends: datetime | None = None


def not_counted(failures: Iterable[Failure], now: datetime) -> tuple[NotCounted, ...]:
    """What failures take out of the clock: the time in which nothing could be handled (D20).

    One that lasts still is out up to now; one that only kept residents from filing takes nothing.
    """
    return tuple(
        NotCounted.time(Ground.FAILURE, each.begins, each.ends or now)
        for each in sorted(failures, key=lambda each: each.begins)
        if each.system in STOPS_HANDLING and each.begins < (each.ends or now)
    )


def filed_during(arrived: datetime, failures: Iterable[Failure], now: datetime) -> bool:
    """Whether something that arrived on paper then may be registered later (D6의2): filing was
    impossible at that moment."""
    return any(
        each.system in STOPS_FILING and each.begins <= arrived <= (each.ends or now)
        for each in failures
    )


def time_fault(begins: datetime, ends: datetime | None, now: datetime) -> str | None:
    """Why a failure cannot have lasted from then till then, as a sentence; None where it can."""
    if begins > now or (ends is not None and ends > now):
        return N_("아직 오지 않은 시각입니다.")
    if now - begins > timedelta(days=BEGAN_DAYS_MAX):
        return N_("너무 오래된 시각입니다. 90일 안의 장애만 적을 수 있습니다.")
    if ends is not None and ends <= begins:
        return N_("끝난 시각은 시작한 시각보다 뒤여야 합니다.")
    return None
