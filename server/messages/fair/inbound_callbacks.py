"""Where providers tell of an SMS that came in: checked by its signature, queued, heard later."""

from quart import Response, request

from gateways.contract import Forged, Hears, Malformed
from server import config
from server.core.i18n import N_
from server.core.web import KB, PUBLIC, Door, Forbidden, Limit, NotFound, Problem
from server.messages import handlers
from server.messages.delivery.callbacks import SIGNED
from server.messages.fair import inbound

door = Door("callbacks_inbound")

LIMIT = Limit(6_000, "minute")


@door.post("/callbacks/<provider>/inbound", who=PUBLIC, limit=LIMIT, body_max=64 * KB, csrf=SIGNED)
async def heard(provider: str) -> Response:
    """200 once it is queued, the same for what is known already."""
    found = (await handlers.roster()).for_callback(provider)
    if not isinstance(found, Hears):
        raise NotFound
    url = config.settings().public_url + request.full_path.rstrip("?")
    try:
        news = found.parse_inbound(dict(request.headers), await request.data, url)
    except Forged:
        raise Forbidden("messages.forged", N_("서명이 맞지 않습니다.")) from None
    except Malformed:
        raise Problem("messages.malformed", N_("읽을 수 없는 내용입니다."), 400) from None
    await inbound.take(news)
    return Response(status=200)
