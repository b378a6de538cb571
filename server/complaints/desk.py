"""Complaints at the desk: the work by due date, one case, and what is done to it (Y10-2).

Every page that shows whose complaint it is writes one access row. Who may do what is decided by
the workflow; an official of another department finds nothing here.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from quart import request
from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import desk_pages, service
from server.complaints.forms import (
    AskForm,
    AssignForm,
    CompleteForm,
    DeskForm,
    KindForm,
    NoteForm,
    ReclassifyForm,
)
from server.complaints.handling import handlers_of
from server.complaints.reading import Reading
from server.complaints.workflow import Action
from server.core import audit, ids
from server.core.i18n import N_
from server.core.web import KB, Door, Limit, NotFound, Problem, actor, redirect, role
from server.core.web.flashes import flash
from server.core.web.pages import number as number_argument

door = Door("complaints_desk", url_prefix="/desk/complaints")

READ = Limit(600, "minute")
ACT = Limit(600, "hour")
QUERY_LETTERS_MAX = 100
WHO = role("complaints", "handler", "head", "examiner", "audit")

FORMS: dict[Action, type[DeskForm]] = {
    Action.ACCEPT: KindForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.ASSIGN: AssignForm,
    Action.REASSIGN: AssignForm,
    Action.NOTE: NoteForm,
    Action.ASK_SUPPLEMENT: AskForm,
    Action.COMPLETE: CompleteForm,
}


@door.get("", who=WHO, limit=READ)
async def work() -> ResponseReturnValue:
    """The work in tabs."""
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
    return await _case_page(await _read(number))


@door.post("/<number>/accept", who=WHO, limit=ACT)
async def accept(number: str) -> ResponseReturnValue:
    """Classify and accept: the clock starts."""

    async def act(form: KindForm, version: int) -> None:
        await service.accept(number, actor(), form.kind.data, version=version, claim=form.claim)

    return await _acted(number, Action.ACCEPT, act, N_("접수했습니다. 처리 기한이 정해졌습니다."))


@door.post("/<number>/reclassify", who=WHO, limit=ACT)
async def reclassify(number: str) -> ResponseReturnValue:
    """Another kind: the clock is reckoned anew."""

    async def act(form: ReclassifyForm, version: int) -> None:
        kind = form.kind.data
        await service.reclassify(number, actor(), kind, version=version, claim=form.claim)

    return await _acted(number, Action.RECLASSIFY, act, N_("종류와 처리 기한을 바꾸었습니다."))


@door.post("/<number>/assign", who=WHO, limit=ACT)
async def assign(number: str) -> ResponseReturnValue:
    """Give it to a department and a handler, or to others."""

    async def act(form: AssignForm, version: int) -> None:
        to, handler = form.department_id, form.handler_id
        await service.assign(number, actor(), to, handler, version=version, claim=form.claim)

    return await _acted(number, Action.ASSIGN, act, N_("배정했습니다."))


@door.post("/<number>/note", who=WHO, limit=ACT)
async def note(number: str) -> ResponseReturnValue:
    """Say what is being done."""

    async def act(form: NoteForm, version: int) -> None:
        step, text = form.step.data, form.text.data or ""
        await service.note(number, actor(), step, text, version=version, claim=form.claim)

    return await _acted(number, Action.NOTE, act, N_("진행 상황을 알렸습니다."))


@door.post("/<number>/supplement", who=WHO, limit=ACT)
async def ask_supplement(number: str) -> ResponseReturnValue:
    """Ask the applicant for what is missing."""

    async def act(form: AskForm, version: int) -> None:
        text, days = form.text.data or "", int(form.days.data)
        await service.ask_supplement(number, actor(), text, days, version=version, claim=form.claim)

    return await _acted(number, Action.ASK_SUPPLEMENT, act, N_("보완을 요청했습니다."))


@door.post("/<number>/complete", who=WHO, limit=ACT)
async def complete(number: str) -> ResponseReturnValue:
    """Answer and end it."""

    async def act(form: CompleteForm, version: int) -> None:
        await service.complete(number, actor(), form.result, version=version, claim=form.claim)

    return await _acted(number, Action.COMPLETE, act, N_("답변을 보내고 처리를 마쳤습니다."))


async def _acted(
    number: str, action: Action, act: Callable[[Any, int], Awaitable[None]], done: str
) -> ResponseReturnValue:
    """Read the form and act; refused, the case comes back with everything that was typed."""
    form = await FORMS[action].read()
    await _offer(form, None)
    problem = None
    if form.validate():
        try:
            await act(form, form.version.data)
        except Problem as refused:
            if refused.status in {403, 404}:
                raise
            problem = refused
            form.complain(refused)
        else:
            flash(done)
            return await _after(number)
    page = await _case_page(await _read(number), form)
    return page, problem.status if problem else 422


async def _after(number: str) -> ResponseReturnValue:
    """Back to the case, or to the list where it has gone to another department."""
    try:
        await service.read_at_desk(number, actor())
    except NotFound:
        return redirect("/desk/complaints")
    return redirect(f"/desk/complaints/{number}")


async def _read(number: str) -> Reading:
    known = ids.parse_receipt(number)
    if known is None:
        raise NotFound
    found = await service.read_at_desk(known, actor())
    assert found.applicant is not None
    account_id = found.applicant.account_id
    subject = f"account:{account_id}" if account_id else f"complaint:{known}"
    await audit.accessed(actor().account_id, subject, f"/desk/complaints/{known}")
    return found


async def _case_page(found: Reading, given: DeskForm | None = None) -> str:
    """The case with a form for every act that is open; `given` is one that came back: it goes
    on under the version now shown, and what changed since the one it was written on is marked."""
    seen = given.version.data if given is not None else None
    forms: dict[str, DeskForm] = {}
    for form_of_act in (FORMS[action] for action in found.acts if action in FORMS):
        if given is not None and type(given) is form_of_act:
            given.version.raw_data = [str(found.version)]
            form = given
        else:
            form = form_of_act(version=found.version)
            await _offer(form, found)
        forms[form.address] = form
    return await desk_pages.case(found, forms, given, seen)


async def _offer(form: DeskForm, found: Reading | None) -> None:
    """The choices of a form, and what is likely chosen."""
    if isinstance(form, KindForm):
        form.offer(await catalogue.kinds_to_choose(), found.kind_slug if found else None)
    elif isinstance(form, AskForm):
        form.offer()
    elif isinstance(form, AssignForm):
        offices = [(each, await handlers_of(each.id)) for each in await accounts.departments()]
        me = actor().account_id or 0
        form.offer(offices, _likely(found, offices, me) if found else None, me)


def _likely(
    found: Reading, offices: Sequence[tuple[accounts.Dept, Sequence[accounts.Official]]], me: int
) -> str | None:
    """Who has it now; where nobody of the reader's own department has, the reader."""
    if found.department is None:
        return None
    at = found.department.id
    mine = any(one.id == me for dept, officials in offices if dept.id == at for one in officials)
    return f"{at}:{found.handler_id or (me if mine else '')}"
