"""Any life of a complaint, on the database: whatever is tried in whatever order, the laws hold.

Hypothesis chooses who tries what and when; every act goes through the services, as from a page.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.complaints import service
from server.complaints.answers.answering import Result
from server.complaints.answers.models import Approval, Draft
from server.complaints.handling import due_moving, pausing
from server.complaints.handling.models import Cooperation, Extension, Pause
from server.complaints.models import Answer, Complaint, Publication, Step, Supplement
from server.complaints.workflow import ENDED, MOVES, RUNNING, Action, State
from server.core import clock
from server.core.web import Actor, Problem
from server.deadlines import service as deadlines
from tests.server.complaints.conftest import MONDAY, OFFICIALS, Office, Time

KINDS = ("street-lamp", "grievance", "statute-inquiry")
OUTCOMES = ("done", "partly", "not_accepted", "refused", "returned", "not_handled", "repeated")


@dataclass
class Life:
    """One complaint and those around it."""

    office: Office
    time: Time
    number: str

    def actor(self, login_id: str) -> Actor:
        """Somebody as a request would know them."""
        if login_id in {"kim", "lee"}:
            return Actor(account_id=self.office.accounts[login_id], kind="resident")
        _, department, roles = OFFICIALS[login_id]
        return Actor(
            account_id=self.office.accounts[login_id],
            kind="official",
            roles=frozenset(roles),
            department_id=self.office.departments[department],
        )

    async def row(self) -> Complaint:
        return await Complaint.get(number=self.number)

    async def attempt(self, who: str, act: str, pick: int) -> None:
        """Try one act as somebody; a refusal changes nothing and says why."""
        before = await self.row()
        if who == RIGHT:
            approver = ("nam", "kang")[pick % 2] if act in {"approve", "send_back"} else "park"
            who = WHO_MAY.get(act, approver)
        problem = None
        try:
            await self._acts(pick)[act](self.actor(who), before.version)
        except Problem as refused:
            problem = refused
        if problem is not None:
            assert problem.status in {403, 404, 409, 422}, (who, act, problem)
            assert problem.sentence
            after = await self.row()
            assert (after.version, after.state) == (before.version, before.state)

    def _acts(self, pick: int) -> dict[str, Callable[[Actor, int], Awaitable[Any]]]:
        one, text = self.number, "까닭과 내용을 적습니다."
        day = clock.today() + timedelta(days=1 + pick % 9)
        roads = self.office.departments["roads"]
        elsewhere = self.office.departments["cleaning" if pick % 2 else "roads"]
        park = self.office.accounts["park"]
        outcome = OUTCOMES[pick % len(OUTCOMES)]
        answer = Result(outcome, text, text, text, "trial")
        cause = ("facts", "cooperation", "workload")[pick % 3]
        return {
            "accept": lambda a, v: service.accept(one, a, KINDS[pick % 3], version=v),
            "reclassify": lambda a, v: service.reclassify(one, a, KINDS[pick % 3], version=v),
            "assign": lambda a, v: service.assign(one, a, roads, park, version=v),
            "reassign": lambda a, v: service.assign(one, a, elsewhere, None, version=v),
            "note": lambda a, v: service.note(one, a, "on_site", version=v),
            "transfer": lambda a, v: service.transfer(one, a, "서울특별시", text, version=v),
            "ask": lambda a, v: service.ask_supplement(one, a, text, 3 + pick % 12, version=v),
            "give": lambda a, v: service.give_supplement(one, a, service.More(text)),
            "more": lambda a, v: service.ask_more_time(one, a, 3, text),
            "lost": lambda a, v: service.record_undelivered(one, a, version=v),
            "deem": lambda a, v: service.deem_withdrawn(one, a, version=v),
            "cooperate": lambda a, v: service.ask_cooperation(
                one, a, elsewhere, text, day, version=v
            ),
            "reply": lambda a, v: service.answer_cooperation(one, a, text, version=v),
            "uncooperate": lambda a, v: service.end_cooperation(one, a, version=v),
            "papers": lambda a, v: service.await_documents(one, a, "경찰서", text, day, version=v),
            "came": lambda a, v: service.receive_documents(one, a, version=v),
            "inquire": lambda a, v: service.begin_inquiry(one, a, text, version=v),
            "longer": lambda a, v: service.prolong_inquiry(one, a, text, version=v),
            "inquired": lambda a, v: service.end_inquiry(one, a, version=v),
            "extend": lambda a, v: service.extend(one, a, cause, text, day, version=v),
            "ask_consent": lambda a, v: service.ask_consent(one, a, cause, text, day, version=v),
            "consent": lambda a, v: service.consent(one, a),
            "decline": lambda a, v: service.decline(one, a),
            "mend": lambda a, v: service.propose_mend(one, a, "title", f"제목 {pick}", version=v),
            "agree": lambda a, v: service.agree_mend(one, a),
            "complete": lambda a, v: service.complete(one, a, answer, version=v),
            "approve": lambda a, v: service.approve(one, a, version=v),
            "send_back": lambda a, v: service.send_back(one, a, text, version=v),
            "take_back": lambda a, v: service.take_back(one, a, version=v),
            "withdraw": lambda a, v: service.withdraw(one, a),
            "conceal": lambda a, v: service.set_public(one, a, pick % 2 == 0),
        }


RIGHT = "whoever may"
PEOPLE = (*[RIGHT] * 12, "clerk", "park", "nam", "kang", "choi", "seo", "kim", "lee")
WHO_MAY = {
    **dict.fromkeys(("accept", "reclassify"), "clerk"),
    **dict.fromkeys(("reassign", "transfer"), "kang"),
    **dict.fromkeys(("give", "more", "consent", "decline", "agree"), "kim"),
    **dict.fromkeys(("withdraw", "conceal"), "kim"),
    "reply": "choi",
}
"""Who may do it on most days; everything else is the handler's, or the next approver's."""
ACTS = [
    *("accept", "reclassify", "assign", "assign", "reassign", "note", "note", "transfer"),
    *("ask", "ask", "give", "more", "lost", "deem", "cooperate", "reply", "uncooperate"),
    *("papers", "came", "inquire", "longer", "inquired", "extend", "extend", "ask_consent"),
    *("consent", "decline", "mend", "agree", "complete", "complete", "complete", "approve"),
    *("approve", "send_back", "take_back", "withdraw", "conceal"),
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(ACTS),
        st.integers(0, 20),
        st.sampled_from((0, 0, 0, 3, 30, 200)),  # hours that pass
    ),
    min_size=25,
    max_size=40,
)


@pytest.mark.parametrize("many", [4, pytest.param(40, marks=pytest.mark.prove)])
async def test_whatever_is_tried_the_laws_hold(office: Office, time: Time, many: int) -> None:
    """A fresh complaint for each life; the office stays."""
    lives: list[Life] = []
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def live(steps: list[tuple[str, str, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(_live(office, time, steps, lives), loop).result(120)

    await asyncio.to_thread(live)
    acted = {
        Action(step.action)
        for step in await Step.all().only("action", "id")
        if step.action in set(Action)
    }
    assert len(acted) >= (5 if many < 10 else 20), sorted(acted)  # the lives were not all the same


async def _live(
    office: Office, time: Time, steps: list[tuple[str, str, int, int]], lives: list[Life]
) -> None:
    time.now = MONDAY.astimezone(UTC) + timedelta(weeks=len(lives))
    kim = office.accounts["kim"]
    filing = service.Filing(
        "street-lamp", f"가로등 {len(lives)}", "어둡습니다.", service.Place(f"당산로 {len(lives)}")
    )
    life = Life(office, time, await service.file(kim, filing))
    lives.append(life)
    beginning = [("clerk", "accept", len(lives), 0), ("clerk", "assign", 0, 0)]
    for who, act, pick, hours in beginning + steps:
        time.now += timedelta(hours=hours)
        await life.attempt(who, act, pick)
        await pausing.end_spent_inquiries()
        await the_laws_hold(life)
    await due_moving.reckon_all_anew()
    await the_laws_hold(life)


async def the_laws_hold(life: Life) -> None:
    """What must be true of a complaint after anything that happened to it."""
    row = await life.row()
    state = State(row.state)
    one = {"complaint_id": row.id}
    assert row.open == (state not in ENDED) == (row.ended_at is None)
    if state in RUNNING | {State.COMPLETED}:
        assert row.accepted_at is not None
        assert row.due_at is not None
        assert row.due_at > row.accepted_at
    steps = await Step.filter(**one).order_by("version")
    assert [step.version for step in steps] == list(range(1, row.version + 1))
    answer = await Answer.get_or_none(**one)
    assert (answer is not None) == (state is State.COMPLETED)
    drafts = await Draft.filter(**one)
    open_drafts = [draft for draft in drafts if draft.state == "open"]
    assert len(open_drafts) == (state is State.AWAITING_APPROVAL)
    if answer is not None and steps[-1].action == Action.APPROVE:
        approved = next(draft for draft in drafts if draft.state == "approved")
        assert await Approval.filter(draft_id=approved.id, approved=False).count() == 0
        assert await Approval.filter(draft_id=approved.id, approved=True).exists()
    open_cooperations = await Cooperation.filter(**one, open=True).count()
    if state is State.COOPERATION:
        assert open_cooperations
    if state in ENDED:
        assert not open_cooperations
        assert not await Pause.filter(**one, ends=None).exists()
    inquiring = await Pause.filter(**one, ground="inquiry", ends=None).count()
    assert inquiring == (state is State.INQUIRY)
    assert await Pause.filter(**one, ground="inquiry").count() <= 1
    extensions = await Extension.filter(**one, granted=True)
    assert sum(not each.second for each in extensions) <= 1
    assert len(extensions) <= 2
    assert await Extension.filter(**one, granted=None).count() <= 1
    if state is State.SUPPLEMENT:
        assert await Supplement.filter(**one, given_at=None).exists()
    if not row.public or state in {State.WITHDRAWN, State.DEEMED_WITHDRAWN}:
        assert not await Publication.filter(**one).exists()
    for step in steps[1:]:
        assert Action(step.action) in MOVES
    if row.due_at is not None and not row.due_by_hour:
        last = deadlines.in_seoul(row.due_at - timedelta(microseconds=1)).date()
        assert not (await deadlines.calendar()).is_off(last)
