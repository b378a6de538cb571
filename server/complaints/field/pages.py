"""/desk/field: the day's cases to print or to take along, and what comes back from the place."""

from typing import Any, Final

from quart import Response, jsonify
from quart.typing import ResponseReturnValue

from server.catalogue import service as catalogue
from server.complaints import rules
from server.complaints.field import cases, visiting
from server.complaints.field.cases import Day, FieldCase
from server.complaints.field.forms import VisitForm
from server.complaints.field.rules import KEPT
from server.complaints.showing import pages
from server.core import i18n
from server.core.forms import answer_to
from server.core.i18n import N_
from server.core.web import MB, Door, Limit, Problem, actor, actor_key, redirect, render, role
from server.core.web.flashes import flash

door = Door("complaints_field", url_prefix="/desk/field")

READ: Final = Limit(240, "minute")
TAKE: Final = Limit(30, "hour")
ACT: Final = Limit(300, "hour")
WHO: Final = role("complaints", "handler", "team_head", "head")


@door.get("", who=WHO, limit=READ)
async def day() -> ResponseReturnValue:
    """The day's cases, to be printed; with a script also to be taken along."""
    return await _page(VisitForm())


@door.post("/cases", who=WHO, limit=TAKE)
async def take_along() -> Response:
    """The day's cases for the reader's own phone, which seals them: `{"issued": …, "until": …,
    "hours": 24, "session": …, "account": …, "more": …, "cases": [{"number": …, …}]}`. Each is
    recorded as downloaded."""
    found = await cases.download(actor())
    return jsonify(
        issued=found.issued.isoformat(),
        until=found.until.isoformat(),
        hours=KEPT.total_seconds() / 3600,
        session=found.session,
        account=str(actor().account_id),
        more=found.more,
        cases=await _told(found),
    )


@door.post("/<number>", who=WHO, limit=ACT, body_max=80 * MB)
async def visit(number: str) -> ResponseReturnValue:
    """Keep a note and photos from the place."""
    form = await VisitForm.read()
    known = pages.known_number(number)
    to = f"/desk/complaints/{known}/memos"
    if await answer_to(form.claim) is not None:
        return redirect(to)
    fine, owner = form.validate(), actor_key()
    staged, faults = await pages.stage_photos(owner, form)
    for fault in faults:
        form.complain(fault)
    status = max([422, *(fault.status for fault in faults)])
    if fine and not faults:
        try:
            text = form.text.data or ""
            own = await visiting.keep(known, actor(), text, owner, staged, claim=form.claim)
        except Problem as refused:
            form.complain(refused)
            status = refused.status
        else:
            flash(_said(own))
            return redirect(to)
    return await _page(form, known), status


def _said(own: bool) -> str:
    if own:
        return N_("현장 기록을 담아 두었습니다. 사진은 답변과 함께 보입니다.")
    return N_("현장 기록을 담아 두었습니다. 그 사이 다른 담당자가 맡은 민원이라 그분이 봅니다.")


async def _page(form: VisitForm, number: str = "") -> str:
    """The list; `number` is the case of a form that came back."""
    found: Day = await cases.of_the_day(actor())
    await cases.read_by(actor(), found)
    return await render(
        "complaints/desk/field.html",
        cases=await _told(found),
        more=found.more,
        session=found.session,
        visit=form,
        number=number,
        photos_max=rules.PHOTOS_MAX,
    )


async def _told(found: Day) -> list[dict[str, Any]]:
    """The cases in the reader's words, as the page and the phone show them."""
    topics = {each.id: each.name for each in await catalogue.topics()}
    return [_case(each, topics) for each in found.cases]


def _case(each: FieldCase, topics: dict[int, str]) -> dict[str, Any]:
    until = i18n.gettext(N_("%(date)s까지"), date=i18n.date_text(each.due)) if each.due else ""
    meta = (topics.get(each.topic_id, ""), pages.chip(each.state)[0], until)
    at = None if each.latitude is None else f"geo:{each.latitude},{each.longitude}"
    return {
        "number": each.number,
        "title": each.title,
        "place": each.place,
        "at": at,
        "gist": each.gist,
        "meta": " · ".join(part for part in meta if part),
    }
