"""/desk/faxes/in: the faxes that came in, their pages as pictures, filed for their senders or set
aside with a reason; each look is recorded (Y18)."""

from quart import Response, request
from quart.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from server import config
from server.complaints.arrival.registering_desk import LINE, SpokenForm
from server.complaints.faxes import receiving, sample
from server.complaints.faxes.receiving import REASON_LETTERS_MAX, Seen
from server.core import audit
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Door, Limit, NotFound, Problem, actor, redirect, render, role
from server.core.web.flashes import flash

door = Door("complaints_faxes")

CLERKS = role("complaints")
READ = Limit(240, "minute")
PICTURES = Limit(600, "minute")
ACT = Limit(120, "minute")
KINDS = {"tif": "image/tiff", "pdf": "application/pdf", "bin": "application/octet-stream"}


class FaxForm(SpokenForm):
    """/desk/faxes/in/<id>: what the fax says, typed in for its sender. Many give no telephone:
    an address or the fax's own number reaches them too."""

    phone = StringField(N_("전화번호"), [Optional(), LINE])


class AsideForm(Form):
    """The same page: it is no complaint."""

    reason = StringField(N_("까닭"), [InputRequired(), Length(max=REASON_LETTERS_MAX)])


@door.get("/desk/faxes/in", who=CLERKS, limit=READ)
async def inbox() -> ResponseReturnValue:
    """The faxes that wait, and those dealt with last."""
    found = [*await receiving.waiting(), *await receiving.dealt_with()]
    for each in found:
        await audit.accessed(actor().account_id, f"fax:{each.id}", "/desk/faxes/in")
    return await render("complaints/faxes/inbox.html", faxes=found, demo=_demo())


@door.get("/desk/faxes/in/<int:id>", who=CLERKS, limit=READ)
async def fax(id: int) -> ResponseReturnValue:  # noqa: A002 - the address calls it id
    """One fax, and the form to file it for its sender."""
    seen = await receiving.one(id)
    return await _page(seen, _begun(seen), AsideForm())


@door.get("/desk/faxes/in/<int:id>/pages/<int:page>.png", who=CLERKS, limit=PICTURES)
async def page_picture(id: int, page: int) -> ResponseReturnValue:  # noqa: A002
    """A page as a picture."""
    data = await receiving.page_png(id, page)
    await receiving.looked_at(id, actor())
    headers = {"Cache-Control": "private, no-store"}
    return Response(data, content_type="image/png", headers=headers)


@door.get("/desk/faxes/in/<int:id>/file", who=CLERKS, limit=READ)
async def as_it_came(id: int) -> ResponseReturnValue:  # noqa: A002
    """The file itself, for what cannot be drawn here, or not to its end."""
    data, ending = await receiving.as_it_came(id)
    await audit.accessed(actor().account_id, f"fax:{id}", "/desk/faxes/in/file")
    headers = {
        "Content-Disposition": f'attachment; filename="fax-{id}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, content_type=KINDS[ending], headers=headers)


@door.post("/desk/faxes/in/<int:id>", who=CLERKS, limit=ACT)
async def file_it(id: int) -> ResponseReturnValue:  # noqa: A002
    """File it, with the time at which it arrived; its clock starts then."""
    seen = await receiving.one(id)
    form = await FaxForm.read()
    await form.offer()
    status = 422
    if form.validate():
        try:
            paper = form.taken(seen.received_at)
            number = await receiving.file_it(id, paper, actor(), claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("팩스를 받은 때로 접수했습니다."))
            return redirect(f"/desk/complaints/{number}")
    return await _page(seen, form, AsideForm()), status


@door.post("/desk/faxes/in/<int:id>/aside", who=CLERKS, limit=ACT)
async def set_aside(id: int) -> ResponseReturnValue:  # noqa: A002
    """It is no complaint."""
    form = await AsideForm.read()
    status = 422
    if form.validate():
        try:
            await receiving.set_aside(id, form.reason.data, actor(), claim=form.claim)
        except Problem as problem:
            form.complain(problem)
            status = problem.status
        else:
            flash(N_("접수하지 않는 팩스로 적었습니다."))
            return redirect("/desk/faxes/in")
    seen = await receiving.one(id)
    return await _page(seen, _begun(seen), form), status


@door.post("/desk/faxes/in/try", who=CLERKS, limit=Limit(20, "hour"))
async def try_it() -> ResponseReturnValue:
    """In the demo, the simulator's line rings: a fax comes in as one would."""
    await request.form
    if not _demo():
        raise NotFound
    await sample.ring()
    flash(N_("연습 팩스가 들어왔습니다. 곧 목록에 보입니다."))
    return redirect("/desk/faxes/in")


async def _page(seen: Seen, form: FaxForm, aside: AsideForm) -> str:
    await form.offer()
    await audit.accessed(actor().account_id, f"fax:{seen.id}", "/desk/faxes/in")
    return await render("complaints/faxes/fax.html", fax=seen, form=form, aside=aside)


def _begun(seen: Seen) -> FaxForm:
    """The form before anything is typed: answered by fax where its number is known."""
    way = "fax" if seen.sender else "letter"
    return FaxForm(data={"phone": seen.sender, "fax": seen.sender, "reply_by": way})


def _demo() -> bool:
    return config.settings().mode == "demo"
