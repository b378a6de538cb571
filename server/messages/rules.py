"""What an order of SMS or fax comes to, whom it may go to, and how its fate reads (Y15-4).

30 points a message of at most 90 bytes and recipient, 50 points an A4 page and recipient. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from gateways.encode import numbers, sms
from gateways.encode.numbers import BadNumber, Number, NumberFault
from server.core import clock
from server.core.i18n import N_
from server.core.web.problems import Closed, Invalid, Problem
from server.messages.delivery.workflow import State
from server.ordinance.service import Profile

type Kind = Literal["sms", "fax"]

FAULTS_SHOWN: Final = 5
BODY_MAX: Final = 10_000
"""Characters of a fax's text; an SMS is bounded by its messages."""
SMS_PARTS_MAX: Final = 10
QUOTED_MAX: Final = 30

NUMBER_FAULTS: Final = {
    NumberFault.EMPTY: N_("번호를 적어 주세요."),
    NumberFault.NOT_A_NUMBER: N_("%(line)s번째 줄의 ‘%(written)s’: 전화번호가 아닙니다."),
    NumberFault.AREA_CODE_MISSING: N_(
        "%(line)s번째 줄의 ‘%(written)s’: 지역번호(예: 02)를 함께 적어 주세요."
    ),
    NumberFault.TOO_SHORT: N_("%(line)s번째 줄의 ‘%(written)s’: 번호가 너무 짧습니다."),
    NumberFault.TOO_LONG: N_("%(line)s번째 줄의 ‘%(written)s’: 번호가 너무 깁니다."),
    NumberFault.NO_SUCH_AREA: N_("%(line)s번째 줄의 ‘%(written)s’: 없는 지역번호로 시작합니다."),
    NumberFault.SPECIAL: N_(
        "%(line)s번째 줄의 ‘%(written)s’: 긴급·안내 번호라서 보낼 수 없습니다."
    ),
}
ABROAD: Final = N_(
    "%(line)s번째 줄의 ‘%(written)s’: 해외 번호입니다. 국내 번호로만 보낼 수 있습니다."
)
NOT_ABROAD: Final = N_("해외 번호로는 보내지 않습니다. 국내 번호로만 보낼 수 있습니다.")
NO_SMS: Final = N_(
    "%(line)s번째 줄의 ‘%(written)s’: 문자를 받을 수 없는 번호입니다. 휴대전화 번호를 적어 주세요."
)
NO_FAX: Final = N_("%(line)s번째 줄의 ‘%(written)s’: 휴대전화 번호라서 팩스를 받을 수 없습니다.")

TOO_MANY: Final = N_("한 번에 %(most)s명까지 보낼 수 있습니다. 지금은 %(count)s명입니다.")

PARTLY: Final[dict[Kind, str]] = {
    "sms": N_("%(units)s건 가운데 %(arrived)s건이 도착했습니다. %(points)s점을 돌려드렸습니다."),
    "fax": N_("%(units)s장 가운데 %(arrived)s장이 도착했습니다. %(points)s점을 돌려드렸습니다."),
}


NOT_YET: Final = {
    "draft": N_("아직 보내지 않았습니다."),
    "held": N_("확인한 뒤에 보냅니다."),
    "scheduled": N_("예약한 때에 보냅니다."),
}


@dataclass(frozen=True, slots=True)
class Recipients:
    """The numbers of a form, each once and in order, and what is wrong with the other lines."""

    numbers: tuple[Number, ...]
    problems: tuple[Problem, ...] = ()
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What an order comes to. A unit is a message (건) or a page (장) to one recipient; there are
    `units_each` to everybody, None where recipients get different ones."""

    recipients: int
    units: int
    units_each: int | None
    unit_points: int
    unit_won: int

    @property
    def points(self) -> int:
        return self.units * self.unit_points

    @property
    def won(self) -> int:
        return self.units * self.unit_won


@dataclass(frozen=True, slots=True)
class Part:
    """A delivery as far as its fate goes: `charged` None while its points are held."""

    state: State
    units: int
    charged: int | None
    late: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of something, as one sentence with its words, and a tone of grey to red."""

    sentence: str
    words: dict[str, int]
    tone: Literal["grey", "blue", "green", "amber", "red"]


def recipients(
    profile: Profile, kind: Kind, text: str, picked: Iterable[Number] = ()
) -> Recipients:
    """Read the recipients of a form, one a line or between commas, and those picked by name;
    FAULTS_SHOWN faults at most."""
    limits = profile.messages
    if limits is None:
        raise closed()
    found: dict[str, Number] = {}
    problems: list[Problem] = []
    repeated = 0
    for line, written in lines(text):
        try:
            number = numbers.parse(written)
        except BadNumber as bad:
            problems.append(_bad_line(NUMBER_FAULTS[bad.fault], line, written))
            continue
        refused = refusal(profile, kind, number)
        if refused is not None:
            problems.append(_bad_line(refused, line, written))
        elif number.digits in found:
            repeated += 1
        else:
            found[number.digits] = number
    for number in picked:
        repeated += number.digits in found
        found.setdefault(number.digits, number)
    most = limits.sms_recipients_max if kind == "sms" else limits.fax_recipients_max
    if len(found) > most:
        problems.append(
            Invalid(
                "messages.recipients",
                TOO_MANY,
                "to",
                most=most,
                count=len(found),
            )
        )
    return Recipients(tuple(found.values()), tuple(problems[:FAULTS_SHOWN]), repeated)


def lines(text: str) -> Iterable[tuple[int, str]]:
    """The numbers of a form as they are written, one a line or between commas, with their lines."""
    for line, row in enumerate(text.replace(";", ",").splitlines(), start=1):
        for piece in row.split(","):
            if piece.strip():
                yield line, piece.strip()


def quoted(written: str) -> str:
    """A number as its reader typed it, short enough to stand in a sentence."""
    return written if len(written) <= QUOTED_MAX else written[:QUOTED_MAX] + "…"


def _bad_line(sentence: str, line: int, written: str) -> Problem:
    return Invalid("messages.number", sentence, "to", line=line, written=quoted(written))


def refusal(profile: Profile, kind: Kind, number: Number) -> str | None:
    """Why nothing of this kind can be sent to a number, as a sentence about its line."""
    if not number.domestic:
        spend = profile.mileage.spend if profile.mileage is not None else None
        abroad = kind == "sms" and spend is not None and spend.sms_abroad is not None
        return None if abroad else ABROAD
    if kind == "sms":
        return None if number.takes_sms else NO_SMS
    return None if number.takes_fax else NO_FAX


def sms_texts(profile: Profile, body: str) -> tuple[str, ...]:
    """The texts as they are handed over. Raises Invalid, which says what cannot be sent and why."""
    counted = sms_count(profile, body)
    _must_be_sendable(counted)
    if not counted.messages:
        raise Invalid(
            "messages.too_long",
            N_("문자 한 건은 [Web발신]을 더해 %(bytes)s바이트까지입니다. 내용을 줄여 주세요."),
            "body",
            bytes=counted.capacity,
        )
    _must_be_short(counted)
    return counted.messages


def sms_count(profile: Profile, body: str) -> sms.Count:
    """A text counted by the profile: split, or refused where it is longer than one message."""
    if profile.mileage is None:
        raise closed()
    spend = profile.mileage.spend.sms
    return sms.count(body, longer=spend.longer, bytes_max=spend.max_bytes)


def parts_abroad(body: str) -> sms.Count:
    """A text to a number abroad, which its network cuts into parts. Raises Invalid."""
    counted = sms.count_international(body)
    _must_be_sendable(counted)
    _must_be_short(counted)
    return counted


def _must_be_sendable(counted: sms.Count) -> None:
    if counted.unsendable:
        seen = "".join(dict.fromkeys(fault.character for fault in counted.unsendable))
        raise Invalid(
            "messages.characters",
            N_("문자로 보낼 수 없는 글자가 있습니다: %(characters)s"),
            "body",
            characters=seen[:60],
        )
    if not counted.text:
        raise Invalid("messages.empty", N_("내용을 적어 주세요."), "body")


def _must_be_short(counted: sms.Count) -> None:
    if len(counted.messages) > SMS_PARTS_MAX:
        raise Invalid(
            "messages.too_long",
            N_("한 번에 %(most)s건으로 나눈 글까지 보낼 수 있습니다. 지금은 %(count)s건입니다."),
            "body",
            most=SMS_PARTS_MAX,
            count=len(counted.messages),
        )


def price(profile: Profile, kind: Kind, count: int, units_each: int) -> Price:
    """What so many recipients of so many messages or pages come to, by the profile in force."""
    return price_of(profile, kind, count, count * units_each, units_each)


def price_of(
    profile: Profile,
    kind: Kind,
    count: int,
    units: int,
    units_each: int | None = None,
    *,
    abroad: bool = False,
) -> Price:
    """What so many units to so many recipients come to; abroad a unit is a part of an SMS."""
    if profile.mileage is None:
        raise closed()
    spend = profile.mileage.spend
    unit = spend.fax if kind == "fax" else spend.sms_abroad if abroad else spend.sms
    if unit is None:
        raise Invalid("messages.abroad", NOT_ABROAD, "to")
    return Price(count, units, units_each, unit.points, unit.won)


def hour(day: str, at: str) -> datetime | None:
    """The hour in Seoul that a form asks for (`2026-12-01`, `09:30`), None where it asks for none.

    Raises Invalid where only one of the two is given, or one is no date or time.
    """
    if not day.strip() and not at.strip():
        return None
    try:
        chosen = datetime.combine(
            date.fromisoformat(day.strip()), time.fromisoformat(at.strip()), clock.SEOUL
        )
    except ValueError:
        raise Invalid("messages.hour", N_("예약할 날짜와 시각을 모두 적어 주세요."), "at") from None
    return chosen.replace(second=0, microsecond=0)


def must_lie_ahead(profile: Profile, at: datetime, now: datetime) -> None:
    """Refuse an hour that has passed, or one too far away; raises Invalid."""
    limits = profile.messages
    if limits is None:
        raise closed()
    if at <= now:
        raise Invalid("messages.hour", N_("지난 때로는 예약할 수 없습니다."), "at")
    if at > now + timedelta(days=limits.schedule_days_max):
        raise Invalid(
            "messages.hour",
            N_("예약은 %(days)s일 안으로 할 수 있습니다."),
            "at",
            days=limits.schedule_days_max,
        )


def fate_of_recipient(
    kind: Kind, parts: Sequence[Part], unit_points: int, stage: str = "sent"
) -> Fate:
    """One recipient's deliveries as one sentence, in an order of this stage."""
    if stage in NOT_YET and all(part.charged is None for part in parts):
        return Fate(NOT_YET[stage], {}, "grey" if stage == "draft" else "blue")
    waiting = {part.state for part in parts if part.charged is None}
    if waiting:
        return _on_its_way(waiting)
    states = {part.state for part in parts}
    units = sum(part.units for part in parts)
    charged = sum(part.charged or 0 for part in parts)
    words = {"units": units, "arrived": charged, "points": (units - charged) * unit_points}
    if any(part.late for part in parts):
        return Fate(
            N_("나중에 도착했습니다. 돌려드린 %(points)s점은 그대로 두었습니다."), words, "green"
        )
    if states == {State.CANCELLED}:
        return Fate(N_("보내지 않고 취소했습니다."), words, "grey")
    if charged == units:
        if State.ACCEPTED in states:
            return Fate(
                N_("통신사로 보냈습니다. 이 통신사는 도착 여부를 알려 주지 않습니다."),
                words,
                "green",
            )
        return Fate(N_("도착했습니다."), words, "green")
    if charged:
        return Fate(PARTLY[kind], words, "amber")
    if State.EXPIRED in states:
        return Fate(
            N_("기다리는 동안 도착 소식이 없었습니다. %(points)s점을 돌려드렸습니다."), words, "red"
        )
    if any(part.reason in KEPT_BACK for part in parts):
        sentence = next(KEPT_BACK[part.reason] for part in parts if part.reason in KEPT_BACK)
        return Fate(sentence, words, "amber")
    return Fate(N_("도착하지 않았습니다. %(points)s점을 돌려드렸습니다."), words, "red")


KEPT_BACK: Final = {
    "opted_out": N_("그사이 받지 않겠다고 했습니다. %(points)s점을 돌려드렸습니다."),
    "sender_gone": N_(
        "보내는 번호의 등록이 풀려 보내지 않았습니다. %(points)s점을 돌려드렸습니다."
    ),
}
"""Why a delivery did not leave although it was ordered (fair use), by its reason."""


def _on_its_way(states: set[State]) -> Fate:
    if State.UNKNOWN in states:
        sentence = N_("받았는지 통신사에 확인하고 있습니다. 두 번 보내지 않습니다.")
        return Fate(sentence, {}, "amber")
    if states <= {State.DRAFT, State.QUEUED}:
        return Fate(N_("곧 보냅니다."), {}, "blue")
    if State.ACCEPTED in states and State.SENDING not in states:
        return Fate(N_("통신사로 보냈습니다. 도착 소식을 기다립니다."), {}, "blue")
    return Fate(N_("보내는 중입니다."), {}, "blue")


def fate_of_message(stage: str, units: int, charged: int, *, ended: bool) -> Fate:
    """A whole order as a word for a list."""
    if stage == "draft":
        return Fate(N_("보내기 전"), {}, "grey")
    if stage == "cancelled":
        return Fate(N_("취소"), {}, "grey")
    if stage == "held":
        return Fate(N_("확인하는 중"), {}, "amber")
    if stage == "scheduled":
        return Fate(N_("예약"), {}, "blue")
    if not ended:
        return Fate(N_("보내는 중"), {}, "blue")
    if charged == units:
        return Fate(N_("도착"), {}, "green")
    return Fate(N_("일부 도착"), {}, "amber") if charged else Fate(N_("도착 안 함"), {}, "red")


def closed() -> Problem:
    """The word where a municipality's ordinance knows no SMS and fax (Osan)."""
    return Closed("messages.closed", N_("이 누리집에서는 문자와 팩스를 보내지 않습니다."))
