"""Writing a fax: whom to, the words, pictures and PDFs, a cover; and its pages as they will print
(Y15-4). Everything works without a script, and a file that was read need not be chosen again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from quart import Response, request
from quart.typing import ResponseReturnValue

from gateways.encode import numbers
from gateways.encode.numbers import BadNumber
from server.accounts import service as accounts
from server.core.web import (
    MB,
    SIGNED_IN,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    number,
    redirect,
    render,
)
from server.messages import service
from server.messages.fax.files import Attached
from server.messages.fax.forms import FaxForm
from server.messages.orders.views import earlier, verify_first
from server.mileage import service as mileage

door = Door("fax")

READ = Limit(240, "minute")
PICTURES = Limit(1200, "minute")
WRITE = Limit(60, "hour")


@door.get("/messages/fax/new", who=SIGNED_IN, limit=READ)
async def fax_form() -> ResponseReturnValue:
    """An empty form, with `?from=` what an earlier order said, with `?pick=` somebody ticked."""
    reader = actor()
    if reader.person_id is None:
        return await verify_first()
    begun, files = await _begun()
    if "contact" not in begun:
        begun["contact"] = await _telephone(reader.account_id or 0)
    if "pick" in request.args:
        begun["pick"] = request.args.getlist("pick")
    form = FaxForm(data=begun)
    await form.gather(reader.account_id or 0)
    return await _fax_page(form, files)


@door.post("/messages/fax/new", who=SIGNED_IN, limit=WRITE, body_max=80 * MB)
async def fax() -> ResponseReturnValue:
    """Draw and price a fax: 303 to its draft, or the form again with what has to be mended."""
    reader = actor()
    form = await FaxForm.read()
    if reader.account_id is None or reader.person_id is None:
        return await verify_first()
    await form.gather(reader.account_id)
    files = await service.kept_files(reader.account_id, form.kept_keys)
    fine = form.fine()
    try:
        taken, faults, _ = await service.take_files(reader.account_id, form.chosen)
        files += taken
        for fault in faults:
            form.complain(fault)
        if not fine or faults:
            return await _fax_page(form, files), 422
        message_id = await service.draft_fax(
            reader.account_id,
            reader.person_id,
            reader.name or "",
            form.found.numbers,
            form.body.data or "",
            files,
            form.claim,
            form.cover_words,
        )
    except Problem as problem:
        form.complain(problem)
        return await _fax_page(form, files), problem.status
    return redirect(f"/messages/{message_id}")


@door.get("/messages/<uuid:message_id>/pages/<int:page>.png", who=SIGNED_IN, limit=PICTURES)
async def page(message_id: UUID, page: int) -> ResponseReturnValue:
    """The very bits of a page, with `?to=2` those of the second recipient."""
    found = await service.read(message_id, actor().account_id or 0)
    if found.kind != "fax":
        raise NotFound
    picture = await service.page_png(message_id, page, number("to") or 1)
    return Response(picture, content_type="image/png")


async def _begun() -> tuple[dict[str, Any], list[Attached]]:
    """What the form begins with: an earlier order's words, and its files while they are kept."""
    begun = await earlier()
    if not begun:
        return {}, []
    sheet = await service.read_sheet(UUID(request.args["from"]))
    if sheet.cover is not None:
        begun |= {
            "cover": True,
            "cover_to": sheet.cover.addressee,
            "contact": sheet.cover.contact,
        }
    return begun, list(sheet.files)


async def _telephone(account_id: int) -> str:
    """Where an answer usually finds the sender, as people write it; to be changed or left out."""
    written = (await accounts.contact_of(account_id)).phone or ""
    try:
        return numbers.parse(written).pretty
    except BadNumber:
        return written


async def _fax_page(form: FaxForm, files: Sequence[Attached]) -> str:
    profile = service.profile()
    return await render(
        "messages/fax.html",
        form=form,
        kept=files,
        spend=profile.mileage.spend.fax if profile.mileage else None,
        limits=profile.messages,
        balance=await mileage.balance(actor().person_id or 0),
    )
