"""What the worker does for complaints: fees paid or not, days declared off, failures that end, news
that neither push nor text has brought."""

from datetime import datetime
from typing import Final

from server.complaints.answers import unheard
from server.complaints.handling import due_moving, paying
from server.core.outbox import Handler, Job
from server.notifications import service as notifications


async def payment_confirmed(job: Job) -> None:
    """A fee was paid: the complaint it was for has arrived, and nobody is asked for it any more."""
    complaint_id = paying.complaint_of(job.payload["subject"])
    if complaint_id is not None:
        await paying.confirmed(complaint_id)
        await unheard.paid(complaint_id)


async def payment_short(job: Job) -> None:
    """A part of a fee was paid."""
    complaint_id = paying.complaint_of(job.payload["subject"])
    if complaint_id is not None:
        await paying.short(complaint_id, job)


async def payment_lapsed(job: Job) -> None:
    """A fee was not paid in time."""
    complaint_id = paying.complaint_of(job.payload["subject"])
    if complaint_id is not None:
        await paying.lapsed(complaint_id)


async def payment_undone(job: Job) -> None:
    """A payment that had been confirmed was another's."""
    complaint_id = paying.complaint_of(job.payload["subject"])
    if complaint_id is not None:
        await paying.undone(complaint_id)


async def clock_changed(_: Job) -> None:
    """A day was declared off or taken back, or a failure ended: deadlines move."""
    await due_moving.reckon_all_anew()


async def to_desk(job: Job) -> None:
    """News that its reader did not hear otherwise: it waits at the desk."""
    carried = job.payload
    complaint_id = unheard.complaint_of(carried["about"])
    told_at = datetime.fromisoformat(carried["at"])
    await unheard.put_in(carried["reach"], complaint_id, carried["kind"], told_at)


TOPICS: Final[dict[str, list[Handler]]] = {
    "payment.confirmed": [payment_confirmed],
    "payment.short": [payment_short],
    "payment.lapsed": [payment_lapsed],
    "payment.undone": [payment_undone],
    "calendar.changed": [clock_changed],
    "outage.ended": [clock_changed],
    notifications.TO_DESK: [to_desk],
}
