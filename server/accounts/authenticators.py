"""An official's authenticator app: one-time codes as the second factor (Y24, RFC 6238).

The secret is sealed; it counts once the app has shown that it has it; a code is good once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp

from server.accounts import confirming, factor_rules, factors, recovery_codes, throttles
from server.accounts.factor_models import Authenticator
from server.accounts.factor_rules import Factors
from server.accounts.models import Account
from server.core import audit, clock, db, forms
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound, Problem
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.core.forms import FormClaim

__all__ = [
    "CODE_WRONG",
    "begin_authenticator",
    "confirm_authenticator",
    "pending_authenticator",
    "remove_authenticator",
    "right_now",
    "spend",
]

FACTOR = "factor"
CODE_WRONG = N_("번호가 맞지 않습니다. 앱에 지금 보이는 번호를 적어 주세요.")
LOCKED = N_("번호를 여러 번 잘못 적었습니다. %(until)s부터 다시 적을 수 있습니다.")


@db.transactional
async def begin_authenticator(account_id: int, session_id: int) -> None:
    """Make a secret that waits for its app; one that waited before is forgotten.

    Raises ConfirmFirst (403), Conflict where an app is on already (409).
    """
    await confirming.require(account_id, session_id)
    if await Authenticator.exists(account_id=account_id, confirmed_at__isnull=False):
        raise _on_already()
    await Authenticator.filter(account_id=account_id).delete()
    await Authenticator.create(
        account_id=account_id, secret=pyotp.random_base32(), begun_at=clock.now()
    )


async def pending_authenticator(account_id: int, session_id: int) -> str | None:
    """The secret that waits for its app, for its owner's eyes; None without one, or where the
    session's last proof is too old to show it."""
    waiting = await Authenticator.get_or_none(account_id=account_id, confirmed_at__isnull=True)
    if waiting is None or not await confirming.confirmed(account_id, session_id):
        return None
    return waiting.secret


async def confirm_authenticator(
    account_id: int, session_id: int, typed: str, *, claim: FormClaim | None = None
) -> tuple[str, ...]:
    """The app shows a code: it is on from now. The first factor brings recovery codes, returned to
    be shown once.

    Raises ConfirmFirst (403), Invalid on `code` (422), Locked (429), Conflict (409).
    """
    await confirming.require(account_id, session_id)
    found = await _confirm(account_id, session_id, typed, claim)
    if isinstance(found, Problem):
        raise found
    return found


@db.transactional
async def _confirm(
    account_id: int, session_id: int, typed: str, claim: FormClaim | None
) -> tuple[str, ...] | Problem:
    """A wrong code is an answer, not an exception: its count has to be committed."""
    account = await Account.filter(id=account_id, state="active").select_for_update().first()
    waiting = await Authenticator.get_or_none(account_id=account_id)
    if account is None or waiting is None:
        raise NotFound
    if waiting.confirmed_at is not None:
        raise _on_already()
    spent = await spend(account_id)
    step = factor_rules.matching_step(waiting.secret, typed, clock.now())
    if step is None:
        return await wrong(account_id, spent)
    await recovery_codes.once(claim)
    before = await factors.factors_of(account_id)
    await Authenticator.filter(id=waiting.id).update(confirmed_at=clock.now(), last_step=step)
    await throttles.forget(FACTOR, str(account_id))
    codes = () if before.any else await recovery_codes.issue(account_id)
    await factors.changed(account_id, account.kind, "authenticator_on", session_id)
    await forms.settle(claim, "on")
    return codes


@db.transactional
async def remove_authenticator(account_id: int, session_id: int) -> None:
    """Turn the app off. Raises ConfirmFirst (403), NotFound, Conflict for the last factor (409)."""
    await confirming.require(account_id, session_id)
    account = await Account.filter(id=account_id, state="active").select_for_update().first()
    if account is None or not await Authenticator.filter(account_id=account_id).delete():
        raise NotFound
    have = await factors.factors_of(account_id)
    await factors.keep_one(account, Factors(have.passkeys))
    await factors.changed(account_id, account.kind, "authenticator_off", session_id, removed=True)


async def right_now(account_id: int, typed: str) -> bool:
    """Use a code up inside the caller's transaction; False where it is wrong or used before."""
    app = await Authenticator.get_or_none(account_id=account_id, confirmed_at__isnull=False)
    if app is None:
        return False
    step = factor_rules.matching_step(app.secret, typed, clock.now())
    if step is None:
        return False
    return bool(await Authenticator.filter(id=app.id, last_step__lt=step).update(last_step=step))


async def spend(account_id: int) -> throttles.Spent:
    """Count a try at a one-time or recovery code. Raises Locked (429)."""
    rule = factor_rules.factor_throttle(ordinance.profile())
    spent = await throttles.spend(FACTOR, str(account_id), rule)
    if spent.refused_until is not None:
        raise throttles.Locked("accounts.factor_locked", LOCKED, spent.refused_until)
    return spent


async def wrong(account_id: int, spent: throttles.Spent, field: str = "code") -> Problem:
    """What whoever typed a wrong code is told, recorded in the caller's transaction."""
    await audit.record("accounts.factor_wrong", f"account:{account_id}", account_id)
    if spent.locks_until is not None:
        return throttles.Locked("accounts.factor_locked", LOCKED, spent.locks_until)
    return Invalid("accounts.factor_wrong", CODE_WRONG, field)


def _on_already() -> Conflict:
    return Conflict("accounts.authenticator_on", N_("인증 앱을 이미 쓰고 있습니다."))
