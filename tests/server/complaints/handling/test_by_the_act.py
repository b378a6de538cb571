"""Handled as the Civil Petitions Act says (Y11-4), end to end over HTTP: the clock explained day by
day, and one complaint through everything that may come in its way."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.deadlines import outages
from server.deadlines import service as deadlines
from server.deadlines.outage_rules import System
from server.deadlines.outages import Report
from tests.server.complaints.conftest import Handled, Office, Time, text


async def done(answer: Any) -> None:
    assert answer.status_code == 303, await answer.get_data(as_text=True)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}+09:00")


@pytest.mark.clause("Y11-4", 1)
async def test_why_this_date_day_by_day(
    office: Office, handled: Handled, time: Time, worker: Any
) -> None:
    """Seven days from Monday the 23rd: a supplement, a declared holiday, a failure of a whole day
    and an extension move the end; page and calendar file tell each, the same day by day."""
    number = await handled("assign")
    assert "12월 1일(화)까지" in await office.page("kim", f"/complaints/{number}")
    time.set("2026-11-24T10:00+09:00")
    await done(await office.act("park", number, "supplement", text="사진을 주세요.", days="5"))
    time.set("2026-11-25T10:00+09:00")
    answer = {"text": "더 찍었습니다."}
    await done(await office.post("kim", f"/complaints/{number}/supplement", answer))
    clerk = office.accounts["clerk"]
    off = deadlines.DayOff(date(2026, 11, 30), "임시공휴일", "Temporary holiday", "의결")
    await deadlines.declare(off, actor_id=clerk)
    time.set("2026-11-27T09:00+09:00")
    whole = Report(System.ALL, at("2026-11-26T09:00"), at("2026-11-26T18:00"))
    await outages.enter(whole, actor_id=clerk)
    part = Report(System.ALL, at("2026-11-27T08:30"), at("2026-11-27T08:50"))
    await outages.enter(part, actor_id=clerk)
    await worker.drain()
    # Counted: 23, 27, 1, 2, 3, 4, 7. Out: 24 and 25 (supplement), 26 (failure), 30 (declared).
    due = at("2026-12-08T00:00").astimezone(UTC)
    assert (await office.row(number)).due_at == due
    extension = {"cause": "facts", "text": "전선을 확인합니다.", "until": "2026-12-09"}
    await done(await office.act("park", number, "extend", **extension))
    page = await office.page("kim", f"/complaints/{number}")
    failed = "11월 26일(목) 09:00부터 11월 26일(목) 18:00까지"
    told = (
        "12월 9일(수)까지",
        "보완을 기다린 11월 24일(화)부터 11월 25일(수)까지는 세지 않아요.",
        f"시스템 장애로 처리할 수 없던 {failed}는 세지 않아요.",
        "11월 30일(월)은 따로 정한 쉬는 날이라 빼요: 임시공휴일",
        "처리 기간을 근무일 2일 늘렸어요.",
        "9일째",
    )
    for words in told:
        assert words in page, words
    file = await office.get("kim", f"/complaints/{number}/due.ics")
    lines = (await text(file)).replace("\r\n ", "").split("\r\n")
    assert "DTSTART;VALUE=DATE:20261209" in lines
    (why,) = [line for line in lines if line.startswith("DESCRIPTION:")]
    for words in (*told[1:5], "11월 23일(월)  1일째", "11월 24일(화)  보완", "12월 9일(수)  9일째"):
        assert words.replace(",", "\\,") in why, words


@pytest.mark.clause("Y11-4", 2)
async def test_one_complaint_through_all_that_the_act_knows(
    office: Office, handled: Handled, time: Time
) -> None:
    """Supplement, reassignment, co-operation, extension and approval; another one is transferred.
    The applicant reads each step and is told of it."""
    number = await handled("accept")
    await done(await office.act("clerk", number, "reclassify", kind="grievance"))
    cleaning = f"{office.departments['cleaning']}:{office.accounts['choi']}"
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    await done(await office.act("clerk", number, "assign", to=cleaning))
    await done(await office.act("clerk", number, "assign", to=roads))
    await done(await office.act("park", number, "supplement", text="사진을 주세요.", days="5"))
    answer = {"text": "더 찍었습니다."}
    await done(await office.post("kim", f"/complaints/{number}/supplement", answer))
    asked = {
        "department": str(office.departments["cleaning"]),
        "text": "폐기물을 치워 주세요.",
        "until": "2026-11-25",
    }
    await done(await office.act("park", number, "cooperation", **asked))
    await done(await office.act("choi", number, "cooperation-answer", text="치웠습니다."))
    extension = {"cause": "facts", "text": "전선을 확인합니다.", "until": "2026-12-04"}
    await done(await office.act("park", number, "extend", **extension))
    result = {"outcome": "done", "text": "등을 새로 달았습니다."}
    await done(await office.act("park", number, "complete", **result))
    assert "등을 새로 달았습니다." not in await office.page("kim", f"/complaints/{number}")
    await done(await office.act("nam", number, "approve"))
    await done(await office.act("kang", number, "approve"))
    page = await office.page("kim", f"/complaints/{number}")
    steps = (
        "청소과에 배정했습니다",
        "도로과에 다시 배정했습니다",
        "보완을 요청했습니다",
        "보완한 내용을 받았습니다",
        "청소과에 협조를 요청했습니다",
        "협조 요청에 답했습니다",
        "처리 기한을 12월 4일(금)까지 연장했습니다",
        "결재",
        "등을 새로 달았습니다.",
    )
    places = [page.find(words) for words in steps]
    assert -1 not in places, dict(zip(steps, places, strict=True))
    other = await handled("assign")
    sent = {"agency": "서울특별시", "reasons": "서울시가 관리하는 다리입니다."}
    await done(await office.act("kang", other, "transfer", **sent))
    assert "서울특별시에 이송했습니다" in await office.page("kim", f"/complaints/{other}")
