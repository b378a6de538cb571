"""Where providers tell what became of an order: checked by its signature, stored, applied later."""

from quart import Response, request

from gateways.contract import Forged, Malformed
from server import config
from server.core.i18n import N_
from server.core.web import KB, PUBLIC, Door, Forbidden, Limit, NotFound, Problem
from server.messages import handlers, service

door = Door("callbacks")

SIGNED = "a provider's signature stands for the token"
LIMIT = Limit(12_000, "minute")


@door.before_app_serving
async def open_providers() -> None:
    """A provider that lacks a credential stops the start, and not the first resident."""
    await handlers.roster()


@door.post("/callbacks/<provider>", who=PUBLIC, limit=LIMIT, body_max=256 * KB, csrf=SIGNED)
async def told(provider: str) -> Response:
    """A receipt, or several: 204 once they are stored, the same for those known already."""
    return await _stored(provider)


@door.post(
    "/callbacks/<provider>/<path:rest>", who=PUBLIC, limit=LIMIT, body_max=256 * KB, csrf=SIGNED
)
async def told_below(provider: str, rest: str) -> Response:  # noqa: ARG001
    """As `told`, for providers that want an address of their own for each kind of news."""
    return await _stored(provider)


async def _stored(name: str) -> Response:
    provider = (await handlers.roster()).for_callback(name)
    if provider is None:
        raise NotFound
    body: bytes = await request.data
    url = config.settings().public_url + request.full_path.rstrip("?")
    try:
        receipts = provider.parse_callback(dict(request.headers), body, url)
    except Forged:
        raise Forbidden("messages.forged", N_("서명이 맞지 않습니다.")) from None
    except Malformed:
        raise Problem("messages.malformed", N_("읽을 수 없는 내용입니다."), 400) from None
    for receipt in receipts:
        await service.receive_receipt(receipt)
    return Response(status=204)
