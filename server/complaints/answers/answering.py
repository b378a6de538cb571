"""The result of a complaint (Act 27) and its approval (결재): drafted, approved in order or sent
back with a word, and only then told. What each outcome requires stands in the workflow."""

from dataclasses import dataclass

from server.complaints import rules, workflow
from server.complaints.acts import acting, gathering, standing
from server.complaints.acts.acting import Act
from server.complaints.answers import enclosing
from server.complaints.answers.models import Approval, Draft
from server.complaints.disclosure import guard
from server.complaints.models import Answer, Complaint
from server.complaints.rules import tidy
from server.complaints.workflow import Action, Hat, Outcome, Party
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Result:
    """How a complaint is answered. What each outcome requires stands in the workflow.

    `covered`: numbers that point at somebody stand in it, and are covered for the public.
    """

    outcome: str
    text: str
    reasons: str = ""
    remedies: str = ""
    ground: str = ""
    covered: bool = False


@transactional
async def complete(
    number: str,
    actor: Actor,
    result: Result,
    *,
    version: int,
    fix_id: int | None = None,
    claim: FormClaim | None = None,
) -> Action:
    """Answer it: it ends, or where its kind needs approvals the answer is drafted and goes to the
    first who must approve. Returns which. A refusal tells its reasons and remedies (Act 27(3)).

    `fix_id` is that of the fix which answers several at once: its step says so, and whoever fixes
    tells those who approve once.
    """
    given = _given(result)
    action = await _draft_or_complete(number, actor)
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return action
    texts = {"text": result.text, "reasons": result.reasons, "remedies": result.remedies}
    await guard.check_office(act.complaint, texts, covered=result.covered)
    act.take_on()
    if action is Action.DRAFT:
        await _check_somebody_approves(act)
        await _draft(act, given)
    else:
        await _answer(act, given)
    if fix_id is not None:
        act.facts["fix"] = fix_id
        act.spare(Party.APPROVER)
    await act.finish(claim)
    return action


@transactional
async def approve(
    number: str,
    actor: Actor,
    *,
    version: int,
    tell_approvers: bool = True,
    claim: FormClaim | None = None,
) -> None:
    """Approve the drafted answer; after the last approval it leaves.

    `tell_approvers` False: whoever approves several at once tells the next once.
    """
    act = await acting.begin(number, actor, Action.APPROVE, {}, version=version, claim=claim)
    if act is None:
        return
    draft = await _open_draft(act)
    await _word(act, draft, None)
    left = workflow.approvers_left(act.case.approvers, act.hats)
    await Draft.filter(id=draft.id).update(
        left=",".join(left), state="open" if left else "approved"
    )
    act.facts["hat"] = act.case.approvers[0]
    if not left:
        await _answer(act, _given(result_of(draft)))
    if not tell_approvers:
        act.spare(Party.APPROVER)
    await act.finish(claim)


@transactional
async def send_back(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Send the drafted answer back to its drafter, saying what has to change."""
    word = tidy(text)
    action = Action.SEND_BACK
    act = await acting.begin(number, actor, action, {"text": word}, version=version, claim=claim)
    if act is None:
        return
    draft = await _open_draft(act)
    await _word(act, draft, word)
    await Draft.filter(id=draft.id).update(state="sent_back")
    act.facts["hat"] = act.case.approvers[0]
    await act.finish(claim, word)


@transactional
async def take_back(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """Take the drafted answer back before it is approved (회수)."""
    action = Action.TAKE_BACK
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is not None:
        draft = await _open_draft(act)
        await Draft.filter(id=draft.id).update(state="taken_back")
        await act.finish(claim)


async def latest_draft(complaint_id: int) -> Draft | None:
    """The answer as it was last drafted, approved or not."""
    return await Draft.filter(complaint_id=complaint_id).order_by("-id").first()


def result_of(draft: Draft) -> Result:
    """What a draft says."""
    reasons, remedies = draft.reasons or "", draft.remedies or ""
    return Result(draft.outcome, draft.text, reasons, remedies, draft.ground or "")


async def last_word(draft_id: int) -> str | None:
    """With what words a draft was sent back."""
    row = await Approval.filter(draft_id=draft_id, approved=False).order_by("-id").first()
    return row.word if row else None


async def _draft_or_complete(number: str, actor: Actor) -> Action:
    """Whether an answer by this official needs approvals."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None:
        raise NotFound
    hats = await standing.hats(actor, complaint)
    kind = await acting.kind_of(complaint)
    approvers = await gathering.approvers_of(complaint, kind, hats)
    return Action.DRAFT if approvers else Action.COMPLETE


def _given(result: Result) -> dict[str, str]:
    if result.outcome and result.outcome not in set(Outcome):
        raise Invalid("complaint.outcome", N_("처리 결과를 골라 주세요."), "outcome")
    if result.ground and result.ground not in rules.GROUNDS:
        raise Invalid("complaint.ground", N_("어느 사유에 해당하는지 골라 주세요."), "ground")
    return {
        "outcome": result.outcome,
        "text": tidy(result.text),
        "reasons": tidy(result.reasons, "reasons"),
        "remedies": tidy(result.remedies, "remedies"),
        "ground": result.ground if result.outcome == Outcome.NOT_HANDLED else "",
    }


async def _check_somebody_approves(act: Act) -> None:
    """Raises Conflict where the department has nobody who could approve its answer."""
    department_id = act.complaint.department_id
    held = await gathering.held(department_id)
    if held.isdisjoint(act.case.approvers):
        sentence = N_(
            "이 부서에는 결재할 사람이 없습니다. 계정 관리자에게 부서장을 정해 달라고 하세요."
        )
        raise Conflict("complaint.no_approver", sentence)


async def _draft(act: Act, given: dict[str, str]) -> None:
    await Draft.create(
        complaint_id=act.complaint.id,
        state="open",
        left=",".join(act.case.approvers),
        outcome=given["outcome"],
        text=given["text"],
        reasons=given["reasons"] or None,
        remedies=given["remedies"] or None,
        ground=given["ground"] or None,
        drafted_by_id=act.actor.account_id,
        drafted_at=act.now,
    )


async def _answer(act: Act, given: dict[str, str]) -> None:
    """The answer leaves, with the photos that are enclosed."""
    act.facts["outcome"] = given["outcome"]
    await enclosing.take_in(act)
    await Answer.create(
        complaint_id=act.complaint.id,
        outcome=given["outcome"],
        text=given["text"],
        reasons=given["reasons"] or None,
        remedies=given["remedies"] or None,
        ground=given["ground"] or None,
    )


async def _open_draft(act: Act) -> Draft:
    draft = await Draft.get_or_none(complaint_id=act.complaint.id, state="open")
    if draft is None:
        raise NotFound
    return draft


async def _word(act: Act, draft: Draft, word: str | None) -> None:
    """One word for each step of the approval that the approver is."""
    steps: list[Hat] = [hat for hat in act.case.approvers if hat in act.hats]
    for hat in steps if word is None else steps[:1]:
        await Approval.create(
            draft_id=draft.id,
            hat=hat,
            approver_id=act.actor.account_id,
            at=act.now,
            approved=word is None,
            word=word,
        )
