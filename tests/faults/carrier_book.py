"""What a telephone company of the tests writes down of each order, and how it is to misbehave.

Its book knows nothing of the office's: what was asked, said, taken, delivered and told stands in
it in its order. How it misbehaves is drawn for each number from a seed.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

LATE: Final = timedelta(hours=80)
"""So long after it was taken is told what is told late."""

PLACING: Final = (
    "timeout_after",
    "reset_after",
    "too_many",
    "error_before",
    "error_after",
    "malformed_before",
    "malformed_after",
    "drip_after",
)
"""What may go wrong when an order is handed over; `_after` has taken it."""

TELLING: Final = ("duplicate", "reordered", "early", "forged", "late", "lost")
"""What may go wrong with its receipt."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How one number is met: faults of the first hand-overs, of the receipt, and how many of the
    units (an SMS is one, a fax has its pages) arrive; None where all of them do."""

    placing: tuple[str, ...] = ()
    telling: str = ""
    arrive: int | None = None


@dataclass
class Entry:
    """One order in the books. `words` is everything asked (`asked`) and said of it, in order.

    `address` is where its news is to be told, where the order itself says so.
    """

    number: str
    units: int
    fate: Fate
    address: str = ""
    words: list[str] = field(default_factory=list)
    reference: str = ""
    taken_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def taken(self) -> bool:
        return self.taken_at is not None

    @property
    def arrived(self) -> int:
        """Units that reached whom they were for, whoever was told."""
        if not self.taken:
            return 0
        return self.units if self.fate.arrive is None else self.fate.arrive

    @property
    def whole(self) -> bool:
        return self.arrived == self.units

    def say(self, word: str) -> None:
        self.words.append(word)

    def handed_over_without_a_word(self) -> bool:
        """Whether it was handed over again although nobody had said that it was not taken."""
        assured = True
        for word in self.words:
            if word == "asked":
                if not assured:
                    return True
                assured = False
            elif word in {"refused", "absent"}:
                assured = True
        return False


def draw_fates(units: Mapping[str, int], faults: tuple[str, ...], seed: int) -> dict[str, Fate]:
    """A fate for each number, whose order has so many `units`: of four one without fault, the
    others with one of `faults` in turn; of eight SMS one reaches nobody, of five faxes two arrive
    in part or not at all."""
    chances = random.Random(seed)
    fates = {}
    for index, (number, most) in enumerate(units.items()):
        fault = faults[index % len(faults)] if faults and chances.random() < 0.75 else ""
        short = chances.random() < (0.125 if number.startswith("010") else 0.4)
        arrive = chances.randrange(most) if short else None
        placing = (fault,) * chances.randint(1, 2) if fault in PLACING else ()
        fates[number] = Fate(placing, fault if fault in TELLING else "", arrive)
    return fates
