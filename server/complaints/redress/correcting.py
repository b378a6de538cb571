"""Demand for correction (시정 요구): receipt withheld, papers beyond the list, time is up (D18).

It goes to the complaints department and the examiners, who answer it without delay.
"""

from server.accounts import service as accounts
from server.complaints.acts import acting, noticing
from server.complaints.acts.refusing import refused
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.models import Correction
from server.complaints.redress.rules import Ground
from server.complaints.rules import tidy
from server.complaints.workflow import Action, State
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor, Forbidden, Invalid

ANSWERERS = frozenset({"complaints", "examiner"})


@transactional
async def demand(
    number: str, actor: Actor, ground: str, text: str, *, claim: FormClaim | None = None
) -> None:
    """The applicant demands correction on one of the three grounds, one demand at a time.

    Raises Refused (409) where the ground is not there, saying why.
    """
    if ground and ground not in set(Ground):
        raise Invalid("complaint.ground", N_("어느 사유에 해당하는지 골라 주세요."), "ground")
    given = {"ground": ground, "text": tidy(text)}
    act = await acting.begin(number, actor, Action.DEMAND, given, version=None, claim=claim)
    if act is None:
        return
    complaint = act.complaint
    fault = redress_rules.demand_fault(
        Ground(ground), State(complaint.state), complaint.accept_by, complaint.due_at, act.now
    )
    if fault is not None:
        raise refused("correction", fault, field="ground")
    earlier = Correction.filter(complaint_id=complaint.id)
    if await earlier.filter(answered_at=None).exists():
        raise refused(
            "correction.open", Phrase(N_("앞서 하신 시정 요구에 아직 답하지 않았습니다."))
        )
    await Correction.create(
        complaint_id=complaint.id,
        number=await earlier.count() + 1,
        ground=ground,
        text=given["text"],
        demanded_at=act.now,
    )
    act.facts["ground"] = ground
    await act.finish(claim)
    told = set(await accounts.officials_with("complaints"))
    told |= set(await accounts.officials_with("examiner"))
    link = f"/desk/complaints/{number}/redress"
    await noticing.tell(told, "correction.demanded", link, complaint)


@transactional
async def answer(
    number: str,
    actor: Actor,
    corrected: bool,
    text: str,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Answer the open demand: what was corrected, or why there is nothing to correct."""
    if ANSWERERS.isdisjoint(actor.roles):
        raise Forbidden(
            "correction.answerer", N_("시정 요구에는 민원 담당 부서나 민원심사관이 답합니다.")
        )
    given = {"text": tidy(text)}
    act = await acting.begin(
        number, actor, Action.ANSWER_DEMAND, given, version=version, claim=claim
    )
    if act is None:
        return
    waiting = Correction.filter(complaint_id=act.complaint.id, answered_at=None)
    answered = await waiting.update(
        corrected=corrected,
        answer=given["text"],
        answered_at=act.now,
        answered_by_id=actor.account_id,
    )
    if not answered:
        raise refused("correction.none", Phrase(N_("답할 시정 요구가 없습니다.")))
    act.facts["corrected"] = int(corrected)
    await act.finish(claim)
