"""Failures of the system in the office's books: entered, told, ended, out of the clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.core import clock
from server.core.web import Conflict, Invalid, NotFound
from server.deadlines import outages
from server.deadlines import service as deadlines
from server.deadlines.calendar_rules import in_seoul
from server.deadlines.outage_rules import System
from server.deadlines.outages import Report
from tests.server.accounts.conftest import make_official


def at(text: str) -> datetime:
    return in_seoul(datetime.fromisoformat(text))


NOW = at("2026-11-24T12:00")
BEGAN = at("2026-11-24T10:00")


def report(system: System = System.ALL, ends: datetime | None = None, **more: Any) -> Report:
    values = {
        "words": "멈췄습니다.",
        "words_en": "It is down.",
        "ways": "전화",
        "ways_en": "Call.",
    } | more
    return Report(system, BEGAN, ends, **values)


@pytest.fixture
async def informatics(app: Any) -> int:
    return await make_official("info", None, "informatics")


async def test_a_failure_is_entered_told_and_ended(informatics: int) -> None:
    with clock.use(NOW):
        number = await outages.enter(report(), actor_id=informatics)
        (told,) = await deadlines.notices()
        assert (told.id, told.said, told.otherwise) == (number, "멈췄습니다.", "전화")
        assert await deadlines.filed_during_failure(BEGAN)
        (out,) = await deadlines.failures_between(BEGAN, NOW)
        assert (out.begins, out.ends) == (BEGAN, NOW)
        await outages.end(number, at("2026-11-24T11:00"), actor_id=informatics)
        assert await deadlines.notices() == ()
        (out,) = await deadlines.failures_between(BEGAN, NOW)
        assert (out.begins, out.ends) == (BEGAN, at("2026-11-24T11:00"))
        assert await deadlines.failures_between(at("2026-11-24T11:30"), NOW) == ()
        assert await deadlines.failures_between(at("2026-11-23T09:00"), BEGAN - timedelta(1)) == ()
        assert not await deadlines.filed_during_failure(at("2026-11-24T11:30"))


async def test_a_failure_that_is_over_is_entered_in_one_go(informatics: int) -> None:
    with clock.use(NOW):
        await outages.enter(report(ends=at("2026-11-24T11:00")), actor_id=informatics)
        assert await deadlines.notices() == ()
        assert len(await deadlines.failures_between(BEGAN, NOW)) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_mistake_is_struck_out(informatics: int) -> None:
    with clock.use(NOW):
        number = await outages.enter(report(), actor_id=informatics)
        await outages.take_back(number, actor_id=informatics)
        assert await deadlines.notices() == ()
        assert await deadlines.failures_between(BEGAN, NOW) == ()
        with pytest.raises(NotFound):
            await outages.take_back(number, actor_id=informatics)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_entered(informatics: int) -> None:
    with clock.use(NOW):
        number = await outages.enter(report(), actor_id=informatics)
        with pytest.raises(Conflict, match=r"outage\.open"):
            await outages.enter(report(), actor_id=informatics)
        with pytest.raises(Invalid, match="ways_en"):
            await outages.enter(report(System.FILING, ways_en="x" * 501), actor_id=informatics)
        with pytest.raises(Invalid) as refused:
            await outages.enter(report(System.FILING, ends=BEGAN), actor_id=informatics)
        assert refused.value.field == "ended_at"
        with pytest.raises(Invalid):
            await outages.end(number, NOW + timedelta(hours=1), actor_id=informatics)
        with pytest.raises(NotFound):
            await outages.end(number + 1, NOW, actor_id=informatics)
        await outages.end(number, NOW, actor_id=informatics)
        with pytest.raises(Conflict, match=r"outage\.over"):
            await outages.end(number, NOW, actor_id=informatics)
