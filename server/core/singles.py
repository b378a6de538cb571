"""Single statements that wait at the same time are committed together: one wait for the disk.

Each is still a transaction of its own to its caller: all or nothing of it, on disk when it returns,
and the failure of one undoes no other.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

TOGETHER_MAX = 100

type Outcome = tuple[int, list[Any]] | Exception


class Writer(Protocol):
    """The connection that writes."""

    async def together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Outcome]:
        """Run statements in one transaction; what became of each."""


class Singles:
    """Those that wait for the writer of one database, and the lock that transactions hold."""

    def __init__(self, writer: Writer, lock: asyncio.Lock) -> None:
        self._writer = writer
        self._lock = lock
        self._waiting: list[tuple[str, Sequence[Any], asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def run(self, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
        """Rows changed and rows returned, once they are on disk; raises what the database says."""
        future: asyncio.Future[tuple[int, list[Any]]] = asyncio.get_running_loop().create_future()
        self._waiting.append((sql, values, future))
        if self._flushing is None or self._flushing.done():
            # In nobody's context: it goes on for others when its first caller has long gone.
            self._flushing = asyncio.create_task(
                self._flush(), name="single statements", context=Context()
            )
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            async with self._lock:
                batch = self._waiting[:TOGETHER_MAX]
                del self._waiting[:TOGETHER_MAX]
                outcomes = await self._together(batch)
            for (_, _, future), outcome in zip(batch, outcomes, strict=True):
                if future.done():
                    continue  # its caller has gone
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    async def _together(
        self, batch: Sequence[tuple[str, Sequence[Any], asyncio.Future[Any]]]
    ) -> list[Outcome]:
        try:
            return await self._writer.together([(sql, values) for sql, values, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is told to every one of them
            return [error] * len(batch)
