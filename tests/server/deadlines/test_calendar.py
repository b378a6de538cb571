"""Days declared off later: they count at once, everywhere, and can be taken back (Act 19)."""

from datetime import date, datetime
from typing import Any

import pytest

from server.core import clock, db
from server.core.clock import SEOUL
from server.core.db import transactional
from server.core.web import Conflict, Invalid, NotFound
from server.deadlines import declaring
from server.deadlines import service as deadlines
from server.deadlines.service import DayOff
from tests.server.accounts.conftest import make_official

ELECTION = DayOff(date(2026, 11, 30), "임시공휴일", "Temporary holiday", "국무회의 의결")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SEOUL)


@pytest.fixture
async def admin(app: Any) -> int:
    return await make_official("chief", None, "admin")


async def due() -> str:
    return str(deadlines.due(MONDAY, "7d", (), await deadlines.calendar()))


async def test_a_declared_day_counts_at_once_and_can_be_taken_back(admin: int) -> None:
    with clock.use(MONDAY):
        assert await due() == "2026-12-01"
        await deadlines.declare(ELECTION, actor_id=admin)
        assert await due() == "2026-12-02"
        found = await deadlines.calendar()
        assert found.holiday_name(ELECTION.day) == "임시공휴일"
        assert found.holiday_name(ELECTION.day, "en_US") == "Temporary holiday"
        assert await deadlines.calendar() is found
        await deadlines.take_back(ELECTION.day, actor_id=admin)
        assert await due() == "2026-12-01"


async def test_another_processs_declaration_counts_at_once(admin: int) -> None:
    """The stamp is in the database: what is written past this process is seen all the same."""
    with clock.use(MONDAY):
        await deadlines.calendar()
        await db.execute(
            "INSERT INTO holiday_declared"
            " (day, name, name_en, reason, declared_at, declared_by_id) VALUES (?, ?, ?, ?, ?, ?)",
            [ELECTION.day, "임시공휴일", "Temporary holiday", "의결", clock.now(), admin],
        )
        await db.execute("INSERT INTO counter (series, given) VALUES (?, 1)", [declaring.SERIES])
        assert await due() == "2026-12-02"


async def test_what_is_rolled_back_is_not_kept(admin: int) -> None:
    """A calendar read inside a transaction that fails must not outlive it."""

    @transactional
    async def declare_and_fail() -> None:
        await deadlines.declare(ELECTION, actor_id=admin)
        assert await due() == "2026-12-02"
        raise LookupError

    with clock.use(MONDAY):
        await deadlines.calendar()
        with pytest.raises(LookupError):
            await declare_and_fail()
        assert await due() == "2026-12-01"
        other = DayOff(date(2026, 11, 26), "개청기념일", "Founding day", "조례")
        await deadlines.declare(other, actor_id=admin)
        assert (await deadlines.calendar()).holiday_name(other.day) == "개청기념일"
        assert not (await deadlines.calendar()).is_off(ELECTION.day)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_declared(admin: int) -> None:
    with clock.use(MONDAY):
        await deadlines.declare(ELECTION, actor_id=admin)
        with pytest.raises(Conflict, match="already_off"):
            await deadlines.declare(ELECTION, actor_id=admin)
        for day in (date(2026, 11, 28), date(2026, 12, 25)):  # Saturday, Christmas
            with pytest.raises(Conflict, match="already_off"):
                await deadlines.declare(DayOff(day, "날", "Day", "이유"), actor_id=admin)
        with pytest.raises(Invalid, match="far"):
            await deadlines.declare(DayOff(date(2029, 3, 5), "날", "Day", "이유"), actor_id=admin)
        with pytest.raises(Invalid, match="reason"):
            await deadlines.declare(DayOff(date(2026, 12, 3), "날", "Day"), actor_id=admin)
        with pytest.raises(NotFound):
            await deadlines.take_back(date(2026, 12, 3), actor_id=admin)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_declaring_is_recorded(admin: int) -> None:
    with clock.use(MONDAY):
        await deadlines.declare(ELECTION, actor_id=admin)
        await deadlines.take_back(ELECTION.day, actor_id=admin)
    rows = await db.fetch("SELECT action, subject FROM audit_entry ORDER BY id DESC LIMIT 2")
    assert [(row["action"], row["subject"]) for row in rows] == [
        ("calendar.taken_back", "day:2026-11-30"),
        ("calendar.declared", "day:2026-11-30"),
    ]
