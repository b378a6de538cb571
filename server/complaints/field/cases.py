"""The day's cases of an official: their own open ones by due date, covered as for the public, with
the place to go to. Each copy that leaves the office is recorded, case by case (Y16, Y12-2, Y22-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.complaints import rules
from server.complaints.acts import standing
from server.complaints.behalf import covered
from server.complaints.disclosure import guard, masking_rules, publishing
from server.complaints.field.rules import CASES_MAX, KEPT, gist
from server.complaints.models import Complaint
from server.complaints.workflow import State
from server.core import audit, clock, crypto
from server.core.db import transactional
from server.core.web import Actor


@dataclass(frozen=True, slots=True)
class FieldCase:
    """What field work needs of a case. `subject` is whose data it is, for the access record."""

    number: str
    title: str
    place: str
    latitude: float | None
    longitude: float | None
    gist: str
    topic_id: int
    state: State
    due: date | None
    subject: str


@dataclass(frozen=True, slots=True)
class Day:
    """The cases, of which there may be `more`; when they were issued and until when they may be
    read; `session` names the session that they belong to, and tells nothing about it."""

    cases: Sequence[FieldCase]
    more: bool
    issued: datetime
    until: datetime
    session: str


async def of_the_day(actor: Actor) -> Day:
    """The open cases that the actor handles, and of those whom they stand in for, by due date."""
    own = await standing.represented_by(actor)
    wanted = Complaint.filter(handler_id__in=own, open=True).order_by("due_at", "id")
    rows = await wanted.limit(CASES_MAX + 1)
    keep = await guard.office_telephones()
    now = clock.now()
    return Day(
        [await _covered(row, keep) for row in rows[:CASES_MAX]],
        len(rows) > CASES_MAX,
        now,
        now + KEPT,
        session_name(actor),
    )


@transactional
async def download(actor: Actor) -> Day:
    """The same for the actor's phone: that it was taken along is recorded for each case."""
    day = await of_the_day(actor)
    hours = round(KEPT.total_seconds() / 3600)
    for each in day.cases:
        await audit.record("complaint.download", each.number, actor.account_id, hours=hours)
    await read_by(actor, day)
    return day


async def read_by(actor: Actor, day: Day) -> None:
    """Note whose cases the actor has seen."""
    for each in day.cases:
        await audit.accessed(actor.account_id, each.subject, f"/desk/field/{each.number}")


def session_name(actor: Actor) -> str:
    """Another name of the actor's session, by which their phone knows that it is still the same."""
    return crypto.keyed_hash("field", str(actor.session_id)).hex()[:16]


async def _covered(complaint: Complaint, keep: Sequence[str]) -> FieldCase:
    """The words as everybody would read them. The place is where the work is, also where the
    applicant or whoever they applied for lives there: of it only names and numbers are covered."""
    cover = await publishing.covering(complaint)
    place = rules.Place.kept(complaint.place, complaint.position)
    people = [each for each in (complaint.name, complaint.phone, complaint.email) if each]
    people += await covered.particulars(complaint.id, address=False)
    account_id = complaint.applicant_id
    return FieldCase(
        complaint.number,
        cover(complaint.title),
        masking_rules.mask(place.words, people, keep),
        place.latitude,
        place.longitude,
        gist(cover(complaint.body)),
        complaint.topic_id,
        State(complaint.state),
        rules.last_day_of(complaint.due_at) if complaint.due_at else None,
        f"account:{account_id}" if account_id else f"complaint:{complaint.number}",
    )
