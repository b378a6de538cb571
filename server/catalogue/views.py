"""The table of services for residents (Y9, O8-3): all of it, one service, and which are public."""

from quart import request
from quart.typing import ResponseReturnValue

from server.catalogue import pages, reading
from server.core.web import PUBLIC, Door, Limit, NotFound

door = Door("catalogue")

READ = Limit(240, "minute")


@door.get("/services", who=PUBLIC, limit=READ, cache=1)
async def services() -> ResponseReturnValue:
    """What the office handles: kinds, periods, fees, departments (Y9)."""
    return await pages.services(request.args.get("q", "").strip()[:100])


@door.get("/services/public", who=PUBLIC, limit=READ, cache=1)
async def public_kinds() -> ResponseReturnValue:
    """The kinds whose handling is public, and since when (O10-1)."""
    return await pages.public_kinds()


@door.get("/services/<slug>", who=PUBLIC, limit=READ, cache=1)
async def service(slug: str) -> ResponseReturnValue:
    """One service: what it is, how long, how much, with what papers, where."""
    kind = await reading.kind_by_slug(slug)
    if kind is None or not kind.active:
        raise NotFound
    return await pages.service(kind)
