"""SMS and fax for residents: write, see the price and the very thing, send, follow (Y15-4)."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from quart import Response, request
from quart.typing import ResponseReturnValue

from server.core.i18n import N_
from server.core.web import MB, SIGNED_IN, Door, Limit, NotFound, Problem, actor, redirect, render
from server.core.web.flashes import flash
from server.messages import service
from server.messages.forms import FaxForm, SmsForm
from server.mileage import service as mileage

door = Door("messages")

READ = Limit(240, "minute")
PICTURES = Limit(1200, "minute")
WRITE = Limit(60, "hour")
ACT = Limit(120, "hour")
PAGE_ROWS = 20


@door.get("/messages/sms/new", who=SIGNED_IN, limit=READ)
async def sms_form() -> ResponseReturnValue:
    """An empty form, or with `?from=` the texts of an earlier order."""
    if actor().person_id is None:
        return await _verify_first()
    return await _sms_page(SmsForm(data=await _earlier()))


@door.post("/messages/sms/new", who=SIGNED_IN, limit=WRITE)
async def sms() -> ResponseReturnValue:
    """Price an SMS: 303 to its draft, or the form again with what has to be mended."""
    reader = actor()
    form = await SmsForm.read()
    if reader.account_id is None or reader.person_id is None:
        return await _verify_first()
    if not form.fine():
        return await _sms_page(form), 422
    try:
        message_id = await service.draft_sms(
            reader.account_id, reader.person_id, form.found.numbers, form.body.data, form.claim
        )
    except Problem as problem:
        form.complain(problem)
        return await _sms_page(form), problem.status
    return redirect(f"/messages/{message_id}")


@door.get("/messages/fax/new", who=SIGNED_IN, limit=READ)
async def fax_form() -> ResponseReturnValue:
    """An empty form, or with `?from=` the texts of an earlier order."""
    if actor().person_id is None:
        return await _verify_first()
    return await _fax_page(FaxForm(data=await _earlier()))


@door.post("/messages/fax/new", who=SIGNED_IN, limit=WRITE, body_max=80 * MB)
async def fax() -> ResponseReturnValue:
    """Draw and price a fax: 303 to its draft, or the form again with what has to be mended."""
    reader = actor()
    form = await FaxForm.read()
    if reader.account_id is None or reader.person_id is None:
        return await _verify_first()
    if not form.fine():
        return await _fax_page(form), 422
    pictures = [await asyncio.to_thread(file.stream.read) for file in form.chosen]
    try:
        message_id = await service.draft_fax(
            reader.account_id,
            reader.person_id,
            reader.name or "",
            form.found.numbers,
            form.body.data or "",
            pictures,
            form.claim,
        )
    except Problem as problem:
        form.complain(problem)
        return await _fax_page(form), problem.status
    return redirect(f"/messages/{message_id}")


@door.get("/messages/<uuid:message_id>", who=SIGNED_IN, limit=READ)
async def message(message_id: UUID) -> ResponseReturnValue:
    """The draft with its price, or what became of the order."""
    service.profile()
    return await _message_page(message_id)


@door.get("/messages/<uuid:message_id>/pages/<int:number>.png", who=SIGNED_IN, limit=PICTURES)
async def page(message_id: UUID, number: int) -> ResponseReturnValue:
    """The very bits of a fax page."""
    found = await service.read(message_id, actor().account_id or 0)
    if found.kind != "fax":
        raise NotFound
    return Response(await service.page_png(message_id, number), content_type="image/png")


@door.post("/messages/<uuid:message_id>/confirm", who=SIGNED_IN, limit=ACT)
async def confirm(message_id: UUID) -> ResponseReturnValue:
    """Send a draft. Where it cannot be sent the draft stays, and says why."""
    reader = actor()
    account_id = reader.account_id or 0
    seen: int | None = (await request.form).get("points", type=int)
    try:
        await service.confirm(message_id, account_id, reader.person_id, points=seen)
    except NotFound:
        raise
    except Problem as problem:
        if problem.code == "messages.price_changed":
            await service.reprice(message_id, account_id)
        return await _message_page(message_id, problem), problem.status
    return redirect(f"/messages/{message_id}")


@door.post("/messages/<uuid:message_id>/cancel", who=SIGNED_IN, limit=ACT)
async def cancel(message_id: UUID) -> ResponseReturnValue:
    """Drop a draft, or stop what has not been handed over yet."""
    try:
        await service.cancel(message_id, actor().account_id or 0)
    except NotFound:
        raise
    except Problem as problem:
        return await _message_page(message_id, problem), problem.status
    flash(N_("취소했습니다."))
    return redirect("/me/messages")


@door.get("/me/messages", who=SIGNED_IN, limit=READ)
async def mine() -> ResponseReturnValue:
    """All of one's orders, newest first."""
    service.profile()
    listed = await service.of_account(
        actor().account_id or 0, before=_moment("before"), limit=PAGE_ROWS + 1
    )
    older = listed[PAGE_ROWS - 1].created_at.isoformat() if len(listed) > PAGE_ROWS else None
    return await render(
        "messages/list.html",
        listed=listed[:PAGE_ROWS],
        newest="before" not in request.args,
        older=older,
    )


async def _message_page(message_id: UUID, problem: Problem | None = None) -> str:
    reader = actor()
    found = await service.read(message_id, reader.account_id or 0)
    balance = await mileage.balance(reader.person_id or 0)
    return await render(
        "messages/draft.html" if found.draft else "messages/follow.html",
        message=found,
        balance=balance,
        problem=problem,
    )


async def _sms_page(form: SmsForm) -> str:
    profile = service.profile()
    return await render(
        "messages/sms.html",
        form=form,
        spend=profile.mileage.spend.sms if profile.mileage else None,
        limits=profile.messages,
        balance=await mileage.balance(actor().person_id or 0),
    )


async def _fax_page(form: FaxForm) -> str:
    profile = service.profile()
    return await render(
        "messages/fax.html",
        form=form,
        spend=profile.mileage.spend.fax if profile.mileage else None,
        limits=profile.messages,
        balance=await mileage.balance(actor().person_id or 0),
    )


async def _verify_first() -> tuple[str, int]:
    """The word for somebody whose identity is not verified, and the way there."""
    service.profile()
    return await render("messages/verify_first.html"), 403


async def _earlier() -> dict[str, Any]:
    """Recipients and text of the order that `?from=` names, to be written anew."""
    try:
        found = await service.read(UUID(request.args["from"]), actor().account_id or 0)
    except (KeyError, ValueError, NotFound):
        return {}
    return {"to": "\n".join(each.number for each in found.recipients), "body": found.body}


def _moment(name: str) -> datetime | None:
    """The query's `name` as an instant; None where it is none."""
    try:
        found = datetime.fromisoformat(request.args[name])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo is not None else None
