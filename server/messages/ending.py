"""How an order ends: each delivery's points settled once, the sender told with the last (Y15-4).

Locks are taken in one order everywhere: delivery, order, the person's balance, the budget line.
"""

from typing import Any
from uuid import UUID

from server.core import clock, db, live, outbox
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import service as notifications

OFFICE_ENDED = "messages.office_ended"
"""Carries `message` and `about`: a text of the office's own has come to its end."""


def topic(message_id: UUID) -> str:
    """Under which the pages of an order are kept up to date."""
    return f"message:{message_id}"


def hold_key(message_id: UUID) -> str:
    """Under which the ledger knows an order's hold."""
    return f"message:{message_id.hex}"


async def settle(delivery: Delivery, charged: int) -> None:
    """Pay for what arrived of a delivery and give the rest back; its points were held until now."""
    order = await count_down(delivery.message_id, 1)
    if order["paid_by"] == "office":
        return
    key, part = hold_key(delivery.message_id), str(delivery.id)
    points, won = order["unit_points"], order["unit_won"]
    if charged:
        await mileage.capture(key, charged * points, charged * won, part=part, units=charged)
    rest = delivery.units - charged
    if rest:
        await mileage.release(key, rest * points, rest * won, part=part, units=rest)


async def count_down(message_id: UUID, deliveries: int) -> dict[str, Any]:
    """So many deliveries of an order have come to their end; with the last the sender is told.

    Who pays for the order (`paid_by`), and its `unit_points` and `unit_won`.
    """
    (row,) = await db.fetch(
        "UPDATE message SET open_count = open_count - ? WHERE id = ?"
        " RETURNING open_count, paid_by, unit_points, unit_won",
        [deliveries, message_id],
    )
    live.tell(topic(message_id))
    if row["open_count"] == 0:
        await Message.filter(id=message_id).update(ended_at=clock.now())
        await _tell(await Message.get(id=message_id))
    return row


async def _tell(message: Message) -> None:
    """Tell the sender what arrived, unless he cancelled it all himself."""
    if message.stage == "cancelled":
        return
    if message.account_id is None:
        payload = {"message": str(message.id), "about": message.about}
        await outbox.emit(OFFICE_ENDED, payload, key=str(message.id))
        return
    rows = await Delivery.filter(message_id=message.id).values_list("units", "charged")
    units = sum(count for count, _ in rows)
    arrived = sum(charged or 0 for _, charged in rows)
    if arrived == units:
        kind, params = f"{message.kind}.delivered", {"units": units}
    elif message.paid_by == "office":  # an official's: no points were his
        kind, params = f"{message.kind}.office_ended", {"units": units, "arrived": arrived}
    else:
        kind = f"{message.kind}.{'partly' if arrived else 'failed'}"
        params = {"points": (units - arrived) * message.unit_points}
    await notifications.tell([message.account_id], kind, f"/messages/{message.id}", params)
