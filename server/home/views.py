"""The front page, `/me`, and the desk's first page: each gathers, none decides (Y3-1, Y16)."""

from typing import TYPE_CHECKING, Any, cast

from quart import current_app

from server.accounts import service as accounts
from server.complaints import service as complaints
from server.core.phrases import say
from server.core.web import (
    OFFICIAL,
    PUBLIC,
    SIGNED_IN,
    Actor,
    Door,
    Forbidden,
    Limit,
    actor,
    keep_on_phone,
    render,
)
from server.core.web.pages import number
from server.home import cards, rooms, words
from server.mileage import service as mileage
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from server.core.web.application import Application

door = Door("home")
NEWEST = 3
COMPLETED = 2
OWN = 3
PAGE = 20
WORK = 5


@door.get("/", who=PUBLIC, limit=Limit(240, "minute"))
async def front() -> str:
    """What the reader came for in one big button, then what is theirs, then the neighbourhood."""
    reader = actor()
    return await render(
        "home/front.html",
        services=_open(rooms.SERVICES),
        news=await _neighbourhood(),
        departments=await _departments(),
        **(await _own(reader) if reader.kind == "resident" else {}),
    )


@door.get("/words", who=PUBLIC, limit=Limit(240, "minute"))
async def plain_words() -> str:
    """What the office's words mean."""
    return await render("home/words.html", groups=words.GROUPS)


@door.get("/me", who=SIGNED_IN, limit=Limit(120, "minute"))
async def me() -> str:
    """Everything that is the reader's own, as a menu."""
    reader = actor()
    points = await mileage.balance(reader.person_id) if reader.person_id is not None else None
    return await render("home/me.html", rooms=_open(rooms.MINE), points=points)


@door.get("/me/complaints", who=SIGNED_IN, limit=Limit(120, "minute"))
async def my_complaints() -> str:
    """All of one's own complaints, public or not, the newest first."""
    reader = actor()
    assert reader.account_id is not None
    before = number("before")
    keep_on_phone()
    own = list(await complaints.of_applicant(reader.account_id, PAGE + 1, before))
    known = await _departments()
    return await render(
        "home/complaints.html",
        own=[cards.card(each, known) for each in own[:PAGE]],
        steps=cards.STEPS,
        older=own[PAGE - 1].id if len(own) > PAGE else None,
        first=before is None,
    )


@door.get("/desk", who=OFFICIAL, limit=Limit(240, "minute"))
async def desk() -> str:
    """Where an official begins: what waits, and the rooms of their roles."""
    reader = actor()
    try:
        work = await complaints.work(reader, complaints.first_tab(reader))
        raised = await complaints.redress_waiting(reader)
    except Forbidden:
        work, raised = None, 0
    groups = ((words, _open(those)) for words, those in rooms.DESK)
    tasks = [(words, those) for words, those in groups if those]
    return await render(
        "home/desk.html", rooms=tasks, work=work, raised=raised, shown=WORK, say=say
    )


async def _own(reader: Actor) -> dict[str, Any]:
    """A resident's greeting, points and complaints."""
    assert reader.account_id is not None
    known = await _departments()
    own = await complaints.of_applicant(reader.account_id, OWN)
    has_mileage = ordinance.profile().has_mileage
    waiting = [] if reader.verified or not has_mileage else await mileage.waiting(reader.account_id)
    return {
        "own": [cards.card(each, known) for each in own],
        "steps": cards.STEPS,
        "points": await mileage.balance(reader.person_id) if reader.person_id else None,
        "waiting": sum(each.points for each in waiting),
    }


async def _neighbourhood() -> list[complaints.Listed]:
    """The newest public complaints, and the newest that have been done."""
    newest = await complaints.public_list(limit=NEWEST)
    done = await complaints.public_list(stage="completed", limit=COMPLETED)
    found = {one.id: one for one in (*newest.items, *done.items)}
    return sorted(found.values(), key=lambda one: -one.id)


async def _departments() -> dict[int, accounts.Dept]:
    return {dept.id: dept for dept in await accounts.departments(every=True)}


def _open(which: tuple[rooms.Room, ...]) -> list[rooms.Room]:
    return rooms.open_to(cast("Application", current_app), actor(), ordinance.profile(), which)
