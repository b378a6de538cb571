"""Counts of tries in the database: right over restarts, processes and guesses sent at once (Y24).

Keys are keyed hashes: neither login ids nor client addresses stand in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from server.accounts import rules
from server.core import clock, crypto, db
from server.core.i18n import N_
from server.core.web.problems import Problem, TooMany

if TYPE_CHECKING:
    from server.accounts.rules import ThrottleRule

__all__ = ["Locked", "Spent", "forget", "forgive", "spend", "sweep"]


class Locked(TooMany):
    """Too many wrong tries; says until when. `wait` is in seconds, for Retry-After."""

    def __init__(self, code: str, sentence: str, until: datetime) -> None:
        Problem.__init__(self, code, sentence, 429, until=f"{clock.seoul(until):%H:%M}")
        self.wait = max(1, round((until - clock.now()).total_seconds()))


OPEN = datetime(1970, 1, 1, tzinfo=UTC)
"""`blocked_until` of what is not blocked: of two tries at once either may have looked at the clock
first, so the moment of one must not block the other."""

LOGIN_LOCKED = N_("로그인을 여러 번 잘못 시도했습니다. %(until)s부터 다시 로그인할 수 있습니다.")
DESK_LOCKED = N_("맞지 않는 조회가 이어져 잠시 멈추었습니다. %(until)s부터 다시 할 수 있습니다.")
CODE_LOCKED = N_("확인번호를 여러 번 잘못 적었습니다. %(until)s부터 다시 적을 수 있습니다.")


@dataclass(frozen=True, slots=True)
class Spent:
    """A try: refused until then, or to be made; if it is wrong, the next one waits until."""

    refused_until: datetime | None = None
    locks_until: datetime | None = None


async def spend(kind: str, what: str, rule: ThrottleRule) -> Spent:
    """Count a try. A refused one is not counted: knocking does not lengthen a lock."""
    key = _key(kind, what)
    now = clock.now()
    forget_at = now + rules.THROTTLE_FORGET
    counted = await db.fetch(
        "INSERT INTO throttle (kind, key, tries, blocked_until, forget_at)"
        " VALUES (?, ?, 1, ?, ?)"
        " ON CONFLICT (kind, key) DO UPDATE SET"
        " tries = CASE WHEN throttle.forget_at <= ? THEN 1 ELSE throttle.tries + 1 END,"
        " forget_at = excluded.forget_at"
        " WHERE throttle.blocked_until <= ?"
        " RETURNING tries",
        (kind, key, OPEN, forget_at, now, now),
    )
    if not counted:
        (row,) = await db.fetch(
            "SELECT blocked_until FROM throttle WHERE kind = ? AND key = ?", (kind, key)
        )
        return Spent(refused_until=db.instant(row["blocked_until"]))
    wait = rule.wait_after(counted[0]["tries"])
    if not wait:
        return Spent()
    await db.execute(
        "UPDATE throttle SET blocked_until = ?, forget_at = ? WHERE kind = ? AND key = ?",
        (now + wait, forget_at + wait, kind, key),
    )
    return Spent(locks_until=now + wait)


async def forget(kind: str, what: str) -> None:
    """A success: the count of this login or account begins anew."""
    await db.execute("DELETE FROM throttle WHERE kind = ? AND key = ?", (kind, _key(kind, what)))


async def forgive(kind: str, what: str, rule: ThrottleRule) -> None:
    """A success takes its own try back and nothing more.

    So nobody clears a network's count by logging in to an account of their own in between.
    """
    await db.execute(
        "UPDATE throttle SET tries = tries - 1,"
        " blocked_until = CASE WHEN tries <= ? THEN ? ELSE blocked_until END"
        " WHERE kind = ? AND key = ? AND tries > 0",
        (rule.tries, OPEN, kind, _key(kind, what)),
    )


async def sweep() -> int:
    """Delete counts that no longer matter; how many."""
    return await db.execute("DELETE FROM throttle WHERE forget_at <= ?", (clock.now(),))


def _key(kind: str, what: str) -> bytes:
    return crypto.keyed_hash(f"throttle.{kind}", what)
