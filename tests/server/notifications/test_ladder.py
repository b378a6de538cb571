"""The ladder from a step at the desk to its reader: a push that does not reach, a text that the
office pays, a letter at the desk; each once, and written down (Y16, D29)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.accounts import service as accounts
from server.complaints import service as complaints
from server.complaints.answers import envelope, letters
from server.complaints.answers.models import Letter
from server.complaints.models import Complaint, Step
from server.complaints.service import Filing, Place
from server.complaints.workflow import Action
from server.core import clock, db
from server.core.web import Actor
from server.fairuse import service as fairuse
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import devices, service
from server.notifications.ladder import text_ended
from server.notifications.models import Ladder, Reach
from tests.conftest import POSTGRES_PROVED, make_settings
from tests.gateways.push_service import PushService
from tests.people import hidden_fields
from tests.server.home.town import Town, founded
from tests.server.notifications.test_push import subscribe

MORNING = datetime.fromisoformat("2026-11-23T10:00+09:00").astimezone(UTC)
PAGE = "/me/notifications/otherwise"


class Time:
    """The test's clock: it ticks on, and can be put on."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def on(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


@pytest.fixture
def time() -> Any:
    ticking = Time()
    with clock.use(ticking):
        yield ticking


@pytest.fixture
async def push_service() -> AsyncIterator[PushService]:
    async with PushService() as running:
        yield running


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, push_service: PushService) -> Any:
    made = make_settings(tmp_path, keys, database, push_hosts=(push_service.origin,))
    config.use(made)
    return made


@pytest.fixture
async def town(app: Any, push_service: PushService, time: Time) -> Town:
    push_service.application_server_key = devices.public_key()
    return await founded(app)


async def choose(town: Town, way: str, fax: str = "", status: int = 303) -> str:
    """Kim chooses on the page, as without a script."""
    kim = await town.browser("kim")
    answer = await town.people.post(kim, PAGE, {"way": way, "fax": fax})
    assert answer.status_code == status
    return str(await answer.get_data(as_text=True))


async def lives_at(town: Town, address: str, phone: str = "010-0000-1204") -> None:
    kim = town.accounts["kim"]
    await accounts.change_contact(kim, phone=phone, email="", address=address)


async def step(town: Town, reply_by: str = "app") -> str:
    """Kim's complaint is accepted; its number."""
    filing = Filing(
        "street-lamp", "가로등이 꺼졌습니다", "어둡습니다.", Place("당산로 12길"), (), True
    )
    number = await complaints.file(town.accounts["kim"], filing)
    if reply_by != "app":
        await db.execute("UPDATE complaint SET reply_by = ?", [reply_by])
    await complaints.accept(number, clerk_of(town), "street-lamp", version=1)
    return number


def clerk_of(town: Town) -> Actor:
    """The official who accepts."""
    return Actor(
        account_id=town.accounts["clerk"],
        kind="official",
        roles=frozenset({"complaints", "handler"}),
        department_id=town.departments["civil-affairs"],
    )


async def told(town: Town, number: str) -> str:
    answer = await (await town.browser("clerk")).get(f"/desk/told?number={number}")
    return str(await answer.get_data(as_text=True))


async def stands() -> list[tuple[str, str, str]]:
    return [(row.rung, row.why, row.why_desk) for row in await Reach.all().order_by("id")]


@pytest.mark.clause("Y16", 1)
@POSTGRES_PROVED
async def test_no_device_then_a_text_that_arrives(town: Town, worker: Any) -> None:
    await choose(town, "sms")
    number = await step(town)
    await worker.drain()
    message = await Message.get()
    assert (message.paid_by, message.notice) == ("office", "complaint.accepted")
    assert message.body is not None
    assert number in message.body
    assert "가로등" not in message.body
    assert await stands() == [("sms", "no_device", "")]
    assert "알림을 받는 기기가 없음" in await told(town, number)
    await text_ended(message.id, arrived=True)
    await worker.drain()
    assert await stands() == [("reached", "no_device", "")]
    assert await Letter.all().count() == 0
    # Whatever the queue repeats, each rung is taken once.
    await db.execute("UPDATE outbox_job SET state = 'waiting' WHERE topic LIKE 'notifications.%'")
    await worker.drain()
    assert await Message.all().count() == 1


@pytest.mark.clause("Y16", 1)
async def test_a_push_unopened_then_a_text_that_is_lost_then_a_letter(
    town: Town, worker: Any, push_service: PushService, time: Time
) -> None:
    phone = push_service.subscription()
    assert (await subscribe(await town.browser("kim"), phone)).status_code == 201
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    number = await step(town)
    await worker.drain()
    assert len(push_service.received(phone)) == 1
    time.on(23)
    await worker.drain()
    assert await stands() == [("push", "", "")]
    time.on(2)
    await worker.drain()
    assert await stands() == [("sms", "unopened", "")]
    await text_ended((await Message.get()).id, arrived=False)
    await worker.drain()
    assert await stands() == [("at_desk", "unopened", "lost")]
    letter = await Letter.get()
    assert letter.kind == "complaint.accepted"
    # What the queue repeats comes to the envelope once, also after it was posted.
    await db.execute("UPDATE outbox_job SET state = 'waiting' WHERE topic LIKE 'notifications.%'")
    await worker.drain()
    assert await Letter.all().count() == 1
    assert await Message.all().count() == 1
    clerk = await town.browser("clerk")
    listed = await (await clerk.get("/desk/letters")).get_data(as_text=True)
    assert number in listed
    assert "팩스로 보냅니다" not in listed
    paper = await clerk.get(f"/desk/letters/{letter.id}")
    assert paper.content_type == "application/pdf"
    page = await told(town, number)
    for words in (
        "정한 시간 안에 열지 않음",
        "문자가 도착하지 않음",
        "이어서 우편이나 팩스로 알림",
    ):
        assert words in page


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


@POSTGRES_PROVED
async def test_opened_in_time_nothing_follows(
    town: Town, worker: Any, push_service: PushService, time: Time
) -> None:
    kim = await town.browser("kim")
    await subscribe(kim, push_service.subscription())
    await choose(town, "sms")
    await step(town)
    await worker.drain()
    row = await Reach.get()
    assert (await kim.get(f"/me/notifications/{row.notification_id}")).status_code == 303
    time.on(25)
    await worker.drain()
    assert await stands() == [("reached", "", "")]
    assert await Message.all().count() == 0


@POSTGRES_PROVED
async def test_a_device_that_is_gone_is_none(
    town: Town, worker: Any, push_service: PushService, time: Time
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    push_service.answer(phone, 410)
    await choose(town, "sms")
    await step(town)
    await worker.drain()
    time.on(0.1)
    await worker.drain()
    assert await stands() == [("sms", "refused", "")]


@POSTGRES_PROVED
async def test_by_fax_where_a_number_is_chosen(town: Town, worker: Any) -> None:
    await choose(town, "desk", "02-2670-3999")
    number = await step(town)
    await worker.drain()
    assert await stands() == [("at_desk", "no_device", "")]
    assert await Message.all().count() == 0
    row = await Ladder.get()
    (kept,) = await db.fetch("SELECT fax FROM notification_ladder")
    assert row.fax == "0226703999"
    assert b"2670" not in bytes(kept["fax"])
    clerk = await town.browser("clerk")
    listed = await (await clerk.get("/desk/letters")).get_data(as_text=True)
    assert number in listed
    assert "팩스로 보냅니다: 02-2670-3999" in listed


@POSTGRES_PROVED
async def test_not_at_night_not_while_stopped_and_not_who_wants_none(
    town: Town, worker: Any, time: Time
) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    time.on(12)  # 22:00
    await step(town)
    await worker.drain()
    assert await stands() == [("push", "", "")]
    await fairuse.stop("점검", None)
    time.on(10)  # 08:00
    await worker.drain()
    assert await Message.all().count() == 0
    await fairuse.opted_out("01000001204", "keyword")
    await fairuse.resume(None)
    time.on(0.5)
    await worker.drain()
    assert await stands() == [("at_desk", "no_device", "opted_out")]
    assert await Message.all().count() == 0


@POSTGRES_PROVED
async def test_never_abroad_and_nothing_without_budget(
    town: Town, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    await lives_at(town, "당산로 12길 3", "+1 212 555 0100")
    await step(town)
    await worker.drain()
    assert await stands() == [("at_desk", "no_device", "abroad")]
    await lives_at(town, "", "010-0000-1204")

    async def used_up() -> bool:
        return True

    monkeypatch.setattr(mileage, "used_up", used_up)
    await step(town)
    await worker.drain()
    assert (await stands())[1] == ("nowhere", "no_device", "budget")
    assert await Message.all().count() == 0
    assert await Letter.all().count() == 1


@POSTGRES_PROVED
async def test_a_case_answered_by_text_has_its_text_already(
    town: Town, worker: Any, time: Time
) -> None:
    await choose(town, "sms", "02-2670-3999")
    await step(town, reply_by="sms")
    await worker.drain()
    assert await stands() == [("sms", "", "")]
    assert await Message.all().count() == 1
    await Delivery.all().update(state="queued")
    time.on(25)  # without a word
    await worker.drain()
    assert await stands() == [("at_desk", "", "silent")]
    assert await Message.all().count() == 1


@POSTGRES_PROVED
async def test_a_case_answered_by_letter_goes_by_letter_alone(town: Town, worker: Any) -> None:
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    await step(town, reply_by="letter")
    await worker.drain()
    assert await Reach.all().count() == 0
    assert await Letter.all().count() == 1


@POSTGRES_PROVED
async def test_who_has_chosen_nothing_is_told_as_before(town: Town, worker: Any) -> None:
    await step(town)
    await worker.drain()
    assert await Reach.all().count() == 0
    assert await Message.all().count() == 0


@POSTGRES_PROVED
async def test_the_page_keeps_what_is_chosen_and_says_what_is_missing(town: Town) -> None:
    refused = await choose(town, "desk", status=422)
    assert "우편을 받을 주소를" in refused
    refused = await choose(town, "sms", "1234", status=422)
    assert "국내 팩스번호를 확인해 주세요" in refused
    assert 'value="1234"' in refused
    assert "국내 팩스번호" in await choose(town, "sms", "010-1234-5678", status=422)
    await choose(town, "pigeon", status=422)
    await choose(town, "sms", "02-2670-3999")
    await choose(town, "sms", "02-2670-3998")
    assert [(row.way, row.fax) for row in await Ladder.all()] == [("sms", "0226703998")]
    await choose(town, "none")
    assert await Ladder.all().count() == 0
    await choose(town, "desk", "02-2670-3999")
    page = await (await (await town.browser("kim")).get(PAGE)).get_data(as_text=True)
    assert 'value="0226703999"' in page
    await lives_at(town, "", "02-2670-3114")
    assert "휴대전화 번호를" in await choose(town, "sms", status=422)
    # An official is told otherwise.
    assert (await (await town.browser("clerk")).get(PAGE)).status_code == 403
    assert hidden_fields(page)
    await service.forget_account(town.accounts["kim"])
    assert await Ladder.all().count() == 0
