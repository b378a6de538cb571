"""/desk/sent: what the simulator 'sent', for telephones and fax machines that do not exist.

Only the demo has it.
"""

from quart import Response
from quart.typing import ResponseReturnValue

from server import config
from server.core import audit
from server.core.web import OFFICIAL, Closed, Door, Limit, NotFound, actor, render
from server.messages import handlers

door = Door("messages_desk")

READ = Limit(240, "minute")
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


def _demo_only() -> None:
    if config.settings().mode != "demo":
        raise Closed
