"""A refusal says what happened, in the reader's language, and loses nothing that was typed."""

import json
import logging
from typing import Any

import pytest

from tests.people import hidden_fields
from tests.server.core.web.conftest import signed_in

LONG = "당산로 12길 앞 가로등이 사흘째 꺼져 있습니다. <고장>"


async def text_of(answer: Any) -> str:
    return str(await answer.get_data(as_text=True))


async def test_a_stale_form_comes_back_with_what_was_typed(small: Any) -> None:
    client = small.test_client()
    fields = {"title": LONG, "password": "hunter2hunter2", "public": "1", "csrf_token": "stale"}
    refused = await client.post("/form", form=fields)
    page = await text_of(refused)
    assert refused.status_code == 403
    assert "당산로 12길" in page
    assert "<고장>" not in page
    assert "hunter2" not in page
    hidden = hidden_fields(page)
    again = await client.post("/form", form={**hidden, "title": LONG, "public": "1"})
    assert again.status_code == 200
    assert again.headers["Content-Type"] == "application/json"


async def test_a_problem_of_a_view_keeps_the_form_too(small: Any) -> None:
    client = small.test_client()
    hidden = hidden_fields(await text_of(await client.get("/form")))
    refused = await client.post("/refuse", form={**hidden, "title": LONG})
    page = await text_of(refused)
    assert refused.status_code == 409
    assert "안 됩니다. &lt;b&gt;" in page
    assert "당산로 12길" in page
    assert hidden_fields(page)["form_key"] == hidden["form_key"]


async def test_a_form_sent_after_the_session_ended_is_kept(small: Any) -> None:
    refused = await small.test_client().post("/mine", form={"title": LONG})
    assert refused.status_code == 401
    page = await text_of(refused)
    assert "당산로 12길" in page
    assert 'href="/login"' in page


async def test_files_are_named_to_be_chosen_again(small: Any) -> None:
    from tests.server.core.web.test_bodies import END, MULTIPART, part

    data = part(b"title", LONG.encode()) + part(b"photos", b"x" * 90_000, b"a.jpg") + END
    page = await text_of(await small.test_client().post("/files", data=data, headers=MULTIPART))
    assert 'type="file"' in page
    assert 'name="photos"' in page
    assert "당산로 12길" in page


async def test_who_is_not_signed_in_is_led_to_the_door(small: Any) -> None:
    answer = await small.test_client().get("/mine?page=2&q=%EA%B0%80")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/mine%3Fpage%3D2%26q%3D%25EA%25B0%2580"


@pytest.mark.parametrize(
    ("reader", "path", "status"),
    [
        ("kim", "/mine", 200),
        ("kim", "/desk", 403),
        ("official", "/desk", 200),
        ("kim", "/enter", 303),
        ("unknown", "/mine", 303),
        ("unknown", "/enter", 200),
    ],
)
async def test_permissions(small: Any, reader: str, path: str, status: int) -> None:
    answer = await signed_in(small.test_client(), reader).get(path)
    assert answer.status_code == status


async def test_machines_get_problem_json(small: Any) -> None:
    client = small.test_client()
    asks = {"Accept": "application/json"}
    for path, status, code in (("/nothing", 404, "not_found"), ("/mine", 401, "not_signed_in")):
        answer = await client.get(path, headers=asks)
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        problem = json.loads(await text_of(answer))
        assert problem["code"] == code
        assert problem["status"] == status


async def test_people_read_no_codes(small: Any) -> None:
    page = await text_of(await small.test_client().get("/nothing"))
    assert "찾으시는 페이지가 없습니다" in page
    assert "not_found" not in page


async def test_a_fault_of_ours_is_calm_and_numbered(small: Any, caplog: Any) -> None:
    with caplog.at_level(logging.INFO):
        answer = await small.test_client().get("/broken")
    page = await text_of(answer)
    assert answer.status_code == 500
    assert "오류 번호" in page
    assert "010-1234-5678" not in page


@pytest.mark.parametrize(
    ("headers", "query", "lang"),
    [
        ({}, "", "ko"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "", "en"),
        ({"Accept-Language": "fr"}, "", "ko"),
        ({"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}, "", "ko"),
        ({"Accept-Language": "en"}, "?lang=ko", "ko"),
        ({"Accept-Language": "*;q=x,,"}, "?lang=xx", "ko"),
    ],
)
async def test_in_the_readers_language(
    small: Any, headers: dict[str, str], query: str, lang: str
) -> None:
    answer = await small.test_client().get(f"/nothing{query}", headers=headers)
    assert f'<html lang="{lang}"' in await text_of(answer)


async def test_a_language_once_chosen_stays(small: Any) -> None:
    client = small.test_client()
    await client.get("/form?lang=en")
    answer = await client.get("/nothing")
    assert '<html lang="en"' in await text_of(answer)


async def test_an_accounts_own_language_counts_where_the_device_has_none(small: Any) -> None:
    client = signed_in(small.test_client(), "english")
    assert '<html lang="en"' in await text_of(await client.get("/nothing"))
    await client.get("/form?lang=ko")
    assert '<html lang="ko"' in await text_of(await client.get("/nothing"))


async def test_the_next_page_says_once_what_was_done(small: Any) -> None:
    client = small.test_client()
    hidden = hidden_fields(await text_of(await client.get("/form")))
    assert (await client.post("/notice", form=hidden)).status_code == 303
    assert await text_of(await client.get("/told")) == "보냈습니다. (3건)"
    assert await text_of(await client.get("/told")) == ""


async def test_a_forged_notice_is_not_said(small: Any) -> None:
    client = small.test_client()
    client.set_cookie("localhost", "madang-told", "WyJ4Iix7fV0=.00")
    assert await text_of(await client.get("/told")) == ""


async def test_a_fault_of_the_database_is_told_without_the_database(small: Any) -> None:
    async def gone(*_: Any) -> Any:
        raise OSError("connection refused to 10.0.0.5")

    small.extras = gone
    answer = await small.test_client().get("/broken")
    page = await text_of(answer)
    assert answer.status_code == 500
    assert "</html>" in page
    assert "10.0.0.5" not in page
    assert (await small.test_client().get("/nothing")).status_code == 500
    small.sessions = gone
    assert (await signed_in(small.test_client()).get("/form")).status_code == 500
