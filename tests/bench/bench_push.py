"""Pushes encrypted and posted, against bare aiohttp posting ready-made bodies, and pywebpush.

All post to one stub in a process of its own that answers 201; 100 are in flight (pywebpush as its
README uses it has one). The same payload to as many different devices.
"""

import asyncio
import contextlib
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from multiprocessing.connection import Connection

import aiohttp
import pywebpush
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateways.push import Delivered, EndpointRules, Pusher, Subscription, make_keys
from gateways.push.seal import BUCKETS, PAYLOAD_MAX, SEALED_MAX
from tests.gateways.push_service import base64url

PUSHES = 10_000
PYWEBPUSHES = 500
IN_FLIGHT = 100
BLOCK = 1_000
GOALS = {"pushes vs bare aiohttp": 0.5, "pushes vs pywebpush": 1.0}
PAYLOAD = '{"title":"민원이 접수되었습니다","body":"2611-000427-8","link":"/complaints"}'.encode()


class _Stub(asyncio.Protocol):
    """The least HTTP server: reads a request by its Content-Length, answers 201, keeps alive."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while True:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            size = next(
                int(line[15:])
                for line in head.split(b"\r\n")
                if line[:15].lower() == b"content-length:"
            )
            if len(rest) < size:
                return
            self._data = rest[size:]
            self._transport.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


def _serve(pipe: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Stub, "127.0.0.1", 0, backlog=1000)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


@contextlib.contextmanager
def a_stub() -> Iterator[str]:
    """Its address."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.kill()
        process.join()


def devices(origin: str, count: int) -> list[Subscription]:
    """Subscriptions of as many devices."""
    found = []
    for number in range(count):
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        auth = base64url(os.urandom(16))
        found.append(Subscription(f"{origin}/push/{number}", base64url(point), auth))
    return found


async def in_flight[T](work: Callable[[T], Awaitable[None]], items: list[T]) -> float:
    """Seconds for all, IN_FLIGHT at a time."""
    left = iter(items)

    async def worker() -> None:
        for item in left:
            await work(item)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return time.perf_counter() - started


async def ours(pusher: Pusher, targets: list[Subscription]) -> float:
    async def push(target: Subscription) -> None:
        outcome = await pusher.send(target, PAYLOAD, ttl=timedelta(hours=1))
        assert outcome == Delivered(), outcome

    return await in_flight(push, targets)


async def bare(targets: list[Subscription]) -> float:
    """aiohttp alone, with headers and bodies as long as ours, made beforehand."""
    body = os.urandom(BUCKETS[0] + SEALED_MAX - PAYLOAD_MAX)
    headers = {
        "TTL": "3600",
        "Urgency": "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": "vapid t=" + "a" * 240 + ", k=" + "b" * 87,
    }
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(target: Subscription) -> None:
            async with session.post(target.endpoint, data=body, headers=headers) as response:
                assert response.status == 201

        return await in_flight(post, targets)


def with_pywebpush(private_pem: bytes, targets: list[Subscription]) -> float:
    """One after another, as its README shows."""
    key = serialization.load_pem_private_key(private_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    private = base64url(key.private_numbers().private_value.to_bytes(32))
    started = time.perf_counter()
    for target in targets:
        pywebpush.webpush(
            subscription_info={
                "endpoint": target.endpoint,
                "keys": {"p256dh": target.p256dh, "auth": target.auth},
            },
            data=PAYLOAD,
            vapid_private_key=private,
            vapid_claims={"sub": "mailto:office@example.org"},
            ttl=3600,
        )
    return time.perf_counter() - started


async def rounds(origin: str, private_pem: bytes) -> tuple[float, float]:
    """Messages a second, ours and bare, in turn by blocks so that both meet the same machine."""
    targets = devices(origin, PUSHES)
    blocks = [targets[at : at + BLOCK] for at in range(0, PUSHES, BLOCK)]
    rules = EndpointRules(allow_loopback=True)
    async with Pusher(private_pem, "mailto:office@example.org", rules) as pusher:
        await ours(pusher, targets[:200])
        await bare(targets[:200])
        times = [(await ours(pusher, block), await bare(block)) for block in blocks]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    return BLOCK / mine, BLOCK / other


def run() -> dict[str, float]:
    """Messages a second, ours to theirs."""
    private_pem = make_keys()
    with a_stub() as origin:
        mine, other = asyncio.run(rounds(origin, private_pem))
        readme = PYWEBPUSHES / with_pywebpush(private_pem, devices(origin, PYWEBPUSHES))
    ratios = dict(zip(GOALS, (mine / other, mine / readme), strict=True))
    for name, ratio in ratios.items():
        print(f"{name} {ratio:.2f} goal {GOALS[name]}")
    print(f"({mine:.0f} ours, {other:.0f} bare aiohttp, {readme:.0f} pywebpush, messages a second)")
    return ratios


if __name__ == "__main__":
    run()
