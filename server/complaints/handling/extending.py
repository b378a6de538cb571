"""Extension of the period (D21): once within its original length on lawful grounds, once more
with the applicant's consent; in writing, with the new date, told at once."""

from datetime import date

from server.complaints.acts import acting, reckoning
from server.complaints.acts.acting import Act
from server.complaints.handling.models import Extension
from server.complaints.models import Complaint
from server.complaints.rules import tidy
from server.complaints.workflow import Action
from server.core import clock
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.web import Actor
from server.deadlines import service as deadlines


@transactional
async def extend(
    number: str,
    actor: Actor,
    cause: str,
    text: str,
    until: date | None,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Extend the period to the end of `until`, once; the reason and the new date are told."""
    text = tidy(text)
    act = await _asked(number, actor, Action.EXTEND, cause, text, until, version, claim)
    if act is not None:
        await act.reckon()
        await act.finish(claim, text)


@transactional
async def ask_consent(
    number: str,
    actor: Actor,
    cause: str,
    text: str,
    until: date | None,
    *,
    version: int,
    claim: FormClaim | None = None,
) -> None:
    """Ask the applicant to consent to a second extension, to the end of `until`."""
    text = tidy(text)
    act = await _asked(number, actor, Action.ASK_CONSENT, cause, text, until, version, claim)
    if act is not None:
        act.day = until
        await act.finish(claim, text)


@transactional
async def consent(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant consents: the period is extended a second time."""
    await _decide(number, actor, Action.CONSENT, claim)


@transactional
async def decline(number: str, actor: Actor, *, claim: FormClaim | None = None) -> None:
    """The applicant does not consent: the date stays."""
    await _decide(number, actor, Action.DECLINE, claim)


async def latest(complaint: Complaint) -> date | None:
    """The latest day to which the period may be extended now; None before acceptance."""
    kind = await acting.kind_of(complaint)
    if kind is None:
        return None
    supplements = await acting.supplements_of(complaint.id)
    run = await reckoning.course_of(complaint, kind, supplements, clock.now())
    return deadlines.latest_extension(run, await deadlines.calendar()).day


async def _asked(
    number: str,
    actor: Actor,
    action: Action,
    cause: str,
    text: str,
    until: date | None,
    version: int,
    claim: FormClaim | None,
) -> Act | None:
    """Write down an extension: granted at once, or for the applicant to consent to."""
    more = await _more(number, until) if until else None
    given = {"cause": cause, "text": text, "until": until, "more": more}
    act = await acting.begin(number, actor, action, given, version=version, claim=claim)
    if act is None:
        return None
    assert until is not None
    first = action is Action.EXTEND
    await Extension.create(
        complaint_id=act.complaint.id,
        second=not first,
        cause=cause,
        more=more,
        until=until,
        text=text,
        asked_at=act.now,
        granted=True if first else None,
        decided_at=act.now if first else None,
    )
    act.facts |= {"cause": cause, "until": until.isoformat()}
    act.take_on()
    return act


async def _more(number: str, until: date) -> int | None:
    """By how much the period must grow to end on that day; None where it may not."""
    complaint = await Complaint.get_or_none(number=number)
    kind = await acting.kind_of(complaint) if complaint else None
    if complaint is None or kind is None:
        return None
    supplements = await acting.supplements_of(complaint.id)
    run = await reckoning.course_of(complaint, kind, supplements, clock.now())
    return deadlines.extension_until(run, until, await deadlines.calendar())


async def _decide(number: str, actor: Actor, action: Action, claim: FormClaim | None) -> None:
    act = await acting.begin(number, actor, action, {}, version=None, claim=claim)
    if act is None:
        return
    asked = Extension.filter(complaint_id=act.complaint.id, granted=None)
    await asked.update(granted=action is Action.CONSENT, decided_at=act.now)
    if action is Action.CONSENT:
        await act.reckon()
    await act.finish(claim)
