"""Fix once, answer everyone: complaints of one cause are one job, answered with one phrase and one
photo; each applicant gets a lawful notice of their own, after one approval (Act 27, D31)."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts import service as accounts
from server.complaints.acts import acting, noticing
from server.complaints.answers import answering, enclosing
from server.complaints.answers.answering import Result
from server.complaints.answers.enclosing import Enclosed
from server.complaints.answers.models import Draft
from server.complaints.fixes import rules as fixing_rules
from server.complaints.fixes.models import Fix, FixCase
from server.complaints.fixes.rules import Spot
from server.complaints.models import Complaint, Publication, Step
from server.complaints.rules import Place, tidy, tidy_text
from server.complaints.workflow import AT_HAND, Action, Outcome, State
from server.core import audit, clock, forms, i18n
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Conflict, Forbidden, Invalid, NotFound
from server.notifications import service as notifications
from server.ordinance import service as ordinance

LOOKED_AT_MAX = 500
SHOWN_MAX = 30


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint that could be answered with others. `version` is what was seen of it."""

    number: str
    title: str
    place: str
    topic_id: int
    version: int
    photos_count: int
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a complaint would be answered."""

    complaint: Complaint
    result: Result


@dataclass(frozen=True, slots=True)
class First:
    """One of the answers that wait for approval, whole."""

    number: str
    text: str
    remedies: str
    enclosed: Sequence[Enclosed]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fix and how its cases stand: `waiting` for approval, `sent`, or changed since.

    `to_approve` are those that wait for this reader (number -> the version seen); `first` is the
    first answer of these, as its applicant would read it, and its photos.
    """

    id: int
    phrase: str
    at: datetime
    done_by: int
    cases: Sequence[Case]
    waiting: Sequence[str]
    sent: Sequence[str]
    to_approve: Mapping[str, int]
    first: First | None


async def jobs(actor: Actor) -> list[list[Case]]:
    """The open cases of the reader's department in groups of one cause, the largest first."""
    found = {case.number: (case, spot) for case, spot in await _at_hand(actor)}
    grouped = fixing_rules.groups([spot for _, spot in found.values()])
    return [[found[spot.number][0] for spot in group] for group in grouped[:SHOWN_MAX]]


async def job_of(number: str, actor: Actor) -> list[Case]:
    """The case and those of the same cause beside it, itself first. Raises NotFound."""
    found = await _at_hand(actor)
    this = next((spot for case, spot in found if case.number == number), None)
    if this is None:
        raise NotFound
    beside = [case for case, spot in found if fixing_rules.same_cause(this, spot)]
    beside.sort(key=lambda case: case.number != number)
    return beside[: fixing_rules.CASES_MAX]


@transactional
async def fix(
    actor: Actor,
    versions: Mapping[str, int],
    phrase: str,
    *,
    photos: Mapping[str, UUID],
    owner: str = "",
    claim: FormClaim | None = None,
) -> int:
    """Answer these complaints (number -> the version seen) with one phrase; the fix's id.

    `photos` has a staged photo for each number, or is empty. Where their kind needs approvals the
    answers are drafted, and who approves is told once. All of them or none: raises Changed where
    one has changed, workflow.Refused, Invalid on the field, guard.Telltale.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    missing = N_("무엇을 했는지 적어 주세요.")
    words = tidy(phrase, "phrase", fixing_rules.PHRASE_LETTERS_MAX, missing=missing)
    if not versions:
        raise Invalid("fix.none", N_("함께 처리할 민원을 골라 주세요."), "cases")
    if len(versions) > fixing_rules.CASES_MAX:
        sentence = N_("한 번에 %(max)s건까지 함께 처리할 수 있습니다.")
        raise Invalid("fix.many", sentence, "cases", max=fixing_rules.CASES_MAX)
    if actor.department_id is None:
        raise Forbidden
    row = await Fix.create(
        department_id=actor.department_id,
        done_by_id=actor.account_id,
        at=clock.now(),
        phrase=words,
    )
    drafted = 0
    for number, version in sorted(versions.items()):
        complaint = await _own(number, actor)
        await FixCase.create(fix_id=row.id, complaint_id=complaint.id)
        if number in photos:
            caption = i18n.gettext(fixing_rules.AFTER)
            await enclosing.enclose(complaint, owner, photos[number], caption, fix_id=row.id)
        result = await _result(complaint, words)
        action = await answering.complete(
            number, actor, result, version=version, fix_id=int(row.id)
        )
        drafted += action is Action.DRAFT
    if drafted:
        await _tell_approvers(row.id, drafted, actor)
    await audit.record("complaint.fixed", f"fix:{row.id}", actor.account_id, cases=len(versions))
    await forms.settle(claim, str(row.id))
    return int(row.id)


@transactional
async def approve(
    fix_id: int, actor: Actor, versions: Mapping[str, int], *, claim: FormClaim | None = None
) -> int:
    """Approve every answer of a fix that waits for this reader; how many. The last approval sends
    them all.

    `versions` are those that were seen (number -> version). Raises NotFound, Conflict where none
    waits for them, or others than these.
    """
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    await _check_seen(fix_id, actor, versions)
    for number, version in versions.items():
        await answering.approve(number, actor, version=version, tell_approvers=False)
    left = await _waiting(fix_id, await _complaints(fix_id))
    if left:
        await _tell_approvers(fix_id, len(left), actor)
    await forms.settle(claim, str(len(versions)))
    return len(versions)


@transactional
async def send_back(
    fix_id: int,
    actor: Actor,
    versions: Mapping[str, int],
    word: str,
    *,
    claim: FormClaim | None = None,
) -> int:
    """Send every answer of a fix that waits for this reader back, with a word; how many.
    `versions` and what it raises as above."""
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return int(earlier)
    await _check_seen(fix_id, actor, versions)
    for number, version in versions.items():
        await answering.send_back(number, actor, word, version=version)
    await forms.settle(claim, str(len(versions)))
    return len(versions)


async def read(fix_id: int, actor: Actor) -> Fixed:
    """A fix with its cases, for its department and the complaints department. Raises NotFound."""
    row = await _fix(fix_id, actor)
    cases = await _complaints(fix_id)
    waiting = await _waiting(fix_id, cases)
    mine = await _may_approve(waiting, actor)
    return Fixed(
        row.id,
        row.phrase,
        row.at,
        row.done_by_id,
        [_case(one) for one in cases],
        [one.number for one in waiting],
        [one.number for one in cases if one.state == State.COMPLETED],
        {one.number: one.version for one in mine},
        await _first(mine[0]) if mine else None,
    )


async def _first(complaint: Complaint) -> First:
    draft = await Draft.get(complaint_id=complaint.id, state="open")
    enclosed = await enclosing.waiting(complaint.id)
    return First(complaint.number, draft.text, draft.remedies or "", enclosed)


async def latest(actor: Actor) -> list[tuple[int, datetime, int]]:
    """The newest fixes of the reader's department: id, when, and how many wait for approval."""
    own = Fix.filter(department_id=actor.department_id or 0).order_by("-id").limit(SHOWN_MAX)
    rows = [(int(str(one)), at) for one, at in await own.values_list("id", "at")]
    waiting = FixCase.filter(
        fix_id__in=[fix_id for fix_id, _ in rows], complaint__state=State.AWAITING_APPROVAL
    )
    ids = {int(str(one)) for one in await waiting.values_list("complaint_id", flat=True)}
    counts = Counter((await _drafted_by(ids)).values())
    return [(fix_id, at, counts[fix_id]) for fix_id, at in rows]


async def preview(case: Case, phrase: str, actor: Actor) -> Result:
    """How the answer to one of the cases would read."""
    return await _result(await _own(case.number, actor), tidy_text(phrase))


async def _at_hand(actor: Actor) -> list[tuple[Case, Spot]]:
    if actor.department_id is None:
        return []
    rows = (
        await Complaint.filter(
            department_id=actor.department_id, open=True, state__in=list(AT_HAND)
        )
        .order_by("due_at", "id")
        .limit(LOOKED_AT_MAX)
    )
    return [
        (_case(row), Spot(row.number, row.topic_id, Place.kept(row.place, row.position)))
        for row in rows
    ]


def _case(row: Complaint) -> Case:
    return Case(
        row.number,
        row.title,
        row.place,
        row.topic_id,
        row.version,
        row.photos_count,
        row.filed_at,
    )


async def _own(number: str, actor: Actor) -> Complaint:
    row = await Complaint.get_or_none(number=number, department_id=actor.department_id or 0)
    if row is None:
        raise NotFound
    return row


async def _result(complaint: Complaint, phrase: str) -> Result:
    """The answer to one applicant, in their language; what is public quotes the public title."""
    kind = await acting.kind_of(complaint)
    days = ordinance.profile().complaints.reopen_days
    published = await Publication.get_or_none(complaint_id=complaint.id)
    gist = published.title if published is not None else complaint.title
    with i18n.speaking(await _locale(complaint)):
        words = fixing_rules.answer(gist, phrase, kind.law if kind else "", days)
    return Result(Outcome.DONE, words.text, remedies=words.remedies)


async def _locale(complaint: Complaint) -> str:
    if complaint.applicant_id is None:
        return i18n.SOURCE
    found = await accounts.locale_of([complaint.applicant_id])
    return found.get(complaint.applicant_id, i18n.SOURCE)


async def _fix(fix_id: int, actor: Actor) -> Fix:
    row = await Fix.get_or_none(id=fix_id)
    own = row is not None and row.department_id == actor.department_id
    if row is None or not (own or "complaints" in actor.roles):
        raise NotFound
    return row


async def _complaints(fix_id: int) -> list[Complaint]:
    ids = await FixCase.filter(fix_id=fix_id).values_list("complaint_id", flat=True)
    return await Complaint.filter(id__in=[int(str(one)) for one in ids]).order_by("id")


async def _check_seen(fix_id: int, actor: Actor, versions: Mapping[str, int]) -> None:
    """Nothing is decided that was not on the page: neither an answer drafted since, nor another."""
    await _fix(fix_id, actor)
    cases = await _complaints(fix_id)
    mine = await _may_approve(await _waiting(fix_id, cases), actor)
    if not mine:
        raise Conflict("fix.none_waits", N_("지금 결재를 기다리는 답변이 없습니다."))
    now = {one.number: one.version for one in mine}
    if now != versions:
        known = [one.number for one in cases]
        changed = [number for number in known if now.get(number) != versions.get(number)]
        sentence = N_("그 사이 바뀐 민원이 있습니다: %(numbers)s. 확인하고 다시 결재해 주세요.")
        raise Conflict("fix.changed", sentence, numbers=", ".join(changed or known))


async def _waiting(fix_id: int, cases: Sequence[Complaint]) -> list[Complaint]:
    """Those of its cases that wait for approval with the answer of this fix. One that was sent
    back and answered by itself, or by another fix, waits with that."""
    waiting = [one for one in cases if one.state == State.AWAITING_APPROVAL]
    drafted_by = await _drafted_by({one.id for one in waiting})
    return [one for one in waiting if drafted_by.get(one.id) == fix_id]


async def _drafted_by(complaint_ids: Collection[int]) -> dict[int, int]:
    """The fix that drafted the newest answer of each of these, where one did."""
    steps = Step.filter(complaint_id__in=list(complaint_ids), action=Action.DRAFT)
    rows = await steps.order_by("version").values_list("complaint_id", "facts")
    newest = {int(str(one)): json.loads(str(facts)) for one, facts in rows}
    return {one: int(facts["fix"]) for one, facts in newest.items() if "fix" in facts}


async def _may_approve(waiting: Sequence[Complaint], actor: Actor) -> list[Complaint]:
    """Those whose answer waits for this reader's approval."""
    drafts = Draft.filter(complaint_id__in=[one.id for one in waiting], state="open")
    wanted = {int(str(row.complaint_id)): row.left.split(",") for row in await drafts}
    return [
        one
        for one in waiting
        if one.department_id == actor.department_id
        and not actor.roles.isdisjoint(wanted.get(one.id, ()))
    ]


async def _tell_approvers(fix_id: int, count: int, actor: Actor) -> None:
    """One notice to each who may approve next, not one a case."""
    (first, *_) = await _waiting(fix_id, await _complaints(fix_id))
    told = await noticing.next_approvers(first) - {actor.account_id}
    link = f"/desk/fixes/{fix_id}"
    await notifications.tell(told, "complaint.fix_to_approve", link, {"count": count})
