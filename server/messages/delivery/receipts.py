"""What providers tell of themselves: stored as it came, once, and applied by the worker (Y15-4).

In any order and any number of times; before the provider's answer as well, which will find it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from gateways.contract import Receipt as News
from gateways.contract import Status
from server.core import clock, db, many, outbox
from server.core.db import transactional
from server.core.together import Together
from server.messages.delivery import workflow
from server.messages.delivery.in_hand import REASON_MAX, Carried, take_in_hand
from server.messages.delivery.workflow import Step
from server.messages.models import Receipt

RECEIPT: Final = "messages.receipt"
EVENT_MAX, ORDER_MAX, REFERENCE_MAX = 200, 64, 120

_STORED: Final = {
    "provider": "text",
    "event_id": "text",
    "order_id": "text",
    "reference": "text",
    "status": "text",
    "delivered_units": "integer",
    "reason": "text",
    "at": "timestamptz",
}

_READ: Final = (
    "r.id, r.provider, r.order_id, r.reference, r.status, r.delivered_units, r.reason, r.at"
)


# --- storing --------------------------------------------------------------------------------------


async def receive_receipt(news: News) -> bool:
    """Store a receipt as it came, once; whether it was new. The worker applies it."""
    return await _store_together(news)


async def receive_receipts(news: Sequence[News]) -> None:
    """Store receipts that came together, each once. Where it raises, some may be stored."""
    await _store_together.each(news)


@transactional
async def _stored(told: Sequence[News]) -> list[bool | Exception]:
    first: dict[tuple[str, str], int] = {}
    for place, news in enumerate(told):
        first.setdefault(_name(news), place)
    columns = ", ".join(_STORED)
    # In one order whoever stores them: two who are told the same at once wait for each other once.
    rows = await db.fetch(
        f"INSERT INTO message_receipt ({columns}, received_at)"  # noqa: S608
        f" SELECT given.{', given.'.join(_STORED)}, ? FROM {many.given(**_STORED)} WHERE true"
        " ON CONFLICT (provider, event_id) DO NOTHING RETURNING id, provider, event_id",
        [clock.now(), many.rows(_row(told[first[name]]) for name in sorted(first))],
    )
    await _to_be_applied([row["id"] for row in rows])
    new = {first[row["provider"], row["event_id"]] for row in rows}
    return [place in new for place in range(len(told))]


def _name(news: News) -> tuple[str, str]:
    return news.provider, _fitting(news.event_id, EVENT_MAX)


def _row(news: News) -> dict[str, Any]:
    return {
        "provider": news.provider,
        "event_id": _fitting(news.event_id, EVENT_MAX),
        "order_id": news.order_id and _fitting(news.order_id, ORDER_MAX),
        "reference": news.reference and known_as(news.reference),
        "status": news.status.value,
        "delivered_units": news.delivered_units,
        "reason": (news.reason or "")[:REASON_MAX],
        "at": news.at,
    }


_store_together = Together(_stored)


def known_as(reference: str) -> str:
    """A provider's name for a delivery as it is kept."""
    return _fitting(reference, REFERENCE_MAX)


def _fitting(name: str, longest: int) -> str:
    """A provider's name for something; one too long to keep by its digest, still the same twice."""
    return name if len(name) <= longest else sha256(name.encode()).hexdigest()


# --- applying -------------------------------------------------------------------------------------


class Names(Protocol):
    """What a receipt calls its order by."""

    @property
    def id(self) -> int: ...
    @property
    def provider(self) -> str: ...
    @property
    def order_id(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Open:
    """A receipt that waits."""

    id: int
    provider: str
    order_id: str | None
    reference: str | None


async def apply_receipt(receipt_id: int) -> bool:
    """Apply a stored receipt, and before it what else waits for the same delivery, in the order in
    which it happened: however many workers there are, the first end told is the end.

    False where nobody's order fits it yet (it may come before the provider's answer, which will
    find it).
    """
    return await _apply_together(receipt_id)


async def apply_receipts(receipt_ids: Sequence[int]) -> bool:
    """As `apply_receipt` for several; whether each of them fits somebody's order."""
    return all(await _apply_together.each(receipt_ids))


@transactional
async def _applied(receipt_ids: Sequence[int]) -> list[bool | Exception]:
    listed, args = many.among("id", set(receipt_ids), "bigint")
    rows = await db.fetch(
        "SELECT id, provider, order_id, reference FROM message_receipt"  # noqa: S608
        f" WHERE applied_at IS NULL AND {listed}",
        args,
    )
    open_ones = [_Open(**row) for row in rows]
    fitting = await deliveries_of(open_ones)
    done = await _apply_all(set(fitting.values())) if fitting else set()
    left = {row.id for row in open_ones} - done
    if left:
        # Found before the lock and not under it: applied by another meanwhile, or nobody's still.
        left = await _not_applied(left)
    return [receipt_id not in left for receipt_id in receipt_ids]


async def _not_applied(receipt_ids: Collection[int]) -> set[int]:
    rows = await Receipt.filter(id__in=receipt_ids, applied_at=None).values_list("id", flat=True)
    return {int(str(number)) for number in rows}


async def _apply_all(delivery_ids: Collection[int]) -> set[int]:
    """Apply whatever waits for these deliveries; which receipts that were."""
    hand = await take_in_hand(delivery_ids)
    orders = {carried.order_id: carried for carried in hand}
    names = {
        (carried.provider, carried.reference): carried
        for carried in hand
        if carried.provider is not None and carried.reference is not None
    }
    # Read under the lock: what another worker has applied meanwhile does not wait any more.
    waiting = await _waiting_for(orders, names)
    for row in waiting:
        carried = orders.get(row["order_id"]) or names[row["provider"], row["reference"]]
        hand.take(carried, _step(carried, row), late_at=db.instant(row["at"]))
    await hand.write()
    listed, args = many.among("id", [row["id"] for row in waiting], "bigint")
    await db.execute(
        f"UPDATE message_receipt SET applied_at = ? WHERE {listed}",  # noqa: S608
        [clock.now(), *args],
    )
    return {row["id"] for row in waiting}


def _step(carried: Carried, row: dict[str, Any]) -> Step | None:
    status, units = Status(row["status"]), row["delivered_units"]
    if row["provider"] != carried.provider and status is not Status.DELIVERED:
        return None  # he refused it, and another has it now
    news = News(row["provider"], "", status, clock.now(), delivered_units=units)
    return workflow.told(carried.standing, status, news.units_of(carried.units), row["reason"])


_apply_together = Together(_applied)


async def _waiting_for(
    orders: Collection[str], names: Collection[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Receipts not yet applied about orders by our name or the provider's, as they happened."""
    listed, args = many.among("r.order_id", orders, "text")
    return await db.fetch(
        f"SELECT {_READ} FROM message_receipt r WHERE r.applied_at IS NULL AND {listed}"  # noqa: S608
        f" UNION SELECT {_READ} FROM {_names_given()} JOIN message_receipt r"
        " ON r.provider = given.provider AND r.reference = given.reference"
        " WHERE r.applied_at IS NULL ORDER BY at, id",
        [*args, _given(names)],
    )


async def deliveries_of(rows: Sequence[Names]) -> dict[int, int]:
    """The delivery that each receipt is about, by our name for it or the provider's; one that fits
    none is left out."""
    listed, args = many.among("order_id", {row.order_id for row in rows if row.order_id}, "text")
    ours = await db.fetch(
        f"SELECT id, order_id FROM message_delivery WHERE {listed}",  # noqa: S608
        args,
    )
    orders: dict[str | None, int] = {row["order_id"]: row["id"] for row in ours}
    found = {row.id: orders[row.order_id] for row in rows if row.order_id in orders}
    others = [row for row in rows if row.id not in found and row.reference is not None]
    theirs = await _named({(row.provider, row.reference or "") for row in others})
    for row in others:
        delivery_id = theirs.get((row.provider, row.reference or ""))
        if delivery_id is not None:
            found[row.id] = delivery_id
    return found


async def _named(names: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The deliveries that providers call so, by these names; the first of several."""
    if not names:
        return {}
    rows = await db.fetch(
        f"SELECT d.id, d.provider, d.reference FROM {_names_given()}"  # noqa: S608
        " JOIN message_delivery d ON d.provider = given.provider AND d.reference = given.reference"
        " ORDER BY d.id DESC",
        [_given(names)],
    )
    return {(row["provider"], row["reference"]): row["id"] for row in rows}


async def hear_early(names: Collection[tuple[str, str]]) -> None:
    """Inside a transaction that has kept what providers call deliveries: have receipts applied
    that came before this."""
    if not names:
        return
    rows = await db.fetch(
        f"SELECT r.id FROM {_names_given()} JOIN message_receipt r"  # noqa: S608
        " ON r.provider = given.provider AND r.reference = given.reference"
        " WHERE r.applied_at IS NULL",
        [_given(names)],
    )
    await _to_be_applied([row["id"] for row in rows])


async def _to_be_applied(receipt_ids: Sequence[int]) -> None:
    """What came together is applied together. Without a key: a receipt is applied once anyway."""
    if receipt_ids:
        await outbox.emit(RECEIPT, {"receipts": list(receipt_ids)})


def _names_given() -> str:
    return many.given(provider="text", reference="text")


def _given(names: Collection[tuple[str, str]]) -> str:
    return many.rows({"provider": provider, "reference": name} for provider, name in names)
