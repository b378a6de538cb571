"""How an order ends: each delivery's points settled once, the sender told with the last (Y15-4).

Locks are taken in one order everywhere: deliveries, orders, the persons' counts of fair use and
their balances, the budget line.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.core import clock, db, live, many, outbox
from server.messages.fair import fairness
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import service as notifications

OFFICE_ENDED = "messages.office_ended"
"""Carries `message`, `about`, and whether all of it `arrived`: a text of the office's own has come
to its end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A delivery at its end, of whose units so many are charged; its points were held until now."""

    delivery_id: int
    message_id: UUID
    units: int
    charged: int


def topic(message_id: UUID) -> str:
    """Under which the pages of an order are kept up to date."""
    return f"message:{message_id}"


def hold_key(message_id: UUID) -> str:
    """Under which the ledger knows an order's hold."""
    return f"message:{message_id.hex}"


async def settle(ended: Sequence[Ended], unsent: Sequence[tuple[Message, int]] = ()) -> None:
    """Pay for what arrived of deliveries and give the rest back; so many units of `unsent` orders
    do not count against their senders any more."""
    if not ended:
        return
    orders = await count_down(Counter(each.message_id for each in ended))
    await fairness.give_back(unsent)
    spent: list[mileage.Part] = []
    returned: list[mileage.Part] = []
    for each in ended:
        order = orders[each.message_id]
        if order["paid_by"] == "office":
            continue
        for units, parts in ((each.charged, spent), (each.units - each.charged, returned)):
            if units:
                points, won = units * order["unit_points"], units * order["unit_won"]
                key, name = hold_key(each.message_id), str(each.delivery_id)
                parts.append(mileage.Part(key, name, points, won, units))
    await mileage.settle(spent, returned)


async def count_down(deliveries: Mapping[UUID, int]) -> dict[UUID, dict[str, Any]]:
    """So many deliveries of each order have come to their end; with an order's last its sender is
    told.

    Of each order who pays for it (`paid_by`), and its `unit_points` and `unit_won`.
    """
    listed, args = many.among("id", deliveries, "uuid")
    rows = await db.fetch(
        "SELECT id, open_count, paid_by, unit_points, unit_won FROM message"  # noqa: S608
        f" WHERE {listed} ORDER BY id{many.locked()}",
        args,
    )
    await db.execute(
        "UPDATE message AS m SET open_count = m.open_count - given.times"  # noqa: S608
        f" FROM {many.given(id='uuid', times='integer')} WHERE m.id = given.id",
        [many.rows({"id": number, "times": times} for number, times in deliveries.items())],
    )
    orders = {UUID(str(row["id"])): row for row in rows}
    live.tell(*map(topic, orders))
    for message_id, order in orders.items():
        if order["open_count"] == deliveries[message_id]:
            await Message.filter(id=message_id).update(ended_at=clock.now())
            await _tell(await Message.get(id=message_id))
    return orders


async def _tell(message: Message) -> None:
    """Tell the sender what arrived, unless he cancelled it all himself."""
    if message.stage == "cancelled":
        return
    rows = await Delivery.filter(message_id=message.id).values_list("units", "charged")
    units = sum(count for count, _ in rows)
    arrived = sum(charged or 0 for _, charged in rows)
    if message.account_id is None:
        payload = {
            "message": str(message.id),
            "about": message.about,
            "arrived": arrived == units,
        }
        await outbox.emit(OFFICE_ENDED, payload, key=str(message.id))
        return
    if arrived == units:
        kind, params = f"{message.kind}.delivered", {"units": units}
    elif message.paid_by == "office":  # an official's: no points were his
        kind, params = f"{message.kind}.office_ended", {"units": units, "arrived": arrived}
    else:
        kind = f"{message.kind}.{'partly' if arrived else 'failed'}"
        params = {"points": (units - arrived) * message.unit_points}
    await notifications.tell([message.account_id], kind, f"/messages/{message.id}", params)
