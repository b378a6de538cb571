"""Time that is not counted: another office's papers are awaited (D7-2(3)), a grievance is looked
into on the spot for 14 days, once 7 more (D17(4)(5))."""

from datetime import date

from server.complaints import rules
from server.complaints.acts import acting
from server.complaints.acts.acting import Act
from server.complaints.disclosure import guard
from server.complaints.handling.models import Pause
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.workflow import Action, Hat, State
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Actor, Invalid
from server.core.web.permissions import ANONYMOUS
from server.deadlines import service as deadlines
from server.deadlines.service import Ground

INQUIRY_MORE_DAYS = 7  # D17(5), once
BATCH = 200


@transactional
async def await_documents(
    number: str,
    actor: Actor,
    agency: str,
    text: str,
    until: date | None,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Papers were asked of another office, expected by `until`; the time till they come is out."""
    agency = tidy(rules.tidy_line(agency), "agency", rules.AGENCY_LETTERS_MAX)
    text = tidy(text)
    given = {"agency": agency, "text": text, "until": until}
    action = Action.AWAIT_DOCUMENTS
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    assert until is not None
    if until < clock.seoul(act.now).date():
        raise Invalid("complaint.until", N_("오늘이나 그 뒤의 날을 골라 주세요."), "until")
    await guard.check({"agency": agency})
    await _pause(act, Ground.DOCUMENTS, until, text, agency)
    act.facts["agency"] = agency
    act.take_on()
    await act.finish(claim, text)


@transactional
async def receive_documents(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """The papers came: the clock goes on."""
    action = Action.RECEIVE_DOCUMENTS
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is not None:
        await _go_on(act, Ground.DOCUMENTS)
        await act.finish(claim)


@transactional
async def begin_inquiry(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Look into a grievance on the spot: at most 14 days that are not counted (D17(4))."""
    text = tidy(text)
    action = Action.BEGIN_INQUIRY
    act = await acting.begin(number, actor, action, {"text": text}, version=version, claim=claim)
    if act is None:
        return
    begun = clock.seoul(act.now).date()
    until = deadlines.inquiry_until(begun, 0, await deadlines.calendar())
    await _pause(act, Ground.INQUIRY, until, text)
    act.take_on()
    await act.finish(claim, text)


@transactional
async def prolong_inquiry(
    number: str, actor: Actor, text: str, *, version: int, claim: FormClaim | None = None
) -> None:
    """Seven days more for the inquiry, once, saying why (D17(5))."""
    text = tidy(text)
    action = Action.PROLONG_INQUIRY
    act = await acting.begin(number, actor, action, {"text": text}, version=version, claim=claim)
    if act is None:
        return
    running = await Pause.get(complaint_id=act.complaint.id, ground=Ground.INQUIRY, ends=None)
    begun = clock.seoul(running.begins).date()
    until = deadlines.inquiry_until(begun, INQUIRY_MORE_DAYS, await deadlines.calendar())
    await Pause.filter(id=running.id).update(until=until, prolonged=True)
    act.facts["until"] = until.isoformat()
    act.day = until
    await act.reckon()
    await act.finish(claim, text)


@transactional
async def end_inquiry(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """The inquiry is over: the clock goes on."""
    action = Action.END_INQUIRY
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is not None:
        await _go_on(act, Ground.INQUIRY)
        await act.finish(claim)


async def end_spent_inquiries() -> int:
    """End the inquiries whose days are over: the clock runs again, and the handler is told."""
    today = clock.today()
    spent = Pause.filter(ground=Ground.INQUIRY, ends=None, until__lt=today)
    ids = await spent.order_by("until").limit(BATCH).values_list("complaint_id", flat=True)
    return sum([await _end_spent(int(str(one))) for one in ids])


@transactional
async def _end_spent(complaint_id: int) -> int:
    complaint = await Complaint.get_or_none(id=complaint_id, state=State.INQUIRY)
    if complaint is None:
        return 0
    nobody = frozenset({Hat.SYSTEM})
    act = await acting.begin(
        complaint.number,
        ANONYMOUS,
        Action.END_INQUIRY,
        {},
        version=None,
        claim=None,
        hats=nobody,
    )
    assert act is not None
    await _go_on(act, Ground.INQUIRY)
    await act.finish(None)
    return 1


async def _pause(
    act: Act, ground: Ground, until: date, text: str, agency: str | None = None
) -> None:
    await Pause.create(
        complaint_id=act.complaint.id,
        ground=ground,
        begins=act.now,
        until=until,
        prolonged=False,
        agency=agency,
        text=text,
    )
    act.facts["until"] = until.isoformat()
    act.day = until
    await act.reckon()


async def _go_on(act: Act, ground: Ground) -> None:
    open_pause = Pause.filter(complaint_id=act.complaint.id, ground=ground, ends=None)
    await open_pause.update(ends=act.now)
    await act.reckon()
