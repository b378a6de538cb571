"""Supplements (보완, D24, D25): what is missing is asked of the applicant, who may twice ask for
more time. Missed twice it is returned; undeliverable twice it is deemed withdrawn."""

from datetime import date

from server.complaints.acts import acting
from server.complaints.handling import adding
from server.complaints.handling.adding import More
from server.complaints.models import Supplement
from server.complaints.rules import AskedSupplement, tidy
from server.complaints.workflow import Action
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.web import Actor
from server.deadlines import service as deadlines


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
    text = tidy(text)
    given = {"text": text, "days": days}
    action = Action.ASK_SUPPLEMENT
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return
    until = await _deadline(clock.seoul(act.now).date(), days)
    await Supplement.create(
        complaint_id=act.complaint.id, asked_at=act.now, until=until, asked=text
    )
    act.supplements.append(AskedSupplement(act.now, until, None))
    act.facts["until"] = until.isoformat()
    act.day = until
    act.take_on()
    await act.reckon()
    await act.finish(claim, text)


@transactional
async def give_supplement(
    number: str,
    actor: Actor,
    more: More,
    *,
    claim: FormClaim | None = None,
) -> None:
    """The applicant's answer to a supplement: the clock goes on the day after it arrives."""
    text = tidy(more.text)
    action = Action.GIVE_SUPPLEMENT
    act = await acting.begin(number, actor, action, {"text": text}, version=None, claim=claim)
    if act is None:
        return
    waiting = Supplement.filter(complaint_id=act.complaint.id, given_at=None)
    await waiting.update(given_at=act.now)
    act.supplements = await acting.supplements_of(act.complaint.id)
    await act.reckon()
    await adding.take_photos(act, more)
    await act.finish(claim, text)


@transactional
async def ask_more_time(
    number: str, actor: Actor, days: int, text: str, *, claim: FormClaim | None = None
) -> None:
    """The applicant asks for more time, saying why, at most twice: the supplement's last day moves
    by `days`, and the office is told (D24)."""
    text = tidy(text)
    given = {"days": days, "text": text}
    action = Action.ASK_MORE_TIME
    act = await acting.begin(number, actor, action, given, version=None, claim=claim)
    if act is None:
        return
    last = await Supplement.filter(complaint_id=act.complaint.id).order_by("-id").first()
    assert last is not None
    until = await _deadline(last.until, days)
    await Supplement.filter(id=last.id).update(until=until, more_time=last.more_time + 1)
    act.supplements = await acting.supplements_of(act.complaint.id)
    act.facts["until"] = until.isoformat()
    act.day = until
    await act.reckon()
    await act.finish(claim, text)


@transactional
async def record_undelivered(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """The request came back to the office undelivered: it may be sent again (D25(2))."""
    action = Action.RECORD_UNDELIVERED
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is None:
        return
    last = await Supplement.filter(complaint_id=act.complaint.id).order_by("-id").first()
    assert last is not None
    await Supplement.filter(id=last.id).update(undelivered_at=act.now)
    act.facts["time"] = act.case.supplements_undelivered + 1
    await act.finish(claim)


@transactional
async def deem_withdrawn(
    number: str, actor: Actor, *, version: int, claim: FormClaim | None = None
) -> None:
    """Twice undeliverable: it is deemed withdrawn, and ends (취하 간주, D25(2))."""
    action = Action.DEEM_WITHDRAWN
    act = await acting.begin(number, actor, action, {}, version=version, claim=claim)
    if act is not None:
        act.take_on()
        await act.finish(claim)


async def _deadline(since: date, days: int) -> date:
    return deadlines.supplement_deadline(since, days, await deadlines.calendar())
