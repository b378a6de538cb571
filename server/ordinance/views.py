"""/ordinance: residents read how each clause is met, the text itself, and the rule (Y25)."""

from server.core import i18n
from server.core.i18n import N_
from server.core.web import PUBLIC, Door, Limit, NotFound, render
from server.ordinance import changes, service

door = Door("ordinance")

KINDS = {
    "application": N_("법정민원"),
    "statute_inquiry": N_("법령질의"),
    "procedure_inquiry": N_("절차질의"),
    "proposal": N_("건의민원"),
    "grievance": N_("고충민원"),
    "other": N_("기타민원"),
}
APPROVERS = {
    "handler": N_("담당자"),
    "team_head": N_("팀장"),
    "department_head": N_("부서장"),
}


@door.get("/ordinance", who=PUBLIC, limit=Limit(120, "minute"))
async def overview() -> str:
    """Every clause with what is proven of it."""
    chapters = service.duties(i18n.locale())
    duties = [duty for chapter in chapters for duty in chapter.duties]
    return await render(
        "ordinance/overview.html",
        rule=service.profile(),
        chapters=chapters,
        numbers_met=sum(duty.met for duty in duties),
        numbers=sum(len(duty.numbers) for duty in duties),
        clauses_met=sum(duty.state == "met" for duty in duties),
        clauses=len(duties),
    )


@door.get("/ordinance/<clause_id>", who=PUBLIC, limit=Limit(120, "minute"))
async def duty(clause_id: str) -> str:
    """One clause: its words, what it means, and where it works."""
    found = service.duty(clause_id, i18n.locale())
    if found is None:
        raise NotFound
    return await render("ordinance/duty.html", duty=found, rule=service.profile())


@door.get("/ordinance/text", who=PUBLIC, limit=Limit(120, "minute"))
async def text() -> str:
    """The ordinance word for word."""
    return await render("ordinance/text.html", rule=service.profile(), chapters=service.text())


@door.get("/ordinance/rule", who=PUBLIC, limit=Limit(120, "minute"))
async def rule() -> str:
    """What the office has set: prices, awards, periods; and what stood before each change."""
    return await render(
        "ordinance/rule.html",
        rule=service.profile(),
        record=changes.record(service.editions()),
        kinds=KINDS,
        approvers=APPROVERS,
    )
