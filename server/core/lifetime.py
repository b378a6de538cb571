"""What a process opens when first asked for and closes when it stops: providers, child processes.

A slice registers how; app.py and the worker call `close_all` before the database is closed.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

YOUNG_MAX: Final = 10_000
"""So many new objects, less those gone, may there be before any are looked through."""

_closers: list[Callable[[], Awaitable[None]]] = []


def closed_by(close: Callable[[], Awaitable[None]]) -> None:
    """Have `close` called when this process stops; it must bear being called with nothing open."""
    if close not in _closers:
        _closers.append(close)


def stands() -> None:
    """What there is by now stays as long as the process: the collector of garbage need not walk
    through it again and again, and has less to do while jobs and requests come and go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 20, 20)


async def close_all() -> None:
    """Close everything registered, the last opened first."""
    for close in reversed(_closers):
        await close()
