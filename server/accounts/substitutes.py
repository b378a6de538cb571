"""Substitutes (대직자): who does the work of an official who is away (Y3-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from server.accounts import rules
from server.accounts.models import Account, Substitute
from server.core import audit, clock, db, forms
from server.core.i18n import N_
from server.core.web.problems import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from server.core.forms import FormClaim

__all__ = ["Absence", "end_substitute", "set_substitute", "substitutes"]


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is away from the first to the last day, both included, and who stands in."""

    id: int
    absent_id: int
    substitute_id: int
    department_id: int | None
    first_day: date
    last_day: date


async def substitutes(department_id: int | None = None) -> list[Absence]:
    """Absences that have not ended (of a department's officials), the next first."""
    query = Substitute.filter(last_day__gte=clock.today())
    if department_id is not None:
        query = query.filter(absent__department_id=department_id)
    rows = await query.order_by("first_day", "id").values(
        "id", "absent_id", "substitute_id", "absent__department_id", "first_day", "last_day"
    )
    return [
        Absence(
            row["id"],
            row["absent_id"],
            row["substitute_id"],
            row["absent__department_id"],
            row["first_day"],
            row["last_day"],
        )
        for row in rows
    ]


@db.transactional
async def set_substitute(
    absent_id: int,
    substitute_id: int,
    first_day: date,
    last_day: date,
    *,
    actor_id: int | None,
    claim: FormClaim | None = None,
) -> int:
    """Have an official of the same department stand in; the absence's id.

    Raises Invalid on the field (422), Conflict where the days overlap with another absence (409).
    """
    earlier = await forms.claimed(claim)
    if earlier:
        return int(earlier)
    _check_days(first_day, last_day)
    absent, other = await _official(absent_id), await _official(substitute_id)
    if absent.id == other.id:
        raise Invalid(
            "accounts.substitute_self",
            N_("자리를 비우는 사람과 다른 직원을 골라 주세요."),
            "substitute",
        )
    if absent.department_id is None or absent.department_id != other.department_id:
        raise Invalid(
            "accounts.substitute_elsewhere", N_("대직자는 같은 부서에서 골라 주세요."), "substitute"
        )
    # The row of the absent one is the lock: two absences set at once must see each other.
    await Account.filter(id=absent_id).select_for_update().first()
    overlap = Substitute.filter(
        absent_id=absent_id, first_day__lte=last_day, last_day__gte=first_day
    )
    if await overlap.exists():
        raise Conflict(
            "accounts.substitute_overlap", N_("그 기간에는 이미 대직자가 있습니다."), "first_day"
        )
    row = await Substitute.create(
        absent_id=absent_id,
        substitute_id=substitute_id,
        first_day=first_day,
        last_day=last_day,
        created_by_id=actor_id,
        created_at=clock.now(),
    )
    await audit.record(
        "accounts.substitute_set",
        f"account:{absent_id}",
        actor_id,
        substitute=substitute_id,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
    )
    await forms.settle(claim, str(row.id))
    return int(row.id)


def _check_days(first_day: date, last_day: date) -> None:
    if last_day < first_day or last_day < clock.today():
        raise Invalid("accounts.substitute_days", N_("마지막 날을 다시 확인해 주세요."), "last_day")


@db.transactional
async def end_substitute(absence_id: int, *, actor_id: int) -> None:
    """The absent one is back today: an absence under way ends yesterday, one to come is gone.

    Raises NotFound.
    """
    row = await Substitute.get_or_none(id=absence_id)
    if row is None:
        raise NotFound
    yesterday = clock.today() - timedelta(days=1)
    if row.first_day > yesterday:
        await row.delete()
    else:
        row.last_day = min(row.last_day, yesterday)
        await row.save(update_fields=["last_day"])
    await audit.record(
        "accounts.substitute_ended",
        f"account:{row.absent_id}",
        actor_id,
        substitute=row.substitute_id,
    )


async def absence(absence_id: int) -> Absence:
    """One absence. Raises NotFound."""
    row = await Substitute.get_or_none(id=absence_id).select_related("absent")
    if row is None:
        raise NotFound
    return Absence(
        row.id,
        row.absent_id,
        row.substitute_id,
        row.absent.department_id,
        row.first_day,
        row.last_day,
    )


async def _official(account_id: int) -> Account:
    row = await Account.get_or_none(id=account_id, kind=rules.OFFICIAL, state="active")
    if row is None:
        raise NotFound
    return row
