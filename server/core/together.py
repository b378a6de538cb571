"""Acts that are asked for at the same time, carried out in one transaction: one wait for the disk.

Whoever comes while a group is being committed is in the next one, so groups grow with the load, and
who is alone waits for nobody. To its caller each act is still one of its own: on disk when it
returns, and the failure of one undoes no other.
"""

from __future__ import annotations

import asyncio
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


@dataclass(slots=True)
class _Queue[T, R]:
    """Those of one event loop that wait, and the task that carries them out."""

    waiting: list[tuple[T, asyncio.Future[R]]] = field(default_factory=list)
    working: asyncio.Task[None] | None = None


class Together[T, R]:
    """Called with one item, answers for that one; carries out `act` for all that wait.

    `act` gets the items in the order in which they came, and is one transaction. It answers for
    each with a value, or with the exception that its caller is to get. What it raises has undone
    all of them: each is then tried by itself.
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
        db.assert_no_transaction()
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, _Queue())
        future: asyncio.Future[R] = loop.create_future()
        queue.waiting.append((item, future))
        if queue.working is None or queue.working.done():
            queue.working = loop.create_task(self._work_off(queue), name="acts together")
        return await future

    async def _work_off(self, queue: _Queue[T, R]) -> None:
        while queue.waiting:
            group = queue.waiting[: self._most]
            del queue.waiting[: self._most]
            # Whose caller has gone is not begun any more.
            group = [(item, future) for item, future in group if not future.done()]
            if group:
                await self._carried_out(group)
            if len(group) > 1:
                await asyncio.sleep(GATHER_SECONDS)

    async def _carried_out(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            answers = await self._act([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whom it is about is told
            if len(group) == 1:
                _tell(group[0][1], error)
                return
            for alone in group:
                if not alone[1].done():
                    await self._carried_out([alone])
        except BaseException:
            for _, future in group:
                future.cancel()
            raise
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                _tell(future, answer)


def _tell[R](future: asyncio.Future[R], answer: R | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
