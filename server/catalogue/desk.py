"""/desk/catalogue: the table as the complaints department keeps it (O8-3): versions, CSV."""

from quart import Response, request
from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.catalogue import exchange, keeping, pages, rules
from server.catalogue.forms import ImportForm, KindForm, TakeBackForm
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import MB, Door, Invalid, Limit, Problem, actor, redirect, render, role
from server.core.web.flashes import flash

door = Door("catalogue_desk", url_prefix="/desk/catalogue")

READ = Limit(240, "minute")
ACT = Limit(60, "minute")
WHO = role("complaints", "admin")
HOME = "/desk/catalogue"
STATES = {
    "new": (N_("새로"), "blue"),
    "changed": (N_("바뀜"), "amber"),
    "same": (N_("그대로"), "grey"),
    "fault": (N_("고칠 것"), "red"),
}


def me() -> int:
    """The account of the official at the desk."""
    account_id = actor().account_id
    assert account_id is not None, "every route here is for officials"
    return account_id


@door.get("", who=WHO, limit=READ)
async def table() -> ResponseReturnValue:
    """The whole table as it stands now, kinds that are no longer in use last."""
    query = request.args.get("q", "").strip()[:100]
    return await pages.desk_table(query)


@door.get("/table.csv", who=WHO, limit=READ)
async def export() -> ResponseReturnValue:
    """The table for a spreadsheet."""
    name = f'attachment; filename="catalogue-{clock.today():%Y%m%d}.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    text = await exchange.exported()
    return Response(text.encode(), content_type="text/csv; charset=utf-8", headers=headers)


@door.get("/import", who=WHO, limit=READ)
async def import_form() -> ResponseReturnValue:
    """Asks for a spreadsheet."""
    return await render("catalogue/desk/import.html", form=ImportForm(), found=None)


@door.post("/import", who=WHO, limit=ACT, body_max=2 * MB)
async def bring_in() -> ResponseReturnValue:
    """Shows what a spreadsheet would do, or with `apply` does it."""
    form = await ImportForm.read()
    try:
        text = form.csv
        if form.apply.data and form.validate():
            seen, basis = form.seen.data or "", form.basis.data
            claim = form.claim
            done = await exchange.bring_in(text, form.since_at, basis, seen, me(), claim=claim)
            flash(N_("%(count)s줄을 반영했습니다."), count=done)
            return redirect(HOME)
    except Problem as problem:
        form.complain(problem)
        if problem.code == "catalogue.changed":
            return await _dry_run(form, text), 409
        if problem.field == "file":
            return await _import_page(form), problem.status
        return await _dry_run(form, text), problem.status
    return await _dry_run(form, text), 422 if form.apply.data else 200


async def _dry_run(form: ImportForm, text: str) -> str:
    try:
        found = await exchange.dry_run(text, form.since_at)
    except Invalid as invalid:
        form.complain(invalid)
        return await _import_page(form)
    form.text.data, form.seen.data = text, found.stamp
    rows = [
        (
            row,
            i18n.gettext(STATES[row.state][0]),
            STATES[row.state][1],
            [(i18n.gettext(label), say(why)) for label, why in row.faults],
        )
        for row in found.rows
        if row.state != "same"
    ]
    return await render("catalogue/desk/import.html", form=form, found=found, rows=rows)


async def _import_page(form: ImportForm) -> str:
    return await render("catalogue/desk/import.html", form=form, found=None)


@door.get("/new", who=WHO, limit=READ)
async def new_form() -> ResponseReturnValue:
    """An empty row."""
    return await _page(KindForm(), None)


@door.post("/new", who=WHO, limit=ACT)
async def create() -> ResponseReturnValue:
    """A new kind."""
    return await _saved(await KindForm.read(), None)


@door.get("/<slug>", who=WHO, limit=READ)
async def kind(slug: str) -> ResponseReturnValue:
    """A kind as it stands, to be changed, with all its versions."""
    kept = await keeping.kept(slug)
    newest = kept.coming or kept.current
    assert newest is not None, "a kind has a version that stands"
    return await _page(KindForm.of(newest.terms, kept.newest), kept)


@door.post("/<slug>", who=WHO, limit=ACT)
async def change(slug: str) -> ResponseReturnValue:
    """A new version of it."""
    form = await KindForm.read()
    form.slug.data = slug
    return await _saved(form, await keeping.kept(slug))


@door.post("/<slug>/versions/<int:number>/take-back", who=WHO, limit=ACT)
async def take_back(slug: str, number: int) -> ResponseReturnValue:
    """Take back a version whose day has not come."""
    await TakeBackForm.read()
    await keeping.take_back(slug, number, me())
    flash(N_("시행 전인 판을 되돌렸습니다."))
    return redirect(f"{HOME}/{slug}")


async def _saved(form: KindForm, kept: keeping.Kept | None) -> ResponseReturnValue:
    form.offer(await accounts.departments())
    terms = form.terms() if form.validate() else None
    if terms is None:
        return await _page(form, kept), 422
    departments = {dept.slug for dept in await accounts.departments()}
    faults = list(rules.faults(terms, departments))
    for field, why in faults:
        form[field].errors = [*form[field].errors, say(why)]
    if faults:
        return await _page(form, kept), 422
    newest = (form.newest.data or 0) if kept else 0
    basis, claim = form.basis.data, form.claim
    try:
        await keeping.change(terms, form.since_at, basis, me(), newest=newest, claim=claim)
    except Problem as problem:
        form.complain(problem)
        if problem.status == 409 and kept is not None:
            form.newest.data = kept.newest
        return await _page(form, kept), problem.status
    flash(N_("새 판을 저장했습니다."))
    return redirect(f"{HOME}/{terms.slug}")


async def _page(form: KindForm, kept: keeping.Kept | None) -> str:
    form.offer(await accounts.departments())
    return await pages.desk_kind(form, kept)
