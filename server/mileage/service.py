"""Mileage as the other slices use it: awards once only, holds, captures, releases (Y15-3, Y15-4).

Every movement is one statement under a key of its own, so it needs no transaction of its own and
joins whatever is open. Said twice with the same key, it happens once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from server.core import clock, db, ids
from server.core.i18n import N_
from server.core.web.problems import Problem
from server.mileage import ledger, proof, rules
from server.mileage.rules import Balance, Entry
from server.ordinance import service as ordinance

__all__ = [
    "Balance",
    "Budget",
    "BudgetUsedUp",
    "Entry",
    "Hold",
    "LedgerError",
    "TooFewPoints",
    "Waiting",
    "award",
    "award_waiting",
    "balance",
    "budget",
    "capture",
    "check",
    "first_page_of_day",
    "hold",
    "release",
    "statement",
    "verified",
    "waiting",
]

PERSONS_REMEMBERED = 50_000


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
    """The year's budget line is used up, or the council has voted none (Y15-4)."""

    def __init__(self) -> None:
        super().__init__(
            "mileage.budget",
            N_(
                "올해 문자·팩스 예산을 모두 썼습니다. 예산이 다시 마련되면 보낼 수 있습니다."
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


@dataclass(frozen=True, slots=True)
class Budget:
    """A year's budget line in won: voted, and left after what is set aside or spent."""

    voted_won: int
    left_won: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Points that an account gets once its identity is verified."""

    title: str
    points: int
    earned_at: datetime


class _SeenToday:
    """Persons whose day is known to be awarded, in this process and on this database."""

    def __init__(self) -> None:
        self.where: tuple[Any, date] | None = None
        self.persons: set[int] = set()

    def knows(self, person_id: int, day: date) -> bool:
        where = (db.connection(), day)
        if self.where != where or len(self.persons) > PERSONS_REMEMBERED:
            self.where, self.persons = where, set()
        return person_id in self.persons


_seen_today = _SeenToday()


async def award(
    person_id: int, rule: str, once_key: str = "", *, recommendations: int = 0, ref: str = ""
) -> int:
    """Give a person the points of a rule of table 1, once; the points given now, 0 if given before.

    `once_key` names the day, proposal, survey or debate, where the rule is once for each of those;
    `recommendations` decide the tier of `participant`. Where the profile knows no mileage: 0.
    """
    profile = ordinance.profile(clock.today())
    if profile.mileage is None:
        return 0
    points = rules.points_of(profile, rule, recommendations)
    if points == 0:
        return 0
    key = rules.award_key(profile, person_id, rule, once_key)
    if await ledger.award(key, person_id, points, rule, ref):
        return points
    if await ledger.transfer(key) is not None:
        return 0
    await ledger.open_balance(person_id)
    return points if await ledger.award(key, person_id, points, rule, ref) else 0


async def first_page_of_day(person_id: int) -> int:
    """The award for a person's first signed-in page of a Seoul day; the points given now.

    Cheap to call on every page: a person once seen today is remembered by the process.
    """
    day = clock.today()
    if _seen_today.knows(person_id, day):
        return 0
    given = await award(person_id, "login", day.isoformat())
    _seen_today.persons.add(person_id)
    return given


@db.transactional
async def award_waiting(account_id: int, rule: str, once_key: str = "") -> None:
    """Note an award for an account whose identity is not verified yet; once an account and key."""
    if not ordinance.profile(clock.today()).has_mileage:
        return
    await db.execute(
        "INSERT INTO mileage_waiting (account_id, rule, once_key, earned_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account_id, rule, once_key) DO NOTHING",
        [account_id, rule, once_key, clock.now()],
    )


async def waiting(account_id: int) -> list[Waiting]:
    """What waits for an account's verification."""
    profile = ordinance.profile(clock.today())
    if profile.mileage is None:
        return []
    rows = await db.fetch(
        "SELECT rule, earned_at FROM mileage_waiting"
        " WHERE account_id = ? AND settled_at IS NULL ORDER BY id",
        [account_id],
    )
    return [
        Waiting(
            rules.AWARD_TITLES[row["rule"]],
            rules.points_of(profile, row["rule"]),
            db.instant(row["earned_at"]),
        )
        for row in rows
    ]


@db.transactional
async def verified(account_id: int, person_id: int) -> int:
    """Turn what waited for an account into a person's points; how many.

    What the person was given before, under whatever account, is not given again.
    """
    if not ordinance.profile(clock.today()).has_mileage:
        return 0
    await ledger.open_balance(person_id)
    rows = await db.fetch(
        "UPDATE mileage_waiting SET settled_at = ? WHERE account_id = ? AND settled_at IS NULL"
        " RETURNING rule, once_key",
        [clock.now(), account_id],
    )
    given = 0
    for row in sorted(rows, key=lambda row: (row["rule"], row["once_key"])):
        given += await award(person_id, row["rule"], row["once_key"])
    return given


async def balance(person_id: int) -> Balance:
    """A person's points. A person without any movement has none."""
    rows = await db.fetch(
        "SELECT available, held FROM mileage_balance WHERE person_id = ?", [person_id]
    )
    return Balance(rows[0]["available"], rows[0]["held"]) if rows else Balance(0, 0)


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
        free = await balance(person_id)
        if free.available < points:
            raise TooFewPoints(points - free.available, free.available)
        if attempt == "as it stands" and not await _vote(year, line.won):
            raise BudgetUsedUp
    raise LedgerError(f"no hold could be written under {key}")


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
    reason: str = "undelivered",
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


async def statement(person_id: int, before: int | None = None, limit: int = 20) -> list[Entry]:
    """The newest movements of what a person can spend, or those older than the id `before`."""
    rows = await db.fetch(
        "SELECT t.id, t.about, t.points, t.credit, t.available_after, t.units, t.reason, t.ref,"
        " t.at, h.open_points, h.spent_points, o.units AS hold_units FROM mileage_transfer t"
        " LEFT JOIN mileage_hold h ON h.id = COALESCE(t.hold_id, t.id)"
        " LEFT JOIN mileage_transfer o ON o.id = t.hold_id"
        " WHERE t.person_id = ? AND t.id < ? AND t.credit <> 'spent' ORDER BY t.id DESC LIMIT ?",
        [person_id, before if before is not None else 2**62, limit],
    )
    return [
        Entry(
            id=row["id"],
            about=row["about"],
            points=row["points"] if row["credit"] == "available" else -row["points"],
            after=row["available_after"],
            units=row["units"],
            reason=row["reason"],
            ref=row["ref"],
            at=db.instant(row["at"]),
            hold_units=row["hold_units"] or 0,
            hold_open=row["open_points"] or 0,
            hold_spent=row["spent_points"] or 0,
        )
        for row in rows
    ]


async def budget(year: int, voted_won: int) -> Budget:
    """The budget line of a year in won; untouched where nothing was ever set aside from it."""
    rows = await db.fetch("SELECT voted_won, left_won FROM budget_line WHERE year = ?", [year])
    if not rows:
        return Budget(voted_won, voted_won)
    # A vote that came since the last order counts already.
    left = rows[0]["left_won"] + voted_won - rows[0]["voted_won"]
    return Budget(voted_won, max(0, left))


@db.transactional
async def check() -> proof.Report:
    """Prove the ledger: every balance from its transfers, and the totals. Changes nothing."""
    if db.dialect() == "postgres":
        await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return await proof.report()


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
