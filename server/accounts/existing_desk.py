"""/desk/mileage/members: an administrator brings in the old system's members (Y15-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import existing, existing_rules
from server.accounts.forms import MembersForm
from server.core import clock
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import (
    KB,
    MB,
    Closed,
    Door,
    Limit,
    NotFound,
    Problem,
    actor,
    redirect,
    render,
    role,
)
from server.core.web.flashes import flash
from server.ordinance import service as ordinance

if TYPE_CHECKING:
    from quart.typing import ResponseReturnValue

door = Door("existing_members", url_prefix="/desk/mileage/members")

READ = Limit(120, "minute")
ACT = Limit(30, "minute")
WHO = role("admin")
HOME = "/desk/mileage/members"


@door.get("", who=WHO, limit=READ)
async def form() -> ResponseReturnValue:
    """Asks for the list, and shows those brought in before."""
    return await _page(MembersForm())


@door.post("", who=WHO, limit=ACT, body_max=existing_rules.BYTES_MAX + MB)
async def bring() -> ResponseReturnValue:
    """Read a list, and show what it would do."""
    form = await MembersForm.read()
    try:
        brought = await existing.bring_members(form.content, actor().account_id, claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        return await _page(form), problem.status
    return redirect(f"{HOME}/{brought}")


@door.get("/<int:import_id>", who=WHO, limit=READ)
async def brought(import_id: int) -> ResponseReturnValue:
    """What a list would do, or has done."""
    return await _brought(import_id)


@door.post("/<int:import_id>", who=WHO, limit=ACT, body_max=16 * KB)
async def confirm(import_id: int) -> ResponseReturnValue:
    """Let it count."""
    form = await MembersForm.read()
    try:
        done = await existing.confirm_members(import_id, actor().account_id, claim=form.claim)
    except NotFound:
        raise
    except Problem as problem:
        bare = MembersForm()
        bare.complain(problem)
        return await _page(bare), problem.status
    flash(N_("기존 회원 %(count)s명을 반영했습니다."), count=done.new)
    return redirect(HOME)


async def _page(form: MembersForm) -> str:
    rule = ordinance.profile(clock.today()).mileage
    if rule is None:
        raise Closed
    return await render(
        "accounts/desk/members.html",
        form=form,
        earlier=await existing.earlier_imports(),
        opening=rule.opening,
        points=rule.award.existing.points,
    )


async def _brought(import_id: int) -> str:
    found = await existing.brought_members(import_id)
    faults = [(fault.line, say(existing_rules.words_of(fault))) for fault in found.faults]
    return await render("accounts/desk/members_brought.html", found=found, faults=faults)
