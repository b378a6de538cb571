"""The desk's pages of redress, merging and abuse in the shape the templates want."""

from collections.abc import Mapping, Sequence
from typing import Final

from server.complaints.abuse import marked
from server.complaints.abuse import rules as abuse_rules
from server.complaints.redress.correcting import ANSWERERS
from server.complaints.redress.forms import (
    CorrectedForm,
    DecideForm,
    ExtendForm,
    InsultsForm,
    LimitForm,
    MediationForm,
    MergeForm,
    ReopenedForm,
    RepresentativesForm,
    SignersAtDeskForm,
    VersionedForm,
    WarnForm,
)
from server.complaints.redress.reading import Redress, Waiting
from server.complaints.redress.rules import ObjectionState, ReopeningState
from server.complaints.together.beside import Abuse, Together
from server.complaints.workflow import Hat
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import say
from server.core.web import actor, render

WHAT: Final = {
    "objection": N_("이의신청"),
    "correction": N_("시정 요구"),
    "reopening": N_("재처리 요청"),
}
IN_CHARGE: Final = frozenset({Hat.COMPLAINTS, Hat.HEAD, Hat.TEAM_HEAD, Hat.HANDLER})


async def work(waiting: Sequence[Waiting]) -> str:
    """What waits for a decision or an answer, as the desk's list."""
    insults = await marked.words_by_number([each.number for each in waiting])
    items = [_line(each, insults.get(each.number, ())) for each in waiting]
    return await render("complaints/desk/redress_work.html", items=items)


async def case(found: Redress, given: VersionedForm | None = None) -> str:
    """Redress of one case. `given` came back with a fault: it goes on under the present version."""
    wanted: list[type[VersionedForm]] = []
    decides = not IN_CHARGE.isdisjoint(found.hats)
    objection, asked = found.objection, found.reopening
    if decides and objection is not None and objection.state != ObjectionState.DECIDED:
        wanted += [DecideForm, ExtendForm] if objection.extendable else [DecideForm]
    answers = not ANSWERERS.isdisjoint(actor().roles)
    if answers and any(each.answered_at is None for each in found.corrections):
        wanted.append(CorrectedForm)
    if decides and asked is not None and asked.state == ReopeningState.ASKED:
        wanted.append(ReopenedForm)
    return await render(
        "complaints/desk/redress.html",
        r=found,
        forms=_forms(wanted, found.version, given),
        given=given,
        say=say,
    )


async def together(found: Together, given: VersionedForm | RepresentativesForm | None) -> str:
    """Who stands behind a case, what may be merged with it, what was the same before."""
    versioned = given if isinstance(given, VersionedForm) else None
    wanted: list[type[VersionedForm]] = []
    if found.state.is_open and not IN_CHARGE.isdisjoint(found.hats):
        wanted += [MergeForm, SignersAtDeskForm]
        if found.gathered.of_many and Hat.COMPLAINTS in found.hats:
            wanted.append(MediationForm)
    forms = _forms(wanted, found.version, versioned)
    merge = forms.get(MergeForm.prefix)
    if isinstance(merge, MergeForm):
        merge.offer(found.alike)
    alike = [each.number for each in found.alike]
    return await render(
        "complaints/desk/together.html",
        t=found,
        forms=forms,
        given=given,
        say=say,
        numbers=dict(zip(alike, alike, strict=True)),
        cases={number: f"/desk/complaints/{number}" for number in alike},
    )


async def abuse(found: Abuse, given: VersionedForm | None) -> str:
    """What is covered, warned of, limited; with the forms for it."""
    wanted: list[type[VersionedForm]] = []
    if not IN_CHARGE.isdisjoint(found.hats):
        wanted += [InsultsForm, WarnForm]
    if Hat.COMPLAINTS in found.hats and found.limit is None:
        wanted.append(LimitForm)
    forms = _forms(wanted, found.version, given)
    marking, limiting = forms.get(InsultsForm.prefix), forms.get(LimitForm.prefix)
    if isinstance(marking, InsultsForm) and marking is not given:
        marking.text.data = "\n".join(found.words)
    if isinstance(limiting, LimitForm):
        limiting.offer()
    return await render("complaints/desk/abuse.html", a=found, forms=forms, given=given)


def _forms(
    wanted: Sequence[type[VersionedForm]], version: int, given: VersionedForm | None
) -> Mapping[str, VersionedForm]:
    forms = {}
    for kind in wanted:
        if given is not None and type(given) is kind:
            given.version.raw_data = [str(version)]
            forms[kind.prefix] = given
        else:
            forms[kind.prefix] = kind(version=version)
    return forms


def _line(waiting: Waiting, insults: Sequence[str]) -> dict[str, str]:
    chip, state = i18n.gettext(WHAT[waiting.what]), "new"
    meta = i18n.ago(waiting.since)
    if waiting.until is not None:
        left = (waiting.until - clock.today()).days
        state = "late" if left < 0 else "soon" if left <= 1 else "ok"
        until = i18n.gettext(N_("%(date)s까지"), date=i18n.date_text(waiting.until))
        meta = f"{until} · {meta}"
    return {
        "href": f"/desk/complaints/{waiting.number}/redress",
        "title": abuse_rules.cover(waiting.title, insults),
        "number": waiting.number,
        "chip": chip,
        "state": state,
        "meta": meta,
    }
