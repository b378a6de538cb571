"""What objection, correction, reopening and satisfaction share: how the complaint ended, texts as
they are kept, whose data a page shows."""

from server.complaints import acting, rules
from server.complaints.models import Answer, Complaint
from server.complaints.redress_rules import ANSWERED, Ended
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


def tidy(text: str, field: str = "text", longest: int = rules.TEXT_LETTERS_MAX) -> str:
    """The text as it is kept. Raises Invalid (422) where it is too long."""
    kept = rules.tidy_text(text)
    if len(kept) > longest:
        sentence = N_("%(max)d자까지 적을 수 있습니다.")
        raise Invalid(f"complaint.{field}", sentence, field, max=longest)
    return kept


def subject_of(complaint: Complaint) -> str:
    """Whose data a page of it shows, for the record of access."""
    if complaint.applicant_id is None:
        return f"complaint:{complaint.id}"
    return f"account:{complaint.applicant_id}"
