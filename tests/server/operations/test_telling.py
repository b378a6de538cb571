"""Who was told what about a complaint: by which way, when, and what became of it; not the words."""

from typing import Any

import pytest

from server.complaints import service as complaints
from server.complaints.service import Filing, Place
from server.core import db
from server.core.db import transactional
from server.notifications import service as notifications
from tests.server.home.town import Town

TITLE = "당산로 가로등이 꺼졌습니다"


async def page(client: Any, number: str, status: int = 200) -> str:
    answer = await client.get(f"/desk/told?number={number}")
    assert answer.status_code == status
    return str(await answer.get_data(as_text=True))


@transactional
async def told_by_sms(about: str, kind: str = "complaint.completed", **params: str | int) -> None:
    await notifications.tell_by_sms("010-1234-5678", "ko", kind, params, about=about)


async def accesses() -> int:
    (row,) = await db.fetch(
        "SELECT COUNT(*) AS times FROM audit_entry WHERE action = 'accessed'"
        " AND facts LIKE '%/desk/told%'"
    )
    return int(row["times"])


async def test_what_the_parties_of_a_case_were_told(town: Town, worker: Any) -> None:
    filing = Filing("street-lamp", TITLE, "어둡습니다.", Place("당산로 12길"), (), True)
    number = await complaints.file(town.accounts["kim"], filing)
    about = f"complaint:{await _id(number)}"
    await told_by_sms(about, receipt=number)
    await told_by_sms(about, "complaint.filed_for_you", receipt=number, code="7K2M9-QRT04")
    link = f"/complaints/{number}"
    follower = town.accounts["road"]
    await notifications.tell([follower], "follow.moved_on", link, {"receipt": number})
    await notifications.tell([town.accounts["kim"]], "complaint.progress", link, {
        "receipt": number, "date": "12월 1일"
    })  # fmt: skip
    await worker.drain()
    clerk = await town.browser("clerk")
    found = await page(clerk, number)
    for words in (
        "새 민원이 들어왔습니다",  # to the office
        "박철수",
        "민원을 계속 처리하고 있습니다",
        "민원인",
        "본인(부탁한 분)",
        "앱 알림",
        "아직 열지 않음",
        "민원 처리가 끝났습니다",
        "문자",
        "보내는 중",
        "받아 보는 주민 1명",
        "0명이 열어 봄",
    ):
        assert words in found
    assert "결과를 확인해 보세요" not in found  # the text itself
    assert "7K2M9" not in found
    assert TITLE not in found
    assert await accesses() == 1
    # Only whoever may see the case may ask, and a wrong number says so.
    assert await page(clerk, "2611-000427-7", 404)
    assert "그런 접수번호의 민원이 없거나" in await page(clerk, "x", 404)
    road = await town.browser("road")
    seen = await road.get(f"/desk/complaints/{number}")
    assert (await road.get(f"/desk/told?number={number}")).status_code == seen.status_code
    assert (await (await town.browser("kim")).get("/desk/told")).status_code == 403
    assert await accesses() == (2 if seen.status_code == 200 else 1)


async def _id(number: str) -> int:
    (row,) = await db.fetch("SELECT id FROM complaint WHERE number = ?", [number])
    return int(row["id"])


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_page_asks_for_a_number_first(town: Town) -> None:
    clerk = await town.browser("clerk")
    answer = await clerk.get("/desk/told")
    assert "접수번호" in await answer.get_data(as_text=True)
    assert await accesses() == 0
