"""Sending goes on after a stop: who waited has the whole time again, and nothing was lost."""

from datetime import timedelta

from server.core import clock
from server.core.db import transactional
from server.fairuse import service as fairuse
from server.messages.delivery.workflow import State
from server.messages.models import Delivery
from server.ordinance import service as ordinance


@transactional
async def resume(actor_id: int | None) -> bool:
    """Let everything be sent again; False where nothing was stopped.

    What the stop kept here gets a new deadline: it must not end for a time in which nobody could
    send it.
    """
    if not await fairuse.resume(actor_id):
        return False
    limits = ordinance.profile(clock.today()).messages
    if limits is not None:
        deadline = clock.now() + timedelta(hours=limits.receipt_hours_max)
        kept = Delivery.filter(state__in=[State.DRAFT, State.QUEUED], deadline_at__lt=deadline)
        await kept.update(deadline_at=deadline)
    return True
