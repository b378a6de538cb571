"""Deadlines that move by themselves: a day declared off, the end of a failure of the system
(Act 19, D20). Every open complaint is reckoned anew, and those concerned are told."""

from server.complaints.acts import acting, reckoning
from server.complaints.handling import paying
from server.complaints.models import Complaint
from server.complaints.workflow import RUNNING, Action, Hat, State
from server.core import clock
from server.core.db import transactional
from server.core.web.permissions import ANONYMOUS
from server.deadlines import service as deadlines

BATCH = 200
NOBODY = frozenset({Hat.SYSTEM})


async def reckon_all_anew() -> int:
    """Reckon every open complaint; how many dates moved. Done twice, it moves nothing twice."""
    moved, after = 0, 0
    while True:
        rows = Complaint.filter(open=True, id__gt=after).order_by("id").limit(BATCH)
        found = await rows.values_list("id", flat=True)
        ids = [int(str(one)) for one in found]
        if not ids:
            return moved
        for one in ids:
            moved += await _reckon_anew(one)
        after = ids[-1]


@transactional
async def _reckon_anew(complaint_id: int) -> int:
    complaint = await Complaint.filter(id=complaint_id, open=True).select_for_update().first()
    if complaint is None:
        return 0
    if complaint.state == State.ARRIVED:
        await _accept_by_anew(complaint)
    if State(complaint.state) not in RUNNING:
        return 0
    kind = await acting.kind_of(complaint)
    assert kind is not None
    supplements = await acting.supplements_of(complaint.id)
    run = await reckoning.course_of(complaint, kind, supplements, clock.now())
    if run.due.lapses_at == complaint.due_at:
        return 0
    act = await acting.begin(
        complaint.number,
        ANONYMOUS,
        Action.MOVE_DUE,
        {},
        version=None,
        claim=None,
        hats=NOBODY,
    )
    assert act is not None
    await act.reckon()
    await act.finish(None)
    return 1


async def _accept_by_anew(complaint: Complaint) -> None:
    """By when to accept it: 8 working hours, but for those of failures (D6(8))."""
    since = await paying.arrived_at(complaint)
    failures = await deadlines.failures_between(since, clock.now())
    accept_by = deadlines.accept_by(since, await deadlines.calendar(), failures)
    await Complaint.filter(id=complaint.id).update(accept_by=accept_by)
