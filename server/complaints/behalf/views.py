"""Filing for another, after the filing: the mandate as a form and as a photo, and the page where
whoever was applied for sees it and objects (Y18)."""

from quart import Response, request
from quart.typing import ResponseReturnValue

from server.catalogue import service as catalogue
from server.complaints.behalf import giving, papers, principals, staging
from server.complaints.behalf.forms import CodeForm, MandateForm, ObjectionForm
from server.complaints.behalf.principals import Seen, Summary
from server.complaints.showing import pages, reading
from server.complaints.showing.pages import known_number
from server.complaints.showing.reading import Reading
from server.complaints.showing.timeline import Reader
from server.complaints.workflow import State
from server.core import ids
from server.core.forms import answer_to
from server.core.i18n import N_
from server.core.web import (
    APPLICANT,
    KB,
    MB,
    PUBLIC,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    actor_key,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.documents import service as documents

door = Door("complaints_behalf")

READ = Limit(240, "minute")
TRY = Limit(30, "hour")
DRAW = Limit(30, "hour")
ACT = Limit(60, "hour")
SLUG_LETTERS_MAX = 40
GIVEN = N_("위임장을 담당자에게 전했습니다.")
GIVEN_ONLY = N_("위임장을 담당자에게 전했습니다. 보완을 요청받은 것은 따로 내 주세요.")


@door.get("/complaints/mandate.pdf", who=PUBLIC, limit=DRAW)
async def blank_mandate() -> ResponseReturnValue:
    """The form to print and sign; `?service=` names the service it is for."""
    slug = request.args.get("service", "")[:SLUG_LETTERS_MAX]
    kind = await catalogue.kind_by_slug(slug) if slug else None
    return _pdf(await documents.form(papers.blank(kind.name if kind else "")))


@door.get("/complaints/<number>/mandate.pdf", who=APPLICANT, limit=DRAW)
async def filled_mandate(number: str) -> ResponseReturnValue:
    """The same with what the case says, for its applicant."""
    found, seen = await _own(number)
    return _pdf(await documents.form(papers.filled(found, seen)))


@door.get("/complaints/<number>/mandate", who=APPLICANT, limit=READ)
async def mandate_form(number: str) -> ResponseReturnValue:
    """Room for the photo of the signed mandate."""
    found, seen = await _own(number)
    return await _mandate_page(found, seen, MandateForm())


@door.post("/complaints/<number>/mandate", who=APPLICANT, limit=ACT, body_max=40 * MB)
async def give_mandate(number: str) -> ResponseReturnValue:
    """Bring it in: a supplement that waits for it is answered."""
    found, seen = await _own(number)
    form = await MandateForm.read()
    here = f"/complaints/{found.number}"
    if await answer_to(form.claim) is not None:
        return redirect(here)
    fine = form.validate()
    refused = await staging.stage(actor_key(), form)
    if fine and refused is None:
        try:
            whole = await giving.give(
                found.number, actor(), form.kept_mandate, actor_key(), claim=form.claim
            )
        except Problem as problem:
            refused = problem
        else:
            flash(GIVEN if whole else GIVEN_ONLY)
            return redirect(here)
    if refused is not None:
        form.complain(refused)
    return await _mandate_page(found, seen, form), refused.status if refused else 422


@door.get("/complaints/behalf", who=PUBLIC, limit=READ)
async def code_form() -> ResponseReturnValue:
    """Number and code, to be typed by whoever was applied for."""
    return await _find_page(CodeForm())


@door.post("/complaints/behalf", who=PUBLIC, limit=TRY, body_max=16 * KB)
async def look() -> ResponseReturnValue:
    """What was filed in their name. A wrong number and a wrong code look alike."""
    form = await CodeForm.read()
    if not form.validate():
        return await _find_page(form), 422
    try:
        found = await principals.opened(_number(form), form.code.data)
    except Problem as problem:
        form.complain(problem)
        return await _find_page(form), problem.status
    return await _found_page(found, ObjectionForm(number=found.number, code=form.code.data))


@door.post("/complaints/behalf/object", who=PUBLIC, limit=TRY, body_max=16 * KB)
async def object_to_it() -> ResponseReturnValue:
    """They did not ask for it, or want it no more."""
    form = await ObjectionForm.read()
    fine = form.validate()
    try:
        if fine:
            await principals.object_to(
                _number(form), form.code.data, form.word.data or "", claim=form.claim
            )
            await pages.gone_everywhere()
        found = await principals.opened(_number(form), form.code.data or "")
    except Problem as problem:
        form.complain(problem)
        return await _find_page(form), problem.status
    return await _found_page(found, form), 200 if fine else 422


def _number(form: CodeForm) -> str:
    typed = form.number.data or ""
    return ids.parse_receipt(typed) or typed[:40]


async def _own(number: str) -> tuple[Reading, Seen]:
    found = await reading.read(known_number(number), actor())
    seen = await principals.of(found.number)
    if found.reader is not Reader.APPLICANT or seen is None:
        raise NotFound
    return found, seen


async def _mandate_page(found: Reading, seen: Seen, form: MandateForm) -> str:
    return await render("complaints/behalf/mandate.html", c=found, principal=seen, form=form)


async def _find_page(form: CodeForm) -> str:
    return await render("complaints/behalf/find.html", form=form)


async def _found_page(found: Summary, form: ObjectionForm) -> str:
    return await render(
        "complaints/behalf/found.html",
        found=found,
        form=form,
        chip=pages.chip(State(found.state)),
    )


def _pdf(data: bytes) -> Response:
    headers = {
        "Content-Disposition": 'inline; filename="mandate.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, content_type="application/pdf", headers=headers)
