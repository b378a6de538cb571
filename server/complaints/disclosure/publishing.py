"""The masked copy for the public: written, kept in step, and deleted at once (Y12-1, Y12-2).

It exists while the applicant allows it, the office has not closed it and its kind is public; what
stands in it is covered anew with every act, for every act may bring a name that has to go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.abuse import marked
from server.complaints.abuse import rules as abuse_rules
from server.complaints.behalf import covered
from server.complaints.disclosure import guard, masking_rules
from server.complaints.disclosure.models import Ruling
from server.complaints.models import Complaint, Publication, Step
from server.complaints.workflow import State
from server.core import clock, outbox, search

SEARCH_KIND = "complaint"
PUBLISHED = "complaint.published"
MOVED_ON = "complaint.moved_on"
"""Topics {complaint} and {complaint, stage}: everybody may read it from now on; it moved on."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the office has decided on a complaint's disclosure, all in all."""

    hidden: bool = False
    words: tuple[str, ...] = ()
    photos_hidden: bool = False


async def keep_in_step(complaint: Complaint) -> None:
    """Publish, renew or delete the public copy, as the complaint now stands. In a transaction."""
    stage = rules.stage(State(complaint.state))
    ruled = await ruled_on(complaint.id) if complaint.version > 1 else Ruled()
    closed = ruled.hidden or not complaint.public or stage is None
    closed = closed or await covered.objected(complaint.id)
    if closed or stage is None or not await _kind_is_public(complaint):
        await _unpublish(complaint.id)
    else:
        await _publish(complaint, stage, ruled)


async def ruled_on(complaint_id: int) -> Ruled:
    """What the office's decisions come to."""
    hidden, photos_hidden, words = False, False, []
    for ruling in await Ruling.filter(complaint_id=complaint_id).order_by("id"):
        if ruling.act in {"hide", "show"}:
            hidden = ruling.act == "hide"
        photos_hidden = photos_hidden or ruling.photos
        words += (ruling.words or "").splitlines()
    return Ruled(hidden, tuple(words), photos_hidden)


async def covering(complaint: Complaint, ruled: Ruled | None = None) -> Callable[[str], str]:
    """What covers any text of the complaint before everybody reads it: numbers, the applicant's
    particulars and those of whom they applied for, the names of the officials who worked on it,
    insults, and what the office ruled."""
    ruled = ruled or await ruled_on(complaint.id)
    people = [*_particulars(complaint), *await covered.particulars(complaint.id)]
    known = [*people, *await _officials(complaint), *ruled.words]
    keep, insults = await guard.office_telephones(), await marked.words_of(complaint.id)
    return lambda text: abuse_rules.cover(masking_rules.mask(text, known, keep), insults)


def _particulars(complaint: Complaint) -> list[str]:
    reached = (complaint.phone, complaint.email, complaint.address, complaint.fax)
    return [text for text in (complaint.name, *reached) if text]


async def _officials(complaint: Complaint) -> list[str]:
    """Names of officials: the public sees their department and its telephone (Y12-2)."""
    if complaint.version == 1:
        return []
    acted = Step.filter(complaint_id=complaint.id, department_id__isnull=False)
    ids = {complaint.handler_id, *await acted.distinct().values_list("actor_id", flat=True)}
    names = await accounts.display_names(
        each for each in ids if isinstance(each, int) and each != complaint.applicant_id
    )
    return list(names.values())


async def _kind_is_public(complaint: Complaint) -> bool:
    """As classified; until then as applied for, or as the topic suggests (O10-1)."""
    kind_id = complaint.kind_id or complaint.wanted_kind_id
    if kind_id is None:
        kind_id = (await catalogue.topic(complaint.topic_id)).kind_id
    return (await catalogue.kind(kind_id, complaint.accepted_at)).public


async def _unpublish(complaint_id: int) -> None:
    await Publication.filter(complaint_id=complaint_id).delete()
    await search.remove(SEARCH_KIND, complaint_id)


async def _publish(complaint: Complaint, stage: str, ruled: Ruled) -> None:
    cover = await covering(complaint, ruled)
    place = rules.Place.kept(complaint.place, complaint.position)
    title, body, words = (cover(text) for text in (complaint.title, complaint.body, place.words))
    written: dict[str, Any] = {
        "title": title,
        "body": body,
        "place": words,
        "department_id": complaint.department_id,
        "stage": stage,
        "photos_count": 0 if ruled.photos_hidden else complaint.photos_count,
        "updated_at": clock.now(),
        "due_at": complaint.due_at,
    }
    standing = Publication.filter(complaint_id=complaint.id)
    before = await standing.values("title", "body", "place", "stage")
    if before:
        await standing.update(**written)
    else:
        await Publication.create(
            complaint_id=complaint.id,
            number=complaint.number,
            latitude=place.latitude,
            longitude=place.longitude,
            topic_id=complaint.topic_id,
            filed_at=complaint.filed_at,
            **written,
        )
        await outbox.emit(PUBLISHED, {"complaint": complaint.id})
    if before and before[0]["stage"] != stage:
        await outbox.emit(MOVED_ON, {"complaint": complaint.id, "stage": stage})
    if not before or any(before[0][name] != written[name] for name in ("title", "body", "place")):
        text = f"{title} {words} {body} {complaint.number}"
        await search.index(SEARCH_KIND, complaint.id, text)
