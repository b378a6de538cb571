"""The HTTP of pushes against services that answer oddly, late, or not at all."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateways.push import EndpointRules, wire
from gateways.push.wire import Reply, Wire, WireError

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    return head, await reader.readexactly(size)


@asynccontextmanager
async def serving(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server whose connections `serve` handles; its origin."""
    busy: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            busy.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        server.close()
        for task in list(busy):
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that answers one request after another; on which connection each came."""
    left = list(answers)
    connections: list[int] = []
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        this = count
        while True:
            await request_of(reader)
            connections.append(this)
            writer.write(left.pop(0) if left else CREATED)
            await writer.drain()

    async with serving(serve) as origin:
        yield origin, connections


@pytest.fixture
async def line() -> AsyncIterator[Wire]:
    opened = Wire(EndpointRules(allow_loopback=True))
    yield opened
    await opened.close()


async def test_a_request_is_written_as_http_asks(line: Wire) -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_of(reader))
        writer.write(CREATED)

    async with serving(serve) as origin:
        assert await line.post(origin, "/a?b=c", "TTL: 5\r\n", b"body") == Reply(201, {})
    ((head, body),) = seen
    host = origin.removeprefix("http://").encode()
    assert head == (
        b"POST /a?b=c HTTP/1.1\r\nHost: " + host + b"\r\nTTL: 5\r\nContent-Length: 4\r\n\r\n"
    )
    assert body == b"body"


async def test_a_connection_is_kept_while_its_answers_are_whole(line: Wire) -> None:
    long = b"HTTP/1.1 400 No\r\nContent-Length: 5\r\n\r\nwrong"
    async with answering(CREATED, long, b"HTTP/1.1 204 No Content\r\n\r\n", CREATED) as (
        origin,
        connections,
    ):
        statuses = [(await line.post(origin, "", "", b"x")).status for _ in range(4)]
    assert statuses == [201, 400, 204, 201]
    assert connections == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nTransfer-Encoding: x\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_and_given_up_after_any_other(line: Wire, answer: bytes) -> None:
    async with answering(answer) as (origin, connections):
        assert (await line.post(origin, "/", "", b"x")).status == 201
        assert (await line.post(origin, "/", "", b"x")).status == 201
    assert connections == [1, 2]


async def test_answers_may_come_in_pieces(line: Wire) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\nretry-AFTER:  7 \r\nContent-"
        answer += b"Length: 3\r\nDate: Sat, 28 Nov 2026 01:12:00 GMT\r\n\r\nabc"
        for byte in answer:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(serve) as origin:
        reply = await line.post(origin, "/", "", b"x")
    assert reply.status == 429
    assert reply.headers == {"Retry-After": "7", "Date": "Sat, 28 Nov 2026 01:12:00 GMT"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "disconnected"),
        (b"HTTP/1.1 201 Cre", "disconnected"),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nab", "disconnected"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreadable"),
        (b"HTTP/2 201\r\n\r\n", "unreadable"),
        (b"HTTP/1.1 999 What\r\n\r\n", "unreadable"),
        (b"HTTP/1.1 2015 What\r\n\r\n", "unreadable"),
        (b"HTTP/1.1 201 Created\r\nX: " + b"a" * 20_000, "unreadable"),
    ],
)
async def test_what_is_no_answer(line: Wire, answer: bytes, reason: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(answer)
        await writer.drain()

    async with serving(serve) as origin:
        with pytest.raises(WireError, match=reason):
            await line.post(origin, "/", "", b"x")


async def test_no_answer_in_time(line: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await request_of(reader)
        await asyncio.sleep(60)

    async with serving(serve) as origin:
        with pytest.raises(WireError, match="timeout"):
            await line.post(origin, "/", "", b"x")


async def test_a_connection_closed_while_it_rested_is_not_used(line: Wire) -> None:
    served = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        await request_of(reader)
        served += 1
        writer.write(CREATED)

    async with serving(serve) as origin:
        for _ in range(3):
            assert (await line.post(origin, "/", "", b"x")).status == 201
            await asyncio.sleep(0.05)
    assert served == 3


async def test_nor_one_that_rested_long(line: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering() as (origin, connections):
        await line.post(origin, "/", "", b"x")
        monkeypatch.setattr(wire, "IDLE_SECONDS", 0.0)
        await line.post(origin, "/", "", b"x")
    assert connections == [1, 2]


async def test_who_gives_up_takes_the_connection_along(line: Wire) -> None:
    """Or the answer to the one would be read as the answer to another."""
    come = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await request_of(reader)
        if b"/slow" in head:
            come.set()
            await asyncio.sleep(0.2)
            writer.write(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(CREATED)

    async with serving(serve) as origin:
        slow = asyncio.create_task(line.post(origin, "/slow", "", b"x"))
        await come.wait()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await line.post(origin, "/", "", b"x")).status == 201


async def test_a_limit_of_pushes_in_flight(line: Wire) -> None:
    now = most = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        while True:
            await request_of(reader)
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.05)
            now -= 1
            writer.write(CREATED)

    async with serving(serve) as origin:
        replies = await asyncio.gather(*(line.post(origin, "/", "", b"x") for _ in range(500)))
    assert {reply.status for reply in replies} == {201}
    assert 50 < most <= wire.IN_FLIGHT_MAX


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "tls.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_certificate_that_nobody_vouches_for(line: Wire, tmp_path: Path) -> None:
    called = False

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal called
        del reader, writer
        called = True

    async with serving(serve, self_signed(tmp_path)) as origin:
        with pytest.raises(WireError, match="SSLCertVerificationError"):
            await line.post(origin, "/", "", b"x")
    assert not called


async def test_a_name_that_leads_inside_is_not_called() -> None:
    async with answering() as (origin, connections):
        inside = Wire(EndpointRules(extra_hosts=frozenset({"localhost"})))
        with pytest.raises(WireError, match="no public address"):
            await inside.post(origin.replace("127.0.0.1", "localhost"), "/", "", b"x")
        await inside.close()
    assert connections == []


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9", "https://no-such-host.invalid"])
async def test_nobody_there(line: Wire, origin: str) -> None:
    with pytest.raises(WireError, match=r"Error|gaierror"):
        await line.post(origin, "/", "", b"x")
