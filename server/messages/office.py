"""What the office itself sends: a notice's pointer to whoever chose to hear by SMS (Act 27, D29),
and one-time codes, on paper too.

The office pays: no points move. What it cost stands in the deliveries as with any other order.
"""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from gateways.encode.numbers import Number
from server.core import audit, clock, ids
from server.core.db import transactional
from server.messages import rules
from server.messages.delivery.workflow import State
from server.messages.fax import pages as fax_pages
from server.messages.models import Delivery, Message
from server.messages.orders import ordering
from server.messages.rules import Kind
from server.ordinance import service as ordinance

NOTICE: Final = "notifications.sms"
"""The topic of a notice to be told by SMS, and the context under which its number and words are
sealed."""

RECALLED: Final = "notifications.sms_recalled"
"""The topic of a notice that is told another way by now."""


@transactional
async def send_for_office(
    order: UUID, number: Number, text: str, about: str, notice: str | None = None
) -> bool:
    """Queue a text that the office pays for; False where `order` is known already.

    `about` names its subject (`complaint:12`), `notice` the kind of notice it tells. Raises Problem
    503 where nobody carries SMS, Closed where the municipality knows none, Invalid for a text that
    cannot be sent.
    """
    ordering.must_be_open("sms")
    if await Message.exists(id=order):
        return False
    texts = rules.sms_texts(ordering.profile(), text)
    await _queued("sms", order, number, text, about, notice, units=[1] * len(texts), texts=texts)
    return True


@transactional
async def recall(order: UUID, about: str, notice: str) -> int:
    """Stop a text of which nothing has been handed over; how many of its deliveries. One that is
    not even queued yet is known from now on, as cancelled: it will not be."""
    if not await Message.exists(id=order):
        await _never_queued(order, about, notice)
        return 0
    parts = await Delivery.filter(message_id=order).select_for_update().order_by("id")
    if any(row.state not in {State.DRAFT, State.QUEUED} for row in parts):
        return 0  # half a text is worse than one too many
    stopped = await ordering.stop(order)
    if stopped:
        units = sum(stopped.values())
        await audit.record("message.recalled", f"message:{order}", None, about=about, units=units)
    return len(stopped)


async def _never_queued(order: UUID, about: str, notice: str) -> None:
    limits, now = ordinance.profile(clock.today()).messages, clock.now()
    if limits is None:
        return
    await Message.create(
        id=order,
        kind="sms",
        stage="cancelled",
        paid_by="office",
        about=about,
        notice=notice,
        sender=limits.sms_sender,
        recipients=1,
        units=1,
        unit_points=0,
        unit_won=0,
        open_count=0,
        created_at=now,
        confirmed_at=now,
        ended_at=now,
    )
    await audit.record("message.recalled", f"message:{order}", None, about=about, units=0)


async def fax_for_office(order: UUID, number: Number, text: str, about: str) -> bool:
    """As `send_for_office`, drawn on paper. Raises Problem 503 where nobody carries or draws it."""
    ordering.must_be_open("fax")
    if await Message.exists(id=order):
        return False
    pages = await fax_pages.draw_for_office(order, number, text)
    return await _faxed(order, number, text, about, pages)


@transactional
async def _faxed(order: UUID, number: Number, text: str, about: str, pages: int) -> bool:
    if await Message.exists(id=order):
        return False
    await _queued("fax", order, number, text, about, None, units=[pages])
    return True


async def _queued(
    kind: Kind,
    order: UUID,
    number: Number,
    text: str,
    about: str,
    notice: str | None,
    *,
    units: Sequence[int],
    texts: Sequence[str] | None = None,
) -> None:
    """Inside a transaction: write an order to one number, of deliveries of so many units each."""
    rule = ordering.profile()
    limits = rule.messages
    if limits is None:
        raise rules.closed()
    price = rules.price(rule, kind, 1, sum(units))
    now = clock.now()
    message = await Message.create(
        id=order,
        kind=kind,
        stage="sent",
        paid_by="office",
        about=about,
        notice=notice,
        sender=limits.sms_sender if kind == "sms" else limits.fax_sender,
        body=text,
        parts=json.dumps(texts, ensure_ascii=False) if texts is not None else None,
        recipients=1,
        units=price.units,
        units_each=price.units,
        unit_points=0,
        unit_won=price.unit_won,
        open_count=0,
        created_at=now,
        confirmed_at=now,
    )
    await Delivery.bulk_create(
        Delivery(
            message_id=order,
            kind=kind,
            recipient=1,
            part=part,
            number=number.digits,
            order_id=ids.new_uuid().hex,
            state=State.DRAFT,
            units=each,
        )
        for part, each in enumerate(units, start=1)
    )
    await ordering.under_way(message)
    await audit.record("message.office_sent", f"message:{order}", None, about=about)
