"""How well a provider is, told from what it answered of late (Y15-4). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from server.core.i18n import N_

SPAN: Final = timedelta(minutes=5)
RECENT: Final = timedelta(hours=1)


class Level(StrEnum):
    WELL = "well"
    TROUBLED = "troubled"
    RESTING = "resting"
    IDLE = "idle"


WORDS: Final = {
    Level.WELL: (N_("잘 됨"), "green"),
    Level.TROUBLED: (N_("문제 있음"), "red"),
    Level.RESTING: (N_("쉬는 중"), "amber"),
    Level.IDLE: (N_("아직 쓰지 않음"), "grey"),
}
"""Each level in a word, and its tone."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted over some time; `answer_ms` is what they took together."""

    taken: int = 0
    refused: int = 0
    unclear: int = 0
    answer_ms: int = 0

    @property
    def asked(self) -> int:
        return self.taken + self.refused + self.unclear

    @property
    def mean_ms(self) -> int | None:
        """How long an answer took; None where there was none."""
        return round(self.answer_ms / self.asked) if self.asked else None

    @property
    def failed_percent(self) -> int | None:
        """Of a hundred orders so many were not taken, or nobody can tell."""
        return round(100 * (self.refused + self.unclear) / self.asked) if self.asked else None

    @property
    def a_minute(self) -> float:
        """Orders handed over a minute, over `RECENT`."""
        return round(self.asked / (RECENT / timedelta(minutes=1)), 1)


def level(
    now: datetime,
    *,
    taken_at: datetime | None,
    trouble_at: datetime | None,
    rests_until: datetime | None,
) -> Level:
    """`rests_until`: it is given no order before; otherwise the last answer speaks."""
    if rests_until is not None and rests_until > now:
        return Level.RESTING
    if trouble_at is not None and (taken_at is None or trouble_at > taken_at):
        return Level.TROUBLED
    return Level.IDLE if taken_at is None else Level.WELL


def span_of(at: datetime) -> datetime:
    """When the five minutes began that a moment lies in."""
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)
