"""Between the password and the second factor: which browser waits, for which official (Y24).

A passkey needs no second step: it is two factors itself. What waits is bound to the browser that
gave the password, and ends with any change of password or factors.
"""

from __future__ import annotations

from server.accounts import factor_rules, factors, rules
from server.accounts.factor_models import SecondStep
from server.core import audit, clock, crypto

__all__ = ["await_second", "drop", "owed", "step_of"]


async def owed(account_id: int, kind: str) -> bool:
    """Whether this account's password alone does not open the door."""
    if kind != rules.OFFICIAL:
        return False
    return factor_rules.owes_second_step(kind, await factors.factors_of(account_id))


async def await_second(account_id: int, browser: str) -> None:
    """The password was right: wait for the second factor, inside the caller's transaction."""
    await drop(browser)
    await SecondStep.create(
        bound_to=_bound(browser),
        account_id=account_id,
        expires_at=clock.now() + factor_rules.SECOND_STEP_LIFE,
    )
    await audit.record("accounts.first_step", f"account:{account_id}", account_id)


async def drop(browser: str) -> None:
    """Forget what this browser waited for, inside the caller's transaction."""
    await SecondStep.filter(bound_to=_bound(browser)).delete()


async def step_of(browser: str) -> SecondStep | None:
    """What this browser waits for; None where the password comes first (again)."""
    return await SecondStep.get_or_none(bound_to=_bound(browser), expires_at__gt=clock.now())


def _bound(browser: str) -> bytes:
    if not browser:
        raise ValueError("what waits is bound to a browser")
    return crypto.keyed_hash("second-step", browser)
