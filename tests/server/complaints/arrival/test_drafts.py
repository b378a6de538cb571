"""What the office does for drafts on phones: a page of nobody, answers to scripts, one filing a
key, photos shared where no worker takes them, pages that a phone may keep (Y16, Y10-1)."""

from typing import Any
from uuid import uuid4

import pytest

from server.complaints.redress.rules import WORD_LETTERS_MAX
from tests.people import hidden_fields
from tests.server.complaints.conftest import FILED, Office, multipart, picture, text

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def replay(client: Any, key: str, **fields: str) -> tuple[int, dict[str, Any]]:
    """Sends a draft as the phone's script does, with a token of this minute."""
    token = (await (await client.get("/csrf")).get_json())["csrf_token"]
    form = {"csrf_token": token, "form_key": key} | FILED | fields
    answer = await client.post("/complaints/new", form=form, headers={"Accept": "application/json"})
    return answer.status_code, await answer.get_json()


async def test_a_draft_is_filed_once_however_often_it_comes(office: Office) -> None:
    client, key = await office.browser("kim"), str(uuid4())
    status, told = await replay(client, key)
    assert status == 200
    assert told["location"].startswith("/complaints/2611-")
    assert await replay(client, key) == (200, told)
    status, told = await replay(client, key, title="다른 제목")
    assert status == 409
    assert told["location"] is None
    assert "다른 내용" in told["faults"][0]


async def test_why_a_draft_is_refused_is_said_in_sentences(office: Office) -> None:
    client = await office.browser("kim")
    status, told = await replay(client, str(uuid4()), title="", topic="nowhere")
    assert status == 422
    assert told["location"] is None
    assert told["faults"] == ["분야: 목록에서 골라 주세요.", "제목: 꼭 적어 주세요."]


async def test_a_draft_is_asked_about_before_it_is_filed(office: Office) -> None:
    await office.file()
    client = await office.browser("lee")
    assert await replay(client, str(uuid4()), look="y") == (200, {"location": None, "faults": []})


async def test_a_draft_whose_answer_was_lost_is_not_asked_about_itself(office: Office) -> None:
    client, key = await office.browser("kim"), str(uuid4())
    status, told = await replay(client, key, look="y")
    assert status == 200
    assert told["location"]
    assert await replay(client, key, look="y") == (200, told)


async def test_whose_draft_it_would_be_is_said_with_the_token(office: Office) -> None:
    told = await (await (await office.browser("kim")).get("/csrf")).get_json()
    assert told["account"] == str(office.accounts["kim"])
    told = await (await office.app.test_client().get("/csrf")).get_json()
    assert (told["account"], told["signed_in"]) == ("", False)


async def test_a_refused_draft_sent_once_more_is_still_the_same_form(office: Office) -> None:
    client, key = await office.browser("kim"), str(uuid4())
    answer = await client.post("/complaints/new", form={"form_key": key, **FILED})
    assert answer.status_code == 403
    assert hidden_fields(await text(answer))["form_key"] == key


@pytest.mark.parametrize("login_id", ["kim", None])
async def test_the_page_that_is_kept_says_nothing_of_anybody(
    office: Office, login_id: str | None
) -> None:
    answer = await office.get(login_id, "/me/drafts?shell")
    page = await text(answer)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    assert 'name="csrf_token"' not in page
    assert "data-signed-in" not in page
    assert 'data-draft="shell"' in page
    assert 'value="street-lamp"' in page
    assert f'data-word="{WORD_LETTERS_MAX}"' in page
    assert "자바스크립트를 켜야" in page
    own = await office.page(login_id, "/me/drafts")
    assert ("data-signed-in" in own) == (login_id is not None)
    assert "<form" not in own.partition("<main")[2].partition("</main>")[0]


async def test_only_ones_own_pages_may_be_kept_on_the_phone(office: Office) -> None:
    number = await office.file()
    kim = str(office.accounts["kim"])
    for path in (f"/complaints/{number}", "/me/complaints"):
        assert (await office.get("kim", path)).headers["Madang-Kept"] == kim
    for reader in ("lee", None):
        assert "Madang-Kept" not in (await office.get(reader, f"/complaints/{number}")).headers
    for path in ("/", "/me", "/complaints", f"/complaints/{number}/receipt"):
        assert "Madang-Kept" not in (await office.get("kim", path)).headers


async def test_a_shared_photo_begins_a_complaint_without_a_worker(office: Office) -> None:
    shared = multipart({"title": "신호등", "body": "고장"}, [("a.jpg", picture())])
    for client in (await office.browser("kim"), office.app.test_client()):
        answer = await client.post("/complaints/share", **shared)
        page = await text(answer)
        assert answer.status_code == 200
        assert 'name="kept"' in page
        assert 'value="신호등"' in page
        assert 'action="/complaints/new"' in page


async def test_another_site_shares_nothing(office: Office) -> None:
    shared = multipart({}, [("a.jpg", picture())])
    shared["headers"]["Sec-Fetch-Site"] = "cross-site"
    answer = await (await office.browser("kim")).post("/complaints/share", **shared)
    assert answer.status_code == 403
