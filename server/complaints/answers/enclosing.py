"""Photos enclosed with an answer: they wait with its draft and are shown when it leaves.

Whatever could stand against a photo is asked when it is enclosed, so that no approval fails on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.complaints import rules
from server.complaints.acts.acting import Act
from server.complaints.answers.models import Enclosure
from server.complaints.arrival import filing
from server.complaints.models import Complaint
from server.core import clock
from server.core.i18n import N_
from server.core.web import Invalid


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A photo that will leave with the answer."""

    key: UUID
    caption: str


async def waiting(complaint_id: int) -> Sequence[Enclosed]:
    """The photos that wait for the answer of a complaint, in the order in which they are shown."""
    rows = await Enclosure.filter(complaint_id=complaint_id).order_by("id")
    return [Enclosed(UUID(str(row.key)), row.caption or "") for row in rows]


async def enclose(
    complaint: Complaint, owner: str, key: UUID, caption: str, *, fix_id: int | None = None
) -> None:
    """Keep a staged photo for the answer of a complaint, inside the transaction of whoever does.

    The photo of a fix takes the place of those of earlier fixes; what colleagues took stays.
    Raises Invalid where the complaint has too many, or the photo waits already.
    """
    if fix_id is not None:
        await Enclosure.filter(complaint_id=complaint.id, fix_id__isnull=False).delete()
    if await Enclosure.exists(key=key):
        raise Invalid("complaint.photo_twice", N_("이미 담아 둔 사진입니다."), "photo")
    already = await Enclosure.filter(complaint_id=complaint.id).count()
    if complaint.photos_count + already >= rules.PHOTOS_KEPT_MAX:
        sentence = N_("한 민원에 사진은 모두 %(max)s장까지입니다. 사진 없이 답변해 주세요.")
        raise Invalid("complaint.photos_kept", sentence, "photo", max=rules.PHOTOS_KEPT_MAX)
    await Enclosure.create(
        complaint_id=complaint.id,
        fix_id=fix_id,
        key=key,
        owner=owner,
        caption=caption,
        at=clock.now(),
    )


async def take_in(act: Act) -> None:
    """Make the photos that wait part of the complaint, by the act with which its answer leaves."""
    complaint = act.complaint
    leaving = await Enclosure.filter(complaint_id=complaint.id).order_by("id")
    for row in leaving:
        key, number = UUID(str(row.key)), complaint.photos_count + 1
        captions = {key: row.caption} if row.caption else {}
        step = complaint.version + 1
        await filing.adopt_photos(complaint, row.owner, [key], captions, first=number, step=step)
        complaint.photos_count = number
        await Enclosure.filter(id=row.id).delete()
    if leaving:
        act.changes["photos_count"] = complaint.photos_count
        act.facts["photos"] = len(leaving)
