"""The desk of held orders, and the switch that stops all sending (Y15-4).

Of a held order an official reads its text and nothing else; who has read it is written down.
"""

from datetime import datetime
from uuid import UUID

from quart import request
from quart.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import (
    KB,
    Conflict,
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
from server.fairuse import service as fairuse
from server.messages.fair import held, switching
from server.messages.orders import ordering
from server.messages.orders.holding import DESK, REVIEWERS

door = Door("messages_held")

READ = Limit(240, "minute")
ACT = Limit(60, "minute")
WHO = role(*REVIEWERS)
SWITCHERS = role("informatics", "admin")
SWITCH = "/desk/messages/stop"
SHOWN = 50


class RefusalForm(Form):
    """Why an order is not sent."""

    reason = TextAreaField(N_("보내지 않는 까닭"), [InputRequired(), Length(max=held.REASON_MAX)])


class StopForm(Form):
    """Why all sending stops."""

    reason = StringField(N_("멈추는 까닭"), [InputRequired(), Length(max=held.REASON_MAX)])


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


@door.get(DESK, who=WHO, limit=READ)
async def waiting() -> ResponseReturnValue:
    """What is to be looked at, the oldest first."""
    ordering.profile()
    cases = await held.waiting(SHOWN + 1, _moment())
    return await render(
        "messages/desk/held.html",
        cases=cases[:SHOWN],
        more=cases[SHOWN - 1].held_at.isoformat() if len(cases) > SHOWN else None,
        grounds=fairuse.GROUND_WORDS,
    )


@door.get(f"{DESK}/<uuid:message_id>", who=WHO, limit=READ)
async def case(message_id: UUID) -> ResponseReturnValue:
    """One of them: its text, and what stands out in it. A notice may lead here too late."""
    try:
        return await _case_page(message_id, RefusalForm())
    except Conflict as over:
        flash(over.sentence)
        return redirect(DESK)


@door.post(f"{DESK}/<uuid:message_id>/release", who=WHO, limit=ACT, body_max=16 * KB)
async def release(message_id: UUID) -> ResponseReturnValue:
    """Let it go."""
    form = await Form.read()
    await held.release(message_id, me(), form.claim)
    flash(N_("보내도록 했습니다."))
    return redirect(DESK)


@door.post(f"{DESK}/<uuid:message_id>/refuse", who=WHO, limit=ACT, body_max=16 * KB)
async def refuse(message_id: UUID) -> ResponseReturnValue:
    """Do not send it."""
    form = await RefusalForm.read()
    if not form.validate():
        return await _case_page(message_id, form), 422
    try:
        await held.refuse(message_id, form.reason.data, me(), form.claim)
    except (NotFound, Conflict):
        raise
    except Problem as problem:
        form.complain(problem)
        return await _case_page(message_id, form), problem.status
    flash(N_("보내지 않기로 하고 마일리지를 돌려드렸습니다."))
    return redirect(DESK)


@door.get(SWITCH, who=SWITCHERS, limit=READ)
async def switch() -> ResponseReturnValue:
    """Whether sending is stopped, and since when it was before."""
    return await _switch_page(StopForm())


@door.post(SWITCH, who=SWITCHERS, limit=ACT, body_max=16 * KB)
async def stop() -> ResponseReturnValue:
    """Stop all sending."""
    form = await StopForm.read()
    if not form.validate():
        return await _switch_page(form), 422
    try:
        await fairuse.stop(form.reason.data, me(), form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _switch_page(form), problem.status
    flash(N_("모든 보내기를 멈추었습니다. 기다리는 것은 그대로 있습니다."))
    return redirect(SWITCH)


@door.post(f"{SWITCH}/resume", who=SWITCHERS, limit=ACT, body_max=16 * KB)
async def resume() -> ResponseReturnValue:
    """Let everything be sent again."""
    await request.form
    resumed = await switching.resume(me())
    flash(N_("다시 보내기 시작했습니다.") if resumed else N_("보내기는 멈추어 있지 않습니다."))
    return redirect(SWITCH)


async def _case_page(message_id: UUID, form: RefusalForm) -> str:
    return await render(
        "messages/desk/held_case.html",
        case=await held.case(message_id, me()),
        form=form,
        grounds=fairuse.GROUND_WORDS,
    )


async def _switch_page(form: StopForm) -> str:
    ordering.profile()
    return await render(
        "messages/desk/switch.html",
        form=form,
        stopped=await fairuse.stopped(),
        latest=await fairuse.latest(),
    )


def _moment() -> datetime | None:
    try:
        found = datetime.fromisoformat(request.args["after"])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo is not None else None
