"""What a process may remember of the database: only as long as nothing at all was written since.

For what hardly ever changes and stands on nearly every page: the departments, the topics. SQLite
tells in a few microseconds whether any process has committed anything; PostgreSQL cannot, so there
everything is read anew each time.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from server.core import db

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable

__all__ = ["remembered"]


def remembered[**P, R](
    read: Callable[P, Coroutine[None, None, R]],
) -> Callable[P, Coroutine[None, None, R]]:
    """Give what a reading function gave last, if nothing was committed since.

    What it gives is shared, so it must not be changed. It is for functions with few different
    arguments, all hashable, that depend on nothing but those and the database. Inside a
    transaction they are called: it may have written what nobody else sees yet.
    """
    known: dict[Hashable, R] = {}
    standing: object = None

    @wraps(read)
    async def remembering(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal standing
        now = None if db.transaction_open() else db.standing()
        if now is None:
            return await read(*args, **kwargs)
        if now != standing:
            known.clear()
            standing = now
        key = (args, *kwargs.items())
        if key not in known:
            value = await read(*args, **kwargs)
            if standing != now:
                return value  # somebody began anew while this was read
            known[key] = value
        return known[key]

    return remembering
