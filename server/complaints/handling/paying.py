"""Payment first (Y11-3): a fee is asked for, and only when it is confirmed is there anything to
accept; the 8 working hours of acceptance run from then on. Unpaid in time, the filing lapses."""

from datetime import datetime

from server.catalogue import service as catalogue
from server.complaints.acts import acting, noticing
from server.complaints.acts.acting import Act
from server.complaints.models import Complaint
from server.complaints.workflow import BEFORE_ACCEPTANCE, Action, Hat, State
from server.core import outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.outbox import Job
from server.core.web import Actor, Invalid
from server.core.web.permissions import ANONYMOUS
from server.deadlines import service as deadlines
from server.payments import service as payments

PAID = "confirmed"
SHORT = "payment.short"
ASKING = frozenset({"complaint.payment_asked", "complaint.fee_missing", SHORT})
"""What is told of a fee that is due: it goes on by text or letter until it is read, or paid."""

NOBODY = frozenset({Hat.SYSTEM})


def subject(complaint: Complaint) -> str:
    """What the charge of a complaint is for."""
    return f"complaint:{complaint.id}"


def complaint_of(subject_of_charge: str) -> int | None:
    """The complaint that a charge is for; None where it is for something else."""
    kind, _, number = subject_of_charge.partition(":")
    return int(number) if kind == "complaint" and number.isdigit() else None


async def is_due(number: str, kind_slug: str) -> bool:
    """Whether a fee must be paid before the complaint is accepted as that kind."""
    complaint = await Complaint.get_or_none(number=number, state=State.ARRIVED)
    kind = await catalogue.kind_by_slug(kind_slug) if kind_slug else None
    if complaint is None or kind is None or not kind.fee_won:
        return False
    return not await is_paid(complaint)


async def is_paid(complaint: Complaint) -> bool:
    """Whether the complaint's fee has been paid."""
    charge = await payments.charge_of(subject(complaint))
    return charge is not None and charge.state == PAID


async def arrived_at(complaint: Complaint) -> datetime:
    """When the 8 hours of acceptance began: at filing, or when its fee was confirmed (Y11-3)."""
    charge = await payments.charge_of(subject(complaint))
    if charge is None or charge.state != PAID or charge.ended_at is None:
        return complaint.filed_at
    return max(complaint.filed_at, charge.ended_at)


async def to_pay(number: str) -> payments.Charge | None:
    """What is to be paid for a complaint that waits for it."""
    complaint = await Complaint.get_or_none(number=number, state=State.AWAITING_PAYMENT)
    return await payments.charge_of(subject(complaint)) if complaint else None


@transactional
async def ask(
    number: str, actor: Actor, kind_slug: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """The office asks for the fee of a kind; the complaint waits for it."""
    given = {"kind": kind_slug}
    act = await acting.begin(number, actor, Action.CHARGE, given, version=version, claim=claim)
    if act is None:
        return
    kind = await catalogue.kind_by_slug(kind_slug)
    if kind is None or not kind.active:
        raise Invalid("complaint.kind", N_("민원 종류를 골라 주세요."), "kind")
    act.changes["wanted_kind_id"] = act.complaint.wanted_kind_id = kind.id
    act.facts |= {"kind": kind.id, "won": kind.fee_won}
    charge = await charged(act.complaint, kind.fee_won)
    act.day = charge.pay_by
    act.facts["until"] = charge.pay_by.isoformat()
    await act.finish(claim)


async def charged(complaint: Complaint, won: int) -> payments.Charge:
    """The charge of a complaint, made now if there is none. Inside the transaction of the filing
    or of the act; a complaint filed with a fee begins in State.AWAITING_PAYMENT."""
    return await payments.charge(
        subject(complaint),
        complaint.applicant_id,
        won,
        label=complaint.number,
        page=f"/complaints/{complaint.number}",
    )


@transactional
async def confirmed(complaint_id: int) -> None:
    """The fee was paid: the complaint has arrived now, and is to be accepted (Y11-3)."""
    act = await _waiting(complaint_id, Action.CONFIRM_PAYMENT)
    if act is not None:
        act.changes["accept_by"] = deadlines.accept_by(act.now, await deadlines.calendar())
        await act.finish(None)


@transactional
async def undone(complaint_id: int) -> None:
    """The payment was another's. Not accepted yet, it waits for its fee again; accepted, it stays
    so (Act 9): the applicant and the handler are told that the fee is missing, and it is not done
    before the fee has come, or is asked for as a supplement and returned without (D24, D25)."""
    complaint = await Complaint.get(id=complaint_id)
    charge = await payments.charge_of(subject(complaint))
    if charge is None or charge.state == PAID:
        return
    arrived = complaint.state == State.ARRIVED
    if not arrived:
        await payments.keep_as_debt(subject(complaint))
    if not complaint.open:
        return
    action = Action.REASK_PAYMENT if arrived else Action.MISS_PAYMENT
    act = await acting.begin(
        complaint.number, ANONYMOUS, action, {}, version=None, claim=None, hats=NOBODY
    )
    if act is not None:
        act.day = charge.pay_by
        act.facts |= {"won": charge.won, "until": charge.pay_by.isoformat()}
        await act.finish(None)


@transactional
async def short(complaint_id: int, job: Job) -> None:
    """A part of the fee has come: the applicant hears that more is to come, as of any step. Each
    payment is told once: `job`, which brings it, ends with it. Raises LeaseLostError."""
    await outbox.end_with(job)
    complaint = await Complaint.filter(id=complaint_id).select_for_update().get()
    charge = await due(complaint)
    if charge is not None:
        await noticing.tell_applicant(complaint, SHORT, link=charge.address)


async def due(complaint: Complaint) -> payments.Charge | None:
    """The complaint's charge, where money is to be paid for it still."""
    charge = await payments.charge_of(subject(complaint))
    return charge if charge is not None and charge.to_pay else None


async def due_of(number: str) -> payments.Charge | None:
    """The same of a complaint by its number."""
    complaint = await Complaint.get_or_none(number=number)
    return await due(complaint) if complaint else None


@transactional
async def lapsed(complaint_id: int) -> None:
    """The fee was not paid in time."""
    act = await _waiting(complaint_id, Action.LAPSE)
    if act is not None:
        await act.finish(None)


async def no_more(complaint: Complaint) -> None:
    """It is taken back before it was accepted: nothing is to be paid any more, and what was paid
    goes back."""
    if complaint.state in BEFORE_ACCEPTANCE:
        await payments.cancel(subject(complaint))


async def _waiting(complaint_id: int, action: Action) -> Act | None:
    """The act, if the complaint waits for its fee still: news may come twice or late."""
    complaint = await Complaint.get_or_none(id=complaint_id, state=State.AWAITING_PAYMENT)
    if complaint is None:
        return None
    return await acting.begin(
        complaint.number, ANONYMOUS, action, {}, version=None, claim=None, hats=NOBODY
    )
