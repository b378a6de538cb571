"""Awards, holds, captures and releases on both databases, each said once, twice and wrongly."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.core import clock, db
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from server.ordinance.loading import Edition
from tests.server.mileage.ground import new_account, new_person, opened

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")


@pytest.fixture(autouse=True)
async def ledger(settings: Any) -> AsyncIterator[None]:
    with clock.use(NOON):
        async with opened(settings):
            yield
            report = await mileage.check()
            assert report.ok, str(report)


async def available(person_id: int) -> int:
    return (await mileage.balance(person_id)).available


async def test_an_award_is_given_once_a_person() -> None:
    person = await new_person()
    assert await mileage.award(person, "join") == 500
    assert await mileage.award(person, "join") == 0
    assert await mileage.award(person, "existing") == 0
    assert await available(person) == 500


async def test_an_award_opens_the_balance_of_a_person_without_one() -> None:
    person = await new_person()
    await db.execute("DELETE FROM mileage_balance WHERE person_id = ?", [person])
    assert await mileage.award(person, "survey", "s1") == 200


async def test_a_proposal_is_rewarded_once_whoever_made_it() -> None:
    first, second = await new_person(), await new_person()
    assert await mileage.award(first, "proposer", "p1") == 1000
    assert await mileage.award(second, "proposer", "p1") == 0


async def test_a_day_begins_in_seoul() -> None:
    person = await new_person()
    days = ["2026-11-23T23:59+09:00", "2026-11-24T00:01+09:00", "2026-11-24T23:59+09:00"]
    given = []
    for day in days:
        with clock.use(datetime.fromisoformat(day)):
            given.append(await mileage.first_page_of_day(person))
            given.append(await mileage.first_page_of_day(person))
    assert given == [30, 0, 30, 0, 0, 0]


async def test_joining_waits_for_verification_and_is_not_given_again_after_joining_anew() -> None:
    person = await new_person()
    first = await new_account()
    await mileage.award_waiting(first, "join")
    await mileage.award_waiting(first, "join")
    assert [w.points for w in await mileage.waiting(first)] == [500]
    assert await mileage.verified(first, person) == 500
    assert await mileage.verified(first, person) == 0
    assert await mileage.waiting(first) == []

    again = await new_account()
    await mileage.award_waiting(again, "join")
    assert await mileage.verified(again, person) == 0
    assert await available(person) == 500


async def test_hold_capture_and_release() -> None:
    person = await new_person(500)
    await mileage.hold(person, 90, 60, "m1", units=3, ref="m1")
    assert await mileage.balance(person) == mileage.Balance(410, 90)
    await mileage.capture("m1", 60, 40, part="a", units=2)
    assert await mileage.balance(person) == mileage.Balance(410, 30)
    assert await mileage.release("m1") == 30
    assert await mileage.balance(person) == mileage.Balance(440, 0)


async def test_each_movement_happens_once_however_often_it_is_said() -> None:
    person = await new_person(500)
    for _ in range(3):
        await mileage.hold(person, 100, 120, "m1", about="fax", units=2)
        await mileage.capture("m1", 50, 60, part="page 1")
        await mileage.release("m1", 50, 60, part="page 2")
    assert await mileage.balance(person) == mileage.Balance(450, 0)
    assert await mileage.release("m1", part="rest") == 0


async def test_too_few_points_say_how_many_are_missing() -> None:
    person = await new_person(70)
    with pytest.raises(mileage.TooFewPoints) as refused:
        await mileage.hold(person, 90, 60, "m1")
    assert (refused.value.missing, refused.value.status) == (20, 409)
    assert "20점" in refused.value.text("ko")
    assert await mileage.balance(person) == mileage.Balance(70, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda person: mileage.hold(person, 60, 60, "m1"),
        lambda person: mileage.hold(person, 90, 61, "m1"),
        lambda person: mileage.capture("m1", 91, 60, part="a"),
        lambda person: mileage.capture("m1", 90, 61, part="a"),
        lambda person: mileage.capture("m1", 90, 59, part="a"),
        lambda person: mileage.release("m1", 91, 60, part="a"),
        lambda person: mileage.capture("m1", 0, 0, part="a"),
        lambda person: mileage.capture("none", 30, 20, part="a"),
        lambda person: mileage.release("none"),
    ],
)
async def test_the_ledger_refuses_what_cannot_be(act: Any) -> None:
    person = await new_person(500)
    await mileage.hold(person, 90, 60, "m1")
    with pytest.raises(mileage.LedgerError):
        await act(person)
    assert await mileage.balance(person) == mileage.Balance(410, 90)


async def test_a_key_of_somebody_else_is_refused() -> None:
    first, second = await new_person(500), await new_person(500)
    await mileage.hold(first, 90, 60, "m1")
    with pytest.raises(mileage.LedgerError):
        await mileage.hold(second, 90, 60, "m1")
    assert await available(second) == 500


def transfer(debit: str, credit: str, after: str) -> str:
    """A transfer of 5 points slipped past the service, beside each one there is."""
    return (
        "INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,"
        f" reason, ref, available_after, at) SELECT 'slipped', '{debit}', '{credit}', b.person_id,"
        f" 5, 0, 'join', 0, '', '', {after}, t.at"
        " FROM mileage_transfer t JOIN mileage_balance b ON b.person_id = t.person_id"
        " WHERE t.credit = 'held'"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mileage_transfer SET points = points + 1",
        "DELETE FROM mileage_transfer",
        "UPDATE mileage_balance SET available = -1",
        "UPDATE mileage_balance SET held = -1",
        "UPDATE budget_line SET left_won = -1",
        transfer("issued", "spent", "available"),
        transfer("issued", "available", "9999"),
    ],
)
async def test_the_database_itself_keeps_the_ledger(statement: str) -> None:
    person = await new_person(500)
    await mileage.hold(person, 90, 60, "m1")
    with pytest.raises(IntegrityError):
        await db.execute(statement)


async def test_a_hold_given_up_with_its_transaction_leaves_nothing() -> None:
    person = await new_person(500)

    @db.transactional
    async def order() -> None:
        await mileage.hold(person, 90, 60, "m1")
        raise RuntimeError("the order fails")

    with pytest.raises(RuntimeError, match="the order fails"):
        await order()
    assert await mileage.balance(person) == mileage.Balance(500, 0)


def voted(monkeypatch: pytest.MonkeyPatch, **won: int) -> None:
    """Let the council vote other sums, by year (y2026=...)."""
    profile = ordinance.profile(date(2026, 11, 23))
    assert profile.mileage is not None
    lines = tuple(
        replace_line(line, won[f"y{line.year}"])
        for line in profile.mileage.budget
        if f"y{line.year}" in won
    )
    changed = profile.mileage.model_copy(update={"budget": lines})
    edition = Edition(None, None, (), profile.model_copy(update={"mileage": changed}))
    monkeypatch.setattr(ordinance, "_in_use", (edition,))


def replace_line(line: Any, won: int) -> Any:
    return line.model_copy(update={"won": won})


async def test_spending_stops_when_the_budget_line_is_used_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = await new_person(500)
    voted(monkeypatch, y2026=100)
    await mileage.hold(person, 90, 60, "m1", units=3)
    with pytest.raises(mileage.BudgetUsedUp) as refused:
        await mileage.hold(person, 90, 60, "m2", units=3)
    assert "예산" in refused.value.text("ko")
    assert await mileage.balance(person) == mileage.Balance(410, 90)

    # What comes back may be spent again; what was captured may not.
    await mileage.capture("m1", 30, 20, part="a")
    await mileage.release("m1")
    await mileage.hold(person, 90, 60, "m2", units=3)
    assert (await mileage.check()).totals["won left"] == 20


async def test_a_later_vote_of_the_council_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    person = await new_person(500)
    voted(monkeypatch, y2026=60)
    await mileage.hold(person, 90, 60, "m1")
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m2")
    voted(monkeypatch, y2026=100)
    await mileage.hold(person, 30, 20, "m2")
    voted(monkeypatch, y2026=10)
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m3")
    report = await mileage.check()
    assert report.totals["won set aside"] == 80
    assert report.totals["won left"] == 0


async def test_a_vote_below_what_is_spent_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = await new_person(1_000)
    voted(monkeypatch, y2026=100)
    await mileage.hold(person, 120, 80, "m1")
    await mileage.hold(person, 30, 20, "m2")
    voted(monkeypatch, y2026=50)
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m3")
    await mileage.release("m2")
    # 80 won are set aside of 50: what came back is not there to be spent.
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m4")
    assert await mileage.budget(2026, 50) == mileage.Budget(50, 0)
    voted(monkeypatch, y2026=100)
    await mileage.hold(person, 30, 20, "m5")
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m6")
    assert (await mileage.check()).totals["won left"] == 0


async def test_a_year_without_a_vote_pays_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person = await new_person(500)
    voted(monkeypatch, y2027=100)
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m1")


async def test_the_statement_runs_back_page_by_page() -> None:
    person, other = await new_person(500), await new_person(500)
    for number in range(1, 6):
        await mileage.hold(person, 30, 20, f"m{number}", ref=f"m{number}")
        await mileage.hold(other, 30, 20, f"o{number}")
    await mileage.capture("m5", 30, 20)
    await mileage.release("m4")
    rows = []
    before = None
    while page := await mileage.statement(person, before, 3):
        rows += page
        before = page[-1].id
    assert [row.points for row in rows] == [30, -30, -30, -30, -30, -30, 500]
    assert [row.after for row in rows] == [380, 350, 380, 410, 440, 470, 500]
    assert [row.hold_open for row in rows] == [0, 0, 0, 30, 30, 30, 0]


async def test_the_proof_finds_what_was_changed_behind_the_ledgers_back() -> None:
    person = await new_person(500)
    await mileage.hold(person, 90, 60, "m1")
    await db.execute("UPDATE mileage_balance SET available = available + 1")
    await db.execute("UPDATE budget_line SET left_won = left_won - 1")
    report = await mileage.check()
    assert not report.ok
    assert len(report.faults) == 3
    await db.execute("UPDATE mileage_balance SET available = available - 1")
    await db.execute("UPDATE budget_line SET left_won = left_won + 1")


async def test_osan_keeps_no_mileage() -> None:
    person = await new_person()
    ordinance.use("osan")
    assert await mileage.award(person, "join") == 0
    assert await mileage.first_page_of_day(person) == 0
    await mileage.award_waiting(await new_account(), "join")
    with pytest.raises(mileage.BudgetUsedUp):
        await mileage.hold(person, 30, 20, "m1")


def test_the_report_can_be_read() -> None:
    text = str(mileage.proof.Report({"points issued": 1234}))
    assert "1,234" in text
    assert "The ledger stands." in text
