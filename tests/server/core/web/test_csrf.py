"""A form is taken only with a token of its own session or visit."""

import base64
from typing import Any

import pytest

from tests.people import hidden_fields
from tests.server.core.web import house
from tests.server.core.web.conftest import make_small, signed_in


async def token_of(client: Any) -> str:
    page = await client.get("/form")
    return hidden_fields(await page.get_data(as_text=True))["csrf_token"]


async def test_a_form_with_its_token_is_taken(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    answer = await client.post("/form", form={"csrf_token": token, "title": "가"})
    assert answer.status_code == 200


async def test_the_header_serves_as_well(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    answer = await client.post("/form", form={"a": "1"}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 200


async def test_every_rendering_masks_the_secret_anew(small: Any) -> None:
    client = small.test_client()
    first, second = await token_of(client), await token_of(client)
    assert first != second
    for token in (first, second):
        answer = await client.post("/form", form={"csrf_token": token})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "token", ["", "x", "가나다", "A" * 86 + "==", base64.urlsafe_b64encode(bytes(64)).decode()]
)
async def test_anything_else_is_refused(small: Any, token: str) -> None:
    client = small.test_client()
    await token_of(client)
    answer = await client.post("/form", form={"csrf_token": token})
    assert answer.status_code == 403


async def test_no_token_no_cookie_no_form(small: Any) -> None:
    answer = await small.test_client().post("/form", form={"title": "가"})
    assert answer.status_code == 403


async def test_a_token_of_another_visit_is_refused(small: Any) -> None:
    other = await token_of(small.test_client())
    client = small.test_client()
    await token_of(client)
    assert (await client.post("/form", form={"csrf_token": other})).status_code == 403


async def test_a_visit_cookie_must_carry_our_signature(small: Any) -> None:
    client = small.test_client()
    client.set_cookie("localhost", "madang-visit", "planted.signature")
    token = await token_of(client)
    answer = await client.post("/form", form={"csrf_token": token})
    assert answer.status_code == 200  # a visit of ours was started instead of the planted one
    assert "planted" not in {cookie.value for cookie in client.cookie_jar}


async def test_a_token_does_not_survive_signing_in(small: Any) -> None:
    client = small.test_client()
    token = await token_of(client)
    signed_in(client)
    assert (await client.post("/form", form={"csrf_token": token})).status_code == 403
    fresh = await token_of(client)
    assert (await client.post("/form", form={"csrf_token": fresh})).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
    ],
)
async def test_another_site_cannot_send_our_forms(
    small: Any, headers: dict[str, str], status: int
) -> None:
    client = small.test_client()
    token = await token_of(client)
    answer = await client.post(
        "/form", form={"csrf_token": token, "a": "남이 쓴 말"}, headers=headers
    )
    assert answer.status_code == status
    if status == 403:
        assert "남이 쓴 말" not in await answer.get_data(as_text=True)


async def test_a_fresh_token_for_what_was_written_offline(small_settings: Any) -> None:
    from server.core.web.doors import door

    app = make_small(small_settings, house.door, door)
    client = app.test_client()
    answer = await client.get("/csrf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    given = await answer.get_json()
    assert given["signed_in"] is False
    sent = await client.post("/form", form={"csrf_token": given["csrf_token"]})
    assert sent.status_code == 200
