"""The day's cases on an official's phone, and what comes back from the place (Y16, Y10-2)."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from server.complaints.answers.models import Enclosure
from server.complaints.desk.models import Memo
from server.core import db
from tests.people import hidden_fields
from tests.server.complaints.conftest import Handled, Office, done, picture, text

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

JSON = {"Accept": "application/json"}
SHOT = picture(size=(160, 120))
NOTE = "기둥이 기울었습니다."


async def take_along(office: Office, login_id: str) -> Any:
    """What the phone asks for when the button is pressed."""
    client = await office.browser(login_id)
    token = (await (await client.get("/csrf")).get_json())["csrf_token"]
    return await client.post("/desk/field/cases", headers={**JSON, "X-CSRF-Token": token})


async def visit(
    office: Office, login_id: str, number: str, key: str, note: str = "", photos: int = 0
) -> tuple[int, dict[str, Any]]:
    """Sends a draft from the place, as the phone's script does."""
    client = await office.browser(login_id)
    token = (await (await client.get("/csrf")).get_json())["csrf_token"]
    values = MultiDict({"csrf_token": token, "form_key": key, "text": note})
    for index in range(photos):
        values.add("photos", FileStorage(io.BytesIO(SHOT), filename=f"{index}.jpg"))
    boundary, data = encode_multipart(values)
    headers = {**JSON, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = await client.post(f"/desk/field/{number}", data=data, headers=headers)
    return answer.status_code, await answer.get_json()


async def noted(number: str) -> list[dict[str, Any]]:
    """What the audit says of a case: the act, by whom."""
    return await db.fetch(
        "SELECT action, actor_id FROM audit_entry WHERE subject = ? AND action = ?",
        [number, "complaint.download"],
    )


async def test_ones_own_cases_are_taken_along_covered_and_it_is_recorded(
    office: Office, handled: Handled
) -> None:
    body = "김영희입니다. 010-1234-5678로 전화 주세요. " + "가로등이 꺼졌습니다. " * 40
    mine = await handled("assign", body=body, public="", place="당산로 12길 김영희 집 앞")
    await handled("accept", title="남의 일")
    answer = await take_along(office, "park")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    told = await answer.get_json()
    (case,) = told["cases"]
    assert (case["number"], told["account"]) == (mine, str(office.accounts["park"]))
    assert case["place"] == "당산로 12길 *** 집 앞"
    assert case["gist"].startswith("***입니다. ***-****-****로")
    assert len(case["gist"]) <= 201
    said = await text(answer)
    assert "영희" not in said
    assert "1234" not in said
    assert [row["actor_id"] for row in await noted(mine)] == [office.accounts["park"]]
    seen = await db.fetch(
        "SELECT facts FROM audit_entry WHERE action = 'accessed' AND actor_id = ? AND subject = ?",
        [office.accounts["park"], f"account:{office.accounts['kim']}"],
    )
    assert any(f"/desk/field/{mine}" in row["facts"] for row in seen)


async def test_whom_it_was_filed_for_is_covered_too(office: Office, handled: Handled) -> None:
    """Their name and number, in the title, the words and the place; not where the work is."""
    for_whom = {
        "for_name": "박순자",
        "for_relation": "family",
        "for_phone": "010-2222-3333",
        "for_address": "당산로 12길",
        "for_consent": "by_phone",
        "for_consented_on": "2026-11-22",
        "for_tell_by": "letter",
        "for_declared": "y",
    }
    await handled(
        "assign", **for_whom, title="박순자 댁 앞 가로등", public="", place="당산로 12길 박순자 댁"
    )
    (case,) = (await (await take_along(office, "park")).get_json())["cases"]
    assert case["place"] == "당산로 12길 *** 댁"
    assert case["title"] == "*** 댁 앞 가로등"


async def test_who_may_take_cases_along(office: Office, handled: Handled) -> None:
    await handled("assign")
    assert (await (await take_along(office, "choi")).get_json())["cases"] == []
    for login_id in ("kim", "seo", "jang"):
        assert (await take_along(office, login_id)).status_code == 403
    client = office.app.test_client()
    token = (await (await client.get("/csrf")).get_json())["csrf_token"]
    answer = await client.post("/desk/field/cases", headers={**JSON, "X-CSRF-Token": token})
    assert answer.status_code == 401
    assert (await (await office.browser("park")).post("/desk/field/cases")).status_code == 403


async def test_the_cases_belong_to_one_session_and_one_day(office: Office) -> None:
    first = await (await take_along(office, "park")).get_json()
    page = await office.page("park", "/desk/field")
    assert f'data-session="{first["session"]}"' in page
    office.browsers.clear()
    again = await (await take_along(office, "park")).get_json()
    assert again["session"] != first["session"]
    begin, end = (datetime.fromisoformat(first[name]) for name in ("issued", "until"))
    assert (end - begin, first["hours"]) == (timedelta(hours=24), 24)


async def test_without_a_script_the_list_is_printed(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    page = await office.page("park", "/desk/field")
    assert "자바스크립트를 켜야" in page
    assert f'href="/desk/complaints/{number}/memos"' in page
    assert "김영희" not in page.partition("<main")[2]
    assert "data-visit" in page
    assert 'href="/desk/field"' in await office.page("park", "/desk")


async def test_a_visit_is_kept_once_however_often_it_comes(
    office: Office, handled: Handled
) -> None:
    number, key = await handled("assign"), str(uuid4())
    for _ in range(2):
        status, told = await visit(office, "park", number, key, NOTE, photos=2)
        assert (status, told["location"]) == (200, f"/desk/complaints/{number}/memos")
    row = await office.row(number)
    assert await Enclosure.filter(complaint_id=row.id).count() == 2
    assert [memo.text for memo in await Memo.filter(complaint_id=row.id)] == [
        "기둥이 기울었습니다."
    ]
    assert "현장 기록을 담아 두었습니다" in await office.page("park", told["location"])
    status, told = await visit(office, "park", number, key, "다른 말", photos=0)
    assert (status, told["location"]) == (409, None)


async def test_a_visit_says_what_is_missing_or_too_much(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    status, told = await visit(office, "park", number, str(uuid4()), "  ")
    assert (status, told["faults"]) == (422, ["현장 메모: 메모를 적거나 사진을 골라 주세요."])
    status, told = await visit(office, "park", number, str(uuid4()), "가" * 2001)
    assert status == 422
    status, told = await visit(office, "park", number, str(uuid4()), "", photos=6)
    assert status == 422
    assert "5장까지" in told["faults"][0]
    assert (await visit(office, "kim", number, str(uuid4()), "주민"))[0] == 403
    row = await office.row(number)
    assert not await Memo.filter(complaint_id=row.id).exists()
    assert not await Enclosure.filter(complaint_id=row.id).exists()


async def test_handed_over_meanwhile_it_is_said_and_nothing_kept_by_half(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    to = f"{office.departments['roads']}:{office.accounts['kang']}"
    await done(await office.act("clerk", number, "assign", to=to))
    status, told = await visit(office, "park", number, str(uuid4()), "다녀왔습니다.")
    assert status == 200, "a colleague's of the same department: they read the memo"
    assert "다른 담당자가 맡은" in await office.page("park", told["location"])
    to = f"{office.departments['cleaning']}:{office.accounts['choi']}"
    await done(await office.act("clerk", number, "assign", to=to))
    key = str(uuid4())
    status, told = await visit(office, "park", number, key, "또 다녀왔습니다.", photos=1)
    assert (status, told["location"]) == (409, None)
    assert "다른 부서로 넘어간" in told["faults"][0]
    missing = await visit(office, "park", "2611-000999-9", str(uuid4()), "없는 번호")
    assert missing[0] in {404, 409}
    row = await office.row(number)
    assert await Memo.filter(complaint_id=row.id).count() == 1


async def test_ended_meanwhile_the_note_still_finds_its_place(
    office: Office, handled: Handled
) -> None:
    number = await handled("complete")
    key = str(uuid4())
    status, told = await visit(office, "park", number, key, "다 고쳤습니다.", photos=1)
    assert (status, told["location"]) == (409, None)
    assert "사진을 빼면" in told["faults"][0]
    assert (await visit(office, "park", number, str(uuid4()), "다 고쳤습니다."))[0] == 200


async def test_under_approval_the_note_is_taken_and_photos_are_not(
    office: Office, drafted: Any
) -> None:
    number = await drafted()
    status, told = await visit(office, "park", number, str(uuid4()), NOTE, photos=1)
    assert (status, told["location"]) == (409, None)
    assert "먼저 결재를 거두어 주세요" in told["faults"][0]
    assert not await Memo.exists()
    assert not await Enclosure.exists()
    assert (await visit(office, "park", number, str(uuid4()), NOTE))[0] == 200
    await done(await office.act("park", number, "take-back"))
    assert (await visit(office, "park", number, str(uuid4()), photos=1))[0] == 200
    assert await Enclosure.all().count() == 1


async def test_a_form_that_comes_back_is_shown(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    client = await office.browser("park")
    hidden = hidden_fields(await text(await client.get("/me/settings")))
    answer = await client.post(f"/desk/field/{number}", form={**hidden, "text": " "})
    page = await text(answer)
    assert answer.status_code == 422
    assert f'action="/desk/field/{number}"' in page
    assert "메모를 적거나" in page
