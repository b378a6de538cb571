"""One transaction at a time, owned by one task, that a vanishing client cannot tear.

Quart cancels a handler when its client disconnects; a cancelled Tortoise transaction keeps its
connection for ever. So a service's body runs as a task of its own, shielded from its caller.
"""

from __future__ import annotations

import asyncio
import random
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType

log = structlog.get_logger("madang.db")

ATTEMPTS_MAX = 4
"""A body is begun again when PostgreSQL breaks a deadlock or refuses to serialise it."""


class Channel(Protocol):
    """A connection inside BEGIN, as an engine gives it."""

    async def commit(self) -> None:
        """Make it last, and give the connection back; after an error it is rolled back."""

    async def rollback(self) -> None:
        """Undo everything, and give the connection back."""

    async def savepoint(self, statement: str) -> None:
        """Run SAVEPOINT, RELEASE or ROLLBACK TO."""


class Engine(Protocol):
    """What opens transactions: one of our two Tortoise clients."""

    async def open_channel(self) -> Any:
        """A Channel on which BEGIN has been run."""

    def worth_retrying(self, error: BaseException) -> bool:
        """True when the database itself asks for the transaction to be begun again."""


type Ending = Callable[[set[str]], Awaitable[None]]
"""What is done at the end of a transaction, with all the words left for it."""


class Transaction:
    """An open transaction: its channel, and the only task that may use it."""

    __slots__ = ("channel", "committed", "depth", "ending", "of_service", "open", "owner")

    def __init__(self, channel: Any, *, of_service: bool = False) -> None:
        self.channel = channel
        self.owner = asyncio.current_task()
        self.of_service = of_service
        self.open = True
        self.depth = 0
        self.ending: dict[Ending, set[str]] = {}
        self.committed: list[Callable[[], None]] = []

    async def end(self) -> None:
        """Do what was left for the end."""
        for act, words in self.ending.items():
            await act(words)


_inherited: ContextVar[Transaction | None] = ContextVar("transaction", default=None)
_running: set[asyncio.Task[Any]] = set()


def current() -> Transaction | None:
    """The transaction of this task.

    A task started inside a transaction inherits the variable but not the transaction: while it
    is open the task is refused loudly, afterwards it stands outside like everybody else.
    """
    transaction = _inherited.get()
    if transaction is None or not transaction.open:
        return None
    if transaction.owner is not asyncio.current_task():
        raise RuntimeError(
            "a task started inside a transaction used the database before it ended:"
            " await the call in the service itself, or start the task after the commit"
        )
    return transaction


def at_the_end(act: Ending, *words: str) -> None:
    """Have `act` called once as the last thing before this task's transaction is committed, with
    the words of all who asked for it: a lock that it takes is held for a moment only."""
    transaction = current()
    if transaction is None or not transaction.of_service:
        raise RuntimeError("at_the_end needs a service's open transaction")
    transaction.ending.setdefault(act, set()).update(words)


def after_commit(act: Callable[[], None]) -> None:
    """Have a plain function called once this task's transaction has been committed."""
    transaction = current()
    if transaction is None:
        raise RuntimeError("after_commit needs an open transaction")
    transaction.committed.append(act)


def transactional[**P, R](
    engine: Callable[[], Engine], function: Callable[P, Coroutine[Any, Any, R]]
) -> Callable[P, Coroutine[Any, Any, R]]:
    """`db.transactional`, given what finds the process's engine."""

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if current() is not None:
            return await function(*args, **kwargs)
        body = _body(engine(), lambda: function(*args, **kwargs))
        task = asyncio.create_task(body, name=f"transaction {function.__qualname__}")
        _running.add(task)
        task.add_done_callback(_running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                task.add_done_callback(_report_unheard)
            raise

    return call


async def _body[R](engine: Engine, function: Callable[[], Awaitable[R]]) -> R:
    for attempt in range(1, ATTEMPTS_MAX + 1):
        transaction = Transaction(await engine.open_channel(), of_service=True)
        token = _inherited.set(transaction)
        try:
            try:
                value = await function()
                await transaction.end()
            except BaseException:
                transaction.open = False
                await transaction.channel.rollback()
                raise
            transaction.open = False
            await transaction.channel.commit()
        except Exception as error:
            if attempt == ATTEMPTS_MAX or not engine.worth_retrying(error):
                raise
        else:
            for act in transaction.committed:
                act()
            return value
        finally:
            transaction.open = False
            _inherited.reset(token)
        await asyncio.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter
    raise AssertionError("unreachable")


def _report_unheard(task: asyncio.Task[Any]) -> None:
    """Nobody waits for this outcome any more: an error must still be seen by someone."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("transaction_failed_after_disconnect", exc_info=error)


async def settled() -> None:
    """Wait until every transaction in hand has ended, as a graceful stop must."""
    while _running:
        await asyncio.wait(set(_running))


class Scope:
    """What Tortoise's own `in_transaction` gets: a savepoint inside, else a transaction.

    Opening, committing and rolling back are finished even when the task is cancelled meanwhile.
    """

    def __init__(self, engine: Engine, client: Any) -> None:
        self._engine = engine
        self._client = client
        self._outer: Transaction | None = None
        self._own: Transaction | None = None

    async def __aenter__(self) -> Any:
        self._outer = current()
        if self._outer is not None:
            self._outer.depth += 1
            await self._outer.channel.savepoint(f"SAVEPOINT s{self._outer.depth}")
            return self._client
        opening = asyncio.ensure_future(self._engine.open_channel())
        try:
            channel = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_give_back)
            raise
        self._own = Transaction(channel)
        self._token = _inherited.set(self._own)
        return self._client

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._outer is not None:
            name = f"s{self._outer.depth}"
            self._outer.depth -= 1
            if error is not None:
                await self._outer.channel.savepoint(f"ROLLBACK TO SAVEPOINT {name}")
            await self._outer.channel.savepoint(f"RELEASE SAVEPOINT {name}")
            return
        own = self._own
        if own is None:
            raise RuntimeError("a transaction was left that was never entered")
        own.open = False
        _inherited.reset(self._token)
        ending = asyncio.ensure_future(
            own.channel.commit() if error is None else own.channel.rollback()
        )
        _running.add(ending)
        ending.add_done_callback(_running.discard)
        await asyncio.shield(ending)
        if error is None:
            for act in own.committed:
                act()


def _give_back(opening: asyncio.Future[Any]) -> None:
    """The caller was cancelled while its transaction opened: undo it when it has."""
    if opening.cancelled() or opening.exception() is not None:
        return
    ending = asyncio.ensure_future(opening.result().rollback())
    _running.add(ending)
    ending.add_done_callback(_running.discard)
