"""What officials and applicants do with a complaint: one function, one transaction, one step.

Acceptance and classification (Act 9, Y10-2), assignment (D13), transfer (Act 16), progress (D23),
and withdrawal (Act 22).
"""

from datetime import datetime

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import acting, auditing, companions, guard, paying, rules
from server.complaints.acting import Act
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.standing import WORKING_ROLES
from server.complaints.workflow import Action, Party, State
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid


@transactional
async def accept(
    number: str,
    actor: Actor,
    kind: str,
    *,
    version: int,
    claim: FormClaim | None = None,
    received_at: datetime | None = None,
) -> None:
    """Accept and classify: the statutory clock starts (Act 19). `kind` is a slug.

    Where a fee is due that has not been paid, it is asked for instead (Y11-3). `received_at` is
    given where it was received on paper before it is registered (D6의2).
    """
    given = {"kind": kind}
    if await paying.is_due(number, kind):
        await paying.ask(number, actor, kind, version=version, claim=claim)
        return
    act = await acting.begin(number, actor, Action.ACCEPT, given, version=version, claim=claim)
    if act is not None:
        if received_at is not None:
            act.changes["accepted_at"] = act.complaint.accepted_at = received_at
        await _classify(act, kind)
        await act.finish(claim)
        await auditing.tell(act)


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
        await auditing.tell(act)


@transactional
async def assign(
    number: str,
    actor: Actor,
    department_id: int,
    handler_id: int | None = None,
    *,
    version: int,
    tell_handler: bool = True,
    claim: FormClaim | None = None,
) -> None:
    """Give it to a department, and to a handler of it. Given already, it is reassigned (재배정).

    `tell_handler` False: whoever gives several at once tells the handler once.
    """
    action = Action.ASSIGN if await _awaits_assignment(number) else Action.REASSIGN
    given = {"department": department_id}
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    await _check_handler(department_id, handler_id)
    act.facts["moved"] = int(department_id != act.complaint.department_id)
    act.facts["department"] = department_id
    act.changes |= {"department_id": department_id, "handler_id": handler_id}
    if not tell_handler:
        act.spare(Party.HANDLER)
    await act.finish(claim)


@transactional
async def transfer(
    number: str,
    actor: Actor,
    agency: str,
    reasons: str,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Send it to another agency that is competent (이송, Act 16): it ends here, and the applicant
    is told where it has gone and why. Everybody reads the agency's name: Telltale for a number."""
    agency = tidy(rules.tidy_line(agency), "agency", rules.AGENCY_LETTERS_MAX)
    reasons = tidy(reasons, "reasons")
    given = {"agency": agency, "reasons": reasons}
    act = await acting.begin(number, actor, Action.TRANSFER, given, version=version, claim=claim)
    if act is not None:
        await guard.check({"agency": agency})
        act.facts["agency"] = agency
        act.take_on()
        await act.finish(claim, reasons)


@transactional
async def note(
    number: str,
    actor: Actor,
    step: str,
    text: str = "",
    *,
    covered: bool = False,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Say what is being done (D23). `step` is a key of rules.STEPS; `text` is read by all: raises
    guard.Telltale for a number in it, unless it is `covered`."""
    if step and step not in rules.STEPS:
        raise Invalid("complaint.step", N_("진행 상황을 골라 주세요."), "step")
    given = {"step": step}
    act = await acting.begin(number, actor, Action.NOTE, given, version=version, claim=claim)
    if act is not None:
        await guard.check_office(act.complaint, {"text": text}, covered=covered)
        act.facts["step"] = step
        act.take_on()
        await act.finish(claim, tidy(text) or None)


@transactional
async def withdraw(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant takes it back (취하); it leaves every public place."""
    act = await acting.begin(number, actor, Action.WITHDRAW, {}, version=None, claim=claim)
    if act is not None:
        await paying.no_more(act.complaint)
        await companions.leave(act.complaint)
        await act.finish(claim)


async def _classify(act: Act, slug: str) -> None:
    kind = await catalogue.kind_to_choose(slug, act.complaint.wanted_kind_id)
    if kind is None:
        raise Invalid("complaint.kind", N_("민원 종류를 골라 주세요."), "kind")
    if kind.fee_won and not await paying.is_paid(act.complaint):
        sentence = N_("수수료를 먼저 내야 하는 민원입니다. 접수할 때 고를 수 있습니다.")
        raise Invalid("complaint.kind", sentence, "kind")
    act.facts["kind"] = kind.id
    act.changes["kind_id"] = act.complaint.kind_id = kind.id
    if act.complaint.accepted_at is None:
        act.changes["accepted_at"] = act.complaint.accepted_at = act.now
    await act.reckon()
    await auditing.refer(act, kind.category)


async def _awaits_assignment(number: str) -> bool:
    return await Complaint.filter(number=number, state=State.ACCEPTED).exists()


async def _check_handler(department_id: int, handler_id: int | None) -> None:
    await check_department(department_id)
    if handler_id is None:
        return
    if handler_id not in {each.id for each in await handlers_of(department_id)}:
        raise Invalid(
            "complaint.handler", N_("그 부서에서 일하는 담당자를 골라 주세요."), "handler"
        )


async def check_department(department_id: int) -> None:
    """Raises Invalid (422) where there is no such department to work."""
    if department_id not in {dept.id for dept in await accounts.departments()}:
        raise Invalid("complaint.department", N_("부서를 골라 주세요."), "department")


async def handlers_of(department_id: int) -> list[accounts.Official]:
    """The officials who may be given a complaint of the department."""
    return [
        each
        for each in await accounts.officials(department_id)
        if each.active and not each.roles.isdisjoint(WORKING_ROLES)
    ]
