"""Keeping an order back in the transaction that confirms or cancels it (Y15-4)."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from server.accounts import service as accounts
from server.core import audit, clock
from server.fairuse import service as fairuse
from server.fairuse.service import Verdict
from server.messages.fair.models import OrderReview
from server.messages.models import Message
from server.notifications import service as notifications
from server.ordinance import service as ordinance

REVIEWERS: Final = ("complaints", "informatics")
DESK: Final = "/desk/messages/held"


async def hold(message: Message, verdict: Verdict) -> None:
    """Keep an order back until somebody has looked at it."""
    now = clock.now()
    days = fairuse.fair_use(ordinance.profile(clock.today())).held_days_max
    message.stage, message.held_for = "held", verdict.code
    await Message.filter(id=message.id).update(stage="held", held_for=verdict.code)
    await OrderReview.create(
        message_id=message.id,
        grounds=verdict.code,
        held_at=now,
        until=now + timedelta(days=days),
    )
    await audit.record("message.held", f"message:{message.id}", None, grounds=verdict.code)
    officials = {one for role in REVIEWERS for one in await accounts.officials_with(role)}
    await notifications.tell(officials, "message.review", f"{DESK}/{message.id}", {})


async def withdrawn(message_id: UUID) -> None:
    """Its sender has cancelled it: nobody need look at it any more."""
    await OrderReview.filter(message_id=message_id, decision=None).update(
        decision="withdrawn", decided_at=clock.now()
    )
