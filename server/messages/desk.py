"""The officials' side of messages: what the simulator 'sent', and the queue with its dead letters.

/desk/sent stands for telephones and fax machines that do not exist, so only the demo has it.
"""

from quart import Response
from quart.typing import ResponseReturnValue

from server import config
from server.core import audit, outbox
from server.core.i18n import N_
from server.core.web import OFFICIAL, Closed, Door, Limit, NotFound, actor, redirect, render, role
from server.core.web.flashes import flash
from server.core.web.pages import number as number_argument
from server.messages import handlers, queue

door = Door("messages_desk")

READ = Limit(240, "minute")
DEAD_SHOWN = 50
SENT_SHOWN = 100


@door.get("/desk/sent", who=OFFICIAL, limit=READ)
async def sent() -> ResponseReturnValue:
    """What was 'sent' last: SMS as the phone shows it, fax as it is printed."""
    _demo_only()
    await audit.accessed(actor().account_id, "simulator", "desk.sent")
    return await render("messages/desk/sent.html", sent=await handlers.sent(SENT_SHOWN))


@door.get("/desk/sent/<order_id>.<kind>", who=OFFICIAL, limit=READ)
async def sent_fax(order_id: str, kind: str) -> ResponseReturnValue:
    """A fax as PDF or TIFF, or its first page as PNG."""
    _demo_only()
    found = await handlers.sent_fax(order_id, kind)
    if found is None:
        raise NotFound
    await audit.accessed(actor().account_id, "simulator", "desk.sent")
    content, content_type = found
    return Response(content, content_type=content_type)


@door.get("/desk/queue", who=role("informatics"), limit=READ)
async def waiting() -> ResponseReturnValue:
    """What waits, what is late, what is dead and may be tried again."""
    before = number_argument("before")
    dead = await outbox.dead_letters(DEAD_SHOWN + 1, before)
    return await render(
        "messages/desk/queue.html",
        topics=[queue.Topic(name, **row) for name, row in (await outbox.pending_counts()).items()],
        orders=await queue.open_orders(),
        dead=dead[:DEAD_SHOWN],
        newest=before is None,
        older=dead[DEAD_SHOWN - 1]["id"] if len(dead) > DEAD_SHOWN else None,
    )


@door.post("/desk/queue/<int:number>/retry", who=role("informatics"), limit=Limit(600, "hour"))
async def retry(number: int) -> ResponseReturnValue:
    """Bring a dead letter back to life."""
    if not await queue.retry(number, actor().account_id):
        raise NotFound
    flash(N_("다시 보내도록 했습니다."))
    return redirect("/desk/queue")


def _demo_only() -> None:
    if config.settings().mode != "demo":
        raise Closed
