"""PostgreSQL under Tortoise: a pool, READ COMMITTED, and no connection lost to a cancelled task."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import (
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)

from server.core import transaction
from server.core.executors import PostgresInserts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

LISTEN_SECONDS_MAX = 10
RETRIED = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class _Channel:
    """A connection inside BEGIN, out of the pool until it ends."""

    __slots__ = ("_pool", "_transaction", "connection")

    def __init__(self, pool: Any, connection: Any, begun: Any) -> None:
        self._pool = pool
        self.connection = connection
        self._transaction = begun

    async def commit(self) -> None:
        try:
            await self._transaction.commit()
        finally:
            await self._pool.release(self.connection)

    async def rollback(self) -> None:
        try:
            if not self.connection.is_closed():
                await self._transaction.rollback()
        finally:
            await self._pool.release(self.connection)

    async def savepoint(self, statement: str) -> None:
        await self.connection.execute(statement)


class Client(AsyncpgDBClient):
    """Tortoise's client for PostgreSQL, on our own transactions. Used through `server.core.db`."""

    executor_class = PostgresInserts

    async def create_pool(self, **options: Any) -> Any:
        """A pool that takes a connection back without asyncpg's round trip of resetting what
        nobody here sets; one left inside a transaction is still rolled back."""
        return await asyncpg.create_pool(None, reset=_nothing_to_reset, **options)

    def _in_transaction(self) -> Any:
        return transaction.Scope(self, self)

    async def _ready(self) -> Any:
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        return self._pool

    async def open_channel(self) -> _Channel:
        """A connection of the pool with BEGIN run on it."""
        pool = await self._ready()
        connection = await pool.acquire()
        try:
            begun = connection.transaction()
            await begun.start()
        except BaseException:
            await pool.release(connection)
            raise
        return _Channel(pool, connection, begun)

    def worth_retrying(self, error: BaseException) -> bool:
        """A deadlock that PostgreSQL broke, or a transaction it could not serialise."""
        return any(getattr(each, "sqlstate", None) in RETRIED for each in _causes(error))

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[Any]:
        own = transaction.current()
        if own is not None:
            yield own.channel.connection
            return
        pool = await self._ready()
        async with pool.acquire() as connection:
            yield connection

    async def _told(self, act: str, sql: str, values: Sequence[Any]) -> Any:
        """Run a method of the connection; raise what Tortoise's users expect."""
        try:
            async with self._borrowed() as connection:
                return await getattr(connection, act)(sql, *values)
        except (asyncpg.SyntaxOrAccessError, asyncpg.DataError) as error:
            raise OperationalError(error) from error
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(error) from error
        except asyncpg.InvalidTransactionStateError as error:
            raise TransactionManagementError(error) from error

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        return await self._told("fetchrow", query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        if query.lstrip()[:6].upper() in {"UPDATE", "DELETE", "INSERT"}:
            return await self.affected(query, values or ()), []
        rows = await self._told("fetch", query, values or ())
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        return [dict(row) for row in await self._told("fetch", query, values or ())]

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with transaction.Scope(self, self):
            await self._told("executemany", query, (values,))

    async def execute_script(self, query: str) -> None:
        await self._told("execute", query, ())

    async def listen(self, channel: str, heard: Callable[[], None]) -> Any:
        """See `db.listen`. Not out of the pool: it stays open as long as somebody listens."""
        connection = await asyncpg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.database,
            server_settings=self.server_settings,
            timeout=LISTEN_SECONDS_MAX,
            **self.extra,
        )
        connection.add_termination_listener(lambda *_: heard())
        try:
            await connection.add_listener(channel, lambda *_: heard())
        except BaseException:
            connection.terminate()
            raise
        return connection

    def standing(self) -> object | None:
        """See `db.standing`: PostgreSQL says no such thing."""
        return None

    async def fetch(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(row) for row in await self._told("fetch", sql, values)]

    async def affected(self, sql: str, values: Sequence[Any]) -> int:
        """How many rows a statement changed: the last word of the command's tag."""
        tag = str(await self._told("execute", sql, values))
        last = tag.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0


async def _nothing_to_reset(_connection: Any) -> None:
    """We take advisory locks in transactions only, and set, prepare and listen to nothing."""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


client_class = Client
