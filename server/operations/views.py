"""/status: whether the service is up, and the other ways to file (Y3-4, Act D6의2)."""

from server.core.web import PUBLIC, Door, Limit, render
from server.operations import rules, service
from server.ordinance import service as ordinance

door = Door("operations")


@door.get("/status", who=PUBLIC, limit=Limit(60, "minute"))
async def status() -> str:
    """Each part of the service in a word; telephone, visit and fax for when one fails."""
    parts = await service.status()
    district = ordinance.profile().district
    return await render(
        "operations/status.html", parts=parts, overall=rules.overall(parts), district=district
    )
