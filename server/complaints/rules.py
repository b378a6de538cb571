"""Decisions about filing and showing complaints: what a form may hold, what stage the public sees,
which office hours count, which words of a place are findable (Y10-1, Y12-1).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gateways.encode import numbers
from server.complaints.workflow import BEFORE_ACCEPTANCE, ENDED, Outcome, State
from server.core.i18n import N_
from server.core.web import Invalid
from server.deadlines.service import Ground, NotCounted, in_seoul, midnight

TITLE_LETTERS_MAX: Final = 100
BODY_LETTERS_MAX: Final = 5000
PLACE_LETTERS_MAX: Final = 200
ROAD_LETTERS_MAX: Final = 100
TEXT_LETTERS_MAX: Final = 5000
AGENCY_LETTERS_MAX: Final = 60
PHOTOS_MAX: Final = 5
PHOTOS_OF_ALL_MAX: Final = 20  # to which an applicant may bring one complaint
PHOTOS_KEPT_MAX: Final = 60  # of one complaint, with those that the office encloses
NAME_LETTERS_MAX: Final = 40
CAPTION_LETTERS_MAX: Final = 100
PHOTO_BYTES_MAX: Final = 20 * 1024 * 1024
NOTHING_OF_KOREA: Final = N_("우리나라 안의 위치가 아닙니다. 위치를 다시 골라 주세요.")

REPLIES: Final = {
    "app": N_("이 앱으로"),
    "sms": N_("문자메시지로도"),
    "letter": N_("우편으로도"),
}

DESK_REPLIES: Final = REPLIES | {"fax": N_("팩스로도")}
"""What the office writes down for somebody: whoever has sent a fax may be answered by one."""

STRANGER_REPLIES: Final = {
    "app": N_("접수번호로 조회하기"),
    "sms": REPLIES["sms"],
    "letter": REPLIES["letter"],
}
"""The same without an account: there is no inbox, the case is looked up."""

STEPS: Final = {
    "looking": N_("내용을 살펴보고 있습니다"),
    "on_site": N_("현장을 확인하고 있습니다"),
    "planning": N_("처리 방법과 일정을 정하고 있습니다"),
    "parts": N_("자재와 부품을 준비하고 있습니다"),
    "working": N_("작업하고 있습니다"),
    "together": N_("관계 부서와 함께 처리하고 있습니다"),
}
"""What is being done, as a sentence of the public timeline."""

OUTCOMES: Final = {
    Outcome.DONE: N_("처리했습니다"),
    Outcome.PARTLY: N_("일부만 처리했습니다"),
    Outcome.REFUSED: N_("거부했습니다"),
    Outcome.NOT_ACCEPTED: N_("받아들이지 못했습니다"),
    Outcome.RETURNED: N_("반려했습니다"),
    Outcome.NOT_HANDLED: N_("민원으로 처리하지 않습니다"),
    Outcome.REPEATED: N_("되풀이된 민원이라 끝냈습니다"),
}

GROUNDS: Final = {
    "political": N_("고도의 정치적 판단이나 국가 기밀, 공무상 비밀에 관한 사항"),
    "trial": N_("수사, 재판, 형 집행에 관한 사항이나 감사원 감사가 시작된 사항"),
    "appeal": N_("행정심판, 소송 같은 불복 절차가 진행 중인 사항"),
    "mediation": N_("화해, 조정, 중재 같은 절차가 진행 중인 사항"),
    "settled": N_("판결, 재결, 조정으로 확정된 권리관계에 관한 사항"),
    "inspection_board": N_("감사원이 감사위원회의의 결정을 거쳐 하는 사항"),
    "election": N_("선거관리위원회의 의결을 거쳐 하는 사항"),
    "private": N_("개인 사이의 권리관계나 사생활에 관한 사항"),
    "personnel": N_("행정기관 직원의 인사에 관한 사항"),
}
"""Why a complaint need not be handled: the nine grounds of Act 21, in its order."""

CLOSING_GROUNDS: Final = {
    "personal": N_("개인을 알아볼 수 있는 내용"),
    "others": N_("다른 사람의 명예나 권리를 해칠 수 있는 내용"),
    "business": N_("법인이나 개인의 영업 비밀"),
    "safety": N_("생명, 신체, 재산의 보호에 지장을 줄 수 있는 내용"),
    "inquiry": N_("조사, 감사, 수사, 재판에 지장을 줄 수 있는 내용"),
    "mistaken": N_("앞서 잘못 정한 것을 바로잡음"),
}
"""Why the office closes or covers a public complaint (Official Information Disclosure Act 9(1))."""

STAGES: Final = {
    "received": N_("접수 전"),
    "handling": N_("처리 중"),
    "completed": N_("처리 완료"),
}
"""Where a complaint stands, as the public list says it."""

NOWHERE_PUBLIC: Final = frozenset(
    {State.WITHDRAWN, State.DEEMED_WITHDRAWN, State.LAPSED, State.MERGED}
)
"""Ends after which nothing of a complaint is public: it was taken back, or is part of another."""

MORE_TIME_DAYS: Final = (3, 5, 7, 10, 14)
SUPPLEMENT_DAYS: Final = (3, 5, 7, 10, 14, 20)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: words, and the position if the phone gave one (WGS 84, degrees)."""

    words: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def position(self) -> str | None:
        """The position as it is kept sealed."""
        return None if self.latitude is None else f"{self.latitude:.6f},{self.longitude:.6f}"

    @classmethod
    def read(cls, words: str, latitude: str, longitude: str) -> "Place":
        """A place as a form gives it. Raises Invalid for a position outside Korea."""
        if not latitude.strip() and not longitude.strip():
            return cls(tidy_line(words))
        try:
            north, east = float(latitude), float(longitude)
        except ValueError:
            raise Invalid("complaint.position", NOTHING_OF_KOREA, "place") from None
        if not (33.0 <= north <= 39.0 and 124.0 <= east <= 132.0):
            raise Invalid("complaint.position", NOTHING_OF_KOREA, "place")
        return cls(tidy_line(words), north, east)

    @classmethod
    def kept(cls, words: str, position: str | None) -> "Place":
        """A place as the database keeps it."""
        if position is None:
            return cls(words)
        north, _, east = position.partition(",")
        return cls(words, float(north), float(east))


def tidy_line(text: str) -> str:
    """One line of text as it is kept: composed letters, single blanks, nothing invisible."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(c if c.isprintable() or c.isspace() else "" for c in composed)
    return " ".join(visible.split())


def tidy_text(text: str) -> str:
    """Lines of text as they are kept: as `tidy_line`, with at most one empty line in a row."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    visible = "".join(c for c in composed if c.isprintable() or c in "\n\t")
    lines = "\n".join(line.rstrip() for line in visible.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n ")


def tidy(
    text: str,
    field: str = "text",
    longest: int = TEXT_LETTERS_MAX,
    *,
    missing: str | None = None,
) -> str:
    """The text of a form's field as it is kept.

    Raises Invalid (422) where it has more than `longest` letters, or, with the sentence `missing`,
    where there is none.
    """
    kept = tidy_text(text)
    if missing is not None and not kept:
        raise Invalid(f"complaint.{field}", missing, field)
    if len(kept) > longest:
        sentence = N_("%(max)d자까지 적을 수 있습니다.")
        raise Invalid(f"complaint.{field}", sentence, field, max=longest)
    return kept


def normal_phone(text: str) -> str:
    """A telephone number as it is compared: national digits, or what digits there are."""
    try:
        return numbers.parse(text).digits
    except numbers.BadNumber:
        return "".join(c for c in text if c.isdigit())


def is_phone(text: str) -> bool:
    """Whether somebody can be reached under it."""
    try:
        numbers.parse(text)
    except numbers.BadNumber:
        return False
    return True


def pretty_phone(text: str) -> str:
    """A telephone number as it is written: 010-1234-5678."""
    try:
        return numbers.parse(text).pretty
    except numbers.BadNumber:
        return text


def normal_email(text: str) -> str:
    """An e-mail address as it is compared."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def place_words(text: str) -> list[str]:
    """The words of a place as they are compared: letters and digits, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return list(dict.fromkeys(re.findall(r"\w+", folded)))


WORD_BEGINNING_MIN: Final = 2
WORD_BEGINNING_MAX: Final = 8


def place_beginnings(text: str) -> set[str]:
    """What finds a place: each word and its beginnings from two letters on (당산, 당산로)."""
    found: set[str] = set()
    for word in place_words(text):
        lengths = range(WORD_BEGINNING_MIN, min(len(word), WORD_BEGINNING_MAX) + 1)
        found |= {word[:length] for length in lengths} or {word}
    return found


def sought_beginnings(query: str) -> list[str]:
    """What a search for a place looks for: each word as far as beginnings are kept."""
    return [word[:WORD_BEGINNING_MAX] for word in place_words(query)]


def stage(state: State) -> str | None:
    """The public's word for a state; None where nothing is public: not any more, or not yet, while
    what has a fee has not been received (Y11-3)."""
    if state in NOWHERE_PUBLIC or state is State.AWAITING_PAYMENT:
        return None
    if state in BEFORE_ACCEPTANCE:
        return "received"
    return "completed" if state in ENDED else "handling"


def last_day_of(lapses_at: datetime) -> date:
    """The last day on which a complaint is in time, from the instant at which it is late."""
    return (in_seoul(lapses_at) - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class AskedSupplement:
    """A supplement as the clock sees it."""

    asked_at: datetime
    until: date
    given_at: datetime | None
    undelivered: bool = False
    more_time: int = 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The supplements since the applicant last answered: how many were asked, came to nothing in
    time, or never arrived."""

    asked: int = 0
    missed: int = 0
    undelivered: int = 0


def waiting_times(asked: Sequence[AskedSupplement], now: datetime) -> list[NotCounted]:
    """What the clock leaves out: from each request to its arrival, both days included (D20).

    One not answered yet is taken to arrive on its own last day, or today once that is past.
    """
    times = []
    for each in asked:
        arrived = each.given_at or max(midnight(each.until), now)
        times.append(NotCounted.days(Ground.SUPPLEMENT, each.asked_at, arrived))
    return times


def unanswered(asked: Iterable[AskedSupplement], today: date) -> Unanswered:
    """What has come of the supplements since the applicant last answered."""
    requests = missed = undelivered = 0
    for each in asked:
        if each.given_at is not None:
            requests = missed = undelivered = 0
        else:
            requests += 1
            undelivered += each.undelivered
            missed += not each.undelivered and each.until < today
    return Unanswered(requests, missed, undelivered)
