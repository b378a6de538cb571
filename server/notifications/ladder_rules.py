"""The ladder of a notice that its reader did not get by push: by which way next, and when (Y16).

Push first; then a text that the office pays for; then the desk, by letter or fax. Each rung is
stood on once, and only as far as the reader has chosen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from gateways.encode.numbers import BadNumber, parse
from server.core.i18n import N_

type Way = Literal["sms", "desk"]


class Rung(StrEnum):
    """Where a notice stands. It waits on the first two for a word; the rest are its ends."""

    PUSH = "push"
    SMS = "sms"
    TO_DESK = "to_desk"  # on its way to the desk's list
    AT_DESK = "at_desk"
    REACHED = "reached"
    NEEDLESS = "needless"  # later news has taken its place
    NOWHERE = "nowhere"


class Push(StrEnum):
    """What became of the pushes of a notice."""

    NONE = "none"  # no device, or not wished
    PENDING = "pending"
    HANDED = "handed"  # a push service has one
    LOST = "lost"  # refused, or every device is gone


class Fate(StrEnum):
    """What became of a text."""

    NONE = ""  # nothing is known yet
    ARRIVED = "arrived"
    LOST = "lost"


WAYS: Final[dict[str, str]] = {
    "none": N_("이 앱의 알림함에만 두기"),
    "sms": N_("문자로 받기"),
    "desk": N_("우편이나 팩스로 받기"),
}
"""What a resident may choose; `none` is no ladder."""

LOOK_AGAIN: Final = timedelta(minutes=1)
STOPPED_AGAIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the profile lets a push go unopened, and a text without word of its arrival."""

    unopened: timedelta
    silent: timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice on its ladder. `no_text` says why no text can go (a key of WHY), or is empty;
    `stopped`: nothing may be sent just now; `day_at` is when texts may go again, if not now."""

    rung: Rung
    way: Way | None
    told_at: datetime
    read: bool = False
    push: Push = Push.NONE
    no_text: str = ""
    stopped: bool = False
    day_at: datetime | None = None
    texted_at: datetime | None = None
    text: Fate = Fate.NONE


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again after so long."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Text:
    """Send the text now; `why` the push did not do."""

    why: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Give it to the desk; `why` the push did not do, and why the text did not or was none."""

    why: str
    why_desk: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """It has come to its end."""

    rung: Rung


type Next = Wait | Text | Desk | Over

WHY: Final[dict[str, str]] = {
    "no_device": N_("알림을 받는 기기가 없음"),
    "refused": N_("기기로 알림을 보내지 못함"),
    "unopened": N_("정한 시간 안에 열지 않음"),
    "no_number": N_("문자를 받을 번호가 없음"),
    "abroad": N_("외국 번호라 구청 돈으로 보내지 않음"),
    "opted_out": N_("문자를 받지 않겠다고 한 번호"),
    "closed": N_("문자를 보내지 않는 구청"),
    "budget": N_("문자 예산이 남지 않음"),
    "stopped": N_("문자 보내기를 멈춘 동안"),
    "lost": N_("문자가 도착하지 않음"),
    "silent": N_("문자가 도착했는지 알 수 없음"),
}
"""Why a rung did not do, as the record of what was told says it."""

STANDS: Final[dict[Rung, str]] = {
    Rung.PUSH: N_("열어 보기를 기다림"),
    Rung.SMS: N_("이어서 문자로 알림"),
    Rung.TO_DESK: N_("이어서 우편이나 팩스로 알림"),
    Rung.AT_DESK: N_("이어서 우편이나 팩스로 알림"),
    Rung.REACHED: N_("전해짐"),
    Rung.NEEDLESS: N_("뒤에 온 소식으로 알림"),
    Rung.NOWHERE: N_("더 알릴 길이 없음"),
}


def why_no_text(phone: str | None) -> str:
    """Why the office sends no text to a number, as far as the number says: a key of WHY, or
    nothing. Abroad is never at the office's cost."""
    try:
        number = parse(phone or "")
    except BadNumber:
        return "no_number"
    if not number.domestic:
        return "abroad"
    return "" if number.takes_sms else "no_number"


def next_rung(standing: Standing, patience: Patience, now: datetime) -> Next:
    """What is to be done with a notice that waits on the push or the text."""
    if standing.read:
        return Over(Rung.REACHED)
    if standing.way is None:
        return Over(Rung.NOWHERE)
    if standing.rung is Rung.SMS:
        return _after_the_text(standing, patience, now)
    left = standing.told_at + patience.unopened - now
    if left > timedelta() and standing.push is Push.PENDING:
        return Wait(min(left, LOOK_AGAIN))
    if left > timedelta() and standing.push is Push.HANDED:
        return Wait(left)
    why = {Push.NONE: "no_device", Push.LOST: "refused"}.get(standing.push, "unopened")
    if standing.way == "desk" or standing.no_text:
        return Desk(why, standing.no_text if standing.way == "sms" else "")
    if standing.stopped:
        if now >= standing.told_at + patience.unopened + patience.silent:
            return Desk(why, "stopped")
        return Wait(STOPPED_AGAIN)
    if standing.day_at is not None and standing.day_at > now:
        return Wait(standing.day_at - now)
    return Text(why)


def _after_the_text(standing: Standing, patience: Patience, now: datetime) -> Next:
    if standing.text is Fate.ARRIVED:
        return Over(Rung.REACHED)
    if standing.text is Fate.LOST:
        return Desk("", "lost")
    left = (standing.texted_at or standing.told_at) + patience.silent - now
    return Wait(left) if left > timedelta() else Desk("", "silent")
