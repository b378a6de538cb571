"""The masked copy for the public: written, kept in step, and deleted at once (Y12-1, Y12-2)."""

from collections.abc import Sequence

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import masking_rules, rules
from server.complaints.models import Complaint, Publication
from server.complaints.workflow import State
from server.core import clock, search

SEARCH_KIND = "complaint"


async def keep_in_step(complaint: Complaint) -> None:
    """Publish, renew or delete the public copy, as the complaint now stands. In a transaction."""
    stage = rules.stage(State(complaint.state))
    if not complaint.public or stage is None or not await _kind_is_public(complaint):
        await _unpublish(complaint.id)
    elif not await _moved_on(complaint, stage):
        await _publish(complaint, stage)


def known_particulars(complaint: Complaint) -> tuple[str, ...]:
    """What of the applicant must not be readable anywhere in a public text."""
    found = (complaint.name, complaint.phone, complaint.email)
    return tuple(text for text in found if text)


async def office_telephones() -> Sequence[str]:
    """Numbers that are meant to be read."""
    return [dept.phone for dept in await accounts.departments(every=True)]


async def _kind_is_public(complaint: Complaint) -> bool:
    """As classified; until then as applied for, or as the topic suggests (O10-1)."""
    kind_id = complaint.kind_id or complaint.wanted_kind_id
    if kind_id is None:
        kind_id = (await catalogue.topic(complaint.topic_id)).kind_id
    return (await catalogue.kind(kind_id, complaint.accepted_at)).public


async def _unpublish(complaint_id: int) -> None:
    await Publication.filter(complaint_id=complaint_id).delete()
    await search.remove(SEARCH_KIND, complaint_id)


async def _moved_on(complaint: Complaint, stage: str) -> bool:
    standing = Publication.filter(complaint_id=complaint.id)
    renewed = await standing.update(
        stage=stage,
        department_id=complaint.department_id,
        updated_at=clock.now(),
        due_at=complaint.due_at,
    )
    return bool(renewed)


async def _publish(complaint: Complaint, stage: str) -> None:
    known, keep = known_particulars(complaint), await office_telephones()
    place = rules.Place.kept(complaint.place, complaint.position)
    title, body, words = (
        masking_rules.mask(text, known, keep)
        for text in (complaint.title, complaint.body, place.words)
    )
    await Publication.create(
        complaint_id=complaint.id,
        number=complaint.number,
        title=title,
        body=body,
        place=words,
        latitude=place.latitude,
        longitude=place.longitude,
        topic_id=complaint.topic_id,
        department_id=complaint.department_id,
        stage=stage,
        photos_count=complaint.photos_count,
        filed_at=complaint.filed_at,
        updated_at=clock.now(),
        due_at=complaint.due_at,
    )
    text = f"{title} {words} {body} {complaint.number}"
    await search.index(SEARCH_KIND, complaint.id, text)
