"""What earns mileage and how often, what it buys, and how a line of the statement reads.

Y15-3 and table 1 of the ordinance (awards), Y15-4 (30 points an SMS, 50 a fax page). Pure.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from server.core.i18n import N_
from server.ordinance.service import Profile

MEMBERSHIP: Final = frozenset({"join", "existing"})
"""Whoever joined anew is no existing member: together these two are given once a person."""

AWARD_TITLES: Final = {
    "join": N_("회원 가입"),
    "existing": N_("기존 회원 첫 방문"),
    "login": N_("하루 첫 로그인"),
    "proposer": N_("제안 채택"),
    "participant": N_("정책 토론 참여"),
    "survey": N_("설문 참여"),
}

CORRECTION_POINTS_MAX: Final = 100_000
CORRECTION_REASON_MAX: Final = 300
"""A correction mends a mistake and makes no gifts: two officials, at most so many points at once,
for a reason that the resident reads."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion in a debate: its author, and the verified persons who recommended it."""

    person_id: int
    recommended_by: Collection[int]


@dataclass(frozen=True, slots=True)
class Balance:
    """A person's points: free to spend, set aside for orders, waiting for verification."""

    available: int
    held: int
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Buys:
    """What an amount buys if it all goes on one thing: SMS of one recipient, or fax pages."""

    sms: int
    fax: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement of what a person can spend, as the ledger holds it.

    `points` is signed; `hold_*` describe the hold that the movement opened or gave back from.
    """

    id: int
    about: str
    points: int
    after: int
    units: int
    reason: str
    ref: str
    at: datetime
    hold_units: int = 0
    hold_open: int = 0
    hold_spent: int = 0
    words: str = ""  # why, as the official of a correction wrote it


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a resident reads it: two sentences with their words to fill in.

    `words` is what an official wrote, to be shown as it stands.
    """

    title: str
    title_words: dict[str, int]
    note: str
    link: str | None
    words: str = ""


def is_open(profile: Profile, on: date) -> bool:
    """Whether points are given on a day: the profile knows mileage, and has opened it by then."""
    return profile.mileage is not None and profile.mileage.opening <= on


def points_of(profile: Profile, rule: str, recommendations: int = 0) -> int:
    """Points of a rule of table 1; for `participant` by recommendations, 0 below the last tier."""
    if profile.mileage is None:
        raise LookupError("this profile gives no mileage")
    awards = profile.mileage.award
    if rule == "participant":
        return tier_points(awards.participant.tiers, recommendations)
    return awards.points(rule)


def tier_points(tiers: Sequence[Sequence[int]], recommendations: int) -> int:
    """The points of the highest tier reached: tiers of (recommendations, points), falling."""
    return next((points for least, points in tiers if recommendations >= least), 0)


def best_opinions(opinions: Iterable[Opinion], proposer_id: int | None = None) -> dict[int, int]:
    """How often the best opinion of each author of a debate was recommended, by person.

    Everybody counts once an opinion, and nobody for an opinion of their own.
    """
    best: dict[int, int] = {}
    for opinion in opinions:
        if opinion.person_id != proposer_id:
            others = len(set(opinion.recommended_by) - {opinion.person_id})
            best[opinion.person_id] = max(others, best.get(opinion.person_id, 0))
    return best


def member_key(person_id: int) -> str:
    """The key of the one award for being a member, new or existing."""
    return f"award:member:{person_id}"


def correction_key(correction_id: int) -> str:
    """The key of the movement that an approved correction makes."""
    return f"correction:{correction_id}"


def award_key(profile: Profile, person_id: int, rule: str, once_key: str) -> str:
    """The key under which an award exists once: by person, by person and thing, or by thing alone.

    `once_key` names the day, proposal, survey or debate; it is not used where `once` is the person.
    """
    if profile.mileage is None:
        raise LookupError("this profile gives no mileage")
    once = getattr(profile.mileage.award, rule).once
    if rule in MEMBERSHIP:
        return member_key(person_id)
    if once == "person":
        return f"award:{rule}:{person_id}"
    if not once_key:
        raise ValueError(f"an award for {rule} is given once a {once}: name it")
    if once == "proposal":
        return f"award:{rule}:{once_key}"
    return f"award:{rule}:{person_id}:{once_key}"


def cheapest_won(profile: Profile) -> int:
    """The least that anything costs the office in won: below it nothing can be sent."""
    if profile.mileage is None:
        raise LookupError("this profile gives no mileage")
    return min(profile.mileage.spend.sms.won, profile.mileage.spend.fax.won)


def buys(profile: Profile, points: int) -> Buys:
    """What `points` buy: 1,150 points are 38 messages or 23 pages."""
    if profile.mileage is None:
        raise LookupError("this profile gives no mileage")
    spend = profile.mileage.spend
    return Buys(points // spend.sms.points, points // spend.fax.points)


def line_of(entry: Entry) -> Line:
    """The sentences of an entry: what it was, and what became of it."""
    if entry.about == "correction":
        title = N_("바로잡아 더함") if entry.points > 0 else N_("바로잡아 뺌")
        return Line(title, {}, "", None, entry.words)
    if entry.about not in {"sms", "fax"}:
        return Line(AWARD_TITLES.get(entry.about, N_("적립")), {}, "", None)
    link = f"/messages/{entry.ref}" if entry.ref else None
    words = {"units": entry.units, "of": entry.hold_units}
    if entry.points > 0:
        return Line(_returned(entry), words, _why_returned(entry), link)
    title = N_("문자 %(units)s건") if entry.about == "sms" else N_("팩스 %(units)s장")
    return Line(title, words, _fate(entry), link)


def _returned(entry: Entry) -> str:
    whole = entry.units == entry.hold_units
    if entry.about == "sms":
        return N_("문자 %(units)s건 반환") if whole else N_("문자 %(of)s건 가운데 %(units)s건 반환")
    return N_("팩스 %(units)s장 반환") if whole else N_("팩스 %(of)s장 가운데 %(units)s장 반환")


def _why_returned(entry: Entry) -> str:
    if entry.reason == "cancelled":
        return N_("보내기를 취소했습니다")
    if entry.reason == "refused":
        return N_("확인에서 보내지 않기로 했습니다")
    return N_("도착하지 않았습니다")


def _fate(entry: Entry) -> str:
    if entry.hold_open:
        return N_("따로 두었습니다. 도착한 만큼만 씁니다.")
    return N_("보냈습니다") if entry.hold_spent else N_("모두 돌려드렸습니다")
