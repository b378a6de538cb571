"""The desk's pages: a day declared off, a failure entered, told on every page, and ended."""

from datetime import datetime
from typing import Any

import pytest

from server.core import clock, db
from server.deadlines.calendar_rules import in_seoul
from tests.people import hidden_fields
from tests.server.home.town import Town, founded

HOLIDAY = {
    "day": "2026-11-30",
    "name": "임시공휴일",
    "name_en": "Temporary holiday",
    "reason": "국무회의 의결",
}


@pytest.fixture
async def town(app: Any) -> Town:
    return await founded(app)


@pytest.fixture
def now() -> Any:
    with clock.use(in_seoul(datetime.fromisoformat("2026-11-23T10:00"))):
        yield


async def text(answer: Any) -> str:
    return str(await answer.get_data(as_text=True))


async def page(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return await text(answer)


async def test_a_day_is_declared_off_and_taken_back(town: Town, now: Any) -> None:
    clerk = await town.browser("clerk")
    answer = await town.people.post(clerk, "/desk/calendar", HOLIDAY)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/calendar")
    shown = await page(clerk, "/desk/calendar")
    assert "11월 30일(월) 임시공휴일" in shown
    assert "기독탄신일" in shown
    again = await town.people.post(clerk, "/desk/calendar", HOLIDAY)
    assert again.status_code == 409
    assert "그날은 이미 쉬는 날입니다." in await text(again)
    fields = hidden_fields(shown)
    answer = await clerk.post("/desk/calendar/2026-11-30/take-back", form=fields)
    assert answer.status_code == 303
    assert "나중에 정한 날이 없습니다." in await page(clerk, "/desk/calendar")
    for nothing in ("2026-11-30", "2026-13-01"):
        fields = hidden_fields(await page(clerk, "/desk/calendar"))
        answer = await clerk.post(f"/desk/calendar/{nothing}/take-back", form=fields)
        assert answer.status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_typed_comes_back(town: Town, now: Any) -> None:
    clerk = await town.browser("clerk")
    answer = await town.people.post(clerk, "/desk/calendar", HOLIDAY | {"day": "30.11.2026"})
    assert answer.status_code == 422
    returned = await text(answer)
    assert 'value="30.11.2026"' in returned
    assert 'value="국무회의 의결"' in returned


async def test_a_failure_is_told_on_every_page_until_it_ends(town: Town, now: Any) -> None:
    await town.official("info", "civil-affairs", "informatics")
    info, anybody = await town.browser("info"), town.app.test_client()
    before = await page(anybody, "/status")
    assert "모두 잘 되고 있습니다" in before
    shown = await page(info, "/desk/outages/new")
    assert 'value="2026-11-23T10:00"' in shown
    fields = {"system": "filing", "began_at": "2026-11-23T09:30"}
    answer = await town.people.post(info, "/desk/outages/new", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/outages")
    for path in ("/", "/complaints", "/login"):
        told = await page(anybody, path)
        assert "지금 인터넷으로 민원을 신청할 수 없습니다." in told, path
        assert "내신 때에 접수한 것으로 봅니다." in told, path
    status = await page(anybody, "/status")
    assert "지금 일부가 되지 않습니다" in status
    assert "11월 23일(월) 09:30부터" in status
    english = await page(anybody, "/status?lang=en")
    assert "Complaints cannot be filed online now." in english
    assert "Yeongdeungpo" in english
    again = await town.people.post(info, "/desk/outages/new", fields | {"words": "다른 말"})
    assert again.status_code == 409
    assert "다른 말" in await text(again)
    listed = await page(info, "/desk/outages")
    number = listed.partition("/desk/outages/")[2].partition("/end")[0]
    number = number.rpartition("/")[2]
    end = {"ended_at": "2026-11-23T11:00"}
    early = await town.people.post(
        info, f"/desk/outages/{number}/end", end, form_at="/desk/outages"
    )
    assert early.status_code == 422
    assert 'value="2026-11-23T11:00"' in await text(early)
    end = {"ended_at": "2026-11-23T09:50"}
    answer = await town.people.post(
        info, f"/desk/outages/{number}/end", end, form_at="/desk/outages"
    )
    assert answer.status_code == 303
    assert "11월 23일(월) 09:30부터 11월 23일(월) 09:50까지" in await page(info, "/desk/outages")
    assert "신청할 수 없습니다" not in await page(town.app.test_client(), "/login")
    rows = await db.fetch(
        "SELECT action FROM audit_entry WHERE subject LIKE 'outage:%' ORDER BY id"
    )
    assert [row["action"] for row in rows] == ["outage.entered", "outage.ended"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("login_id", "path"),
    [("kim", "/desk/calendar"), ("road", "/desk/calendar"), ("clerk", "/desk/outages")],
)
async def test_only_those_in_charge(town: Town, login_id: str, path: str) -> None:
    assert (await (await town.browser(login_id)).get(path)).status_code == 403
