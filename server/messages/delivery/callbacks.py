"""Where providers tell what became of an order: checked by its signature, stored, applied later."""

from collections.abc import Sequence
from contextlib import suppress

from quart import Response

from gateways.contract import Forged, Malformed, Provider, Receipt
from server import config
from server.core.i18n import N_
from server.core.web import (
    KB,
    MB,
    PUBLIC,
    Call,
    Door,
    Forbidden,
    Limit,
    NotFound,
    Problem,
    called,
    calling,
)
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


@door.calls("/callbacks/<provider>", method="POST", limit=LIMIT, body_max=256 * KB, proof=SIGNED)
async def told(call: Call, provider: str) -> None:
    """A receipt, or several: 200 once they are stored, the same for those known already.

    Some take 200 for an answer and nothing else (SOLAPI, Sinch).
    """
    await _store(await _reader(provider), call)


@door.calls("/callbacks/<provider>", method="GET", limit=LIMIT, body_max=0, proof=SIGNED)
async def told_by_get(call: Call, provider: str) -> None:
    """As `told`, for gateways that call an address and say all in it (Kannel)."""
    await _store(await _reader(provider), call)


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
        _read(reader, calling())
    await _store(reader, await called())
    return Response(status=200)


@door.calls(
    "/callbacks/<provider>/<path:rest>", method="POST", limit=LIMIT, body_max=256 * KB, proof=SIGNED
)
async def told_below(call: Call, provider: str, rest: str) -> None:  # noqa: ARG001
    """As `told`, for providers that want an address of their own for each kind of news."""
    await _store(await _reader(provider), call)


async def _store(reader: Provider, call: Call) -> None:
    try:
        receipts = _read(reader, call)
    except Malformed:
        raise Problem("messages.malformed", N_("읽을 수 없는 내용입니다."), 400) from None
    await service.receive_receipts(receipts)


async def _reader(name: str) -> Provider:
    provider = (await handlers.roster()).for_callback(name)
    if provider is None:
        raise NotFound
    return provider


def _read(provider: Provider, call: Call) -> Sequence[Receipt]:
    try:
        return provider.parse_callback(
            call.headers, call.body, config.settings().public_url + call.address
        )
    except Forged:
        raise Forbidden("messages.forged", N_("서명이 맞지 않습니다.")) from None
