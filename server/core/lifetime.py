"""What a process opens when first asked for and closes when it stops: providers, child processes.

A slice registers how; app.py and the worker call `close_all` before the database is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_closers: list[Callable[[], Awaitable[None]]] = []


def closed_by(close: Callable[[], Awaitable[None]]) -> None:
    """Have `close` called when this process stops; it must bear being called with nothing open."""
    if close not in _closers:
        _closers.append(close)


async def close_all() -> None:
    """Close everything registered, the last opened first."""
    for close in reversed(_closers):
        await close()
