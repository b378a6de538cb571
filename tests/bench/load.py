"""A load generator of its own process: keep-alive connections that ask again as soon as answered.

Used as `python -m tests.bench.load PORT SECONDS CONNECTIONS [--cookie COOKIE] < paths`: asks for
the paths in turn and prints `answers seconds` at the end; any answer but 200 ends it with an error.
"""

import argparse
import asyncio
import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final, cast

LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)")


class _Reader(asyncio.Protocol):
    """One connection: asks, takes the whole answer in, and asks again until the time is up.

    It is a few lines on the bare transport because it shares the machine with what it measures.
    """

    def __init__(self, requests: Iterator[bytes], end: float) -> None:
        self.count = 0
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._end = end
        self._left = -1
        self._head = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data, self._head = self._head[:end].lower(), self._head[end + 4 :], b""
            length = LENGTH.search(head)
            if b" 200 " not in head[:16] or length is None:
                self._fail(RuntimeError(f"answered {head[:200]!r}"))
                return
            self._left = int(length[1])
        self._left -= len(data)
        if self._left == 0:
            self._answered()
        elif self._left < 0:
            self._fail(RuntimeError("more than the answer's length"))

    def _answered(self) -> None:
        self.count += 1
        self._left = -1
        if time.monotonic() < self._end:
            self._transport.write(next(self._requests))
        else:
            self._transport.close()
            self.done.set_result(self.count)

    def _fail(self, error: Exception) -> None:
        self._transport.close()
        if not self.done.done():
            self.done.set_exception(error)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or ConnectionResetError("the server closed the connection"))


async def _run(port: int, seconds: float, connections: int, heads: Sequence[bytes]) -> str:
    requests = itertools.cycle(heads)
    begun = time.monotonic()
    loop = asyncio.get_running_loop()
    readers = [
        (await loop.create_connection(make, "127.0.0.1", port))[1]
        for make in [lambda: _Reader(requests, begun + seconds)] * connections
    ]
    counts = await asyncio.gather(*(reader.done for reader in readers))
    return f"{sum(counts)} {time.monotonic() - begun:.3f}"


def start(
    port: int, paths: Sequence[str], *, seconds: float, connections: int = 16, cookie: str = ""
) -> subprocess.Popen[str]:
    """Starts the generator beside the caller; hand the process to `rate`."""
    words = [str(port), str(seconds), str(connections)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load", *words, *(["--cookie", cookie] * bool(cookie))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write("\n".join(paths))
    process.stdin.close()
    return process


def rate(process: subprocess.Popen[str]) -> float:
    """Answers a second of a generator, once it has ended."""
    assert process.stdout is not None
    answers, seconds = process.stdout.read().split()
    assert process.wait() == 0
    return int(answers) / float(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("connections", type=int)
    parser.add_argument("--cookie", default="")
    words = parser.parse_args()
    fields = f"Host: 127.0.0.1:{words.port}\r\nAccept-Language: ko\r\n"
    if words.cookie:
        fields += f"Cookie: {words.cookie}\r\n"
    heads = [
        f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode() for path in sys.stdin.read().split("\n")
    ]
    print(asyncio.run(_run(words.port, words.seconds, words.connections, heads)))


if __name__ == "__main__":
    main()
