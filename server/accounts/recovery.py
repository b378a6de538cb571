"""A temporary password for somebody who forgot theirs: handed out by a person, changed at once.

A resident shows the identity card at the desk, an official asks whoever manages accounts. Every
session ends, and who did it stands in the audit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import factors, identity, passwords, rules, sessions, throttles
from server.accounts.login import LOGIN
from server.accounts.models import Account, PasswordHistory
from server.accounts.staffing import Created
from server.core import audit, clock, db, forms, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, NotFound

if TYPE_CHECKING:
    from datetime import date

    from server.core.forms import FormClaim

__all__ = ["reset_of_resident", "reset_password"]


async def reset_password(account_id: int, *, actor_id: int) -> Created:
    """A temporary password for an official. Raises NotFound where there is no such official."""
    temporary = passwords.temporary()
    await _reset(account_id, rules.OFFICIAL, await passwords.hashed(temporary), actor_id, None)
    return Created(account_id, temporary)


async def reset_of_resident(
    official_id: int, who: str, name: str, born: date, *, claim: FormClaim | None = None
) -> Created:
    """A temporary password for the resident whose identity card the official holds in hand.

    `who` is the exact login id or telephone number. Raises Invalid (422) where no account fits
    name and date of birth, Conflict for a form sent twice, Locked (429).
    """
    account = await identity.account_at_desk(official_id, who, name, born)
    temporary = passwords.temporary()
    password_hash = await passwords.hashed(temporary)
    await _reset(account.id, rules.RESIDENT, password_hash, official_id, claim)
    return Created(account.id, temporary)


@db.transactional
async def _reset(
    account_id: int, kind: str, password_hash: str, actor_id: int, claim: FormClaim | None
) -> None:
    if await forms.claimed(claim):
        raise Conflict(
            "accounts.password_shown_once",
            N_("임시 비밀번호를 이미 만들었습니다. 못 보았으면 새로 만들어 주세요."),
        )
    row = await Account.get_or_none(id=account_id, kind=kind)
    if row is None:
        raise NotFound
    now = clock.now()
    if kind == rules.OFFICIAL:
        await PasswordHistory.create(
            account_id=account_id, password_hash=row.password_hash, replaced_at=now
        )
    row.password_hash, row.password_changed_at, row.must_change_password = password_hash, now, True
    await row.save(update_fields=["password_hash", "password_changed_at", "must_change_password"])
    await sessions.close_all(account_id)
    await audit.record("accounts.password_reset", f"account:{account_id}", actor_id)
    if kind == rules.RESIDENT:
        await factors.forget(account_id)  # who had taken the account over may have left a passkey
        await throttles.forget(LOGIN, row.login_id or "")
        await throttles.forget(identity.DESK, str(actor_id))
        await outbox.emit("accounts.password_reset", {"account_id": account_id})
    await forms.settle(claim, str(account_id))
