"""Writing an SMS: whom to, what, how long, what it comes to; and its texts one by one (Y15-4).

The count is the same with and without a script, and nothing is sent before its price was seen.
"""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from quart import Response, request
from quart.typing import ResponseReturnValue

from server.core.i18n import N_, gettext
from server.core.web import MB, SIGNED_IN, Actor, Door, Limit, Problem, actor, redirect, render
from server.core.web.pages import number
from server.messages import service
from server.messages.orders.reading import Reading
from server.messages.orders.views import earlier, verify_first
from server.messages.sms.forms import Counted, SmsForm
from server.mileage import service as mileage

door = Door("sms")

READ = Limit(240, "minute")
WRITE = Limit(240, "hour")
FILES = Limit(60, "hour")
LETTERS_SHOWN: Final = 20
CSV_BATCH: Final = 500
FORMULA_BEGINNINGS: Final = frozenset("=+-@\t\r＝＋－＠")
OFFICE: Final = frozenset({"complaints", "head", "informatics", "admin"})
"""Whose orders the office pays for."""


def may_write(reader: Actor) -> bool:
    """Whether a reader may write SMS: with a verified identity, or in the office's name."""
    return reader.person_id is not None or for_office(reader)


def for_office(reader: Actor) -> bool:
    """Whether what a reader sends is the office's."""
    return reader.official and bool(reader.roles & OFFICE)


@door.get("/messages/sms/new", who=SIGNED_IN, limit=READ)
async def sms_form() -> ResponseReturnValue:
    """An empty form, with `?from=` what an earlier order said, with `?pick=` somebody ticked."""
    reader = actor()
    if not may_write(reader):
        return await verify_first()
    form = SmsForm(data=await _begun())
    await form.gather(reader.account_id or 0)
    return await _sms_page(form)


@door.post("/messages/sms/new", who=SIGNED_IN, limit=WRITE, body_max=5 * MB)
async def sms() -> ResponseReturnValue:
    """Price an SMS: 303 to its draft, or the form again, counted or with what has to be mended."""
    reader = actor()
    form = await SmsForm.read()
    if reader.account_id is None or not may_write(reader):
        return await verify_first()
    office = for_office(reader)
    await form.gather(reader.account_id)
    if "count" in await request.form:
        return await _sms_page(form, await form.counted(office=office))
    if not await form.fine(office=office) or form.reckoning.letters is None:
        return await _sms_page(form), 422
    try:
        message_id = await service.draft_letters(
            reader.account_id,
            None if office else reader.person_id,
            form.body.data,
            form.reckoning.letters,
            form.claim,
            form.kept.id if form.kept is not None else None,
        )
    except Problem as problem:
        form.complain(problem)
        return await _sms_page(form), problem.status
    return redirect(f"/messages/{message_id}")


@door.get("/messages/<uuid:message_id>/letters", who=SIGNED_IN, limit=READ)
async def letters(message_id: UUID) -> ResponseReturnValue:
    """Every text that would be sent, or was, recipient by recipient: a dry run sends nothing."""
    after = number("after") or 0
    found = await service.read(
        message_id, actor().account_id or 0, after=after, limit=LETTERS_SHOWN
    )
    return await render("messages/letters.html", message=found, after=after, shown=LETTERS_SHOWN)


@door.get("/messages/<uuid:message_id>/letters.csv", who=SIGNED_IN, limit=FILES)
async def letters_csv(message_id: UUID) -> Response:
    """The same as a spreadsheet, streamed."""
    first = await service.read(message_id, actor().account_id or 0, limit=CSV_BATCH)
    return Response(
        _rows(first, actor().account_id or 0),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="sms-{str(message_id)[:8]}.csv"'},
    )


async def _rows(found: Reading, account_id: int) -> AsyncIterator[str]:
    names = [N_("번호"), N_("내용"), N_("건수"), N_("상태")]
    yield "\ufeff" + _line([gettext(name) for name in names])
    while True:
        for one in found.recipients:
            said = "" if found.draft else gettext(one.fate.sentence, **one.fate.words)
            yield _line([one.number, "\n".join(one.texts), str(one.units), said])
        if found.more is None:
            return
        found = await service.read(found.id, account_id, after=found.more, limit=CSV_BATCH)


def _line(cells: list[str]) -> str:
    """A line of CSV; what a spreadsheet would run as a formula gets an apostrophe."""
    text = io.StringIO()
    guarded = ["'" + cell if cell[:1] in FORMULA_BEGINNINGS else cell for cell in cells]
    csv.writer(text).writerow(guarded)
    return text.getvalue()


async def _begun() -> dict[str, Any]:
    """What the form begins with: an earlier order's words, or somebody of the address book."""
    found = await earlier()
    if "pick" in request.args:
        found["pick"] = request.args.getlist("pick")
    return found


async def _sms_page(form: SmsForm, counted: Counted | None = None) -> str:
    profile = service.profile()
    office = for_office(actor())
    return await render(
        "messages/sms.html",
        form=form,
        counted=counted,
        office=office,
        spend=profile.mileage.spend if profile.mileage else None,
        limits=profile.messages,
        balance=await mileage.balance(actor().person_id or 0),
    )
