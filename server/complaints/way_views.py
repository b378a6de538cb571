"""The applicant's word on the way: consent to an extension (D21), more time for a supplement (D24),
a slip mended (D6(5)); and the lawful notice of acceptance (D6(4))."""

from quart.typing import ResponseReturnValue

from server.complaints import noticed, service, under_way
from server.complaints.pages import department_part, known_number
from server.complaints.way_forms import DecisionForm, MoreTimeForm
from server.core.i18n import N_
from server.core.web import (
    APPLICANT,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
)
from server.core.web.flashes import flash

door = Door("complaints_way", url_prefix="/complaints")

READ = Limit(240, "minute")
ACT = Limit(60, "hour")


@door.get("/<number>/notice", who=APPLICANT, limit=READ)
async def notice(number: str) -> ResponseReturnValue:
    """The notice of acceptance: what is complete, by what it is judged, in which steps, until
    when, by whom (D6(4))."""
    found = await _own(number)
    told = await noticed.acceptance(found)
    return await render(
        "complaints/notice.html", c=found, told=told, department=department_part(found)
    )


@door.get("/<number>/extension", who=APPLICANT, limit=READ)
async def extension_form(number: str) -> ResponseReturnValue:
    """What the office asks, why, and what each answer means."""
    return await _extension_page(await _own(number), DecisionForm())


@door.post("/<number>/extension", who=APPLICANT, limit=ACT)
async def extension(number: str) -> ResponseReturnValue:
    """Consent to a second extension, or not."""
    form = await DecisionForm.read()
    known = (await _own(number)).number
    act = service.consent if form.agreed else service.decline
    try:
        await act(known, actor(), claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _extension_page(await _own(number), form), problem.status
    flash(N_("연장에 동의하셨습니다.") if form.agreed else N_("동의하지 않는다고 전했습니다."))
    return redirect(f"/complaints/{known}")


@door.get("/<number>/mend", who=APPLICANT, limit=READ)
async def mend_form(number: str) -> ResponseReturnValue:
    """What the office would mend."""
    return await _mend_page(await _own(number), DecisionForm())


@door.post("/<number>/mend", who=APPLICANT, limit=ACT)
async def mend(number: str) -> ResponseReturnValue:
    """Agree to a slip's being mended, or not."""
    form = await DecisionForm.read()
    known = (await _own(number)).number
    act = service.agree_mend if form.agreed else service.reject_mend
    try:
        await act(known, actor(), claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _mend_page(await _own(number), form), problem.status
    flash(N_("고쳤습니다.") if form.agreed else N_("그대로 둡니다."))
    return redirect(f"/complaints/{known}")


@door.get("/<number>/more-time", who=APPLICANT, limit=READ)
async def more_time_form(number: str) -> ResponseReturnValue:
    """Room to ask for more time."""
    return await _more_time_page(await _own(number), MoreTimeForm())


@door.post("/<number>/more-time", who=APPLICANT, limit=ACT)
async def more_time(number: str) -> ResponseReturnValue:
    """Ask for more time for a supplement."""
    form = await MoreTimeForm.read()
    known, status = (await _own(number)).number, 422
    if form.validate():
        days, text = int(form.days.data), form.text.data or ""
        try:
            await service.ask_more_time(known, actor(), days, text, claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("보완할 기간을 늘렸습니다."))
            return redirect(f"/complaints/{known}")
    return await _more_time_page(await _own(number), form), status


async def _extension_page(found: service.Reading, form: DecisionForm) -> str:
    way = await under_way.for_applicant(found.number)
    return await render("complaints/extension.html", c=found, form=form, wished=way.wished)


async def _mend_page(found: service.Reading, form: DecisionForm) -> str:
    way = await under_way.for_applicant(found.number)
    return await render("complaints/mend.html", c=found, form=form, slip=way.slip)


async def _more_time_page(found: service.Reading, form: MoreTimeForm) -> str:
    return await render("complaints/more_time.html", c=found, form=form)


async def _own(number: str) -> service.Reading:
    found = await service.read(known_number(number), actor())
    if found.reader != "applicant":
        raise NotFound
    return found
