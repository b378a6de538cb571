"""The departments of the office, as an administrator keeps them (Y3-3, Y5-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import rules
from server.accounts.models import Account, Department
from server.core import audit, db, forms
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from server.core.forms import FormClaim

__all__ = ["change_department", "create_department"]


@db.transactional
async def create_department(
    slug: str,
    name: str,
    name_en: str,
    phone: str,
    *,
    actor_id: int | None = None,
    claim: FormClaim | None = None,
) -> int:
    """A new department; its id. Raises Invalid naming the field (422), Conflict where the slug or
    the name is taken (409)."""
    earlier = await forms.claimed(claim)
    if earlier:
        return int(earlier)
    _check_department(slug, name, name_en, phone)
    if await Department.exists(slug=slug) or await Department.exists(name=rules.plain(name)):
        raise Conflict(
            "accounts.department_taken", N_("같은 이름이나 주소의 부서가 이미 있습니다."), "name"
        )
    row = await Department.create(
        slug=slug,
        name=rules.plain(name),
        name_en=rules.plain(name_en),
        phone=rules.pretty_phone(phone),
        position=await Department.all().count(),
    )
    await audit.record("accounts.department_created", f"department:{row.id}", actor_id)
    await forms.settle(claim, str(row.id))
    return int(row.id)


@db.transactional
async def change_department(
    department_id: int, name: str, name_en: str, phone: str, *, active: bool, actor_id: int | None
) -> None:
    """Rename a department, set its telephone, dissolve it or open it again.

    Raises Invalid (422), Conflict where the name is taken or officials still work there (409).
    """
    _check_department("unchanged", name, name_en, phone)
    row = await Department.get_or_none(id=department_id)
    if row is None:
        raise NotFound
    if await Department.filter(name=rules.plain(name)).exclude(id=department_id).exists():
        raise Conflict(
            "accounts.department_taken", N_("같은 이름이나 주소의 부서가 이미 있습니다."), "name"
        )
    if not active and await Account.exists(department_id=department_id, state="active"):
        raise Conflict(
            "accounts.department_used",
            N_("아직 이 부서에서 일하는 직원이 있습니다. 먼저 다른 부서로 옮겨 주세요."),
            "active",
        )
    row.name, row.name_en = rules.plain(name), rules.plain(name_en)
    row.phone, row.active = rules.pretty_phone(phone), active
    await row.save()
    await audit.record(
        "accounts.department_changed", f"department:{row.id}", actor_id, active=int(active)
    )


def _check_department(slug: str, name: str, name_en: str, phone: str) -> None:
    for where, fault in (
        ("slug", rules.slug_fault(slug)),
        ("name", rules.department_name_fault(name)),
        ("name_en", rules.department_name_fault(name_en)),
        ("phone", rules.phone_fault(phone)),
    ):
        if fault:
            raise Invalid(f"accounts.{where}", fault, where)
