"""What people do with their own account: contacts, language, leaving (Y22)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.accounts import factors, rules, sessions
from server.accounts.login import confirm_password
from server.accounts.models import (
    Account,
    Consent,
    GuardianConsent,
    PasswordHistory,
    VerificationCode,
)
from server.core import audit, clock, db, forms, i18n, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from server.core.forms import FormClaim

__all__ = ["Own", "change_contact", "change_locale", "own_account", "withdraw"]


@dataclass(frozen=True, slots=True)
class Own:
    """An account as its owner sees it."""

    id: int
    kind: str
    login_id: str
    name: str
    birth_date: str | None
    phone: str | None
    email: str | None
    address: str | None
    locale: str
    verified_at: datetime | None
    password_changed_at: datetime


async def own_account(account_id: int) -> Own:
    """One's own data. Raises NotFound for an account that is gone."""
    row = await Account.get_or_none(id=account_id, state="active")
    if row is None:
        raise NotFound
    return Own(
        row.id,
        row.kind,
        row.login_id or "",
        row.name or "",
        row.birth_date,
        rules.pretty_phone(row.phone) if row.phone else None,
        row.email,
        row.address,
        row.locale,
        row.verified_at,
        row.password_changed_at,
    )


@db.transactional
async def change_contact(
    account_id: int, *, phone: str, email: str, address: str, claim: FormClaim | None = None
) -> None:
    """Set telephone, e-mail and address. Raises Invalid naming the field (422)."""
    if await forms.claimed(claim) is not None:
        return
    for name, fault in (
        ("phone", rules.phone_fault(phone)),
        ("email", rules.email_fault(rules.normal_email(email)) if email else None),
        ("address", rules.address_fault(address)),
    ):
        if fault:
            raise Invalid(f"accounts.{name}", fault, name)
    account = await _live(account_id)
    account.phone = rules.normal_phone(phone)
    account.email = rules.normal_email(email) or None
    account.address = rules.plain(address) or None
    await account.save(update_fields=["phone", "email", "address"])
    await audit.record("accounts.contact_changed", f"account:{account_id}", account_id)
    await forms.settle(claim, "done")


@db.transactional
async def change_locale(account_id: int, locale: str) -> None:
    """In which language the account is told things. Raises Invalid for one we do not speak."""
    if locale not in i18n.LOCALES:
        raise Invalid("accounts.locale", N_("목록에서 골라 주세요."), "locale")
    await Account.filter(id=account_id, state="active").update(locale=locale)
    await audit.record("accounts.locale_changed", f"account:{account_id}", account_id)


async def withdraw(account_id: int, password: str) -> None:
    """Leave (탈퇴): every personal column is erased and every session ends.

    The person stays as a keyed hash, so that joining anew earns nothing twice. Raises Invalid on
    `password` (422), Locked (429), Forbidden for officials, whose accounts the office closes.
    """
    account = await confirm_password(account_id, password)
    if account.kind != rules.RESIDENT:
        raise Forbidden
    await _erase(account_id)


@db.transactional
async def _erase(account_id: int) -> None:
    left = await Account.filter(id=account_id, kind=rules.RESIDENT, state="active").update(
        state="withdrawn",
        login_id=None,
        password_hash=None,
        name=None,
        phone=None,
        email=None,
        birth_date=None,
        address=None,
        person_id=None,
        passkey_handle=None,
        verified_at=None,
        closed_at=clock.now(),
    )
    if not left:
        raise Conflict("accounts.withdrawn", N_("이미 탈퇴한 계정입니다."))
    for model in (GuardianConsent, PasswordHistory, VerificationCode):
        await model.filter(account_id=account_id).delete()
    await factors.forget(account_id)
    await sessions.close_all(account_id)
    kept = await Consent.filter(account_id=account_id).count()
    await audit.record("accounts.withdrawn", f"account:{account_id}", account_id, consents=kept)
    await outbox.emit("accounts.withdrawn", {"account_id": account_id}, key=str(account_id))


async def _live(account_id: int) -> Account:
    account = await Account.get_or_none(id=account_id, state="active")
    if account is None:
        raise NotFound
    return account
