"""What is to be done where an order's deliveries and the ledger's hold do not agree (Y15-4). Pure.

Y15-4 charges at most once and only for what arrived: what is missing is charged out of the hold,
what nobody waits for goes back. What was charged too much only two officials may give back.
"""

from dataclasses import dataclass
from typing import Final

NO_HOLD: Final = "no_hold"
TOO_LITTLE: Final = "held_too_little"
TOO_MUCH_SPENT: Final = "charged_too_much"
UNEVEN: Final = "uneven_amounts"

WORDS: Final = {
    NO_HOLD: "nobody has paid for it: the ledger has no hold",
    TOO_LITTLE: "the ledger holds less than its open deliveries cost",
    TOO_MUCH_SPENT: "more was charged than arrived",
    UNEVEN: "points and won of the hold do not go together",
}
"""What no rule can mend, in a sentence for who runs the office."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the deliveries of an order say: units whose end is not known, and units charged."""

    unit_points: int
    unit_won: int
    open_units: int
    charged_units: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger says of its hold."""

    open_points: int
    open_won: int
    spent_points: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Units to charge out of the hold, and units to give back; or why no rule can mend it."""

    charge: int = 0
    give_back: int = 0
    fault: str = ""


def repair(order: Order, held: Held | None) -> Repair | None:
    """What makes the two agree; None where they do."""
    if held is None:
        return Repair(fault=NO_HOLD) if order.open_units or order.charged_units else None
    open_units, open_rest = divmod(held.open_points, order.unit_points)
    spent_units, spent_rest = divmod(held.spent_points, order.unit_points)
    if open_rest or spent_rest or held.open_won != open_units * order.unit_won:
        return Repair(fault=UNEVEN)
    missing = order.charged_units - spent_units
    surplus = open_units - order.open_units
    if missing == surplus == 0:
        return None
    if missing < 0:
        return Repair(fault=TOO_MUCH_SPENT)
    if surplus < missing:
        return Repair(fault=TOO_LITTLE)
    return Repair(charge=missing, give_back=surplus - missing)
