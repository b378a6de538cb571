"""What the public statistics may say: volume, share in time, median time, and no small numbers.

Pure. A number below FEWEST is never told, nor anything from which it could be reckoned: small
parts are put together, and where one month is left out another is as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from server.complaints.service import Cohort

FEWEST: Final = 5
MONTHS: Final = 12
OTHERS: Final = "others"
NOBODY: Final = "none"


@dataclass(slots=True)
class Tally:
    """Counts of complaints: all, in time, late, and the half days of those answered."""

    filed: int = 0
    in_time: int = 0
    late: int = 0
    halves: Counter[int] = field(default_factory=Counter)

    def add(self, cohort: Cohort) -> None:
        """Count a cohort in."""
        self.filed += cohort.count
        if cohort.in_time is not None:
            self.in_time += cohort.count if cohort.in_time else 0
            self.late += 0 if cohort.in_time else cohort.count
        if cohort.halves is not None:
            self.halves[cohort.halves] += cohort.count

    def take(self, other: "Tally") -> None:
        """Count another tally in."""
        self.filed += other.filed
        self.in_time += other.in_time
        self.late += other.late
        self.halves += other.halves


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the statistics as it may be told; None is not told.

    `in_time` in whole percent of those that are due or answered; `halves` the median in half days.
    """

    key: str
    filed: int | None
    in_time: int | None
    halves: int | None


def first_month(today: date) -> date:
    """The first day of the twelve months that end with this one."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def months_from(first: date) -> list[str]:
    """The keys of the twelve months."""
    start = first.year * 12 + first.month - 1
    return [f"{each // 12}-{each % 12 + 1:02}" for each in range(start, start + MONTHS)]


def tallied(cohorts: Iterable[Cohort], key: Callable[[Cohort], str]) -> dict[str, Tally]:
    """The tallies of the cohorts by a key of theirs."""
    found: dict[str, Tally] = {}
    for cohort in cohorts:
        found.setdefault(key(cohort), Tally()).add(cohort)
    return found


def line(key: str, tally: Tally) -> Line:
    """A tally as it may be told by itself."""
    judged, answered = tally.in_time + tally.late, sum(tally.halves.values())
    if tally.filed < FEWEST:
        return Line(key, None, None, None)
    return Line(
        key,
        tally.filed,
        round(100 * tally.in_time / judged) if judged >= FEWEST else None,
        median(tally.halves) if answered >= FEWEST else None,
    )


def median(halves: Mapping[int, int]) -> int:
    """The lower median of values with their counts."""
    half = (sum(halves.values()) + 1) // 2
    for value in sorted(halves):
        half -= halves[value]
        if half <= 0:
            return value
    raise ValueError("nothing to take a median of")


def parts(tallies: Mapping[str, Tally], most: int = 40) -> list[Line]:
    """Parts of a whole, the biggest first; small ones, and those beyond the `most`, together as
    `others` at the end.

    Where the small ones together are still few, the smallest of the others joins them.
    """
    ordered = sorted(tallies.items(), key=lambda item: (-item[1].filed, item[0]))
    rest = Tally()
    while ordered and (
        len(ordered) > most or ordered[-1][1].filed < FEWEST or 0 < rest.filed < FEWEST
    ):
        rest.take(ordered.pop()[1])
    lines = [line(key, tally) for key, tally in ordered]
    return [*lines, line(OTHERS, rest)] if rest.filed else lines


def months(tallies: Mapping[str, Tally], keys: Sequence[str]) -> list[Line]:
    """The months in order. Where just one is too small to be told, the next smallest is not
    told either: it would be what the others leave of the year. Empty months say 0."""
    lines = [line(key, tallies.get(key, Tally())) for key in keys]
    empty = {key for key in keys if key not in tallies}
    lines = [Line(each.key, 0, None, None) if each.key in empty else each for each in lines]
    hidden = [each for each in lines if each.filed is None]
    told = [each for each in lines if each.filed]
    if len(hidden) == 1 and told:
        smallest = min(told, key=lambda each: each.filed or 0)
        lines = [Line(each.key, None, None, None) if each is smallest else each for each in lines]
    return lines
