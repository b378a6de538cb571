"""What a worker does with a delivery: hands it over once, hears the answer, asks after it (Y15-4).

What many deliveries go through is done in one transaction for all that wait at that moment
(core.together); the workflow decides on each by itself, under its lock.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateways.contract import Accepted, Answer, CannotTell, Found, LookUp
from server.core import clock, db, many, outbox
from server.core.db import transactional
from server.core.jobs import Job, LeaseLostError, Retry
from server.core.together import Together
from server.fairuse import service as fairuse
from server.messages.delivery import workflow
from server.messages.delivery.in_hand import Carried, Hand, lookup_after, take_in_hand
from server.messages.delivery.receipts import hear_early, known_as
from server.messages.delivery.workflow import HANDED, Standing, State, Step
from server.messages.fair import fairness
from server.messages.models import Delivery, Message

OVERDUE_BATCH: Final = 500
TWICE_AGAIN: Final = timedelta(seconds=1)
_HANDED_OVER: Final = (
    "id",
    "message_id",
    "kind",
    "order_id",
    "part",
    "number",
    "text",
    "units",
    "attempts",
    "provider",
    "reference",
    "sending_at",
    "deadline_at",
)
GRACE: Final = timedelta(hours=1)
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


# --- handing over ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wish:
    """A job's wish to hand a delivery over to one of these carriers."""

    job: Job
    delivery_id: int
    carriers: tuple[str, ...]


async def begin(job: Job, delivery_id: int, carriers: tuple[str, ...]) -> Parcel | None:
    """Commit `sending, attempt n` under the job's lease; None where nobody is to be called.

    A delivery that is found `sending` was in somebody's hand when he died: it becomes `unknown`.
    Raises LeaseLostError, and Retry while sending is stopped, or an advertisement has to wait for
    the morning.
    """
    return await _begin_together(_Wish(job, delivery_id, carriers))


@transactional
async def _begun(wishes: Sequence[_Wish]) -> list[Parcel | Exception | None]:
    holds = await outbox.hold_leases([wish.job for wish in wishes])
    mine = {wish.delivery_id: wish for wish in reversed(wishes) if wish.job.id in holds}
    parcels = await _parcels(mine, holds)

    def of(wish: _Wish) -> Parcel | Exception | None:
        if wish.job.id not in holds:
            return LeaseLostError(f"job {wish.job.id} is no longer leased to this worker")
        if mine[wish.delivery_id] is not wish:
            return Retry(TWICE_AGAIN)  # two jobs for one delivery: one after the other
        return parcels[wish.delivery_id]

    return [of(wish) for wish in wishes]


async def _parcels(
    wishes: dict[int, _Wish], holds: dict[int, outbox.Hold]
) -> dict[int, Parcel | Exception | None]:
    """What each delivery, by its id, comes to for him who wishes to hand it over."""
    hand = await take_in_hand(wishes)
    found: dict[int, Parcel | Exception | None] = {}
    for carried in hand:
        found[carried.id] = None
        hand.take(carried, workflow.interrupted(carried.standing))
    waiting = [carried.id for carried in hand if carried.state is State.QUEUED]
    rows = await Delivery.filter(id__in=waiting).only(*_HANDED_OVER)
    orders = await Message.in_bulk({row.message_id for row in rows}, "id")
    whys = await fairness.hindrances(
        [(orders[row.message_id], row.number, wishes[row.id].job.attempt) for row in rows]
    )
    leaving = []
    for row, why in zip(rows, whys, strict=True):
        message = orders[row.message_id]
        if isinstance(why, timedelta):
            found[row.id] = Retry(why)
        elif why is not None:
            # It may not leave any more: its points come back, and it does not count any more.
            carried = hand[row.id]
            hand.take(carried, workflow.kept_back(carried.standing, why))
            hand.never_sent(message, row.units)
        else:
            leaving.append(row)
            found[row.id] = _handed(row, message, wishes[row.id], holds[wishes[row.id].job.id])
    await hand.write()
    if leaving:
        await _sending(leaving)
    return found


def _handed(row: Delivery, message: Message, wish: _Wish, hold: outbox.Hold) -> Parcel:
    """The row as it is while it is handed over, and the parcel of it."""
    row.provider = wish.carriers[row.attempts % len(wish.carriers)]
    row.sending_at = clock.now()
    row.attempts += 1
    row.lease = f"{wish.job.token}:{wish.job.attempt}"
    return _parcel(row, message, hold)


async def _sending(rows: Sequence[Delivery]) -> None:
    columns = many.given(
        id="bigint", attempts="integer", lease="text", provider="text", sending_at="timestamptz"
    )
    await db.execute(
        "UPDATE message_delivery AS d SET state = 'sending', attempts = given.attempts,"  # noqa: S608
        " lease = given.lease, provider = given.provider, sending_at = given.sending_at,"
        f" version = d.version + 1 FROM {columns} WHERE d.id = given.id",
        [
            many.rows(
                {
                    "id": row.id,
                    "attempts": row.attempts,
                    "lease": row.lease,
                    "provider": row.provider,
                    "sending_at": row.sending_at,
                }
                for row in rows
            )
        ],
    )


_begin_together = Together(_begun)


# --- the provider's answer ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answered:
    """A provider's answer to a parcel, and whether he will tell of its end."""

    parcel: Parcel
    answer: Answer
    receipts: bool

    @property
    def reference(self) -> str | None:
        return self.answer.reference if isinstance(self.answer, Accepted) else None

    def counts_for(self, carried: Carried) -> bool:
        """Whether it may change anything: one to an earlier attempt only if it says that the order
        was taken, and nobody is handing it over again just now."""
        if carried.attempts == self.parcel.attempt:
            return True
        return self.reference is not None and carried.state is not State.SENDING


async def answered(parcel: Parcel, answer: Answer, *, receipts: bool) -> None:
    """Take the provider's answer to a parcel; one to an earlier attempt counts only if it says
    that the order was taken."""
    await _answer_together(_Answered(parcel, answer, receipts))


@transactional
async def _answers_taken(answers: Sequence[_Answered]) -> list[Exception | None]:
    hand = await take_in_hand({each.parcel.delivery_id for each in answers})
    names = []
    for each in answers:
        carried = hand[each.parcel.delivery_id]
        if each.counts_for(carried):
            step = workflow.answered(carried.standing, each.answer, receipts=each.receipts)
            if step is not None and carried.state is not State.ACCEPTED:
                hand.give_to(carried, each.parcel.provider)
            hand.take(carried, step)
        if each.reference is not None:
            names.append((each.parcel.provider, known_as(each.reference)))
            hand.know_as(carried, *names[-1])
    await hand.write()
    await hear_early(names)
    return [None] * len(answers)


_answer_together = Together(_answers_taken)


# --- asking after it ------------------------------------------------------------------------------


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
    hand = await take_in_hand([parcel.delivery_id])
    carried = hand[parcel.delivery_id]
    if carried.attempts == parcel.attempt:
        overdue = parcel.deadline_at <= clock.now()
        standing = carried.standing
        step = workflow.looked_up(standing, found, receipts=receipts, overdue=overdue)
        hand.take(carried, step)
    await _named(hand, carried, parcel.provider, found)
    asks_again = carried.state is State.UNKNOWN and carried.attempts == parcel.attempt
    return lookup_after() if asks_again else None


async def _named(hand: Hand, carried: Carried, provider: str, found: LookUp) -> None:
    if isinstance(found, Found):
        name = known_as(found.reference)
        hand.know_as(carried, provider, name)
        await hand.write()
        await hear_early([(provider, name)])
    else:
        await hand.write()


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

    def decide(carried: Carried) -> Step | None:
        standing = carried.standing
        asked_in_vain = carried.deadline_at is not None and carried.deadline_at < now - GRACE
        if asked_in_vain and standing.state in {State.UNKNOWN, State.ACCEPTED}:
            silence = CannotTell("nobody answered")
            return workflow.looked_up(standing, silence, receipts=True, overdue=True)
        return workflow.overdue(standing)

    await take(delivery_id, decide)


def standing_of(delivery: Delivery) -> Standing:
    """Where a delivery that was read stands, as the workflow asks."""
    return Standing(
        State(delivery.state),
        delivery.units,
        delivery.attempts,
        delivery.charged is not None,
        delivery.charged or 0,
    )


async def take(delivery_id: int, decide: Callable[[Carried], Step | None]) -> None:
    """Inside a transaction: carry a decision out on one delivery as it stands now."""
    hand = await take_in_hand([delivery_id])
    hand.take(hand[delivery_id], decide(hand[delivery_id]))
    await hand.write()


def _parcel(delivery: Delivery, message: Message, hold: outbox.Hold | None = None) -> Parcel:
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
        hold=hold,
    )
