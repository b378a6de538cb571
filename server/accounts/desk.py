"""The desk's pages for residents who bring their identity card: codes, and new passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.accounts import rules, service
from server.accounts.forms import DeskPasswordForm, DeskVerifyForm, refuse
from server.core import clock
from server.core.i18n import N_
from server.core.web import Door, Limit, Problem, actor, render, role

if TYPE_CHECKING:
    from datetime import date

    from quart.typing import ResponseReturnValue

door = Door("desk_identity")

AT_THE_DESK = role("complaints", "admin")


@door.get("/desk/verify", who=AT_THE_DESK, limit=Limit(240, "minute"))
async def verify_form() -> ResponseReturnValue:
    """What stands on the identity card, to be typed."""
    return await _page(DeskVerifyForm(), asked=False)


@door.post("/desk/verify", who=AT_THE_DESK, limit=Limit(60, "minute"))
async def issue_code() -> ResponseReturnValue:
    """Compare the card with the account and show a one-time code."""
    form = await DeskVerifyForm.read()
    born = _born(form)
    if born is None:
        return await _page(form, asked=bool(form.namesake.data)), 422
    try:
        issued = await service.issue_code(
            actor().account_id or 0,
            form.who.data,
            form.name.data,
            born,
            namesake=form.namesake.data,
            claim=form.claim,
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        asked = form.namesake.data or isinstance(problem, service.IdentityTaken)
        return await _page(form, asked=asked), status, headers
    return await render(
        "accounts/desk/code.html", issued=issued, code=rules.code_shown(issued.code)
    )


@door.get("/desk/password", who=AT_THE_DESK, limit=Limit(240, "minute"))
async def password_form() -> ResponseReturnValue:
    """What stands on the identity card, to be typed."""
    return await render("accounts/desk/forgotten.html", form=DeskPasswordForm())


@door.post("/desk/password", who=AT_THE_DESK, limit=Limit(60, "minute"))
async def reset_password() -> ResponseReturnValue:
    """Compare the card with the account and show a temporary password on this one page."""
    form = await DeskPasswordForm.read()
    born = _born(form)
    if born is None:
        return await render("accounts/desk/forgotten.html", form=form), 422
    try:
        given = await service.reset_of_resident(
            actor().account_id or 0, form.who.data, form.name.data, born, claim=form.claim
        )
    except Problem as problem:
        status, headers = refuse(form, problem)
        return await render("accounts/desk/forgotten.html", form=form), status, headers
    return await render(
        "accounts/desk/password.html",
        official=await service.own_account(given.account_id),
        password=given.temporary_password,
        after="/desk/password",
        onward=N_("다음 사람"),
    )


def _born(form: DeskVerifyForm | DeskPasswordForm) -> date | None:
    """The date of birth of a form that is in order; None where the form has to come back."""
    fine = form.validate()
    born = rules.parse_day(form.birth_date.data or "")
    fault = rules.birth_date_fault(born, clock.today())
    if fault and fine:
        form.birth_date.errors = [form.birth_date.gettext(fault)]
    return born if fine and not fault else None


async def _page(form: DeskVerifyForm, *, asked: bool) -> str:
    """`asked`: whether the question of a namesake has come up."""
    return await render("accounts/desk/verify.html", form=form, asked=asked)
