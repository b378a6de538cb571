"""From a draft to the outbox: one transaction that sets the points aside, or nothing of it.

Y15-4: the price is shown before anything is sent, and an order that cannot be paid sends nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server import config
from server.core import audit, clock, db, live, outbox
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Conflict, Forbidden, NotFound, Problem
from server.fairuse import service as fairuse
from server.messages import rules
from server.messages.delivery.workflow import State
from server.messages.fair import fairness
from server.messages.fax import acknowledging
from server.messages.models import Delivery, Message
from server.messages.orders import ending, holding
from server.messages.rules import Kind, Price
from server.mileage import service as mileage
from server.ordinance import service as ordinance

SEND: Final = {"sms": "messages.send_sms", "fax": "messages.send_fax"}
DISPATCH: Final = "messages.dispatch"
SIMULATOR: Final = "simulator"
UNDER_WAY: Final = frozenset({"held", "scheduled", "sent"})
BATCH: Final = 500
"""So many deliveries are written or queued in one transaction: a few dozen milliseconds."""


def profile() -> ordinance.Profile:
    """The rule in force today, where it knows SMS and fax; raises Closed where it does not."""
    found = ordinance.profile(clock.today())
    if not found.has_messages:
        raise rules.closed()
    return found


def carriers(kind: Kind) -> tuple[str, ...]:
    """The providers of this installation by name, best first; in demo the simulator."""
    if not ordinance.profile(clock.today()).has_messages:
        return ()
    settings = config.settings()
    named = settings.sms_providers if kind == "sms" else settings.fax_providers
    return named or ((SIMULATOR,) if settings.mode == "demo" else ())


def must_be_open(kind: Kind) -> None:
    """Raise Problem 503 where nobody carries this kind: nothing is charged then."""
    if not carriers(kind):
        raise Problem(
            "messages.no_carrier",
            N_("지금은 보낼 수 없습니다. 마일리지는 그대로 남아 있습니다."),
            503,
        )


@transactional
async def confirm(
    message_id: UUID,
    account_id: int,
    person_id: int | None,
    *,
    points: int | None = None,
    at: datetime | None = None,
    sender: str | None = None,
    declared: bool = True,
) -> None:
    """Send a draft, now or at the hour `at`: points and won set aside, every delivery on its way,
    or nothing of it. The price is that of this moment, also for what goes later.

    `points` and `sender` are the price and the number that the page showed; two clicks may come
    from a page that is out of date. `declared`: its writer says that it is neither advertisement
    nor campaigning. Said twice it happens once. What looks otherwise is held for somebody's eyes.
    Raises TooFewPoints, BudgetUsedUp (409), Problem where the day's or month's limit is reached,
    price or number have changed (409), or sending is stopped (503), Invalid for an hour that is
    none, Forbidden without a verified identity, NotFound.
    """
    now = clock.now()
    rule = profile()
    if at is not None:
        rules.must_lie_ahead(rule, at, now)
    draft = Message.filter(id=message_id, account_id=account_id, stage="draft", filled=True)
    stage = "sent" if at is None else "scheduled"
    changed = await draft.update(stage=stage, confirmed_at=now, scheduled_at=at)
    message = await Message.get_or_none(id=message_id, account_id=account_id, filled=True)
    if message is None:
        raise NotFound
    if not changed:
        if message.stage in UNDER_WAY:
            return
        raise Conflict("messages.cancelled", N_("취소한 메시지입니다. 새로 써 주세요."))
    if message.paid_by == "person" and person_id is None:
        raise unverified()
    kind: Kind = "sms" if message.kind == "sms" else "fax"
    must_be_open(kind)
    await acknowledging.must_be_acknowledged(message)
    await fairuse.must_be_sending()
    await fairness.may_go(message, sender=sender, declared=declared)
    _same_price(message, price_today(rule, message), points)
    verdict = await fairness.judged(message)
    if not verdict.passes:
        await holding.hold(message, verdict)
    await under_way(message)
    live.tell(ending.topic(message_id))
    await audit.record("message.sent", f"message:{message_id}", account_id, kind=kind)
    if person_id is None:
        return
    await fairness.spend(message)
    # Last, for it locks the person's balance and the budget line of the whole district.
    await mileage.hold(
        person_id,
        message.units * message.unit_points,
        message.units * message.unit_won,
        ending.hold_key(message_id),
        about=kind,
        units=message.units,
        ref=str(message_id),
    )


def unverified() -> Forbidden:
    """The word for somebody whose identity is not verified: mileage is not theirs to spend yet."""
    return Forbidden(
        "messages.unverified", N_("본인확인을 마친 뒤에 문자와 팩스를 보낼 수 있습니다.")
    )


def price_today(rule: ordinance.Profile, message: Message) -> Price:
    """What an order comes to by the profile in force; to the office its own orders cost no
    points."""
    kind: Kind = "sms" if message.kind == "sms" else "fax"
    found = rules.price_of(
        rule, kind, message.recipients, message.units, message.units_each, abroad=message.abroad
    )
    return found if message.paid_by == "person" else replace(found, unit_points=0)


def _same_price(message: Message, today: Price, seen: int | None) -> None:
    kept = (message.unit_points, message.unit_won) == (today.unit_points, today.unit_won)
    if not kept or seen not in {None, today.points}:
        raise Conflict(
            "messages.price_changed",
            N_("그사이 값이 바뀌었습니다. 새 값을 확인하고 다시 보내 주세요."),
        )


async def under_way(message: Message) -> None:
    """Inside a transaction: start an order whose stage says that it goes; `held` ones only wait.

    A few deliveries are handed to the worker at once; many, and what has its hour, by a job of
    their own, a batch at a time.
    """
    open_count = await Delivery.filter(message_id=message.id, state=State.DRAFT).count()
    await Message.filter(id=message.id).update(open_count=open_count)
    if message.stage == "held":
        return
    limits = profile().messages
    if limits is None:
        raise rules.closed()
    now = clock.now()
    at = max(message.scheduled_at or now, now)
    await Delivery.filter(message_id=message.id, state=State.DRAFT).update(
        deadline_at=at + timedelta(hours=limits.receipt_hours_max)
    )
    if at > now or open_count > BATCH:
        await _later(message.id, 0, at)
    else:
        await _queued(message.id, message.kind, 0)


@transactional
async def go_ahead(message_id: UUID) -> bool:
    """Let an order go that was held: now, or at its hour. False where it is held no longer."""
    message = await Message.get(id=message_id)
    waits = message.scheduled_at is not None and message.scheduled_at > clock.now()
    stage = "scheduled" if waits else "sent"
    if not await Message.filter(id=message_id, stage="held").update(stage=stage, held_for=None):
        return False
    await under_way(await Message.get(id=message_id))
    live.tell(ending.topic(message_id))
    return True


@transactional
async def dispatch(message_id: UUID, after: int) -> None:
    """Hand the next batch of an order's deliveries, those behind the id `after`, to the worker."""
    message = await Message.get(id=message_id)
    if message.stage not in {"scheduled", "sent"}:
        return
    last = await _queued(message_id, message.kind, after)
    await Message.filter(id=message_id, stage="scheduled").update(stage="sent")
    live.tell(ending.topic(message_id))
    if last is not None:
        await _later(message_id, last, clock.now())


async def _queued(message_id: UUID, kind: str, after: int) -> int | None:
    """Queue a batch of an order's deliveries; the last of them, None where there are no more."""
    drafts = Delivery.filter(message_id=message_id, state=State.DRAFT, id__gt=after)
    rows = await drafts.order_by("id").limit(BATCH).values_list("id", flat=True)
    numbers = [int(str(number)) for number in rows]
    if not numbers:
        return None
    marks = ", ".join("?" * len(numbers))
    # What was cancelled at this very moment is not written over.
    queued = await db.fetch(
        "UPDATE message_delivery SET state = 'queued', version = version + 1"  # noqa: S608
        f" WHERE state = 'draft' AND id IN ({marks}) RETURNING id",
        numbers,
    )
    jobs = (
        ({"delivery": number, "message": str(message_id)}, f"{number}:0")
        for number in sorted(int(row["id"]) for row in queued)
    )
    await outbox.emit_many(SEND[kind], jobs)
    return numbers[-1] if len(numbers) == BATCH else None


async def _later(message_id: UUID, after: int, at: datetime) -> None:
    payload = {"message": str(message_id), "after": after}
    await outbox.emit(DISPATCH, payload, key=f"{message_id}:{after}", not_before=at)


@transactional
async def reprice(message_id: UUID, account_id: int) -> None:
    """Give a draft the price in force today."""
    message = await Message.get_or_none(id=message_id, account_id=account_id, stage="draft")
    if message is None:
        raise NotFound
    price = price_today(profile(), message)
    await Message.filter(id=message_id, stage="draft").update(
        unit_points=price.unit_points, unit_won=price.unit_won
    )


@transactional
async def cancel(message_id: UUID, account_id: int) -> None:
    """Drop a draft, or stop what of an order has not been handed over; its points come back.

    Raises Conflict where nothing can be stopped any more, NotFound.
    """
    message = await Message.get_or_none(id=message_id, account_id=account_id)
    if message is None:
        raise NotFound
    if await _dropped(message):
        return
    stopped = await stop(message_id)
    if not stopped:
        await _nothing_to_stop(message_id)
        return
    units = sum(stopped.values())
    await audit.record("message.cancelled", f"message:{message_id}", account_id, units=units)
    await holding.withdrawn(message_id)
    if message.paid_by == "office":
        return
    await fairness.give_back([(message, units)])
    # What a provider did not take may be stopped later on: each go is a part of its own.
    first = min(stopped)
    await mileage.release(
        ending.hold_key(message_id),
        units * message.unit_points,
        units * message.unit_won,
        part=f"cancelled-{first}",
        units=units,
        reason="cancelled",
    )


async def stop(message_id: UUID) -> dict[int, int]:
    """Inside a transaction: cancel what of an order has not been handed over. Its deliveries by
    their ids, with their units."""
    stopped = await db.fetch(
        "UPDATE message_delivery SET state = 'cancelled', charged = 0, reason = 'cancelled',"
        " version = version + 1, ended_at = ? WHERE message_id = ?"
        " AND state IN ('draft', 'queued') RETURNING id, units",
        [clock.now(), message_id],
    )
    if stopped:
        if not await Delivery.filter(message_id=message_id).exclude(state=State.CANCELLED).exists():
            await Message.filter(id=message_id).update(stage="cancelled")
        await ending.count_down({message_id: len(stopped)})
    return {row["id"]: row["units"] for row in stopped}


async def _dropped(message: Message) -> bool:
    """Drop a draft; whether it is (or was) one."""
    now = clock.now()
    dropped = await Message.filter(id=message.id, stage="draft").update(
        stage="cancelled", ended_at=now
    )
    if dropped:
        await Delivery.filter(message_id=message.id).update(
            state=State.CANCELLED, charged=0, ended_at=now
        )
    return bool(dropped)


async def _nothing_to_stop(message_id: UUID) -> None:
    cancelled = await Delivery.filter(message_id=message_id, state=State.CANCELLED).exists()
    if not cancelled:
        raise Conflict("messages.under_way", N_("이미 보내고 있어서 취소할 수 없습니다."))
