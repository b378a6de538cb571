"""/desk/queue: what waits, what was given up, what runs by the clock (Y3-4)."""

from typing import Any

from quart.typing import ResponseReturnValue
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import RadioField
from wtforms.validators import InputRequired

from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import KB, Door, Limit, actor, redirect, render, role
from server.core.web.flashes import flash
from server.core.web.pages import number
from server.operations import rules, service

door = Door("operations_desk")
PAGE = 30
WHO = role("informatics", "admin")
ACT = Limit(60, "hour")


class DiscardForm(Form):
    """/desk/queue/<id>: why a dead letter is let go."""

    reason = RadioField(N_("버리는 까닭"), [InputRequired()], choices=rules.DISCARDS)


@door.get("/desk/queue", who=WHO, limit=Limit(120, "minute"))
async def queue() -> str:
    """The outbox by topic, dead letters with their reasons, and the timers."""
    before = number("before")
    dead = await service.dead_letters(before, PAGE + 1)
    return await render(
        "operations/queue.html",
        queue=await service.queue(),
        topics=rules.TOPICS,
        timers=await service.timers(),
        timer_words=rules.TIMERS,
        dead=dead[:PAGE],
        older=dead[PAGE - 1]["id"] if len(dead) > PAGE else None,
        first=before is None,
    )


@door.get("/desk/queue/<int:id>", who=WHO, limit=Limit(120, "minute"))
async def letter(id: int) -> ResponseReturnValue:  # noqa: A002 - the address calls it id
    """One dead letter: what it was to do, why it was given up, what may be done now."""
    return await _page(await service.dead_letter(id), DiscardForm())


@door.post("/desk/queue/<int:id>/discard", who=WHO, limit=ACT, body_max=16 * KB)
async def discard(id: int) -> ResponseReturnValue:  # noqa: A002
    """Let a dead letter go for good."""
    form = await DiscardForm.read()
    if not form.validate():
        return await _page(await service.dead_letter(id), form), 422
    official = actor()
    assert official.account_id is not None
    gone = await service.discard(id, form.reason.data, official.account_id)
    flash(N_("버렸습니다.") if gone else N_("이미 다시 보냈거나 버린 것입니다."))
    return redirect("/desk/queue")


async def _page(dead: dict[str, Any], form: DiscardForm) -> str:
    return await render("operations/letter.html", job=dead, form=form, topics=rules.TOPICS)


@door.post("/desk/queue/<int:id>/retry", who=WHO, limit=ACT)
async def retry(id: int) -> WerkzeugResponse:  # noqa: A002 - the address calls it id
    """Deliver a dead letter once more."""
    official = actor()
    assert official.account_id is not None
    revived = await service.retry(id, official.account_id)
    flash(N_("다시 보내도록 했습니다.") if revived else N_("이미 다시 보냈거나 버린 것입니다."))
    return redirect("/desk/queue")
