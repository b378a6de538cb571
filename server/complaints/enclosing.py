"""Photos enclosed with an answer: they wait with its draft and are shown when it leaves."""

from collections.abc import Sequence
from uuid import UUID

from server.complaints import adding
from server.complaints.acting import Act
from server.complaints.fixing_models import Enclosure
from server.core import clock


async def enclose(complaint_id: int, owner: str, keys: Sequence[UUID], caption: str) -> None:
    """Keep staged photos for the answer of a complaint, in place of any that waited before.

    Called inside the transaction that drafts the answer.
    """
    await Enclosure.filter(complaint_id=complaint_id).delete()
    for key in keys:
        await Enclosure.create(
            complaint_id=complaint_id, key=key, owner=owner, caption=caption, at=clock.now()
        )


async def take_in(act: Act) -> None:
    """Make the photos that wait part of the complaint, by the act with which its answer leaves."""
    for row in await Enclosure.filter(complaint_id=act.complaint.id).order_by("id"):
        key = UUID(str(row.key))
        await adding.take_photos(act, row.owner, [key], {key: row.caption})
        await Enclosure.filter(id=row.id).delete()
