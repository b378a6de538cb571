"""Caps hold exactly, however many tabs order at once; what is never sent counts no more."""

import asyncio
from datetime import date
from typing import Any

import pytest

from server.core import clock
from server.core.web import Problem
from server.fairuse import counting
from server.fairuse import service as fairuse

DAY = date(2026, 11, 23)
KIM = 7


async def tried(units: int, on: date = DAY) -> Any:
    try:
        await fairuse.spend(KIM, "sms", units, on)
    except Problem as refused:
        return refused
    return None


async def test_two_tabs_at_once_never_come_to_more_than_a_day(office: Any) -> None:
    answers = await asyncio.gather(*(tried(30) for _ in range(8)))
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 5
    assert {answer.code for answer in refused} == {"fairuse.day"}
    assert refused[0].params == {"most": 100, "left": 10}
    assert await fairuse.used(KIM, "sms", DAY) == (90, 90)
    assert await tried(10) is None
    assert await tried(1) is not None
    assert await fairuse.used(KIM, "fax", DAY) == (0, 0)


async def test_a_month_has_its_own_limit(office: Any) -> None:
    for day in range(1, 6):
        assert await tried(100, date(2026, 11, day)) is None
    refused = await tried(1, date(2026, 11, 20))
    assert (refused.code, refused.status) == ("fairuse.month", 409)
    assert await tried(1, date(2026, 12, 1)) is None
    assert await fairuse.used(KIM, "sms", date(2026, 11, 20)) == (500, 0)  # the day was undone


async def test_what_was_not_sent_is_given_back_to_its_own_day(office: Any) -> None:
    await fairuse.spend(KIM, "sms", 100, DAY)
    await fairuse.give_back(KIM, "sms", 40, DAY)
    assert await fairuse.used(KIM, "sms", DAY) == (60, 60)
    await fairuse.give_back(KIM, "sms", 400, DAY)
    assert await fairuse.used(KIM, "sms", DAY) == (0, 0)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_old_counts_are_forgotten(office: Any, clock_at: Any) -> None:
    await fairuse.spend(KIM, "sms", 1, DAY)
    assert await counting.forget() == 0
    with clock_at("2028-01-10T10:00+09:00"):
        assert clock.today() > DAY
        assert await counting.forget() == 2


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("units", [101, 500])
async def test_an_order_larger_than_a_day_counts_for_nothing(office: Any, units: int) -> None:
    assert (await tried(units)).code == "fairuse.day"
    assert await fairuse.used(KIM, "sms", DAY) == (0, 0)
