"""A letter that comes after a push: it tells what was told then, and nothing that is overtaken."""

from datetime import timedelta
from typing import Any

import pytest

from server.complaints import service as complaints
from server.complaints.answers import envelope, letters
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint, Step
from server.complaints.workflow import Action
from server.core import clock, db
from tests.gateways.push_service import PushService
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import (
    MORNING,
    Time,
    choose,
    clerk_of,
    lives_at,
    stands,
    step,
    subscribe,
    told,
)

pytestmark = pytest.mark.usefixtures("time")


async def test_a_late_letter_tells_what_was_told_and_nothing_of_the_office(
    town: Town, worker: Any, push_service: PushService, time: Time
) -> None:
    """Between the push and its letter the office has spoken among itself."""
    phone = push_service.subscription()
    assert (await subscribe(await town.browser("kim"), phone)).status_code == 201
    await lives_at(town, "당산로 12길 3")
    await choose(town, "desk")
    number = await step(town)
    clerk = clerk_of(town)
    office = town.departments["civil-affairs"]
    await complaints.assign(number, clerk, office, clerk.account_id, version=2)
    await complaints.ask_supplement(number, clerk, "등기부 등본을 내 주세요.", 5, version=3)
    await worker.drain()
    time.on(10)
    row = await Complaint.get(number=number)
    await Step.create(
        complaint_id=row.id,
        version=row.version + 1,
        at=clock.now(),
        action=Action.SEND_BACK,
        actor_id=clerk.account_id,
        department_id=office,
        facts="{}",
        text="이 답으로는 안 됩니다.",
    )
    time.on(20)
    await worker.drain()
    asked = await Letter.get(kind="complaint.supplement_asked")
    assert asked.at < MORNING + timedelta(hours=1)
    newest = await Letter.all().order_by("-id").first()
    assert newest is not None
    _, paper = await letters.paper_of(newest.id, clerk)
    words = "\n".join(f"{each.title}\n{each.text}" for each in paper.sections)
    assert "등기부 등본을 내 주세요." in words
    assert "이 답으로는 안 됩니다." not in words


@pytest.mark.parametrize(
    ("kind", "later", "is_open", "overtaken"),
    [
        ("complaint.consent_asked", None, True, False),
        ("complaint.consent_asked", None, False, True),
        ("complaint.due_moved", "complaint.extended", True, True),
        ("complaint.supplement_asked", "complaint.extended", True, False),
        ("complaint.progress", "complaint.completed", False, True),
        ("complaint.completed", "complaint.progress", False, False),
    ],
)
async def test_late_news_gives_way_to_what_has_been_said_since(
    town: Town, time: Time, kind: str, later: str | None, is_open: bool, overtaken: bool
) -> None:
    number = await step(town)
    told_at = clock.now()
    row = await Complaint.get(number=number)
    row.open = is_open
    if later is not None:
        await Letter.create(complaint_id=row.id, kind=later, at=clock.now())
    assert await envelope.is_overtaken(row, kind, told_at) == overtaken


async def test_news_that_is_overtaken_ends_its_ladder(town: Town, worker: Any) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "desk")
    number = await step(town)
    row = await Complaint.get(number=number)
    await Letter.create(
        complaint_id=row.id, kind="complaint.completed", at=clock.now() + timedelta(hours=1)
    )
    await db.execute("UPDATE notification SET kind = 'complaint.progress'")
    await worker.drain()
    assert await stands() == [("needless", "no_device", "")]
    assert await Letter.all().count() == 1
    assert "뒤에 온 소식으로 알림" in await told(town, number)
