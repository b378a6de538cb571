"""Who handles a complaint: assigned, reassigned inside the office (재배정, D13), or sent to another
agency that is competent (이송, Act 16)."""

from server.accounts import service as accounts
from server.complaints import rules
from server.complaints.acts import acting
from server.complaints.acts.standing import WORKING_ROLES
from server.complaints.disclosure import guard
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.workflow import Action, Party, State
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid


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
    """Give it to a department, and to a handler of it. Given already, it is reassigned (재배정):
    to others, for whoever has it already would be told of nothing. Raises Invalid on `to`.

    `tell_handler` False: whoever gives several at once tells the handler once.
    """
    action = Action.ASSIGN if await _awaits_assignment(number) else Action.REASSIGN
    given = {"department": department_id}
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    await _check_handler(department_id, handler_id)
    has_it = (act.complaint.department_id, act.complaint.handler_id)
    if action is Action.REASSIGN and has_it == (department_id, handler_id):
        sentence = N_("이미 여기에서 맡고 있습니다. 다른 부서나 담당자를 골라 주세요.")
        raise Invalid("complaint.same_handler", sentence, "to")
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
