"""Logging in, and passwords that change (Y24).

A wrong login id and a wrong password look alike and take alike; tries are counted before a
password is looked at; the session's token is always a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.accounts import (
    password_rules,
    passwords,
    rules,
    second_step,
    sessions,
    throttles,
)
from server.accounts.models import Account, PasswordHistory
from server.core import audit, clock, db
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from datetime import datetime

    from server.accounts.sessions import Opened

__all__ = ["change_password", "confirm_password", "log_in"]

LOGIN, NETWORK, PASSWORD = "login", "network", "password"


@dataclass(frozen=True, slots=True)
class _Passed:
    """An account whose password was right: the hash as it was, and as it shall be kept."""

    account_id: int
    kind: str
    kept: str = field(repr=False)
    stronger: str = field(repr=False)
    login_id: str = field(repr=False)


async def log_in(
    login_id: str,
    password: str,
    *,
    client: str,
    browser: str = "",
    device: str = "?",
    replaces: str | None = None,
) -> Opened | None:
    """Open a session for whoever knows the password; the browser's old one (`replaces`) ends.

    None where an official owes the second factor: `browser` (its visit) waits for it then.
    `client` is the reader's network (core.web.clients). Raises Invalid `accounts.login_wrong`
    (422), Locked (429), Problem `accounts.busy` (503).
    """
    login_id = rules.normal_login_id(login_id)
    locks = await _spend_login(login_id, client)
    account = await Account.get_or_none(login_id_index=login_id, state="active").only(
        "id", "kind", "password_hash"
    )
    kept = account.password_hash if account else None
    if not await passwords.matches(kept, password) or account is None or kept is None:
        await _failed(account.id if account else 0)
        if locks is not None:
            raise throttles.Locked("accounts.login_locked", throttles.LOGIN_LOCKED, locks)
        raise Invalid("accounts.login_wrong", N_("아이디 또는 비밀번호가 맞지 않습니다."))
    stronger = await passwords.hashed(password) if passwords.outdated(kept) else kept
    passed = _Passed(account.id, account.kind, kept, stronger, login_id)
    return await _enter(passed, client, browser, device, replaces)


@db.transactional
async def _spend_login(login_id: str, network: str) -> datetime | None:
    """Count the try for its network and its login; until when the login is locked if it fails."""
    rule = ordinance.profile()
    for kind, what, throttle in (
        (NETWORK, network, rules.network_throttle(rule)),
        (LOGIN, login_id, rules.login_throttle(rule)),
    ):
        spent = await throttles.spend(kind, what, throttle)
        if spent.refused_until is not None:
            raise throttles.Locked(
                "accounts.login_locked", throttles.LOGIN_LOCKED, spent.refused_until
            )
    return spent.locks_until


@db.transactional
async def _failed(account_id: int) -> None:
    await audit.record("accounts.log_in_failed", f"account:{account_id}", None)


@db.transactional
async def _enter(
    passed: _Passed, network: str, browser: str, device: str, replaces: str | None
) -> Opened | None:
    """Open the session, unless the password changed or the account closed meanwhile."""
    unchanged = await Account.filter(
        id=passed.account_id, state="active", password_hash=passed.kept
    ).update(password_hash=passed.stronger)
    if not unchanged:
        raise Invalid("accounts.login_wrong", N_("아이디 또는 비밀번호가 맞지 않습니다."))
    await throttles.forget(LOGIN, passed.login_id)
    await throttles.forgive(NETWORK, network, rules.network_throttle(ordinance.profile()))
    if await second_step.owed(passed.account_id, passed.kind):
        await second_step.await_second(passed.account_id, browser)
        return None
    if replaces:
        await sessions.end(replaces)
    subject = f"account:{passed.account_id}"
    await audit.record("accounts.logged_in", subject, passed.account_id)
    return await sessions.open_for(passed.account_id, passed.kind, device)


async def confirm_password(account_id: int, password: str) -> Account:
    """The signed-in reader types the password again before an act that cannot be undone.

    Raises Invalid on `password` (422) and Locked (429).
    """
    rule = rules.login_throttle(ordinance.profile())
    spent = await _spend_password(account_id, rule)
    account = await Account.get(id=account_id)
    if not await passwords.matches(account.password_hash, password):
        if spent is not None:
            raise throttles.Locked("accounts.password_locked", throttles.LOGIN_LOCKED, spent)
        raise Invalid("accounts.password_wrong", N_("지금 쓰는 비밀번호와 다릅니다."), "password")
    await throttles.forget(PASSWORD, str(account_id))
    return account


@db.transactional
async def _spend_password(account_id: int, rule: rules.ThrottleRule) -> datetime | None:
    spent = await throttles.spend(PASSWORD, str(account_id), rule)
    if spent.refused_until is not None:
        raise throttles.Locked(
            "accounts.password_locked", throttles.LOGIN_LOCKED, spent.refused_until
        )
    return spent.locks_until


async def change_password(account_id: int, current: str, new: str, *, device: str = "?") -> Opened:
    """Set a new password. Every session of the account ends; this browser gets a new one.

    Raises Invalid on `password` or `new_password` (422), Conflict where another window was
    faster, Locked (429).
    """
    account = await confirm_password(account_id, current)
    policy = password_rules.policy_of(account.kind, ordinance.profile())
    own = [word for word in (account.login_id, account.phone, account.name) if word]
    sentence = password_rules.fault(new, policy, own)
    if sentence:
        raise Invalid(
            "accounts.password", sentence, "new_password", **password_rules.params(policy)
        )
    await _refuse_former(account, new, policy.history)
    return await _replace(account, await passwords.hashed(new), policy.history, device)


async def _refuse_former(account: Account, new: str, history: int) -> None:
    """The password in use may not be set again; an official's last ones neither."""
    former = (
        await PasswordHistory.filter(account_id=account.id)
        .order_by("-id")
        .limit(max(history - 1, 0))
        .values_list("password_hash", flat=True)
    )
    for kept in (account.password_hash, *former):
        if await passwords.matches(str(kept), new):
            raise Invalid(
                "accounts.password_used",
                N_("전에 쓰던 비밀번호입니다. 새 비밀번호를 적어 주세요."),
                "new_password",
            )


@db.transactional
async def _replace(account: Account, new_hash: str, history: int, device: str) -> Opened:
    now = clock.now()
    changed = await Account.filter(
        id=account.id, state="active", password_hash=account.password_hash
    ).update(password_hash=new_hash, password_changed_at=now, must_change_password=False)
    if not changed:
        raise Conflict("accounts.password_changed", N_("다른 곳에서 비밀번호를 먼저 바꾸었습니다."))
    if history:
        await PasswordHistory.create(
            account_id=account.id, password_hash=account.password_hash, replaced_at=now
        )
        kept = await PasswordHistory.filter(account_id=account.id).order_by("-id").limit(history)
        oldest = min(row.id for row in kept)
        await PasswordHistory.filter(account_id=account.id, id__lt=oldest).delete()
    await sessions.close_all(account.id)
    await audit.record("accounts.password_changed", f"account:{account.id}", account.id)
    return await sessions.open_for(account.id, account.kind, device)
