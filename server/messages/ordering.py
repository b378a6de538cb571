"""From a form to the outbox: a priced draft, then one transaction that sets the points aside.

Y15-4: the price is shown before anything is sent, and an order that cannot be paid sends nothing.
"""

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from gateways.encode.numbers import Number
from server import config
from server.core import audit, clock, db, forms, ids, outbox
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Conflict, Forbidden, NotFound, Problem
from server.messages import ending, rules
from server.messages.models import Delivery, Message
from server.messages.rules import Kind, Price
from server.messages.workflow import State
from server.mileage import service as mileage
from server.ordinance import service as ordinance

SEND = {"sms": "messages.send_sms", "fax": "messages.send_fax"}
SIMULATOR = "simulator"


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
async def draft_sms(
    account_id: int,
    person_id: int,
    numbers: Sequence[Number],
    body: str,
    claim: FormClaim | None = None,
) -> UUID:
    """Price an SMS; nothing is sent or set aside. Raises Invalid (422) for what cannot be sent.

    The same form again gives the same draft.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return UUID(earlier)
    rule = profile()
    must_be_open("sms")
    texts = rules.sms_texts(rule, body)
    price = rules.price(rule, "sms", len(numbers), len(texts))
    message = _message("sms", account_id, person_id, price)
    message.body, message.parts = body, json.dumps(texts, ensure_ascii=False)
    await _written(message, numbers, [1] * len(texts))
    await forms.settle(claim, str(message.id))
    return message.id


@transactional
async def keep_fax(
    message_id: UUID,
    account_id: int,
    person_id: int,
    numbers: Sequence[Number],
    body: str,
    pages: int,
    claim: FormClaim | None = None,
) -> UUID:
    """Price a fax whose pages are drawn and stored (fax.py); the draft's id, an earlier one's where
    the same form made one before."""
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return UUID(earlier)
    price = rules.price(profile(), "fax", len(numbers), pages)
    message = _message("fax", account_id, person_id, price, message_id)
    message.body = body
    await _written(message, numbers, [pages])
    await forms.settle(claim, str(message.id))
    return message.id


def _message(
    kind: Kind, account_id: int, person_id: int, price: Price, message_id: UUID | None = None
) -> Message:
    limits = profile().messages
    if limits is None:
        raise rules.closed()
    return Message(
        id=message_id or ids.new_uuid(),
        account_id=account_id,
        person_id=person_id,
        kind=kind,
        stage="draft",
        sender=limits.sms_sender if kind == "sms" else limits.fax_sender,
        recipients=price.recipients,
        units_each=price.units_each,
        unit_points=price.unit_points,
        unit_won=price.unit_won,
        open_count=0,
        created_at=clock.now(),
    )


async def _written(message: Message, numbers: Sequence[Number], units: Sequence[int]) -> None:
    await message.save(force_create=True)
    await Delivery.bulk_create(
        Delivery(
            message_id=message.id,
            kind=message.kind,
            recipient=recipient,
            part=part,
            number=number.digits,
            order_id=ids.new_uuid().hex,
            state=State.DRAFT,
            units=count,
        )
        for recipient, number in enumerate(numbers, start=1)
        for part, count in enumerate(units, start=1)
    )


@transactional
async def confirm(
    message_id: UUID, account_id: int, person_id: int | None, *, points: int | None = None
) -> None:
    """Send a draft: points and won set aside, every delivery queued, or nothing of it.

    `points` is the price that the page showed; two clicks may come from a page that is out of date.
    Said twice it happens once. Raises TooFewPoints, BudgetUsedUp (409), Problem where the day's
    limit is reached or the price has changed, Forbidden without a verified identity, NotFound.
    """
    if person_id is None:
        raise unverified()
    now = clock.now()
    changed = await Message.filter(id=message_id, account_id=account_id, stage="draft").update(
        stage="sent", confirmed_at=now
    )
    message = await Message.get_or_none(id=message_id, account_id=account_id)
    if message is None:
        raise NotFound
    if not changed:
        if message.stage == "sent":
            return
        raise Conflict("messages.cancelled", N_("취소한 메시지입니다. 새로 써 주세요."))
    rule = profile()
    kind: Kind = "sms" if message.kind == "sms" else "fax"
    must_be_open(kind)
    _same_price(message, rules.price(rule, kind, message.recipients, message.units_each), points)
    await queued(message, now)
    await audit.record("message.sent", f"message:{message_id}", account_id, kind=kind)
    # Last, for it locks the person's balance and the budget line of the whole district.
    units = message.recipients * message.units_each
    await mileage.hold(
        person_id,
        units * message.unit_points,
        units * message.unit_won,
        ending.hold_key(message_id),
        about=kind,
        units=units,
        ref=str(message_id),
    )
    # Behind the lock of the person's balance two orders at once see each other.
    rules.fits_into_day(rule, kind, await sent_today(person_id, kind, but=message_id), units)


def unverified() -> Forbidden:
    """The word for somebody whose identity is not verified: mileage is not theirs to spend yet."""
    return Forbidden(
        "messages.unverified", N_("본인확인을 마친 뒤에 문자와 팩스를 보낼 수 있습니다.")
    )


def _same_price(message: Message, today: Price, seen: int | None) -> None:
    kept = (message.unit_points, message.unit_won) == (today.unit_points, today.unit_won)
    if not kept or seen not in {None, today.points}:
        raise Conflict(
            "messages.price_changed",
            N_("그사이 값이 바뀌었습니다. 새 값을 확인하고 다시 보내 주세요."),
        )


async def queued(message: Message, now: datetime) -> None:
    """Hand every delivery of an order to the worker."""
    limits = profile().messages
    if limits is None:
        raise rules.closed()
    deliveries = Delivery.filter(message_id=message.id, state=State.DRAFT)
    rows = await deliveries.order_by("id").values("id")
    await deliveries.update(
        state=State.QUEUED, version=1, deadline_at=now + timedelta(hours=limits.receipt_hours_max)
    )
    await Message.filter(id=message.id).update(open_count=len(rows))
    for row in rows:
        payload = {"delivery": row["id"], "message": str(message.id)}
        await outbox.emit(SEND[message.kind], payload, key=f"{row['id']}:0")


async def sent_today(person_id: int, kind: Kind, *, but: UUID | None = None) -> int:
    """Messages or pages that a person has ordered this Seoul day and not cancelled."""
    midnight = datetime.combine(clock.today(), time(), clock.SEOUL)
    orders = Message.filter(
        person_id=person_id, kind=kind, stage="sent", confirmed_at__gte=midnight
    )
    rows = await orders.values_list("id", "recipients", "units_each")
    return sum(count * units for order, count, units in rows if order != but)


@transactional
async def reprice(message_id: UUID, account_id: int) -> None:
    """Give a draft the price in force today."""
    message = await Message.get_or_none(id=message_id, account_id=account_id, stage="draft")
    if message is None:
        raise NotFound
    kind: Kind = "sms" if message.kind == "sms" else "fax"
    price = rules.price(profile(), kind, message.recipients, message.units_each)
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
    stopped = await db.fetch(
        "UPDATE message_delivery SET state = 'cancelled', charged = 0, reason = 'cancelled',"
        " version = version + 1, ended_at = ? WHERE message_id = ? AND state = 'queued'"
        " RETURNING id, units",
        [clock.now(), message_id],
    )
    if not stopped:
        await _nothing_to_stop(message_id)
        return
    units = sum(row["units"] for row in stopped)
    await audit.record("message.cancelled", f"message:{message_id}", account_id, units=units)
    if not await Delivery.filter(message_id=message_id).exclude(state=State.CANCELLED).exists():
        await Message.filter(id=message_id).update(stage="cancelled")
    await ending.count_down(message_id, len(stopped))
    # What a provider did not take may be stopped later on: each go is a part of its own.
    first = min(row["id"] for row in stopped)
    await mileage.release(
        ending.hold_key(message_id),
        units * message.unit_points,
        units * message.unit_won,
        part=f"cancelled-{first}",
        units=units,
        reason="cancelled",
    )


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
