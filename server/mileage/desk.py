"""/desk/mileage: what the year's budget line has left, in won (Y15-4: within the budget)."""

from quart.typing import ResponseReturnValue

from server.core import clock
from server.core.web import Closed, Door, Limit, render, role
from server.mileage import service
from server.ordinance import service as ordinance

door = Door("mileage_desk")


@door.get("/desk/mileage", who=role("informatics", "audit", "admin"), limit=Limit(120, "minute"))
async def budget() -> ResponseReturnValue:
    """This year's line: voted, and left after what is set aside or spent."""
    profile = ordinance.profile(clock.today())
    if profile.mileage is None:
        raise Closed
    year = clock.today().year
    line = profile.mileage.budget_of(year)
    return await render(
        "mileage/budget.html",
        year=year,
        name=line.line if line else None,
        budget=await service.budget(year, line.won if line else 0),
    )
