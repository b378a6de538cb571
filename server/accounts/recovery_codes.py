"""Recovery codes: ten codes on paper for the day the phone is lost (Y24).

They are shown once; the database knows keyed hashes, and each is good for one log-in.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from server.accounts import confirming, factor_rules, factors
from server.accounts.factor_models import RecoveryCode
from server.accounts.models import Account
from server.accounts.rules import normal_code
from server.core import clock, crypto, db, forms
from server.core.i18n import N_
from server.core.web.problems import Conflict, NotFound

if TYPE_CHECKING:
    from server.core.forms import FormClaim

__all__ = ["issue", "known", "new_codes", "once", "spend"]


async def issue(account_id: int) -> tuple[str, ...]:
    """Ten new codes in place of the old ones, inside the caller's transaction."""
    codes = tuple(
        factor_rules.recovery_code(int.from_bytes(secrets.token_bytes(32)))
        for _ in range(factor_rules.RECOVERY_CODES)
    )
    await RecoveryCode.filter(account_id=account_id).delete()
    for code in codes:
        await RecoveryCode.create(account_id=account_id, code_hash=_hash(account_id, code))
    return codes


async def once(claim: FormClaim | None) -> None:
    """Claim a form whose answer shows codes. Raises Conflict where it has been shown (409)."""
    if await forms.claimed(claim) is not None:
        raise Conflict(
            "accounts.codes_shown_once",
            N_("복구 코드는 한 번만 보여 드립니다. 못 보았으면 새로 만들어 주세요."),
        )


@db.transactional
async def new_codes(
    account_id: int, session_id: int, *, claim: FormClaim | None = None
) -> tuple[str, ...]:
    """Ten new codes; the old ones are worth nothing any more.

    Raises ConfirmFirst (403), Conflict for a form sent twice or without any factor (409).
    """
    await confirming.require(account_id, session_id)
    await once(claim)
    account = await Account.get(id=account_id).only("id", "kind")
    if not (await factors.factors_of(account_id)).any:
        raise NotFound
    codes = await issue(account_id)
    await factors.changed(account_id, account.kind, "recovery_codes_made", session_id)
    await forms.settle(claim, "shown")
    return codes


async def spend(account_id: int, typed: str) -> bool:
    """Use a code up inside the caller's transaction; False where there is no such code (left)."""
    spent = await RecoveryCode.filter(
        account_id=account_id,
        code_hash=_hash(account_id, normal_code(typed)),
        used_at__isnull=True,
    ).update(used_at=clock.now())
    return spent > 0


async def known(account_id: int, codes: list[str]) -> bool:
    """Whether these are the account's own unused codes, each once: what may be put into a file."""
    hashes = {_hash(account_id, normal_code(code)) for code in codes}
    if not 0 < len(hashes) == len(codes) <= factor_rules.RECOVERY_CODES:
        return False
    found = await RecoveryCode.filter(
        account_id=account_id, code_hash__in=list(hashes), used_at__isnull=True
    ).count()
    return found == len(hashes)


def _hash(account_id: int, code: str) -> bytes:
    return crypto.keyed_hash("recovery-code", f"{account_id}:{code}")
