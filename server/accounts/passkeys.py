"""Passkeys: adding and removing one's own, and entering with one (Y24).

A passkey is never asked for by login id, so nobody learns from us who has one. Wrong tries count
against their network as wrong passwords do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tortoise.exceptions import IntegrityError

from server.accounts import (
    ceremonies,
    confirming,
    factor_rules,
    factors,
    recovery_codes,
    rules,
    second_step,
    sessions,
    throttles,
)
from server.accounts.ceremonies import ADD, CONFIRM, LOG_IN, Unproven
from server.accounts.factor_models import Passkey
from server.accounts.login import NETWORK
from server.accounts.models import Account
from server.core import audit, clock, db, forms, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from datetime import datetime

    from server.accounts.ceremonies import Answer
    from server.accounts.sessions import Opened
    from server.core.forms import FormClaim

__all__ = [
    "KeptPasskey",
    "add_passkey",
    "confirm_with_passkey",
    "log_in_with_passkey",
    "options_to_add",
    "options_to_confirm",
    "options_to_log_in",
    "passkeys_of",
    "remove_passkey",
]

REFUSED: Final = N_("패스키를 확인하지 못했습니다. 다시 해 보거나 비밀번호를 써 주세요.")


class Refused(Invalid):
    """One answer for all that can be wrong with a passkey (422)."""

    def __init__(self) -> None:
        super().__init__("accounts.passkey_refused", REFUSED)


@dataclass(frozen=True, slots=True)
class KeptPasskey:
    """A passkey as its owner sees it in the list."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Proof:
    """A passkey whose signature is right, and how often it says it has signed."""

    passkey: Passkey
    count: int


async def passkeys_of(account_id: int) -> list[KeptPasskey]:
    """An account's passkeys, the newest first."""
    rows = await Passkey.filter(account_id=account_id).order_by("-id")
    return [KeptPasskey(row.id, row.name, row.created_at, row.used_at) for row in rows]


# Adding


async def options_to_add(account_id: int, session_id: int, browser: str) -> str:
    """What the browser needs to make a passkey, as JSON.

    Raises ConfirmFirst (403), Conflict where there are too many (409), Closed (404).
    """
    ceremonies.here()
    await confirming.require(account_id, session_id)
    handle, account = await _handle(account_id)
    others = await Passkey.filter(account_id=account_id)
    if len(others) >= factor_rules.PASSKEYS_MAX:
        raise Conflict(
            "accounts.passkeys_max",
            N_("패스키는 20개까지 둘 수 있습니다. 쓰지 않는 것을 먼저 지워 주세요."),
        )
    challenge = await ceremonies.ask(ADD, browser)
    return await ceremonies.asked_to_add(
        challenge, handle, account.login_id or "", account.name or "", others
    )


@db.transactional
async def _handle(account_id: int) -> tuple[bytes, Account]:
    """The random name that the account has towards passkeys, made when first asked for."""
    await Account.filter(id=account_id, state="active", passkey_handle__isnull=True).update(
        passkey_handle=secrets.token_bytes(32)
    )
    account = await Account.get_or_none(id=account_id, state="active")
    if account is None or account.passkey_handle is None:
        raise NotFound
    return account.passkey_handle, account


async def add_passkey(
    account_id: int,
    session_id: int,
    browser: str,
    credential: str,
    name: str,
    *,
    claim: FormClaim | None = None,
) -> tuple[str, ...]:
    """Keep a passkey that the browser has made. An official's first factor brings recovery codes,
    which are returned to be shown once.

    Raises ConfirmFirst (403), Invalid (422), Conflict for one that is known already (409).
    """
    if await forms.answer_to(claim) is not None:
        return ()
    await confirming.require(account_id, session_id)
    name = factor_rules.passkey_name(name)
    fault = factor_rules.passkey_name_fault(name)
    if fault:
        raise Invalid("accounts.passkey_name", fault, "name")
    try:
        answer = await _answered(credential, ADD, browser)
        made = await ceremonies.made(answer)
    except Unproven as unproven:
        await _refused(account_id, unproven.reason)
        raise Refused from None
    try:
        return await _add(account_id, session_id, made, answer.transports, name, claim)
    except IntegrityError:
        raise Conflict(
            "accounts.passkey_known", N_("이미 등록한 패스키입니다. 다른 기기로 해 주세요.")
        ) from None


@db.transactional
async def _add(
    account_id: int,
    session_id: int,
    made: ceremonies.Made,
    transports: str,
    name: str,
    claim: FormClaim | None,
) -> tuple[str, ...]:
    await forms.claimed(claim)
    account = await _locked(account_id)
    before = await factors.factors_of(account_id)
    await Passkey.create(
        account_id=account_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=transports,
        name=name,
        created_at=clock.now(),
    )
    codes: tuple[str, ...] = ()
    if account.kind == rules.OFFICIAL and not before.any:
        codes = await recovery_codes.issue(account_id)
    await factors.changed(account_id, account.kind, "passkey_added", session_id)
    await forms.settle(claim, "added")
    return codes


# Removing


@db.transactional
async def remove_passkey(account_id: int, session_id: int, passkey_id: int) -> None:
    """Take one's own passkey away. Raises ConfirmFirst (403), NotFound, Conflict (409)."""
    await confirming.require(account_id, session_id)
    account = await _locked(account_id)
    if not await Passkey.filter(id=passkey_id, account_id=account_id).delete():
        raise NotFound
    await factors.keep_one(account, await factors.factors_of(account_id))
    await factors.changed(account_id, account.kind, "passkey_removed", session_id, removed=True)


async def _locked(account_id: int) -> Account:
    """The account, held until the transaction ends: of two changes at once one comes second."""
    account = await Account.filter(id=account_id, state="active").select_for_update().first()
    if account is None:
        raise NotFound
    return account


# Entering


async def options_to_log_in(browser: str) -> str:
    """What the browser needs to offer the passkeys it has for us, as JSON. Raises Closed (404)."""
    ceremonies.here()
    return await ceremonies.asked_to_use(await ceremonies.ask(LOG_IN, browser))


async def log_in_with_passkey(
    credential: str,
    *,
    browser: str,
    client: str,
    device: str = "?",
    replaces: str | None = None,
) -> Opened:
    """Open a session for whoever holds the passkey; the browser's old one (`replaces`) ends.

    Device and user verification are two factors: nothing more is asked. Raises Invalid
    `accounts.passkey_refused` (422), Locked (429), Closed (404).
    """
    ceremonies.here()
    await _spend(client)
    proof = await _proof(credential, LOG_IN, browser)
    found = await _enter(proof, browser, client, device, replaces)
    if found is None:
        raise Refused
    return found


@db.transactional
async def _spend(network: str) -> None:
    rule = rules.network_throttle(ordinance.profile())
    spent = await throttles.spend(NETWORK, network, rule)
    if spent.refused_until is not None:
        raise throttles.Locked("accounts.login_locked", throttles.LOGIN_LOCKED, spent.refused_until)


async def _proof(
    credential: str, purpose: str, browser: str, account_id: int | None = None
) -> _Proof:
    """Check an answer up to its signature. Raises Refused, after it has been recorded."""
    try:
        answer = await _answered(credential, purpose, browser)
        passkey = await _meant(answer, account_id)
        return _Proof(passkey, await ceremonies.signed(answer, passkey.public_key))
    except Unproven as unproven:
        await _refused(account_id or 0, unproven.reason)
        raise Refused from None


async def _answered(credential: str, purpose: str, browser: str) -> Answer:
    """What this browser says to what it was asked for this purpose. Raises Unproven."""
    answer = ceremonies.answer_in(credential)
    if not await ceremonies.take(answer.challenge, purpose, browser):
        raise Unproven("challenge")
    return answer


async def _meant(answer: Answer, account_id: int | None) -> Passkey:
    """The passkey that signed; one of this account where one is named. Raises Unproven.

    Where any passkey will do, its holder has to name the account, and they have to agree.
    """
    passkey = await Passkey.get_or_none(credential_id=answer.credential_id)
    if passkey is None:
        raise Unproven("unknown")
    account = await Account.get_or_none(id=passkey.account_id, state="active")
    named = answer.user_handle is not None or account_id is None
    if (
        account is None
        or account_id not in {None, account.id}
        or (named and answer.user_handle != account.passkey_handle)
    ):
        raise Unproven("of_another")
    return passkey


@db.transactional
async def _refused(account_id: int, reason: str) -> None:
    await audit.record("accounts.passkey_refused", f"account:{account_id}", None, reason=reason)


@db.transactional
async def _enter(
    proof: _Proof, browser: str, network: str, device: str, replaces: str | None
) -> Opened | None:
    account_id = proof.passkey.account_id
    if not await _counted(proof):
        return None
    account = await Account.get_or_none(id=account_id, state="active").only("id", "kind")
    if account is None:
        return None
    await throttles.forgive(NETWORK, network, rules.network_throttle(ordinance.profile()))
    await second_step.drop(browser)
    if replaces:
        await sessions.end(replaces)
    await audit.record(
        "accounts.logged_in", f"account:{account_id}", account_id, passkey=proof.passkey.id
    )
    return await sessions.open_for(account_id, account.kind, device)


async def _counted(proof: _Proof) -> bool:
    """Move the counter on, inside the caller's transaction, which must commit either way.

    False where it does not rise: somebody may have copied the key (WebAuthn 6.1.1), and its owner
    is told. Devices that share a passkey among themselves do not count: they always say 0.
    """
    passkey, count = proof.passkey, proof.count
    moved = await db.execute(
        "UPDATE passkey SET sign_count = ?, used_at = ?"
        " WHERE id = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))",
        (count, clock.now(), passkey.id, count, count),
    )
    if moved:
        return True
    if await Passkey.exists(id=passkey.id):
        await audit.record(
            "accounts.passkey_copied", f"account:{passkey.account_id}", None, passkey=passkey.id
        )
        told = {"account_id": passkey.account_id, "what": "passkey_copied"}
        await outbox.emit(factors.CHANGED, told)
    return False


# Confirming


async def options_to_confirm(account_id: int, browser: str) -> str:
    """What the browser needs to use one of the account's own passkeys, as JSON.

    Raises NotFound without any, Closed (404).
    """
    ceremonies.here()
    own = await Passkey.filter(account_id=account_id)
    if not own:
        raise NotFound
    return await ceremonies.asked_to_use(await ceremonies.ask(CONFIRM, browser), own)


async def confirm_with_passkey(
    account_id: int, session_id: int, credential: str, browser: str
) -> None:
    """As confirming.confirm, by a passkey of one's own. Raises Invalid (422)."""
    proof = await _proof(credential, CONFIRM, browser, account_id)
    if not await _confirm(proof, account_id, session_id):
        raise Refused


@db.transactional
async def _confirm(proof: _Proof, account_id: int, session_id: int) -> bool:
    if not await _counted(proof):
        return False
    await confirming.mark(account_id, session_id)
    return True
