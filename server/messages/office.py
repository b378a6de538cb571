"""Texts of the office's own: a notice's pointer to whoever chose to hear by SMS (Act 27, D29).

The office pays: no points move. What it cost stands in the deliveries as with any other order.
"""

import json
from typing import Final
from uuid import UUID

from gateways.encode.numbers import Number
from server.core import audit, clock, ids
from server.core.db import transactional
from server.messages import ordering, rules
from server.messages.models import Delivery, Message
from server.messages.workflow import State

NOTICE: Final = "notifications.sms"
"""The topic of a notice to be told by SMS, and the context under which its number and words are
sealed."""


@transactional
async def send_for_office(
    order: UUID, number: Number, text: str, about: str, notice: str | None = None
) -> bool:
    """Queue a text that the office pays for; False where `order` is known already.

    `about` names its subject (`complaint:12`), `notice` the kind of notice it tells. Raises Problem
    503 where nobody carries SMS, Closed where the municipality knows none, Invalid for a text that
    cannot be sent.
    """
    rule = ordering.profile()
    limits = rule.messages
    if limits is None:
        raise rules.closed()
    ordering.must_be_open("sms")
    if await Message.exists(id=order):
        return False
    texts = rules.sms_texts(rule, text)
    price = rules.price(rule, "sms", 1, len(texts))
    now = clock.now()
    message = await Message.create(
        id=order,
        kind="sms",
        stage="sent",
        paid_by="office",
        about=about,
        notice=notice,
        sender=limits.sms_sender,
        body=text,
        parts=json.dumps(texts, ensure_ascii=False),
        recipients=1,
        units=price.units,
        units_each=len(texts),
        unit_points=0,
        unit_won=price.unit_won,
        open_count=0,
        created_at=now,
        confirmed_at=now,
    )
    await Delivery.bulk_create(
        Delivery(
            message_id=order,
            kind="sms",
            recipient=1,
            part=part,
            number=number.digits,
            order_id=ids.new_uuid().hex,
            state=State.DRAFT,
            units=1,
        )
        for part in range(1, len(texts) + 1)
    )
    await ordering.under_way(message)
    await audit.record("message.office_sent", f"message:{order}", None, about=about)
    return True
