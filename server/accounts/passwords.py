"""Argon2id off the event loop: few hashes at a time, a bounded queue behind them (Y24)."""

from __future__ import annotations

import asyncio
import secrets
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server import config
from server.core import db
from server.core.i18n import N_
from server.core.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Busy", "hashed", "matches", "outdated", "temporary"]

AT_ONCE: Final = 2
"""Hashes at a time in one process: each takes a core and its memory for a while."""

WAITING_MAX: Final = 60
WAIT_SECONDS_MAX: Final = 15.0
"""Whoever would wait longer is told so at once: their browser would have given up."""


class Busy(Problem):
    """Too many are logging in, joining or changing passwords at this moment."""

    def __init__(self) -> None:
        super().__init__(
            "accounts.busy", N_("지금 로그인하는 분이 많습니다. 잠시 뒤에 다시 눌러 주세요."), 503
        )


_pool = ThreadPoolExecutor(AT_ONCE, "argon2")
_waiting = 0
_count = threading.Lock()


@cache
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def hasher() -> PasswordHasher:
    """Argon2id with the parameters of the settings."""
    settings = config.settings()
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib)


@cache
def _dummy(hasher: PasswordHasher) -> str:
    """A hash of nothing anybody knows: log-ins to no account take as long as the others."""
    return hasher.hash(secrets.token_urlsafe(24))


async def hashed(password: str) -> str:
    """The password's hash to keep. Raises Problem 503 when too many are waiting."""
    return await _in_turn(hasher().hash, password)


async def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; as slow where none is kept (`None`)."""
    return await _in_turn(_verify, hasher(), kept, password)


def _verify(hasher: PasswordHasher, kept: str | None, password: str) -> bool:
    dummy = _dummy(hasher)  # also where it is not needed: the first call must not stand out
    try:
        return hasher.verify(kept or dummy, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return hasher().check_needs_rehash(kept)


def temporary() -> str:
    """A password to be read out once and changed at the first log-in: 16 characters, all kinds."""
    groups = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "23456789")
    return "-".join("".join(secrets.choice(group) for group in groups) for _ in range(4))


async def _in_turn[**P, R](act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    db.assert_no_transaction()
    turn = _enqueued(act, *args, **kwargs)
    try:
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            return await asyncio.wrap_future(turn)
    except TimeoutError:
        raise Busy from None


def _enqueued[**P, R](act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    global _waiting
    with _count:
        if _waiting >= WAITING_MAX:
            raise Busy
        _waiting += 1
    turn = _pool.submit(act, *args, **kwargs)
    turn.add_done_callback(_left)
    return turn


def _left(_turn: Future[Any]) -> None:
    global _waiting
    with _count:
        _waiting -= 1
