"""When a complaint is due, with everything that does not count and every extension (Y11-4).

Act 19, Decree 20 and 21: supplements, inquiries, other offices' papers, failures of the system,
days declared off.
"""

from collections.abc import Sequence
from datetime import date, datetime

from server.catalogue.service import KindView
from server.complaints import rules
from server.complaints.handling.models import Extension, Pause
from server.complaints.models import Complaint
from server.complaints.rules import AskedSupplement
from server.complaints.workflow import Action
from server.core import clock
from server.deadlines import service as deadlines
from server.deadlines.service import DAY, Course, Ground, NotCounted, midnight

EVENTFUL = frozenset(
    {
        Action.AWAIT_DOCUMENTS,
        Action.BEGIN_INQUIRY,
        Action.EXTEND,
        Action.CONSENT,
    }
)
"""Acts without which there is neither a pause nor an extension to look up."""


async def course_of(
    complaint: Complaint,
    kind: KindView,
    supplements: Sequence[AskedSupplement],
    now: datetime,
    *,
    eventful: bool = True,
) -> Course:
    """The count of an accepted complaint day by day. `eventful` False: no act of EVENTFUL is in
    its timeline, so that nothing need be looked up."""
    assert complaint.accepted_at is not None
    until = complaint.ended_at or now
    out = rules.waiting_times(supplements, until)
    extensions: tuple[int, ...] = ()
    if eventful:
        out += await _pauses(complaint.id, until)
        granted = Extension.filter(complaint_id=complaint.id, granted=True).order_by("id")
        extensions = tuple([row.more for row in await granted])
    out += await deadlines.failures_between(complaint.accepted_at, until)
    calendar = await deadlines.calendar()
    return deadlines.course(complaint.accepted_at, kind.code, out, calendar, extensions)


def due_of(run: Course) -> dict[str, object]:
    """What the complaint's row keeps of its course: a clock reckoned anew has warned nobody."""
    return {
        "due_at": run.due.lapses_at,
        "due_by_hour": run.due.moment is not None,
        "warned": "",
    }


async def _pauses(complaint_id: int, now: datetime) -> list[NotCounted]:
    rows = await Pause.filter(complaint_id=complaint_id).order_by("id")
    return [paused(Ground(row.ground), row.begins, row.until, row.ends, now) for row in rows]


def paused(
    ground: Ground, begins: datetime, until: date, ends: datetime | None, now: datetime
) -> NotCounted:
    """What a pause takes out. An inquiry takes whole days, never more than it may last; papers
    take the time until they came, and while they are awaited until they are expected."""
    if ground is Ground.INQUIRY:
        ended = until if ends is None else min(clock.seoul(ends).date(), until)
        return NotCounted.days(ground, begins, ended)
    return NotCounted.time(ground, begins, ends or max(midnight(until + DAY), now))
