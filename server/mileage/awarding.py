"""Awards of table 1, each given once however often it is asked for (Y15-3).

The rule in force on the day something was earned decides its points (Y25), not the day it is
written down: what waited for an identity is worth what it was worth when it began to wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.core import clock, db
from server.mileage import ledger, rules
from server.mileage.rules import Opinion
from server.ordinance import service as ordinance

PERSONS_REMEMBERED = 50_000


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
    person_id: int,
    rule: str,
    once_key: str = "",
    *,
    recommendations: int = 0,
    ref: str = "",
    on: date | None = None,
) -> int:
    """Give a person the points of a rule of table 1, once; the points given now, 0 if given before.

    `once_key` names the day, proposal, survey or debate, where the rule is once for each of those;
    `recommendations` decide the tier of `participant`; `on` is the Seoul day it was earned (today).
    Where the profile knew no mileage on that day, or had not opened it yet: 0.
    """
    profile = ordinance.profile(on or clock.today())
    if not rules.is_open(profile, on or clock.today()):
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


async def proposal_adopted(person_id: int, proposal: str) -> int:
    """A proposal has been adopted: 1,000 points by table 1 to its proposer, once a proposal.

    For the slice of proposals, inside the transaction that adopts. `person_id` is the proposer, or
    the representative of a group; `proposal` is the proposal's number and stands on the statement.
    Adopted again, or by whomever else it is claimed: 0.
    """
    return await award(person_id, "proposer", proposal, ref=proposal)


@db.transactional
async def debate_closed(
    debate: str, opinions: Iterable[Opinion], *, proposer_id: int | None = None
) -> dict[int, int]:
    """A debate has closed: points by tiers of recommendations to those who took part.

    For the slice of debates, once it takes no more recommendations; what was given, by person.
    Each author is awarded for the best opinion alone, once a debate; recommendations of oneself do
    not count, and who made the proposal under debate is awarded for that instead (`proposer_id`).
    Said again, nobody is awarded twice, whatever was recommended in between.
    """
    best = rules.best_opinions(opinions, proposer_id)
    given = {
        # In the order of persons: two debates that close at once lock balances the same way.
        person_id: await award(
            person_id, "participant", debate, recommendations=best[person_id], ref=debate
        )
        for person_id in sorted(best)
    }
    return {person_id: points for person_id, points in given.items() if points}


async def survey_completed(person_id: int, survey: str) -> int:
    """A complete submission of a survey: 200 points by table 1, once a person and survey.

    For the slice of surveys, inside the transaction that marks the person as having taken part.
    The ledger knows who took part and nothing of the answers, which stay unlinked: they are to
    carry neither the person nor a time finer than the day.
    """
    return await award(person_id, "survey", survey, ref=survey)


def seen_today(person_id: int) -> bool:
    """Whether this process knows that the person's first page of this Seoul day is awarded."""
    return _seen_today.knows(person_id, clock.today())


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


async def is_member(person_id: int) -> bool:
    """Whether a person has had the award of a member, whether as a new one or an existing one."""
    return await ledger.transfer(rules.member_key(person_id)) is not None


@db.transactional
async def award_waiting(account_id: int, rule: str, once_key: str = "") -> None:
    """Note an award for an account whose identity is not verified yet; once an account and key."""
    if not rules.is_open(ordinance.profile(clock.today()), clock.today()):
        return
    await db.execute(
        "INSERT INTO mileage_waiting (account_id, rule, once_key, earned_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account_id, rule, once_key) DO NOTHING",
        [account_id, rule, once_key, clock.now()],
    )


async def waiting(account_id: int) -> list[Waiting]:
    """What waits for an account's verification."""
    rows = await db.fetch(
        "SELECT rule, earned_at FROM mileage_waiting"
        " WHERE account_id = ? AND settled_at IS NULL ORDER BY id",
        [account_id],
    )
    found = []
    for row in rows:
        earned_at = db.instant(row["earned_at"])
        profile = ordinance.profile(clock.seoul(earned_at).date())
        if profile.mileage is not None:
            points = rules.points_of(profile, row["rule"])
            found.append(Waiting(rules.AWARD_TITLES[row["rule"]], points, earned_at))
    return found


@db.transactional
async def verified(account_id: int, person_id: int, *, existing: bool = False) -> int:
    """Turn what waited for an account into a person's points; how many.

    What the person was given before, under whatever account, is not given again. Of an `existing`
    member joining anew counts as the first visit: table 1 gives one of the two.
    """
    if not ordinance.profile(clock.today()).has_mileage:
        return 0
    await ledger.open_balance(person_id)
    rows = await db.fetch(
        "UPDATE mileage_waiting SET settled_at = ? WHERE account_id = ? AND settled_at IS NULL"
        " RETURNING rule, once_key, earned_at",
        [clock.now(), account_id],
    )
    given = 0
    for row in sorted(rows, key=lambda row: (row["rule"], row["once_key"])):
        rule = "existing" if existing and row["rule"] == "join" else row["rule"]
        earned_on = clock.seoul(db.instant(row["earned_at"])).date()
        given += await award(person_id, rule, row["once_key"], on=earned_on)
    return given
