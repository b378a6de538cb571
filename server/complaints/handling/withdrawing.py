"""Withdrawal by the applicant (취하, Act 22)."""

from server.complaints.acts import acting
from server.complaints.handling import paying
from server.complaints.together import companions
from server.complaints.workflow import Action
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.web import Actor


@transactional
async def withdraw(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant takes it back (취하); it leaves every public place."""
    act = await acting.begin(number, actor, Action.WITHDRAW, {}, version=None, claim=claim)
    if act is not None:
        await paying.no_more(act.complaint)
        await companions.leave(act.complaint)
        await act.finish(claim)
