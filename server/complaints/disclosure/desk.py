"""The desk's pages of disclosure (Y10-2), and of a case's own password (Y12-3)."""

from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.complaints.arrival import guests
from server.complaints.disclosure import disclosing
from server.complaints.disclosure.forms import CasePasswordForm, RulingForm
from server.complaints.showing import pages
from server.core import audit
from server.core.i18n import N_
from server.core.web import Door, Limit, NotFound, Problem, actor, redirect, render, role
from server.core.web.flashes import flash

door = Door("complaints_disclosure", url_prefix="/desk/complaints")

READ = Limit(600, "minute")
ACT = Limit(600, "hour")
DISCLOSURE = role("complaints", "audit")
AT_THE_DESK = role("complaints")


@door.get("/<number>/disclosure", who=DISCLOSURE, limit=READ)
async def disclosure_form(number: str) -> ResponseReturnValue:
    """What the public reads, what was decided, and room to decide."""
    found = await disclosing.disclosed(pages.known_number(number), actor())
    return await _page(found, RulingForm(version=found.version))


@door.post("/<number>/disclosure", who=DISCLOSURE, limit=ACT)
async def decide(number: str) -> ResponseReturnValue:
    """Close it, open it again, or cover more of it."""
    known = pages.known_number(number)
    form = await RulingForm.read()
    status = 422
    if form.validate():
        try:
            version = form.version.data
            await disclosing.decide(
                known, actor(), form.decision, version=version, claim=form.claim
            )
        except Problem as problem:
            if problem.status in {403, 404}:
                raise
            form.complain(problem)
            status = problem.status
        else:
            await pages.gone_everywhere()
            flash(N_("공개 상태를 바꾸고 민원인에게 알렸습니다."))
            return redirect(f"/desk/complaints/{known}/disclosure")
    found = await disclosing.disclosed(known, actor())
    form.version.raw_data = [str(found.version)]
    return await _page(found, form), status


@door.get("/<number>/password", who=AT_THE_DESK, limit=READ)
async def password_form(number: str) -> ResponseReturnValue:
    """What stands on the identity card, to be typed."""
    return await _password_page(await _guest(number), CasePasswordForm())


@door.post("/<number>/password", who=AT_THE_DESK, limit=Limit(60, "hour"))
async def change_password(number: str) -> ResponseReturnValue:
    """Another password for the case, shown on this one page."""
    known = await _guest(number)
    form = await CasePasswordForm.read()
    if not form.validate():
        return await _password_page(known, form), 422
    password = accounts.temporary()
    kept = await accounts.hashed_case_password(password, ())
    try:
        await guests.change_password(
            known, actor(), form.name.data, claim=form.claim, password_hash=kept
        )
    except Problem as problem:
        form.complain(problem)
        return await _password_page(known, form), problem.status
    return await render("complaints/desk/password_given.html", number=known, password=password)


async def _page(found: disclosing.Disclosed, form: RulingForm) -> str:
    return await render("complaints/desk/disclosure.html", d=found, form=form)


async def _guest(number: str) -> str:
    """The number of a case with a password of its own; looking at it is recorded."""
    known = pages.known_number(number)
    if not await guests.is_guest(known):
        raise NotFound
    page = f"/desk/complaints/{known}/password"
    await audit.accessed(actor().account_id, f"complaint:{known}", page)
    return known


async def _password_page(number: str, form: CasePasswordForm) -> str:
    return await render("complaints/desk/password.html", number=number, form=form)
