"""Money that goes back (Y11-3): asked by one official, paid or refused by another."""

from server.core import audit, clock, forms
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Invalid, NotFound
from server.payments import charging
from server.payments.models import Charge, Deposit, Movement, Refund

TO_LETTERS_MAX = 100


@transactional
async def ask(deposit_id: int, to: str, actor_id: int, *, claim: FormClaim | None = None) -> None:
    """Set aside all that is left of a deposit, to be paid back to the account `to`.

    Raises NotFound, Invalid (422), Conflict (409) where nothing is left.
    """
    if await forms.claimed(claim) is not None:
        return
    if not to or len(to) > TO_LETTERS_MAX:
        raise Invalid("payments.to", N_("돌려드릴 은행과 계좌, 이름을 적어 주세요."), "to")
    deposit = await Deposit.filter(id=deposit_id).select_for_update().first()
    if deposit is None:
        raise NotFound
    if not deposit.left_won:
        raise Conflict("payments.spent", N_("이 입금에는 남은 돈이 없습니다."))
    refund = await Refund.create(
        deposit_id=deposit.id,
        won=deposit.left_won,
        to=to,
        state="asked",
        asked_by_id=actor_id,
        asked_at=clock.now(),
    )
    await _move(refund, deposit.left_won, actor_id)
    await audit.record(
        "payment.refund_ask", f"refund:{refund.id}", actor_id, deposit=deposit.id, won=refund.won
    )
    await forms.settle(claim, str(refund.id))


@transactional
async def decide(
    refund_id: int, paid: bool, actor_id: int, *, claim: FormClaim | None = None
) -> None:
    """A second official says that it has been paid back, or refuses: then it is left again.

    Raises NotFound, Conflict (409) for whoever asked for it and for one that is decided.
    """
    if await forms.claimed(claim) is not None:
        return
    refund = await Refund.filter(id=refund_id).select_for_update().first()
    if refund is None:
        raise NotFound
    if refund.state != "asked":
        raise Conflict("payments.decided", N_("이미 처리한 환불입니다."))
    if refund.asked_by_id == actor_id:
        sentence = N_("환불은 올린 사람이 아닌 다른 담당자가 확인해야 합니다.")
        raise Conflict("payments.two_persons", sentence)
    state = "paid" if paid else "refused"
    await Refund.filter(id=refund.id).update(
        state=state, decided_by_id=actor_id, decided_at=clock.now()
    )
    if not paid:
        await _move(refund, -refund.won, actor_id)
    await audit.record(f"payment.refund_{state}", f"refund:{refund.id}", actor_id, won=refund.won)
    if paid:
        await _tell_payer(refund)
    await forms.settle(claim, str(refund.id))


async def _move(refund: Refund, won: int, actor_id: int) -> None:
    await Movement.create(
        deposit_id=refund.deposit_id,
        refund_id=refund.id,
        won=won,
        at=clock.now(),
        actor_id=actor_id,
    )


async def _tell_payer(refund: Refund) -> None:
    """Tell whoever had to pay what this deposit paid first, where that is known."""
    first = await Movement.filter(
        deposit_id=refund.deposit_id, charge_id__isnull=False
    ).order_by("id").first()  # fmt: skip
    if first is not None:
        charge = await Charge.get(id=first.charge_id)
        await charging.tell(charge, "payment.refunded")
