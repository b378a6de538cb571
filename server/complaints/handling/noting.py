"""What is being done about a complaint, told to all who read it (D23)."""

from server.complaints import rules
from server.complaints.acts import acting
from server.complaints.disclosure import guard
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid


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
