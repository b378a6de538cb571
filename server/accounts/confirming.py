"""Being asked again who one is before passkeys and codes change: a browser left open is no proof.

A log-in counts for some minutes, then the password or a passkey is wanted once more.
"""

from __future__ import annotations

from server.accounts import factor_rules
from server.accounts.login import confirm_password
from server.accounts.models import Session
from server.core import audit, clock, db
from server.core.i18n import N_
from server.core.web.problems import Problem

__all__ = ["ConfirmFirst", "confirm", "confirmed", "mark", "require"]


class ConfirmFirst(Problem):
    """The reader's last proof is too old for what they want to change."""

    def __init__(self) -> None:
        super().__init__(
            "accounts.confirm_first",
            N_("안전을 위해 비밀번호를 한 번 더 확인해 주세요. 그 뒤에 바꿀 수 있습니다."),
            403,
        )


async def confirmed(account_id: int, session_id: int) -> bool:
    """Whether this session has proven itself in the last minutes."""
    since = clock.now() - factor_rules.CONFIRMED_FOR
    return await Session.exists(id=session_id, account_id=account_id, confirmed_at__gt=since)


async def require(account_id: int, session_id: int) -> None:
    """Raises ConfirmFirst (403) where the proof is too old."""
    if not await confirmed(account_id, session_id):
        raise ConfirmFirst


async def confirm(account_id: int, session_id: int, password: str) -> None:
    """The password once more. Raises Invalid on `password` (422), Locked (429)."""
    await confirm_password(account_id, password)
    await mark(account_id, session_id)


@db.transactional
async def mark(account_id: int, session_id: int) -> None:
    """This session has proven itself just now."""
    await Session.filter(id=session_id, account_id=account_id).update(confirmed_at=clock.now())
    await audit.record("accounts.confirmed", f"account:{account_id}", account_id)
