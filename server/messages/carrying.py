"""What the worker does with a delivery: hands it over once, hears of it, asks after it (Y15-4).

Each function is one transaction. A change is written only onto the version it was decided on, so
news that arrives at the same moment is taken one piece after the other.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from tortoise.expressions import Q

from gateways.contract import Accepted, Answer, CannotTell, Found, LookUp, Status
from gateways.contract import Receipt as News
from server.core import clock, db, outbox
from server.core.db import transactional
from server.core.jobs import Job, Retry
from server.fairuse import service as fairuse
from server.messages import ending, fairness, workflow
from server.messages.models import Delivery, Message, Receipt
from server.messages.ordering import SEND, profile
from server.messages.workflow import HANDED, Standing, State, Step

LOOK_UP = {"sms": "messages.look_up_sms", "fax": "messages.look_up_fax"}
RECEIPT = "messages.receipt"
OVERDUE_BATCH = 500
REASON_MAX = 60
EVENT_MAX, ORDER_MAX, REFERENCE_MAX = 200, 64, 120
GRACE = timedelta(hours=1)
"""What the last look-up is given, before a delivery past its deadline ends without it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery in hand: what the provider is given. Of a fax `text` is empty."""

    delivery_id: int
    message_id: UUID
    kind: str
    attempt: int
    order_id: str
    sender: str
    number: str
    text: str
    units: int
    provider: str
    reference: str | None
    since: datetime
    deadline_at: datetime
    hold: outbox.Hold | None = None
    """The worker's hold on it, where it is to be handed over: to be checked right before that."""


@transactional
async def begin(job: Job, delivery_id: int, carriers: tuple[str, ...]) -> Parcel | None:
    """Commit `sending, attempt n` under the job's lease; None where nobody is to be called.

    A delivery that is found `sending` was in somebody's hand when he died: it becomes `unknown`.
    Raises Retry while sending is stopped, or an advertisement has to wait for the morning.
    """
    hold = await outbox.hold_lease(job)
    delivery = await Delivery.get(id=delivery_id)
    if delivery.state == State.SENDING:
        await take(delivery, lambda found: workflow.interrupted(standing_of(found)))
        return None
    message = await Message.get(id=delivery.message_id)
    why = await fairness.hindrance(message, delivery.number, job.attempt)
    if isinstance(why, timedelta):
        raise Retry(why)
    if why is not None:
        await _kept_back(delivery_id, why)
        return None
    before, delivery.sending_at = delivery.version, clock.now()
    delivery.provider = carriers[delivery.attempts % len(carriers)]
    delivery.attempts += 1
    changed = await db.execute(
        "UPDATE message_delivery SET state = 'sending', attempts = ?, lease = ?, provider = ?,"
        " sending_at = ?, version = version + 1 WHERE id = ? AND state = 'queued' AND version = ?",
        [
            delivery.attempts,
            f"{job.token}:{job.attempt}",
            delivery.provider,
            delivery.sending_at,
            delivery_id,
            before,
        ],
    )
    return replace(_parcel(delivery, message), hold=hold) if changed else None


@transactional
async def answered(parcel: Parcel, answer: Answer, *, receipts: bool) -> None:
    """Take the provider's answer to a parcel; one to an earlier attempt counts only if it says
    that the order was taken."""
    reference = answer.reference if isinstance(answer, Accepted) else None

    def decide(delivery: Delivery) -> Step | None:
        if delivery.attempts != parcel.attempt and (
            reference is None or delivery.state == State.SENDING
        ):
            return None
        return workflow.answered(standing_of(delivery), answer, receipts=receipts)

    await take(parcel.delivery_id, decide)
    if reference is not None:
        await _know_as(parcel.delivery_id, parcel.provider, reference)


@transactional
async def to_look_up(delivery_id: int) -> Parcel | None:
    """What to ask the provider about; None where the delivery has come to its end meanwhile."""
    delivery = await Delivery.get(id=delivery_id)
    if delivery.charged is not None or delivery.state not in {State.UNKNOWN, State.ACCEPTED}:
        return None
    return _parcel(delivery, await Message.get(id=delivery.message_id))


@transactional
async def looked_up(parcel: Parcel, found: LookUp, *, receipts: bool) -> timedelta | None:
    """Take what the provider says when asked; when to ask again, or None."""
    overdue = parcel.deadline_at <= clock.now()

    def decide(delivery: Delivery) -> Step | None:
        if delivery.attempts != parcel.attempt:
            return None
        return workflow.looked_up(standing_of(delivery), found, receipts=receipts, overdue=overdue)

    delivery = await take(parcel.delivery_id, decide)
    if isinstance(found, Found):
        await _know_as(parcel.delivery_id, parcel.provider, found.reference)
    if delivery.state == State.UNKNOWN and delivery.attempts == parcel.attempt:
        return lookup_after()
    return None


def lookup_after() -> timedelta:
    """How long an unknown outcome is left alone before the provider is asked."""
    limits = profile().messages
    return timedelta(minutes=limits.lookup_minutes if limits is not None else 2)


@transactional
async def receive_receipt(news: News) -> bool:
    """Store a receipt as it came, once; whether it was new. The worker applies it."""
    rows = await db.fetch(
        "INSERT INTO message_receipt (provider, event_id, order_id, reference, status,"
        " delivered_units, reason, at, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (provider, event_id) DO NOTHING RETURNING id",
        [
            news.provider,
            _fitting(news.event_id, EVENT_MAX),
            _fitting(news.order_id, ORDER_MAX),
            _fitting(news.reference, REFERENCE_MAX),
            news.status.value,
            news.delivered_units,
            (news.reason or "")[:REASON_MAX],
            news.at,
            clock.now(),
        ],
    )
    for row in rows:
        await outbox.emit(RECEIPT, {"receipt": row["id"]}, key=str(row["id"]))
    return bool(rows)


def _fitting(name: str | None, longest: int) -> str | None:
    """A provider's name for something; one too long to keep by its digest, still the same twice."""
    if name is None or len(name) <= longest:
        return name
    return sha256(name.encode()).hexdigest()


@transactional
async def apply_receipt(receipt_id: int) -> bool:
    """Apply a stored receipt, and before it what else waits for the same delivery, in the order in
    which it happened: however many workers there are, the first end told is the end.

    False where nobody's order fits it yet (it may come before the provider's answer, which will
    find it).
    """
    receipt = await Receipt.get(id=receipt_id)
    if receipt.applied_at is not None:
        return True
    delivery = await delivery_of(receipt)
    if delivery is None:
        return False
    named = Q(order_id=delivery.order_id)
    if delivery.reference is not None:
        named |= Q(provider=delivery.provider, reference=delivery.reference)
    for waiting in await Receipt.filter(named, applied_at=None).order_by("at", "id"):
        delivery = await _apply(waiting, delivery)
    return True


async def _apply(receipt: Receipt, delivery: Delivery) -> Delivery:
    news = News(
        receipt.provider,
        receipt.event_id,
        Status(receipt.status),
        receipt.at,
        delivered_units=receipt.delivered_units,
    )

    def decide(delivery: Delivery) -> Step | None:
        if receipt.provider != delivery.provider and news.status is not Status.DELIVERED:
            return None  # he refused it, and another has it now
        arrived = news.units_of(delivery.units)
        return workflow.told(standing_of(delivery), news.status, arrived, receipt.reason)

    delivery = await take(delivery, decide, late_at=receipt.at)
    await db.execute(
        "UPDATE message_receipt SET applied_at = ? WHERE id = ?", [clock.now(), receipt.id]
    )
    return delivery


async def delivery_of(receipt: Receipt) -> Delivery | None:
    """The delivery that a receipt is about, by our name for it or the provider's."""
    if receipt.order_id is not None:
        found = await Delivery.get_or_none(order_id=receipt.order_id)
        if found is not None:
            return found
    if receipt.reference is None:
        return None
    return await Delivery.filter(provider=receipt.provider, reference=receipt.reference).first()


async def _know_as(delivery_id: int, provider: str, reference: str) -> None:
    """Keep what the provider calls the delivery, and hear the receipts that came before this."""
    name = _fitting(reference, REFERENCE_MAX)
    await db.execute(
        "UPDATE message_delivery SET reference = ? WHERE id = ? AND reference IS NULL",
        [name, delivery_id],
    )
    early = await db.fetch(
        "SELECT id FROM message_receipt"
        " WHERE provider = ? AND reference = ? AND applied_at IS NULL",
        [provider, name],
    )
    for row in early:
        await outbox.emit(RECEIPT, {"receipt": row["id"]}, key=f"{row['id']}:known")


async def _kept_back(delivery_id: int, why: str) -> None:
    """It may not leave any more: its points come back, and it does not count against the caps."""
    delivery = await take(delivery_id, lambda found: workflow.kept_back(standing_of(found), why))
    if delivery.state == State.FAILED and delivery.reason == why:
        await fairness.give_back(await Message.get(id=delivery.message_id), delivery.units)


async def overdue() -> int:
    """End what nobody has heard of by its deadline, or ask the provider one last time; how many.

    While sending is stopped, what waits here waits on.
    """
    waiting = [] if await fairuse.sending_stopped() else [State.DRAFT, State.QUEUED]
    late = Delivery.filter(state__in=[*waiting, *HANDED], charged=None, deadline_at__lt=clock.now())
    rows = await late.order_by("deadline_at").limit(OVERDUE_BATCH).values("id")
    for row in rows:
        await _end_of(row["id"])
    return len(rows)


@transactional
async def _end_of(delivery_id: int) -> None:
    now = clock.now()

    def decide(delivery: Delivery) -> Step | None:
        standing = standing_of(delivery)
        asked_in_vain = delivery.deadline_at is not None and delivery.deadline_at < now - GRACE
        if asked_in_vain and standing.state in {State.UNKNOWN, State.ACCEPTED}:
            silence = CannotTell("nobody answered")
            return workflow.looked_up(standing, silence, receipts=True, overdue=True)
        return workflow.overdue(standing)

    await take(delivery_id, decide)


def standing_of(delivery: Delivery) -> Standing:
    """Where a delivery stands, as the workflow asks."""
    return Standing(
        State(delivery.state),
        delivery.units,
        delivery.attempts,
        delivery.charged is not None,
        delivery.charged or 0,
    )


async def take(
    known: Delivery | int,
    decide: Callable[[Delivery], Step | None],
    *,
    late_at: datetime | None = None,
) -> Delivery:
    """Carry a decision out on the delivery as it stands now; the delivery afterwards.

    `known` is its id, or the row as this transaction has just read it.
    """
    delivery = await Delivery.get(id=known) if isinstance(known, int) else known
    while True:
        step = decide(delivery)
        if step is None or await _written(delivery, step, late_at):
            return delivery
        delivery = await Delivery.get(id=delivery.id)


async def _written(delivery: Delivery, step: Step, late_at: datetime | None) -> bool:
    """Write a step, with all that follows from it; False where somebody else was faster."""
    now = clock.now()
    before = delivery.version
    delivery.version += 1
    delivery.state = step.state
    if step.reason:
        delivery.reason = step.reason[:REASON_MAX]
    if step.state == State.ACCEPTED and delivery.accepted_at is None:
        delivery.accepted_at = now
    if step.charged is not None:
        delivery.charged, delivery.ended_at = step.charged, now
    if step.late:
        delivery.delivered_late_at = delivery.delivered_late_at or late_at or now
    changed = await db.execute(
        "UPDATE message_delivery SET state = ?, version = ?, reason = ?, accepted_at = ?,"
        " charged = ?, ended_at = ?, delivered_late_at = ? WHERE id = ? AND version = ?",
        [
            step.state.value,
            delivery.version,
            delivery.reason,
            delivery.accepted_at,
            delivery.charged,
            delivery.ended_at,
            delivery.delivered_late_at,
            delivery.id,
            before,
        ],
    )
    if not changed:
        return False
    payload = {"delivery": delivery.id, "message": str(delivery.message_id)}
    if step.again is not None:
        key = f"{delivery.id}:{delivery.attempts}"
        await outbox.emit(SEND[delivery.kind], payload, key=key, not_before=now + step.again)
    if step.look_up:
        overdue = delivery.deadline_at is not None and delivery.deadline_at <= now
        wait = timedelta(0) if overdue else lookup_after()
        key = f"{delivery.id}:{delivery.attempts}{':last' if overdue else ''}"
        await outbox.emit(LOOK_UP[delivery.kind], payload, key=key, not_before=now + wait)
    if step.charged is not None:
        await ending.settle(delivery, step.charged)
    return True


def _parcel(delivery: Delivery, message: Message) -> Parcel:
    texts: list[str] = json.loads(message.parts) if message.parts else []
    now = clock.now()
    return Parcel(
        delivery_id=delivery.id,
        message_id=message.id,
        kind=delivery.kind,
        attempt=delivery.attempts,
        order_id=delivery.order_id,
        sender=(message.sender or "").replace("-", ""),
        number=delivery.number or "",
        text=delivery.text or (texts[delivery.part - 1] if texts else ""),
        units=delivery.units,
        provider=delivery.provider or "",
        reference=delivery.reference,
        since=delivery.sending_at or now,
        deadline_at=delivery.deadline_at or now,
    )
