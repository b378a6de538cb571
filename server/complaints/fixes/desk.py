"""/desk/fixes: complaints of one cause as one job, from the site to one approval; /desk/phrases.

Every page that shows whose complaints they are writes an access row a case.
"""

from collections.abc import Sequence
from uuid import UUID

from quart import request
from quart.typing import ResponseReturnValue

from server.catalogue import service as catalogue
from server.complaints import service
from server.complaints.answers import stock
from server.complaints.answers.stock import Phrase
from server.complaints.arrival import photos
from server.complaints.fixes import fixing
from server.complaints.fixes.fixing import Case
from server.complaints.fixes.forms import BackForm, FixForm, PhraseForm
from server.core import audit, i18n, ids
from server.core.i18n import N_
from server.core.web import (
    MB,
    Conflict,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
    role,
)
from server.core.web.csrf import actor_key
from server.core.web.flashes import flash

door = Door("complaints_fixing", url_prefix="/desk")

READ = Limit(240, "minute")
ACT = Limit(120, "hour")
WORKERS = role("handler", "team_head", "head")
APPROVERS = role("team_head", "head")


@door.get("/fixes", who=WORKERS, limit=READ)
async def jobs() -> ResponseReturnValue:
    """What could be done in one go, and what was."""
    return await render(
        "complaints/desk/fixes.html",
        jobs=await fixing.jobs(actor()),
        latest=await fixing.latest(actor()),
        topics={each.id: each for each in await catalogue.topics()},
    )


@door.get("/fixes/new", who=WORKERS, limit=READ)
async def fix_form() -> ResponseReturnValue:
    """The complaints of one cause, the photo afterwards, one phrase. `?of=` names one of them."""
    return await _fix_page(FixForm(), await _job(request.args.get("of", "")), None)


@door.post("/fixes/new", who=WORKERS, limit=ACT, body_max=40 * MB)
async def fix() -> ResponseReturnValue:
    """Answer them all; refused, the page comes back with the photo and what was typed."""
    form = await FixForm.read()
    job = await _job(request.args.get("of", ""))
    phrases = await _phrases(job)
    form.offer(_choices(job), phrases)
    kept, fault = await _photo(form)
    if fault is not None:
        form.complain(fault)
    if not form.validate() or fault is not None:
        return await _fix_page(form, job, kept), fault.status if fault else 422
    try:
        versions = form.versions
        owner = actor_key()
        keys = await photos.copies(owner, kept, len(versions)) if kept else []
        fix_id = await fixing.fix(
            actor(),
            versions,
            form.words(phrases),
            photos=dict(zip(versions, keys, strict=False)),
            owner=owner,
            claim=form.claim,
        )
    except Problem as refused:
        if refused.status in {403, 404}:
            raise
        form.complain(refused)
        return await _fix_page(form, job, kept), refused.status
    return redirect(f"/desk/fixes/{fix_id}")


@door.get("/fixes/<int:fix_id>", who=WORKERS, limit=READ)
async def one(fix_id: int) -> ResponseReturnValue:
    """A fix: its cases, and the one tap that approves them all."""
    return await _one_page(fix_id, BackForm())


@door.post("/fixes/<int:fix_id>/approve", who=APPROVERS, limit=ACT)
async def approve(fix_id: int) -> ResponseReturnValue:
    """Approve every answer that waits for this reader, if it is those that were shown."""
    form = await BackForm.read()
    try:
        await fixing.approve(fix_id, actor(), form.versions, claim=form.claim)
    except Conflict as refused:
        form.complain(refused)
        return await _one_page(fix_id, form), refused.status
    flash(N_("모두 결재했습니다."))
    return redirect(f"/desk/fixes/{fix_id}")


@door.post("/fixes/<int:fix_id>/send-back", who=APPROVERS, limit=ACT)
async def send_back(fix_id: int) -> ResponseReturnValue:
    """Send them all back, with a word."""
    form = await BackForm.read()
    if not form.validate():
        return await _one_page(fix_id, form), 422
    try:
        await fixing.send_back(
            fix_id, actor(), form.versions, form.text.data or "", claim=form.claim
        )
    except Conflict as refused:
        form.complain(refused)
        return await _one_page(fix_id, form), refused.status
    flash(N_("담당자에게 돌려보냈습니다."))
    return redirect(f"/desk/fixes/{fix_id}")


@door.get("/phrases", who=WORKERS, limit=READ)
async def phrases() -> ResponseReturnValue:
    """The department's phrases, and room for another; `?change=` one of them."""
    kept = await stock.phrases(actor().department_id)
    wanted = request.args.get("change", "")
    form = PhraseForm()
    for each in kept:
        if str(each.id) == wanted:
            form = PhraseForm(title=each.title, text=each.text, topic=str(each.topic_id or ""))
    return await _phrases_page(form, wanted)


@door.post("/phrases", who=WORKERS, limit=ACT)
async def keep_phrase() -> ResponseReturnValue:
    """Keep a phrase; `?change=` that one."""
    form = await PhraseForm.read()
    wanted = request.args.get("change", "")
    form.offer(await catalogue.topics())
    if not form.validate():
        return await _phrases_page(form, wanted), 422
    try:
        await stock.keep(
            actor(),
            form.title.data or "",
            form.text.data or "",
            form.topic_id,
            phrase_id=int(wanted) if wanted.isdecimal() else None,
            claim=form.claim,
        )
    except Problem as refused:
        form.complain(refused)
        return await _phrases_page(form, wanted), refused.status
    flash(N_("답변 틀을 담아 두었습니다."))
    return redirect("/desk/phrases")


@door.post("/phrases/<int:phrase_id>/remove", who=WORKERS, limit=ACT)
async def remove_phrase(phrase_id: int) -> ResponseReturnValue:
    """Take a phrase away."""
    form = await BackForm.read()
    await stock.remove(actor(), phrase_id, claim=form.claim)
    flash(N_("답변 틀을 지웠습니다."))
    return redirect("/desk/phrases")


async def _job(number: str) -> list[Case]:
    known = ids.parse_receipt(number)
    if known is None:
        raise NotFound
    return await fixing.job_of(known, actor())


async def _phrases(job: Sequence[Case]) -> list[Phrase]:
    return await stock.phrases(actor().department_id, job[0].topic_id)


def _choices(job: Sequence[Case]) -> dict[str, str]:
    return {f"{case.number}:{case.version}": case.title for case in job}


async def _photo(form: FixForm) -> tuple[UUID | None, Problem | None]:
    """The photo of the form: a new one, or that which an earlier sending has left."""
    owner = actor_key()
    if form.file is not None:
        try:
            return await service.stage(owner, form.file.stream), None
        except Problem as refused:
            refused.field = "photo"
            return None, refused
    kept = [form.kept_key] if form.kept_key else []
    found = await service.still_staged(owner, kept)
    return (found[0] if found else None), None


async def _fix_page(form: FixForm, job: Sequence[Case], kept: UUID | None) -> str:
    phrases = await _phrases(job)
    form.offer(_choices(job), phrases)
    for case in job:
        await audit.accessed(actor().account_id, case.number, "desk.fix")
    words = form.words(phrases) or i18n.gettext(N_("(처리한 내용)"))
    return await render(
        "complaints/desk/fix_new.html",
        form=form,
        job=job,
        hints={f"{case.number}:{case.version}": f"{case.number} · {case.place}" for case in job},
        kept=kept,
        preview=await fixing.preview(job[0], words, actor()),
    )


async def _one_page(fix_id: int, form: BackForm) -> str:
    found = await fixing.read(fix_id, actor())
    form.show(found.to_approve)
    for case in found.cases:
        await audit.accessed(actor().account_id, case.number, "desk.fix")
    return await render("complaints/desk/fix.html", fixed=found, form=form)


async def _phrases_page(form: PhraseForm, change: str) -> str:
    form.offer(await catalogue.topics())
    return await render(
        "complaints/desk/phrases.html",
        form=form,
        change=change,
        kept=await stock.phrases(actor().department_id),
    )
