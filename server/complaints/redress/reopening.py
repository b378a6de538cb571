"""Asking that a finished complaint be handled again (재처리 요청), within the office's own days.

The office decides. Granted, a new handling begins that is linked with the former one (see
`rehandling`); declined, the reason is told, and both stay on record.
"""

from server.complaints.acts import acting
from server.complaints.acts.refusing import refused
from server.complaints.redress import contesting, rehandling
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.models import Rehandling, Reopening
from server.complaints.redress.rules import ReopeningState
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor, Invalid
from server.deadlines import service as deadlines
from server.ordinance import service as ordinance

GRANT, DECLINE = "granted", "declined"


@transactional
async def ask(number: str, actor: Actor, text: str, *, claim: FormClaim | None = None) -> None:
    """The applicant asks, with a reason; once. Raises Refused (409) where it is too late."""
    reason = tidy(text)
    act = await acting.begin(
        number, actor, Action.ASK_REOPENING, {"text": reason}, version=None, claim=claim
    )
    if act is None:
        return
    complaint = act.complaint
    fault = redress_rules.reopening_fault(
        await contesting.ended_of(complaint),
        clock.seoul(act.now).date(),
        ordinance.profile().complaints.reopen_days,
        await deadlines.calendar(),
        already=await is_asked_or_running(complaint.id),
    )
    if fault is not None:
        raise refused("reopening", fault)
    await Reopening.create(
        complaint_id=complaint.id, state=ReopeningState.ASKED, reason=reason, asked_at=act.now
    )
    await act.finish(claim)


@transactional
async def decide(
    number: str,
    actor: Actor,
    decision: str,
    text: str,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Grant or decline it. Declined only with a reason."""
    contesting.check_decision(decision, (GRANT, DECLINE))
    answer = tidy(text)
    act = await acting.begin(
        number, actor, Action.DECIDE_REOPENING, {"decision": decision}, version=version, claim=claim
    )
    if act is None:
        return
    if decision == DECLINE and not answer:
        raise Invalid(
            "complaint.text", N_("이유를 적어 주세요. 민원인에게 반드시 알려야 합니다."), "text"
        )
    asked = Reopening.filter(complaint_id=act.complaint.id, state=ReopeningState.ASKED)
    decided = await asked.update(
        state=decision,
        answer=answer or None,
        decided_at=act.now,
        decided_by_id=actor.account_id,
    )
    if not decided:
        raise refused("reopening.none", Phrase(N_("답할 재처리 요청이 없습니다.")))
    act.facts["decision"] = decision
    if decision == GRANT:
        act.facts["again"] = await rehandling.handle_anew(act, "reopening")
    await act.finish(claim, answer or None)


async def is_asked_or_running(complaint_id: int) -> bool:
    """Whether reopening was asked for, or a new handling runs already."""
    return await Reopening.exists(complaint_id=complaint_id) or await Rehandling.exists(
        former_id=complaint_id
    )
