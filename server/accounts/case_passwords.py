"""Passwords of cases filed without an account: kept, tried and throttled as log-ins are (Y12-2).

A number that does not exist is counted, and takes as long, as one whose password is wrong: nobody
learns which numbers there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from server.accounts import password_rules, passwords, rules, throttles
from server.core import db
from server.core.i18n import N_
from server.core.web.problems import Invalid
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["check_case_password", "forgive_case", "hashed_case_password"]

CASE: Final = "case"
NETWORK: Final = "casenet"
LOCKED: Final = N_(
    "비밀번호를 여러 번 잘못 적었습니다. %(until)s부터 다시 열 수 있습니다. "
    "급하면 구청에 전화해 주세요."
)
WRONG: Final = N_("접수번호 또는 비밀번호가 맞지 않습니다.")


async def hashed_case_password(password: str, own: Iterable[str]) -> str:
    """The hash to keep of a password that somebody chose for their case (Argon2id, off the loop).

    `own` are words that must not be in it: name and telephone. Raises Invalid on `password`,
    Problem `accounts.busy` (503). In no transaction.
    """
    policy = password_rules.policy_of(rules.RESIDENT, ordinance.profile())
    sentence = password_rules.fault(password, policy, own)
    if sentence:
        raise Invalid("accounts.password", sentence, "password", **password_rules.params(policy))
    return await passwords.hashed(password)


async def check_case_password(number: str, kept: str | None, password: str, *, client: str) -> None:
    """Return if the password opens the case; `kept` is None where there is nothing to open.

    The try is counted first: for the number and for the client's network. Raises Invalid
    `case.wrong` (422), Locked (429) which says until when, Problem `accounts.busy` (503).
    """
    locks = await _spend(number, client)
    if not await passwords.matches(kept, password) or kept is None:
        if locks is not None:
            raise throttles.Locked("case.locked", LOCKED, locks)
        raise Invalid("case.wrong", WRONG)
    await _succeeded(number, client)


@db.transactional
async def _spend(number: str, network: str) -> datetime | None:
    """Count the try; until when the number is locked if it fails."""
    profile = ordinance.profile()
    for kind, what, rule in (
        (NETWORK, network, rules.network_throttle(profile)),
        (CASE, number, rules.login_throttle(profile)),
    ):
        spent = await throttles.spend(kind, what, rule)
        if spent.refused_until is not None:
            raise throttles.Locked("case.locked", LOCKED, spent.refused_until)
    return spent.locks_until


@db.transactional
async def _succeeded(number: str, network: str) -> None:
    await throttles.forget(CASE, number)
    await throttles.forgive(NETWORK, network, rules.network_throttle(ordinance.profile()))


@db.transactional
async def forgive_case(number: str) -> None:
    """The password was changed after identity was checked: the case is locked no more."""
    await throttles.forget(CASE, number)
