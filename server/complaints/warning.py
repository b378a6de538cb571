"""Warns handlers of complaints due by the next working day, and of those that are late.

Each once; a clock reckoned anew begins anew. The reminder to the head (D28) is the examiner's.
"""

from tortoise.queryset import QuerySet

from server.accounts import service as accounts
from server.complaints import acting
from server.complaints.models import Complaint
from server.complaints.workflow import State
from server.core import clock
from server.core.db import transactional
from server.deadlines import service as deadlines
from server.deadlines.service import DAY, midnight
from server.ordinance import service as ordinance

BATCH = 200
SOON, OVERDUE = "soon", "overdue"
KINDS = {SOON: "complaint.due_soon", OVERDUE: "complaint.overdue"}


async def warn_handlers() -> int:
    """Tell those in charge of what is late, and in office hours of what is due next; how many.

    What was accepted today is not called due soon: whoever has it has just been told.
    """
    now = clock.seoul(clock.now())
    running = Complaint.filter(open=True).exclude(state=State.SUPPLEMENT)
    warned = await _warn_all(running.filter(due_at__lte=now).exclude(warned=OVERDUE), OVERDUE)
    calendar = deadlines.work_calendar(ordinance.profile())
    if calendar.next_working_moment(now) != now:
        return warned
    next_day = midnight(calendar.next_working_day(now.date() + DAY) + DAY)
    soon = running.filter(due_at__gt=now, due_at__lte=next_day, warned="")
    return warned + await _warn_all(soon.filter(accepted_at__lt=midnight(now.date())), SOON)


async def _warn_all(due: QuerySet[Complaint], warning: str) -> int:
    rows = await due.order_by("due_at").limit(BATCH).values("id")
    return sum([await _warn(row["id"], warning) for row in rows])


@transactional
async def _warn(complaint_id: int, warning: str) -> int:
    complaint = await Complaint.filter(id=complaint_id).select_for_update().get()
    unwarned = Complaint.filter(id=complaint_id, open=True).exclude(warned=warning)
    if not await unwarned.update(warned=warning):
        return 0
    told = await _in_charge(complaint)
    await acting.tell(told, KINDS[warning], f"/desk/complaints/{complaint.number}", complaint)
    return 1


async def _in_charge(complaint: Complaint) -> set[int]:
    if complaint.handler_id is not None:
        absent = await accounts.standing_in()
        return {absent.get(complaint.handler_id, complaint.handler_id)}
    if complaint.department_id is None:
        return set(await accounts.officials_with("complaints"))
    return set(await accounts.officials_of(complaint.department_id))
