"""Complaints filed through Open311 by a partner's key, and the keys themselves (Y10-1, Y12-2)."""

import json
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema

from server.core import db
from server.opendata import service as opendata
from tests.people import hidden_fields
from tests.server.complaints.conftest import Office
from tests.server.opendata.conftest import asked_json
from tests.server.opendata.georeport import JSON_SHAPES, XSD

REQUESTS = "/open311/v2/requests"
SENT = {
    "service_code": "street-lamp",
    "lat": "37.526500",
    "long": "126.896000",
    "address_string": "당산로 12길 모퉁이",
    "description": "가로등이 꺼졌습니다\n사흘째 어둡습니다.",
    "last_name": "박",
    "first_name": "민수",
    "phone": "010-2222-3333",
    "email": "park@example.kr",
}


@pytest.fixture
async def key(office: Office) -> str:
    return await opendata.issue(office.accounts["jang"], "안전신문고", ["file"], 60) or ""


async def post(office: Office, fields: dict[str, str], ending: str = "json", **headers: str) -> Any:
    client = office.app.test_client()
    return await client.post(f"{REQUESTS}.{ending}", form=fields, headers=headers)


async def test_a_partner_files_and_the_office_answers_as_specified(
    office: Office, key: str
) -> None:
    answer = await post(office, {**SENT, "api_key": key})
    told = json.loads(await answer.get_data(as_text=True))
    assert answer.status_code == 200, told
    jsonschema_rs.validate(JSON_SHAPES["filed"], told)
    number = told[0]["service_request_id"]
    row = await office.row(number)
    assert (row.applicant_id, row.name, row.phone) == (None, "박민수", "010-2222-3333")
    assert row.title == "가로등이 꺼졌습니다"
    [shown] = await asked_json(office, f"{REQUESTS}/{number}.json")
    assert (shown["lat"], shown["long"]) == (37.5265, 126.896)
    assert "박민수" not in json.dumps(shown, ensure_ascii=False)
    xml = await (await post(office, {**SENT, "api_key": key}, "xml")).get_data(as_text=True)
    xmlschema.XMLSchema(XSD).validate(xml)
    desk = await office.page("clerk", f"/desk/complaints/{number}")
    assert "010-2222-3333" in desk


async def test_the_applicant_s_choice_and_title_come_along(office: Office, key: str) -> None:
    more = {
        "attribute[public]": "no",
        "attribute[title]": "등이 나갔어요",
        "media_url": "http://x/",
    }
    answer = await post(office, {**SENT, "api_key": key, **more})
    [told] = json.loads(await answer.get_data(as_text=True))
    row = await office.row(told["service_request_id"])
    assert (row.title, row.public) == ("등이 나갔어요", False)
    assert "사진은 받지 않았습니다" in told["service_notice"]
    answer = await office.get(None, f"{REQUESTS}/{told['service_request_id']}.json")
    assert answer.status_code == 404


WRONG: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"api_key": ""}, 403, "api_key"),
    ({"api_key": "madang_wrong"}, 403, "api_key"),
    ({"service_code": ""}, 400, "service_code"),
    ({"service_code": "nothing"}, 404, "service_code"),
    ({"jurisdiction_id": "elsewhere.example"}, 404, "jurisdiction_id"),
    ({"lat": "", "long": "", "address_string": ""}, 400, "address_string"),
    ({"long": ""}, 400, "long"),
    ({"lat": "48.85", "long": "2.35"}, 400, "위치"),
    ({"lat": "north"}, 400, "lat"),
    ({"description": ""}, 400, "description"),
    ({"description": "가" * 4001}, 400, "description"),
    ({"description": "제 번호는 900101-2345678입니다"}, 400, "description"),
    ({"phone": ""}, 400, "phone"),
    ({"phone": "전화 없음"}, 400, "phone"),
    ({"last_name": ""}, 400, "last_name"),
    ({"attribute[public]": "perhaps"}, 400, "attribute[public]"),
)


async def test_what_is_missing_or_wrong_is_said(office: Office, key: str) -> None:
    for change, status, words in WRONG:
        answer = await post(office, {**SENT, "api_key": key, **change}, "xml")
        text = await answer.get_data(as_text=True)
        assert answer.status_code == status, (change, text)
        error = ET.fromstring(text).find("error")
        assert error is not None
        assert error.findtext("code") == str(status)
        assert words in (error.findtext("description") or ""), change
    assert not await db.fetch("SELECT id FROM complaint")


async def test_a_request_sent_twice_files_once(office: Office, key: str) -> None:
    fields, same = {**SENT, "api_key": key}, {"Idempotency-Key": str(uuid4())}
    first = await post(office, fields, **same)
    again = await post(office, fields, **same)
    assert await first.get_data() == await again.get_data()
    other = await post(office, {**fields, "description": "다른 일입니다"}, **same)
    assert other.status_code == 400
    assert len(await db.fetch("SELECT id FROM complaint")) == 1
    bad = await post(office, fields, **{"Idempotency-Key": "1"})
    assert bad.status_code == 400


async def test_a_key_has_its_own_limit_and_ends_at_once(office: Office) -> None:
    jang = office.accounts["jang"]
    key = await opendata.issue(jang, "작은 곳", ["file"], 2) or ""
    statuses = [(await post(office, {**SENT, "api_key": key})).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    other = await opendata.issue(jang, "다른 곳", ["file"], 2) or ""
    assert (await post(office, {**SENT, "api_key": other})).status_code == 200
    [newest, *_] = await opendata.every()
    await opendata.revoke(jang, newest.id)
    assert (await post(office, {**SENT, "api_key": other})).status_code == 403


async def test_keys_at_the_desk(office: Office) -> None:
    """Issued once, shown once, kept as a hash, revoked with a button; all of it recorded."""
    for nobody in ("kim", "park", "clerk"):
        assert (await office.get(nobody, "/desk/api-keys")).status_code == 403
    client = await office.browser("jang")
    hidden = hidden_fields(await (await client.get("/desk/api-keys")).get_data(as_text=True))
    fields = {**hidden, "name": "안전신문고", "scopes": "file", "per_hour": "60"}
    page = await (await client.post("/desk/api-keys", form=fields)).get_data(as_text=True)
    secret = page.partition('id="key" translate="no">')[2].partition("<")[0]
    assert secret.startswith("madang_")
    again = await client.post("/desk/api-keys", form=fields)
    assert again.status_code == 303
    listed = await office.page("jang", "/desk/api-keys")
    assert "안전신문고" in listed
    assert secret not in listed
    [row] = await db.fetch("SELECT * FROM api_key")
    assert secret not in repr(row)
    assert (await post(office, {**SENT, "api_key": secret})).status_code == 200
    listed = await office.page("jang", "/desk/api-keys")
    assert "쓴 횟수 1" in listed
    path = f"/desk/api-keys/{row['id']}/revoke"
    assert (await office.post("jang", path, {}, at="/desk/api-keys")).status_code == 303
    assert (await post(office, {**SENT, "api_key": secret})).status_code == 403
    acts = await db.fetch("SELECT action FROM audit_entry WHERE subject LIKE 'api_key:%'")
    assert [each["action"] for each in acts] == ["api_key.issue", "api_key.file", "api_key.revoke"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_bad_key_form_comes_back(office: Office) -> None:
    for field, value in (("name", ""), ("per_hour", "0"), ("scopes", "all")):
        fields = {"name": "안전신문고", "scopes": "file", "per_hour": "60", field: value}
        answer = await office.post("jang", "/desk/api-keys", fields)
        assert answer.status_code == 422
        assert f'href="#{field}' in await answer.get_data(as_text=True)
    assert not await db.fetch("SELECT id FROM api_key")
