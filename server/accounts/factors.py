"""What an account has besides its password, and what a change of it brings with it (Y24).

Every change is audited and told to its owner, and other browsers are signed out by the rules.
"""

from __future__ import annotations

from server import config
from server.accounts import factor_rules, sessions
from server.accounts.factor_models import (
    Authenticator,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondStep,
)
from server.accounts.factor_rules import Factors
from server.accounts.models import Account
from server.core import audit, clock, db, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, NotFound

__all__ = [
    "CHANGED",
    "Factors",
    "changed",
    "factors_of",
    "forget",
    "keep_one",
    "reset_factors",
    "sweep",
]

CHANGED = "accounts.factor_changed"


async def factors_of(account_id: int) -> Factors:
    """How many passkeys, whether an authenticator app, how many recovery codes are left."""
    return Factors(
        await Passkey.filter(account_id=account_id).count(),
        await Authenticator.exists(account_id=account_id, confirmed_at__isnull=False),
        await RecoveryCode.filter(account_id=account_id, used_at__isnull=True).count(),
    )


async def changed(
    account_id: int, kind: str, what: str, session_id: int, *, removed: bool = False
) -> None:
    """Audit and tell a change that its owner made, inside the caller's transaction."""
    if factor_rules.ends_other_sessions(kind, removed=removed):
        await sessions.close_all(account_id, but=session_id)
    await audit.record(f"accounts.{what}", f"account:{account_id}", account_id)
    await outbox.emit(CHANGED, {"account_id": account_id, "what": what})


async def keep_one(account: Account, after: Factors) -> None:
    """Refuse to remove the last factor of somebody who must have one; without any factor recovery
    codes go as well. Raises Conflict (409)."""
    required = config.settings().second_factor_required
    if factor_rules.last_one(account.kind, after, required=required):
        raise Conflict(
            "accounts.last_factor",
            N_("직원은 2단계 인증이 하나는 있어야 합니다. 먼저 다른 것을 등록해 주세요."),
        )
    if not after.any:
        await RecoveryCode.filter(account_id=account.id).delete()


async def forget(account_id: int) -> None:
    """Erase every factor of an account inside the caller's transaction."""
    for model in (Passkey, Authenticator, RecoveryCode, SecondStep):
        await model.filter(account_id=account_id).delete()
    await Account.filter(id=account_id).update(passkey_handle=None)


@db.transactional
async def reset_factors(account_id: int, *, actor_id: int) -> None:
    """Take an official's factors away who lost them; whoever manages accounts has seen who asks.

    Every session ends; where a factor is required the next log-in begins with a new one. Raises
    Conflict for one's own account (409), NotFound.
    """
    if account_id == actor_id:
        raise Conflict(
            "accounts.own_factors",
            N_("자기 2단계 인증은 설정에서 바꾸거나 다른 관리자에게 부탁해 주세요."),
        )
    if not await Account.exists(id=account_id, kind="official", state="active"):
        raise NotFound
    await forget(account_id)
    await sessions.close_all(account_id)
    await audit.record("accounts.factors_reset", f"account:{account_id}", actor_id)
    await outbox.emit(CHANGED, {"account_id": account_id, "what": "factors_reset"})


async def sweep() -> int:
    """Delete challenges, half log-ins and secrets that nobody finished; how many."""
    now = clock.now()
    return (
        await PasskeyChallenge.filter(expires_at__lte=now).delete()
        + await SecondStep.filter(expires_at__lte=now).delete()
        + await Authenticator.filter(
            confirmed_at__isnull=True, begun_at__lte=now - factor_rules.PENDING_LIFE
        ).delete()
    )
