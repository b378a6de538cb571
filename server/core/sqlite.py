"""SQLite under Tortoise: one writer that begins IMMEDIATE, readers beside it, synchronous FULL.

NORMAL can forget a commit when the power fails, a plain BEGIN fails when it turns to writing, and
one connection for all lets a writer block every reader of the process.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import IntegrityError, OperationalError

from server.core import transaction
from server.core.executors import SqliteInserts
from server.core.glances import Glances
from server.core.singles import Singles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.core.singles import Outcome

BUSY_MILLISECONDS = 20_000
READERS = 2
STATEMENTS = 512
SYNCHRONOUS_FULL = 2


def _instant(value: datetime) -> str:
    """UTC with six digits always, so that text sorts as time does."""
    if value.tzinfo is None:
        raise ValueError("a naive time must not reach the database")
    return value.astimezone(UTC).isoformat(" ", "microseconds")


sqlite3.register_adapter(datetime, _instant)


def _told(error: sqlite3.Error) -> Exception:
    """What Tortoise's users expect."""
    if isinstance(error, sqlite3.IntegrityError):
        told: Exception = IntegrityError(error)
    elif isinstance(error, sqlite3.OperationalError):
        told = OperationalError(error)
    else:
        return error
    told.__cause__ = error
    return told


def _opened(path: str, *, writes: bool) -> sqlite3.Connection:
    """A connection for the thread that opens it."""
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000, cached_statements=STATEMENTS
    )
    connection.row_factory = sqlite3.Row
    run = connection.execute
    run(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    run("PRAGMA journal_mode=WAL")
    run("PRAGMA synchronous=FULL")
    run("PRAGMA secure_delete=ON")  # what was closed to the public is not left on a free page
    run("PRAGMA foreign_keys=ON")
    run("PRAGMA trusted_schema=OFF")
    run("PRAGMA temp_store=MEMORY")
    run("PRAGMA cache_size=-16000")
    run("PRAGMA journal_size_limit=67108864")
    if not writes:
        run("PRAGMA query_only=ON")
    for pragma, wanted in (("synchronous", SYNCHRONOUS_FULL), ("foreign_keys", 1)):
        if run(f"PRAGMA {pragma}").fetchone()[0] != wanted:
            raise RuntimeError(f"SQLite refused PRAGMA {pragma}={wanted}")
    return connection


def _glances(path: str) -> Glances:
    """The event loop's own connection: it never waits for a lock, a thread does."""
    connection = _opened(path, writes=False)
    connection.execute("PRAGMA busy_timeout=0")
    return Glances(connection)


class Line:
    """A connection and the one thread that speaks on it."""

    def __init__(self, path: str, *, writes: bool) -> None:
        self._path = path
        self._writes = writes
        self._thread = ThreadPoolExecutor(1, f"sqlite-{'write' if writes else 'read'}")
        self._connection: sqlite3.Connection

    def _open(self) -> None:
        self._connection = _opened(self._path, writes=self._writes)

    async def open(self) -> None:
        """Connect and set the pragmas. Raises RuntimeError where SQLite refuses one."""
        await self.run(self._open)

    async def run[R](self, act: Callable[..., R], *args: Any) -> R:
        """Call `act` on the thread of this connection, in Tortoise's exceptions."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, act, *args)
        except (sqlite3.IntegrityError, sqlite3.OperationalError) as error:
            raise _told(error) from error

    async def query(self, sql: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]]:
        """Rows changed (or else found), and the rows."""
        return await self.run(self._query, sql, values)

    def _query(self, sql: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]]:
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        return (cursor.rowcount if cursor.rowcount >= 0 else len(rows)), rows

    async def together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Outcome]:
        """Run single statements, several in one transaction; what became of each."""
        return await self.run(self._together, statements)

    def _together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Outcome]:
        if len(statements) == 1:
            return [self._attempt(*statements[0])]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = []
            for sql, values in statements:
                outcomes.append(self._attempt(sql, values))
                if not self._connection.in_transaction:
                    # A full disk undoes the whole transaction: nobody's statement was carried out.
                    return [outcomes[-1]] * len(statements)
        except BaseException:
            self._rollback()
            raise
        self._commit()
        return outcomes

    def _attempt(self, sql: str, values: Sequence[Any]) -> Outcome:
        try:
            return self._query(sql, values)
        except sqlite3.Error as error:
            return _told(error)
        except (OverflowError, ValueError, TypeError) as error:
            return error  # a value that cannot be bound: nothing was run, and it is nobody else's

    async def insert(self, sql: str, values: Sequence[Any]) -> int:
        """The row id of the row inserted."""
        return await self.run(self._insert, sql, values)

    def _insert(self, sql: str, values: Sequence[Any]) -> int:
        cursor = self._connection.execute(sql, values)
        cursor.fetchall()
        return cursor.lastrowid or 0

    async def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows; inside a transaction only."""
        await self.run(lambda: self._connection.executemany(sql, rows))

    async def script(self, sql: str) -> None:
        """Several statements in a row, in whatever transaction is open."""
        await self.run(self._script, sql)

    def _script(self, sql: str) -> None:
        # executescript would commit the open transaction first: split with SQLite's own parser.
        statement = ""
        for piece in sql.split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                if statement.strip(" \n\t;"):
                    self._connection.execute(statement)
                statement = ""

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise

    async def commit(self) -> None:
        """COMMIT; when that fails ROLLBACK, and raise."""
        await self.run(self._commit)

    async def rollback(self) -> None:
        """ROLLBACK, if anything is open."""
        await self.run(self._rollback)

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self.run(self._connection.close)
        self._thread.shutdown(wait=False)


class _Channel:
    """The writer inside BEGIN IMMEDIATE; holding the lock of the process's writers."""

    __slots__ = ("_lock", "line")

    def __init__(self, line: Line, lock: asyncio.Lock) -> None:
        self.line = line
        self._lock = lock

    async def commit(self) -> None:
        try:
            await self.line.commit()
        finally:
            self._lock.release()

    async def rollback(self) -> None:
        try:
            await self.line.rollback()
        finally:
            self._lock.release()

    async def savepoint(self, statement: str) -> None:
        await self.line.query(statement, ())


class Client(SqliteClient):
    """Tortoise's client for SQLite, on our own lines. Used through `server.core.db`."""

    executor_class = SqliteInserts

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._writer: Line | None = None
        self._readers: list[Line] = []
        self._glances: Glances | None = None
        self._opening = asyncio.Lock()

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002 - Tortoise's
        async with self._opening:
            if self._writer is not None:
                return
            writer = Line(self.filename, writes=True)
            await writer.open()
            readers = [Line(self.filename, writes=False) for _ in range(READERS)]
            for reader in readers:
                await reader.open()
            self._readers = readers
            self._glances = _glances(self.filename)
            self._turn = cycle(readers)
            self._singles = Singles(writer, self._lock)
            self._writer = writer
            await self._post_connect()

    async def close(self) -> None:
        if self._writer is None:
            return
        async with self._lock:
            if self._glances is not None:
                self._glances.close()
            for line in (*self._readers, self._writer):
                await line.close()
            self._glances = None
            self._writer = None
            self._readers = []

    def _in_transaction(self) -> Any:
        return transaction.Scope(self, self)

    async def open_channel(self) -> _Channel:
        """BEGIN IMMEDIATE on the writer, once it is this task's turn."""
        writer = await self._line()
        await self._lock.acquire()
        try:
            await writer.query("BEGIN IMMEDIATE", ())
        except BaseException:
            await writer.rollback()
            self._lock.release()
            raise
        return _Channel(writer, self._lock)

    def worth_retrying(self, error: BaseException) -> bool:  # noqa: ARG002 - the engines' contract
        """Never: who begins IMMEDIATE waits for his turn once, at the start."""
        return False

    async def _line(self) -> Line:
        if self._writer is None:
            await self.create_connection(with_db=True)
        if self._writer is None:
            raise RuntimeError("the database is closed")
        return self._writer

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, list[sqlite3.Row]]:
        """Inside a transaction on its line; else a read on a reader, a write on the writer."""
        own = transaction.current()
        if own is not None:
            line: Line = own.channel.line
            return await line.query(sql, values)
        writer = await self._line()
        verb = sql.lstrip()[:6].upper()
        if verb == "SELECT":
            rows = self._glanced(sql, values)
            if rows is not None:
                return len(rows), rows
            return await next(self._turn).query(sql, values)
        if verb in {"INSERT", "UPDATE", "DELETE"}:
            return await self._singles.run(sql, values)
        async with self._lock:
            return await writer.query(sql, values)

    def standing(self) -> object | None:
        """See `db.standing`."""
        return self._glances.standing() if self._glances is not None else None

    def _glanced(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row] | None:
        if self._glances is None:
            return None
        try:
            return self._glances.read(sql, values)
        except (sqlite3.IntegrityError, sqlite3.OperationalError) as error:
            raise _told(error) from error

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        return await self.query(query.replace("\x00", "'||CHAR(0)||'"), values or ())

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        _, rows = await self.execute_query(query, values)
        return [dict(row) for row in rows]

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        own = transaction.current()
        if own is not None:
            line: Line = own.channel.line
            return await line.insert(query, values)
        writer = await self._line()
        async with self._lock:
            return await writer.insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with transaction.Scope(self, self):
            own = transaction.current()
            if own is not None:
                await own.channel.line.many(query, values)

    async def execute_script(self, query: str) -> None:
        async with transaction.Scope(self, self):
            own = transaction.current()
            if own is not None:
                await own.channel.line.script(query)

    async def fetch(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Rows as dictionaries; UUIDs go in as text, as Tortoise keeps them."""
        _, rows = await self.query(sql, _plain(values))
        return [dict(row) for row in rows]

    async def affected(self, sql: str, values: Sequence[Any]) -> int:
        """How many rows a statement changed."""
        count, _ = await self.query(sql, _plain(values))
        return count


def _plain(values: Sequence[Any]) -> list[Any]:
    return [str(value) if isinstance(value, UUID) else value for value in values]


client_class = Client
