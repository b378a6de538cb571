"""The public list over 100,000 complaints, and a signed-in list, against a constant answer.

All three come from the same web process and are of the same size. While the public list is read,
ten complaints a second are filed; each must be on it within a second.
"""

import asyncio
import math
import re
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from tests.bench import growth, load
from tests.filing import filled, topic_of
from tests.office import Office, Phone
from tests.people import hidden_fields

COMPLAINTS = 100_000
PAGES = 50
SECONDS = 4.0
ROUNDS = 5
FILED_A_SECOND = 10
VISIBLE_WITHIN_SECONDS = 1.0
GOALS = {"public list": 0.6, "signed-in list": 0.3, "share seen within a second": 1.0}


async def _pages(phone: Phone) -> list[str]:
    """Addresses of the first pages of the public list, as its own links lead on."""
    paths = ["/complaints"]
    while len(paths) < PAGES:
        onward = _older((await phone.get(paths[-1])).text)
        assert onward, f"no older page behind {paths[-1]}"
        paths.append(onward)
    return paths


def _older(page: str) -> str | None:
    """Where a page of the list goes on."""
    onward = re.findall(r'href="(/complaints\?[^"]*before=\d+[^"]*)"', page)
    return onward[-1].replace("&amp;", "&") if onward else None


async def _file(office: Office, until: float) -> list[float]:
    """Files complaints at the given pace; seconds that each took to stand on the public list."""
    filed: dict[str, float] = {}
    seen: dict[str, float] = {}
    async with Phone(office.url) as phone, Phone(office.url) as neighbour:
        await phone.sign_in("resident")
        form = await phone.get("/complaints/new")
        hidden = hidden_fields(form.text)

        async def file_one() -> None:
            fields = filled(topic=topic_of(form.text), title=f"새 민원 {uuid.uuid4().hex[:8]}")
            key = {"form_key": str(uuid.uuid4())}
            answer = await phone.post("/complaints/new", fields, hidden=hidden | key, follow=False)
            assert answer.status == 303, answer.words
            filed[answer.headers["Location"].rsplit("/", 1)[-1].split("?")[0]] = time.monotonic()

        async def watch() -> None:
            while True:
                # Reads on from the newest to where it was: a burst may fill more than one page.
                path: str | None = "/complaints"
                while path:
                    page = (await neighbour.get(path)).text
                    numbers = re.findall(r"/complaints/(\d{4}-\d{6}-\d)", page)
                    reached = not seen or not seen.keys().isdisjoint(numbers)
                    for number in numbers:
                        seen.setdefault(number, time.monotonic())
                    path = None if reached else _older(page)
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        begun = time.monotonic()
        filing: list[asyncio.Task[None]] = []
        while time.monotonic() < until:
            filing.append(asyncio.create_task(file_one()))
            await asyncio.sleep(max(0.0, begun + len(filing) / FILED_A_SECOND - time.monotonic()))
        await asyncio.gather(*filing)
        await asyncio.sleep(2)
        watching.cancel()
    return [max(0.0, seen.get(number, math.inf) - at) for number, at in filed.items()]


async def _measure(folder: Path) -> dict[str, float]:
    office = Office(
        folder,
        f"sqlite://{folder / 'data' / 'madang.sqlite3'}",
        folder / "keys",
        {"MADANG_LIMITS_URL": "off", "MADANG_LOG_LEVEL": "warning"},
    )
    office.data.mkdir(parents=True)
    office.run("migrate")
    office.run("demo")
    growth.grow_sqlite(folder / "data" / "madang.sqlite3", COMPLAINTS)
    office.start_module("web", "tests.bench.server")
    office.wait_ready()
    try:
        async with Phone(office.url) as phone:
            paths = await _pages(phone)
            size_bytes = len((await phone.get(paths[0])).text.encode())
            await phone.sign_in("resident")
            cookie = "; ".join(f"{c.key}={c.value}" for c in phone.session.cookie_jar)
        load.rate(await _wait(load.start(office.port, paths, seconds=2)))
        rounds = [await _round(office, size_bytes, paths, cookie) for _ in range(ROUNDS)]
    finally:
        office.close()
    delays = [delay for each in rounds for delay in each.delays]
    for each in rounds:
        print(
            f"constant {each.bare:.0f}/s, public list {each.public:.0f}/s,"
            f" signed-in list {each.signed:.0f}/s"
        )
    print(
        f"{len(delays)} filed, on the list after {statistics.median(delays):.2f} s (median),"
        f" {max(delays):.2f} s (slowest)"
    )
    late = sum(delay > VISIBLE_WITHIN_SECONDS for delay in delays)
    print(f"{late} of {len(delays)} were later on the list than {VISIBLE_WITHIN_SECONDS:.0f} s")
    return {
        "public list": statistics.median(each.public / each.bare for each in rounds),
        "signed-in list": statistics.median(each.signed / each.bare for each in rounds),
        "share seen within a second": 1 - late / len(delays),
    }


@dataclass(frozen=True, slots=True)
class Round:
    """Answers a second of each, right after one another, and how long what was filed took."""

    bare: float
    public: float
    signed: float
    delays: list[float]


async def _round(office: Office, size_bytes: int, paths: list[str], cookie: str) -> Round:
    """One round. The three stand side by side in it because the machine has other work too, and
    a minute later more or less of it."""

    async def rate(asked: list[str], cookie: str = "") -> float:
        return load.rate(
            await _wait(load.start(office.port, asked, seconds=SECONDS, cookie=cookie))
        )

    bare = await rate([f"/bench/{size_bytes}"])
    signed = await rate(paths, cookie)
    reading = load.start(office.port, paths, seconds=SECONDS)
    delays = await _file(office, time.monotonic() + SECONDS)
    return Round(bare, load.rate(await _wait(reading)), signed, delays)


async def _wait[P](process: P) -> P:
    """Lets the event loop go on while a generator runs."""
    await asyncio.to_thread(process.wait)  # type: ignore[attr-defined]
    return process


def run() -> dict[str, float]:
    """Ratios to the constant answer of the same run."""
    folder = Path(tempfile.mkdtemp(prefix="madang-bench-"))
    try:
        return asyncio.run(_measure(folder))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    for name, ratio in run().items():
        print(f"{name} {ratio:.2f} goal {GOALS[name]}")
    sys.exit(0)
