"""One complaint as somebody may read it: the public its masked copy, the applicant and the office
the whole of it (Y12-1, Y12-2, Y5-2)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.complaints import rules, workflow
from server.complaints.acts import acting, gathering, reckoning, standing
from server.complaints.disclosure import publishing
from server.complaints.models import Answer, Complaint, Photo, Publication, Step
from server.complaints.rules import AskedSupplement
from server.complaints.showing import timeline
from server.complaints.showing.timeline import Names, Reader, Told
from server.complaints.together import companions
from server.complaints.workflow import Action, Case, Hat, Outcome, State
from server.core import clock, i18n
from server.core.web import Actor, NotFound
from server.deadlines import service as deadlines
from server.deadlines.service import Due, Explanation, TimeLeft


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when, why, and how much of it is left. `stands_still`: a supplement is awaited."""

    due: Due
    explanation: Explanation
    left: TimeLeft
    stands_still: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The result as the reader may read it."""

    outcome: str
    text: str
    reasons: str | None
    remedies: str | None
    ground: str | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who filed it: shown to those in charge only, and every showing is recorded.

    Without an account they are known by what they wrote into the form alone.
    """

    account_id: int | None
    name: str
    phone: str | None
    email: str | None
    address: str | None
    reply_by: str
    fax: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo, what it shows in its applicant's words, and the step with which it came."""

    number: int
    caption: str | None
    step: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A complaint as one reader may read it."""

    number: str
    reader: Reader
    title: str
    body: str
    place: rules.Place
    topic: str
    kind: str | None
    kind_slug: str  # as classified, or while it is not as the topic suggests
    state: State
    public: bool
    filed_at: datetime
    accept_by: datetime
    accepted_at: datetime | None
    photos: Sequence[Shown]
    department: Dept | None
    handler_id: int | None
    handler: str | None
    deadline: Deadline | None
    steps: Sequence[Told]
    answer: Answered | None
    acts: tuple[Action, ...]
    version: int
    supplement_until: date | None
    applicant: Applicant | None
    case: Case
    hats: frozenset[Hat]


class ForTheDesk(Exception):  # noqa: N818
    """The reader is an official in charge: the desk's page is theirs, where access is recorded."""


async def read(number: str, actor: Actor) -> Reading:
    """The page of a complaint. Raises NotFound where it does not exist for this reader,
    ForTheDesk where an official may read it at the desk only."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    hats = standing.hats_of(actor, complaint)
    if Hat.APPLICANT in hats:
        return await _whole(complaint, frozenset({Hat.APPLICANT}), Reader.APPLICANT)
    published = await Publication.get_or_none(complaint_id=complaint.id)
    if published is not None:
        return await _published(complaint, published)
    if hats:
        raise ForTheDesk
    raise NotFound


async def read_at_desk(number: str, actor: Actor) -> Reading:
    """The whole complaint for an official who may see it. Raises NotFound for all others."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    hats = await standing.hats(actor, complaint) - {Hat.APPLICANT}
    if not hats:
        raise NotFound
    return await _whole(complaint, hats, Reader.OFFICE)


async def photo_key(number: str, photo: int, actor: Actor) -> UUID:
    """Where a photo is stored. Raises NotFound where the reader may not see it."""
    complaint = await Complaint.get_or_none(number=number).only(
        "id", "number", "applicant_id", "department_id", "handler_id"
    )
    if complaint is None:
        raise NotFound
    allowed = await standing.hats(actor, complaint) or await Publication.exists(
        complaint_id=complaint.id, photos_count__gte=photo
    )
    row = await Photo.get_or_none(complaint_id=complaint.id, number=photo) if allowed else None
    if row is None:
        raise NotFound
    return UUID(str(row.key))


async def _published(complaint: Complaint, published: Publication) -> Reading:
    place = rules.Place(published.place, published.latitude, published.longitude)
    photos = published.photos_count > 0
    written = _Written(published.title, published.body, place, photos)
    return await _compose(complaint, written, Reader.PUBLIC, frozenset())


async def _whole(complaint: Complaint, hats: frozenset[Hat], reader: Reader) -> Reading:
    place = rules.Place.kept(complaint.place, complaint.position)
    written = _Written(complaint.title, complaint.body, place)
    return await _compose(complaint, written, reader, hats)


@dataclass(frozen=True, slots=True)
class _Written:
    """What the applicant wrote, as far as this reader may read it."""

    title: str
    body: str
    place: rules.Place
    photos: bool = True


async def _compose(
    complaint: Complaint, written: _Written, reader: Reader, hats: frozenset[Hat]
) -> Reading:
    now = clock.now()
    topic = await catalogue.topic(complaint.topic_id)
    kind = await acting.kind_of(complaint)
    suggested = kind or await catalogue.kind(complaint.wanted_kind_id or topic.kind_id)
    supplements = await acting.supplements_of(complaint.id)
    case = await gathering.case_of(complaint, kind, supplements, now, hats)
    steps = await Step.filter(complaint_id=complaint.id).order_by("version")
    departments = {each.id: each for each in await accounts.departments(every=True)}
    names = await _names(departments, complaint, steps, reader)
    closed = reader is Reader.PUBLIC
    mask = await publishing.covering(complaint) if closed else _unmasked
    return Reading(
        number=complaint.number,
        reader=reader,
        title=written.title,
        body=written.body,
        place=written.place,
        topic=topic.name,
        kind=kind.name if kind else None,
        kind_slug=suggested.slug,
        state=State(complaint.state),
        public=complaint.public,
        filed_at=complaint.filed_at,
        accept_by=complaint.accept_by,
        accepted_at=complaint.accepted_at,
        photos=[] if closed and not written.photos else await _photos(complaint.id, mask),
        department=departments.get(complaint.department_id or 0),
        handler_id=None if closed else complaint.handler_id,
        handler=names.officials.get(complaint.handler_id or 0),
        deadline=await _deadline(complaint, kind, supplements, steps, case),
        steps=[
            *timeline.tell(steps, reader, names, complaint.applicant_id, mask),
            *await _steps_of_leader(complaint, departments),
        ],
        answer=await _answered(complaint, mask),
        acts=workflow.possible(case, hats),
        version=complaint.version,
        supplement_until=case.supplement_until,
        applicant=None if closed else _applicant(complaint),
        case=case,
        hats=hats,
    )


async def _photos(complaint_id: int, mask: Callable[[str], str]) -> list[Shown]:
    return [
        Shown(row.number, mask(row.caption) if row.caption else None, row.step)
        for row in await Photo.filter(complaint_id=complaint_id).order_by("number")
    ]


def _unmasked(text: str) -> str:
    return text


def named(korean: str, english: str) -> str:
    """A name of the office's own tables in the reader's language."""
    return english if i18n.locale() == "en" else korean


def _applicant(complaint: Complaint) -> Applicant:
    return Applicant(
        complaint.applicant_id,
        complaint.name,
        rules.pretty_phone(complaint.phone) if complaint.phone else None,
        complaint.email,
        complaint.address,
        complaint.reply_by,
        rules.pretty_phone(complaint.fax) if complaint.fax else None,
    )


async def _steps_of_leader(complaint: Complaint, departments: Mapping[int, Dept]) -> list[Told]:
    """A merged complaint goes on with its leader's steps, as everybody may read them (D6(7))."""
    leader = await companions.leader_of(complaint.id) if not complaint.open else None
    if leader is None:
        return []
    steps = await companions.steps_of(complaint)
    names = await _names(departments, leader, steps, Reader.PUBLIC)
    return timeline.tell(steps, Reader.PUBLIC, names, None, await publishing.covering(leader))


async def _names(
    departments: Mapping[int, Dept], complaint: Complaint, steps: Sequence[Step], reader: Reader
) -> Names:
    """The names a reader may see: those of officials not in public (Act 12-2)."""
    classified = {facts["kind"] for step in steps if "kind" in (facts := json.loads(step.facts))}
    officials: dict[int, str] = {}
    if reader is not Reader.PUBLIC:
        acted = {step.actor_id for step in steps if step.department_id is not None}
        acted.add(complaint.handler_id)
        officials = await accounts.display_names(each for each in acted if each is not None)
    return Names(
        {each.id: named(each.name, each.name_en) for each in departments.values()},
        await catalogue.kind_names(classified),
        officials,
    )


async def _deadline(
    complaint: Complaint,
    kind: KindView | None,
    supplements: list[AskedSupplement],
    steps: Sequence[Step],
    case: Case,
) -> Deadline | None:
    """The clock of an accepted complaint, with the words that explain it."""
    if complaint.accepted_at is None or kind is None:
        return None
    now, calendar = clock.now(), await deadlines.calendar()
    eventful = not reckoning.EVENTFUL.isdisjoint(step.action for step in steps)
    run = await reckoning.course_of(complaint, kind, supplements, now, eventful=eventful)
    language = "en_US" if i18n.locale() == "en" else "ko"
    return Deadline(
        run.due,
        deadlines.explain(run, calendar, language),
        deadlines.time_left(now, run.due, calendar),
        case.state in workflow.STANDING_STILL or case.documents_awaited,
    )


async def _answered(complaint: Complaint, mask: Callable[[str], str]) -> Answered | None:
    answer = await Answer.get_or_none(complaint_id=complaint.id)
    if answer is None:
        return None
    return Answered(
        rules.OUTCOMES[Outcome(answer.outcome)],
        mask(answer.text),
        mask(answer.reasons) if answer.reasons else None,
        mask(answer.remedies) if answer.remedies else None,
        rules.GROUNDS[answer.ground] if answer.ground else None,
    )
