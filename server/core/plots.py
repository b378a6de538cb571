"""Plots as numbers for SVG: where each bar stands, what is written beside it.

Pure. Places are in percent of the width and in em, so that a plot grows with the page and its
words with the reader's letters; no inline style is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BAR_ROW_EM: Final = 2.6
COLUMN_HEIGHT_EM: Final = 11.0
ROW_EM: Final = 13.4
"""How wide a row of bars is on a phone of 240 pixels: name and value share it."""
COLUMN_SHARE: Final = 0.64
EDGE: Final = 5.0
"""Under a narrower column (percent) at an edge a label begins or ends there, and is not cut."""
GAP_EM: Final = 0.7
"""What stays free between a name and its value."""
WIDE_EM: Final = 0.88
WIDTHS_EM: Final = {
    letter: width
    for width, letters in (
        (0.3, " !\"'(),./:;[]{}|ijl·"),
        (0.36, "ftrI\\"),
        (0.51, "?^*`sxz"),
        (0.55, "aceuvyLJk"),
        (0.59, "0123456789-=_gpqhnobdZEF"),
        (0.63, "#$&+<>BKPRSTXY"),
        (0.72, "ACDGHNUV"),
        (0.92, "OQMW@%mw…"),
    )
    for letter in letters
}
"""How wide letters are in the font of the pages; all others are taken for wide ones."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its name; None is not told. `words` is the value as it is read."""

    name: str
    value: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar lying down: `width` in percent, `label_y` and `y` in em from the top."""

    label: str
    words: str
    width: float
    label_y: float
    y: float


@dataclass(frozen=True, slots=True)
class Column:
    """One bar standing: `x`, `width` and `label_x` in percent, `y` and `height` in em. Its label
    has its `anchor` there: start, middle or end."""

    label: str
    x: float
    width: float
    label_x: float
    anchor: str
    y: float
    height: float
    told: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars one under another; `height` in em."""

    bars: Sequence[Bar]
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns beside each other over a base line; `top` is where `words` stand for, `middle` half
    of it. All in em from the top."""

    columns: Sequence[Column]
    words: str
    top: float
    middle: float
    base: float
    height: float


def bars(points: Sequence[Point], most: float | None = None) -> Bars:
    """Bars as long as their values are beside `most` (or the greatest of them)."""
    full = most or max((point.value or 0 for point in points), default=0) or 1
    drawn = [
        Bar(
            cut(point.name, ROW_EM - GAP_EM - width_em(point.words)),
            point.words,
            _rounded(100 * (point.value or 0) / full),
            _rounded(BAR_ROW_EM * row + 1.1),
            _rounded(BAR_ROW_EM * row + 1.5),
        )
        for row, point in enumerate(points)
    ]
    return Bars(drawn, _rounded(BAR_ROW_EM * len(points)))


def columns(points: Sequence[Point], most: float | None = None, unit: str = "") -> Columns:
    """Columns under a round scale, its top and its middle."""
    full = most or ceiling(max((point.value or 0 for point in points), default=0))
    step = 100 / max(len(points), 1)
    top = 1.4
    drawn = []
    for place, point in enumerate(points):
        height = COLUMN_HEIGHT_EM * (point.value or 0) / full
        drawn.append(
            Column(
                point.name,
                _rounded(step * (place + (1 - COLUMN_SHARE) / 2)),
                _rounded(step * COLUMN_SHARE),
                *_label(step, place, len(points)),
                _rounded(top + COLUMN_HEIGHT_EM - height),
                _rounded(height),
                point.value is not None,
            )
        )
    base = top + COLUMN_HEIGHT_EM
    middle = _rounded(top + COLUMN_HEIGHT_EM / 2)
    return Columns(drawn, f"{full:g}{unit}", top, middle, _rounded(base), _rounded(base + 1.6))


def _label(step: float, place: int, count: int) -> tuple[float, str]:
    """Where the label of a column stands and by which of its ends it is held."""
    if step < EDGE and place == 0:
        return 0.0, "start"
    if step < EDGE and place == count - 1:
        return 100.0, "end"
    return _rounded(step * (place + 0.5)), "middle"


def ceiling(value: float) -> float:
    """The next round number: 2, 4, 10, 20, 40, 100, …; halves of it are whole."""
    scale = 1
    while True:
        for digit in (2, 4, 10):
            if value <= digit * scale:
                return digit * scale
        scale *= 10


def cut(name: str, room: float = ROW_EM) -> str:
    """A name short enough for so many em, which a cut one shows by its end."""
    if width_em(name) <= room:
        return name
    room -= width_em("…")
    for place, letter in enumerate(name):
        room -= width_em(letter)
        if room < 0:
            return name[:place].rstrip() + "…"
    return name


def width_em(text: str) -> float:
    """How wide a text is in em of its letters, rather a little too wide than too narrow."""
    return sum(WIDTHS_EM.get(letter, WIDE_EM) for letter in text)


def _rounded(number: float) -> float:
    return round(number, 2)
