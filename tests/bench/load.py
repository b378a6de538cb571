"""A load generator of its own process: keep-alive connections that ask again as soon as answered.

Used as `python -m tests.bench.load PORT SECONDS CONNECTIONS [--cookie COOKIE] < paths`: asks for
the paths in turn and prints `answers seconds` at the end; any answer but 200 ends it with an error.
"""

import argparse
import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence


async def _ask(port: int, requests: Iterator[bytes], end: float) -> int:
    """Answers read on one connection until the time is up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    count = 0
    while time.monotonic() < end:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            raise RuntimeError(f"answered {head[:200]!r}")
        await _body(reader, head.lower())
        count += 1
    writer.close()
    return count


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    """Reads the rest of an answer, whatever way its length is told."""
    mark = head.find(b"content-length:")
    if mark >= 0:
        await reader.readexactly(int(head[mark + 15 : head.index(b"\r\n", mark)]))
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


async def _run(port: int, seconds: float, connections: int, heads: Sequence[bytes]) -> str:
    requests = itertools.cycle(heads)
    begun = time.monotonic()
    counts = await asyncio.gather(
        *(_ask(port, requests, begun + seconds) for _ in range(connections))
    )
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
