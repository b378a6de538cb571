"""The budget page as numbers and words: the year's plots and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.bookkeeping import rules
from server.core import i18n, plots
from server.core.i18n import N_
from server.core.plots import Point
from server.mileage.service import Month, Year

AFTERWARDS = 13
MONTHS = 12
SCALES = {"ko": (10_000, "만원", "원"), "en": (1_000, "k won", " won")}
"""In what the scale of a plot counts won, and how that and a single won are written."""


@dataclass(frozen=True, slots=True)
class Row:
    """A month of the table; `share` is how much of the vote was spent by its end, in percent."""

    name: str
    short: str
    won: int
    points: int
    sms: int
    fax: int
    share: int


def rows(book: Year, until: int) -> list[Row]:
    """The months of a year from the first that spent anything up to `until`, each with what was
    spent since the year began."""
    found: list[Row] = []
    spent = 0
    for month in book.months:
        spent += month.won
        if not spent or (month.number > until and not month.won):
            continue
        found.append(_row(month, rules.percent(spent, book.voted_won)))
    return found


def _row(month: Month, share: int) -> Row:
    name, short = _month(month.number)
    return Row(name, short, month.won, month.points, month.sms, month.fax, share)


def _month(number: int) -> tuple[str, str]:
    if number == AFTERWARDS:
        return i18n.gettext(N_("해가 바뀐 뒤")), "+"
    if i18n.locale() == "en":
        return i18n.MONTHS[number - 1], str(number)
    return f"{number}월", str(number)


def plots_of(told: Sequence[Row]) -> list[dict[str, Any]]:
    """What was spent month by month, and how much of the vote that had used by then."""
    by_short = {row.short: row for row in told}
    shorts = [str(number) for number in range(1, MONTHS + 1)]
    shorts += [row.short for row in told if row.short not in shorts]
    scale, unit = _scale(max((row.won for row in told), default=0))
    won = {short: row.won / scale for short, row in by_short.items()}
    share = {short: row.share for short, row in by_short.items()}
    return [
        {
            "id": "spent",
            "title": i18n.gettext(N_("달마다 쓴 돈")),
            "drawn": plots.columns([Point(one, won.get(one), "") for one in shorts], unit=unit),
            "summary": _summary_of_won(told),
        },
        {
            "id": "share",
            "title": i18n.gettext(N_("그때까지 쓴 예산")),
            "drawn": plots.columns(
                [Point(one, share.get(one), "") for one in shorts], most=100, unit="%"
            ),
            "summary": _summary_of_share(told),
        },
    ]


def _scale(most: int) -> tuple[int, str]:
    """In what won are counted where this is the most of them, and how that is written."""
    scale, unit, single = SCALES[i18n.locale()]
    return (scale, unit) if most >= scale else (1, single)


def _summary_of_won(told: Sequence[Row]) -> str:
    most = max(told, key=lambda row: row.won, default=None)
    if most is None or not most.won:
        return i18n.gettext(N_("아직 쓴 돈이 없습니다."))
    return i18n.gettext(
        N_("가장 많이 쓴 달은 %(month)s, %(won)s원입니다. 값은 모두 아래 표에 있습니다."),
        month=most.name,
        won=i18n.number_text(most.won),
    )


def _summary_of_share(told: Sequence[Row]) -> str:
    if not told:
        return i18n.gettext(N_("아직 쓴 돈이 없습니다."))
    return i18n.gettext(
        N_("%(month)s까지 예산의 %(share)s퍼센트를 썼습니다. 값은 모두 아래 표에 있습니다."),
        month=told[-1].name,
        share=told[-1].share,
    )
