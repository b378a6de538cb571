"""Finding the one resident whom an official means, by what only that resident's account has."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts import rules
from server.accounts.models import Account

__all__ = ["VerifiedResident", "verified_resident"]


@dataclass(frozen=True, slots=True)
class VerifiedResident:
    """An account with the person behind it."""

    account_id: int
    person_id: int


async def verified_resident(who: str) -> VerifiedResident | None:
    """The verified resident of exactly this login id, or of this telephone number if it is one's
    own alone; None otherwise."""
    residents = Account.filter(kind=rules.RESIDENT, state="active", person_id__isnull=False)
    found = await residents.filter(login_id_index=who)
    if not found:
        found = await residents.filter(phone_index=who)
    if len(found) != 1:
        return None
    (row,) = found
    assert row.person_id is not None, "the query asks for it"
    return VerifiedResident(row.id, row.person_id)
