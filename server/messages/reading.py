"""What a resident sees of an order: its price, what the other phone shows, what became of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from gateways.encode import numbers, sms
from server.core.web import NotFound
from server.messages import rules
from server.messages.models import Delivery, Message
from server.messages.rules import Fate, Kind, Part, Price
from server.messages.workflow import State


@dataclass(frozen=True, slots=True)
class Recipient:
    """One number, written as people write it, and what became of what was sent to it."""

    number: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Reading:
    """An order as its sender sees it; `used` and `capacity` are bytes of an SMS's last message."""

    id: UUID
    kind: Kind
    stage: str
    sender: str
    body: str
    texts: tuple[str, ...]
    used: int
    capacity: int
    price: Price
    recipients: tuple[Recipient, ...]
    charged_points: int
    returned_points: int
    stoppable_points: int
    fate: Fate
    created_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None

    @property
    def address(self) -> str:
        return f"/messages/{self.id}"

    @property
    def draft(self) -> bool:
        return self.stage == "draft"

    @property
    def pages(self) -> range:
        return range(1, (self.price.units_each or 0) + 1 if self.kind == "fax" else 1)


@dataclass(frozen=True, slots=True)
class Listed:
    """An order in a list: to whom, when, what became of it."""

    id: UUID
    kind: Kind
    number: str
    others: int
    units: int
    points: int
    fate: Fate
    at: datetime
    created_at: datetime

    @property
    def address(self) -> str:
        return f"/messages/{self.id}"


async def read(message_id: UUID, account_id: int) -> Reading:
    """An order of this account. Raises NotFound, for anybody else's as well."""
    message = await Message.get_or_none(id=message_id, account_id=account_id)
    if message is None:
        raise NotFound
    deliveries = await Delivery.filter(message_id=message_id).order_by("recipient", "part")
    kind = _kind(message)
    texts: list[str] = json.loads(message.parts) if message.parts else []
    units = message.units
    charged = sum(delivery.charged or 0 for delivery in deliveries)
    settled = sum(delivery.units for delivery in deliveries if delivery.charged is not None)
    queued = sum(each.units for each in deliveries if each.state == State.QUEUED)
    ended = message.ended_at is not None
    counted = sms.count(texts[-1]) if texts else None
    return Reading(
        id=message.id,
        kind=kind,
        stage=message.stage,
        sender=message.sender,
        body=message.body or "",
        texts=tuple(texts),
        used=counted.used if counted else 0,
        capacity=counted.capacity if counted else 0,
        price=_price(message),
        recipients=tuple(_recipients(kind, deliveries, message.unit_points)),
        charged_points=charged * message.unit_points,
        returned_points=(settled - charged) * message.unit_points,
        stoppable_points=queued * message.unit_points,
        fate=rules.fate_of_message(message.stage, units, charged, ended=ended),
        created_at=message.created_at,
        confirmed_at=message.confirmed_at,
        ended_at=message.ended_at,
    )


def _recipients(kind: Kind, deliveries: Sequence[Delivery], unit_points: int) -> list[Recipient]:
    found = []
    for _, group in groupby(deliveries, key=lambda delivery: delivery.recipient):
        parts = list(group)
        fate = rules.fate_of_recipient(
            kind,
            [
                Part(State(each.state), each.units, each.charged, bool(each.delivered_late_at))
                for each in parts
            ],
            unit_points,
        )
        found.append(Recipient(pretty(parts[0].number), fate))
    return found


async def of_account(account_id: int, *, before: datetime | None, limit: int) -> list[Listed]:
    """The newest orders of an account, or those made before a moment."""
    query = Message.filter(account_id=account_id)
    if before is not None:
        query = query.filter(created_at__lt=before)
    messages = await query.order_by("-created_at").limit(limit)
    ids = [message.id for message in messages]
    firsts = {
        each.message_id: each.number
        for each in await Delivery.filter(message_id__in=ids, recipient=1, part=1)
    }
    charged: dict[UUID, int] = dict.fromkeys(ids, 0)
    for row in await Delivery.filter(message_id__in=ids, charged__gt=0).values(
        "message_id", "charged"
    ):
        charged[row["message_id"]] += row["charged"]
    return [_listed(each, firsts.get(each.id), charged[each.id]) for each in messages]


def _listed(message: Message, number: str | None, charged: int) -> Listed:
    price = _price(message)
    ended = message.ended_at is not None
    spent = charged if ended else price.units
    return Listed(
        id=message.id,
        kind=_kind(message),
        number=pretty(number),
        others=message.recipients - 1,
        units=price.units,
        points=0 if message.stage == "draft" else spent * price.unit_points,
        fate=rules.fate_of_message(message.stage, price.units, charged, ended=ended),
        at=message.confirmed_at or message.created_at,
        created_at=message.created_at,
    )


def pretty(digits: str | None) -> str:
    """A number as people write it; empty where it has been erased."""
    return numbers.parse(digits).pretty if digits else ""


def _kind(message: Message) -> Kind:
    return "sms" if message.kind == "sms" else "fax"


def _price(message: Message) -> Price:
    return Price(
        message.recipients,
        message.units,
        message.units_each,
        message.unit_points,
        message.unit_won,
    )
