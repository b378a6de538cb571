"""Sessions in the database: who asks, from how many browsers, and until when (Y24).

A session's token is known to its browser only; we keep a keyed hash of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from server import config
from server.accounts import password_rules, rules
from server.accounts.models import Session, opened
from server.core import audit, clock, crypto, db, ids, outbox
from server.core.web.permissions import Actor, attended
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Opened",
    "SignedIn",
    "actor_of_session",
    "close",
    "close_all",
    "close_one",
    "close_others",
    "end",
    "of_account",
    "open_for",
    "sweep",
]

SEEN_EVERY: Final = {rules.OFFICIAL: timedelta(minutes=1), rules.RESIDENT: timedelta(hours=1)}
"""How often a session's use is written down: rarely enough that reading stays reading."""

# A row for each role held, and for each role of an official who is absent today and stood in for.
FIND = """
SELECT s.id AS session_id, s.seen_at, a.id AS account_id, a.kind, a.person_id, a.department_id,
       a.locale, a.name, a.must_change_password, a.password_changed_at,
       CASE WHEN a.kind = 'resident' THEN TRUE
            ELSE EXISTS (SELECT 1 FROM passkey p WHERE p.account_id = a.id)
              OR EXISTS (SELECT 1 FROM authenticator t
                         WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL)
       END AS factor,
       own.role AS own_role, other.role AS other_role
FROM session s
JOIN account a ON a.id = s.account_id
LEFT JOIN role_grant own ON own.account_id = a.id
LEFT JOIN substitute b ON b.substitute_id = a.id AND b.first_day <= ? AND b.last_day >= ?
LEFT JOIN role_grant other ON other.account_id = b.absent_id
WHERE s.token_hash = ? AND s.idle_ends_at > ? AND s.ends_at > ? AND a.state = 'active'
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: the token goes into the cookie, which lives until `ends_at`."""

    token: str = field(repr=False)
    session_id: int
    account_id: int
    kind: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in, as its owner sees it in the list."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return crypto.keyed_hash("session", token)


async def actor_of_session(token: str) -> Actor | None:
    """Who is behind this token now, in one query; None when it is nobody's (any more).

    Nothing is remembered between calls, so that a revoked session ends at once in every process.
    """
    now, today = clock.now(), clock.today()
    rows = await db.fetch(FIND, (today, today, token_hash(token), now, now))
    if not rows:
        return None
    found = rows[0]
    kind = found["kind"]
    rule = ordinance.profile()
    if now - db.instant(found["seen_at"]) >= SEEN_EVERY[kind] and attended():
        idle = rules.session_policy(kind, rule).idle
        await db.execute(
            "UPDATE session SET seen_at = ?, idle_ends_at = ? WHERE id = ? AND seen_at < ?",
            (now, now + idle, found["session_id"], now),
        )
    return Actor(
        account_id=found["account_id"],
        person_id=found["person_id"],
        kind=kind,
        roles=frozenset(_roles(rows)),
        department_id=found["department_id"],
        locale=found["locale"],
        session_id=found["session_id"],
        name=opened("name", found["name"]),
        must_change_password=bool(found["must_change_password"])
        or password_rules.expired(
            db.instant(found["password_changed_at"]), now, password_rules.policy_of(kind, rule)
        ),
        must_enrol=not found["factor"] and config.settings().second_factor_required,
    )


def _roles(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Own roles, and of those of an absent one what a substitute may do."""
    for row in rows:
        if row["own_role"]:
            yield row["own_role"]
        if row["other_role"] in rules.SUBSTITUTED_ROLES:
            yield row["other_role"]


async def open_for(account_id: int, kind: str, device: str) -> Opened:
    """A new session with a token of its own, inside the caller's transaction."""
    now = clock.now()
    policy = rules.session_policy(kind, ordinance.profile())
    token = ids.token()
    session = await Session.create(
        token_hash=token_hash(token),
        account_id=account_id,
        device=device,
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        idle_ends_at=now + policy.idle,
        ends_at=now + policy.absolute,
    )
    return Opened(token, session.id, account_id, kind, session.ends_at)


@db.transactional
async def close(token: str) -> None:
    """End the session of this token (log-out); nothing happens where there is none."""
    account_id = await end(token)
    if account_id is not None:
        await audit.record("accounts.logged_out", _subject(account_id), account_id)


async def end(token: str) -> int | None:
    """Delete the session of this token inside the caller's transaction; whose it was."""
    gone = await db.fetch(
        "DELETE FROM session WHERE token_hash = ? RETURNING id, account_id", (token_hash(token),)
    )
    if not gone:
        return None
    await _announce(gone[0]["account_id"], session_id=gone[0]["id"])
    return int(gone[0]["account_id"])


@db.transactional
async def close_one(account_id: int, session_id: int) -> bool:
    """End one of an account's own sessions (a lost phone); False where it is not its own."""
    gone = await db.execute(
        "DELETE FROM session WHERE id = ? AND account_id = ?", (session_id, account_id)
    )
    if gone:
        await _announce(account_id, session_id=session_id)
        await audit.record("accounts.session_revoked", _subject(account_id), account_id)
    return gone > 0


@db.transactional
async def close_others(account_id: int, session_id: int) -> int:
    """End every session of an account but this one (at its owner's wish); how many."""
    gone = await close_all(account_id, but=session_id)
    if gone:
        await audit.record("accounts.sessions_revoked", _subject(account_id), account_id)
    return gone


async def close_all(account_id: int, *, but: int | None = None) -> int:
    """End every session of an account inside the caller's transaction; how many.

    A log-in that waits for its second step ends as well: it began before what changed.
    """
    await db.execute("DELETE FROM second_step WHERE account_id = ?", (account_id,))
    await _announce(account_id, kept=but or 0)
    return await db.execute(
        "DELETE FROM session WHERE account_id = ? AND id <> ?", (account_id, but or 0)
    )


async def _announce(account_id: int, **which: int) -> None:
    """Say who signed out: one `session_id`, or all but `kept`. An idle end is no signing out."""
    await outbox.emit("accounts.signed_out", {"account_id": account_id, **which})


async def of_account(account_id: int) -> list[SignedIn]:
    """The live sessions of an account, the last used first."""
    now = clock.now()
    rows = (
        await Session.filter(account_id=account_id, idle_ends_at__gt=now, ends_at__gt=now)
        .order_by("-seen_at", "-id")
        .values("id", "device", "created_at", "seen_at")
    )
    return [SignedIn(**row) for row in rows]


async def sweep() -> int:
    """Delete sessions that have ended; how many."""
    now = clock.now()
    return await db.execute(
        "DELETE FROM session WHERE idle_ends_at <= ? OR ends_at <= ?", (now, now)
    )


def _subject(account_id: int) -> str:
    return f"account:{account_id}"
