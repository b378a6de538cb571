"""Photos enclosed with an answer: they wait with its draft and are shown when it leaves."""

from uuid import UUID

from server.complaints.acts.acting import Act
from server.complaints.answers.models import Enclosure
from server.complaints.handling import adding
from server.complaints.handling.adding import More
from server.core import clock


async def enclose(
    complaint_id: int, owner: str, key: UUID, caption: str, *, fix_id: int | None = None
) -> None:
    """Keep a staged photo for the answer of a complaint, inside the transaction of whoever does.

    The photo of a fix takes the place of those of earlier fixes; what colleagues took stays.
    """
    if fix_id is not None:
        await Enclosure.filter(complaint_id=complaint_id, fix_id__isnull=False).delete()
    await Enclosure.create(
        complaint_id=complaint_id,
        fix_id=fix_id,
        key=key,
        owner=owner,
        caption=caption,
        at=clock.now(),
    )


async def take_in(act: Act) -> None:
    """Make the photos that wait part of the complaint, by the act with which its answer leaves."""
    for row in await Enclosure.filter(complaint_id=act.complaint.id).order_by("id"):
        key = UUID(str(row.key))
        await adding.take_photos(act, More("", [key], {key: row.caption}, row.owner))
        await Enclosure.filter(id=row.id).delete()
