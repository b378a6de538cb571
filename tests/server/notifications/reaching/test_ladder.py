"""The ladder from a step at the desk to its reader: a push that does not reach, a text that the
office pays, a letter at the desk; each once, and written down (Y16, D29)."""

from typing import Any

import pytest

from server.complaints.answers.models import Letter
from server.core import db
from server.fairuse import service as fairuse
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications.ladder import text_ended
from server.notifications.models import Ladder, Reach
from tests.conftest import POSTGRES_PROVED
from tests.gateways.push_service import PushService
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import (
    Time,
    choose,
    lives_at,
    stands,
    step,
    subscribe,
    told,
)

pytestmark = pytest.mark.usefixtures("time")


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
    # It has not left yet, and nobody is told twice: it does not leave any more.
    assert {row.state for row in await Delivery.all()} == {"cancelled"}


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
