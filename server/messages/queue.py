"""What the informatics department sees of the queue: what waits, what is late, what is dead."""

from dataclasses import dataclass
from typing import Final

from server.core import audit, clock, db, outbox
from server.core.db import transactional
from server.core.i18n import N_

WORDS: Final = {
    "messages.send_sms": N_("문자 보내기"),
    "messages.send_fax": N_("팩스 보내기"),
    "messages.look_up_sms": N_("문자 결과 묻기"),
    "messages.look_up_fax": N_("팩스 결과 묻기"),
    "messages.receipt": N_("도착 소식 적기"),
    "notifications.push": N_("알림 보내기"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the outbox and how many of its jobs wait, are late, are dead."""

    name: str
    waiting: int
    late: int
    dead: int

    @property
    def word(self) -> str:
        return WORDS.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Deliveries not yet at their end, by where they stand, and receipts that fit none."""

    queued: int
    sending: int
    unknown: int
    accepted: int
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
    (strange,) = await db.fetch(
        "SELECT COUNT(*) AS times FROM message_receipt WHERE applied_at IS NULL"
    )
    return OpenOrders(
        queued=times.get("queued", 0),
        sending=times.get("sending", 0),
        unknown=times.get("unknown", 0),
        accepted=times.get("accepted", 0),
        overdue=sum(int(row["late"]) for row in rows),
        strange_receipts=int(strange["times"]),
    )


@transactional
async def retry(number: int, actor_id: int | None) -> bool:
    """Bring a dead letter back to life; False where it is not dead any more."""
    if not await outbox.retry(number):
        return False
    await audit.record("outbox.retried", f"outbox:{number}", actor_id)
    return True
