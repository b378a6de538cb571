"""/desk/told: an official looks up what the parties of a complaint were told (D29, O17-2)."""

from quart import request
from quart.typing import ResponseReturnValue

from server.core import audit, ids
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import Door, Limit, NotFound, Problem, actor, render, role
from server.operations import telling

door = Door("operations_telling")

WHO = role("complaints", "handler", "team_head", "head", "examiner", "audit")
NUMBER_LETTERS_MAX = 40


@door.get("/desk/told", who=WHO, limit=Limit(120, "minute"))
async def told() -> ResponseReturnValue:
    """Kind, way, time and fate of everything told about one case; every look is recorded."""
    asked = request.args.get("number", "").strip()[:NUMBER_LETTERS_MAX]
    if not asked:
        return await render("operations/told.html", asked="", told=None, problem=None)
    try:
        found = await telling.told(ids.parse_receipt(asked) or "", actor())
    except NotFound:
        problem = Problem(
            "operations.no_case", N_("그런 접수번호의 민원이 없거나 볼 수 없는 민원입니다."), 404
        )
        page = await render("operations/told.html", asked=asked, told=None, problem=problem)
        return page, problem.status
    await audit.accessed(actor().account_id, found.subject, "/desk/told")
    return await render(
        "operations/told.html",
        asked=found.number,
        told=found,
        ways=telling.WAYS,
        say=say,
        problem=None,
    )
