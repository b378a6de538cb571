"""The desk's pages in the shape the templates' macros want."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from server.catalogue import service as catalogue
from server.complaints import rules, service
from server.complaints.abuse import marked
from server.complaints.abuse import rules as abuse_rules
from server.complaints.behalf import principals
from server.complaints.desk.forms import CompleteForm, DeskForm
from server.complaints.desk.words import GROUPS, act_words, next_act
from server.complaints.handling.under_way import UnderWay
from server.complaints.showing import pages
from server.complaints.showing.reading import Applicant, Reading
from server.complaints.together import beside
from server.complaints.workflow import Hat, Outcome, State
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import counted, say
from server.core.web import render
from server.deadlines import service as deadlines
from server.deadlines.service import TimeLeft, Urgency

TABS: Final = {
    service.Tab.MINE: N_("내 업무"),
    service.Tab.APPROVAL: N_("결재"),
    service.Tab.ASKED: N_("협조 요청"),
    service.Tab.NEW: N_("새 민원"),
    service.Tab.OVERDUE: N_("기한 지남"),
    service.Tab.DEPARTMENT: N_("우리 부서"),
    service.Tab.UNASSIGNED: N_("미배정"),
}
ONLY_WHERE_ANY: Final = frozenset({service.Tab.APPROVAL, service.Tab.ASKED})
"""Tabs that are shown while something is in them."""
DECISION: Final = frozenset({"approve", "send-back"})
"""What an approver is asked for: it stands above everything else on the page."""
WORK_STATES: Final = {
    Urgency.LATE: "late",
    Urgency.SOON: "soon",
    Urgency.IN_TIME: "ok",
}


async def work(found: service.WorkPage, page: int) -> str:
    """A tab of the work."""
    tabs = [
        {
            "href": f"/desk/complaints?tab={tab}",
            "label": i18n.gettext(words),
            "count": found.counts[tab],
            "on": tab is found.tab,
        }
        for tab, words in TABS.items()
        if tab not in ONLY_WHERE_ANY or found.counts[tab] or tab is found.tab
    ]
    base = f"/desk/complaints?tab={found.tab}"
    return await render(
        "complaints/desk/work.html",
        tabs=tabs,
        tab=found.tab,
        items=await _items(found.items),
        newer=f"{base}&page={page - 1}" if page > 1 else None,
        older=f"{base}&page={page + 1}" if found.more else None,
        query="",
    )


async def found_at_desk(query: str, found: Sequence[service.Work]) -> str:
    """What a search found."""
    return await render(
        "complaints/desk/work.html", tabs=None, tab=None, items=await _items(found), query=query
    )


async def case(
    found: Reading,
    way: UnderWay,
    forms: Mapping[str, DeskForm],
    given: DeskForm | None,
    seen: int | None,
) -> str:
    """One case. `given` came back with a fault; `seen` is the version it was written on."""
    shown = given in forms.values()
    deciding = "approve" in forms
    likely = given.address if given is not None and shown else next_act(found, forms)
    if isinstance(answer := forms.get("complete"), CompleteForm) and answer.taken:
        likely = answer.address
    if deciding and likely in DECISION:
        likely = None
    elsewhere = {likely, *DECISION} if deciding else {likely}
    return await render(
        "complaints/desk/case.html",
        c=found,
        **pages.parts(found),
        arrival=await _arrival(found),
        beside=await beside.at_a_glance(found.number),
        forms=forms,
        way=way,
        for_cooperation=found.hats == {Hat.COOPERATOR},
        principal=await principals.of(found.number),
        deciding=deciding,
        outcome_of_draft=rules.OUTCOMES[Outcome(way.draft.outcome)] if way.draft else "",
        ground_of_draft=rules.GROUNDS.get(way.draft.ground or "") if way.draft else None,
        acts_words=act_words(found),
        next=likely,
        groups=[(words, rest) for words, rest in _groups(forms, elsewhere) if rest],
        given=given,
        stranded=_typed(given) if given is not None and not shown else (),
        changed=[step for step in pages.timeline_items(found) if step.get("version", 0) > seen]
        if seen is not None
        else (),
        overdue_supplement=bool(found.supplement_until and found.supplement_until < clock.today()),
        reply=_reply(found.applicant) if found.applicant else "",
    )


def _groups(
    forms: Mapping[str, DeskForm], elsewhere: Collection[str | None]
) -> list[tuple[str, list[str]]]:
    """What else can be done, group by group, in the order of the forms; but what stands elsewhere
    on the page."""
    return [
        (words, [address for address in forms if address in group and address not in elsewhere])
        for words, group in GROUPS
    ]


def _reply(applicant: Applicant) -> str:
    """How they want to be answered; without an account there is no inbox."""
    ways = rules.DESK_REPLIES | ({} if applicant.account_id else rules.STRANGER_REPLIES)
    return i18n.gettext(ways[applicant.reply_by])


async def _arrival(found: Reading) -> tuple[str, str] | None:
    """How much of the 8 working hours for acceptance is left."""
    if found.state is not State.ARRIVED:
        return None
    calendar = await deadlines.calendar()
    left = deadlines.acceptance_left(clock.now(), found.accept_by, calendar)
    return say(left.words), pages.URGENCY_TONES[left.urgency]


def _typed(form: DeskForm) -> list[tuple[str, str]]:
    """What was typed into a form whose act is no longer open: it is shown, not lost."""
    return [
        (field.label.text, str(field.data))
        for field in form
        if field.name != "version" and field.data
    ]


async def _items(found: Sequence[service.Work]) -> list[dict[str, Any]]:
    topics = {each.id: each.name for each in await catalogue.topics()}
    departments = await pages.department_names()
    insults = await marked.words_by_number([each.number for each in found])
    return [
        {
            "href": f"/desk/complaints/{each.number}",
            "title": abuse_rules.cover(each.title, insults.get(each.number, ())),
            "number": each.number,
            "chip": say(each.left.words),
            "state": _work_state(each.state, each.left),
            "meta": _meta(each, topics, departments),
        }
        for each in found
    ]


def _work_state(state: State, left: TimeLeft) -> str:
    if state is State.ARRIVED and left.urgency is Urgency.IN_TIME:
        return "new"
    return WORK_STATES.get(left.urgency, "still")


def _meta(
    work_item: service.Work, topics: Mapping[int, str], departments: Mapping[int, str]
) -> str:
    words = [topics.get(work_item.topic_id, "")]
    if work_item.department_id:
        words.append(departments[work_item.department_id])
    if work_item.state is State.ARRIVED:
        words.append(i18n.ago(work_item.filed_at))
    else:
        words.append(pages.chip(work_item.state)[0])
    if work_item.photos_count:
        words.append(say(counted(N_("사진 %(count)s장"), work_item.photos_count)))
    return " · ".join(words)
