"""The desk's lists: work by due date, in tabs, and the search for a case (Y10-2).

Who has the role complaints, examiner or audit sees all; everybody else their own department.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.complaints import rules
from server.complaints.acts import standing
from server.complaints.answers.models import Draft
from server.complaints.arrival import filing
from server.complaints.handling.models import Cooperation
from server.complaints.models import Complaint, PlaceWord
from server.complaints.workflow import ENDED, State
from server.core import clock, ids
from server.core.i18n import N_
from server.core.phrases import Phrase
from server.core.web import Actor, Forbidden
from server.deadlines import service as deadlines
from server.deadlines.service import Due, TimeLeft, WorkCalendar

PAGE = 30
FOUND_MAX = 100
WAITING_MAX = 300  # of the oldest that wait for a word of the reader's
PLACES_MAX = 5_000  # a word so common says nothing: the newest of it are enough


ENDS = {
    State.COMPLETED: N_("처리 완료"),
    State.WITHDRAWN: N_("취하"),
    State.DEEMED_WITHDRAWN: N_("취하로 봄"),
    State.TRANSFERRED: N_("다른 기관으로 이송"),
    State.LAPSED: N_("수수료를 내지 않아 끝남"),
    State.MERGED: N_("다른 민원과 병합"),
}


class Tab(StrEnum):
    """Ways to look at the work."""

    MINE = "mine"
    APPROVAL = "approval"  # answers that wait for the reader's approval
    ASKED = "asked"  # of the reader's department by another
    NEW = "new"
    DEPARTMENT = "department"
    OVERDUE = "overdue"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the desk, with the time left."""

    number: str
    title: str
    state: State
    topic_id: int
    department_id: int | None
    photos_count: int
    filed_at: datetime
    left: TimeLeft


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A tab: its lines, how many there are in each tab, and whether there are more."""

    tab: Tab
    items: Sequence[Work]
    counts: dict[Tab, int]
    more: bool


def first_tab(actor: Actor) -> Tab:
    """What an official sees first: who classifies the new ones, everybody else their own."""
    return Tab.NEW if "complaints" in actor.roles else Tab.MINE


async def work(actor: Actor, tab: Tab, page: int = 1) -> WorkPage:
    """A page of a tab, by due date. Raises Forbidden for officials without work here."""
    scope = _scope(actor)
    own = await standing.represented_by(actor)
    now, calendar = clock.now(), await deadlines.calendar()
    tabs = {each: Complaint.filter(scope & _within(each, actor, own, now)) for each in Tab}
    tabs[Tab.ASKED] = Complaint.filter(id__in=await _asked(actor), open=True)
    tabs[Tab.APPROVAL] = Complaint.filter(id__in=await _to_approve(actor), open=True)
    order = ("accept_by", "id") if tab is Tab.NEW else ("due_at", "accept_by", "id")
    rows = await _rows(tabs[tab].order_by(*order).offset((page - 1) * PAGE).limit(PAGE + 1))
    return WorkPage(
        tab,
        [_work(row, now, calendar) for row in rows[:PAGE]],
        {each: await query.count() for each, query in tabs.items()},
        len(rows) > PAGE,
    )


async def search(actor: Actor, query: str) -> Sequence[Work]:
    """Cases by receipt number, exact telephone or e-mail, or words of the place, newest first."""
    number = ids.parse_receipt(query)
    if number is not None:
        wanted = Q(number=number)
    elif "@" in query:
        wanted = Q(email_blind=query)
    elif len(rules.normal_phone(query)) >= 9 and not any(c.isalpha() for c in query):
        wanted = Q(phone_blind=query)
    else:
        wanted = Q(id__in=await _at_place(query))
    found = Complaint.filter(_scope(actor) & wanted).order_by("-id").limit(FOUND_MAX)
    now, calendar = clock.now(), await deadlines.calendar()
    return [_work(row, now, calendar) for row in await _rows(found)]


async def _at_place(query: str) -> list[int]:
    """Complaints whose place has every word sought, or words that begin so."""
    found: set[int] | None = None
    for beginning in rules.sought_beginnings(query):
        words = PlaceWord.filter(word=filing.word_hash(beginning)).order_by("-complaint_id")
        rows = await words.limit(PLACES_MAX).values("complaint_id")
        these = {int(row["complaint_id"]) for row in rows}
        found = these if found is None else found & these
    return sorted(found or (), reverse=True)[:FOUND_MAX]


def _scope(actor: Actor) -> Q:
    if standing.reads_all(actor):
        return Q()
    if actor.department_id is None or standing.WORKING_ROLES.isdisjoint(actor.roles):
        raise Forbidden
    return Q(department_id=actor.department_id)


async def _asked(actor: Actor) -> list[int]:
    """The cases about which the reader's department is asked to co-operate."""
    if actor.department_id is None or standing.WORKING_ROLES.isdisjoint(actor.roles):
        return []
    asked = Cooperation.filter(department_id=actor.department_id, open=True).order_by("reply_by")
    return [row.complaint_id for row in await asked.limit(WAITING_MAX).only("complaint_id", "id")]


async def _to_approve(actor: Actor) -> list[int]:
    """The cases whose answer the reader must approve next."""
    hats = [role for role in ("team_head", "head") if role in actor.roles]
    if actor.department_id is None or not hats:
        return []
    next_one = [Q(left=hat) | Q(left__startswith=f"{hat},") for hat in hats]
    drafts = Draft.filter(
        Q(*next_one, join_type="OR"), state="open", complaint__department_id=actor.department_id
    )
    return [row.complaint_id for row in await drafts.order_by("id").limit(WAITING_MAX)]


def _within(tab: Tab, actor: Actor, own: Sequence[int], now: datetime) -> Q:
    match tab:
        case Tab.MINE:
            return Q(handler_id__in=own, open=True)
        case Tab.NEW:
            return Q(state=State.ARRIVED)
        case Tab.DEPARTMENT:
            return Q(department_id=actor.department_id or 0, open=True)
        case Tab.OVERDUE:
            late = Q(due_at__lte=now) & ~Q(state=State.SUPPLEMENT)
            return Q(open=True) & (late | Q(state=State.ARRIVED, accept_by__lte=now))
        case Tab.ASKED | Tab.APPROVAL:
            return Q(id=0)  # looked up apart
        case Tab.UNASSIGNED:
            return Q(state__in=[State.ACCEPTED, State.ASSIGNED], handler_id__isnull=True)


async def _rows(query: QuerySet[Complaint]) -> list[dict[str, Any]]:
    return await query.values(
        "number",
        "title",
        "state",
        "topic_id",
        "department_id",
        "photos_count",
        "filed_at",
        "accept_by",
        "due_at",
        "due_by_hour",
    )


def _work(row: dict[str, Any], now: datetime, calendar: WorkCalendar) -> Work:
    return Work(
        row["number"],
        row["title"],
        State(row["state"]),
        row["topic_id"],
        row["department_id"],
        row["photos_count"],
        row["filed_at"],
        _left(row, now, calendar),
    )


def _left(row: dict[str, Any], now: datetime, calendar: WorkCalendar) -> TimeLeft:
    match State(row["state"]):
        case State.ARRIVED:
            return deadlines.acceptance_left(now, row["accept_by"], calendar)
        case State.SUPPLEMENT:
            return TimeLeft(deadlines.Urgency.STILL, Phrase(N_("보완을 기다립니다")))
        case State.AWAITING_PAYMENT:
            return TimeLeft(deadlines.Urgency.STILL, Phrase(N_("수수료를 기다립니다")))
        case State.INQUIRY:
            return TimeLeft(deadlines.Urgency.STILL, Phrase(N_("현장 조사 중")))
        case state if state in ENDED:
            return TimeLeft(deadlines.Urgency.OVER, Phrase(ENDS[state]))
    moment = clock.seoul(row["due_at"]) if row["due_by_hour"] else None
    due = Due(rules.last_day_of(row["due_at"]), moment)
    return deadlines.time_left(now, due, calendar)
