"""The desk's pages in the shape the templates' macros want."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from server.catalogue import service as catalogue
from server.complaints import beside, pages, rules, service
from server.complaints.forms import DeskForm
from server.complaints.reading import Reading
from server.complaints.workflow import State
from server.core import clock, i18n
from server.core.i18n import N_
from server.core.phrases import counted, say
from server.core.web import render
from server.deadlines import service as deadlines
from server.deadlines.service import TimeLeft, Urgency
from server.ordinance import service as ordinance

TABS: Final = {
    service.Tab.MINE: N_("내 업무"),
    service.Tab.NEW: N_("새 민원"),
    service.Tab.DEPARTMENT: N_("우리 부서"),
    service.Tab.OVERDUE: N_("기한 지남"),
    service.Tab.UNASSIGNED: N_("미배정"),
}
WORK_STATES: Final = {
    Urgency.LATE: "late",
    Urgency.SOON: "soon",
    Urgency.IN_TIME: "ok",
}
NEXT: Final = {
    State.ARRIVED: "accept",
    State.ACCEPTED: "assign",
    State.ASSIGNED: "note",
    State.IN_PROGRESS: "complete",
    State.SUPPLEMENT: "supplement",
    State.COOPERATION: "note",
    State.INQUIRY: "note",
}
"""The act that usually comes next: its form is open, the others wait folded."""

ACTS: Final = {
    "accept": (N_("접수하기"), N_("종류를 정하면 처리 기한이 시작됩니다. 민원인에게 알립니다.")),
    "assign": (N_("배정하기"), N_("맡을 사람과 민원인에게 알립니다.")),
    "note": (N_("진행 상황 알리기"), N_("공개된 민원이면 누구나 봅니다. 연락처는 쓰지 마세요.")),
    "complete": (N_("답변하고 끝내기"), N_("민원인에게 알리고 처리를 마칩니다.")),
    "supplement": (
        N_("보완 요청하기"),
        N_("요청한 날부터 받은 날까지는 처리 기간에 세지 않습니다."),
    ),
    "reclassify": (
        N_("종류 바꾸기"),
        N_("처리 기한을 접수한 때부터 다시 계산해 민원인에게 알립니다."),
    ),
}
"""Each act's button, and what it does."""


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
    forms: Mapping[str, DeskForm],
    given: DeskForm | None,
    seen: int | None,
) -> str:
    """One case. `given` came back with a fault; `seen` is the version it was written on."""
    shown = given in forms.values()
    return await render(
        "complaints/desk/case.html",
        c=found,
        **pages.parts(found),
        arrival=_arrival(found),
        beside=await beside.at_a_glance(found.number),
        forms=forms,
        acts_words=ACTS,
        next=given.address if given is not None and shown else NEXT.get(found.state),
        given=given,
        stranded=_typed(given) if given is not None and not shown else (),
        changed=[step for step in pages.timeline_items(found) if step.get("version", 0) > seen]
        if seen is not None
        else (),
        overdue_supplement=bool(found.supplement_until and found.supplement_until < clock.today()),
        reply=i18n.gettext(rules.REPLIES[found.applicant.reply_by]) if found.applicant else "",
    )


def _arrival(found: Reading) -> tuple[str, str] | None:
    """How much of the 8 working hours for acceptance is left."""
    if found.state is not State.ARRIVED:
        return None
    calendar = deadlines.work_calendar(ordinance.profile())
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
    return [
        {
            "href": f"/desk/complaints/{each.number}",
            "title": each.title,
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
