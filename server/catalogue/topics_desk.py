"""/desk/catalogue/topics: what residents choose, as the complaints department keeps it (O8-3)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from quart.typing import ResponseReturnValue

from server.accounts import service as accounts
from server.catalogue import keeping, reading, topics
from server.catalogue.desk import ACT, HOME, READ, WHO, me
from server.catalogue.forms import TakeBackForm, TopicForm
from server.catalogue.topics import VersionView
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import Door, Problem, redirect, render
from server.core.web.flashes import flash

door = Door("catalogue_topics", url_prefix="/desk/catalogue/topics")

TOPICS = f"{HOME}/topics"


@door.get("", who=WHO, limit=READ)
async def table() -> ResponseReturnValue:
    """Every topic, those that are no longer in use last."""
    names = await _department_names()
    rows = [
        (row, names.get(row.department_id or 0, ""), row.since > clock.now())
        for row in await topics.table()
    ]
    return await render("catalogue/desk/topics.html", rows=rows)


@door.get("/new", who=WHO, limit=READ)
async def new_form() -> ResponseReturnValue:
    """An empty topic."""
    return await _page(TopicForm(), None)


@door.post("/new", who=WHO, limit=ACT)
async def create() -> ResponseReturnValue:
    """A new topic."""
    return await _saved(await TopicForm.read(), None)


@door.get("/<slug>", who=WHO, limit=READ)
async def topic(slug: str) -> ResponseReturnValue:
    """A topic as it stands, to be changed, with all its versions."""
    newest = next(one for one in await topics.kept(slug) if not one.taken_back)
    number = max(one.number for one in await topics.kept(slug))
    return await _page(TopicForm(data=asdict(newest.terms) | {"newest": number}), slug)


@door.post("/<slug>", who=WHO, limit=ACT)
async def change(slug: str) -> ResponseReturnValue:
    """A new version of it."""
    await topics.kept(slug)
    form = await TopicForm.read()
    form.slug.data = slug
    return await _saved(form, slug)


@door.post("/<slug>/versions/<int:number>/take-back", who=WHO, limit=ACT)
async def take_back(slug: str, number: int) -> ResponseReturnValue:
    """Take back a version whose day has not come."""
    await TakeBackForm.read()
    await topics.take_back(slug, number, me())
    flash(N_("시행 전인 판을 되돌렸습니다."))
    return redirect(f"{TOPICS}/{slug}")


async def _saved(form: TopicForm, slug: str | None) -> ResponseReturnValue:
    departments, kinds = await accounts.departments(), await reading.kinds()
    form.offer(departments, kinds)
    if not form.validate():
        return await _page(form, slug), 422
    terms = form.terms
    found = list(
        topics.faults(
            terms, {dept.slug for dept in departments}, {kind.slug for kind in kinds if kind.online}
        )
    )
    for field, why in found:
        form[field].errors = [*form[field].errors, say(why)]
    if found:
        return await _page(form, slug), 422
    newest = (form.newest.data or 0) if slug else 0
    try:
        basis = form.basis.data
        await topics.change(terms, form.since_at, basis, me(), newest=newest, claim=form.claim)
    except Problem as problem:
        form.complain(problem)
        if problem.status == 409 and slug is not None:
            form.newest.data = max(one.number for one in await topics.kept(slug))
        return await _page(form, slug), problem.status
    flash(N_("새 판을 저장했습니다."))
    return redirect(f"{TOPICS}/{terms.slug}")


async def _page(form: TopicForm, slug: str | None) -> str:
    form.offer(await accounts.departments(), await reading.kinds())
    kept = await topics.kept(slug) if slug else []
    now = clock.now()
    current = next((one for one in kept if one.since <= now and not one.taken_back), None)
    writers = [one.written_by for one in kept if one.written_by]
    return await render(
        "catalogue/desk/topic.html",
        form=form,
        slug=slug,
        history=[
            {
                "version": one,
                "changes": await _changes(kept, place),
                "future": one.since > now and not one.taken_back,
                "beginning": one.since <= keeping.BEGINNING,
            }
            for place, one in enumerate(kept)
        ],
        current=current.number if current else 0,
        names=await accounts.display_names(writers) if writers else {},
    )


async def _changes(kept: Sequence[VersionView], place: int) -> list[tuple[str, str, str]]:
    """(label, before, after) of what a version changed; versions are newest first."""
    before = next((one.terms for one in kept[place + 1 :] if not one.taken_back), None)
    if before is None:
        return []
    one = kept[place]
    return [
        (i18n.gettext(topics.LABELS[name]), _said(before, name), _said(one.terms, name))
        for name in one.changed
    ]


def _said(terms: topics.Terms, name: str) -> str:
    value: Any = getattr(terms, name)
    if name == "icon":
        return i18n.gettext(topics.ICONS[value])
    if name == "active":
        return i18n.gettext(N_("예") if value else N_("아니요"))
    return str(value)


async def _department_names() -> dict[int, str]:
    departments = await accounts.departments(every=True)
    return {dept.id: reading.spoken(dept.name, dept.name_en) for dept in departments}
