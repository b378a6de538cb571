"""Where providers tell what became of an order: checked by its signature, stored, applied later."""

from collections.abc import Sequence
from contextlib import suppress

from quart import Response, request

from gateways.contract import Forged, Malformed, Provider, Receipt
from server import config
from server.core.i18n import N_
from server.core.web import KB, MB, PUBLIC, Door, Forbidden, Limit, NotFound, Problem
from server.messages import handlers, service

door = Door("callbacks")

SIGNED = "a provider's signature stands for the token"
LIMIT = Limit(120_000, "minute")
"""What a gateway of our own tells at its fastest: one that is turned away may not call again."""

LIMIT_DOCUMENTS = Limit(600, "minute")


@door.before_app_serving
async def open_providers() -> None:
    """A provider that lacks a credential stops the start, and not the first resident."""
    await handlers.roster()


@door.post("/callbacks/<provider>", who=PUBLIC, limit=LIMIT, body_max=256 * KB, csrf=SIGNED)
async def told(provider: str) -> Response:
    """A receipt, or several: 200 once they are stored, the same for those known already."""
    return await _stored(provider, await request.data)


@door.get("/callbacks/<provider>", who=PUBLIC, limit=LIMIT)
async def told_by_get(provider: str) -> Response:
    """As `told`, for gateways that call an address and say all in it (Kannel)."""
    return await _stored(provider, b"")


@door.post(
    "/callbacks/<provider>/documents",
    who=PUBLIC,
    limit=LIMIT_DOCUMENTS,
    body_max=24 * MB,
    csrf=SIGNED,
)
async def told_with_document(provider: str) -> Response:
    """As `told`, for providers whose news carries the whole fax: the address has to prove itself
    before so much is read."""
    reader = await _reader(provider)
    with suppress(Malformed):
        _read(reader, b"")
    return await _stored(provider, await request.data)


@door.post(
    "/callbacks/<provider>/<path:rest>", who=PUBLIC, limit=LIMIT, body_max=256 * KB, csrf=SIGNED
)
async def told_below(provider: str, rest: str) -> Response:  # noqa: ARG001
    """As `told`, for providers that want an address of their own for each kind of news."""
    return await _stored(provider, await request.data)


async def _stored(name: str, body: bytes) -> Response:
    reader = await _reader(name)
    try:
        receipts = _read(reader, body)
    except Malformed:
        raise Problem("messages.malformed", N_("읽을 수 없는 내용입니다."), 400) from None
    for receipt in receipts:
        await service.receive_receipt(receipt)
    # Some take 200 for an answer and nothing else (SOLAPI, Sinch).
    return Response(status=200)


async def _reader(name: str) -> Provider:
    provider = (await handlers.roster()).for_callback(name)
    if provider is None:
        raise NotFound
    return provider


def _read(provider: Provider, body: bytes) -> Sequence[Receipt]:
    url = config.settings().public_url + request.full_path.rstrip("?")
    try:
        return provider.parse_callback(dict(request.headers), body, url)
    except Forged:
        raise Forbidden("messages.forged", N_("서명이 맞지 않습니다.")) from None
