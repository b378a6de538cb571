"""The contract: what a receipt is worth, how providers are found, what is certain over HTTP."""

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from gateways import http, providers
from gateways.contract import Channel, Found, Misconfigured, Receipt, Status
from gateways.providers import Roster, open_roster

NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "told", "ordered", "paid"),
    [
        (Status.DELIVERED, None, 3, 3),
        (Status.DELIVERED, 3, 3, 3),
        (Status.DELIVERED, 2, 3, 2),
        (Status.DELIVERED, 9, 3, 3),
        (Status.FAILED, None, 3, 0),
        (Status.FAILED, 2, 3, 2),
        (Status.FAILED, -1, 3, 0),
        (Status.EXPIRED, None, 3, 0),
        (Status.ACCEPTED, None, 3, 0),
    ],
)
def test_what_arrived_is_paid_for_and_no_more(
    status: Status, told: int | None, ordered: int, paid: int
) -> None:
    assert Receipt("p", "e", status, NOW, delivered_units=told).units_of(ordered) == paid
    assert Found(status, "r", told).units_of(ordered) == paid


def test_which_states_are_final() -> None:
    assert [status for status in Status if not status.final] == [Status.ACCEPTED]


async def roster(directory: Path, **more: object) -> Roster:
    given: dict[str, object] = {
        "sms": [],
        "fax": [],
        "callback_root": "https://madang.example.org/callbacks/",
        "directory": directory,
        "secrets": {},
        "now": lambda: NOW,
    }
    return await open_roster(**(given | more))  # type: ignore[arg-type]


async def test_the_roster_keeps_the_order_of_settings(tmp_path: Path) -> None:
    secrets = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}
    opened = await roster(tmp_path, sms=["twilio", "simulator"], fax=["simulator"], secrets=secrets)
    assert [provider.name for provider in opened.sms] == ["twilio", "simulator"]
    assert opened.named(Channel.SMS, "simulator") is opened.sms[1]
    assert opened.named(Channel.FAX, "twilio") is None
    assert opened.for_callback("twilio") is opened.sms[0]
    assert opened.for_callback("nobody") is None
    await opened.wake()
    await opened.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sms": ["nobody"]}, "nobody"),
        ({"fax": ["twilio"]}, "does not carry fax"),
        ({"sms": ["twilio"]}, "TWILIO_ACCOUNT_SID"),
        ({"sms": ["simulator"], "production": True}, "demonstration only"),
        ({"sms": ["simulator"], "secrets": {"SIMULATOR_PER_SECOND": "fast"}}, "_PER_SECOND"),
        ({"sms": ["simulator"], "secrets": {"SIMULATOR_PER_SECOND": "0"}}, "_PER_SECOND"),
    ],
)
async def test_wrong_settings_are_named(
    tmp_path: Path, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(Misconfigured, match=said):
        await roster(tmp_path, **settings)


async def test_a_providers_rate_comes_from_the_environment(tmp_path: Path) -> None:
    opened = await roster(
        tmp_path, sms=["simulator"], fax=["simulator"], secrets={"SIMULATOR_PER_SECOND": "2.5"}
    )
    assert opened.paces == {"simulator": 2.5}
    await opened.close()


@pytest.mark.parametrize("name", ["hylafax", "kannel", "simulator", "sinch", "solapi", "twilio"])
def test_every_provider_of_the_house_is_offered(name: str) -> None:
    found = providers.offer(name)
    assert (found.sms is None) != (found.fax is None) or name == "simulator"


PIGEON = """
    from gateways.contract import Accepted, Capabilities, NotFound, Offer

    class Pigeon:
        name = "pigeon"
        capabilities = Capabilities(receipts=False, look_up=True)
        def __init__(self, surroundings):
            self.callback_url = surroundings.callback_url
        async def send(self, order): return Accepted(f"pigeon-{order.order_id}")
        async def look_up(self, order, reference, since): return NotFound()
        def parse_callback(self, headers, body, url): return []
        async def wake(self): pass
        async def close(self): pass

    OFFER = Offer(sms=Pigeon)
    NONSENSE = object()
"""


@pytest.fixture
def pigeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package installed beside ours that brings a provider."""
    (tmp_path / "pigeon_post.py").write_text(textwrap.dedent(PIGEON))
    dist = tmp_path / "pigeon_post-1.0.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1.0\n")
    (dist / "entry_points.txt").write_text(
        "[madang.providers]\npigeon = pigeon_post:OFFER\nnonsense = pigeon_post:NONSENSE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("pigeon_post", None)


@pytest.mark.usefixtures("pigeon")
async def test_an_entry_point_adds_a_provider(tmp_path: Path) -> None:
    opened = await roster(tmp_path, sms=["pigeon"])
    (pigeon,) = opened.sms
    assert pigeon.name == "pigeon"
    assert vars(pigeon) == {"callback_url": "https://madang.example.org/callbacks/pigeon"}
    await opened.close()
    with pytest.raises(Misconfigured, match="nonsense"):
        providers.offer("nonsense")


# --- over HTTP ------------------------------------------------------------------------------------


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with http.open_session() as opened:
        yield opened


async def listening(*answers: bytes) -> tuple[asyncio.Server, str]:
    """A server that answers each connection with raw bytes and closes it."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_broken_answers_are_ambiguous(session: aiohttp.ClientSession, answer: bytes) -> None:
    server, url = await listening(answer)
    async with server:
        with pytest.raises(http.Ambiguous):
            await http.exchange(session, "POST", url, data=b"x")


async def test_a_whole_answer_of_any_status_is_an_answer(session: aiohttp.ClientSession) -> None:
    server, url = await listening(b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno")
    async with server:
        answer = await http.exchange(session, "POST", url, data=b"x")
    assert (answer.status, answer.body) == (503, b"no")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://no-such-host.invalid/", "https://127.0.0.1:9/"]
)
async def test_no_connection_is_certain(session: aiohttp.ClientSession, url: str) -> None:
    with pytest.raises(http.NeverSent):
        await http.exchange(session, "POST", url, data=b"x")


async def test_a_handshake_that_fails_has_sent_nothing(session: aiohttp.ClientSession) -> None:
    server, url = await listening(b"")
    async with server:
        with pytest.raises((http.NeverSent, http.Ambiguous)):
            await http.exchange(
                session, "POST", url.replace("http:", "https:"), answer_seconds=1, connect_seconds=1
            )


async def test_nothing_is_sent_twice_when_a_kept_connection_closes(
    session: aiohttp.ClientSession,
) -> None:
    """The server closes after its first answer: the second POST is ambiguous, not repeated."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await reader.readuntil(b"\r\n\r\n")
        requests += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await reader.readuntil(b"\r\n\r\n")
        requests += 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        await http.exchange(session, "POST", url)
        with pytest.raises(http.Ambiguous):
            await http.exchange(session, "POST", url)
    assert requests == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "999999999"}, 86_400),
        (
            {
                "Retry-After": "Sat, 28 Nov 2026 01:13:00 GMT",
                "Date": "Sat, 28 Nov 2026 01:12:00 GMT",
            },
            60,
        ),
        (
            {
                "Retry-After": "Sat, 28 Nov 2026 01:11:00 GMT",
                "Date": "Sat, 28 Nov 2026 01:12:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "Sat, 28 Nov 2026 01:13:00 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "²"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: int | None) -> None:
    wait = http.retry_after(CIMultiDictProxy(CIMultiDict(headers)))
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


async def test_no_redirect_is_followed(session: aiohttp.ClientSession) -> None:
    app = web.Application()

    async def away(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/"})

    app.router.add_post("/", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    assert (await http.exchange(session, "POST", url)).status == 307
    await runner.cleanup()
