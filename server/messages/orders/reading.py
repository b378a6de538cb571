"""What a resident sees of an order: its price, what the other phone shows, what became of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from gateways.encode import numbers, sms
from server.core import db
from server.core.web import NotFound
from server.messages import rules
from server.messages.delivery.workflow import State
from server.messages.models import Delivery, Message
from server.messages.rules import Fate, Kind, Part, Price

RECIPIENTS_SHOWN: Final = 50
STOPPABLE: Final = frozenset({State.DRAFT, State.QUEUED})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One number, written as people write it, what is sent to it, and what became of that."""

    at: int
    number: str
    texts: tuple[str, ...]
    units: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is, in messages or pages: waiting, in a provider's hands, at their end."""

    waiting: int
    handed: int
    ended: int
    arrived: int

    @property
    def whole(self) -> int:
        return self.waiting + self.handed + self.ended


@dataclass(frozen=True, slots=True)
class Reading:
    """An order as its sender sees it; `used` and `capacity` are those of an SMS's last message.

    `recipients` are the first of them, or those after one; `more` is the last where others follow.
    `texts` go to everybody; empty where each has his own. `rare` characters of what is shown may
    be a box on old phones.
    """

    id: UUID
    kind: Kind
    stage: str
    sender: str
    body: str
    texts: tuple[str, ...]
    used: int
    capacity: int
    rare: str
    price: Price
    office: bool
    abroad: bool
    sheet_id: UUID | None
    recipients: tuple[Recipient, ...]
    more: int | None
    progress: Progress
    charged_points: int
    returned_points: int
    stoppable: int
    fate: Fate
    created_at: datetime
    scheduled_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    erased: bool

    @property
    def address(self) -> str:
        return f"/messages/{self.id}"

    @property
    def draft(self) -> bool:
        return self.stage == "draft"

    @property
    def personal(self) -> bool:
        return self.kind == "sms" and not self.texts

    @property
    def stoppable_points(self) -> int:
        return self.stoppable * self.price.unit_points

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


async def read(
    message_id: UUID, account_id: int, *, after: int = 0, limit: int = RECIPIENTS_SHOWN
) -> Reading:
    """An order of this account with the recipients behind `after`, `limit` at most.

    Raises NotFound, for anybody else's as well.
    """
    message = await Message.get_or_none(id=message_id, account_id=account_id, filled=True)
    if message is None:
        raise NotFound
    shown = Delivery.filter(
        message_id=message_id, recipient__gt=after, recipient__lte=after + limit
    )
    deliveries = await shown.order_by("recipient", "part")
    sums = await _sums(message_id)
    kind = _kind(message)
    texts: list[str] = json.loads(message.parts) if message.parts else []
    counted = _counted(message, texts[-1]) if texts else None
    charged = sum(one.charged for one in sums)
    settled = sum(one.units for one in sums if one.settled)
    draft = message.stage == "draft"
    last = after + limit
    return Reading(
        id=message.id,
        kind=kind,
        stage=message.stage,
        sender=message.sender or "",
        body=message.body or "",
        texts=tuple(texts),
        used=counted.used if counted else 0,
        capacity=counted.capacity if counted else 0,
        rare=_rare(message, texts or [row.text or "" for row in deliveries]),
        price=_price(message),
        office=message.paid_by == "office",
        abroad=message.abroad,
        sheet_id=message.sheet_id,
        recipients=tuple(_recipients(message, kind, deliveries, texts)),
        more=last if last < message.recipients else None,
        progress=_progress(sums),
        charged_points=charged * message.unit_points,
        returned_points=(settled - charged) * message.unit_points,
        stoppable=0 if draft else sum(one.units for one in sums if one.state in STOPPABLE),
        fate=rules.fate_of_message(
            message.stage, message.units, charged, ended=message.ended_at is not None
        ),
        created_at=message.created_at,
        scheduled_at=message.scheduled_at,
        confirmed_at=message.confirmed_at,
        ended_at=message.ended_at,
        erased=message.erased_at is not None,
    )


@dataclass(frozen=True, slots=True)
class _Sum:
    state: State
    settled: bool
    units: int
    charged: int


async def _sums(message_id: UUID) -> list[_Sum]:
    """The units of an order by where they stand; an order may have ten thousand deliveries."""
    rows = await db.fetch(
        "SELECT state, charged IS NOT NULL AS settled, SUM(units) AS units,"
        " SUM(COALESCE(charged, 0)) AS charged FROM message_delivery WHERE message_id = ?"
        " GROUP BY state, charged IS NOT NULL",
        [message_id],
    )
    return [
        _Sum(State(row["state"]), bool(row["settled"]), int(row["units"]), int(row["charged"]))
        for row in rows
    ]


def _progress(sums: Sequence[_Sum]) -> Progress:
    waiting = sum(one.units for one in sums if one.state in STOPPABLE)
    ended = sum(one.units for one in sums if one.settled)
    whole = sum(one.units for one in sums)
    return Progress(waiting, whole - waiting - ended, ended, sum(one.charged for one in sums))


def _counted(message: Message, text: str) -> sms.Count:
    return sms.count_international(text) if message.abroad else sms.count(text)


def _rare(message: Message, texts: Sequence[str]) -> str:
    if message.kind != "sms" or message.abroad:
        return ""
    return "".join(dict.fromkeys(sms.count("".join(texts)).rare))


def _recipients(
    message: Message, kind: Kind, deliveries: Sequence[Delivery], texts: Sequence[str]
) -> Iterator[Recipient]:
    for at, group in groupby(deliveries, key=lambda delivery: delivery.recipient):
        parts = list(group)
        fate = rules.fate_of_recipient(
            kind,
            [
                Part(
                    State(each.state),
                    each.units,
                    each.charged,
                    bool(each.delivered_late_at),
                    each.reason,
                )
                for each in parts
            ],
            message.unit_points,
            message.stage,
        )
        own = tuple(each.text for each in parts if each.text is not None)
        units = sum(each.units for each in parts)
        yield Recipient(at, pretty(parts[0].number), own or tuple(texts), units, fate)


async def of_account(account_id: int, *, before: datetime | None, limit: int) -> list[Listed]:
    """The newest orders of an account, or those made before a moment."""
    query = Message.filter(account_id=account_id, filled=True)
    if before is not None:
        query = query.filter(created_at__lt=before)
    messages = await query.order_by("-created_at").limit(limit)
    ids = [message.id for message in messages]
    firsts = {
        each.message_id: each.number
        for each in await Delivery.filter(message_id__in=ids, recipient=1, part=1)
    }
    charged = await _charged(ids)
    return [_listed(each, firsts.get(each.id), charged.get(each.id, 0)) for each in messages]


async def _charged(ids: Sequence[UUID]) -> dict[UUID, int]:
    """What was paid for of each order, in units."""
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    rows = await db.fetch(
        "SELECT message_id, SUM(charged) AS charged FROM message_delivery"  # noqa: S608
        f" WHERE charged > 0 AND message_id IN ({marks}) GROUP BY message_id",
        ids,
    )
    return {UUID(str(row["message_id"])): int(row["charged"]) for row in rows}


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
