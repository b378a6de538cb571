"""Erases what an order said and to whom, once its days are over; what it cost stays (O17-2)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from server.core import clock
from server.core.db import transactional
from server.messages.fair.models import LeftOut
from server.messages.fax import files as fax_files
from server.messages.fax import pages
from server.messages.models import Delivery, Message
from server.messages.sms import sheets
from server.ordinance import service as ordinance

DRAFTS_KEPT = timedelta(days=7)
BATCH = 200

type Forget = Callable[[Sequence[str]], Awaitable[None]]


async def erase(forget: Forget | None = None) -> int:
    """Erase texts, numbers and pages of old orders, forgotten drafts and lists; how many.

    `forget` is told, before they are, our names for what was handed over: for a provider that
    keeps it here to be looked at.
    """
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
        if not await ended_or_given_up(row["id"]):
            continue  # sent at the last moment
        if row["kind"] == "fax":
            await pages.forget(row["id"])
        if forget is not None:
            names = Delivery.filter(message_id=row["id"], provider__isnull=False)
            await forget([str(name) for name in await names.values_list("order_id", flat=True)])
        await _erased(row["id"])
    return len(old) + await sheets.forget() + await fax_files.forget()


@transactional
async def ended_or_given_up(message_id: UUID) -> bool:
    """Drop it if it is a draft still; whether it is over, so that nothing of it is sent."""
    now = clock.now()
    if await Message.filter(id=message_id, stage="draft").update(stage="cancelled", ended_at=now):
        await Delivery.filter(message_id=message_id).update(state="cancelled", charged=0)
    return await Message.filter(id=message_id, ended_at__isnull=False).exists()


@transactional
async def _erased(message_id: UUID) -> None:
    await Message.filter(id=message_id).update(
        body=None, parts=None, sender=None, erased_at=clock.now()
    )
    await Delivery.filter(message_id=message_id).update(number=None, text=None)
    await LeftOut.filter(message_id=message_id).update(number=None)
