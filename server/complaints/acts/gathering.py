"""A complaint as the workflow sees it, gathered from its tables.

Only what the reader's capacities can act upon is looked up: the public's page asks for nothing.
"""

from collections.abc import Collection
from datetime import datetime

from server.accounts import service as accounts
from server.catalogue.service import KindView
from server.complaints import rules, workflow
from server.complaints.answers.models import Draft
from server.complaints.disclosure import publishing
from server.complaints.handling.models import Cooperation, Extension, Mend, Pause
from server.complaints.models import Complaint
from server.complaints.rules import AskedSupplement
from server.complaints.workflow import Case, Hat, State
from server.core import clock
from server.deadlines.service import Ground
from server.payments import service as payments

ROLES_OF_APPROVERS = {"team_head": Hat.TEAM_HEAD, "head": Hat.HEAD}


async def case_of(
    complaint: Complaint,
    kind: KindView | None,
    supplements: list[AskedSupplement],
    now: datetime,
    hats: Collection[Hat] = (),
) -> Case:
    """The complaint as the workflow sees it, for somebody with these hats."""
    asked = rules.unanswered(supplements, clock.seoul(now).date())
    last = supplements[-1] if asked.asked else None
    case = Case(
        State(complaint.state),
        complaint.public,
        kind is None or kind.public,
        supplements_asked=asked.asked,
        supplements_missed=asked.missed,
        supplement_until=last.until if last else None,
        supplements_undelivered=asked.undelivered,
        undelivered_last=last is not None and last.undelivered,
        more_time_asked=last.more_time if last else 0,
        category=kind.category if kind else None,
        overdue=complaint.due_at is not None and complaint.due_at <= now,
    )
    if Hat.DISCLOSURE in hats:
        ruled = await publishing.ruled_on(complaint.id)
        case = workflow.replaced(case, hidden=ruled.hidden)
    if not hats or not complaint.open:
        return case
    return await _with_what_is_open(case, complaint, kind, hats)


async def _with_what_is_open(
    case: Case, complaint: Complaint, kind: KindView | None, hats: Collection[Hat]
) -> Case:
    pauses = await Pause.filter(complaint_id=complaint.id).values("ground", "ends", "prolonged")
    inquiries = [row for row in pauses if row["ground"] == Ground.INQUIRY]
    extensions = await Extension.filter(complaint_id=complaint.id).values_list("granted", flat=True)
    return workflow.replaced(
        case,
        extensions=sum(bool(granted) for granted in extensions),
        consent_asked=None in extensions,
        cooperations_open=await Cooperation.filter(complaint_id=complaint.id, open=True).count(),
        documents_awaited=any(
            row["ground"] == Ground.DOCUMENTS and row["ends"] is None for row in pauses
        ),
        inquired=bool(inquiries),
        inquiry_prolonged=any(row["prolonged"] for row in inquiries),
        mend_proposed=await Mend.filter(complaint_id=complaint.id, agreed=None).exists(),
        approvers=await approvers_of(complaint, kind, hats),
        fee_missing=await _fee_missing(complaint, kind),
    )


async def _fee_missing(complaint: Complaint, kind: KindView | None) -> bool:
    """Whether it was received under a payment that turned out to be somebody else's (Y11-3)."""
    if kind is None or not kind.fee_won:
        return False
    charge = await payments.charge_of(f"complaint:{complaint.id}")
    return charge is not None and charge.state == "awaiting"


async def approvers_of(
    complaint: Complaint, kind: KindView | None, hats: Collection[Hat]
) -> tuple[Hat, ...]:
    """Who must still approve its answer: of a draft under way those left, else those who would
    have to, were it drafted by somebody with these hats."""
    if complaint.state == State.AWAITING_APPROVAL:
        draft = await Draft.get(complaint_id=complaint.id, state="open")
        return tuple(Hat(name) for name in draft.left.split(","))
    if kind is None or hats == {Hat.APPLICANT}:
        return ()
    return workflow.still_to_approve(kind.approvals, await held(complaint.department_id), hats)


async def held(department_id: int | None) -> set[Hat]:
    """Which capacities to approve somebody in the department has."""
    if department_id is None:
        return set()
    officials = await accounts.officials(department_id)
    roles = {role for each in officials if each.active for role in each.roles}
    return {hat for role, hat in ROLES_OF_APPROVERS.items() if role in roles}


async def close_all(complaint: Complaint, now: datetime) -> None:
    """Whatever was still open about a complaint that has ended is open no more."""
    mine = {"complaint_id": complaint.id}
    await Pause.filter(**mine, ends=None).update(ends=now)
    await Cooperation.filter(**mine, open=True).update(open=False)
    await Draft.filter(**mine, state="open").update(state="dropped")
    await Mend.filter(**mine, agreed=None).update(agreed=False, by="app", decided_at=now)
    await Extension.filter(**mine, granted=None).update(granted=False, decided_at=now)
