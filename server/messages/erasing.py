"""Erases what an order said and to whom, once its days are over; what it cost stays (O17-2)."""

from datetime import timedelta
from uuid import UUID

from server.core import clock
from server.core.db import transactional
from server.messages import fax
from server.messages.models import Delivery, Message
from server.ordinance import service as ordinance

DRAFTS_KEPT = timedelta(days=7)
BATCH = 200


async def erase() -> int:
    """Erase texts, numbers and pages of old orders and forgotten drafts; how many."""
    limits = ordinance.profile(clock.today()).messages
    if limits is None:
        return 0
    now = clock.now()
    ended = Message.filter(ended_at__lt=now - timedelta(days=limits.body_kept_days))
    drafts = Message.filter(stage="draft", created_at__lt=now - DRAFTS_KEPT)
    old = [
        *await ended.filter(erased_at=None).limit(BATCH).values("id", "kind"),
        *await drafts.limit(BATCH).values("id", "kind"),
    ]
    for row in old:
        if row["kind"] == "fax":
            await fax.forget(row["id"])
        await _erased(row["id"])
    return len(old)


@transactional
async def _erased(message_id: UUID) -> None:
    await Message.filter(id=message_id, stage="draft").update(
        stage="cancelled", ended_at=clock.now()
    )
    await Message.filter(id=message_id).update(body=None, parts=None, erased_at=clock.now())
    await Delivery.filter(message_id=message_id, state="draft").update(state="cancelled", charged=0)
    await Delivery.filter(message_id=message_id).update(number=None)
