"""What waits for the same envelope: news by post is gathered until somebody posts it (D29, D31).

What the Act wants told stays a paragraph of its own; how it goes on is said by its latest news.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.core import clock

ASSIGNED: Final = "complaint.assigned"
"""Every letter names department, handler and telephone: it need not be said beside another."""

ON_THE_WAY: Final = frozenset({ASSIGNED, "complaint.noted", "complaint.progress"})
DUE_MOVED: Final = "complaint.due_moved"
DATED_ANEW: Final = frozenset({DUE_MOVED, "complaint.extended", "complaint.reclassified"})
FEE_SHORT: Final = "payment.short"
QUESTIONS: Final = frozenset({"complaint.consent_asked", "complaint.mend_proposed", FEE_SHORT})
"""Nobody waits for the answer, or for the rest of a fee, when the case has ended."""

ENDINGS: Final = frozenset(
    {
        "complaint.completed",
        "complaint.transferred",
        "complaint.deemed_withdrawn",
        "complaint.lapsed",
    }
)


def replaced_by(kind: str) -> frozenset[str]:
    """The kinds of waiting news that this one makes needless in the same envelope."""
    replaced = {ASSIGNED}
    if kind in ON_THE_WAY | ENDINGS:
        replaced |= ON_THE_WAY
    if kind in DATED_ANEW | ENDINGS:
        replaced.add(DUE_MOVED)
    if kind in ENDINGS:
        replaced |= QUESTIONS
    if kind == FEE_SHORT:
        replaced.add(FEE_SHORT)  # its letter says how much is missing when it is printed
    return frozenset(replaced)


def is_needless(kind: str, waiting: Collection[str]) -> bool:
    """Whether what waits already says it."""
    return kind == ASSIGNED and any(each != ASSIGNED for each in waiting)


async def is_overtaken(complaint: Complaint, kind: str, told_at: datetime) -> bool:
    """Whether news that comes late to the envelope has been replaced meanwhile: by a letter about
    what came after it, or, where it asks something, by the end of the case."""
    if kind in QUESTIONS and not complaint.open:
        return True
    later = Letter.filter(complaint_id=complaint.id, at__gt=told_at)
    kinds = [str(each) for each in await later.values_list("kind", flat=True)]
    return any(kind in replaced_by(each) for each in kinds)


async def put_in(complaint_id: int, kind: str, at: datetime | None = None) -> None:
    """Put news into the envelope that waits for a complaint's applicant. In a transaction.

    `at` is when it was first told, where that was not just now: its letter tells that day's step.
    """
    waiting = Letter.filter(complaint_id=complaint_id, printed_at=None)
    kinds = [str(each) for each in await waiting.values_list("kind", flat=True)]
    if is_needless(kind, kinds):
        return
    await waiting.filter(kind__in=sorted(replaced_by(kind))).delete()
    await Letter.create(complaint_id=complaint_id, kind=kind, at=at or clock.now())
