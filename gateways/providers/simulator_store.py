"""What the simulated provider remembers: orders taken, hand-overs tried, receipts to come.

One SQLite file that any number of processes share and that survives kill -9. It holds no personal
data: numbers and words stand only in the files of what was 'sent', as issue and look ask.
"""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateways.contract import Channel
from gateways.providers.behaviour import Behaviour, Planned

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    order_id TEXT PRIMARY KEY, channel TEXT NOT NULL, units INTEGER NOT NULL,
    behaviour TEXT NOT NULL, taken_at REAL NOT NULL, ends_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS handovers (
    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS handovers_of ON handovers (order_id);
CREATE TABLE IF NOT EXISTS receipts (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, order_id TEXT NOT NULL, due_at REAL NOT NULL,
    leased_until REAL NOT NULL, tries INTEGER NOT NULL, body TEXT NOT NULL, forged INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS receipts_due ON receipts (channel, due_at);
"""
_LEASE_SECONDS = 15.0
_TRIES_MAX = 60


@dataclass(frozen=True, slots=True)
class Due:
    """A receipt whose time has come, leased to this process."""

    id: int
    body: str
    forged: bool
    tries: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that the provider took."""

    order_id: str
    channel: Channel
    units: int
    behaviour: Behaviour
    taken_at: float
    ends_at: float


class Store:
    """The file `simulator.sqlite3` of one directory. Every method is one short transaction."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "simulator.sqlite3"
        with self._transaction() as db:
            db.execute("PRAGMA journal_mode = WAL")
        with closing(sqlite3.connect(self._file, timeout=30)) as db:
            db.executescript(_SCHEMA)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = OFF")  # a simulator outlives processes, not machines
            yield db

    def handed_over(self, order_id: str) -> int:
        """Note that an order is handed over, before anything else; how often it was by now."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO handovers (order_id, at) VALUES (?, ?)", (order_id, time.time())
            )
            (count,) = db.execute(
                "SELECT count(*) FROM handovers WHERE order_id = ?", (order_id,)
            ).fetchone()
            return int(count)

    def handovers(self) -> dict[str, int]:
        """How often each order was handed over, for tests of at-most-once."""
        with self._transaction() as db:
            return dict(db.execute("SELECT order_id, count(*) FROM handovers GROUP BY order_id"))

    def handed_over_once_more(self) -> list[str]:
        """The orders that were handed over although they had been taken, for tests of at-most-once.

        What was noted here but not taken, for this process was killed in between, was truly said
        to be unknown and may come again."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT DISTINCT h.order_id FROM handovers h JOIN orders o USING (order_id)"
                " WHERE h.at > o.taken_at"
            )
            return [str(order_id) for (order_id,) in rows]

    def take(self, taken: Taken, receipts: Sequence[tuple[Planned, str]]) -> bool:
        """Take an order with the receipts planned for it (`body` is JSON); False where known."""
        with self._transaction() as db:
            db.execute("BEGIN IMMEDIATE")
            new = db.execute(
                "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    taken.order_id,
                    taken.channel.value,
                    taken.units,
                    taken.behaviour.value,
                    taken.taken_at,
                    taken.ends_at,
                ),
            ).rowcount
            if new:
                db.executemany(
                    "INSERT INTO receipts (channel, order_id, due_at, leased_until, tries, body,"
                    " forged) VALUES (?, ?, ?, 0, 0, ?, ?)",
                    [
                        (
                            taken.channel.value,
                            taken.order_id,
                            taken.taken_at + planned.after,
                            body,
                            planned.forged,
                        )
                        for planned, body in receipts
                    ],
                )
            db.execute("COMMIT")
            return bool(new)

    def find(self, order_id: str) -> Taken | None:
        with self._transaction() as db:
            row = db.execute("SELECT * FROM orders WHERE order_id = ?", (order_id,)).fetchone()
        return _taken(row) if row else None

    def latest(self, limit: int) -> list[Taken]:
        """The last orders taken, newest first."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT * FROM orders ORDER BY taken_at DESC, order_id LIMIT ?", (limit,)
            ).fetchall()
        return [_taken(row) for row in rows]

    def lease(
        self, channel: Channel, limit: int, *, ahead: float = 0.0, order_id: str | None = None
    ) -> list[Due]:
        """Receipts due within `ahead` seconds that no process holds, now held by this one."""
        now = time.time()
        with self._transaction() as db:
            rows = db.execute(
                "UPDATE receipts SET leased_until = ?, tries = tries + 1 WHERE id IN ("
                " SELECT id FROM receipts WHERE channel = ? AND due_at <= ? AND leased_until <= ?"
                " AND (? IS NULL OR order_id = ?) ORDER BY due_at, id LIMIT ?)"
                " RETURNING id, body, forged, tries, due_at",
                (
                    now + _LEASE_SECONDS,
                    channel.value,
                    now + ahead,
                    now,
                    order_id,
                    order_id,
                    limit,
                ),
            ).fetchall()
        rows.sort(key=lambda row: (row[4], row[0]))
        return [Due(row[0], row[1], bool(row[2]), row[3]) for row in rows]

    def called(self, receipt: Due) -> None:
        """The receipt has been answered for good: forget it."""
        with self._transaction() as db:
            db.execute("DELETE FROM receipts WHERE id = ?", (receipt.id,))

    def call_again(self, receipt: Due, wait_seconds: float) -> None:
        """Nobody answered: try later, and give up as a provider would after many times."""
        if receipt.tries >= _TRIES_MAX:
            self.called(receipt)
            return
        with self._transaction() as db:
            db.execute(
                "UPDATE receipts SET leased_until = 0, due_at = ? WHERE id = ?",
                (time.time() + wait_seconds, receipt.id),
            )

    def waiting(self) -> int:
        """How many receipts are still to be called."""
        with self._transaction() as db:
            (count,) = db.execute("SELECT count(*) FROM receipts").fetchone()
        return int(count)


def _taken(row: tuple[str, str, int, str, float, float]) -> Taken:
    order_id, channel, units, behaviour, taken_at, ends_at = row
    return Taken(order_id, Channel(channel), units, Behaviour(behaviour), taken_at, ends_at)


def body_of(order_id: str, reference: str, planned: Planned, at: str) -> str:
    """A receipt as the simulator tells it, in JSON."""
    name = f"nobody-{order_id}" if planned.nobodys else order_id
    return json.dumps(
        {
            "event": f"{reference}:{planned.event}",
            "order": name,
            "reference": f"nobody-{reference}" if planned.nobodys else reference,
            "status": planned.status.value,
            "units": planned.units,
            "reason": planned.reason,
            "at": at,
        }
    )
