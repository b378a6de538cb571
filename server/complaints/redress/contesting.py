"""What objection, correction, reopening and satisfaction share: how the complaint ended, whose
data a page shows."""

from collections.abc import Iterable

from server.complaints.acts import acting
from server.complaints.models import Answer, Complaint
from server.complaints.redress.rules import ANSWERED, Ended
from server.complaints.workflow import Outcome, State
from server.core.i18n import N_
from server.core.web import Invalid


async def ended_of(complaint: Complaint) -> Ended:
    """How the complaint ended, as the rules of redress see it."""
    state = State(complaint.state)
    kind = await acting.kind_of(complaint)
    answer = await Answer.get_or_none(complaint_id=complaint.id) if state in ANSWERED else None
    return Ended(
        state,
        kind.category if kind else None,
        Outcome(answer.outcome) if answer else None,
        complaint.ended_at if answer else None,
    )


def check_decision(decision: str, offered: Iterable[str]) -> None:
    """Raises Invalid (422) where something else was decided than can be."""
    if decision and decision not in set(offered):
        raise Invalid("complaint.decision", N_("어떻게 할지 골라 주세요."), "decision")


def subject_of(complaint: Complaint) -> str:
    """Whose data a page of it shows, for the record of access."""
    if complaint.applicant_id is None:
        return f"complaint:{complaint.id}"
    return f"account:{complaint.applicant_id}"
