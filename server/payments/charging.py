"""Charges (Y11-3): made for an application with a fee, confirmed by the payment, lapsed by time."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from server.core import audit, clock, outbox
from server.core.db import transactional
from server.deadlines import service as deadlines
from server.notifications import service as notifications
from server.ordinance import service as ordinance
from server.payments import rules
from server.payments.models import Charge as Row
from server.payments.models import Movement
from server.payments.rules import State

BATCH = 200


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be paid. `page` is where the applicant reads what it is for."""

    id: int
    reference: str
    subject: str
    label: str
    page: str
    account_id: int | None
    won: int
    paid_won: int
    state: State
    pay_by: date
    lapse_at: datetime
    ended_at: datetime | None

    @property
    def to_pay(self) -> int:
        """The won that are still missing."""
        return self.won - self.paid_won if self.state is State.AWAITING else 0

    @property
    def shown(self) -> str:
        """The reference as it is read aloud."""
        return rules.reference_shown(self.reference)

    @property
    def address(self) -> str:
        """The payer's page."""
        return f"/pay/{self.reference}"


@transactional
async def charge(
    subject: str,
    account_id: int | None,
    won: int,
    lapse_at: datetime | None = None,
    *,
    label: str = "",
    page: str = "",
) -> Charge:
    """Ask for `won` for a subject (`complaint:17`), once: asked again, the same charge comes back.

    Without `lapse_at` the profile says until when. `label` is the number it is known by, `page`
    the path of its applicant's page. Raises ValueError for no money or for another sum.
    """
    if not 0 < won <= rules.WON_MAX:
        raise ValueError(f"a charge of {won} won")
    known = await Row.get_or_none(subject=subject)
    if known is not None:
        if known.won != won:
            raise ValueError(f"{subject} has been charged {known.won} won already")
        return told(known)
    pay_by, closing = terms_from(clock.today())
    row = await Row.create(
        reference=await _free_reference(),
        subject=subject,
        label=label,
        page=page,
        account_id=account_id,
        won=won,
        paid_won=0,
        state=State.AWAITING,
        made_at=clock.now(),
        pay_by=pay_by if lapse_at is None else min(pay_by, clock.seoul(lapse_at).date()),
        lapse_at=lapse_at or closing,
    )
    await audit.record("payment.charge", f"payment:{row.id}", None, won=won, about=subject)
    return told(row)


def terms_from(today: date) -> tuple[date, datetime]:
    """Until which day a charge made today is to be paid, and when it lapses."""
    profile = ordinance.profile()
    pay_by = rules.last_day(profile, today)
    return pay_by, deadlines.midnight(pay_by + deadlines.DAY * (1 + profile.payments.matching_days))


async def charge_of(subject: str) -> Charge | None:
    """The charge of a subject; None where nothing was to be paid."""
    row = await Row.get_or_none(subject=subject)
    return told(row) if row else None


async def by_reference(reference: str) -> Charge | None:
    """The charge with that reference, however it was typed."""
    known = rules.parse_reference(reference)
    row = await Row.get_or_none(reference=known) if known else None
    return told(row) if row else None


@transactional
async def cancel(subject: str) -> None:
    """What it was for is gone before anything was done for it: nothing is to be paid any more.

    What was paid, in part or in full, goes back to the deposits, and is listed there as due to the
    payer, who is told.
    """
    alive = Row.filter(subject=subject, state__in=[State.AWAITING, State.CONFIRMED])
    row = await alive.select_for_update().first()
    if row is not None:
        await _end(row, State.CANCELLED)
        if row.paid_won:
            await tell(row, "payment.over")


async def lapse_unpaid() -> int:
    """End every charge whose time is over, telling who had to pay; how many."""
    late = Row.filter(state=State.AWAITING, lapse_at__lte=clock.now())
    ids = await late.order_by("lapse_at").limit(BATCH).values_list("id", flat=True)
    return sum([await _lapse(int(str(one))) for one in ids])


@transactional
async def _lapse(charge_id: int) -> int:
    row = await Row.filter(id=charge_id, state=State.AWAITING).select_for_update().first()
    if row is None or row.lapse_at > clock.now():
        return 0
    await _end(row, State.LAPSED)
    await outbox.emit(
        "payment.lapsed", {"subject": row.subject, "charge": row.id}, key=f"charge:{row.id}"
    )
    await tell(row, "payment.lapsed")
    return 1


async def confirm(row: Row, actor_id: int | None) -> None:
    """Inside a transaction that has paid it in full: the application is received from now on."""
    row.state, row.ended_at = State.CONFIRMED, clock.now()
    await row.save(update_fields=["state", "ended_at"])
    await audit.record("payment.confirm", f"payment:{row.id}", actor_id, won=row.won)
    # Undone and paid anew, it is confirmed once more.
    key = f"charge:{row.id}:{row.ended_at.isoformat()}"
    await outbox.emit("payment.confirmed", {"subject": row.subject, "charge": row.id}, key=key)
    await tell(row, "payment.confirmed")


async def paid_in_part(row: Row) -> None:
    """Inside a transaction that has paid a part of it: whoever asked for it hears that more is to
    come, and tells who has to pay by the ways chosen for that."""
    # Undone and paid anew, it is short once more: each payment is news of its own.
    key = f"charge:{row.id}:{clock.now().isoformat()}"
    await outbox.emit("payment.short", {"subject": row.subject, "charge": row.id}, key=key)


async def tell(row: Row, kind: str) -> None:
    """Tell who had to pay, where that is an account."""
    if row.account_id is None:
        return
    params: dict[str, str | int] = {"receipt": row.label or rules.reference_shown(row.reference)}
    await notifications.tell({row.account_id}, kind, f"/pay/{row.reference}", params)


async def _end(row: Row, state: State) -> None:
    """End it unpaid; every won that had come for it belongs to its deposit again."""
    paid: dict[int, int] = {}
    for one in await Movement.filter(charge_id=row.id).values("deposit_id", "won"):
        paid[one["deposit_id"]] = paid.get(one["deposit_id"], 0) + one["won"]
    now = clock.now()
    await Row.filter(id=row.id).update(state=state, ended_at=now)
    for deposit_id, won in sorted(paid.items()):
        if won:
            await Movement.create(deposit_id=deposit_id, charge_id=row.id, won=-won, at=now)
    await audit.record(f"payment.{state}", f"payment:{row.id}", None, won=row.won)


async def _free_reference() -> str:
    while True:
        reference = rules.reference_from(secrets.randbits(64))
        if not await Row.exists(reference=reference):
            return reference


def told(row: Row) -> Charge:
    """The row as other slices and pages get it."""
    return Charge(
        row.id,
        row.reference,
        row.subject,
        row.label,
        row.page,
        row.account_id,
        row.won,
        row.paid_won,
        State(row.state),
        row.pay_by,
        row.lapse_at,
        row.ended_at,
    )
