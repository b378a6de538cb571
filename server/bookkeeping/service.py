"""The door of bookkeeping: corrections with the people they concern, and warnings of the budget.

The points are kept by mileage; here are the officials who may act and those who are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.accounts import service as accounts
from server.bookkeeping import rules
from server.bookkeeping.models import BudgetWarning
from server.core import clock, db, forms
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Invalid
from server.mileage import service as mileage
from server.notifications import service as notifications
from server.ordinance import service as ordinance

ROLES = ("informatics", "admin")
"""Who proposes and who approves: two of them, never the same."""

CORRECTIONS = "/desk/mileage/corrections"
NOBODY = "bookkeeping.nobody"


@dataclass(frozen=True, slots=True)
class Case:
    """A correction with the names of those it concerns; `name` is None once they have left."""

    correction: mileage.Correction
    name: str | None
    proposer: str
    decider: str | None


@db.transactional
async def propose(
    official_id: int, who: str, points: int, reason: str, *, claim: FormClaim | None = None
) -> int:
    """Propose a correction for the resident of that login id or telephone number; its id.

    Raises Invalid naming the field (422), mileage.TooMuch (409). The same form again: the same id.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    resident = await accounts.verified_resident(who)
    if resident is None:
        raise Invalid(
            NOBODY,
            N_("본인확인을 마친 계정이 없거나 같은 전화번호가 여럿입니다. 아이디를 적어 주세요."),
            "who",
        )
    number = await mileage.propose_correction(
        official_id, resident.person_id, resident.account_id, points, reason
    )
    others = set(await _officials()) - {official_id}
    await notifications.tell(
        others, "mileage.correction_asked", f"{CORRECTIONS}/{number}", {"points": abs(points)}
    )
    await forms.settle(claim, str(number))
    return number


@db.transactional
async def decide(
    correction_id: int, official_id: int, *, approved: bool, claim: FormClaim | None = None
) -> None:
    """Another official approves or refuses; the resident hears of what has moved.

    Raises NotFound, Conflict and mileage.TooMuch (409).
    """
    if await forms.claimed(claim) is not None:
        return
    found = await mileage.decide_correction(correction_id, official_id, approved=approved)
    if approved and await accounts.person_of(found.account_id) == found.person_id:
        kind = "mileage.corrected_up" if found.points > 0 else "mileage.corrected_down"
        await notifications.tell(
            [found.account_id], kind, "/me/mileage", {"points": abs(found.points)}
        )
    kind = "mileage.correction_approved" if approved else "mileage.correction_refused"
    await notifications.tell(
        [found.proposed_by], kind, f"{CORRECTIONS}/{found.id}", {"points": abs(found.points)}
    )
    await forms.settle(claim, str(correction_id))


@db.transactional
async def drop(correction_id: int, official_id: int, *, claim: FormClaim | None = None) -> None:
    """Whoever proposed it takes it back. Raises NotFound, Conflict (409)."""
    if await forms.claimed(claim) is not None:
        return
    await mileage.drop_correction(correction_id, official_id)
    await forms.settle(claim, str(correction_id))


async def case(correction_id: int) -> Case:
    """One correction with its names. Raises NotFound."""
    (found,) = await _named([await mileage.correction(correction_id)])
    return found


async def cases(*, open_only: bool, before: int | None = None, limit: int = 20) -> Sequence[Case]:
    """Corrections with their names, the newest first: those that wait, or those decided."""
    return await _named(await mileage.corrections(open_only=open_only, before=before, limit=limit))


async def _named(found: Sequence[mileage.Correction]) -> list[Case]:
    ids = {one.proposed_by for one in found} | {one.account_id for one in found}
    names = await accounts.display_names(ids | {one.decided_by for one in found if one.decided_by})
    here = {one.id: await accounts.person_of(one.account_id) == one.person_id for one in found}
    return [
        Case(
            one,
            names[one.account_id] if here[one.id] else None,
            names[one.proposed_by],
            names[one.decided_by] if one.decided_by else None,
        )
        for one in found
    ]


@db.transactional
async def warn() -> int:
    """Tell the officials once a year's line when it is nearly used, and once when it is used up;
    how many warnings went out."""
    today = clock.today()
    profile = ordinance.profile(today)
    line = profile.mileage.budget_of(today.year) if profile.mileage else None
    if line is None:
        return 0
    budget = await mileage.budget(line.year, line.won)
    share = rules.share_reached(budget.voted_won, budget.left_won, mileage.cheapest_won(profile))
    if not share:
        return 0
    told = await db.execute(
        "INSERT INTO budget_warning (year, line, share, told_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (year, line, share) DO NOTHING",
        [line.year, line.line, share, clock.now()],
    )
    if told:
        kind = "budget.used_up" if share == rules.USED_UP else "budget.nearly"
        params = {} if share == rules.USED_UP else {"count": rules.NEARLY}
        await notifications.tell(await _officials(), kind, "/desk/mileage", params)
    return told


async def warned(year: int, line: str) -> dict[int, datetime]:
    """When officials were warned of a line, by share."""
    rows = await BudgetWarning.filter(year=year, line=line)
    return {row.share: row.told_at for row in rows}


async def _officials() -> list[int]:
    found = [await accounts.officials_with(role) for role in ROLES]
    return sorted({account_id for some in found for account_id in some})
