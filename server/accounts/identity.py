"""Proof of identity by a one-time code from the desk: an account becomes a person (Y11-7, Y15-3).

An official sees the identity card, types name and date of birth, and hands out a code that only
this account can use. Never a resident registration number. The person outlives the account.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from server.accounts import existing, rules, throttles
from server.accounts.models import Account, Person, VerificationCode
from server.core import audit, clock, crypto, db, forms, outbox
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, Problem
from server.mileage import service as mileage
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.core.forms import FormClaim

__all__ = [
    "IdentityTaken",
    "Issued",
    "account_at_desk",
    "issue_code",
    "sweep",
    "verified_at_desk",
    "verify",
]

DESK, CODE = "desk", "code"


@dataclass(frozen=True, slots=True)
class Issued:
    """A code to be shown once. `returning`: this person was verified before, by an account gone."""

    code: str = field(repr=False)
    account_id: int
    expires_at: datetime
    returning: bool


class IdentityTaken(Conflict):
    """Another live account already stands for this person."""

    def __init__(self) -> None:
        super().__init__(
            "accounts.identity_taken",
            N_(
                "같은 이름과 생년월일로 이미 본인확인을 마친 계정이 있습니다. "
                "신분증을 다시 확인하고, 다른 사람이면 동명이인으로 발급해 주세요."
            ),
        )


async def issue_code(
    official_id: int,
    who: str,
    name: str,
    born: date,
    *,
    namesake: bool = False,
    claim: FormClaim | None = None,
) -> Issued:
    """A one-time code for the resident whose identity card the official holds in hand.

    `who` is the exact login id or telephone number. Raises Invalid (422) where no account fits
    name and date of birth, IdentityTaken (409), Conflict where the account is verified already,
    Locked (429). Where several accounts share a telephone, the one that fits is meant.
    """
    fitting = await _fitting(official_id, who, name, born)
    unverified = [row for row in fitting if row.person_id is None]
    if not unverified:
        taken = Conflict("accounts.verified_already", N_("이미 본인확인을 마친 계정입니다."))
        await _refused(official_id, taken.code)
        raise taken
    names = rules.identities(name, born)
    return await _issue(official_id, unverified[0].id, names, namesake, claim)


async def account_at_desk(official_id: int, who: str, name: str, born: date) -> Account:
    """The resident's account that fits the identity card in the official's hand, verified or not.

    Raises Invalid on `who` (422), Locked (429).
    """
    return (await _fitting(official_id, who, name, born))[0]


async def verified_at_desk(official_id: int, who: str, name: str, born: date) -> int:
    """The verified account that fits the identity card in the official's hand.

    Raises Invalid on `who` (422) where there is none, Locked (429).
    """
    fitting = await _fitting(official_id, who, name, born)
    verified = [row.id for row in fitting if row.person_id is not None]
    if not verified:
        await _refused(official_id, "accounts.unverified")
        raise Invalid("accounts.unverified", N_("본인확인을 먼저 마쳐야 하는 계정입니다."), "who")
    await _forget_desk(official_id)
    return int(verified[0])


@db.transactional
async def _forget_desk(official_id: int) -> None:
    await throttles.forget(DESK, str(official_id))


@db.transactional
async def _spend_desk(official_id: int) -> None:
    rule = rules.desk_throttle(ordinance.profile())
    spent = await throttles.spend(DESK, str(official_id), rule)
    if spent.refused_until is not None:
        raise throttles.Locked("accounts.desk_locked", throttles.DESK_LOCKED, spent.refused_until)


@db.transactional
async def _refused(official_id: int, reason: str) -> None:
    """A look-up that found nobody to verify: who asked is kept, whom for is not."""
    await audit.record("accounts.code_refused", "account:0", official_id, reason=reason)


async def _fitting(official_id: int, who: str, name: str, born: date) -> list[Account]:
    """The residents' accounts that fit what stands on the card, that of the login id first.

    Without one there is one answer for all cases, and too many of them close the look-up.
    """
    await _spend_desk(official_id)
    residents = Account.filter(kind=rules.RESIDENT, state="active")
    found = [
        *await residents.filter(login_id_index=who),
        *await residents.filter(phone_index=who).order_by("id"),
    ]
    card = (rules.card_name(name), born.isoformat())
    fitting = [row for row in found if (rules.card_name(row.name or ""), row.birth_date) == card]
    if not fitting:
        await _refused(official_id, "accounts.no_match")
        raise Invalid(
            "accounts.no_match",
            N_(
                "아이디(전화번호)와 이름, 생년월일이 모두 맞는 계정이 없습니다. 다시 확인해 주세요."
            ),
            "who",
        )
    return fitting


@db.transactional
async def _issue(
    official_id: int,
    account_id: int,
    identities: Iterator[str],
    namesake: bool,
    claim: FormClaim | None,
) -> Issued:
    code = _code(account_id, claim)
    earlier = await forms.claimed(claim)
    if earlier:
        return await _issued_before(int(earlier), code)
    identity, returning, ordinal = await _identity(identities, namesake=namesake)
    now = clock.now()
    minutes = ordinance.profile().residents.code_minutes
    await VerificationCode.filter(account_id=account_id, state="open").update(state="replaced")
    issued = await VerificationCode.create(
        account_id=account_id,
        identity_hash=identity,
        code_hash=_code_hash(account_id, code),
        issued_by_id=official_id,
        issued_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    await throttles.forget(DESK, str(official_id))
    await audit.record(
        "accounts.code_issued",
        f"account:{account_id}",
        official_id,
        namesake=ordinal,
        returning=int(returning),
    )
    await outbox.emit("accounts.code_issued", {"account_id": account_id}, key=str(issued.id))
    await forms.settle(claim, str(issued.id))
    return Issued(code, account_id, issued.expires_at, returning)


async def _issued_before(code_id: int, code: str) -> Issued:
    """The same form again shows the same code, as long as it may be used."""
    issued = await VerificationCode.get(id=code_id)
    if issued.state != "open" or issued.expires_at <= clock.now():
        raise Conflict(
            "accounts.code_over",
            N_("이 화면에서 낸 확인번호는 이미 쓰였거나 시간이 지났습니다. 새로 발급해 주세요."),
        )
    return Issued(code, issued.account_id, issued.expires_at, returning=False)


def _code(account_id: int, claim: FormClaim | None) -> str:
    """A code nobody can guess; the same for the same form, so that none has to be kept readable."""
    if claim is None:
        return "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
    drawn = crypto.keyed_hash("verification-draw", f"{claim.actor_key}:{claim.key}:{account_id}")
    return rules.code_from(int.from_bytes(drawn))


async def _identity(identities: Iterator[str], *, namesake: bool) -> tuple[bytes, bool, int]:
    """The identity's hash, whether it was verified before, and which of the namesakes it is.

    Without `namesake` it is the first of the name; with it the first after that whom no live
    account stands for, so that a namesake who comes back gets the same person again.
    """
    for ordinal, one in enumerate(identities, start=1):
        if namesake and ordinal == 1:
            continue
        identity = crypto.keyed_hash("identity.desk", one)
        person = await Person.get_or_none(identity_hash=identity)
        if person is None or not await Account.exists(person_id=person.id):
            return identity, person is not None, ordinal
        if not namesake:
            break
    raise IdentityTaken


async def verify(account_id: int, typed: str, *, claim: FormClaim | None = None) -> int:
    """The resident types the code: the account becomes a person, waiting awards become points.

    Returns the person's id, also where the account is verified already. Raises Invalid on `code`
    (422), IdentityTaken (409), Locked (429).
    """
    locks = await _spend_code(account_id)
    found = await _try(account_id, rules.normal_code(typed))
    if isinstance(found, Problem):
        if locks is not None:
            raise throttles.Locked("accounts.code_locked", throttles.CODE_LOCKED, locks)
        raise found
    try:
        return await _redeem(account_id, found, claim)
    except IntegrityError:
        raise IdentityTaken from None  # two accounts at once: the database let one through


@db.transactional
async def _spend_code(account_id: int) -> datetime | None:
    rule = rules.code_throttle(ordinance.profile())
    spent = await throttles.spend(CODE, str(account_id), rule)
    if spent.refused_until is not None:
        raise throttles.Locked("accounts.code_locked", throttles.CODE_LOCKED, spent.refused_until)
    return spent.locks_until


@db.transactional
async def _try(account_id: int, code: str) -> int | Problem | None:
    """Count a try of the open code. Its id; None where the account needs none any more.

    A wrong code is an answer, not an exception: its count has to be committed.
    """
    tries_max = ordinance.profile().residents.code_tries
    tried = await db.fetch(
        "UPDATE verification_code SET tries = tries + 1"
        " WHERE account_id = ? AND state = 'open' AND expires_at > ? AND tries < ?"
        " RETURNING id, code_hash, tries",
        (account_id, clock.now(), tries_max),
    )
    if not tried and await Account.exists(id=account_id, person_id__isnull=False):
        return None
    if not tried:
        return Invalid(
            "accounts.code_none",
            N_("쓸 수 있는 확인번호가 없습니다. 창구에서 새로 받아 주세요."),
            "code",
        )
    (found,) = tried
    if hmac.compare_digest(bytes(found["code_hash"]), _code_hash(account_id, code)):
        return int(found["id"])
    return await _wrong(account_id, found["id"], tries_max - found["tries"])


async def _wrong(account_id: int, code_id: int, left: int) -> Problem:
    await audit.record("accounts.code_wrong", f"account:{account_id}", account_id, left=left)
    if left > 0:
        return Invalid(
            "accounts.code_wrong",
            N_("확인번호가 맞지 않습니다. %(left)s번 더 적을 수 있습니다."),
            "code",
            left=left,
        )
    await VerificationCode.filter(id=code_id).update(state="spent")
    return Invalid(
        "accounts.code_spent",
        N_("확인번호를 여러 번 잘못 적어 더 쓸 수 없습니다. 창구에서 새로 받아 주세요."),
        "code",
    )


@db.transactional
async def _redeem(account_id: int, code_id: int | None, claim: FormClaim | None) -> int:
    """Use the code up: person, points, audit and notice in one transaction."""
    earlier = await forms.claimed(claim)
    if earlier:
        return int(earlier)
    used = await VerificationCode.filter(id=code_id, state="open").update(state="used")
    person_id = await _become_person(account_id, code_id) if used else await _person(account_id)
    await forms.settle(claim, str(person_id))
    return person_id


async def _become_person(account_id: int, code_id: int | None) -> int:
    code = await VerificationCode.get(id=code_id)
    now = clock.now()
    await db.execute(
        "INSERT INTO person (identity_hash, created_at) VALUES (?, ?)"
        " ON CONFLICT (identity_hash) DO NOTHING",
        (code.identity_hash, now),
    )
    person = await Person.get(identity_hash=code.identity_hash)
    if await Account.exists(person_id=person.id):
        raise IdentityTaken
    became = await Account.filter(
        id=account_id, state="active", kind=rules.RESIDENT, person_id__isnull=True
    ).update(person_id=person.id, verified_at=now)
    if not became:
        return await _person(account_id)
    await throttles.forget(CODE, str(account_id))
    known = await existing.is_existing(code.identity_hash)
    await mileage.verified(account_id, person.id, existing=known)
    await audit.record(
        "accounts.verified", f"account:{account_id}", account_id, issued_by=code.issued_by_id
    )
    await outbox.emit("accounts.verified", {"account_id": account_id}, key=str(code.id))
    return int(person.id)


async def _person(account_id: int) -> int:
    """The person that an account verified before stands for."""
    account = await Account.get(id=account_id).only("id", "person_id")
    if account.person_id is None:
        raise Conflict("accounts.code_over", N_("이 확인번호는 이미 쓰였습니다."))
    return account.person_id


def _code_hash(account_id: int, code: str) -> bytes:
    return crypto.keyed_hash("verification-code", f"{account_id}:{code}")


async def sweep() -> int:
    """Delete codes whose time is over; how many. What was issued and used stands in the audit."""
    day_ago = clock.now() - timedelta(days=1)
    return await VerificationCode.filter(expires_at__lt=day_ago).delete()
