"""SOLAPI against a server that checks its signature and behaves as documented, or badly."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateways import http
from gateways.contract import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    Malformed,
    Misconfigured,
    NotFound,
    Receipt,
    Rejected,
    SmsOrder,
    Status,
    Surroundings,
    Unknown,
)
from gateways.providers.solapi_sms import Solapi
from tests.gateways.misbehaving import AMBIGUOUS, REFUSED, UNREACHABLE, nobody_accepts
from tests.gateways.solapi_server import KEY, SECRET, TOKEN, SolapiServer

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
ORDER = SmsOrder("order-1.a", "0226703500", "01012345678", "토요일 10시에 만나요 & 늦지 마세요")
SECRETS = {"SOLAPI_API_KEY": KEY, "SOLAPI_API_SECRET": SECRET, "SOLAPI_WEBHOOK_TOKEN": TOKEN}


@pytest.fixture
async def server() -> AsyncIterator[SolapiServer]:
    async with SolapiServer() as running:
        yield running


@pytest.fixture
async def surroundings(server: SolapiServer, tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with http.open_session() as session:
        secrets = SECRETS | {"SOLAPI_API_URL": server.url}
        yield Surroundings("https://unused", tmp_path, secrets, session, lambda: NOW)


@pytest.fixture
def solapi(surroundings: Surroundings) -> Solapi:
    return Solapi(surroundings)


async def test_a_message_is_sent_as_documented(server: SolapiServer, solapi: Solapi) -> None:
    answer = await solapi.send(ORDER)
    ((reference, message),) = server.messages.items()
    assert answer == Accepted(reference)
    assert {name: message[name] for name in ("to", "from", "text", "type")} == {
        "to": "01012345678",
        "from": "0226703500",
        "text": ORDER.body,
        "type": "SMS",
    }
    assert message["customFields"] == {"madangOrder": "order-1.a"}
    assert message["autoTypeDetect"] is False  # a longer, dearer kind is never chosen for us


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        *AMBIGUOUS,
        ("429", Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=7))),
        ("404", Rejected("solapi_404", permanent=False)),
        ("402", Rejected("auth_solapi_NotEnoughBalance", permanent=False)),
        ("garbled", Unknown("unreadable answer: JSONDecodeError")),
        ("list", Unknown("unreadable answer: AttributeError")),
        ("no_id", Unknown("an answer without a reference")),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_only_what_is_certain_is_said(
    server: SolapiServer, solapi: Solapi, fault: str, answer: object
) -> None:
    server.faults = [fault]
    assert await solapi.send(ORDER) == answer
    assert server.requests == 1


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"sender": "0226703599"}, Rejected("solapi_1062", permanent=True, elsewhere=True)),
        ({"body": "가" * 46}, Rejected("solapi_1031", permanent=True)),
        ({"recipient": "01012349999"}, Rejected("solapi_1030", permanent=False)),
        ({"recipient": "+819012345678"}, Rejected("not_domestic", permanent=False)),
        ({"recipient": "119"}, Rejected("bad_number", permanent=True)),
    ],
)
async def test_refusals(
    server: SolapiServer, solapi: Solapi, change: dict[str, str], answer: object
) -> None:
    assert await solapi.send(replace(ORDER, **change)) == answer
    assert server.messages == {}


@pytest.mark.usefixtures("impatient")
async def test_nobody_there_is_certain(surroundings: Surroundings, server: SolapiServer) -> None:
    with nobody_accepts() as url:
        secrets = {**surroundings.secrets, "SOLAPI_API_URL": url}
        waiting = Solapi(replace(surroundings, secrets=secrets))
        assert await waiting.send(ORDER) == UNREACHABLE
    await server.__aexit__(None, None, None)
    assert await Solapi(surroundings).send(ORDER) == REFUSED


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SOLAPI_API_SECRET", "wrong", "SignatureDoesNotMatch"),
        ("SOLAPI_API_KEY", "OTHER", "InvalidAPIKey"),
    ],
)
async def test_wrong_credentials_are_the_providers_trouble(
    surroundings: Surroundings, name: str, value: str, word: str
) -> None:
    secrets = {**surroundings.secrets, name: value}
    answer = await Solapi(replace(surroundings, secrets=secrets)).send(ORDER)
    assert answer == Rejected(f"auth_solapi_{word}", permanent=False)


async def test_a_clock_that_is_wrong(server: SolapiServer, solapi: Solapi) -> None:
    server.now = NOW + timedelta(minutes=16)
    assert await solapi.send(ORDER) == Rejected("auth_solapi_RequestTimeTooSkewed", permanent=False)


@pytest.mark.parametrize("missing", list(SECRETS))
def test_a_missing_credential_is_named(missing: str, tmp_path: Path) -> None:
    nobody: Any = None
    with pytest.raises(Misconfigured, match=missing):
        Solapi(Surroundings("", tmp_path, SECRETS | {missing: ""}, nobody, lambda: NOW))


async def test_a_hundred_at_once_each_signed_anew(server: SolapiServer, solapi: Solapi) -> None:
    orders = [replace(ORDER, order_id=f"order-{n}") for n in range(100)]
    answers = await asyncio.gather(*map(solapi.send, orders))
    kept = {m["customFields"]["madangOrder"]: ref for ref, m in server.messages.items()}
    assert answers == [Accepted(kept[order.order_id]) for order in orders]


@pytest.mark.parametrize(
    ("code", "status"),
    [("4000", Status.DELIVERED), ("3043", Status.FAILED), ("3040", Status.EXPIRED)],
)
async def test_a_report_is_a_receipt(
    server: SolapiServer, solapi: Solapi, code: str, status: Status
) -> None:
    server.faults = ["reset"]  # the answer is lost: the report names the order all the same
    assert isinstance(await solapi.send(ORDER), Unknown)
    (reference,) = server.messages
    expected = Receipt(
        provider="solapi",
        event_id=f"{reference}:{code}",
        status=status,
        at=NOW + timedelta(seconds=9),
        order_id=ORDER.order_id,
        reference=reference,
        reason=None if code == "4000" else f"solapi_{code}",
    )
    for _ in range(2):  # told twice, it is the same news
        assert list(solapi.parse_callback(*server.report(reference, code))) == [expected]


async def test_reports_come_several_at_once_and_out_of_order(
    server: SolapiServer, solapi: Solapi
) -> None:
    answers = [await solapi.send(replace(ORDER, order_id=f"o-{n}")) for n in range(3)]
    references = [answer.reference for answer in answers if isinstance(answer, Accepted)]
    headers, _, url = server.report(references[0], "4000")
    server.report(references[1], "3000")
    server.report(references[2], "3047")
    body = json.dumps([server.messages[reference] for reference in reversed(references)]).encode()
    told = solapi.parse_callback(headers, body, url)
    assert [(each.order_id, each.status) for each in told] == [
        ("o-2", Status.FAILED),
        ("o-0", Status.DELIVERED),
    ]


async def test_forged_and_unreadable_reports(server: SolapiServer, solapi: Solapi) -> None:
    answer = await solapi.send(ORDER)
    assert isinstance(answer, Accepted)
    headers, body, url = server.report(answer.reference, "4000")
    for forged in (url.replace(TOKEN, "guess"), url.partition("?")[0], url.replace("token", "t")):
        with pytest.raises(Forged):
            solapi.parse_callback(headers, body, forged)
    for unreadable in (b"", b"{}", b"[1]", b"[{}]", b"\xff", b'{"messageId": "M"}'):
        with pytest.raises(Malformed):
            solapi.parse_callback(headers, unreadable, url)


async def test_look_up_by_reference_and_by_our_id(server: SolapiServer, solapi: Solapi) -> None:
    answer = await solapi.send(ORDER)
    assert isinstance(answer, Accepted)
    await solapi.send(replace(ORDER, order_id="order-2"))
    for known in (answer.reference, None):
        assert await solapi.look_up(ORDER, known, NOW) == Found(Status.ACCEPTED, answer.reference)
    server.report(answer.reference, "4000")
    for known in (answer.reference, None):
        assert await solapi.look_up(ORDER, known, NOW) == Found(Status.DELIVERED, answer.reference)
    server.report(answer.reference, "3042")
    found = await solapi.look_up(ORDER, None, NOW)
    assert found == Found(Status.FAILED, answer.reference, reason="solapi_3042")


async def test_what_is_not_listed_was_not_taken_once_the_list_has_settled(
    server: SolapiServer, solapi: Solapi
) -> None:
    server.faults = ["reset_before"]
    assert isinstance(await solapi.send(ORDER), Unknown)
    assert await solapi.look_up(ORDER, None, NOW) == CannotTell("not listed")
    assert await solapi.look_up(ORDER, None, LONG_AGO) == NotFound()
    assert await solapi.look_up(ORDER, "M404", LONG_AGO) == CannotTell("not listed")


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_looked_up(server: SolapiServer, solapi: Solapi) -> None:
    server.list_faults = ["500", "429", "reset_before", "garbled"]
    while server.list_faults:
        assert isinstance(await solapi.look_up(ORDER, None, LONG_AGO), CannotTell)
    await server.__aexit__(None, None, None)
    assert isinstance(await solapi.look_up(ORDER, None, LONG_AGO), CannotTell)
