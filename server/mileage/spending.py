"""Spending in three steps: set points aside, spend what arrived, give back the rest (Y15-4).

The won of the year's budget line move beside the points: both are set aside, or neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from server.core import clock, db, ids
from server.core.i18n import N_
from server.core.web.problems import Problem
from server.mileage import ledger, reading
from server.ordinance import service as ordinance

UNDELIVERED: Final = "undelivered"
"""The reason of a release that the statement shows, where nothing else is said."""


class TooFewPoints(Problem):
    """The person has fewer points than the order costs; `missing` says how many."""

    def __init__(self, missing: int, available: int) -> None:
        super().__init__(
            "mileage.too_few",
            N_(
                "마일리지가 %(missing)s점 모자랍니다."
                " 지금 쓸 수 있는 마일리지는 %(available)s점입니다."
            ),
            409,
            missing=missing,
            available=available,
        )
        self.missing = missing


class BudgetUsedUp(Problem):
    """The year's budget line does not pay for this order, or the council has voted none (Y15-4)."""

    def __init__(self) -> None:
        super().__init__(
            "mileage.budget",
            N_(
                "올해 문자·팩스 예산을 모두 썼거나 이번에 보낼 만큼 남지 않았습니다."
                " 예산이 다시 마련되면 보낼 수 있습니다."
                " 마일리지는 그대로 남아 있습니다."
            ),
            409,
        )


class LedgerError(Exception):
    """The ledger was asked for what cannot be: a fault of ours, never a resident's."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Points and won set aside under `key`."""

    key: str
    person_id: int
    points: int
    won: int


async def hold(
    person_id: int, points: int, won: int, key: str, *, about: str = "sms", units: int = 1,
    ref: str = "",
) -> Hold:  # fmt: skip
    """Set aside points of a person and won of this year's budget line, both or neither.

    Raises TooFewPoints, BudgetUsedUp (the open transaction is then to be given up), LedgerError
    where the key belongs to another movement. `units` and `ref` are for the statement.
    """
    _amounts(points, won, units)
    held = Hold(key, person_id, points, won)
    today = clock.today()
    year, mileage = today.year, ordinance.profile(today).mileage
    line = mileage.budget_of(year) if mileage is not None else None
    if line is None:
        raise BudgetUsedUp
    for attempt in ("as it stands", "after the vote"):
        try:
            done = await ledger.hold(
                key, person_id, points, won, about, units, ref, year=year, voted_won=line.won
            )
        except IntegrityError as error:
            if ledger.budget_used_up(error):
                raise BudgetUsedUp from None
            raise
        if done or await _said_before(key, "held", person_id, points, won):
            return held
        free = await reading.balance(person_id)
        if free.available < points:
            raise TooFewPoints(points - free.available, free.available)
        if attempt == "as it stands" and not await _vote(year, line.won):
            raise BudgetUsedUp
    raise LedgerError(f"no hold could be written under {key}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the hold `key`, in points, won, and units for the statement; `part` names it, so
    that it is spent or given back once."""

    key: str
    part: str
    points: int
    won: int
    units: int


async def settle(spent: Sequence[Part], returned: Sequence[Part]) -> None:
    """As `capture` and `release` for parts of many holds, inside the caller's transaction.

    The persons are locked in one order, so that two who settle at once never wait for each other.
    Raises LedgerError as `capture`; nothing of the transaction may stand then.
    """
    if not (spent or returned):
        return
    for part in (*spent, *returned):
        _amounts(part.points, part.won, part.units)
    await ledger.lock_persons({part.key for part in (*spent, *returned)})
    captured = {f"{part.key}:capture:{part.part}": part for part in spent}
    released = {f"{part.key}:release:{part.part}": part for part in returned}
    try:
        done = await ledger.captures(_rows(captured))
        done |= await ledger.releases(_rows(released), UNDELIVERED)
    except IntegrityError as error:
        raise LedgerError(str(error)) from error
    for parts, credit in ((captured, "spent"), (released, "available")):
        for name, part in parts.items():
            said = name in done or await _said_before(name, credit, None, part.points, part.won)
            if not said:
                raise LedgerError(f"there is no hold {part.key}")


def _rows(parts: Mapping[str, Part]) -> list[dict[str, Any]]:
    return [
        {"key": name, "hold": part.key, "points": part.points, "won": part.won, "units": part.units}
        for name, part in parts.items()
    ]


async def capture(key: str, points: int, won: int, *, part: str = "", units: int = 1) -> None:
    """Spend a part of the hold `key`; `part` names it, so that it is spent once.

    Raises LedgerError where there is no such hold, it has less left, or the part was another.
    """
    _amounts(points, won, units)
    name = f"{key}:capture:{part}"
    try:
        done = await ledger.capture(name, key, points, won, units)
    except IntegrityError as error:
        raise LedgerError(f"{name}: {error}") from error
    if not done and not await _said_before(name, "spent", None, points, won):
        raise LedgerError(f"there is no hold {key}")


@db.transactional
async def release(
    key: str, points: int | None = None, won: int | None = None, *, part: str = "", units: int = 1,
    reason: str = UNDELIVERED,
) -> int:  # fmt: skip
    """Give back a part of the hold `key`, or all that is still open (`points` None); how many.

    Raises LedgerError as `capture`.
    """
    name = f"{key}:release:{part}"
    if points is None:
        rest = await ledger.open_hold(key)
        if rest is None:
            raise LedgerError(f"there is no hold {key}")
        points, won = rest["open_points"], rest["open_won"]
        if points == 0:
            return 0
    _amounts(points, won or 0, units)
    try:
        done = await ledger.release(name, key, points, won or 0, units, reason)
    except IntegrityError as error:
        raise LedgerError(f"{name}: {error}") from error
    if not done and not await _said_before(name, "available", None, points, won or 0):
        raise LedgerError(f"there is no hold {key}")
    return points


@db.transactional
async def _vote(year: int, won: int) -> bool:
    return await ledger.vote(year, won, f"grant:{year}:{ids.new_uuid()}")


async def _said_before(key: str, credit: str, person_id: int | None, points: int, won: int) -> bool:
    """Whether exactly this movement stands under the key; LedgerError where another one does."""
    found = await ledger.transfer(key)
    if found is None:
        return False
    same = (found["credit"], found["points"], found["won"]) == (credit, points, won)
    if not same or person_id not in {None, found["person_id"]}:
        raise LedgerError(f"{key} is the key of another movement")
    return True


def _amounts(points: int, won: int, units: int) -> None:
    if points <= 0 or won < 0 or units <= 0:
        raise LedgerError(f"no movement of {points} points, {won} won, {units} units")
