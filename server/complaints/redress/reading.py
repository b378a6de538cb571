"""What a page shows of redress: what is open to the applicant, what was raised, what was decided.

For the applicant and the office only; the public reads the steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.complaints import rules
from server.complaints.abuse import marked, restraining
from server.complaints.abuse import rules as abuse_rules
from server.complaints.abuse.restraining import Warned
from server.complaints.acts import standing
from server.complaints.models import Complaint
from server.complaints.redress import contesting, rating, reopening
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.models import Correction, Objection, Rehandling, Reopening
from server.complaints.redress.rules import Ground, ObjectionState, ReopeningState
from server.complaints.together import merging
from server.complaints.together.merging import Gathered
from server.complaints.together.models import Gathering
from server.complaints.workflow import Hat, State
from server.core import clock
from server.core.phrases import Phrase
from server.core.web import Actor, NotFound
from server.deadlines import service as deadlines
from server.ordinance import service as ordinance

PAGE = 50


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection as the applicant and the office read it."""

    state: ObjectionState
    grounds: str
    filed_at: datetime
    until: date
    extension: str | None
    decision: str | None
    reasons: str | None
    decided_at: datetime | None
    extendable: bool


@dataclass(frozen=True, slots=True)
class Demanded:
    """A demand for correction, and the answer to it."""

    ground: str
    text: str
    demanded_at: datetime
    corrected: bool | None
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reopened:
    """A request for reopening, and what was decided."""

    state: ReopeningState
    reason: str
    asked_at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True)
class Redress:
    """All of it for one complaint. A `…_fault` says why an act is not open now, None that it is."""

    number: str
    title: str
    version: int
    state: State
    objection: Objected | None
    objection_fault: Phrase | None
    objection_until: date | None
    corrections: Sequence[Demanded]
    demand_faults: Mapping[Ground, Phrase]
    reopening: Reopened | None
    reopening_fault: Phrase | None
    reopening_until: date | None
    rated: tuple[int, str, datetime] | None
    rating_fault: Phrase | None
    former: str | None
    again: str | None
    gathered: Gathered
    warnings: Sequence[Warned]
    hats: frozenset[Hat]
    subject: str  # whose data it is, for the record of access

    @property
    def open(self) -> bool:
        """Whether the office has something to decide or to answer."""
        return (
            (self.objection is not None and self.objection.state != ObjectionState.DECIDED)
            or any(each.answered_at is None for each in self.corrections)
            or (self.reopening is not None and self.reopening.state == ReopeningState.ASKED)
        )


@dataclass(frozen=True, slots=True)
class Behind:
    """How many people stand behind a complaint, and whether that makes it a petition of many."""

    people: int
    of_many: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of what waits for a decision or an answer."""

    number: str
    title: str
    what: str
    until: date | None
    since: datetime


async def of(number: str, actor: Actor) -> Redress:
    """Redress of a complaint, for its applicant or the office. Raises NotFound for all others."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    hats = standing.hats_of(actor, complaint)
    if not hats:
        raise NotFound
    return await _of(complaint, hats)


async def behind(number: str) -> Behind:
    """How many stand behind a complaint, for everybody: no name."""
    row = await Gathering.get_or_none(complaint__number=number)
    return Behind(row.people, row.of_many) if row else Behind(1, False)


async def is_waiting(complaint_id: int) -> bool:
    """Whether something of redress waits for the office."""
    of_it = {"complaint_id": complaint_id}
    return (
        await Objection.filter(**of_it).exclude(state=ObjectionState.DECIDED).exists()
        or await Correction.filter(**of_it, answered_at=None).exists()
        or await Reopening.filter(**of_it, state=ReopeningState.ASKED).exists()
    )


async def waiting(actor: Actor) -> list[Waiting]:
    """What waits at this official's desk, the most urgent first."""
    mine = _whose(actor)
    objections = Objection.filter(**mine).exclude(state=ObjectionState.DECIDED)
    corrections = Correction.filter(**mine, answered_at=None)
    reopenings = Reopening.filter(**mine, state=ReopeningState.ASKED)
    found = [
        _waiting(row, "objection", row.filed_at, rules.last_day_of(row.due_at))
        for row in await objections.order_by("due_at").limit(PAGE).prefetch_related("complaint")
    ]
    if actor.roles & {"complaints", "examiner"}:
        found += [
            _waiting(row, "correction", row.demanded_at)
            for row in await corrections.order_by("id").limit(PAGE).prefetch_related("complaint")
        ]
    found += [
        _waiting(row, "reopening", row.asked_at)
        for row in await reopenings.order_by("id").limit(PAGE).prefetch_related("complaint")
    ]
    return found


async def count_waiting(actor: Actor) -> int:
    """How much waits at this official's desk."""
    mine = _whose(actor)
    found = await Objection.filter(**mine).exclude(state=ObjectionState.DECIDED).count()
    found += await Reopening.filter(**mine, state=ReopeningState.ASKED).count()
    if actor.roles & {"complaints", "examiner"}:
        found += await Correction.filter(**mine, answered_at=None).count()
    return found


def _waiting(
    row: Objection | Correction | Reopening, what: str, since: datetime, until: date | None = None
) -> Waiting:
    return Waiting(row.complaint.number, row.complaint.title, what, until, since)


def _whose(actor: Actor) -> dict[str, object]:
    if standing.reads_all(actor):
        return {}
    return {"complaint__department_id": actor.department_id}


async def _of(complaint: Complaint, hats: frozenset[Hat]) -> Redress:
    now, calendar = clock.now(), await deadlines.calendar()
    today, days = clock.seoul(now).date(), ordinance.profile().complaints.reopen_days
    ended = await contesting.ended_of(complaint)
    objection = await Objection.get_or_none(complaint_id=complaint.id)
    asked = await Reopening.get_or_none(complaint_id=complaint.id)
    rated = await rating.said(complaint.id) if Hat.APPLICANT in hats else None
    former = await Rehandling.get_or_none(complaint_id=complaint.id).prefetch_related("former")
    again = await Rehandling.get_or_none(former_id=complaint.id).prefetch_related("complaint")
    told = ended.told_at if ended.is_answered else None
    state = State(complaint.state)
    return Redress(
        number=complaint.number,
        title=await _title(complaint, hats),
        version=complaint.version,
        state=state,
        objection=_objected(objection, now) if objection else None,
        objection_fault=redress_rules.objection_fault(
            ended, today, calendar, already=objection is not None
        ),
        objection_until=redress_rules.objection_last_day(told, calendar) if told else None,
        corrections=await _demanded(complaint.id),
        demand_faults=_demand_faults(complaint, now),
        reopening=_reopened(asked) if asked else None,
        reopening_fault=redress_rules.reopening_fault(
            ended,
            today,
            days,
            calendar,
            already=await reopening.is_asked_or_running(complaint.id),
        ),
        reopening_until=redress_rules.reopening_last_day(told, days, calendar) if told else None,
        rated=rated,
        rating_fault=redress_rules.rating_fault(ended, rated[2] if rated else None, now),
        former=former.former.number if former else None,
        again=again.complaint.number if again else None,
        gathered=await merging.gathered(complaint, names=True),
        warnings=[
            each
            for each in await restraining.warnings_of(complaint)
            if Hat.APPLICANT not in hats or each.number == complaint.number
        ],
        hats=hats,
        subject=contesting.subject_of(complaint),
    )


def _demand_faults(complaint: Complaint, now: datetime) -> dict[Ground, Phrase]:
    """Why correction cannot be demanded now, for each ground on which it cannot."""
    state, found = State(complaint.state), {}
    for ground in Ground:
        fault = redress_rules.demand_fault(
            ground, state, complaint.accept_by, complaint.due_at, now
        )
        if fault is not None:
            found[ground] = fault
    return found


async def _title(complaint: Complaint, hats: frozenset[Hat]) -> str:
    """The title, for officials with its insults covered."""
    if Hat.APPLICANT in hats:
        return complaint.title
    return abuse_rules.cover(complaint.title, await marked.words_of(complaint.id))


async def _demanded(complaint_id: int) -> list[Demanded]:
    rows = await Correction.filter(complaint_id=complaint_id).order_by("-number")
    return [
        Demanded(
            redress_rules.GROUNDS[Ground(row.ground)],
            row.text,
            row.demanded_at,
            row.corrected,
            row.answer,
            row.answered_at,
        )
        for row in rows
    ]


def _objected(row: Objection, now: datetime) -> Objected:
    state = ObjectionState(row.state)
    return Objected(
        state,
        row.grounds,
        row.filed_at,
        rules.last_day_of(row.due_at),
        row.extension,
        redress_rules.DECISIONS[redress_rules.Decision(row.decision)] if row.decision else None,
        row.reasons,
        row.decided_at,
        redress_rules.extension_fault(state, row.due_at, now) is None,
    )


def _reopened(row: Reopening) -> Reopened:
    return Reopened(ReopeningState(row.state), row.reason, row.asked_at, row.answer)
