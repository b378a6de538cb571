"""Reads of SQLite so short that handing them to a thread would cost more than they do.

A session, a badge, a page of a list: some hundred steps of SQLite's machine, made on the event
loop itself. A read that turns out to be longer is broken off, made on a thread, and goes there at
once from then on; so nobody ever waits for more than a moment of somebody else's reading.
"""

from __future__ import annotations

import sqlite3
from time import thread_time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Glances"]

STEPS: Final = 1_000
TICKS_MAX: Final = 6
"""A read is broken off after about so many thousand steps: a third of a millisecond."""

SECONDS_MAX: Final = 0.002
SLOW_MAX: Final = 3
"""A read that takes so much processor time so often in a row is long although its steps are few (a
count, a sort); once it may have had to fetch pages from the disk."""

LONG_MAX: Final = 2_000
BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
UNCOUNTED: Final = " MATCH "
"""What the full-text index does within one step is not counted."""


class Glances:
    """The event loop's own reading connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._mark = object()
        self._ticks = 0
        self._long: set[str] = set()
        self._slow: dict[str, int] = {}
        connection.set_progress_handler(self._tick, STEPS)

    def read(self, sql: str, values: Sequence[object]) -> list[sqlite3.Row] | None:
        """The rows of a SELECT; None where it is for a thread. Raises what SQLite says of it."""
        if sql in self._long:
            return None
        if UNCOUNTED in sql:
            self._remembered(sql)
            return None
        self._ticks = 0
        began = thread_time()
        try:
            rows = self._connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                self._remembered(sql)
                return None
            if error.sqlite_errorcode & 0xFF in BUSY:
                return None
            raise
        if thread_time() - began > SECONDS_MAX:
            self._slow[sql] = times = self._slow.get(sql, 0) + 1
            if times >= SLOW_MAX:
                self._remembered(sql)
        elif self._slow:
            self._slow.pop(sql, None)
        return rows

    def standing(self) -> tuple[object, int]:
        """Equal to what it was before exactly as long as nobody has committed anything."""
        return self._mark, self._connection.execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _tick(self) -> bool:
        # A prepared statement goes on counting its steps where it stopped the last time, so the
        # first tick may come early.
        self._ticks += 1
        return self._ticks > TICKS_MAX

    def _remembered(self, sql: str) -> None:
        if len(self._long) >= LONG_MAX:
            self._long.clear()
        self._slow.pop(sql, None)
        self._long.add(sql)
