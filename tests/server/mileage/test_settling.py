"""Many parts of holds spent and given back in one go: as if it had been one after the other."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from server.core import clock, db
from server.mileage import service as mileage
from server.mileage.service import Balance, LedgerError, Part
from tests.server.mileage.ground import new_person, opened

settle = db.transactional(mileage.settle)


@pytest.fixture(autouse=True)
async def ledger(settings: Any) -> AsyncIterator[None]:
    with clock.use(datetime.fromisoformat("2026-11-23T12:00+09:00")):
        async with opened(settings):
            yield
            report = await mileage.check()
            assert report.ok, str(report)


def part(key: str, name: str, units: int = 1) -> Part:
    return Part(key, name, 30 * units, 20 * units, units)


async def held(key: str, units: int) -> int:
    """A person with a thousand points, so many units of which are set aside under the key."""
    person = await new_person(1_000)
    await mileage.hold(person, 30 * units, 20 * units, key)
    return person


async def test_of_several_persons_some_is_spent_and_some_comes_back() -> None:
    kim, lee = await held("a", 6), await held("b", 3)
    await settle(
        [part("a", "1", 2), part("b", "1"), part("a", "2")],
        [part("a", "2"), part("b", "2"), part("a", "3", 2)],
    )
    assert await mileage.balance(kim) == Balance(1_000 - 90, 0)
    assert await mileage.balance(lee) == Balance(1_000 - 60, 30)
    after = [(entry.points, entry.after) for entry in await mileage.statement(kim, None, 9)]
    assert after == [(60, 910), (30, 850), (-180, 820), (1_000, 1_000)]


async def test_said_again_it_moves_nothing_again() -> None:
    kim = await held("a", 4)
    parts = [part("a", "1")], [part("a", "2"), part("a", "3")]
    await settle(*parts)
    await settle(*parts)
    await settle([part("a", "1")], [part("a", "3"), part("a", "4"), part("a", "2")])
    assert await mileage.balance(kim) == Balance(1_000 - 30, 0)
    await mileage.capture("a", 30, 20, part="1")
    assert await mileage.release("a", 30, 20, part="2") == 30


@pytest.mark.parametrize(
    ("spent", "returned"),
    [
        ([part("nobody", "1")], []),
        ([], [part("nobody", "1")]),
        ([part("a", "1", 3)], []),
        ([part("a", "1")], [part("a", "1", 2)]),
        ([], [part("a", "0", 2)]),
        ([Part("a", "1", 0, 0, 1)], []),
    ],
    ids=["no hold", "no hold to give back of", "more than is held", "more together",
         "said otherwise before", "nothing"],
)  # fmt: skip
async def test_one_fault_and_nothing_of_it_stands(spent: list[Part], returned: list[Part]) -> None:
    kim, lee = await held("a", 3), await held("b", 2)
    await mileage.release("a", 30, 20, part="0")
    before = await mileage.balance(kim)
    with pytest.raises(LedgerError):
        await settle([part("b", "1"), *spent], [part("b", "2"), *returned])
    assert await mileage.balance(kim) == before
    assert await mileage.balance(lee) == Balance(940, 60)


async def test_nothing_to_settle_is_nothing() -> None:
    await settle([], [])
