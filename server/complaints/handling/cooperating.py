"""Co-operation of other departments (협조 요청, Act 20): asked with a day to reply by, answered by
an official there, who sees the case for that; overdue ones are warned of once."""

from datetime import date

from server.accounts import service as accounts
from server.complaints.acts import acting, noticing
from server.complaints.handling.assigning import check_department
from server.complaints.handling.models import Cooperation
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.web import Actor

BATCH = 200


@transactional
async def ask_cooperation(
    number: str,
    actor: Actor,
    department_id: int,
    text: str,
    until: date | None,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Ask another department to reply by a day. The statutory clock runs on."""
    text = tidy(text)
    given = {
        "department": department_id,
        "text": text,
        "until": until,
        "until_passed": until is not None and until <= clock.today(),
        "asked_already": await Cooperation.filter(
            complaint__number=number, department_id=department_id, open=True
        ).exists(),
    }
    action = Action.ASK_COOPERATION
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    assert until is not None
    await check_department(department_id)
    await Cooperation.create(
        complaint_id=act.complaint.id,
        department_id=department_id,
        open=True,
        asked_at=act.now,
        asked_by_id=actor.account_id,
        reply_by=until,
        asked=text,
        warned=False,
    )
    act.facts |= {"department": department_id, "until": until.isoformat()}
    act.day = until
    act.told_departments = (department_id,)
    act.take_on()
    await act.finish(claim, text)


@transactional
async def answer_cooperation(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Answer for the department that was asked; when none is awaited any more, work goes on."""
    text = tidy(text)
    action = Action.ANSWER_COOPERATION
    act = await acting.begin(number, actor, action, {"text": text}, version=version, claim=claim)
    if act is None:
        return
    row = await Cooperation.get(
        complaint_id=act.complaint.id, department_id=actor.department_id, open=True
    )
    row.open, row.answered_at, row.answered_by_id = False, act.now, actor.account_id
    row.answer = text
    await row.save(update_fields=["open", "answered_at", "answered_by_id", "answer"])
    await act.finish(claim, text)


@transactional
async def end_cooperation(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """Take back what was asked and not answered yet; those departments are told."""
    action = Action.END_COOPERATION
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is None:
        return
    waiting = Cooperation.filter(complaint_id=act.complaint.id, open=True)
    rows = await waiting.values_list("department_id", flat=True)
    act.told_departments = tuple(int(str(one)) for one in rows)
    await waiting.update(open=False)
    await act.finish(claim)


async def warn_of_overdue() -> int:
    """Warn the department that has not replied in time, and the handler who waits; once each."""
    late = Cooperation.filter(open=True, warned=False, reply_by__lt=clock.today())
    ids = await late.order_by("reply_by").limit(BATCH).values_list("id", flat=True)
    return sum([await _warn(int(str(one))) for one in ids])


@transactional
async def _warn(cooperation_id: int) -> int:
    if not await Cooperation.filter(id=cooperation_id, warned=False).update(warned=True):
        return 0
    row = await Cooperation.get(id=cooperation_id)
    complaint = await Complaint.get(id=row.complaint_id)
    told = set(await accounts.officials_of(row.department_id))
    told |= await noticing.in_charge(complaint)
    link = f"/desk/complaints/{complaint.number}"
    await noticing.tell(told, "complaint.cooperation_overdue", link, complaint, row.reply_by)
    return 1
