"""Kannel's words as measured on the real one (tests/engines), and what they let us conclude."""

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
    Malformed,
    Misconfigured,
    Receipt,
    Rejected,
    SmsOrder,
    Status,
    Surroundings,
    Unknown,
)
from gateways.providers.kannel import Kannel
from tests.gateways.kannel_server import PASSWORD, USER, KannelServer
from tests.gateways.misbehaving import AMBIGUOUS, REFUSED, UNREACHABLE, nobody_accepts

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
CALLBACK = "https://madang.example.org/callbacks/kannel"
ORDER = SmsOrder("order-1.a", "0226703500", "01012345678", "토요일 10시에 만나요")
SECRETS = {
    "KANNEL_URL": "http://127.0.0.1:1/",
    "KANNEL_USERNAME": USER,
    "KANNEL_PASSWORD": PASSWORD,
    "KANNEL_WEBHOOK_SECRET": "ours",
}


@pytest.fixture
async def server() -> AsyncIterator[KannelServer]:
    async with KannelServer() as running:
        yield running


@pytest.fixture
async def surroundings(server: KannelServer, tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with http.open_session() as session:
        secrets = SECRETS | {"KANNEL_URL": f"{server.url}/cgi-bin/sendsms"}
        yield Surroundings(CALLBACK, tmp_path, secrets, session, lambda: NOW)


@pytest.fixture
def kannel(surroundings: Surroundings) -> Kannel:
    return Kannel(surroundings)


def with_secrets(surroundings: Surroundings, **more: str) -> Kannel:
    return Kannel(replace(surroundings, secrets={**surroundings.secrets, **more}))


async def test_a_message_as_it_is_posted(server: KannelServer, kannel: Kannel) -> None:
    assert await kannel.send(replace(ORDER, valid_for=timedelta(minutes=90))) == Accepted(
        "order-1.a"
    )
    ((told, text),) = server.taken
    address = told.pop("DLR-Url")
    assert told == {
        "Username": USER,
        "Password": PASSWORD,
        "From": "+82226703500",
        "To": "+821012345678",
        "Coding": "2",
        "DLR-Mask": "19",
        "Priority": "0",
        "Validity": "90",
    }
    assert text == ORDER.body
    assert address.startswith(CALLBACK + "?order=order-1.a&proof=")
    assert address.endswith("&status=%d&reply=%A")


async def test_settings_of_the_office(server: KannelServer, surroundings: Surroundings) -> None:
    kannel = with_secrets(
        surroundings, KANNEL_NUMBERS="national", KANNEL_SMSC="LGU", KANNEL_PRIORITY="2"
    )
    await kannel.send(replace(ORDER, body="plain words"))
    ((told, _),) = server.taken
    assert (told["From"], told["To"]) == ("0226703500", "01012345678")
    assert (told["Coding"], told["SMSC"], told["Priority"]) == ("0", "LGU", "2")


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        *AMBIGUOUS,
        ("queued", Accepted("order-1.a")),
        ("busy", Rejected("busy_kannel", permanent=False)),
        ("no_route", Rejected("kannel_403", permanent=False)),
        ("denied", Rejected("kannel_400", permanent=True)),
        ("404", Rejected("kannel_404", permanent=False)),
        ("garbled", Unknown("an answer that is not Kannel's")),
        ("list", Unknown("an answer that is not Kannel's")),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_only_what_is_certain_is_said(
    server: KannelServer, kannel: Kannel, fault: str, answer: object
) -> None:
    server.faults = [fault]
    assert await kannel.send(ORDER) == answer
    assert server.requests == 1


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"recipient": "010"}, Rejected("bad_number", permanent=True)),
        ({"body": "가" * 671}, Rejected("too_long", permanent=True)),
        ({"body": "a" * 1531}, Rejected("too_long", permanent=True)),
        ({"body": ""}, Rejected("empty", permanent=True)),
    ],
)
async def test_what_kannel_would_cut_or_misdeliver_is_refused_here(
    server: KannelServer, kannel: Kannel, change: dict[str, str], answer: object
) -> None:
    assert await kannel.send(replace(ORDER, **change)) == answer
    assert server.requests == 0


@pytest.mark.usefixtures("impatient")
async def test_nobody_there_is_certain(surroundings: Surroundings, server: KannelServer) -> None:
    with nobody_accepts() as url:
        assert await with_secrets(surroundings, KANNEL_URL=url).send(ORDER) == UNREACHABLE
    await server.__aexit__(None, None, None)
    assert await Kannel(surroundings).send(ORDER) == REFUSED


@pytest.mark.parametrize(
    ("change", "named"),
    [
        *(({name: ""}, name) for name in SECRETS),
        ({"KANNEL_PARTS_MAX": "0"}, "KANNEL_PARTS_MAX"),
        ({"KANNEL_PRIORITY": "high"}, "KANNEL_PRIORITY"),
    ],
)
def test_a_wrong_setting_is_named(change: dict[str, str], named: str, tmp_path: Path) -> None:
    nobody: Any = None
    with pytest.raises(Misconfigured, match=named):
        Kannel(Surroundings(CALLBACK, tmp_path, SECRETS | change, nobody, lambda: NOW))


@pytest.mark.parametrize(
    ("status", "reply", "expected", "reason"),
    [
        (1, "", Status.DELIVERED, None),
        (2, "", Status.FAILED, "undeliverable"),
        (2, "id:1 sub:001 stat:UNDELIV err:027", Status.FAILED, "undeliverable_027"),
        (2, "id:1 stat:EXPIRED err:000", Status.EXPIRED, "undeliverable_000"),
        (2, "err:<b>01012345678</b>", Status.FAILED, "undeliverable"),
        (16, "NACK/", Status.FAILED, "rejected"),
    ],
)
async def test_a_report_is_a_receipt(
    server: KannelServer,
    kannel: Kannel,
    status: int,
    reply: str,
    expected: Status,
    reason: str | None,
) -> None:
    server.faults = ["reset"]
    assert isinstance(await kannel.send(ORDER), Unknown)
    for _ in range(2):
        (told,) = kannel.parse_callback(*server.report(0, status, reply))
        assert told == Receipt(
            provider="kannel",
            event_id=f"order-1.a:{status}",
            status=expected,
            at=NOW,
            order_id="order-1.a",
            reference="order-1.a",
            reason=reason,
        )


async def test_acceptance_by_the_smsc_is_no_news(server: KannelServer, kannel: Kannel) -> None:
    await kannel.send(ORDER)
    for status in (4, 8, 0):
        assert list(kannel.parse_callback(*server.report(0, status))) == []


async def test_forged_and_unreadable_reports(server: KannelServer, kannel: Kannel) -> None:
    await kannel.send(ORDER)
    headers, body, url = server.report(0, 1)
    for forged in (
        url.replace("order-1.a", "order-2"),
        url.replace("proof=", "proof=0"),
        url + "&order=order-2",
        CALLBACK,
    ):
        with pytest.raises(Forged):
            kannel.parse_callback(headers, body, forged)
    for unreadable in (url.replace("status=1", "status=%25d"), url.replace("status=1", "x=1")):
        with pytest.raises(Malformed):
            kannel.parse_callback(headers, body, unreadable)


WORD = "any long random word"


@pytest.mark.parametrize(
    ("charset", "text"), [("UTF-8", "STOP"), ("UTF-16BE", "수신거부"), ("utf-8", "")]
)
async def test_an_sms_that_comes_in(
    server: KannelServer, surroundings: Surroundings, charset: str, text: str
) -> None:
    """Headers and body are those of Kannel 1.4.5 with `post-url` and `send-sender`."""
    hearing = with_secrets(surroundings, KANNEL_INBOUND_WORD=WORD)
    url = f"https://madang.example/callbacks/kannel/inbound?word={WORD.replace(' ', '+')}"
    headers = {
        "Content-Type": f'text/plain; charset="{charset}"',
        "X-Kannel-From": "01023456789",
        "X-Kannel-To": "100",
        "X-Kannel-Time": "2026-11-22 04:40:34",
    }
    body = text.encode(charset)
    (first,), (again,) = (hearing.parse_inbound(headers, body, url) for _ in range(2))
    assert first == again
    assert (first.provider, first.number, first.text) == ("kannel", "01023456789", text)
    assert "2345" not in repr(first)
    for forged in (url[:-1], url.partition("?")[0]):
        with pytest.raises(Forged):
            hearing.parse_inbound(headers, body, forged)
    for deaf in ("", " "):
        with pytest.raises(Forged):
            with_secrets(surroundings, KANNEL_INBOUND_WORD=deaf).parse_inbound(headers, body, url)
    del headers["X-Kannel-From"]
    with pytest.raises(Malformed):
        hearing.parse_inbound(headers, body, url)


async def test_nobody_can_tell_but_the_report(kannel: Kannel) -> None:
    assert isinstance(await kannel.look_up(ORDER, "order-1.a", NOW), CannotTell)
