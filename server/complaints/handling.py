"""What officials and applicants do with a complaint: one function, one transaction, one step.

Acceptance and classification (Act 9, Y10-2), assignment, progress, supplement (D24), result
(Act 27), withdrawal, and disclosure as the applicant wishes (Y12-1).
"""

from dataclasses import dataclass

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import acting, rules
from server.complaints.acting import Act
from server.complaints.models import Answer, Complaint, Supplement
from server.complaints.workflow import Action, Outcome, State
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid
from server.deadlines import service as deadlines
from server.deadlines.service import course, supplement_deadline
from server.ordinance import service as ordinance


@dataclass(frozen=True, slots=True)
class Result:
    """How a complaint is answered. What each outcome requires stands in the workflow."""

    outcome: str
    text: str
    reasons: str = ""
    remedies: str = ""
    ground: str = ""


@transactional
async def accept(
    number: str, actor: Actor, kind: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Accept and classify: the statutory clock starts (Act 19). `kind` is a slug."""
    given = {"kind": kind}
    act = await acting.begin(number, actor, Action.ACCEPT, given, version=version, claim=claim)
    if act is not None:
        await _classify(act, kind)
        await act.finish(claim)


@transactional
async def reclassify(
    number: str, actor: Actor, kind: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Set another kind: the clock is reckoned anew from acceptance, the applicant is told."""
    given = {"kind": kind}
    act = await acting.begin(number, actor, Action.RECLASSIFY, given, version=version, claim=claim)
    if act is not None:
        await _classify(act, kind)
        await act.finish(claim)


@transactional
async def assign(
    number: str,
    actor: Actor,
    department_id: int,
    handler_id: int | None = None,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Give it to a department, and to a handler of it. Given already, it is reassigned (재배정)."""
    action = Action.ASSIGN if await _awaits_assignment(number) else Action.REASSIGN
    given = {"department": department_id}
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    await _check_handler(department_id, handler_id)
    act.facts["moved"] = int(department_id != act.complaint.department_id)
    act.facts["department"] = department_id
    act.changes |= {"department_id": department_id, "handler_id": handler_id}
    await act.finish(claim)


@transactional
async def note(
    number: str,
    actor: Actor,
    step: str,
    text: str = "",
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Say what is being done (D23). `step` is a key of rules.STEPS; `text` is read by all."""
    if step and step not in rules.STEPS:
        raise Invalid("complaint.step", N_("진행 상황을 골라 주세요."), "step")
    given = {"step": step}
    act = await acting.begin(number, actor, Action.NOTE, given, version=version, claim=claim)
    if act is not None:
        act.facts["step"] = step
        _take_on(act)
        await act.finish(claim, _text(text) or None)


@transactional
async def ask_supplement(
    number: str,
    actor: Actor,
    text: str,
    days: int,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Ask the applicant for what is missing, within `days` (D24): the clock stands still."""
    text = _text(text)
    given = {"text": text, "days": days}
    action = Action.ASK_SUPPLEMENT
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    calendar = deadlines.work_calendar(ordinance.profile())
    until = supplement_deadline(clock.seoul(act.now).date(), days, calendar)
    await Supplement.create(
        complaint_id=act.complaint.id, asked_at=act.now, until=until, asked=text
    )
    act.supplements.append(rules.AskedSupplement(act.now, until, None))
    act.facts["until"] = until.isoformat()
    _take_on(act)
    await _reckon(act)
    await act.finish(claim, text)


@transactional
async def give_supplement(
    number: str, actor: Actor, text: str, *, claim: FormClaim | None = None
) -> None:
    """The applicant's answer to a supplement: the clock goes on the day after it arrives."""
    text = _text(text)
    action = Action.GIVE_SUPPLEMENT
    act = await acting.begin(number, actor, action, {"text": text}, version=None, claim=claim)
    if act is None:
        return
    waiting = Supplement.filter(complaint_id=act.complaint.id, given_at=None)
    await waiting.update(given_at=act.now)
    act.supplements = await acting.supplements_of(act.complaint.id)
    await _reckon(act)
    await act.finish(claim, text)


@transactional
async def complete(
    number: str,
    actor: Actor,
    result: Result,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Answer and end it. A refusal tells its reasons and remedies (Act 27(3))."""
    if result.outcome and result.outcome not in set(Outcome):
        raise Invalid("complaint.outcome", N_("처리 결과를 골라 주세요."), "outcome")
    if result.ground and result.ground not in rules.GROUNDS:
        raise Invalid("complaint.ground", N_("어느 사유에 해당하는지 골라 주세요."), "ground")
    given = {
        "outcome": result.outcome,
        "text": _text(result.text),
        "reasons": _text(result.reasons),
        "remedies": _text(result.remedies),
        "ground": result.ground,
    }
    action = Action.COMPLETE
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    await Answer.create(
        complaint_id=act.complaint.id,
        outcome=result.outcome,
        text=given["text"],
        reasons=given["reasons"] or None,
        remedies=given["remedies"] or None,
        ground=result.ground if result.outcome == Outcome.NOT_HANDLED else None,
    )
    act.facts["outcome"] = result.outcome
    _take_on(act)
    await act.finish(claim)


@transactional
async def withdraw(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant takes it back (취하); it leaves every public place."""
    act = await acting.begin(number, actor, Action.WITHDRAW, {}, version=None, claim=claim)
    if act is not None:
        await act.finish(claim)


@transactional
async def set_public(
    number: str, actor: Actor, public: bool, *, claim: FormClaim | None = None
) -> None:
    """Disclose or refuse disclosure, at any time; refused, it is gone at once (Y12-1)."""
    action = Action.REVEAL if public else Action.CONCEAL
    act = await acting.begin(number, actor, action, {}, version=None, claim=claim)
    if act is not None:
        act.changes["public"] = public
        await act.finish(claim)


async def _classify(act: Act, slug: str) -> None:
    kind = await catalogue.kind_to_choose(slug, act.complaint.wanted_kind_id)
    if kind is None:
        raise Invalid("complaint.kind", N_("민원 종류를 골라 주세요."), "kind")
    act.facts["kind"] = kind.id
    act.changes["kind_id"] = act.complaint.kind_id = kind.id
    if act.complaint.accepted_at is None:
        act.changes["accepted_at"] = act.complaint.accepted_at = act.now
    await _reckon(act)


async def _reckon(act: Act) -> None:
    """When it is due now, with everything that does not count."""
    complaint, profile = act.complaint, ordinance.profile()
    assert complaint.accepted_at is not None
    assert complaint.kind_id is not None
    kind = await catalogue.kind(complaint.kind_id, complaint.accepted_at)
    due = course(
        complaint.accepted_at,
        kind.code,
        rules.waiting_times(act.supplements, act.now),
        deadlines.work_calendar(profile),
    ).due
    act.facts["due"] = str(due)
    act.changes |= {"due_at": due.lapses_at, "due_by_hour": due.moment is not None, "warned": ""}


def _take_on(act: Act) -> None:
    """Whoever works a complaint that nobody has is its handler from then on, so that every
    notice can name one (D31). A complaint given to another department stays there."""
    complaint, actor = act.complaint, act.actor
    unassigned = complaint.state == State.ACCEPTED and actor.department_id is not None
    if complaint.handler_id is None and (
        unassigned or complaint.department_id == actor.department_id
    ):
        act.changes |= {"handler_id": actor.account_id, "department_id": actor.department_id}


async def _awaits_assignment(number: str) -> bool:
    return await Complaint.filter(number=number, state="accepted").exists()


async def _check_handler(department_id: int, handler_id: int | None) -> None:
    if department_id not in {dept.id for dept in await accounts.departments()}:
        raise Invalid("complaint.department", N_("부서를 골라 주세요."), "department")
    if handler_id is None:
        return
    if handler_id not in {each.id for each in await handlers_of(department_id)}:
        raise Invalid(
            "complaint.handler", N_("그 부서에서 일하는 담당자를 골라 주세요."), "handler"
        )


async def handlers_of(department_id: int) -> list[accounts.Official]:
    """The officials who may be given a complaint of the department."""
    return [
        each
        for each in await accounts.officials(department_id)
        if each.active and not each.roles.isdisjoint({"handler", "head"})
    ]


def _text(text: str) -> str:
    tidy = rules.tidy_text(text)
    if len(tidy) > rules.TEXT_LETTERS_MAX:
        raise Invalid(
            "complaint.text",
            N_("%(max)d자까지 적을 수 있습니다."),
            "text",
            max=rules.TEXT_LETTERS_MAX,
        )
    return tidy
