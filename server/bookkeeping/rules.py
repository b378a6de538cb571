"""When a budget line gives warning, and how its figures are read (Y15-4: within the budget). Pure.

A line is nearly used at 80 percent of its won spent or set aside, and used up as soon as what is
left pays for no message any more.
"""

from typing import Final

from server.core.i18n import N_

NEARLY: Final = 80
USED_UP: Final = 100

STATES: Final = {
    "proposed": (N_("확인을 기다림"), "amber"),
    "approved": (N_("승인"), "green"),
    "refused": (N_("거절"), "red"),
    "dropped": (N_("거둠"), "grey"),
}
"""What became of a correction: its word and its tone."""


def share_reached(voted_won: int, left_won: int, cheapest: int) -> int:
    """The highest share of a line that calls for a warning: 100, 80 or 0.

    A line of nothing is no line that could be used up: nobody voted it.
    """
    if voted_won <= 0:
        return 0
    if left_won < cheapest:
        return USED_UP
    return NEARLY if (voted_won - left_won) * 100 >= voted_won * NEARLY else 0


def percent(part: int, whole: int) -> int:
    """The whole percents that `part` is of `whole`, never more than are full; 0 of nothing."""
    return part * 100 // whole if whole > 0 else 0
