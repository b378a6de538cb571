"""SMS and fax once they are written: see the price and the very thing, send, follow (Y15-4)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quart import request
from quart.typing import ResponseReturnValue

from server.addressbook import service as addressbook
from server.core import clock
from server.core.i18n import N_
from server.core.web import (
    SIGNED_IN,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    follow,
    number,
    redirect,
    render,
)
from server.core.web.flashes import flash
from server.fairuse import service as fairuse
from server.messages import rules, service
from server.mileage import service as mileage

door = Door("messages")

READ = Limit(240, "minute")
ACT = Limit(120, "hour")
PAGE_ROWS = 20
FOLLOW_SECONDS = 10
"""How often the page of an order comes anew by itself, for whoever asks it to."""


@door.get("/messages/<uuid:message_id>", who=SIGNED_IN, limit=READ)
async def message(message_id: UUID) -> ResponseReturnValue:
    """The draft with its price, or what became of the order."""
    service.profile()
    await follow(f"message:{message_id}", said=N_("보내는 상황이 바뀌었어요."))
    return await _message_page(message_id)


@door.post("/messages/<uuid:message_id>/confirm", who=SIGNED_IN, limit=ACT)
async def confirm(message_id: UUID) -> ResponseReturnValue:
    """Send a draft, now or at the hour that was chosen. Where it cannot be sent the draft stays,
    and says why."""
    reader = actor()
    account_id = reader.account_id or 0
    typed = await request.form
    seen: int | None = typed.get("points", type=int)
    try:
        if "acknowledged" in typed:
            await service.acknowledge(message_id, account_id)
        at = rules.hour(typed.get("day", ""), typed.get("time", ""))
        await service.confirm(
            message_id,
            account_id,
            reader.person_id,
            points=seen,
            at=at,
            sender=typed.get("sender"),
            declared="declared" in typed,
        )
    except NotFound:
        raise
    except Problem as problem:
        if problem.code == "messages.price_changed":
            await service.reprice(message_id, account_id)
        if problem.code == "messages.sender_changed":
            await service.renumber(message_id, account_id)
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
    limits = service.profile().messages
    today = clock.today()
    return await render(
        "messages/draft.html" if found.draft else "messages/follow.html",
        message=found,
        fair=await service.fair(message_id, reader.account_id or 0),
        grounds=fairuse.GROUND_WORDS,
        fax=await service.read_sheet(message_id) if found.kind == "fax" else None,
        to=min(number("to") or 1, len(found.recipients)),
        balance=balance,
        problem=problem,
        typed=await request.form if problem is not None else {},
        today=today,
        last_day=today + timedelta(days=limits.schedule_days_max if limits else 0),
        follow="follow" in request.args and found.ended_at is None,
        every=FOLLOW_SECONDS,
    )


async def verify_first() -> tuple[str, int]:
    """The word for somebody whose identity is not verified, and the way there."""
    service.profile()
    return await render("messages/verify_first.html"), 403


async def earlier() -> dict[str, Any]:
    """Recipients and text of the order that `?from=` names, to be written anew. Where each had his
    own text it was written with a list, while that is kept, or with the address book."""
    account_id = actor().account_id or 0
    try:
        found = await service.read(UUID(request.args["from"]), account_id)
    except (KeyError, ValueError, NotFound):
        return {}
    given: dict[str, Any] = {"body": found.body}
    if found.sheet_id is not None:
        return given | {"kept_sheet": str(found.sheet_id)}
    known = {}
    if found.personal:
        known = {one.number.pretty: one for one in (await addressbook.book(account_id)).entries}
    written = [one.number for one in found.recipients]
    return given | {
        "to": "\n".join(one for one in written if one not in known),
        "pick": [known[one].pick for one in written if one in known],
    }


def _moment(name: str) -> datetime | None:
    """The query's `name` as an instant; None where it is none."""
    try:
        found = datetime.fromisoformat(request.args[name])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo is not None else None
