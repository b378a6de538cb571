"""Objection to a refused application (이의신청): raised within 60 days, decided in 10 working days,
once 10 more, with reasons (Act 35)."""

from server.complaints import rules
from server.complaints.acts import acting, noticing
from server.complaints.acts.acting import Act
from server.complaints.acts.refusing import refused
from server.complaints.models import Complaint
from server.complaints.redress import contesting, rehandling
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.models import Objection
from server.complaints.redress.rules import Decision, ObjectionState
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor, NotFound
from server.deadlines import service as deadlines

BATCH = 200


@transactional
async def object_to(
    number: str, actor: Actor, text: str, *, claim: FormClaim | None = None
) -> None:
    """The applicant objects, saying why. The ten working days begin.

    Raises Refused (409) where it is too late, no refusal of a statutory application, or raised
    already; the sentence says until when it was, or what else is open.
    """
    grounds = tidy(text)
    act = await acting.begin(
        number, actor, Action.OBJECT, {"text": grounds}, version=None, claim=claim
    )
    if act is None:
        return
    complaint, calendar = act.complaint, await deadlines.calendar()
    fault = redress_rules.objection_fault(
        await contesting.ended_of(complaint),
        clock.seoul(act.now).date(),
        calendar,
        already=await Objection.exists(complaint_id=complaint.id),
    )
    if fault is not None:
        raise refused("objection", fault)
    due = redress_rules.objection_due(act.now, calendar, extended=False)
    await Objection.create(
        complaint_id=complaint.id,
        state=ObjectionState.FILED,
        grounds=grounds,
        filed_at=act.now,
        due_at=due.lapses_at,
        reminded=False,
    )
    act.facts["until"] = due.day.isoformat()
    await act.finish(claim)
    told, link = await noticing.in_charge(complaint), f"/desk/complaints/{number}/redress"
    await noticing.tell(told, "objection.filed", link, complaint, due.day)


@transactional
async def extend(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Put the decision off by ten working days, once, with the reason told (Act 35(2))."""
    reason = tidy(text)
    act = await acting.begin(
        number, actor, Action.EXTEND_OBJECTION, {"text": reason}, version=version, claim=claim
    )
    if act is None:
        return
    objection = await _objection(act)
    state = ObjectionState(objection.state)
    fault = redress_rules.extension_fault(state, objection.due_at, act.now)
    if fault is not None:
        raise refused("objection.extension", fault)
    calendar = await deadlines.calendar()
    due = redress_rules.objection_due(objection.filed_at, calendar, extended=True)
    await Objection.filter(id=objection.id).update(
        state=ObjectionState.EXTENDED,
        extension=reason,
        extended_at=act.now,
        due_at=due.lapses_at,
        reminded=False,
    )
    act.facts["until"] = due.day.isoformat()
    await act.finish(claim, reason)
    await noticing.tell_applicant(act.complaint, "objection.extended", due.day)


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
    """Decide with reasons. Upheld, whole or in part, the application is handled anew."""
    contesting.check_decision(decision, Decision)
    given = {"decision": decision, "text": tidy(text)}
    act = await acting.begin(
        number, actor, Action.DECIDE_OBJECTION, given, version=version, claim=claim
    )
    if act is None:
        return
    objection = await _objection(act)
    if objection.state == ObjectionState.DECIDED:
        raise refused("objection.decided", Phrase(N_("이미 결정한 이의신청입니다.")))
    await Objection.filter(id=objection.id).update(
        state=ObjectionState.DECIDED,
        decision=decision,
        reasons=given["text"],
        decided_at=act.now,
        decided_by_id=actor.account_id,
    )
    act.facts["decision"] = decision
    if decision != Decision.DISMISSED:
        act.facts["again"] = await rehandling.handle_anew(act, "objection")
    await act.finish(claim, given["text"])


async def tell_due() -> int:
    """Remind those in charge of objections to be decided by tomorrow; how many were due."""
    calendar, now = await deadlines.calendar(), clock.now()
    next_day = calendar.next_working_day(clock.seoul(now).date() + deadlines.DAY)
    waiting = Objection.filter(due_at__lte=deadlines.midnight(next_day + deadlines.DAY))
    due = await waiting.exclude(state=ObjectionState.DECIDED).filter(reminded=False).limit(BATCH)
    return sum([await _remind(objection.id) for objection in due])


@transactional
async def _remind(objection_id: int) -> int:
    if not await Objection.filter(id=objection_id, reminded=False).update(reminded=True):
        return 0
    objection = await Objection.get(id=objection_id)
    complaint = await Complaint.get(id=objection.complaint_id)
    told, day = await noticing.in_charge(complaint), rules.last_day_of(objection.due_at)
    link = f"/desk/complaints/{complaint.number}/redress"
    await noticing.tell(told, "objection.due", link, complaint, day)
    return 1


async def _objection(act: Act) -> Objection:
    objection = await Objection.get_or_none(complaint_id=act.complaint.id)
    if objection is None:
        raise NotFound
    return objection
