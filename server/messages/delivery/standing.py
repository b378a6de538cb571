"""What the informatics department sees of SMS and fax: how many stand where, and what fits none."""

from dataclasses import dataclass

from server.core import clock, db


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Deliveries not yet at their end, by where they stand; orders that wait for their hour
    (`scheduled`) or for somebody's eyes (`held`); receipts that fit none."""

    queued: int
    sending: int
    unknown: int
    accepted: int
    scheduled: int
    held: int
    overdue: int
    strange_receipts: int


async def open_orders() -> OpenOrders:
    """Every delivery whose points are still held."""
    rows = await db.fetch(
        "SELECT state, COUNT(*) AS times, SUM(CASE WHEN deadline_at < ? THEN 1 ELSE 0 END) AS late"
        " FROM message_delivery WHERE charged IS NULL AND state IN"
        " ('queued', 'sending', 'unknown', 'accepted') GROUP BY state",
        [clock.now()],
    )
    times = {row["state"]: int(row["times"]) for row in rows}
    orders = await db.fetch(
        "SELECT stage, COUNT(*) AS times FROM message WHERE stage IN ('held', 'scheduled')"
        " GROUP BY stage"
    )
    waiting = {row["stage"]: int(row["times"]) for row in orders}
    (strange,) = await db.fetch(
        "SELECT COUNT(*) AS times FROM message_receipt WHERE applied_at IS NULL"
    )
    return OpenOrders(
        queued=times.get("queued", 0),
        sending=times.get("sending", 0),
        unknown=times.get("unknown", 0),
        accepted=times.get("accepted", 0),
        scheduled=waiting.get("scheduled", 0),
        held=waiting.get("held", 0),
        overdue=sum(int(row["late"]) for row in rows),
        strange_receipts=int(strange["times"]),
    )
