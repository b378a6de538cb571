"""Warns handlers of complaints due by the next working day, and of those that are late.

Each once; a clock reckoned anew begins anew. The reminder to the head (D28) is the examiner's.
"""

from tortoise.queryset import QuerySet

from server.complaints.acts import noticing
from server.complaints.handling.models import Pause
from server.complaints.models import Complaint
from server.complaints.workflow import STANDING_STILL
from server.core import clock
from server.core.db import transactional
from server.deadlines import service as deadlines
from server.deadlines.service import DAY, Ground, midnight

BATCH = 200
SOON, OVERDUE = "soon", "overdue"
KINDS = {SOON: "complaint.due_soon", OVERDUE: "complaint.overdue"}


async def warn_handlers() -> int:
    """Tell those in charge of what is late, and in office hours of what is due next; how many.

    What was accepted today is not called due soon: whoever has it has just been told.
    """
    now = clock.seoul(clock.now())
    waiting = Pause.filter(ground=Ground.DOCUMENTS, ends=None).values_list(
        "complaint_id", flat=True
    )
    running = Complaint.filter(open=True).exclude(state__in=list(STANDING_STILL))
    running = running.exclude(id__in=[int(str(one)) for one in await waiting])
    warned = await _warn_all(running.filter(due_at__lte=now).exclude(warned=OVERDUE), OVERDUE)
    calendar = await deadlines.calendar()
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
    told = await noticing.in_charge(complaint)
    await noticing.tell(told, KINDS[warning], f"/desk/complaints/{complaint.number}", complaint)
    return 1
