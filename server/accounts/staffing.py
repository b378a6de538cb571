"""The office's own people: officials, their roles and their passwords (Y3-3, Y24)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from server import config
from server.accounts import factors, password_rules, passwords, rules, sessions
from server.accounts.directory import department
from server.accounts.models import Account, RoleGrant
from server.core import audit, clock, db, forms
from server.core.i18n import N_
from server.core.web.problems import Conflict, Forbidden, Invalid, NotFound
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from server.core.forms import FormClaim

__all__ = [
    "Created",
    "Official",
    "change_official",
    "close_official",
    "create_admin",
    "create_official",
    "official",
    "officials",
    "reopen_official",
    "set_demo_password",
]


@dataclass(frozen=True, slots=True)
class Created:
    """An official's account just made or reset; the password is shown once and kept nowhere."""

    account_id: int
    temporary_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Official:
    """An official as the desk lists them."""

    id: int
    login_id: str
    name: str
    phone: str | None
    email: str | None
    department_id: int | None
    roles: frozenset[str]
    active: bool
    must_change_password: bool


async def create_official(
    login_id: str,
    name: str,
    department_id: int | None,
    roles: Collection[str] = (),
    *,
    phone: str = "",
    email: str = "",
    password: str | None = None,
    must_change_password: bool | None = None,
    actor_id: int | None = None,
    claim: FormClaim | None = None,
) -> Created:
    """A new official. Without a password a temporary one is made, shown once, to be changed.

    A password given has to be changed at the first log-in as well unless `must_change_password`
    is False. Raises Invalid naming the field (422).
    """
    policy = password_rules.policy_of(rules.OFFICIAL, ordinance.profile())
    _check_official(login_id, name, phone, email, roles, department_id)
    chosen = password or passwords.temporary()
    fault = password_rules.fault(chosen, policy, (login_id, phone, name)) if password else None
    if fault:
        raise Invalid("accounts.password", fault, "password", **password_rules.params(policy))
    now = clock.now()
    account = Account(
        kind=rules.OFFICIAL,
        login_id=rules.normal_login_id(login_id),
        password_hash=await passwords.hashed(chosen),
        password_changed_at=now,
        must_change_password=must_change_password is not False,
        name=rules.normal_name(name),
        phone=rules.normal_phone(phone) if phone else None,
        email=rules.normal_email(email) or None,
        department_id=department_id,
        created_at=now,
    )
    try:
        account_id = await _create(account, frozenset(roles), actor_id, claim)
    except IntegrityError:
        # Two with one login id at once: the second now sees the first, and is told so.
        account_id = await _create(account, frozenset(roles), actor_id, claim)
    return Created(account_id, None if password else chosen)


@db.transactional
async def _create(
    account: Account, roles: frozenset[str], actor_id: int | None, claim: FormClaim | None
) -> int:
    earlier = await forms.claimed(claim)
    if earlier:
        raise Conflict(
            "accounts.password_shown_once",
            N_("직원을 이미 만들었습니다. 임시 비밀번호를 못 보았으면 새로 만들어 주세요."),
        )
    if account.department_id is not None:
        await department(account.department_id)
    if await Account.exists(login_id_index=account.login_id):
        raise _taken()
    await account.save()
    await _grant(account.id, roles, actor_id)
    await audit.record(
        "accounts.official_created", f"account:{account.id}", actor_id, roles=_listed(roles)
    )
    await forms.settle(claim, str(account.id))
    return int(account.id)


def _taken() -> Invalid:
    return Invalid(
        "accounts.login_id_taken",
        N_("이미 쓰고 있는 아이디입니다. 다른 아이디를 적어 주세요."),
        "login_id",
    )


async def create_admin(login_id: str, password: str | None = None) -> Created:
    """The first administrator of an office (`madang admin create`), without a department.

    Without a password a temporary one is made. Either is changed at the first log-in. Raises
    Invalid (422).
    """
    return await create_official(login_id, "관리자", None, {"admin"}, password=password)


def _check_official(
    login_id: str,
    name: str,
    phone: str,
    email: str,
    roles: Collection[str],
    department_id: int | None,
) -> None:
    for where, fault in (
        ("login_id", rules.login_id_fault(rules.normal_login_id(login_id))),
        ("name", rules.name_fault(rules.normal_name(name))),
        ("phone", rules.phone_fault(phone) if phone else None),
        ("email", rules.email_fault(rules.normal_email(email)) if email else None),
        ("roles", rules.roles_fault(roles)),
        ("department", rules.department_fault(roles, department_id)),
    ):
        if fault:
            raise Invalid(f"accounts.{where}", fault, where)


async def officials(department_id: int | None = None) -> list[Official]:
    """The officials (of a department), those active first, by name."""
    query = Account.filter(kind=rules.OFFICIAL)
    if department_id is not None:
        query = query.filter(department_id=department_id)
    rows = await query
    roles = await _roles_of(row.id for row in rows)
    found = (_official(row, roles[row.id]) for row in rows)
    return sorted(found, key=lambda one: (not one.active, one.name))


async def official(account_id: int) -> Official:
    """One official. Raises NotFound."""
    row = await Account.get_or_none(id=account_id, kind=rules.OFFICIAL)
    if row is None:
        raise NotFound
    return _official(row, (await _roles_of([row.id]))[row.id])


async def _roles_of(ids: Iterable[int]) -> defaultdict[int, set[str]]:
    """The roles of officials. Not prefetched: Tortoise does that in tasks of its own, which may
    not speak inside a transaction."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for account_id, role in await RoleGrant.filter(account_id__in=set(ids)).values_list(
        "account_id", "role"
    ):
        found[account_id].add(role)
    return found


def _official(row: Account, roles: Iterable[str]) -> Official:
    return Official(
        row.id,
        row.login_id or "",
        row.name or "",
        row.phone,
        row.email,
        row.department_id,
        frozenset(roles),
        row.state == "active",
        row.must_change_password,
    )


@db.transactional
async def change_official(
    account_id: int,
    name: str,
    department_id: int | None,
    roles: Collection[str],
    *,
    phone: str = "",
    email: str = "",
    actor_id: int,
) -> None:
    """Set name, department, contacts and exactly these roles. The change holds at once.

    Raises Invalid (422), Conflict where nobody would be left to manage accounts (409).
    """
    before = await official(account_id)
    _check_official(before.login_id, name, phone, email, roles, department_id)
    if department_id is not None:
        await department(department_id)
    if "admin" in before.roles and "admin" not in roles:
        await _another_admin(account_id)
    row = await Account.get(id=account_id)
    row.name, row.department_id = rules.normal_name(name), department_id
    row.phone = rules.normal_phone(phone) if phone else None
    row.email = rules.normal_email(email) or None
    await row.save(update_fields=["name", "department_id", "phone", "email"])
    await RoleGrant.filter(account_id=account_id).exclude(role__in=list(roles) or [""]).delete()
    await _grant(account_id, frozenset(roles) - before.roles, actor_id)
    await audit.record(
        "accounts.official_changed",
        f"account:{account_id}",
        actor_id,
        department=department_id or 0,
        roles=_listed(roles),
        roles_before=_listed(before.roles),
    )


@db.transactional
async def close_official(account_id: int, *, actor_id: int) -> None:
    """Close an official's account: no log-in any more, every session ends at once.

    Raises Conflict for one's own account and for the last administrator (409).
    """
    if account_id == actor_id:
        raise Conflict("accounts.own", N_("자기 계정은 스스로 닫을 수 없습니다."))
    if "admin" in (await official(account_id)).roles:
        await _another_admin(account_id)
    closed = await Account.filter(id=account_id, kind=rules.OFFICIAL, state="active").update(
        state="closed", closed_at=clock.now()
    )
    if closed:
        await factors.forget(account_id)
        await sessions.close_all(account_id)
        await audit.record("accounts.official_closed", f"account:{account_id}", actor_id)


@db.transactional
async def reopen_official(account_id: int, *, actor_id: int) -> None:
    """Open a closed official's account again, with the roles it had."""
    opened = await Account.filter(id=account_id, kind=rules.OFFICIAL, state="closed").update(
        state="active", closed_at=None
    )
    if opened:
        await audit.record("accounts.official_reopened", f"account:{account_id}", actor_id)


async def set_demo_password(login_ids: Collection[str], password: str) -> None:
    """One password, whatever it is, for the logins of a demo district; never in production."""
    if config.settings().mode != "demo":
        raise Forbidden
    await _set_demo_password(login_ids, await passwords.hashed(password))


@db.transactional
async def _set_demo_password(login_ids: Collection[str], password_hash: str) -> None:
    for login_id in login_ids:
        await Account.filter(login_id_index=login_id).update(
            password_hash=password_hash,
            password_changed_at=clock.now(),
            must_change_password=False,
        )
        for account in await Account.filter(login_id_index=login_id).only("id"):
            await factors.forget(account.id)  # one password opens them, whoever tried what before
        await audit.record("accounts.demo_password_set", f"login:{login_id}", None)


async def _another_admin(account_id: int) -> None:
    # Locked in one order: of two who take the right from each other at once, the second is refused.
    await RoleGrant.filter(role="admin").order_by("id").select_for_update()
    others = RoleGrant.filter(role="admin", account__state="active").exclude(account_id=account_id)
    if not await others.exists():
        raise Conflict(
            "accounts.last_admin",
            N_("계정을 관리할 사람이 한 명은 남아야 합니다. 먼저 다른 관리자를 정해 주세요."),
        )


async def _grant(account_id: int, roles: frozenset[str], actor_id: int | None) -> None:
    now = clock.now()
    for role in sorted(roles):
        await RoleGrant.create(
            account_id=account_id, role=role, granted_by_id=actor_id, granted_at=now
        )


def _listed(roles: Collection[str]) -> str:
    return " ".join(sorted(roles))
