"""Deposits and what they pay (Y11-3): by the reference beside them, or by an official's hand.

A charge takes no more than its sum: what is over stays with the deposit and is due back. Locks
are taken charge first, deposit second.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from server.core import audit, clock, crypto, forms, ids
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.payments import charging, rules
from server.payments.models import Charge, Deposit, Movement
from server.payments.rules import State

NO_SUCH_CHARGE = N_("그런 납부번호가 없습니다. 일곱 자리를 다시 확인해 주세요.")
PAYER_LETTERS_MAX = 100
SEEN_WITHIN = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Paid:
    """What came of a deposit: the charge it went to, how much, and what of it is left."""

    charge_id: int | None
    won: int
    left_won: int


async def book(
    source: str, digest: bytes, at: datetime, won: int, payer: str, memo: str, actor_id: int
) -> Deposit | None:
    """Inside a transaction: write a deposit; None where this very row has come in before."""
    if await Deposit.exists(Q(digest=digest) | Q(met_digest=digest)):
        return None
    if source == "bank" and await _met(digest, at, won, payer, memo):
        return None
    return await Deposit.create(
        source=source,
        digest=digest,
        at=at,
        won=won,
        left_won=won,
        payer=payer,
        memo=memo,
        booked_at=clock.now(),
        booked_by_id=actor_id,
    )


async def _met(digest: bytes, at: datetime, won: int, payer: str, memo: str) -> bool:
    """Whether the row is money that the desk has seen on the account already: the same sum within
    a few days, by the same name or for the same charge. It is money only once."""
    seen = Deposit.filter(source="seen", met_digest=None, won=won).select_for_update()
    named = set(rules.references_in(f"{payer} {memo}"))
    for one in await seen.filter(at__gte=at - SEEN_WITHIN, at__lte=at + SEEN_WITHIN):
        paid = Movement.filter(deposit_id=one.id, charge_id__isnull=False)
        references = set(await paid.values_list("charge__reference", flat=True))
        if rules.same_payer(one.payer, payer) or named & references:
            await Deposit.filter(id=one.id).update(met_digest=digest)
            return True
    return False


async def match(deposit: Deposit) -> Paid:
    """Inside a transaction: give it to the one charge whose reference stands beside it."""
    found = rules.references_in(f"{deposit.payer} {deposit.memo}")
    known = await Charge.filter(reference__in=found).values("id", "state") if found else []
    waiting = [row["id"] for row in known if row["state"] == State.AWAITING]
    if len(waiting) != 1:
        return Paid(None, 0, deposit.won)
    return await allocate(waiting[0], deposit.id, None)


async def allocate(charge_id: int, deposit_id: int, actor_id: int | None) -> Paid:
    """Inside a transaction: pay a charge out of a deposit. Paid in full it is confirmed; else
    it is said that more is to come; what is over stays with the deposit.

    Raises Conflict (409) where the charge is over, or nothing is left of the deposit.
    """
    charge = await Charge.filter(id=charge_id).select_for_update().get()
    deposit = await Deposit.filter(id=deposit_id).select_for_update().get()
    if charge.state != State.AWAITING:
        raise Conflict("payments.over", N_("이 납부번호는 이미 끝났습니다. 상태를 확인해 주세요."))
    won = rules.taken(charge.won - charge.paid_won, deposit.left_won)
    if not won:
        raise Conflict("payments.spent", N_("이 입금에는 남은 돈이 없습니다."))
    await Movement.create(
        deposit_id=deposit.id, charge_id=charge.id, won=won, at=clock.now(), actor_id=actor_id
    )
    await audit.record(
        "payment.match", f"payment:{charge.id}", actor_id, deposit=deposit.id, won=won
    )
    charge.paid_won += won
    left = deposit.left_won - won
    if charge.paid_won == charge.won:
        await charging.confirm(charge, actor_id)
    else:
        await charging.paid_in_part(charge)
    if left:
        await charging.tell(charge, "payment.over")
    return Paid(charge.id, won, left)


@transactional
async def assign(
    deposit_id: int, reference: str, actor_id: int, *, claim: FormClaim | None = None
) -> None:
    """An official says what a deposit is for. Raises Invalid (422), NotFound, Conflict (409)."""
    if await forms.claimed(claim) is not None:
        return
    if not await Deposit.exists(id=deposit_id):
        raise NotFound
    charge_id = await _charge_id(reference)
    await allocate(charge_id, deposit_id, actor_id)
    await forms.settle(claim, str(deposit_id))


@transactional
async def take(
    reference: str,
    won: int,
    payer: str,
    actor_id: int,
    *,
    on_account: bool = False,
    claim: FormClaim | None = None,
) -> None:
    """Money that the desk has seen with its own eyes: paid at the counter, or `on_account` before
    the bank's file is there. Raises Invalid (422), Conflict (409)."""
    if await forms.claimed(claim) is not None:
        return
    if not 0 < won <= rules.WON_MAX:
        raise Invalid("payments.won", N_("금액을 확인해 주세요."), "won")
    charge_id = await _charge_id(reference)
    digest = crypto.keyed_hash("deposit at the desk", str(ids.new_uuid()))
    source = "seen" if on_account else "desk"
    deposit = await book(source, digest, clock.now(), won, payer, "", actor_id)
    assert deposit is not None, "a new number is nobody else's"
    await allocate(charge_id, deposit.id, actor_id)
    await forms.settle(claim, str(deposit.id))


async def _charge_id(reference: str) -> int:
    known = rules.parse_reference(reference)
    charge = await Charge.get_or_none(reference=known) if known else None
    if charge is None:
        raise Invalid("payments.reference", NO_SUCH_CHARGE, "reference")
    return int(charge.id)
