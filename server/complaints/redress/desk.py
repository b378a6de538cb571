"""Redress at the desk: what waits for a decision, objections, corrections, reopenings, and how
content people were, in sums (Act 35, D18)."""

from collections.abc import Awaitable, Callable
from typing import Any

from quart.typing import ResponseReturnValue

from server.complaints.desk.entry import ACT, READ, WHO
from server.complaints.posting import posted
from server.complaints.redress import correcting, objecting, rating, reopening
from server.complaints.redress import pages as redress_pages
from server.complaints.redress import reading as redress_reading
from server.complaints.redress.forms import (
    CorrectedForm,
    DecideForm,
    ExtendForm,
    ReopenedForm,
    VersionedForm,
)
from server.complaints.redress.reading import Redress
from server.complaints.showing import pages
from server.complaints.showing.pages import known_number
from server.core import audit
from server.core.i18n import N_
from server.core.web import KB, Door, actor, render

door = Door("complaints_redress_desk", url_prefix="/desk")

BODY = 64 * KB


@door.get("/redress", who=WHO, limit=READ)
async def work() -> ResponseReturnValue:
    """What waits for a decision or an answer."""
    return await redress_pages.work(await redress_reading.waiting(actor()))


@door.get("/satisfaction", who=WHO, limit=READ)
async def satisfaction() -> ResponseReturnValue:
    """How content people were, in sums by department."""
    return await render(
        "complaints/desk/satisfaction.html",
        sums=await rating.summed(actor()),
        departments=await pages.department_names(),
    )


@door.get("/complaints/<number>/redress", who=WHO, limit=READ)
async def case(number: str) -> ResponseReturnValue:
    """Everything raised against how one case was handled, with the forms to decide."""
    return await _page(await _read(number))


@door.post("/complaints/<number>/redress/extend", who=WHO, limit=ACT, body_max=BODY)
async def extend(number: str) -> ResponseReturnValue:
    """Put the decision on an objection off."""

    async def act(form: ExtendForm, known: str) -> None:
        text, version = form.text.data, form.version.data
        await objecting.extend(known, actor(), text, version=version, claim=form.claim)

    return await _acted(number, ExtendForm, act, N_("결정 기한을 늘리고 알렸습니다."))


@door.post("/complaints/<number>/redress/decide", who=WHO, limit=ACT, body_max=BODY)
async def decide(number: str) -> ResponseReturnValue:
    """Decide on an objection."""

    async def act(form: DecideForm, known: str) -> None:
        decision, text, version = form.decision.data, form.text.data, form.version.data
        await objecting.decide(known, actor(), decision, text, version=version, claim=form.claim)

    return await _acted(number, DecideForm, act, N_("결정을 알렸습니다."))


@door.post("/complaints/<number>/redress/correct", who=WHO, limit=ACT, body_max=BODY)
async def correct(number: str) -> ResponseReturnValue:
    """Answer a demand for correction."""

    async def act(form: CorrectedForm, known: str) -> None:
        corrected, text, version = form.corrected.data == "y", form.text.data, form.version.data
        await correcting.answer(known, actor(), corrected, text, version=version, claim=form.claim)

    return await _acted(number, CorrectedForm, act, N_("답을 알렸습니다."))


@door.post("/complaints/<number>/redress/reopen", who=WHO, limit=ACT, body_max=BODY)
async def reopen(number: str) -> ResponseReturnValue:
    """Decide on a request for reopening."""

    async def act(form: ReopenedForm, known: str) -> None:
        decision, text, version = form.decision.data, form.text.data or "", form.version.data
        await reopening.decide(known, actor(), decision, text, version=version, claim=form.claim)

    return await _acted(number, ReopenedForm, act, N_("결정을 알렸습니다."))


async def _acted(
    number: str,
    kind: type[VersionedForm],
    act: Callable[[Any, str], Awaitable[None]],
    done: str,
) -> ResponseReturnValue:
    """Read the form and act; refused, the page comes back with everything that was typed, under
    the version now shown."""
    form = await kind.read()
    known = known_number(number)

    async def back() -> str:
        return await _page(await _read(number), form)

    to = f"/desk/complaints/{known}/redress"
    return await posted(form, lambda: act(form, known), to=to, done=done, back=back)


async def _page(found: Redress, given: VersionedForm | None = None) -> str:
    return await redress_pages.case(found, given)


async def _read(number: str) -> Redress:
    found = await redress_reading.of(known_number(number), actor())
    await audit.accessed(
        actor().account_id, found.subject, f"/desk/complaints/{found.number}/redress"
    )
    return found
