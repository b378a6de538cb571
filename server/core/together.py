"""Acts that are asked for at the same time, carried out in one transaction: one wait for the disk.

Whoever comes while a group is being committed is in the next one, so groups grow with the load, and
who is alone waits for nobody. To its caller each act is still one of its own: on disk when it
returns, and the failure of one undoes no other.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from server.core import db

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

__all__ = ["Together"]

MOST = 128
"""So many acts are committed together at most: some dozen milliseconds of the database's time."""

GATHER_SECONDS = 0.004
"""What a group that follows upon one of several waits for more to come."""

ALONE_SECONDS = 1.0
"""So long others wait for one that is tried by itself; then it goes on beside them."""


@dataclass(slots=True)
class _Queue[T, R]:
    """Those of one event loop that wait, and the task that carries them out."""

    waiting: list[tuple[T, asyncio.Future[R]]] = field(default_factory=list)
    working: asyncio.Task[None] | None = None
    beside: set[asyncio.Task[None]] = field(default_factory=set)


class Together[T, R]:
    """Called with one item, answers for that one; carries out `act` for all that wait.

    `act` gets the items in the order in which they came, and is one transaction. It answers for
    each with a value, or with the exception that its caller is to get. What it raises has undone
    all of them: each is then tried by itself, and one that waits for somebody else's lock holds up
    only its own caller. It runs in no caller's context: nobody's request is kept for the others.
    """

    def __init__(
        self, act: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], most: int = MOST
    ) -> None:
        self._act = act
        self._most = most
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue[T, R]] = (
            WeakKeyDictionary()
        )

    async def __call__(self, item: T) -> R:
        """The act's answer for this item, once it is committed; raises what the act says of it."""
        (future,) = self._asked([item])
        return await future

    async def each(self, items: Sequence[T]) -> list[R]:
        """The act's answers for all of these, each committed; raises the first that is an error,
        and then others may have been carried out."""
        return await asyncio.gather(*self._asked(items))

    def _asked(self, items: Sequence[T]) -> list[asyncio.Future[R]]:
        db.assert_no_transaction()
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, _Queue())
        asked = [(item, loop.create_future()) for item in items]
        queue.waiting += asked
        if queue.working is None or queue.working.done():
            queue.working = loop.create_task(
                self._work_off(queue), name="acts together", context=Context()
            )
        return [future for _, future in asked]

    async def _work_off(self, queue: _Queue[T, R]) -> None:
        while queue.waiting:
            group = queue.waiting[: self._most]
            del queue.waiting[: self._most]
            # Whose caller has gone is not begun any more.
            group = [(item, future) for item, future in group if not future.done()]
            if group:
                await self._carried_out(queue, group)
            if len(group) > 1:
                await asyncio.sleep(GATHER_SECONDS)

    async def _carried_out(
        self, queue: _Queue[T, R], group: Sequence[tuple[T, asyncio.Future[R]]]
    ) -> None:
        try:
            answers = await self._act([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whom it is about is told
            if len(group) == 1:
                _tell(group[0][1], error)
                return
            for alone in group:
                if not alone[1].done():
                    await self._carried_out_alone(queue, alone)
        except BaseException:
            for _, future in group:
                future.cancel()
            raise
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                _tell(future, answer)

    async def _carried_out_alone(
        self, queue: _Queue[T, R], alone: tuple[T, asyncio.Future[R]]
    ) -> None:
        task = asyncio.create_task(self._carried_out(queue, [alone]), name="an act alone")
        queue.beside.add(task)
        task.add_done_callback(queue.beside.discard)
        await asyncio.wait([task], timeout=ALONE_SECONDS)


def _tell[R](future: asyncio.Future[R], answer: R | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
