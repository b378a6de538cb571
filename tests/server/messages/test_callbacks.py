"""Where providers of the house tell: by POST, by GET, and with the whole fax in the news."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateways import proof
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
