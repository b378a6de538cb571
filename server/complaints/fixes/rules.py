"""Which complaints have one cause, and how the answer to each of them reads. Pure (Act 27, D29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.complaints.following.rules import metres
from server.complaints.rules import Place, place_words
from server.core.i18n import N_, gettext

NEAR_M: Final = 100.0
"""How far apart one cause may show (a street lamp, a hole in the road)."""
FEWEST: Final = 2
CASES_MAX: Final = 50
PHRASE_LETTERS_MAX: Final = 1000
TITLE_LETTERS_MAX: Final = 40
PHRASES_MAX: Final = 60

GIST = N_("신청하신 내용: %(gist)s")
DONE = N_("처리한 내용: %(phrase)s")
GROUND = N_("근거: %(law)s")
REMEDY = N_(
    "결과가 만족스럽지 않으면 %(days)s일 안에 다시 처리해 달라고 요청하거나, 담당 부서에 전화로"
    " 물어보실 수 있습니다."
)
AFTER: Final = N_("처리한 뒤의 모습")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a case is and what it is about, as far as its cause is guessed from that."""

    number: str
    topic_id: int
    place: Place


def same_cause(one: Spot, other: Spot) -> bool:
    """The same topic, and within NEAR_M; where a position is missing, the same words of place."""
    if one.topic_id != other.topic_id:
        return False
    here, there = one.place, other.place
    if None in {here.latitude, there.latitude} or None in {here.longitude, there.longitude}:
        words = place_words(here.words)
        return bool(words) and words == place_words(there.words)
    assert here.latitude is not None and here.longitude is not None  # noqa: PT018
    assert there.latitude is not None and there.longitude is not None  # noqa: PT018
    return metres(here.latitude, here.longitude, there.latitude, there.longitude) <= NEAR_M


def groups(spots: Sequence[Spot]) -> list[list[Spot]]:
    """The spots in groups of one cause each, as they come; the largest first, single ones left out.

    Each group is gathered around its first spot, so that a row of lamps is no endless chain.
    """
    gathered: list[list[Spot]] = []
    for spot in spots:
        for group in gathered:
            if same_cause(group[0], spot) and len(group) < CASES_MAX:
                group.append(spot)
                break
        else:
            gathered.append([spot])
    several = [group for group in gathered if len(group) >= FEWEST]
    return sorted(several, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Words:
    """What the answer to one of the cases says: `text`, and how to seek redress."""

    text: str
    remedies: str


def answer(gist: str, phrase: str, law: str, reopen_days: int) -> Words:
    """The answer to one applicant, in this task's language: what was asked, done, on what ground.

    Department, handler and telephone stand on every notice beside it (D31).
    """
    lines = [gettext(GIST, gist=gist), gettext(DONE, phrase=phrase)]
    if law:
        lines.append(gettext(GROUND, law=law))
    return Words("\n\n".join(lines), gettext(REMEDY, days=reopen_days))
