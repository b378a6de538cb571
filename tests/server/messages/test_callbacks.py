"""Where providers of the house tell: by POST, by GET, and with the whole fax in the news."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateways import proof
from server.core.web.limits import Limit, RateLimits
from server.messages.delivery import receipts
from server.messages.models import Receipt
from tests.conftest import make_settings

PUBLIC = "https://madang.example.org"
ENVIRONMENT = {
    "KANNEL_URL": "http://127.0.0.1:9/",
    "KANNEL_USERNAME": "madang",
    "KANNEL_PASSWORD": "x",
    "KANNEL_WEBHOOK_SECRET": "ours",
    "SOLAPI_API_KEY": "key",
    "SOLAPI_API_SECRET": "x",
    "SOLAPI_WEBHOOK_TOKEN": "token-of-ours",
    "SINCH_PROJECT_ID": "p",
    "SINCH_KEY_ID": "k",
    "SINCH_KEY_SECRET": "x",
    "SINCH_WEBHOOK_SECRET": "ours",
    "SINCH_AUTH": "basic",
    "SINCH_API_URL": "http://127.0.0.1:9",
}


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An office with Kannel and SOLAPI for SMS, and Sinch for fax."""
    from server import config

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    more = {"sms_providers": ("kannel", "solapi"), "fax_providers": ("sinch",)}
    made = make_settings(tmp_path, keys, database, public_url=PUBLIC, **more)
    config.use(made)
    return made


def path_of(name: str, order: str) -> str:
    return proof.address(f"/callbacks/{name}", "ours", order)


async def stored() -> list[dict[str, Any]]:
    return list(await Receipt.all().order_by("id").values("provider", "order_id", "status"))


async def test_kannel_calls_an_address(client: Any) -> None:
    path = path_of("kannel", "order-1") + "&status=1&reply="
    for _ in range(2):
        assert (await client.get(path)).status_code == 200
    assert await stored() == [{"provider": "kannel", "order_id": "order-1", "status": "delivered"}]
    for wrong, status in (
        (path.replace("order-1", "order-2"), 403),
        (path.replace("status=1", "status=x"), 400),
        ("/callbacks/kannel", 403),
        ("/callbacks/nobody", 404),
    ):
        assert (await client.get(wrong)).status_code == status
    assert len(await stored()) == 1


async def test_solapi_posts_a_list(client: Any) -> None:
    fields = {"madangOrder": "order-1"}
    news = [{"messageId": "M1", "statusCode": "4000", "customFields": fields}]
    path = "/callbacks/solapi?token=token-of-ours"
    assert (await client.post(path, data=json.dumps(news))).status_code == 200
    assert (await client.post(path, data="{}")).status_code == 400
    assert (await client.post(path[:-1], data=json.dumps(news))).status_code == 403
    assert await stored() == [{"provider": "solapi", "order_id": "order-1", "status": "delivered"}]


async def test_many_receipts_of_one_call_are_committed_together(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = [{"messageId": f"M{number}", "statusCode": "4000"} for number in range(300)]
    act, groups = receipts._store_together._act, []

    async def noting(told: Any) -> Any:
        groups.append(len(told))
        return await act(told)

    monkeypatch.setattr(receipts._store_together, "_act", noting)
    path = "/callbacks/solapi?token=token-of-ours"
    for _ in range(2):
        assert (await client.post(path, data=json.dumps(news))).status_code == 200
    assert groups == [128, 128, 44] * 2
    assert await Receipt.all().count() == 300


async def test_a_call_without_a_reason_to_refuse_it_is_answered_before_quart(
    app: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And all others by Quart, which gets the whole of what was read."""
    asked = []
    loaded = app._load_actor

    async def noting() -> None:
        asked.append(True)
        await loaded()

    monkeypatch.setattr(app, "_load_actor", noting)
    good = path_of("kannel", "order-1") + "&status=1&reply="
    assert (await client.get(good)).status_code == 200
    answer = await client.post("/callbacks/solapi?token=token-of-ours", data="[]")
    assert (answer.status_code, await answer.get_data(), asked) == (200, b"", [])
    assert answer.headers["Content-Security-Policy"]
    body = json.dumps([{"messageId": "M2", "statusCode": "4000"}])
    for address, more, status in (
        ("/callbacks/solapi?token=wrong", {"data": body}, 403),
        ("/callbacks/solapi?token=token-of-ours", {"data": "{"}, 400),
        ("/callbacks/solapi?token=token-of-ours", {"data": b" " * 300_000}, 413),
        ("/callbacks/nobody", {"data": body}, 404),
    ):
        asked.clear()
        assert (await client.post(address, **more)).status_code == status
        assert asked == [True]
    asked.clear()
    client.set_cookie("localhost", "madang", "somebody")
    answer = await client.post("/callbacks/solapi?token=token-of-ours", data=body)
    assert (answer.status_code, asked) == (200, [True])
    assert [row["provider"] for row in await stored()] == ["kannel", "solapi"]


async def test_a_call_counts_once_against_its_limit(app: Any, client: Any) -> None:
    app.limits = RateLimits(None)
    app.policies["callbacks.told", "POST"] = replace(
        app.policies["callbacks.told", "POST"], limit=Limit(3, "day")
    )
    path = "/callbacks/solapi?token="
    statuses = [
        (await client.post(path + token, data="[]")).status_code
        for token in ("token-of-ours", "wrong", "token-of-ours", "token-of-ours", "wrong")
    ]
    assert statuses == [200, 403, 200, 429, 429]


async def test_what_cannot_be_stored_is_not_answered_200(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(told: Any) -> Any:
        raise OSError("no database")

    path = path_of("kannel", "order-1") + "&status=1&reply="
    with monkeypatch.context() as patch:
        patch.setattr(receipts._store_together, "_act", away)
        assert (await client.get(path)).status_code == 500
    assert await stored() == []
    assert (await client.get(path)).status_code == 200


async def test_sinch_sends_the_whole_fax_along(client: Any) -> None:
    fax = {"id": "01F3", "status": "COMPLETED", "pagesSentSuccessfully": 2}
    news = {"event": "FAX_COMPLETED", "fax": fax, "file": "A" * 3_000_000}
    headers = {"Content-Type": "application/json"}
    path = path_of("sinch/documents", "order-1")
    answer = await client.post(path, data=json.dumps(news), headers=headers)
    assert answer.status_code == 200
    assert await stored() == [{"provider": "sinch", "order_id": "order-1", "status": "delivered"}]
    forged = await client.post(path + "0", data=json.dumps(news), headers=headers)
    assert forged.status_code == 403
    elsewhere = path.replace("/documents", "")
    assert (await client.post(elsewhere, data=json.dumps(news))).status_code == 413
