"""Progress every 30 days (D23): whoever has heard nothing of an open complaint for so long is told
how it stands and until when it is handled."""

from datetime import timedelta

from server.complaints.acts import noticing
from server.complaints.models import Complaint
from server.complaints.workflow import RUNNING
from server.core import clock
from server.core.db import transactional

EVERY = timedelta(days=30)
BATCH = 200


async def tell_progress() -> int:
    """Tell those who have heard nothing for 30 days; how many."""
    silent = Complaint.filter(open=True, state__in=list(RUNNING), told_at__lte=clock.now() - EVERY)
    ids = await silent.order_by("told_at").limit(BATCH).values_list("id", flat=True)
    return sum([await _tell(int(str(one))) for one in ids])


@transactional
async def _tell(complaint_id: int) -> int:
    now = clock.now()
    silent = Complaint.filter(id=complaint_id, open=True, told_at__lte=now - EVERY)
    if not await silent.update(told_at=now):
        return 0
    complaint = await Complaint.get(id=complaint_id)
    await noticing.tell_applicant(complaint, "complaint.progress")
    return 1
