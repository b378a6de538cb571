"""Where a fax server or a cloud hands over a fax that came in: proved, kept, and drawn later."""

import asyncio
import os

from quart import Response, request

from gateways import incoming
from gateways.contract import Forged, Malformed
from server import config
from server.complaints.faxes import receiving
from server.core import clock
from server.core.i18n import N_
from server.core.web import MB, PUBLIC, Door, Forbidden, Limit, NotFound, Problem

door = Door("callbacks_faxes")

SIGNED = "a provider's signature stands for the token"
LIMIT = Limit(600, "minute")
BODY_MAX = 44 * MB  # 30 MB as base64


@door.post("/callbacks/<provider>/fax", who=PUBLIC, limit=LIMIT, body_max=BODY_MAX, csrf=SIGNED)
async def received(provider: str) -> Response:
    """200 once it is kept, the same for what is known already."""
    secret = os.environ.get(incoming.SECRETS.get(provider, ""), "").strip()
    if not secret:
        raise NotFound
    url = config.settings().public_url + request.full_path.rstrip("?")
    headers = dict(request.headers)
    try:
        incoming.prove(url, secret)
        body = await request.data
        fax = await asyncio.to_thread(
            incoming.read, provider, headers, body, url, secret, clock.now()
        )
    except Forged:
        raise Forbidden("faxes.forged", N_("서명이 맞지 않습니다.")) from None
    except Malformed:
        raise Problem("faxes.malformed", N_("읽을 수 없는 내용입니다."), 400) from None
    if fax is not None:
        await receiving.take(fax)
    return Response(status=200)
