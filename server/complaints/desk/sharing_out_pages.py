"""/desk/assign: many at once to one; /desk/handover: all of one official's to another (Y10-2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from quart.typing import ResponseReturnValue
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from server.accounts import service as accounts
from server.accounts.service import Official
from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.desk import sharing_out
from server.complaints.desk.forms import CHOOSE, CasesForm
from server.complaints.desk.sharing_out import Unassigned
from server.complaints.handling import assigning
from server.core import audit, i18n
from server.core.forms import Form
from server.core.i18n import N_, gettext
from server.core.web import Door, Limit, Problem, actor, redirect, render, role
from server.core.web.flashes import flash

door = Door("complaints_sharing_out", url_prefix="/desk")

READ = Limit(240, "minute")
ACT = Limit(120, "hour")
ASSIGNERS = role("complaints", "head")
WORKERS = role("handler", "team_head", "head")


class ManyForm(CasesForm):
    """Which (`number:version`), and to whom (`department:handler`)."""

    cases = SelectMultipleField(N_("배정할 민원"), [InputRequired()], choices={})
    to = SelectField(N_("맡을 곳"), [InputRequired()], choices={})


class HandoverForm(Form):
    """From whom to whom."""

    giver = SelectField(N_("넘기는 사람"), [InputRequired()], choices={})
    taker = SelectField(N_("이어받는 사람"), [InputRequired()], choices={})


@door.get("/assign", who=ASSIGNERS, limit=READ)
async def waiting() -> ResponseReturnValue:
    """What nobody has yet."""
    return await _many_page(ManyForm(), await sharing_out.unassigned(actor()))


@door.post("/assign", who=ASSIGNERS, limit=ACT)
async def assign() -> ResponseReturnValue:
    """Give them to one department, or to one official of it."""
    form = await ManyForm.read()
    found = await sharing_out.unassigned(actor())
    await _offer(form, found)
    if not form.validate():
        return await _many_page(form, found), 422
    department, _, handler = form.to.data.partition(":")
    handler_id = int(handler) if handler else None
    try:
        await sharing_out.assign_many(
            actor(), form.versions, int(department), handler_id, claim=form.claim
        )
    except Problem as refused:
        form.complain(refused)
        return await _many_page(form, await sharing_out.unassigned(actor())), refused.status
    flash(N_("배정했습니다."))
    return redirect("/desk/assign")


@door.get("/handover", who=WORKERS, limit=READ)
async def handover_form() -> ResponseReturnValue:
    """Who hands over to whom."""
    return await _handover_page(HandoverForm())


@door.post("/handover", who=WORKERS, limit=ACT)
async def handover() -> ResponseReturnValue:
    """Hand everything over."""
    form = await HandoverForm.read()
    await _offer_officials(form)
    if not form.validate():
        return await _handover_page(form), 422
    try:
        giver, taker = int(form.giver.data), int(form.taker.data)
        await sharing_out.hand_over(actor(), giver, taker, claim=form.claim)
    except Problem as refused:
        if refused.status == 403:
            raise
        form.complain(refused)
        return await _handover_page(form), refused.status
    flash(N_("맡은 민원을 모두 넘겼습니다."))
    return redirect("/desk/complaints")


async def _many_page(form: ManyForm, found: Sequence[Unassigned]) -> str:
    await _offer(form, found)
    for each in found:
        await audit.accessed(actor().account_id, each.number, "desk.assign")
    topics = {each.id: each.name for each in await catalogue.topics()}
    return await render(
        "complaints/desk/assign.html",
        form=form,
        found=found,
        hints=_hints(found, topics),
        links={f"{each.number}:{each.version}": _case(each.number) for each in found},
    )


def _case(number: str) -> str:
    return f"/desk/complaints/{number}"


async def _offer(form: ManyForm, found: Sequence[Unassigned]) -> None:
    form.cases.choices = {f"{each.number}:{each.version}": each.title for each in found}
    offered: dict[str, Any] = {"": {"": gettext(CHOOSE)}}  # what goes to whom is chosen, never had
    own = None if "complaints" in actor().roles else actor().department_id
    for dept in await accounts.departments():
        if own is not None and dept.id != own:
            continue
        name = dept.name_en if i18n.locale() == "en" else dept.name
        handlers = await assigning.handlers_of(dept.id)
        officials = {f"{dept.id}:{one.id}": one.name for one in handlers}
        offered[name] = {f"{dept.id}:": gettext(N_("%(name)s (부서만)"), name=name)} | officials
    form.to.choices = offered


def _hints(found: Sequence[Unassigned], topics: Mapping[int, str]) -> dict[str, str]:
    hints = {}
    for each in found:
        due = each.due_at and i18n.date_text(rules.last_day_of(each.due_at))
        until = gettext(N_("%(date)s까지"), date=due) if due else ""
        hints[f"{each.number}:{each.version}"] = " · ".join(
            filter(None, (each.number, topics.get(each.topic_id), until))
        )
    return hints


async def _handover_page(form: HandoverForm) -> str:
    await _offer_officials(form)
    counts = {
        one.name: await sharing_out.open_of(one.id) for one in await _givers(actor().department_id)
    }
    return await render("complaints/desk/handover.html", form=form, counts=counts)


async def _givers(department_id: int | None) -> list[Official]:
    officials = await accounts.officials(department_id or 0)
    if "head" in actor().roles:
        return officials
    return [one for one in officials if one.id == actor().account_id]


async def _offer_officials(form: HandoverForm) -> None:
    department_id = actor().department_id
    form.giver.choices = {str(one.id): one.name for one in await _givers(department_id)}
    takers = await assigning.handlers_of(department_id or 0)
    form.taker.choices = {"": gettext(CHOOSE)} | {str(one.id): one.name for one in takers}
    if form.giver.data is None and actor().account_id is not None:
        form.giver.data = str(actor().account_id)
