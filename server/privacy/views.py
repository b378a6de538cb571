"""The terms and the privacy policy, edition by edition, and the privacy officer (Y22-3, Y22-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.core.web import PUBLIC, Door, Limit, NotFound, render
from server.ordinance import service as ordinance
from server.privacy import service

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("privacy")

READ = Limit(240, "minute")


@door.get("/privacy", who=PUBLIC, limit=READ)
async def policy() -> ResponseReturnValue:
    """The privacy policy in force today, with the officer who answers for it."""
    return await _page(service.PRIVACY, service.current(service.PRIVACY).version)


@door.get("/privacy/<version>", who=PUBLIC, limit=READ)
async def policy_of(version: str) -> ResponseReturnValue:
    """An edition of the privacy policy, also one that holds no more."""
    return await _page(service.PRIVACY, version)


@door.get("/terms", who=PUBLIC, limit=READ)
async def terms() -> ResponseReturnValue:
    """The terms of use in force today."""
    return await _page(service.TERMS, service.current(service.TERMS).version)


@door.get("/terms/<version>", who=PUBLIC, limit=READ)
async def terms_of(version: str) -> ResponseReturnValue:
    """An edition of the terms, also one that holds no more."""
    return await _page(service.TERMS, version)


async def _page(document: str, version: str) -> str:
    editions = service.editions(document)
    edition = next((one for one in editions if one.version == version), None)
    if edition is None:
        raise NotFound
    return await render(
        "privacy/document.html",
        document=document,
        edition=edition,
        editions=editions,
        current=service.current(document),
        rule=ordinance.profile(),
    )
