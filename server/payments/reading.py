"""What the desk sees of payments: who still has to pay, what belongs to nobody, what goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.web import NotFound
from server.payments import charging
from server.payments.charging import Charge
from server.payments.models import Charge as ChargeRow
from server.payments.models import Deposit, Movement, Refund
from server.payments.rules import State

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Left:
    """A deposit of which something is left: nothing of it matched yet, or paid over."""

    id: int
    at: datetime
    won: int
    left_won: int
    payer: str
    memo: str
    matched: bool
    same_sum: Sequence[Charge]


@dataclass(frozen=True, slots=True)
class Back:
    """Money on its way back. `mine`: the reader asked for it, so another decides."""

    id: int
    won: int
    to: str
    payer: str
    asked_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The room of payments at the desk."""

    left: Sequence[Left]
    refunds: Sequence[Back]
    awaiting: Sequence[Charge]
    confirmed: Sequence[Charge]


async def desk(actor_id: int) -> Desk:
    """Everything that waits for somebody, oldest first, and what was confirmed last."""
    awaiting = ChargeRow.filter(state=State.AWAITING).order_by("lapse_at").limit(SHOWN_MAX)
    confirmed = ChargeRow.filter(state=State.CONFIRMED).order_by("-ended_at").limit(10)
    waiting = [charging.told(row) for row in await awaiting]
    return Desk(
        await _left(waiting),
        await _refunds(actor_id),
        waiting,
        [charging.told(row) for row in await confirmed],
    )


async def left(deposit_id: int) -> Left:
    """One deposit with money left. Raises NotFound where there is none, or nothing of it left."""
    awaiting = ChargeRow.filter(state=State.AWAITING).order_by("lapse_at").limit(SHOWN_MAX)
    row = await Deposit.get_or_none(id=deposit_id, left_won__gt=0)
    if row is None:
        raise NotFound
    return (await _lefts([row], [charging.told(one) for one in await awaiting]))[0]


async def _left(waiting: Sequence[Charge]) -> list[Left]:
    rows = await Deposit.filter(left_won__gt=0).order_by("id").limit(SHOWN_MAX)
    return await _lefts(rows, waiting)


async def _lefts(rows: Sequence[Deposit], waiting: Sequence[Charge]) -> list[Left]:
    ids = [row.id for row in rows]
    moved = Movement.filter(deposit_id__in=ids, charge_id__isnull=False).values("deposit_id")
    matched = {one["deposit_id"] for one in await moved} if ids else set()
    return [
        Left(
            row.id,
            row.at,
            row.won,
            row.left_won,
            row.payer,
            row.memo,
            row.id in matched,
            [one for one in waiting if one.to_pay == row.left_won][:3],
        )
        for row in rows
    ]


async def _refunds(actor_id: int) -> list[Back]:
    rows = Refund.filter(state="asked").order_by("id").limit(SHOWN_MAX)
    return [
        Back(row.id, row.won, row.to, row.deposit.payer, row.asked_at, row.asked_by_id == actor_id)
        for row in await rows.select_related("deposit")
    ]
