"""Whether what many were told at once could have been told by one who serves one after another.

The ledger itself says in which order a person's movements stand. That order must fit the times at
which the acts began and ended, and each answer must be right at some moment between the two: what
is called linearisable. Each person is a history of its own.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import Any

ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did and was told, between `began` and `ended`."""

    began: float
    ended: float
    what: str
    person: int
    about: Any
    answer: Any


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer as the ledger has it."""

    key: str
    debit: str
    credit: str
    points: int
    hold: str | None


@dataclass(slots=True)
class State:
    """A person's points after so many movements; `open` what is left of each hold so far."""

    available: int = 0
    held: int = 0


@dataclass
class History:
    """The serial order of one person's movements, and the model that it is replayed on."""

    movements: list[Movement]
    states: list[State] = field(default_factory=lambda: [State()])
    places: dict[str, int] = field(default_factory=dict)
    opened: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    earliest: list[float] = field(default_factory=list)
    latest: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place, moved in enumerate(self.movements, start=1):
            now = self.states[-1]
            signs = {moved.credit: 1, moved.debit: -1}
            after = State(
                now.available + signs.get("available", 0) * moved.points,
                now.held + signs.get("held", 0) * moved.points,
            )
            assert after.available >= 0, f"{moved} leaves {after}"
            assert after.held >= 0, f"{moved} leaves {after}"
            assert moved.key not in self.places, f"{moved.key} twice"
            self.states.append(after)
            self.places[moved.key] = place
            hold = moved.key if moved.credit == "held" else moved.hold
            if hold is not None:
                before = self.opened[hold][-1][1] if self.opened[hold] else 0
                left = before + signs.get("held", 0) * moved.points
                assert left >= 0, f"{moved} takes more than its hold has"
                self.opened[hold].append((place, left))

    def left(self, hold: str, place: int) -> int | None:
        """What of a hold was open after so many movements; None where it did not exist yet."""
        known = self.opened.get(hold, [])
        index = bisect_right(known, (place, inf)) - 1
        return known[index][1] if index >= 0 else None

    def fit(self, acts: dict[str, list[Act]]) -> None:
        """Give each movement the earliest and the latest time at which it can have happened.

        `acts` are those that may have made it or saw that it was made, by its key.
        """
        now = -inf
        for moved in self.movements:
            now = max(now, min((act.began for act in acts.get(moved.key, [])), default=-inf))
            self.earliest.append(now)
        now = inf
        for moved in reversed(self.movements):
            seen = [act.ended for act in acts.get(moved.key, []) if self.saw(act)]
            now = min(now, min(seen, default=inf))
            self.latest.append(now)
        self.latest.reverse()
        for moved, first, last in zip(self.movements, self.earliest, self.latest, strict=True):
            assert first <= last, f"{moved} stands where it cannot have happened"

    @staticmethod
    def saw(act: Act) -> bool:
        """Whether an act's answer says that its movement stands."""
        if act.what == "rest":
            return act.answer != "refused" and act.answer > 0
        return act.answer != "refused" and not isinstance(act.answer, dict)

    def between(self, act: Act) -> range:
        """After how many movements the person may have stood during an act."""
        first = bisect_left(self.latest, act.began)
        last = bisect_right(self.earliest, act.ended)
        return range(first, last + 1)

    def explain(self, act: Act, key: str) -> None:
        """Fails where no moment of the act fits its answer. `key` is that of its movement."""
        if act.what != "read" and self.saw(act):
            assert key in self.places, f"{act} left no trace"
            place = self.places[key]
            assert self.earliest[place - 1] <= act.ended, f"{act} knew what had not happened"
            if act.what == "rest":
                assert self.movements[place - 1].points == act.answer, act
            return
        assert any(self._fits(act, place) for place in self.between(act)), (
            f"{act} fits none of {[self.states[place] for place in self.between(act)]}"
        )

    def _fits(self, act: Act, place: int) -> bool:
        state = self.states[place]
        match act.what:
            case "read":
                return [state.available, state.held] == act.answer
            case "hold":
                return state.available == act.about[1] - act.answer["missing"]
            case "rest":
                left = self.left(act.about[0], place)
                return left == 0 if act.answer == 0 else left is None
            case _:
                left = self.left(act.about[0], place)
                return left is None or left < 30
