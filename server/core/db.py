"""The one door to the database: SQLite or PostgreSQL, the same words for both.

`service.py` opens transactions with `@transactional`; nothing foreign is awaited inside one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise import Tortoise
from tortoise.connection import get_connections

from server import schema
from server.core import transaction
from server.core.transaction import after_commit, at_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from server.config import Settings
    from server.core.postgres import Client as PostgresClient
    from server.core.sqlite import Client as SqliteClient

    type Client = SqliteClient | PostgresClient

type Dialect = Literal["sqlite", "postgres"]

__all__ = [
    "after_commit",
    "assert_no_transaction",
    "at_the_end",
    "close",
    "connection",
    "dialect",
    "execute",
    "execute_many",
    "fetch",
    "init",
    "instant",
    "migrate",
    "settled",
    "standing",
    "tortoise_config",
    "transaction_open",
    "transactional",
]

settled = transaction.settled
_QUOTED_OR_MARK = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\?")


class _Open:
    client: Client | None = None
    dialect: Dialect | None = None


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration for the database of `settings`.

    The connection is named after the dialect because Tortoise caches SQL by that name.
    """
    url = urlsplit(settings.database_url)
    name: Dialect = "sqlite" if url.scheme == "sqlite" else "postgres"
    credentials: dict[str, Any]
    if name == "sqlite":
        credentials = {"file_path": unquote(url.path)}
    else:
        query = dict(parse_qsl(url.query))
        credentials = {
            "user": unquote(url.username) if url.username else None,
            "password": unquote(url.password) if url.password else None,
            "host": query.pop("host", None) or url.hostname,
            "port": url.port or 5432,
            "database": unquote(url.path.lstrip("/")),
            "minsize": 1,
            "maxsize": settings.database_connections,
            "server_settings": {
                "application_name": "madang",
                "timezone": "UTC",
                "lock_timeout": "20s",
                "idle_in_transaction_session_timeout": "60s",
            },
            **query,
        }
    return {
        "connections": {name: {"engine": f"server.core.{name}", "credentials": credentials}},
        "apps": {
            "madang": {
                "models": schema.model_modules(),
                "default_connection": name,
                "migrations": "server.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def init(settings: Settings) -> None:
    """Connect to the database of `settings`; raises when it cannot be reached."""
    config = tortoise_config(settings)
    (name,) = config["connections"]
    if name == "sqlite":
        path = Path(config["connections"][name]["credentials"]["file_path"])
        path.parent.mkdir(parents=True, exist_ok=True)
    await Tortoise.init(config, _enable_global_fallback=True)
    client = cast("Client", get_connections().get(name))
    await client.create_connection(with_db=True)
    _Open.client, _Open.dialect = client, cast("Dialect", name)


async def close() -> None:
    """Wait for the transactions in hand, then close every connection."""
    await transaction.settled()
    client, _Open.client, _Open.dialect = _Open.client, None, None
    if client is not None:
        await client.close()
        await Tortoise.close_connections()


def connection() -> Client:
    """The client; inside a transaction it speaks on that transaction's connection."""
    if _Open.client is None:
        raise RuntimeError("the database is not open: call db.init(settings)")
    return _Open.client


def dialect() -> Dialect:
    """Which database this is."""
    if _Open.dialect is None:
        raise RuntimeError("the database is not open: call db.init(settings)")
    return _Open.dialect


async def fetch(sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a SELECT, or of a statement with RETURNING. `?` marks each argument.

    SQLite gives booleans as 0 and 1, and times as text: pass them through `instant`.
    """
    return await connection().fetch(_marked(sql), args)


def standing() -> object | None:
    """Something that is equal to what it was before only while nothing was committed in between,
    by whatever process; None where the database cannot tell cheaply, or is not open."""
    return None if _Open.client is None else _Open.client.standing()


class Listening(Protocol):
    """A connection that only listens."""

    def is_closed(self) -> bool:
        """Whether it was lost, or ended."""

    def terminate(self) -> None:
        """End it at once."""


async def listen(channel: str, heard: Callable[[], None]) -> Listening:
    """Have `heard` called at each NOTIFY of a channel, on a connection of its own, and once more
    when that connection is lost. PostgreSQL only."""
    if dialect() != "postgres":
        raise RuntimeError("SQLite tells nobody anything: ask db.standing()")
    listening: Listening = await cast("PostgresClient", connection()).listen(channel, heard)
    return listening


async def execute(sql: str, args: Sequence[Any] = ()) -> int:
    """Run a statement; the number of rows it changed."""
    return await connection().affected(_marked(sql), args)


async def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for many rows, all or none."""
    await connection().execute_many(_marked(sql), [list(row) for row in rows])


def instant(value: datetime | str) -> datetime:
    """A time from `fetch` as an aware one in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _marked(sql: str) -> str:
    return sql if dialect() == "sqlite" else _numbered(sql)


@lru_cache(maxsize=2000)
def _numbered(sql: str) -> str:
    """`?` as `$1`, `$2`, … outside quotes."""
    count = 0

    def number(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?":
            return found[0]
        count += 1
        return f"${count}"

    return _QUOTED_OR_MARK.sub(number, sql)


def transactional[**P, R](
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Run a service function in one transaction, to its end even if its caller goes away.

    Called inside another transactional function of the same task it joins that transaction.
    PostgreSQL may have it begun again after a deadlock: the body must hold no other effects.
    """
    return transaction.transactional(connection, function)


def transaction_open() -> bool:
    """Whether this task is inside a transaction."""
    return transaction.current() is not None


def assert_no_transaction() -> None:
    """Refuse to go on inside a transaction: call before awaiting anything foreign."""
    if transaction_open():
        raise RuntimeError("nothing foreign may be awaited inside a transaction")


async def migrate(settings: Settings) -> list[str]:
    """Bring an empty or old database up to date; two processes at once do it one by one.

    The names of the steps that were applied. Opens and closes a connection of its own. Raises
    MigrationError, and KeyRingError where the keys are not those of the database.
    """
    from server.core import migrate as steps
    from server.core import rekey

    done = await steps.migrate(settings)
    await init(settings)
    try:
        await rekey.refuse_other_keys()
    finally:
        await close()
    return done
