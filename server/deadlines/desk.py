"""The desk's pages about time: days declared off (Act 19), failures of the system (D6의2)."""

from datetime import date
from typing import Any

from quart.typing import ResponseReturnValue

from server.core import clock
from server.core.forms import Form
from server.core.i18n import N_, gettext, locale
from server.core.web import Door, Limit, NotFound, Problem, actor, redirect, render, role
from server.core.web.flashes import flash
from server.deadlines import declaring, outages
from server.deadlines.calendar_rules import DAY, WorkCalendar
from server.deadlines.forms import EndForm, HolidayForm, OutageForm
from server.deadlines.outage_rules import SYSTEMS
from server.deadlines.outages import Entered

door = Door("deadlines_desk")

KEEPERS = role("complaints", "admin")
MENDERS = role("informatics", "admin")
READ = Limit(240, "minute")
WRITE = Limit(60, "minute")
DAYS_SHOWN = 366


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


@door.get("/desk/calendar", who=KEEPERS, limit=READ)
async def calendar() -> ResponseReturnValue:
    """The days off of the year to come, those declared, and room for another."""
    return await _calendar_page(HolidayForm())


@door.post("/desk/calendar", who=KEEPERS, limit=WRITE)
async def declare() -> ResponseReturnValue:
    """Declare a day off: the dates of open complaints move."""
    form = await HolidayForm.read()
    if not form.validate():
        return await _calendar_page(form), 422
    try:
        await declaring.declare(form.day_off, actor_id=me(), claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _calendar_page(form), problem.status
    flash(N_("쉬는 날로 정했습니다. 처리 중인 민원의 기한을 다시 셉니다."))
    return redirect("/desk/calendar")


@door.post("/desk/calendar/<day>/take-back", who=KEEPERS, limit=WRITE)
async def take_back(day: str) -> ResponseReturnValue:
    """Take a declared day back: it is worked again."""
    try:
        taken = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    form = await HolidayForm.read()
    await declaring.take_back(taken, actor_id=me(), claim=form.claim)
    flash(N_("쉬는 날에서 뺐습니다. 처리 중인 민원의 기한을 다시 셉니다."))
    return redirect("/desk/calendar")


@door.get("/desk/outages", who=MENDERS, limit=READ)
async def list_of_outages() -> ResponseReturnValue:
    """The failures that last, each with its end, and those that are over."""
    return await _outages_page()


@door.get("/desk/outages/new", who=MENDERS, limit=READ)
async def outage_form() -> ResponseReturnValue:
    """What fails since when; everything but the system is filled in."""
    return await render("deadlines/outage.html", form=OutageForm.empty())


@door.post("/desk/outages/new", who=MENDERS, limit=WRITE)
async def enter() -> ResponseReturnValue:
    """Enter a failure: every page says so while it lasts."""
    form = await OutageForm.read()
    status = 422
    if form.validate():
        try:
            await outages.enter(form.report, actor_id=me(), claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("장애를 적었습니다."))
            return redirect("/desk/outages")
    return await render("deadlines/outage.html", form=form), status


@door.post("/desk/outages/<int:outage_id>/end", who=MENDERS, limit=WRITE)
async def end(outage_id: int) -> ResponseReturnValue:
    """Say that it works again: the time between is out of the clock."""
    form = await EndForm.read()
    status = 422
    if form.validate():
        try:
            await outages.end(outage_id, form.ends, actor_id=me(), claim=form.claim)
        except NotFound:
            raise
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("장애가 끝났다고 적었습니다. 그동안은 처리 기한에서 빠집니다."))
            return redirect("/desk/outages")
    return await _outages_page(outage_id, form), status


@door.post("/desk/outages/<int:outage_id>/take-back", who=MENDERS, limit=WRITE)
async def strike_out(outage_id: int) -> ResponseReturnValue:
    """It was entered by mistake: the time counts again."""
    form = await Form.read()
    await outages.take_back(outage_id, actor_id=me(), claim=form.claim)
    flash(N_("잘못 적은 장애를 지웠습니다. 처리 중인 민원의 기한을 다시 셉니다."))
    return redirect("/desk/outages")


async def _calendar_page(form: HolidayForm) -> str:
    found = await declaring.calendar()
    return await render(
        "deadlines/calendar.html",
        form=form,
        declared=await declaring.declared(),
        ahead=_days_off(found, clock.today()),
    )


def _days_off(found: WorkCalendar, first: date) -> list[tuple[date, str]]:
    """The named days off from `first` on, for a year."""
    language = "en_US" if locale() == "en" else "ko"
    days = [first + number * DAY for number in range(DAYS_SHOWN)]
    named = [(day, found.holiday_name(day, language)) for day in days]
    return [(day, name) for day, name in named if name]


async def _outages_page(given: int | None = None, form: EndForm | None = None) -> str:
    """`form` came back with a fault: it is that of the failure `given`."""
    latest = await outages.latest()
    lasting = [one for one in latest if one.failure.ends is None]
    return await render(
        "deadlines/outages.html",
        lasting=[_lasting(one, form if one.id == given else None) for one in lasting],
        over=[_row(one) for one in latest if one.failure.ends is not None],
        stranded=form if given not in {one.id for one in lasting} else None,
    )


def _lasting(one: Entered, form: EndForm | None) -> dict[str, Any]:
    if form is None:
        form = EndForm()
        form.offer_now()
    form.ended_at.id = form.ended_at.label.field_id = f"ended_at-{one.id}"
    return _row(one) | {"form": form}


def _row(one: Entered) -> dict[str, Any]:
    return {
        "id": one.id,
        "system": gettext(SYSTEMS[one.failure.system]),
        "begins": one.failure.begins,
        "ends": one.failure.ends,
        "words": one.said,
        "ways": one.otherwise,
    }
