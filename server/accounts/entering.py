"""The second step of an official's log-in: a code after the password (Y24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import authenticators, factors, recovery_codes, second_step, sessions
from server.accounts import throttles as tries
from server.accounts.models import Account
from server.core import audit, db, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, Problem

if TYPE_CHECKING:
    from server.accounts.factor_rules import Factors
    from server.accounts.sessions import Opened

__all__ = ["StepOver", "finish_log_in", "waiting"]


class StepOver(Conflict):
    """Nothing waits here (any more): the password comes first."""

    def __init__(self) -> None:
        super().__init__(
            "accounts.step_over", N_("시간이 지났습니다. 아이디와 비밀번호부터 다시 적어 주세요.")
        )


async def waiting(browser: str) -> Factors | None:
    """What the official who waits here can prove themselves with; None where nobody waits."""
    step = await second_step.step_of(browser)
    return None if step is None else await factors.factors_of(step.account_id)


async def finish_log_in(
    browser: str,
    *,
    code: str = "",
    recovery: str = "",
    device: str = "?",
    replaces: str | None = None,
) -> Opened:
    """Open the session for the right one-time `code`, or for a `recovery` code.

    Raises StepOver (409), Invalid on `code` or `recovery` (422), Locked (429).
    """
    found = await _finish(browser, code, recovery, device, replaces)
    if isinstance(found, Problem):
        raise found
    return found


@db.transactional
async def _finish(
    browser: str, code: str, recovery: str, device: str, replaces: str | None
) -> Opened | Problem:
    """A wrong code is an answer, not an exception: its count has to be committed."""
    step = await second_step.step_of(browser)
    if step is None:
        return StepOver()
    account_id = step.account_id
    account = await Account.get_or_none(id=account_id, state="active").only("id", "kind")
    if account is None:
        return StepOver()
    spent = await authenticators.spend(account_id)
    if code:
        right = await authenticators.right_now(account_id, code)
    else:
        right = await recovery_codes.spend(account_id, recovery)
    if not right and code:
        return await authenticators.wrong(account_id, spent)
    if not right:
        told = await authenticators.wrong(account_id, spent, "recovery")
        return told if isinstance(told, tries.Locked) else _no_such_code()
    await tries.forget(authenticators.FACTOR, str(account_id))
    await step.delete()
    if replaces:
        await sessions.end(replaces)
    await audit.record("accounts.logged_in", f"account:{account_id}", account_id)
    if recovery:
        await audit.record("accounts.recovery_code_used", f"account:{account_id}", account_id)
        told_of = {"account_id": account_id, "what": "recovery_code_used"}
        await outbox.emit(factors.CHANGED, told_of)
    return await sessions.open_for(account_id, account.kind, device)


def _no_such_code() -> Invalid:
    return Invalid(
        "accounts.recovery_wrong",
        N_("쓸 수 있는 복구 코드가 아닙니다. 다시 확인해 주세요."),
        "recovery",
    )
