"""Receipts as each provider of the house tells them, over HTTP: before the answer, twice, out of
order, forged, and of orders that nobody placed. What arrived is paid for once, and nothing else."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from gateways import proof
from gateways.contract import Accepted, Status
from gateways.providers import sinch_fax
from gateways.providers.behaviour import Planned
from gateways.providers.simulator_store import Due, body_of
from server.core import clock, db, outbox
from server.messages import handlers, service
from server.messages.models import Delivery, Receipt
from server.mileage import service as mileage
from tests.conftest import make_settings
from tests.server.messages.test_callbacks import ENVIRONMENT, PUBLIC

ACCOUNT = "AC" + "0" * 32
MORE = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_API_URL": "http://127.0.0.1:9",
    "HYLAFAX_HOST": "127.0.0.1",
    "HYLAFAX_PORT": "9",
    "HYLAFAX_WEBHOOK_SECRET": "shared",
}
NUMBERS = [f"010-9876-543{digit}" for digit in range(4)]
FAXES = [f"02-9876-543{digit}" for digit in range(4)]


@dataclass(frozen=True)
class Call:
    """What a provider sends: to which address, with which headers and body; GET without one."""

    path: str
    headers: dict[str, str]
    body: bytes | None


def kannel(order: str, status: Status, number: str, *, forged: bool) -> Call:
    path = proof.address("/callbacks/kannel", "wrong" if forged else "ours", order)
    told = "1" if status is Status.DELIVERED else "2"
    return Call(f"{path}&status={told}&reply=id:{number}", {}, None)


def solapi(order: str, status: Status, number: str, *, forged: bool) -> Call:
    code = "4000" if status is Status.DELIVERED else "3059"
    fields = {"madangOrder": order}
    news = {"messageId": f"M{order}", "statusCode": code, "customFields": fields, "to": number}
    token = "x" if forged else "token-of-ours"
    return Call(f"/callbacks/solapi?token={token}", {}, json.dumps([news]).encode())


def twilio(order: str, status: Status, number: str, *, forged: bool) -> Call:
    fields = {
        "MessageSid": f"SM{order}",
        "MessageStatus": "delivered" if status is Status.DELIVERED else "undelivered",
        "AccountSid": ACCOUNT,
        "To": number,
    }
    path = f"/callbacks/twilio?order={order}"
    signature = RequestValidator("wrong" if forged else "token").compute_signature(
        PUBLIC + path, fields
    )
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Call(path, form, urlencode(fields).encode())


def sinch(order: str, status: Status, number: str, *, forged: bool) -> Call:
    path = proof.address("/callbacks/sinch/documents", "wrong" if forged else "ours", order)
    delivered = status is Status.DELIVERED
    fax = {
        "id": f"F{order}",
        "status": "COMPLETED" if delivered else "FAILURE",
        "pagesSentSuccessfully": 1 if delivered else 0,
        "to": number,
    }
    news = {"event": "FAX_COMPLETED", "fax": fax, "file": "A" * 1000}
    return Call(path, {"Content-Type": "application/json"}, json.dumps(news).encode())


def hylafax(order: str, status: Status, number: str, *, forged: bool) -> Call:
    delivered = status is Status.DELIVERED
    news = {
        "order": order,
        "job": "7",
        "why": "done" if delivered else "failed",
        "pages": 1 if delivered else 0,
        "status": f"No answer from {number}",
        "at": clock.now().isoformat(),
    }
    body = json.dumps(news).encode()
    key = b"wrong" if forged else b"shared"
    signature = hmac.new(key, body, hashlib.sha256).hexdigest()
    return Call("/callbacks/hylafax", {"X-HylaFAX-Signature": signature}, body)


TELLERS: dict[str, Callable[..., Call]] = {
    "kannel": kannel,
    "solapi": solapi,
    "twilio": twilio,
    "sinch": sinch,
    "hylafax": hylafax,
}


PROVIDERS = ("simulator", *TELLERS)


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An office with every provider of the house."""
    from server import config

    for name, value in (ENVIRONMENT | MORE).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sinch_fax, "_FORGET_SECONDS", 0.0)
    sms, fax = ("kannel", "solapi", "twilio", "simulator"), ("sinch", "hylafax")
    more = {"sms_providers": sms, "fax_providers": fax}
    made = make_settings(tmp_path, keys, database, public_url=PUBLIC, **more)
    config.use(made)
    return made


async def told(client: Any, name: str, order: str, status: Status, *, forged: bool = False) -> int:
    """The status with which news of an order is answered."""
    number = NUMBERS[0].replace("-", "")
    if name == "simulator":  # signed by the open provider itself
        provider: Any = (await handlers.roster()).for_callback(name)
        planned = Planned(0.0, status.value, status, 1 if status is Status.DELIVERED else 0)
        body = body_of(order, f"SIM{order}", planned, clock.now().isoformat())
        signed = provider._callback(Due(1, body, forged=forged, tries=0))
        call = Call("/callbacks/simulator", signed.headers, signed.body)
    else:
        call = TELLERS[name](order, status, number, forged=forged)
    if call.body is None:
        return int((await client.get(call.path)).status_code)
    answer = await client.post(call.path, headers=call.headers, data=call.body)
    return int(answer.status_code)


async def handed_to(name: str, kind: str) -> list[Any]:
    """Four deliveries in the provider's hand, his answers still out."""
    jobs = await outbox.Courier().take(4, [f"messages.send_{kind}"])
    parcels = [await service.begin(job, job.payload["delivery"], (name,)) for job in jobs]
    assert len(parcels) == 4
    assert all(parcels)
    return parcels


@pytest.mark.parametrize("name", PROVIDERS)
async def test_early_twice_out_of_order_forged_and_nobodys(
    name: str, app: Any, client: Any, resident: Any, worker: Any
) -> None:
    kim = await resident("kim", points=1_000)
    kind, each = ("fax", 50) if name in {"sinch", "hylafax"} else ("sms", 30)
    if kind == "fax":
        fields = {"to": "\n".join(FAXES), "body": "신청합니다"}
        answer = await kim.post("/messages/fax/new", fields)
        assert (await kim.confirm(answer.headers["Location"])).status_code == 303
    else:
        await kim.send("\n".join(NUMBERS))
    early, twice, crossed, forged = await handed_to(name, kind)

    assert await told(client, name, early.order_id, Status.DELIVERED) == 200
    await worker.drain()
    for parcel in (early, twice, crossed, forged):
        reference = f"his {parcel.order_id}"
        await service.answered(parcel, Accepted(reference), receipts=True)
    for _ in range(3):
        assert await told(client, name, twice.order_id, Status.DELIVERED) == 200
        await worker.drain()
    assert await told(client, name, crossed.order_id, Status.DELIVERED) == 200
    assert await told(client, name, crossed.order_id, Status.FAILED) == 200
    await worker.drain()
    assert await told(client, name, forged.order_id, Status.DELIVERED, forged=True) == 403
    assert await told(client, name, forged.order_id, Status.FAILED) == 200
    assert await told(client, name, "nobody1", Status.DELIVERED) == 200
    await worker.drain()

    ends = {row.order_id: (row.state, row.charged) for row in await Delivery.all()}
    assert [ends[parcel.order_id] for parcel in (early, twice, crossed, forged)] == [
        ("delivered", 1),
        ("delivered", 1),
        ("delivered", 1),
        ("failed", 0),
    ]
    assert await kim.points() == mileage.Balance(1_000 - 3 * each, 0)
    # One row for each piece of news; what fits nobody is kept, unapplied.
    assert await Receipt.all().count() == 6
    (strange,) = await Receipt.filter(applied_at=None)
    assert strange.order_id == "nobody1"
    # Failed, and then it arrives after all: the office's loss, and no news to the ledger.
    assert await told(client, name, forged.order_id, Status.DELIVERED) == 200
    await worker.drain()
    late = await Delivery.get(order_id=forged.order_id)
    assert (late.state, late.charged, late.delivered_late_at is not None) == ("failed", 0, True)
    report = await mileage.check()
    assert report.ok, str(report)
    for table in ("message_receipt", "outbox_job", "audit_entry"):
        rows = await db.fetch(f"SELECT * FROM {table}")
        assert not any("98765430" in str(value) for row in rows for value in row.values()), table
