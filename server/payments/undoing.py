"""A deposit that was matched with the wrong charge is taken from it again (Y11-3), with the reason.

The money belongs to its deposit again and can be matched anew. The charge is unpaid as it was
before; what that means for what it was asked for is decided there (`payment.undone`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Sum

from server.core import audit, clock, forms, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.payments import charging
from server.payments.charging import Charge
from server.payments.models import Charge as Row
from server.payments.models import Deposit, Movement
from server.payments.rules import State

WHY_LETTERS_MAX = 200
DEBT_KEPT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Part:
    """What a charge has of one deposit."""

    deposit_id: int
    won: int
    payer: str
    at: datetime


async def parts(reference: str) -> tuple[Charge, Sequence[Part]]:
    """A charge that has money, and the deposits it has it of. Raises NotFound."""
    charge = await charging.by_reference(reference)
    if charge is None:
        raise NotFound
    rows = await (
        Movement.filter(charge_id=charge.id)
        .annotate(sum=Sum("won"))
        .group_by("deposit_id")
        .values("deposit_id", "sum")
    )
    sums = {int(row["deposit_id"]): int(row["sum"]) for row in rows if row["sum"]}
    deposits = await Deposit.filter(id__in=list(sums)).order_by("id")
    return charge, [Part(row.id, sums[row.id], row.payer, row.at) for row in deposits]


@transactional
async def undo(
    reference: str, deposit_id: int, why: str, actor_id: int, *, claim: FormClaim | None = None
) -> None:
    """Take a deposit from a charge. Raises NotFound, Invalid (422) without a reason, Conflict
    (409) where the charge is over, or has nothing of that deposit any more."""
    if await forms.claimed(claim) is not None:
        return
    if not why.strip() or len(why) > WHY_LETTERS_MAX:
        raise Invalid("payments.why", N_("왜 되돌리는지 200자 안으로 적어 주세요."), "why")
    charge, found = await parts(reference)
    row = await Row.filter(id=charge.id).select_for_update().get()
    part = next((one for one in found if one.deposit_id == deposit_id), None)
    if part is None or row.state not in {State.AWAITING, State.CONFIRMED}:
        raise Conflict("payments.not_matched", N_("이 신청에 맞추어 둔 입금이 아닙니다."))
    confirmed = row.state == State.CONFIRMED
    if confirmed:
        row.state, row.ended_at = State.AWAITING, None
        row.pay_by, row.lapse_at = charging.terms_from(clock.today())
        await row.save(update_fields=["state", "ended_at", "pay_by", "lapse_at"])
    moved = await Movement.create(
        deposit_id=deposit_id,
        charge_id=row.id,
        won=-part.won,
        at=clock.now(),
        actor_id=actor_id,
        why=why.strip(),
    )
    await audit.record(
        "payment.undo", f"payment:{row.id}", actor_id, deposit=deposit_id, won=part.won
    )
    if confirmed:
        told = {"subject": row.subject, "charge": row.id}
        await outbox.emit("payment.undone", told, key=f"movement:{moved.id}")
    await forms.settle(claim, row.reference)


@transactional
async def keep_as_debt(subject: str) -> None:
    """What it is for has been received already: unpaid, it lapses with the day no more."""
    await Row.filter(subject=subject, state=State.AWAITING).update(lapse_at=clock.now() + DEBT_KEPT)
