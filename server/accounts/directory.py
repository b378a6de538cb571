"""Who is who, for the other slices: departments, officials, names, contacts (Y3-3, Y5-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.accounts import rules
from server.accounts.models import Account, Department, RoleGrant, Substitute
from server.core import clock
from server.core.i18n import N_, gettext
from server.core.remembered import remembered
from server.core.web.problems import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = [
    "Contact",
    "Dept",
    "contact_of",
    "department",
    "department_by_slug",
    "departments",
    "display_names",
    "locale_of",
    "officials_of",
    "officials_with",
    "person_of",
    "standing_in",
]


@dataclass(frozen=True, slots=True)
class Dept:
    """A department as residents see it."""

    id: int
    name: str
    name_en: str
    phone: str
    slug: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody may be reached; personal data, so whoever shows it records the access."""

    name: str | None
    phone: str | None
    email: str | None


def _dept(row: Department) -> Dept:
    return Dept(row.id, row.name, row.name_en, row.phone, row.slug, row.active)


async def departments(*, every: bool = False) -> list[Dept]:
    """The departments in the order of the office; with `every` also those dissolved."""
    return [dept for dept in await _all_departments() if every or dept.active]


@remembered
async def _all_departments() -> tuple[Dept, ...]:
    return tuple(_dept(row) for row in await Department.all().order_by("position", "id"))


async def department(department_id: int) -> Dept:
    """One department. Raises NotFound."""
    row = await Department.get_or_none(id=department_id)
    if row is None:
        raise NotFound
    return _dept(row)


async def department_by_slug(slug: str) -> Dept | None:
    """The department of that slug, or None."""
    row = await Department.get_or_none(slug=slug)
    return None if row is None else _dept(row)


async def officials_of(department_id: int, *roles: str) -> list[int]:
    """Accounts of those in a department who hold one of the roles today (without any named: who
    handle its work), substitutes for the absent."""
    rows = await RoleGrant.filter(
        role__in=roles or ("handler", "team_head", "head"),
        account__department_id=department_id,
        account__state="active",
    ).values_list("account_id", flat=True)
    return await _present(_accounts(rows))


async def officials_with(role: str) -> list[int]:
    """Accounts that hold a role today: substitutes for the absent where the role allows one."""
    rows = await RoleGrant.filter(role=role, account__state="active").values_list(
        "account_id", flat=True
    )
    ids = _accounts(rows)
    return await _present(ids) if role in rules.SUBSTITUTED_ROLES else sorted(set(ids))


async def standing_in() -> dict[int, int]:
    """Absent official -> the one who stands in today."""
    today = clock.today()
    rows = await Substitute.filter(
        first_day__lte=today, last_day__gte=today, substitute__state="active"
    ).values_list("absent_id", "substitute_id")
    return {int(absent): int(substitute) for absent, substitute in rows}


async def _present(ids: Collection[int]) -> list[int]:
    absent = await standing_in()
    return sorted({rules.present(account_id, absent) for account_id in ids})


def _accounts(rows: Any) -> list[int]:
    return [int(account_id) for account_id in rows]


async def display_names(ids: Iterable[int]) -> dict[int, str]:
    """Names to show; an account withdrawn has a word in the reader's language instead."""
    wanted = set(ids)
    names = {row.id: row.name for row in await Account.filter(id__in=wanted).only("id", "name")}
    gone = gettext(N_("탈퇴한 이용자"))
    return {account_id: names.get(account_id) or gone for account_id in wanted}


async def contact_of(account_id: int) -> Contact:
    """Name, telephone and e-mail of an account; None where erased. Raises NotFound."""
    row = await Account.get_or_none(id=account_id).only("id", "name", "phone", "email")
    if row is None:
        raise NotFound
    return Contact(row.name, row.phone, row.email)


async def locale_of(ids: Iterable[int]) -> Mapping[int, str]:
    """In which language each account wants to be told."""
    rows = await Account.filter(id__in=set(ids)).values_list("id", "locale")
    return {int(account_id): str(locale) for account_id, locale in rows}


async def person_of(account_id: int) -> int | None:
    """The person behind an account; None while not verified."""
    row = await Account.get_or_none(id=account_id).only("id", "person_id")
    return None if row is None else row.person_id
