"""More from the applicant: words and photos, asked for (D24) or not, at any time while it is open
(Y10-1). What is public of them is looked through first (Y22-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from server.complaints import rules
from server.complaints.acts import acting
from server.complaints.acts.acting import Act
from server.complaints.arrival import filing
from server.complaints.disclosure import guard
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid


@dataclass(frozen=True, slots=True)
class More:
    """Words of the applicant, and photos staged under `owner` with their captions."""

    text: str = ""
    photos: Sequence[UUID] = ()
    captions: Mapping[UUID, str] = field(default_factory=dict)
    owner: str = ""


@transactional
async def add(number: str, actor: Actor, more: More, *, claim: FormClaim | None = None) -> None:
    """The applicant adds words, photos or both; whoever handles it is told."""
    text = tidy(more.text)
    given = {"text": text or bool(more.photos)}
    act = await acting.begin(number, actor, Action.ADD, given, version=None, claim=claim)
    if act is not None:
        await take_photos(act, more)
        await act.finish(claim, text or None)


async def take_photos(act: Act, more: More) -> None:
    """Make staged photos part of the complaint by this act, before it is finished.

    Raises Invalid for too many, guard.Telltale for a number in a caption that everybody reads.
    """
    if not more.photos:
        return
    complaint, photos = act.complaint, more.photos
    count = complaint.photos_count + len(photos)
    if len(photos) > rules.PHOTOS_MAX or count > rules.PHOTOS_OF_ALL_MAX:
        sentence = N_("사진은 한 번에 %(max)s장, 모두 %(all)s장까지 올릴 수 있습니다.")
        raise Invalid(
            "complaint.photos",
            sentence,
            "photos",
            max=rules.PHOTOS_MAX,
            all=rules.PHOTOS_OF_ALL_MAX,
        )
    tidied = filing.checked_captions(more.captions)
    if complaint.public:
        await guard.check({"captions": "\n".join(tidied.values())})
    first = complaint.photos_count + 1
    step = complaint.version + 1
    await filing.adopt_photos(complaint, more.owner, photos, tidied, first=first, step=step)
    act.changes["photos_count"] = complaint.photos_count = count
    act.facts["photos"] = int(act.facts.get("photos", 0)) + len(photos)
