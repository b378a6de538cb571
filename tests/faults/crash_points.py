"""Numbered places where a process dies: before and after every statement, commit and call.

`Points.watch` puts a place around everything that leaves the process: SQLite's and PostgreSQL's
statements (BEGIN, COMMIT and SAVEPOINT are statements), the storage of files, and the provider,
whose own two steps (to note that it was asked, to take the order) have places as well.
"""

import functools
import os
import signal
import sqlite3
import types
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import asyncpg

from gateways.providers.simulator import SimulatedFax, SimulatedSms
from gateways.providers.simulator_store import Store
from server.core import sqlite, storage

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
"""Of asyncpg's Connection; its transactions begin and end by `execute`."""


class Points:
    """The places passed so far while `counting`; at number `at` the process kills itself."""

    counting = False
    passed = 0
    at: int | None = None
    names: ClassVar[Counter[str]] = Counter()

    @classmethod
    def arm(cls, at: int | None) -> None:
        """Count from here on, and die at the place with this number."""
        cls.passed, cls.at, cls.counting = 0, at, True
        cls.names.clear()

    @classmethod
    def reach(cls, kind: str) -> None:
        """One place. Nothing is flushed, closed or given back: a kill -9."""
        if not cls.counting:
            return
        cls.passed += 1
        cls.names[kind] += 1
        if cls.passed == cls.at:
            os.kill(os.getpid(), signal.SIGKILL)

    @classmethod
    def watch(cls) -> None:
        """Put the places in; for good, in a process made for this."""
        sqlite.sqlite3 = types.SimpleNamespace(  # type: ignore[attr-defined]
            **{**vars(sqlite3), "connect": functools.partial(sqlite3.connect, factory=_Counted)}
        )
        for name in STATEMENTS:
            act = getattr(asyncpg.Connection, name)
            setattr(asyncpg.Connection, name, _around(act, _kind_of_statement))
        for provider in (SimulatedSms, SimulatedFax):
            for name in ("send", "look_up"):
                setattr(provider, name, _around(getattr(provider, name), lambda _: "call"))
        for name in ("handed_over", "take"):
            setattr(Store, name, _around_plain(getattr(Store, name), "call"))
        for name in ("put", "get", "delete"):
            setattr(storage, name, _around(getattr(storage, name), lambda _: "file"))


class _Counted(sqlite3.Connection):
    """SQLite's connection with a place before and after each statement, whoever runs it."""

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        kind = _word(sql)
        Points.reach(kind)
        done = super().execute(sql, *more)
        Points.reach(kind)
        return done

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        Points.reach("statement")
        done = super().executemany(sql, *more)
        Points.reach("statement")
        return done


def _word(sql: str) -> str:
    return "commit" if sql.startswith("COMMIT") else "statement"


def _kind_of_statement(args: tuple[Any, ...]) -> str:
    return _word(args[1]) if len(args) > 1 and isinstance(args[1], str) else "statement"


def _around[**P, R](
    act: Callable[P, Awaitable[R]], kind: Callable[[tuple[Any, ...]], str]
) -> Callable[P, Awaitable[R]]:
    @functools.wraps(act)
    async def acted(*args: P.args, **kwargs: P.kwargs) -> R:
        Points.reach(kind(args))
        done = await act(*args, **kwargs)
        Points.reach(kind(args))
        return done

    return acted


def _around_plain[**P, R](act: Callable[P, R], kind: str) -> Callable[P, R]:
    @functools.wraps(act)
    def acted(*args: P.args, **kwargs: P.kwargs) -> R:
        Points.reach(kind)
        done = act(*args, **kwargs)
        Points.reach(kind)
        return done

    return acted
