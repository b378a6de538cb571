"""Complaints at the desk: the work by due date, one case, and what is done to it (Y10-2).

Every page that shows whose complaint it is writes one access row. Who may do what is decided by
the workflow; an official of another department finds nothing here.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from quart import request
from quart.typing import ResponseReturnValue
from wtforms import Field

from server.complaints import service
from server.complaints.acts import standing
from server.complaints.desk import case as desk_case
from server.complaints.desk import pages as desk_pages
from server.complaints.desk.entry import ACT, READ, WHO
from server.complaints.desk.forms import (
    AskForm,
    CompleteForm,
    DeskForm,
    NoteForm,
)
from server.complaints.showing.pages import known_number
from server.complaints.showing.reading import Reading
from server.complaints.together import beside
from server.complaints.workflow import Action
from server.core import audit, ids
from server.core.i18n import N_
from server.core.web import KB, Door, NotFound, Problem, actor, follow, redirect
from server.core.web.flashes import flash
from server.core.web.pages import number as number_argument

door = Door("complaints_desk", url_prefix="/desk/complaints")

QUERY_LETTERS_MAX = 100


@door.get("", who=WHO, limit=READ)
async def work() -> ResponseReturnValue:
    """The work in tabs."""
    await follow(*_desks(), said=N_("업무 목록이 바뀌었어요."))
    wanted = request.args.get("tab")
    tab = service.Tab(wanted) if wanted in set(service.Tab) else service.first_tab(actor())
    page = max(1, min(number_argument("page") or 1, 1000))
    return await desk_pages.work(await service.work(actor(), tab, page), page)


@door.post("", who=WHO, limit=READ, body_max=16 * KB)
async def find() -> ResponseReturnValue:
    """What a search finds. Posted, so that a telephone number stands in no address or log."""
    query = (await request.form).get("q", "").strip()[:QUERY_LETTERS_MAX]
    if not query:
        return redirect("/desk/complaints")
    found = await service.search(actor(), query)
    for each in found:
        await audit.accessed(actor().account_id, each.number, "desk.search")
    return await desk_pages.found_at_desk(query, found)


@door.get("/<number>", who=WHO, limit=READ)
async def case(number: str) -> ResponseReturnValue:
    """One case, with the forms for what may be done to it now."""
    known = known_number(number)
    if known != number:
        return redirect(f"/desk/complaints/{known}")
    await follow(f"complaint:{known}", said=N_("이 민원에 새 소식이 있어요."))
    return await desk_case.page(await _read(known))


@door.post("/<number>/accept", who=WHO, limit=ACT)
async def accept(number: str) -> ResponseReturnValue:
    """Classify and accept: the clock starts."""
    act = filled(number, service.accept, "kind")
    return await acted(number, Action.ACCEPT, act, N_("접수했습니다. 처리 기한이 정해졌습니다."))


@door.post("/<number>/reclassify", who=WHO, limit=ACT)
async def reclassify(number: str) -> ResponseReturnValue:
    """Another kind: the clock is reckoned anew."""
    act = filled(number, service.reclassify, "kind")
    return await acted(number, Action.RECLASSIFY, act, N_("종류와 처리 기한을 바꾸었습니다."))


@door.post("/<number>/assign", who=WHO, limit=ACT)
async def assign(number: str) -> ResponseReturnValue:
    """Give it to a department and a handler, or to others."""
    act = filled(number, service.assign, "department_id", "handler_id")
    return await acted(number, Action.ASSIGN, act, N_("배정했습니다."))


@door.post("/<number>/note", who=WHO, limit=ACT)
async def note(number: str) -> ResponseReturnValue:
    """Say what is being done."""

    async def act(form: NoteForm, version: int) -> None:
        step, text = form.step.data, form.text.data or ""
        covered = bool(form.cover.data)
        await service.note(
            number, actor(), step, text, covered=covered, version=version, claim=form.claim
        )

    return await acted(number, Action.NOTE, act, N_("진행 상황을 알렸습니다."))


@door.post("/<number>/supplement", who=WHO, limit=ACT)
async def ask_supplement(number: str) -> ResponseReturnValue:
    """Ask the applicant for what is missing."""

    async def act(form: AskForm, version: int) -> None:
        text, days = form.text.data or "", int(form.days.data)
        await service.ask_supplement(number, actor(), text, days, version=version, claim=form.claim)

    return await acted(number, Action.ASK_SUPPLEMENT, act, N_("보완을 요청했습니다."))


@door.post("/<number>/complete", who=WHO, limit=ACT)
async def complete(number: str) -> ResponseReturnValue:
    """Answer and end it."""

    async def act(form: CompleteForm, version: int) -> str | None:
        result, claim = form.result, form.claim
        done = await service.complete(number, actor(), result, version=version, claim=claim)
        return N_("결재를 올렸습니다.") if done is Action.DRAFT else None

    return await acted(number, Action.COMPLETE, act, N_("답변을 보내고 처리를 마쳤습니다."))


type Act = Callable[[Any, int], Awaitable[str | None]]
"""What is done with a form, under the version that was seen; what it says itself, if anything."""


def filled(number: str, done: Callable[..., Awaitable[None]], *names: str) -> Act:
    """An act of a form that takes these of its fields or properties, in that order."""

    async def act(form: DeskForm, version: int) -> None:
        values = (getattr(form, name) for name in names)
        given = [each.data if isinstance(each, Field) else each for each in values]
        await done(number, actor(), *given, version=version, claim=form.claim)

    return act


async def acted(number: str, action: Action, act: Act, done: str) -> ResponseReturnValue:
    """Read the form and act; done, the case says so in `done` or in what the act itself says.
    Refused, the case comes back with everything that was typed."""
    form = await desk_case.FORMS[action].read()
    await desk_case.offer(form, None)
    problem = None
    if form.validate():
        try:
            said = await act(form, form.version.data)
        except Problem as refused:
            if refused.status in {403, 404}:
                raise
            problem = refused
            form.complain(refused)
        else:
            flash(said or done)
            return await _after(number)
    page = await desk_case.page(await _read(number), form)
    return page, problem.status if problem else 422


async def _after(number: str) -> ResponseReturnValue:
    """Back to the case, or to the list where it has gone to another department."""
    try:
        await service.read_at_desk(number, actor())
    except NotFound:
        return redirect("/desk/complaints")
    return redirect(f"/desk/complaints/{number}")


def _desks() -> tuple[str, ...]:
    """Whose work the reader's list shows: everybody's, or their department's."""
    reader = actor()
    return ("desk",) if standing.reads_all(reader) else (f"desk:{reader.department_id or 0}",)


async def _read(number: str) -> Reading:
    known = ids.parse_receipt(number)
    if known is None:
        raise NotFound
    found = await service.read_at_desk(known, actor())
    assert found.applicant is not None
    account_id = found.applicant.account_id
    subject = f"account:{account_id}" if account_id else f"complaint:{known}"
    await audit.accessed(actor().account_id, subject, f"/desk/complaints/{known}")
    if request.args.get("insults") == "shown":
        return found
    return await beside.insults_covered(found)
