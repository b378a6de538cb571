"""Existing members (기존회원, table 1 of Y15-3): brought in from the old system, awarded once.

Of the list nothing is kept but keyed hashes: of the old account, so that it comes in once however
often it is brought, and of the identity as the desk hashes it, so that its person is known again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched, islice
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from server.accounts import existing_rules, rules
from server.accounts.existing_models import ExistingImport, ExistingMember
from server.accounts.existing_rules import Fault, Member
from server.accounts.models import Account, Person
from server.core import audit, clock, crypto, db, forms
from server.core.i18n import N_
from server.core.web.problems import Closed, Conflict, NotFound
from server.mileage import service as mileage
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from server.core.forms import FormClaim

__all__ = [
    "Brought",
    "bring_members",
    "brought_members",
    "confirm_members",
    "earlier_imports",
    "forget_unconfirmed",
    "is_existing",
    "welcome_existing",
]

UNCONFIRMED_KEPT = timedelta(days=1)
SHOWN_MAX = 20
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Brought:
    """A list that was brought in: how many of its members are new, known already and unreadable.

    `faults` are the first of the lines that cannot be taken.
    """

    id: int
    brought_at: datetime
    done_at: datetime | None
    new: int
    known: int
    faulty: int
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A member with the keyed hash of the identity that is theirs unless a namesake has it."""

    member: Member
    identity: bytes


async def bring_members(
    data: bytes, official_id: int | None, *, claim: FormClaim | None = None
) -> int:
    """Read a list (CSV: 아이디, 이름, 생년월일, 가입일) and lay its hashes ready; its id.

    It counts for nobody until it is confirmed. Raises Invalid on `file` (422), Closed where there
    is no mileage.
    """
    today = clock.today()
    rule = ordinance.profile(today).mileage
    if rule is None:
        raise Closed
    accounts, lines, faults = await asyncio.to_thread(_read, data, today, rule.opening)
    try:
        return await _laid_ready(await _new(accounts), lines, faults, official_id, claim)
    except IntegrityError:
        # Another list was confirmed in between: of its members none is new any more.
        return await _laid_ready(await _new(accounts), lines, faults, official_id, claim)


def _read(data: bytes, today: date, opening: date) -> tuple[dict[bytes, _Hashed], int, list[Fault]]:
    """The members of a list by the hash of their old account, each account once; how many lines
    named one; and the lines that cannot be taken."""
    members, faults = existing_rules.members(existing_rules.decoded(data), today, opening)
    accounts = {
        crypto.keyed_hash("existing.account", one.login): _Hashed(one, next(_identities(one)))
        for one in reversed(members)
    }
    return accounts, len(members), faults


@db.transactional
async def _laid_ready(
    new: Sequence[tuple[bytes, bytes]],
    lines: int,
    faults: list[Fault],
    official_id: int | None,
    claim: FormClaim | None,
) -> int:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    # One list at a time: what another laid ready may hold the same members.
    if db.dialect() == "postgres":
        await db.execute("LOCK TABLE existing_import IN SHARE ROW EXCLUSIVE MODE")
    await ExistingImport.filter(done_at=None).delete()
    kept = [(fault.line, fault.why) for fault in faults[: existing_rules.FAULTS_KEPT]]
    row = await ExistingImport.create(
        brought_by_id=official_id,
        brought_at=clock.now(),
        new_count=len(new),
        known_count=lines - len(new),
        faulty_count=len(faults),
        faults=json.dumps(kept),
    )
    await db.execute_many(
        "INSERT INTO existing_member (account_hash, identity_hash, brought_in_id) VALUES (?, ?, ?)",
        [(account, identity, row.id) for account, identity in new],
    )
    await forms.settle(claim, str(row.id))
    return int(row.id)


async def _new(accounts: dict[bytes, _Hashed]) -> list[tuple[bytes, bytes]]:
    """The members that no list has brought yet, by account and the identity that is theirs.

    Of several old accounts with one name and date of birth the second is taken for a namesake: it
    serves nobody but a person whom the desk has found to be one.
    """
    known = await _known("account_hash", accounts)
    new = {account: one for account, one in accounts.items() if account not in known}
    taken = await _known("identity_hash", [one.identity for one in new.values()])
    rows: list[tuple[bytes, bytes]] = []
    for account, one in new.items():
        identity: bytes | None = one.identity
        if identity in taken:
            identity = await _namesake(one.member, taken)
        if identity is not None:
            taken.add(identity)
            rows.append((account, identity))
    return rows


def _identities(member: Member) -> Iterator[bytes]:
    names = islice(rules.identities(member.name, member.born), existing_rules.NAMESAKES_MAX)
    return (crypto.keyed_hash("identity.desk", one) for one in names)


async def _namesake(member: Member, taken: set[bytes]) -> bytes | None:
    """The first identity of that name and date of birth which nobody has; None after so many."""
    for identity in _identities(member):
        if identity not in taken and not await is_existing(identity):
            return identity
        taken.add(identity)
    return None


async def _known(column: str, hashes: Collection[bytes]) -> set[bytes]:
    """Those of the hashes that stand in a list that counts."""
    found: set[bytes] = set()
    counting = ExistingMember.filter(brought_in__done_at__isnull=False)
    for some in batched(hashes, AT_ONCE, strict=False):
        rows = counting.filter(**{f"{column}__in": some}).values_list(column, flat=True)
        found |= {bytes(one) for one in await rows}
    return found


@db.transactional
async def confirm_members(
    import_id: int, official_id: int | None, *, claim: FormClaim | None = None
) -> Brought:
    """Let a list that lies ready count. Raises Conflict (409) where another has taken its place."""
    if await forms.claimed(claim) is not None:
        return await brought_members(import_id)
    now = clock.now()
    changed = await ExistingImport.filter(id=import_id, done_at=None).update(done_at=now)
    if not changed:
        raise Conflict(
            "existing.gone",
            N_("이 명단은 이미 반영했거나 다른 명단이 올라와 지워졌습니다. 다시 올려 주세요."),
        )
    done = await brought_members(import_id)
    await audit.record(
        "accounts.members_brought", f"existing:{import_id}", official_id, members=done.new
    )
    await forms.settle(claim, str(import_id))
    return done


async def brought_members(import_id: int) -> Brought:
    """A list as it was read. Raises NotFound."""
    row = await ExistingImport.get_or_none(id=import_id)
    if row is None:
        raise NotFound
    return _told(row)


async def earlier_imports() -> list[Brought]:
    """The lists that count, the newest first."""
    rows = ExistingImport.exclude(done_at=None).order_by("-id").limit(SHOWN_MAX)
    return [_told(row) for row in await rows]


def _told(row: ExistingImport) -> Brought:
    faults = [Fault(line, why) for line, why in json.loads(row.faults)]
    return Brought(
        row.id,
        row.brought_at,
        row.done_at,
        row.new_count,
        row.known_count,
        row.faulty_count,
        faults,
    )


async def forget_unconfirmed() -> int:
    """Delete lists that nobody has confirmed for a day; how many."""
    old = clock.now() - UNCONFIRMED_KEPT
    return await ExistingImport.filter(done_at=None, brought_at__lt=old).delete()


async def is_existing(identity_hash: bytes) -> bool:
    """Whether a list that counts holds this identity."""
    return await ExistingMember.filter(
        identity_hash=identity_hash, brought_in__done_at__isnull=False
    ).exists()


async def welcome_existing(account_id: int, person_id: int) -> int:
    """The award of an existing member at the first signed-in page from the opening day on, once;
    the points given now.

    Existing are those whom a list names, and those who joined here before the day of the opening.
    """
    day = clock.today()
    profile = ordinance.profile(day)
    if profile.mileage is None or day < profile.mileage.opening:
        return 0
    if await mileage.is_member(person_id):
        return 0
    account = await Account.get_or_none(id=account_id, person_id=person_id)
    if account is None:
        return 0
    joined_on = clock.seoul(account.created_at).date()
    if joined_on >= profile.mileage.opening:
        person = await Person.get(id=person_id)
        if not await is_existing(person.identity_hash):
            return 0
    return await mileage.award(person_id, "existing")
