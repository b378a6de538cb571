"""Whom the office writes to about a case, and its letters, for whoever looks up what was told.

Only those who may see the case at the desk are told; nothing that was written is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.complaints.acts import standing
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint
from server.complaints.workflow import Hat
from server.core.web import Actor, NotFound


@dataclass(frozen=True, slots=True)
class Posting:
    """A letter: which notice it tells, since when it waits, and when it was posted."""

    kind: str
    at: datetime
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Addressed:
    """A case by number and id; without an account the applicant has no inbox."""

    id: int
    number: str
    applicant_id: int | None
    letters: Sequence[Posting]


async def addressed(number: str, actor: Actor) -> Addressed:
    """Raises NotFound for all who may not see the case at the desk."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None or not await standing.hats(actor, complaint) - {Hat.APPLICANT}:
        raise NotFound
    letters = await Letter.filter(complaint_id=complaint.id).order_by("id")
    return Addressed(
        complaint.id,
        complaint.number,
        complaint.applicant_id,
        [Posting(row.kind, row.at, row.printed_at) for row in letters],
    )
