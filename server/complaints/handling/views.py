"""The applicant's word on the way: consent to an extension (D21), more time for a supplement (D24),
a slip mended (D6(5)); and the lawful notice of acceptance (D6(4))."""

from collections.abc import Awaitable, Callable

from quart.typing import ResponseReturnValue

from server.complaints import service
from server.complaints.answers import noticed
from server.complaints.handling import under_way
from server.complaints.handling.forms import DecisionForm, MoreTimeForm
from server.complaints.posting import posted
from server.complaints.showing.pages import department_part, known_number
from server.core.i18n import N_
from server.core.web import APPLICANT, Door, Limit, NotFound, actor, render

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
    words = (N_("연장에 동의하셨습니다."), N_("동의하지 않는다고 전했습니다."))
    return await _decided(number, service.consent, service.decline, words, _extension_page)


@door.get("/<number>/mend", who=APPLICANT, limit=READ)
async def mend_form(number: str) -> ResponseReturnValue:
    """What the office would mend."""
    return await _mend_page(await _own(number), DecisionForm())


@door.post("/<number>/mend", who=APPLICANT, limit=ACT)
async def mend(number: str) -> ResponseReturnValue:
    """Agree to a slip's being mended, or not."""
    words = (N_("고쳤습니다."), N_("그대로 둡니다."))
    return await _decided(number, service.agree_mend, service.reject_mend, words, _mend_page)


@door.get("/<number>/more-time", who=APPLICANT, limit=READ)
async def more_time_form(number: str) -> ResponseReturnValue:
    """Room to ask for more time."""
    return await _more_time_page(await _own(number), MoreTimeForm())


@door.post("/<number>/more-time", who=APPLICANT, limit=ACT)
async def more_time(number: str) -> ResponseReturnValue:
    """Ask for more time for a supplement."""
    form = await MoreTimeForm.read()
    known = (await _own(number)).number

    async def act() -> None:
        days, text = int(form.days.data), form.text.data or ""
        await service.ask_more_time(known, actor(), days, text, claim=form.claim)

    async def back() -> str:
        return await _more_time_page(await _own(number), form)

    done = N_("보완할 기간을 늘렸습니다.")
    return await posted(form, act, to=f"/complaints/{known}", done=done, back=back)


async def _decided(
    number: str,
    agree: Callable[..., Awaitable[None]],
    refuse: Callable[..., Awaitable[None]],
    words: tuple[str, str],
    page: Callable[[service.Reading, DecisionForm], Awaitable[str]],
) -> ResponseReturnValue:
    """The applicant's yes or no to what the office asks, and what is said to each."""
    form = await DecisionForm.read()
    known = (await _own(number)).number
    decide, done = (agree, words[0]) if form.agreed else (refuse, words[1])

    async def back() -> str:
        return await page(await _own(number), form)

    return await posted(
        form,
        lambda: decide(known, actor(), claim=form.claim),
        to=f"/complaints/{known}",
        done=done,
        back=back,
    )


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
