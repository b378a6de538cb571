"""Sinch against a server that asks for its tokens and behaves as documented, or badly."""

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
    Status,
    Surroundings,
    Unknown,
)
from gateways.providers.sinch_fax import Sinch
from tests.gateways.misbehaving import AMBIGUOUS, REFUSED, UNREACHABLE, nobody_accepts
from tests.gateways.simulated import fax_order
from tests.gateways.sinch_server import KEY_ID, KEY_SECRET, PROJECT, SinchServer

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
CALLBACK = "https://madang.example.org/callbacks/sinch"
ORDER = fax_order("order-1.a")
SECRETS = {
    "SINCH_PROJECT_ID": PROJECT,
    "SINCH_KEY_ID": KEY_ID,
    "SINCH_KEY_SECRET": KEY_SECRET,
    "SINCH_WEBHOOK_SECRET": "ours",
}


@pytest.fixture
async def server() -> AsyncIterator[SinchServer]:
    async with SinchServer() as running:
        yield running


@pytest.fixture
async def surroundings(server: SinchServer, tmp_path: Path) -> AsyncIterator[Surroundings]:
    urls = {"SINCH_API_URL": server.url, "SINCH_AUTH_URL": f"{server.url}/oauth2/token"}
    async with http.open_session() as session:
        yield Surroundings(CALLBACK, tmp_path, SECRETS | urls, session, lambda: NOW)


@pytest.fixture
async def sinch(surroundings: Surroundings) -> AsyncIterator[Sinch]:
    opened = Sinch(surroundings)
    yield opened
    await opened.close()


def with_secrets(surroundings: Surroundings, **more: str) -> Sinch:
    return Sinch(replace(surroundings, secrets={**surroundings.secrets, **more}))


async def deletions(server: SinchServer, number: int) -> None:
    async with asyncio.timeout(5):
        while len(server.deleted) < number:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_fax_is_sent_as_documented(server: SinchServer, sinch: Sinch) -> None:
    answer = await sinch.send(ORDER)
    ((reference, fax),) = server.faxes.items()
    assert answer == Accepted(reference)
    assert server.tiffs[reference] == ORDER.tiff
    assert (fax["to"], fax["from"]) == ("+82226703501", "+82226703500")
    assert (fax["fileName"], fax["fileType"]) == ("fax.tif", "image/tiff")
    assert fax["callbackUrl"].startswith(CALLBACK + "/documents?order=order-1.a&proof=")
    assert fax["callbackUrlContentType"] == "application/json"
    assert fax["numberOfPages"] == ORDER.pages


async def test_one_token_serves_many_and_is_renewed_in_time(
    server: SinchServer, surroundings: Surroundings
) -> None:
    clock = [NOW]
    sinch = Sinch(replace(surroundings, now=lambda: clock[0]))
    await asyncio.gather(*(sinch.send(replace(ORDER, order_id=f"o-{n}")) for n in range(20)))
    assert (len(server.faxes), server.tokens_given) == (20, 1)
    clock[0] += timedelta(minutes=58)
    await sinch.send(ORDER)
    assert server.tokens_given == 1
    clock[0] += timedelta(minutes=2)
    await sinch.send(ORDER)
    assert server.tokens_given == 2


async def test_a_token_that_is_refused_is_renewed_once(server: SinchServer, sinch: Sinch) -> None:
    await sinch.send(ORDER)
    server.tokens.clear()
    assert isinstance(await sinch.send(replace(ORDER, order_id="two")), Accepted)
    assert (len(server.faxes), server.tokens_given) == (2, 2)


async def test_basic_authentication(server: SinchServer, surroundings: Surroundings) -> None:
    assert isinstance(await with_secrets(surroundings, SINCH_AUTH="basic").send(ORDER), Accepted)
    assert server.tokens_given == 0
    wrong = with_secrets(surroundings, SINCH_AUTH="basic", SINCH_KEY_SECRET="wrong")
    assert await wrong.send(ORDER) == Rejected("auth_sinch_401", permanent=False)


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        *AMBIGUOUS,
        ("429", Rejected("rate_limited", permanent=False, retry_after=timedelta(seconds=7))),
        ("404", Rejected("sinch_404", permanent=False)),
        ("garbled", Unknown("unreadable answer: JSONDecodeError")),
        ("list", Unknown("unreadable answer: TypeError")),
        ("no_id", Unknown("unreadable answer: KeyError")),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_only_what_is_certain_is_said(
    server: SinchServer, sinch: Sinch, fault: str, answer: object
) -> None:
    server.faults = [fault]
    assert await sinch.send(ORDER) == answer
    assert server.requests == 1


@pytest.mark.parametrize("fault", ["500", "429", "reset_before", "garbled", "302"])
@pytest.mark.usefixtures("impatient")
async def test_without_a_token_nothing_was_sent(
    server: SinchServer, sinch: Sinch, fault: str
) -> None:
    server.token_faults = [fault]
    answer = await sinch.send(ORDER)
    assert isinstance(answer, Rejected)
    assert not answer.permanent
    assert answer.code.startswith("auth_sinch_")
    assert server.requests == 0
    assert isinstance(await sinch.send(ORDER), Accepted)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"sender": "0226703599"}, Rejected("sinch_400", permanent=True)),
        ({"recipient": "119"}, Rejected("bad_number", permanent=True)),
    ],
)
async def test_refusals(
    server: SinchServer, sinch: Sinch, change: dict[str, str], answer: object
) -> None:
    assert await sinch.send(replace(ORDER, **change)) == answer
    assert server.faxes == {}


@pytest.mark.usefixtures("impatient")
async def test_nobody_there_is_certain(surroundings: Surroundings, server: SinchServer) -> None:
    with nobody_accepts() as url:
        waiting = with_secrets(surroundings, SINCH_API_URL=url, SINCH_AUTH="basic")
        assert await waiting.send(ORDER) == UNREACHABLE
    basic = with_secrets(surroundings, SINCH_AUTH="basic")
    await server.__aexit__(None, None, None)
    assert await basic.send(ORDER) == REFUSED


@pytest.mark.parametrize("missing", list(SECRETS))
async def test_a_missing_credential_is_named(missing: str, tmp_path: Path) -> None:
    nobody: Any = None
    with pytest.raises(Misconfigured, match=missing):
        Sinch(Surroundings(CALLBACK, tmp_path, SECRETS | {missing: ""}, nobody, lambda: NOW))


@pytest.mark.parametrize(
    ("status", "more", "expected", "pages", "reason"),
    [
        ("COMPLETED", {"pagesSentSuccessfully": 2}, Status.DELIVERED, 2, None),
        ("COMPLETED", {}, Status.DELIVERED, 2, None),
        (
            "FAILURE",
            {"pagesSentSuccessfully": 1, "errorType": "FAX_ERROR", "errorCode": 8},
            Status.FAILED,
            1,
            "fax_error_8",
        ),
        ("FAILURE", {"errorType": "LINE_ERROR"}, Status.FAILED, 0, "line_error"),
    ],
)
async def test_a_callback_is_a_receipt_and_has_the_pages_deleted(
    server: SinchServer,
    sinch: Sinch,
    status: str,
    more: dict[str, Any],
    expected: Status,
    pages: int,
    reason: str | None,
) -> None:
    server.faults = ["reset"]  # the answer is lost: the callback names the order all the same
    assert isinstance(await sinch.send(ORDER), Unknown)
    (reference,) = server.faxes
    (told,) = sinch.parse_callback(*server.callback(reference, status, **more))
    assert told == Receipt(
        provider="sinch",
        event_id=f"{reference}:{expected}",
        status=expected,
        at=NOW + timedelta(minutes=2),
        order_id=ORDER.order_id,
        reference=reference,
        delivered_units=more.get("pagesSentSuccessfully"),
        reason=reason,
    )
    assert told.units_of(ORDER.pages) == pages
    assert [told] == list(sinch.parse_callback(*server.callback(reference, status, **more)))
    await deletions(server, 2)
    assert set(server.deleted) == {reference}


async def test_a_callback_as_a_form(server: SinchServer, sinch: Sinch) -> None:
    answer = await sinch.send(ORDER)
    assert isinstance(answer, Accepted)
    (told,) = sinch.parse_callback(*server.form_callback(answer.reference, "COMPLETED"))
    assert (told.order_id, told.status) == (ORDER.order_id, Status.DELIVERED)
    await deletions(server, 1)


async def test_news_on_the_way_and_faxes_that_came_in(server: SinchServer, sinch: Sinch) -> None:
    answer = await sinch.send(ORDER)
    assert isinstance(answer, Accepted)
    headers, body, url = server.callback(answer.reference, "IN_PROGRESS")
    assert list(sinch.parse_callback(headers, body, url)) == []
    incoming = body.replace(b"FAX_COMPLETED", b"INCOMING_FAX")
    assert list(sinch.parse_callback(headers, incoming, url)) == []


async def test_forged_and_unreadable_callbacks(server: SinchServer, sinch: Sinch) -> None:
    answer = await sinch.send(ORDER)
    assert isinstance(answer, Accepted)
    headers, body, url = server.callback(answer.reference, "COMPLETED")
    for forged in (
        url.replace("order-1.a", "order-2"),
        url.partition("&proof")[0],
        url.partition("?")[0],
        url + "&proof=0",
        url[:-1] + ("0" if url[-1] != "0" else "1"),
    ):
        with pytest.raises(Forged):
            sinch.parse_callback(headers, body, forged)
    told = json.loads(body)
    for unreadable in (
        b"",
        b"[]",
        b"\xff",
        json.dumps(told | {"fax": {"status": "COMPLETED"}}).encode(),
        json.dumps(told | {"fax": told["fax"] | {"id": "../x"}}).encode(),
        json.dumps(told | {"fax": told["fax"] | {"pagesSentSuccessfully": "x"}}).encode(),
    ):
        with pytest.raises(Malformed):
            sinch.parse_callback(headers, unreadable, url)
    with pytest.raises(Malformed):
        sinch.parse_callback({"Content-Type": "multipart/form-data"}, body, url)


async def test_look_up_by_reference_and_by_our_address(server: SinchServer, sinch: Sinch) -> None:
    answer = await sinch.send(ORDER)
    assert isinstance(answer, Accepted)
    reference = answer.reference
    await sinch.send(replace(ORDER, order_id="order-2"))
    for known in (reference, None):
        assert await sinch.look_up(ORDER, known, NOW) == Found(Status.ACCEPTED, reference)
    server.end(reference, "FAILURE", pagesSentSuccessfully=1, errorType="CALL_ERROR", errorCode=17)
    for known in (reference, None):
        found = await sinch.look_up(ORDER, known, NOW)
        assert found == Found(Status.FAILED, reference, 1, "call_error_17")
    await deletions(server, 2)


async def test_what_is_not_listed_was_not_taken_once_the_list_has_settled(
    server: SinchServer, sinch: Sinch
) -> None:
    server.faults = ["reset_before"]
    assert isinstance(await sinch.send(ORDER), Unknown)
    assert await sinch.look_up(ORDER, None, NOW) == CannotTell("not listed")
    assert await sinch.look_up(ORDER, None, LONG_AGO) == NotFound()
    assert isinstance(await sinch.look_up(ORDER, "01F404", LONG_AGO), CannotTell)


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_looked_up(server: SinchServer, sinch: Sinch) -> None:
    server.list_faults = ["500", "429", "reset_before", "garbled"]
    while server.list_faults:
        assert isinstance(await sinch.look_up(ORDER, None, LONG_AGO), CannotTell)
    await server.__aexit__(None, None, None)
    assert isinstance(await sinch.look_up(ORDER, None, LONG_AGO), CannotTell)
