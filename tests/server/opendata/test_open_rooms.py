"""The API, feeds, open data and statistics: what they say, how they refuse, that nothing personal
is in them, and that a refused complaint is gone from all of them at once (Y12-1, Y12-2)."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from server.complaints.showing import counting, pages
from server.core import db
from server.opendata import exports, rows, views
from server.opendata import service as opendata
from server.opendata.figure_rules import Line
from server.opendata.figures import Named
from tests.server.complaints.conftest import Handled, Office, Time
from tests.server.complaints.showing.test_public import PERSONAL, PLANTED
from tests.server.opendata.conftest import asked, asked_json

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
LISTS = (
    "/api/complaints",
    "/api/complaints?q=당산로",
    "/open311/v2/requests.xml",
    "/open311/v2/requests.json",
    "/feeds/complaints.atom",
    "/feeds/topics/street-lamp.atom",
    "/feeds/departments/roads.atom",
    "/open/complaints.csv",
    "/open/complaints.json",
)


async def get(office: Office, path: str, **more: Any) -> Any:
    return await office.get(None, path, **more)


@pytest.mark.clause("Y12-1", 1)
@pytest.mark.clause("Y12-1", 2)
async def test_a_refused_complaint_is_gone_everywhere_at_once(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    singles = (
        f"/api/complaints/{number}",
        f"/open311/v2/requests/{number}.json",
        f"/open311/v2/tokens/{number}.xml",
    )
    for path in LISTS:
        assert number in await (await get(office, path)).get_data(as_text=True), path
    for path in singles:
        assert (await get(office, path)).status_code == 200
    refused = await office.post("kim", f"/complaints/{number}/public", {"public": "n"})
    assert refused.status_code == 303
    for path in LISTS:
        assert number not in await (await get(office, path)).get_data(as_text=True), path
    for path in singles:
        assert (await get(office, path)).status_code == 404


@pytest.mark.clause("Y12-2", 1)
async def test_nothing_personal_is_in_any_answer(office: Office) -> None:
    number = await office.file(
        title="가로등 김영희", body="김영희가 신청합니다", place="김영희 집 앞"
    )
    await office.act("clerk", number, "accept", kind="street-lamp")
    note = f"{PERSONAL}. 문의는 02-2670-3804"
    await office.act("clerk", number, "note", step="on_site", text=note)
    await opendata.count_anew()
    for path in (*LISTS, f"/api/complaints/{number}", "/api/statistics", "/statistics"):
        text = await (await get(office, path)).get_data(as_text=True)
        for words in PLANTED:
            assert words not in text, (path, words)


async def test_the_api_pages_and_filters(office: Office, handled: Handled) -> None:
    lamp = await handled("complete")
    parking = await office.file(topic="parking", title="이중 주차", lat="37.5265", lon="126.8960")
    page = await asked_json(office, "/api/complaints?limit=1")
    assert [each["number"] for each in page["items"]] == [parking]
    onward = page["next"].partition("8000")[2]
    older = await asked_json(office, onward)
    assert [each["number"] for each in older["items"]] == [lamp]
    assert older["next"] is None
    for query, expected in (
        ("topic=parking", [parking]),
        ("stage=completed", [lamp]),
        ("department=roads", [lamp]),
        ("q=%EC%9D%B4%EC%A4%91", [parking]),
        ("q=nothing", []),
        ("topic=&stage=", [parking, lamp]),
    ):
        found = await asked_json(office, f"/api/complaints?{query}")
        assert [each["number"] for each in found["items"]] == expected, query
    told = await asked_json(office, f"/api/complaints/{parking}")
    assert list(told) == [column.name for column in rows.COLUMNS]
    assert (told["latitude"], told["longitude"]) == (37.5265, 126.896)
    assert {each["slug"] for each in (await asked_json(office, "/api/topics"))["items"]} >= {
        "parking",
        "street-lamp",
    }
    services = (await asked_json(office, "/api/services"))["items"]
    assert len(services) >= 10
    assert all(each["period"] for each in services)


PROBLEMS: tuple[tuple[str, str, dict[str, str], int, str], ...] = (
    ("GET", "/api/nothing", {}, 404, "not_found"),
    ("GET", "/api/complaints/2611-999999-9", {}, 404, "complaint.unknown"),
    ("GET", "/api/complaints?topic=nothing", {}, 404, "parameter.topic"),
    ("GET", "/api/complaints?limit=many", {}, 400, "parameter.limit"),
    ("GET", "/api/complaints?q=%ff", {}, 400, "unreadable"),
    ("DELETE", "/api/topics", {}, 405, "http.405"),
    ("POST", "/api/topics", {}, 405, "http.405"),
    ("GET", "/api/topics", {"Accept": "text/csv"}, 406, "http.406"),
    ("GET", "/feeds/topics/nothing.atom", {}, 404, "parameter.topic"),
    ("GET", "/feeds/nothing", {}, 404, "not_found"),
    ("GET", "/open/complaints.csv?limit=0", {}, 400, "parameter.limit"),
)


@ONE_ENGINE
async def test_problems_are_told_as_rfc_9457_says(office: Office) -> None:
    for method, path, headers, status, code in PROBLEMS:
        answer = await office.app.test_client().open(path, method=method, headers=headers)
        told = json.loads(await answer.get_data(as_text=True))
        assert answer.status_code == told["status"] == status, path
        assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
        assert told["code"] == code
        assert told["type"] == "about:blank"
        assert told["title"]
        assert told["detail"]


@ONE_ENGINE
async def test_too_many_and_too_much_are_told_too(office: Office) -> None:
    client = office.app.test_client()
    for path, media in (
        ("/api/topics", "application/problem+json"),
        ("/open311/v2/services.xml", "text/xml"),
    ):
        for _ in range(241):
            answer = await client.get(path, headers={"Cookie": "madang=nobody"})
            if answer.status_code != 200:
                break
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"].startswith(media)
    answer = await client.post("/open311/v2/requests.json", form={"description": "가" * 60_000})
    assert answer.status_code == 413
    assert (await answer.get_json())[0]["code"] == 413


@ONE_ENGINE
async def test_a_fault_of_ours_is_a_problem(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("server.complaints.service.published", broken)
    answer = await get(office, "/api/complaints")
    assert answer.status_code == 500
    told = json.loads(await answer.get_data(as_text=True))
    assert (told["status"], told["code"]) == (500, "failure")
    answer = await get(office, "/open311/v2/requests.json")
    assert json.loads(await answer.get_data(as_text=True))[0]["code"] == 500


async def test_feeds_are_atom(office: Office, handled: Handled, time: Time) -> None:
    done = await handled("complete")
    new = await office.file(topic="parking", title="<이중> 주차 & 신호")
    answer = await get(office, "/feeds/complaints.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    text = await answer.get_data(as_text=True)
    feed = ET.fromstring(text)
    entries = feed.findall("a:entry", ATOM)
    tags = [entry.findtext("a:id", "", ATOM) for entry in entries]
    assert [tag.rpartition("/")[2] for tag in tags] == [new, done]
    assert all(tag.startswith("tag:127.0.0.1,2026:/complaints/") for tag in tags)
    assert entries[0].findtext("a:title", "", ATOM) == "<이중> 주차 & 신호"
    moments = [entry.findtext("a:updated", "", ATOM) for entry in entries]
    assert feed.findtext("a:updated", "", ATOM) == max(moments)
    for name in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert feed.find(name, ATOM) is not None
    link = feed.find("a:link[@rel='self']", ATOM)
    assert link is not None
    assert link.get("href", "").endswith("/feeds/complaints.atom")
    await asyncio.sleep(pages.SHARED_SECONDS)
    had = {"If-None-Match": answer.headers["ETag"]}
    same = await get(office, "/feeds/complaints.atom", headers=had)
    assert same.status_code == 304
    own = await office.get("kim", "/feeds/complaints.atom")
    assert own.headers["ETag"] == answer.headers["ETag"]
    time.set("2026-11-23T10:05+09:00")  # a feed tells times by the second
    await office.act("clerk", new, "accept", kind="illegal-parking")
    await asyncio.sleep(pages.SHARED_SECONDS)
    changed = await get(office, "/feeds/complaints.atom", headers=had)
    assert changed.status_code == 200
    of_topic = ET.fromstring(await asked(office, "/feeds/topics/parking.atom"))
    assert len(of_topic.findall("a:entry", ATOM)) == 1


async def test_open_data_is_streamed_page_after_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 2)
    titles = ("=1+1", "둘", "셋", '넷, "넷"', "다섯")
    numbers = [await office.file(title=title) for title in titles]
    answer = await get(office, "/open/complaints.csv?limit=3")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = await answer.get_data(as_text=True)
    assert text.startswith("\ufeffnumber,title,")
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["number"] for row in table] == numbers[:1:-1]
    assert table[1]["title"] == '넷, "넷"'
    links = answer.headers["Link"]
    assert 'rel="license"' in links
    onward = links.partition('rel="license", <')[2].partition(">")[0].partition("8000")[2]
    answer = await get(office, onward)
    assert "next" not in answer.headers["Link"]
    table = list(csv.DictReader(io.StringIO((await answer.get_data(as_text=True))[1:])))
    assert [row["number"] for row in table] == numbers[1::-1]
    assert table[1]["title"] == "'=1+1"
    told = await asked_json(office, "/open/complaints.json")
    assert [each["number"] for each in told] == numbers[::-1]
    assert told[-1]["title"] == "=1+1"
    assert await asked_json(office, "/open/complaints.json?topic=noise") == []
    page = await office.page(None, "/open")
    for column in rows.COLUMNS:
        assert column.name in page
    assert "공공누리" in page


async def test_statistics_on_page_and_api(office: Office, handled: Handled, time: Any) -> None:
    assert "아직 통계가 없어요" in await office.page(None, "/statistics")
    template = await handled("complete")
    await many(template, filed="2026-11-02T09:00+09:00", days=3, late=False, count=12)
    await many(template, filed="2026-10-01T09:00+09:00", days=20, late=True, count=7)
    await opendata.count_anew()
    told = await asked_json(office, "/api/statistics")
    assert told["whole"] == {
        "name": None,
        "filed": 20,
        "in_time_percent": 65,
        "median_days": 3.0,
    }
    by_month = {each["name"]: each["filed"] for each in told["months"]}
    assert by_month["2026-11"] == 13
    assert by_month["2026-10"] == 7
    assert by_month["2025-12"] == 0
    assert [each["filed"] for each in told["departments"]] == [20]
    assert [each["name"] for each in told["departments"]] == ["도로과"]
    await asyncio.sleep(pages.SHARED_SECONDS)
    page = await office.page(None, "/statistics")
    assert page.count('role="img" aria-labelledby') == 9
    assert "style=" not in page
    assert page.count('<th scope="row">') == 14
    for words in ("도로과", "65%", "3일", "2026년 11월"):
        assert words in page


def test_what_is_withheld_and_what_is_none_are_told_apart() -> None:
    months = [Line("2026-09", 0, None, None), Line("2026-10", None, None, None)]
    told = [Named(line.key, line) for line in (*months, Line("2026-11", 9, 80, None))]
    said = [list(views._row(each).values()) for each in told]
    assert [[row[3], row[5], row[7]] for row in said] == [
        ["0", "-", "-"],
        ["가림", "가림", "가림"],
        ["9", "80%", "가림"],
    ]
    plots = {which: views._plot("month", which, told) for which in views.TITLES}
    assert [which for which, plot in plots.items() if plot["drawn"] is None] == ["days"]
    assert all(plot["gaps"] for plot in plots.values())


GENERATED = ("phone_blind", "email_blind")
"""Columns that the database fills in."""


@ONE_ENGINE
async def test_counting_opens_no_complaint(office: Office) -> None:
    """A covering index holds all that is counted: a million rows take a second, not a minute."""
    month, elapsed = counting._SPOKEN["sqlite"]
    sql = counting._SQL.format(month=month, halves=elapsed)
    now = datetime.now(UTC)
    plan = await db.fetch(f"EXPLAIN QUERY PLAN {sql}", [now, "a", "b", now])
    assert any("COVERING INDEX complaint_counted" in row["detail"] for row in plan), plan


async def many(number: str, *, filed: str, days: int, late: bool, count: int) -> None:
    """Copies of a finished complaint, as they would be in the table."""
    [row] = await db.fetch("SELECT * FROM complaint WHERE number = ?", [number])
    for place in range(count):
        begun = datetime.fromisoformat(filed)
        copy = dict(row) | {
            "number": f"{filed[2:4]}{filed[5:7]}-{place:06}-{days % 10}",
            "filed_at": begun,
            "accept_by": begun,
            "accepted_at": begun,
            "ended_at": begun + timedelta(days=days),
            "due_at": begun + timedelta(days=days - 1 if late else days + 1),
        }
        copy = {n: v for n, v in copy.items() if n not in ("id", *GENERATED)}
        marks = ", ".join("?" for _ in copy)
        await db.execute(
            f"INSERT INTO complaint ({', '.join(copy)}) VALUES ({marks})", [*copy.values()]
        )
