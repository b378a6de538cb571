"""/desk/mileage: the year's budget line in won, and corrections by two officials (Y15-3, Y15-4).

Every page that shows whose balance is corrected writes one access row.
"""

from quart.typing import ResponseReturnValue

from server.bookkeeping import pages, rules, service
from server.bookkeeping.forms import DecideForm, ProposeForm
from server.core import audit, clock
from server.core.i18n import N_
from server.core.web import (
    KB,
    Closed,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
    role,
)
from server.core.web.flashes import flash
from server.core.web.pages import number
from server.mileage import service as mileage
from server.ordinance import service as ordinance

door = Door("bookkeeping", url_prefix="/desk/mileage")

READ = Limit(120, "minute")
ACT = Limit(60, "minute")
SEE = role(*service.ROLES, "audit")
DO = role(*service.ROLES)
PAGE_ROWS = 20
MOVEMENTS_SHOWN = 8


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


@door.get("", who=SEE, limit=READ)
async def budget() -> ResponseReturnValue:
    """A year's line (`?year=`, else this one): voted, set aside, spent, left, month by month."""
    today = clock.today()
    rule = _open().mileage
    lines = {line.year: line for line in rule.budget if line.year <= today.year} if rule else {}
    year = number("year") or today.year
    if year != today.year and year not in lines:
        raise NotFound
    line = lines.get(year)
    book = await mileage.year_of(year, line.won if line else 0)
    told = pages.rows(book, today.month if year == today.year else pages.MONTHS)
    return await render(
        "bookkeeping/budget.html",
        year=year,
        years=sorted(lines.keys() | {today.year}, reverse=True),
        line=line,
        book=book,
        percent=rules.percent(book.voted_won - book.left_won, book.voted_won),
        share=rules.share_reached(
            book.voted_won, book.left_won, mileage.cheapest_won(ordinance.profile(today))
        ),
        warned=await service.warned(year, line.line) if line else {},
        rows=told,
        plots=pages.plots_of(told),
        owed=await mileage.owed(),
    )


@door.get("/corrections", who=SEE, limit=READ)
async def corrections() -> ResponseReturnValue:
    """Those that wait for a second official, and those decided; `?before=` shows older ones."""
    _open()
    before = number("before")
    decided = await service.cases(open_only=False, before=before, limit=PAGE_ROWS + 1)
    waiting = await service.cases(open_only=True, limit=100) if before is None else []
    await audit.accessed(me(), "corrections", "/desk/mileage/corrections")
    return await render(
        "bookkeeping/corrections.html",
        waiting=waiting,
        decided=decided[:PAGE_ROWS],
        states=rules.STATES,
        newest=before is None,
        older=decided[PAGE_ROWS - 1].correction.id if len(decided) > PAGE_ROWS else None,
        may_act=DO.test(actor()),
    )


@door.get("/corrections/new", who=DO, limit=READ)
async def propose_form() -> ResponseReturnValue:
    """Whom, which way, how much, why."""
    _open()
    return await render("bookkeeping/propose.html", form=ProposeForm())


@door.post("/corrections/new", who=DO, limit=ACT, body_max=16 * KB)
async def propose() -> ResponseReturnValue:
    """Lay a correction before a second official."""
    _open()
    form = await ProposeForm.read()
    if not form.validate():
        return await render("bookkeeping/propose.html", form=form), 422
    try:
        proposed = await service.propose(
            me(), form.who.data, form.signed, form.reason.data, claim=form.claim
        )
    except Problem as problem:
        if problem.code == service.NOBODY:  # who asks for people who are not there is kept
            await audit.accessed(me(), 0, f"{service.CORRECTIONS}/new")
        form.complain(problem)
        return await render("bookkeeping/propose.html", form=form), problem.status
    flash(N_("올렸습니다. 다른 담당자가 승인하면 점수가 바뀝니다."))
    return redirect(f"{service.CORRECTIONS}/{proposed}")


@door.get("/corrections/<int:correction_id>", who=SEE, limit=READ)
async def correction(correction_id: int) -> ResponseReturnValue:
    """One correction with the balance that it would change."""
    _open()
    return await _page(correction_id)


@door.post("/corrections/<int:correction_id>/approve", who=DO, limit=ACT, body_max=16 * KB)
async def approve(correction_id: int) -> ResponseReturnValue:
    """A second official approves: the points move."""
    return await _decided(correction_id, approved=True)


@door.post("/corrections/<int:correction_id>/refuse", who=DO, limit=ACT, body_max=16 * KB)
async def refuse(correction_id: int) -> ResponseReturnValue:
    """A second official refuses: nothing moves."""
    return await _decided(correction_id, approved=False)


@door.post("/corrections/<int:correction_id>/drop", who=DO, limit=ACT, body_max=16 * KB)
async def drop(correction_id: int) -> ResponseReturnValue:
    """Whoever proposed it takes it back."""
    form = await DecideForm.read()
    try:
        await service.drop(correction_id, me(), claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        return await _page(correction_id, problem), problem.status
    flash(N_("거두었습니다. 점수는 그대로입니다."))
    return redirect(service.CORRECTIONS)


async def _decided(correction_id: int, *, approved: bool) -> ResponseReturnValue:
    _open()
    form = await DecideForm.read()
    try:
        await service.decide(correction_id, me(), approved=approved, claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        return await _page(correction_id, problem), problem.status
    flash(
        N_("승인했습니다. 점수를 바로잡고 주민에게 알렸습니다.")
        if approved
        else N_("거절했습니다. 점수는 그대로입니다.")
    )
    return redirect(service.CORRECTIONS)


async def _page(correction_id: int, problem: Problem | None = None) -> str:
    found = await service.case(correction_id)
    one = found.correction
    await audit.accessed(me(), one.account_id, "/desk/mileage/corrections")
    movements = await mileage.statement(one.person_id, limit=MOVEMENTS_SHOWN)
    word, tone = rules.STATES[one.state]
    return await render(
        "bookkeeping/correction.html",
        case=found,
        one=one,
        word=word,
        tone=tone,
        balance=await mileage.balance(one.person_id),
        lines=[(entry, mileage.line_of(entry)) for entry in movements],
        mine=one.proposed_by == me(),
        may_act=DO.test(actor()) and one.state == "proposed",
        problem=problem,
    )


def _open() -> ordinance.Profile:
    """The rule in force today. Raises Closed where it gives no mileage."""
    profile = ordinance.profile(clock.today())
    if not profile.has_mileage:
        raise Closed
    return profile
