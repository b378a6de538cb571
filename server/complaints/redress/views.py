"""Redress for residents: objection, demand for correction, reopening, satisfaction, signatures.

Reached from the page of a complaint; each says beforehand until when, who decides, and what then.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from quart.typing import ResponseReturnValue

from server.complaints.abuse import restraining
from server.complaints.posting import posted
from server.complaints.redress import correcting, objecting, rating, reopening
from server.complaints.redress import reading as redress_reading
from server.complaints.redress.forms import (
    CorrectionForm,
    ObjectionForm,
    RatingForm,
    ReopeningForm,
    RepresentativesForm,
    SignersForm,
)
from server.complaints.redress.reading import Redress
from server.complaints.showing.pages import known_number
from server.complaints.together import merging
from server.complaints.workflow import Hat
from server.core.forms import Form
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import (
    APPLICANT,
    KB,
    SIGNED_IN,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.flashes import flash

door = Door("complaints_redress", url_prefix="/complaints")

READ = Limit(240, "minute")
ACT = Limit(60, "hour")


@door.get("/limited", who=SIGNED_IN, limit=READ)
async def limited() -> ResponseReturnValue:
    """Why filing is limited, until when, and how to object to that."""
    found = await restraining.limit_of_account(actor().account_id or 0)
    return await render("complaints/redress/limited.html", limit=found)


@door.get("/<number>/objection", who=APPLICANT, limit=READ)
async def objection_form(number: str) -> ResponseReturnValue:
    """What an objection is, until when, and room to write it."""
    return await _page("objection", await _own(number), ObjectionForm())


@door.post("/<number>/objection", who=APPLICANT, limit=ACT, body_max=64 * KB)
async def object_to(number: str) -> ResponseReturnValue:
    """Object: the ten working days begin."""

    async def act(form: ObjectionForm) -> None:
        await objecting.object_to(known_number(number), actor(), form.text.data, claim=form.claim)

    done = N_("이의신청을 받았습니다. 결정하면 알려 드릴게요.")
    return await _acted("objection", number, ObjectionForm, act, done)


@door.get("/<number>/correction", who=APPLICANT, limit=READ)
async def correction_form(number: str) -> ResponseReturnValue:
    """On which grounds correction can be demanded now."""
    return await _page("correction", await _own(number), CorrectionForm())


@door.post("/<number>/correction", who=APPLICANT, limit=ACT, body_max=64 * KB)
async def demand(number: str) -> ResponseReturnValue:
    """Demand correction of the complaints department and the examiner."""

    async def act(form: CorrectionForm) -> None:
        ground, text = form.ground.data, form.text.data
        await correcting.demand(known_number(number), actor(), ground, text, claim=form.claim)

    done = N_("시정 요구를 전했습니다. 지체 없이 답해 드릴게요.")
    return await _acted("correction", number, CorrectionForm, act, done)


@door.get("/<number>/reopen", who=APPLICANT, limit=READ)
async def reopening_form(number: str) -> ResponseReturnValue:
    """Until when reopening can be asked for, and room for the reason."""
    return await _page("reopen", await _own(number), ReopeningForm())


@door.post("/<number>/reopen", who=APPLICANT, limit=ACT, body_max=64 * KB)
async def ask_reopening(number: str) -> ResponseReturnValue:
    """Ask that it be handled again."""

    async def act(form: ReopeningForm) -> None:
        await reopening.ask(known_number(number), actor(), form.text.data, claim=form.claim)

    done = N_("재처리를 요청했습니다. 결정하면 알려 드릴게요.")
    return await _acted("reopen", number, ReopeningForm, act, done)


@door.get("/<number>/satisfaction", who=APPLICANT, limit=READ)
async def rating_form(number: str) -> ResponseReturnValue:
    """How content the applicant is; what was said already stands in the form."""
    found = await _own(number)
    if found.rated is None:
        return await _page("satisfaction", found, RatingForm())
    score, word, _ = found.rated
    return await _page("satisfaction", found, RatingForm(score=str(score), word=word))


@door.post("/<number>/satisfaction", who=APPLICANT, limit=ACT, body_max=64 * KB)
async def rate(number: str) -> ResponseReturnValue:
    """Say it, or say it anew."""

    async def act(form: RatingForm) -> None:
        word = form.word.data or ""
        await rating.rate(known_number(number), actor(), form.number, word, claim=form.claim)

    done = N_("고맙습니다. 7일 안에는 바꾸실 수 있어요.")
    return await _acted("satisfaction", number, RatingForm, act, done)


@door.get("/<number>/together", who=APPLICANT, limit=READ)
async def together_forms(number: str) -> ResponseReturnValue:
    """Who stands behind it: signatures, representatives."""
    return await _together(await _own(number))


@door.post("/<number>/signers", who=APPLICANT, limit=ACT, body_max=512 * KB)
async def sign(number: str) -> ResponseReturnValue:
    """Add an enclosure of signatures."""
    form = await SignersForm.read()
    status = 422
    if form.validate():
        try:
            added = await merging.sign(
                known_number(number), actor(), form.signers.data, claim=form.claim
            )
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("연명부에 %(count)s명을 더했습니다."), count=added)
            return redirect(f"/complaints/{known_number(number)}/together")
    return await _together(await _own(number), signing=form), status


@door.post("/<number>/representatives", who=APPLICANT, limit=ACT, body_max=64 * KB)
async def represent(number: str) -> ResponseReturnValue:
    """Name the representatives."""
    form = await RepresentativesForm.read()
    known = known_number(number)

    async def act() -> None:
        await merging.represent(known, actor(), form.signers, claim=form.claim)

    async def back() -> str:
        return await _together(await _own(number), speaking=form)

    to, done = f"/complaints/{known}/together", N_("대표자를 정했습니다.")
    return await posted(form, act, to=to, done=done, back=back)


async def _together(
    found: Redress,
    signing: SignersForm | None = None,
    speaking: RepresentativesForm | None = None,
) -> str:
    if speaking is None:
        speaking = RepresentativesForm()
        speaking.show(found.gathered.representatives)
    return await render(
        "complaints/redress/together.html",
        r=found,
        signing=signing or SignersForm(),
        speaking=speaking,
        faulty=signing or speaking,
    )


async def _acted(
    name: str,
    number: str,
    kind: type[Form],
    act: Callable[[Any], Awaitable[None]],
    done: str,
) -> ResponseReturnValue:
    """Read the form and act; refused, it comes back with everything that was typed."""
    form = await kind.read()

    async def back() -> str:
        return await _page(name, await _own(number), form)

    to = f"/complaints/{known_number(number)}"
    return await posted(form, lambda: act(form), to=to, done=done, back=back)


async def _page(name: str, found: Redress, form: Form) -> str:
    hints = {str(ground): say(fault) for ground, fault in found.demand_faults.items()}
    return await render(f"complaints/redress/{name}.html", r=found, form=form, hints=hints, say=say)


async def _own(number: str) -> Redress:
    """Redress of the reader's own complaint; officials have the desk for it."""
    found = await redress_reading.of(known_number(number), actor())
    if Hat.APPLICANT not in found.hats:
        raise NotFound
    return found
