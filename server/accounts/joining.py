"""Joining: an account with its consents, signed in at once, its award waiting (Y15-3, Y22).

Under 14 a guardian's consent is recorded with it (Personal Information Protection Act 22-2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from server.accounts import joining_rules, passwords, rules, sessions
from server.accounts.models import Account, Consent, GuardianConsent
from server.core import audit, clock, db, forms
from server.core.i18n import N_
from server.core.web.problems import Invalid
from server.mileage import service as mileage
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.accounts.joining_rules import Joining
    from server.accounts.sessions import Opened
    from server.core.forms import FormClaim

__all__ = ["join"]


async def join(request: Joining, *, device: str = "?", claim: FormClaim | None = None) -> Opened:
    """Make a resident's account and sign it in.

    Raises Invalid 422 naming the first field that cannot be taken, `accounts.login_id_taken`
    among them. The same form again opens another session of the same account.
    """
    faults = joining_rules.faults(request, clock.today(), ordinance.profile())
    if faults:
        raise faults[0].problem()
    password_hash = await passwords.hashed(request.password)
    try:
        return await _join(request, password_hash, device, claim)
    except IntegrityError:
        # Two with one login id at once: the second now sees the first, and is told so.
        return await _join(request, password_hash, device, claim)


@db.transactional
async def _join(
    request: Joining, password_hash: str, device: str, claim: FormClaim | None
) -> Opened:
    earlier = await forms.claimed(claim)
    if earlier:
        return await sessions.open_for(int(earlier), rules.RESIDENT, device)
    if await Account.exists(login_id_index=request.login_id):
        raise Invalid(
            "accounts.login_id_taken",
            N_("이미 쓰고 있는 아이디입니다. 다른 아이디를 적어 주세요."),
            "login_id",
        )
    account = await _account(request, password_hash)
    await _consents(account.id, request)
    await mileage.award_waiting(account.id, "join")
    await audit.record("accounts.joined", f"account:{account.id}", account.id)
    await forms.settle(claim, str(account.id))
    return await sessions.open_for(account.id, rules.RESIDENT, device)


async def _account(request: Joining, password_hash: str) -> Account:
    now = clock.now()
    born = request.born
    assert born is not None, "joining_rules.faults lets nobody in without one"
    return await Account.create(
        kind=rules.RESIDENT,
        login_id=rules.normal_login_id(request.login_id),
        password_hash=password_hash,
        password_changed_at=now,
        name=rules.normal_name(request.name),
        phone=rules.normal_phone(request.phone),
        email=rules.normal_email(request.email) or None,
        birth_date=born.isoformat(),
        locale=request.locale,
        created_at=now,
    )


async def _consents(account_id: int, request: Joining) -> None:
    now = clock.now()
    for document, version in request.consents.items():
        await Consent.create(
            account_id=account_id, document=document, version=version, given_at=now
        )
    if request.for_child(clock.today(), ordinance.profile()):
        await GuardianConsent.create(
            account_id=account_id,
            guardian_name=rules.normal_name(request.guardian_name),
            guardian_phone=rules.normal_phone(request.guardian_phone),
            version=request.consents["privacy"],
            given_at=now,
        )
