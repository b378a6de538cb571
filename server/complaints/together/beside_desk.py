"""Many people in one matter, repeats and abuse at the desk (D6(7), D8, Act 23, D26, D4, D11-2)."""

from collections.abc import Awaitable, Callable
from typing import Any

from quart.typing import ResponseReturnValue

from server.complaints.abuse import restraining
from server.complaints.desk.entry import ACT, READ, WHO
from server.complaints.posting import posted
from server.complaints.redress import pages as redress_pages
from server.complaints.redress.forms import (
    InsultsForm,
    LiftForm,
    LimitForm,
    MediationForm,
    MergeForm,
    SignersAtDeskForm,
    VersionedForm,
    WarnForm,
)
from server.complaints.showing.pages import known_number
from server.complaints.together import beside, merging
from server.complaints.together.beside import Abuse, Together
from server.core import audit
from server.core.i18n import N_
from server.core.web import KB, Door, actor, redirect, render, role
from server.core.web.flashes import flash

door = Door("complaints_beside_desk", url_prefix="/desk")

BODY = 64 * KB


@door.get("/complaints/<number>/together", who=WHO, limit=READ)
async def together_page(number: str) -> ResponseReturnValue:
    """Who stands behind it, what is alike, what was the same before."""
    return await redress_pages.together(await _together(number), None)


@door.post("/complaints/<number>/together/merge", who=WHO, limit=ACT, body_max=BODY)
async def merge(number: str) -> ResponseReturnValue:
    """Receive others as one with it."""

    async def act(form: MergeForm, known: str) -> None:
        version, others = form.version.data, form.numbers
        await merging.merge(known, actor(), others, version=version, claim=form.claim)

    return await _acted(number, MergeForm, act, N_("하나로 묶고 알렸습니다."))


@door.post("/complaints/<number>/together/sign", who=WHO, limit=ACT, body_max=512 * KB)
async def sign(number: str) -> ResponseReturnValue:
    """Enter an enclosure of signatures that came on paper."""

    async def act(form: SignersAtDeskForm, known: str) -> None:
        version, signers = form.version.data, form.signers.data
        await merging.sign(known, actor(), signers, version=version, claim=form.claim)

    return await _acted(number, SignersAtDeskForm, act, N_("연명부를 더했습니다."))


@door.post("/complaints/<number>/together/mediate", who=WHO, limit=ACT, body_max=BODY)
async def mediate(number: str) -> ResponseReturnValue:
    """Record what the mediation committee said."""

    async def act(form: MediationForm, known: str) -> None:
        day, text, version = form.day.data, form.text.data, form.version.data
        claim = form.claim
        await merging.record_mediation(known, actor(), day, text, version=version, claim=claim)

    return await _acted(number, MediationForm, act, N_("심의 결과를 기록했습니다."))


@door.get("/complaints/<number>/abuse", who=WHO, limit=READ)
async def abuse_page(number: str) -> ResponseReturnValue:
    """The text as it was written, what is covered of it, warnings, limits."""
    return await redress_pages.abuse(await _abuse(number), None)


@door.post("/complaints/<number>/abuse/mark", who=WHO, limit=ACT, body_max=BODY)
async def mark(number: str) -> ResponseReturnValue:
    """Cover insults."""

    async def act(form: InsultsForm, known: str) -> None:
        text, version = form.text.data or "", form.version.data
        await restraining.mark(known, actor(), text, version=version, claim=form.claim)

    return await _acted(number, InsultsForm, act, N_("가릴 말을 정했습니다."))


@door.post("/complaints/<number>/abuse/warn", who=WHO, limit=ACT, body_max=BODY)
async def warn(number: str) -> ResponseReturnValue:
    """Send the applicant a warning."""

    async def act(form: WarnForm, known: str) -> None:
        text, version = form.text.data, form.version.data
        await restraining.admonish(known, actor(), text, version=version, claim=form.claim)

    return await _acted(number, WarnForm, act, N_("경고를 보냈습니다."))


@door.post("/complaints/<number>/abuse/limit", who=role("complaints"), limit=ACT, body_max=BODY)
async def limit(number: str) -> ResponseReturnValue:
    """Limit filing by its applicant for some days."""

    async def act(form: LimitForm, known: str) -> None:
        await restraining.limit(known, actor(), form.number, form.reason.data, claim=form.claim)

    return await _acted(
        number, LimitForm, act, N_("신청을 제한하고 이유와 이의 방법을 알렸습니다.")
    )


@door.get("/limits", who=role("complaints", "audit"), limit=READ)
async def limits() -> ResponseReturnValue:
    """Every limit that runs."""
    found = await restraining.running_limits()
    for each in found:
        await audit.accessed(actor().account_id, each.number, "/desk/limits")
    return await render("complaints/desk/limits.html", limits=found)


@door.post("/limits/<int:limit_id>/lift", who=role("complaints"), limit=ACT, body_max=16 * KB)
async def lift(limit_id: int) -> ResponseReturnValue:
    """End a limit before its time."""
    form = await LiftForm.read()
    await restraining.lift(limit_id, actor(), claim=form.claim)
    flash(N_("제한을 풀고 알렸습니다."))
    return redirect("/desk/limits")


async def _acted(
    number: str,
    kind: type[VersionedForm],
    act: Callable[[Any, str], Awaitable[None]],
    done: str,
) -> ResponseReturnValue:
    """Read the form and act; refused, the page comes back with everything that was typed."""
    form = await kind.read()
    if isinstance(form, LimitForm):
        form.offer()
    known = known_number(number)
    of_abuse = kind in {InsultsForm, WarnForm, LimitForm}

    async def back() -> str:
        if of_abuse:
            return await redress_pages.abuse(await _abuse(number), form)
        return await redress_pages.together(await _together(number), form)

    to = f"/desk/complaints/{known}/{'abuse' if of_abuse else 'together'}"
    return await posted(form, lambda: act(form, known), to=to, done=done, back=back)


async def _together(number: str) -> Together:
    found = await beside.together_at_desk(known_number(number), actor())
    await _seen(found.subject, f"/desk/complaints/{found.number}/together")
    return found


async def _abuse(number: str) -> Abuse:
    found = await beside.abuse_at_desk(known_number(number), actor())
    await _seen(found.subject, f"/desk/complaints/{found.number}/abuse")
    return found


async def _seen(subject: str, page: str) -> None:
    await audit.accessed(actor().account_id, subject, page)
