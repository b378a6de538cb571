"""The budget line month by month, beside the points, on both databases (Y15-4)."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from server.core import clock
from server.mileage import service as mileage
from server.mileage.service import Month, Owed
from server.ordinance import service as ordinance
from tests.server.mileage.ground import changed_profile, new_person, opened


@pytest.fixture(autouse=True)
async def ledger(settings: Any) -> AsyncIterator[None]:
    async with opened(settings):
        yield
        report = await mileage.check()
        assert report.ok, str(report)


def at(moment: str) -> Any:
    return clock.use(datetime.fromisoformat(moment))


async def test_a_year_is_told_month_by_month_as_seoul_counts_them() -> None:
    person = await new_person(5_000)
    with at("2026-01-31T23:59:59+09:00"):
        await mileage.hold(person, 90, 60, "m1", units=3)
        await mileage.capture("m1", 60, 40, part="a", units=2)
    with at("2026-02-01T00:00:00+09:00"):
        await mileage.capture("m1", 30, 20, part="b")
    with at("2026-12-31T23:59:59+09:00"):
        await mileage.hold(person, 100, 120, "f1", about="fax", units=2)
        await mileage.hold(person, 60, 40, "m2", units=2)
        await mileage.capture("f1", 50, 60, part="page 1")
    with at("2027-01-01T00:00:00+09:00"):
        await mileage.capture("f1", 50, 60, part="page 2")
        await mileage.release("m2", 30, 20, part="a")
        await mileage.hold(person, 30, 20, "m3")
        book = await mileage.year_of(2026, 12_000_000)
        assert [month for month in book.months if month.won] == [
            Month(1, 40, 60, sms=2),
            Month(2, 20, 30, sms=1),
            Month(12, 60, 50, fax=1),
            Month(13, 60, 50, fax=1),
        ]
        assert (book.spent_won, book.spent_points) == (180, 190)
        assert (book.aside_won, book.aside_points) == (20, 30)
        assert book.left_won == 12_000_000 - 200
        assert book.voted_won == book.spent_won + book.aside_won + book.left_won
        following = await mileage.year_of(2027, 15_000_000)
        assert (following.aside_won, following.spent_won) == (20, 0)
        assert len(following.months) == 12
        assert await mileage.owed() == Owed(5_000 - 250, 60, 1)


async def test_a_year_without_any_order_is_whole() -> None:
    book = await mileage.year_of(2026, 12_000_000)
    assert (book.left_won, book.spent_won, book.aside_won, len(book.months)) == (
        12_000_000, 0, 0, 12,
    )  # fmt: skip
    assert await mileage.owed() == Owed(0, 0, 0)


async def test_sending_has_stopped_as_soon_as_nothing_can_be_paid(tmp_path: Path) -> None:
    ordinance.use(changed_profile(tmp_path, won_2026="won = 50"))
    person = await new_person(500)
    with at("2026-11-23T10:00+09:00"):
        assert not await mileage.used_up()
        await mileage.hold(person, 60, 40, "m1", units=2)
        assert await mileage.used_up()
        await mileage.release("m1", 30, 20, part="a")
        assert not await mileage.used_up()
    with at("2028-01-01T10:00+09:00"):
        assert await mileage.used_up()  # nothing was voted
