"""A ledger broken on purpose, behind the back of every guard: each fault is found by its name, on
both databases; `madang ledger check` says so and fails (Y15-3, Y15-4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from server import cli
from server.core import clock, db
from server.mileage import proof
from server.mileage import service as mileage
from tests.server.mileage.ground import new_account, new_person, official, opened, unguarded

NOON = datetime.fromisoformat("2026-11-23T12:00+09:00")


class UndoneError(Exception):
    """Takes back what was broken."""


@pytest.fixture
async def ledger(settings: Any) -> AsyncIterator[tuple[int, int]]:
    """A ledger with something of everything, and no guards: two persons."""
    with clock.use(NOON):
        async with opened(settings):
            first, second = await new_person(500), await new_person(500)
            for person in (first, second):
                await mileage.award(person, "join")
                await mileage.first_page_of_day(person)
                await mileage.hold(person, 90, 60, f"m{person}", units=3)
                await mileage.capture(f"m{person}", 30, 20, part="a")
                await mileage.release(f"m{person}", 30, 20, part="b")
            officials = [await official(name, "admin") for name in ("first", "second")]
            number = await mileage.propose_correction(
                officials[0], first, await new_account(), 70, "빠진 점수"
            )
            await mileage.decide_correction(number, officials[1], approved=True)
            assert (await mileage.check()).ok
            await unguarded()
            yield first, second


def slip(key: str, about: str, points: int) -> list[str]:
    """An award written beside the ledger's acts, its balance moved as it should be."""
    written = (
        "INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,"
        f" reason, ref, available_after, at) SELECT {key}, 'issued', 'available', b.person_id,"
        f" {points}, 0, '{about}', 0, '', '', b.available + {points}, t.at FROM mileage_balance b"
        " JOIN mileage_transfer t ON t.person_id = b.person_id AND t.credit = 'held'"
        " WHERE b.person_id = {first}"
    )
    moved = f"UPDATE mileage_balance SET available = available + {points}"
    return [written, moved + " WHERE person_id = {first}"]


OF = " WHERE person_id = {first}"
BROKEN: list[tuple[str, list[str]]] = [
    ("a balance that differs", ["UPDATE mileage_balance SET available = available + 1" + OF]),
    ("a balance that differs", ["UPDATE mileage_balance SET held = held + 1" + OF]),
    ("debits differ from credits", ["UPDATE mileage_balance SET available = available + 1" + OF]),
    ("without a balance", ["DELETE FROM mileage_balance" + OF]),
    ("a balance below zero", ["UPDATE mileage_balance SET available = -1" + OF]),
    ("a running balance", ["UPDATE mileage_transfer SET available_after = 1" + OF]),
    ("a running balance", ["DELETE FROM mileage_transfer WHERE about = 'login'"]),
    ("a hold whose open", ["UPDATE mileage_hold SET spent_points = spent_points + 30" + OF]),
    ("a hold whose open", ["UPDATE mileage_hold SET open_points = open_points - 30" + OF]),
    ("a hold whose open", ["DELETE FROM mileage_hold" + OF]),
    ("differ from the open holds", ["UPDATE mileage_hold SET open_points = 60" + OF]),
    ("a hold of another person", ["UPDATE mileage_hold SET person_id = {second}" + OF]),
    ("a hold of another person", ["UPDATE mileage_hold SET id = id + 1000" + OF]),
    ("a budget line that differs", ["UPDATE budget_line SET left_won = left_won - 1"]),
    ("a budget line that differs", ["UPDATE budget_line SET voted_won = voted_won + 1"]),
    ("a budget line that differs", ["UPDATE budget_line SET left_won = -20"]),
    ("won set aside", ["UPDATE mileage_hold SET open_won = open_won + 20" + OF]),
    ("a transfer that cannot be", ["UPDATE mileage_transfer SET points = 0" + OF]),
    ("a transfer that cannot be", ["UPDATE mileage_transfer SET points = -points" + OF]),
    ("a transfer that cannot be", ["UPDATE mileage_transfer SET credit = 'spent'" + OF]),
    (
        "a capture or release of another",
        ["UPDATE mileage_transfer SET person_id = {second} WHERE credit = 'spent'"],
    ),
    (
        "a capture or release of another",
        ["UPDATE mileage_transfer SET about = 'fax' WHERE credit = 'spent'"],
    ),
    (
        "a capture or release of another",
        ["UPDATE mileage_transfer SET hold_id = NULL WHERE credit = 'spent'"],
    ),
    ("written twice under one key", slip("'award:survey:1:s1'", "survey", 200) * 2),
    ("awarded twice", slip("'award:login:x:2026-11-23'", "login", 30)),
    ("awarded twice", slip("'award:existing:1'", "existing", 500)),
    ("a correction that was not", slip("'correction:99'", "correction", 70)),
    (
        "a correction that was not",
        ["UPDATE mileage_correction SET decided_by_id = proposed_by_id"],
    ),
    ("a correction that was not", ["UPDATE mileage_correction SET state = 'refused'"]),
    ("a correction that was not", ["UPDATE mileage_correction SET points = points + 1"]),
    ("a correction that was not", ["DELETE FROM mileage_transfer WHERE about = 'correction'"]),
]
"""What is done to the ledger, and part of the name of the fault that has to be found."""


@db.transactional
async def broken(statements: list[str], first: int, second: int, seen: list[str]) -> None:
    for statement in statements:
        assert await db.execute(statement.format(first=first, second=second)), statement
    seen += (await proof.report()).faults
    raise UndoneError


async def test_every_fault_is_found(ledger: tuple[int, int]) -> None:
    for name, statements in BROKEN:
        seen: list[str] = []
        with pytest.raises(UndoneError):
            await broken(statements, *ledger, seen)
        assert any(name in fault for fault in seen), (name, statements, seen)
    assert (await mileage.check()).ok


def test_every_proof_is_put_to_the_test() -> None:
    names = [name for name, _ in BROKEN]
    assert all(any(name in fault for name in names) for fault in proof.FAULTS)


async def test_a_thing_done_twice_is_found_though_all_the_sums_agree(
    ledger: tuple[int, int],
) -> None:
    seen: list[str] = []
    with pytest.raises(UndoneError):
        await broken(slip("'award:login:x:2026-11-23'", "login", 30), *ledger, seen)
    assert [fault.rpartition(":")[0] for fault in seen] == [
        "a person awarded twice for being a member, or for one thing"
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_command_prints_totals_and_fails_for_a_broken_ledger(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def kept() -> None:
        with clock.use(NOON):
            async with opened(settings):
                await mileage.hold(await new_person(1_234), 90, 60, "m1", units=3)

    async def spoilt() -> None:
        async with opened(settings):
            await db.execute("UPDATE mileage_balance SET available = available - 1")

    def said() -> tuple[int, str]:
        done = CliRunner().invoke(cli.commands, ["ledger", "check"])
        return done.exit_code, done.output

    monkeypatch.setattr(cli, "_settings", lambda: settings)
    asyncio.run(kept())
    status, printed = said()
    assert (status, printed.splitlines()[-1]) == (0, "The ledger stands.")
    figures = {line[:16].strip(): line[16:].strip() for line in printed.splitlines()[:-1]}
    assert figures["points issued"] == "1,234"
    assert figures["points held"] == "90"
    assert figures["won set aside"] == "60"
    assert figures["won left"] == "11,999,940"
    asyncio.run(spoilt())
    status, printed = said()
    assert status == 1
    assert "a balance that differs from the sum of its transfers: 1" in printed
