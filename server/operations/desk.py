"""/desk/queue: what waits, what was given up, what runs by the clock (Y3-4)."""

from werkzeug.wrappers import Response as WerkzeugResponse

from server.core.i18n import N_
from server.core.web import Door, Limit, actor, redirect, render, role
from server.core.web.flashes import flash
from server.core.web.pages import number
from server.operations import rules, service

door = Door("operations_desk")
PAGE = 30


@door.get("/desk/queue", who=role("informatics", "admin"), limit=Limit(120, "minute"))
async def queue() -> str:
    """The outbox by topic, dead letters with their reasons, and the timers."""
    before = number("before")
    dead = await service.dead_letters(before, PAGE + 1)
    return await render(
        "operations/queue.html",
        queue=await service.queue(),
        topics=rules.TOPICS,
        timers=await service.timers(),
        words=rules.TIMERS,
        dead=dead[:PAGE],
        older=dead[PAGE - 1]["id"] if len(dead) > PAGE else None,
        first=before is None,
    )


@door.post("/desk/queue/<int:id>/retry", who=role("informatics", "admin"), limit=Limit(60, "hour"))
async def retry(id: int) -> WerkzeugResponse:  # noqa: A002 - the address calls it id
    """Deliver a dead letter once more."""
    official = actor()
    assert official.account_id is not None
    revived = await service.retry(id, official.account_id)
    flash(N_("다시 보내도록 했습니다.") if revived else N_("이미 다시 보낸 것입니다."))
    return redirect("/desk/queue")
