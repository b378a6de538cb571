"""Twilio through its own package, against a server that behaves as documented, or badly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from gateways import http
from gateways.contract import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    Malformed,
    Misconfigured,
    Receipt,
    Rejected,
    SmsOrder,
    SmsProvider,
    Status,
    Surroundings,
    Unknown,
)
from gateways.providers import twilio_sms
from tests.gateways.misbehaving import UNREACHABLE, nobody_accepts
from tests.gateways.twilio_server import ACCOUNT, TOKEN, TwilioServer

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
CALLBACK = "https://madang.example.org/callbacks/twilio"
ORDER = SmsOrder("order-1.a", "0226703500", "01012345678", "토요일 10시에 만나요 & 늦지 마세요 + 1")


@pytest.fixture
async def server() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as running:
        yield running


@pytest.fixture
async def surroundings(server: TwilioServer, tmp_path: Path) -> AsyncIterator[Surroundings]:
    secrets = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": server.url,
    }
    async with http.open_session() as session:
        yield Surroundings(CALLBACK, tmp_path, secrets, session, lambda: NOW)


@pytest.fixture
def twilio(surroundings: Surroundings) -> SmsProvider:
    opened = twilio_sms.OFFER.sms
    assert opened is not None
    return opened(surroundings)


async def test_a_message_is_created_as_documented(
    server: TwilioServer, twilio: SmsProvider
) -> None:
    answer = await twilio.send(replace(ORDER, valid_for=timedelta(hours=2)))
    (message,) = server.messages.values()
    assert answer == Accepted(message.sid)
    assert message.fields == {
        "To": "+821012345678",
        "From": "+82226703500",
        "Body": ORDER.body,
        "StatusCallback": CALLBACK + "?order=order-1.a",
        "ValidityPeriod": "7200",
    }


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("429", Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=7))),
        ("404", Rejected("twilio_404", permanent=False)),
        ("500", Unknown("HTTP 500")),
        ("503", Unknown("HTTP 503")),
        ("408", Unknown("HTTP 408")),
        ("302", Unknown("HTTP 302")),
        ("reset_before", Unknown("ServerDisconnectedError")),
        ("reset", Unknown("ServerDisconnectedError")),
        ("garbled", Unknown("unreadable answer: JSONDecodeError")),
        ("list", Unknown("unreadable answer: AttributeError")),
        ("no_id", Unknown("an answer without a reference")),
        ("huge", Unknown("an answer of more than 1 MB")),
        ("slow", Unknown("SocketTimeoutError")),
        ("drip", Unknown("TimeoutError")),
    ],
)
async def test_only_what_is_certain_is_said(
    server: TwilioServer,
    twilio: SmsProvider,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    answer: object,
) -> None:
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    server.faults = [fault]
    assert await twilio.send(ORDER) == answer
    assert server.requests == 1  # nothing is repeated behind our back


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"recipient": "0226703501"}, Rejected("twilio_21614", permanent=True)),
        ({"recipient": "+12345678"}, Rejected("twilio_21211", permanent=True)),
        ({"sender": "0226703599"}, Rejected("twilio_21606", permanent=True, elsewhere=True)),
        ({"body": ""}, Rejected("twilio_21602", permanent=True)),
        ({"recipient": "01012340000"}, Rejected("twilio_21611", permanent=False)),
        ({"recipient": "119"}, Rejected("bad_number", permanent=True)),
    ],
)
async def test_refusals(
    server: TwilioServer, twilio: SmsProvider, change: dict[str, str], answer: object
) -> None:
    assert await twilio.send(replace(ORDER, **change)) == answer
    assert server.messages == {}


async def test_nobody_there_is_certain(twilio: SmsProvider, server: TwilioServer) -> None:
    await server.__aexit__(None, None, None)
    answer = await twilio.send(ORDER)
    assert answer == Rejected("unreachable_ClientConnectorError", permanent=False)


async def test_a_server_that_accepts_no_connection_is_certain(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    with nobody_accepts() as url:
        secrets = {**surroundings.secrets, "TWILIO_API_URL": url}
        waiting = twilio_sms.TwilioSms(replace(surroundings, secrets=secrets))
        assert await waiting.send(ORDER) == UNREACHABLE


async def test_receipts_that_come_early_twice_and_out_of_order(
    server: TwilioServer, twilio: SmsProvider
) -> None:
    """Each is told as it is; which of them counts is for the server to say, once."""
    server.faults = ["reset"]
    assert isinstance(await twilio.send(ORDER), Unknown)
    (sid,) = server.messages
    words = ["delivered", "sent", "delivered", "undelivered"]
    told = [list(twilio.parse_callback(*server.callback(sid, word))) for word in words]
    assert [[receipt.event_id for receipt in each] for each in told] == [
        [f"{sid}:delivered"],
        [],
        [f"{sid}:delivered"],
        [f"{sid}:undelivered"],
    ]


async def test_a_wrong_token_is_the_providers_trouble_not_the_messages(
    surroundings: Surroundings, server: TwilioServer
) -> None:
    secrets = {**surroundings.secrets, "TWILIO_AUTH_TOKEN": "wrong"}
    provider = twilio_sms.TwilioSms(replace(surroundings, secrets=secrets))
    assert await provider.send(ORDER) == Rejected("auth_twilio_20003", permanent=False)


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_a_missing_credential_is_named(missing: str, tmp_path: Path) -> None:
    secrets = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, missing: " "}
    nobody: Any = None
    with pytest.raises(Misconfigured, match=missing):
        twilio_sms.TwilioSms(Surroundings(CALLBACK, tmp_path, secrets, nobody, lambda: NOW))


async def test_a_hundred_at_once_each_with_its_own_answer(
    server: TwilioServer, twilio: SmsProvider
) -> None:
    orders = [replace(ORDER, order_id=f"order-{n}") for n in range(100)]
    answers = await asyncio.gather(*map(twilio.send, orders))
    for order, answer in zip(orders, answers, strict=True):
        assert answer == Accepted(server.by_order[order.order_id][0])


@pytest.mark.parametrize(
    ("word", "error", "status"),
    [
        ("delivered", None, Status.DELIVERED),
        ("read", None, Status.DELIVERED),
        ("undelivered", 30003, Status.FAILED),
        ("failed", 30008, Status.FAILED),
        ("canceled", None, Status.FAILED),
        ("failed", 30036, Status.EXPIRED),
    ],
)
async def test_a_signed_callback_is_a_receipt(
    server: TwilioServer, twilio: SmsProvider, word: str, error: int | None, status: Status
) -> None:
    answer = await twilio.send(ORDER)
    assert isinstance(answer, Accepted)
    headers, body, url = server.callback(answer.reference, word, error)
    expected = Receipt(
        provider="twilio",
        event_id=f"{answer.reference}:{word}",
        status=status,
        at=NOW,
        order_id=ORDER.order_id,
        reference=answer.reference,
        reason=str(error) if error else None,
    )
    assert list(twilio.parse_callback(headers, body, url)) == [expected]
    assert list(twilio.parse_callback(headers, body, url)) == [expected]
    assert expected.units_of(1) == (1 if status is Status.DELIVERED else 0)


@pytest.mark.parametrize("word", ["queued", "sending", "sent", "accepted", "something new"])
async def test_news_on_the_way_is_no_receipt(
    server: TwilioServer, twilio: SmsProvider, word: str
) -> None:
    answer = await twilio.send(ORDER)
    assert isinstance(answer, Accepted)
    assert list(twilio.parse_callback(*server.callback(answer.reference, word))) == []


async def test_an_order_whose_answer_was_lost_is_known_by_its_callback(
    server: TwilioServer, twilio: SmsProvider
) -> None:
    server.faults = ["reset"]
    assert isinstance(await twilio.send(ORDER), Unknown)
    (sid,) = server.messages
    (receipt,) = twilio.parse_callback(*server.callback(sid, "delivered"))
    assert (receipt.order_id, receipt.reference) == (ORDER.order_id, sid)


async def test_forged_callbacks(server: TwilioServer, twilio: SmsProvider) -> None:
    answer = await twilio.send(ORDER)
    assert isinstance(answer, Accepted)
    headers, body, url = server.callback(answer.reference, "delivered")
    forgeries = [
        (headers | {"x-twilio-signature": "bm8="}, body, url),
        ({}, body, url),
        (headers, body.replace(b"delivered", b"failed"), url),
        (headers, body + b"&ErrorCode=1", url),
        (headers, body, url.replace("order-1", "order-2")),
        (headers, body, url.replace("madang.example.org", "other.example.org")),
        (headers, b"\xff\xfe", url),
        (headers, b"", url),
        (headers | {"X-Twilio-Webhooks-Signature-Settings": "algorithm=NONE"}, body, url),
        server.callback(answer.reference, "delivered", token="another"),
    ]
    for forged_headers, forged_body, forged_url in forgeries:
        with pytest.raises(Forged):
            twilio.parse_callback(forged_headers, forged_body, forged_url)


def test_a_signed_sms_that_comes_in(surroundings: Surroundings) -> None:
    twilio = twilio_sms.TwilioSms(surroundings)
    url = "https://madang.example.org/callbacks/twilio/inbound"
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM7", "From": "+821023456789", "Body": "STOP"}
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    signed = {"X-Twilio-Signature": signature}
    (said,) = twilio.parse_inbound(signed, urlencode(fields).encode(), url)
    assert (said.event_id, said.number, said.text) == ("SM7:in", "+821023456789", "STOP")
    with pytest.raises(Forged):
        twilio.parse_inbound(signed, urlencode(fields | {"Body": "stop"}).encode(), url)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"AccountSid": "AC1", "MessageSid": "SM1", "MessageStatus": "delivered"}, Forged),
        ({"AccountSid": ACCOUNT, "MessageStatus": "delivered"}, Malformed),
        ({"AccountSid": ACCOUNT, "MessageSid": "SM1"}, Malformed),
    ],
)
def test_signed_but_not_a_receipt_of_ours(
    surroundings: Surroundings, fields: dict[str, str], error: type[Exception]
) -> None:
    signature = RequestValidator(TOKEN).compute_signature(CALLBACK, fields)
    with pytest.raises(error):
        twilio_sms.TwilioSms(surroundings).parse_callback(
            {"X-Twilio-Signature": signature}, urlencode(fields).encode(), CALLBACK
        )


async def test_look_up_by_reference(server: TwilioServer, twilio: SmsProvider) -> None:
    answer = await twilio.send(ORDER)
    assert isinstance(answer, Accepted)
    reference = answer.reference
    assert await twilio.look_up(ORDER, reference, NOW) == Found(Status.ACCEPTED, reference)
    server.callback(reference, "delivered")
    assert await twilio.look_up(ORDER, reference, NOW) == Found(Status.DELIVERED, reference)
    server.callback(reference, "undelivered", 30003)
    found = await twilio.look_up(ORDER, reference, NOW)
    assert found == Found(Status.FAILED, reference, reason="30003")


async def test_what_cannot_be_looked_up(server: TwilioServer, twilio: SmsProvider) -> None:
    assert isinstance(await twilio.look_up(ORDER, None, NOW), CannotTell)
    assert isinstance(await twilio.look_up(ORDER, "SM404", NOW), CannotTell)
    server.faults = ["500"]
    assert isinstance(await twilio.look_up(ORDER, "SM404", NOW), CannotTell)
    await server.__aexit__(None, None, None)
    assert isinstance(await twilio.look_up(ORDER, "SM404", NOW), CannotTell)
