"""A text of the ladder that has become needless does not leave, if it has not left yet (Y16)."""

from typing import Any

import pytest

from server.complaints.answers.models import Letter
from server.core import db
from server.messages.models import Delivery, Message
from server.notifications.ladder import climb, text_ended
from server.notifications.models import Reach
from tests.conftest import POSTGRES_PROVED
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import (
    Time,
    choose,
    lives_at,
    stands,
    step,
    told,
)

pytestmark = pytest.mark.usefixtures("time")

PROVED = pytest.mark.prove
TAKEN_BACK = "다른 길로 알려 보내지 않음"
SILENT = "문자가 도착했는지 알 수 없음"


async def texted(town: Town) -> str:
    """A case of which a text is ordered and no word has come; its number."""
    await lives_at(town, "당산로 12길 3")
    await choose(town, "sms")
    return await step(town, reply_by="sms")


async def handed_over(state: str) -> None:
    """The text is where no simulator brings it: on its way to a carrier, or with one."""
    await Delivery.all().update(state=state)
    await db.execute("DELETE FROM outbox_job WHERE topic LIKE 'messages.%'")


@POSTGRES_PROVED
async def test_one_that_waits_is_taken_back_when_the_letter_goes(
    town: Town, worker: Any, time: Time
) -> None:
    number = await texted(town)
    await worker.drain()
    await handed_over("queued")
    time.on(25)
    await worker.drain()
    assert await stands() == [("at_desk", "", "silent")]
    assert [row.kind for row in await Letter.all()] == ["complaint.accepted"]
    message = await Message.get()
    assert (message.stage, message.open_count) == ("cancelled", 0)
    assert message.ended_at is not None
    assert {row.state for row in await Delivery.all()} == {"cancelled"}
    page = await told(town, number)
    assert TAKEN_BACK in page
    assert SILENT in page
    audited = await db.fetch("SELECT id FROM audit_entry WHERE action = 'message.recalled'")
    assert len(audited) == 1
    # Once more by the queue: nothing happens twice.
    await db.execute("UPDATE outbox_job SET state = 'waiting' WHERE topic LIKE 'notifications.%'")
    await worker.drain()
    assert await Letter.all().count() == 1
    assert await Message.all().count() == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("reply_by", ["sms", "app"])
async def test_where_no_letter_can_go_it_stays_and_leaves_late(
    town: Town, worker: Any, time: Time, reply_by: str
) -> None:
    await lives_at(town, "")
    await choose(town, "sms")
    await step(town, reply_by=reply_by)
    await worker.drain()
    await handed_over("queued")
    time.on(25)
    await worker.drain()
    assert await Letter.all().count() == 0
    assert [rung for rung, *_ in await stands()] == ["nowhere"]
    message = await Message.get()
    assert message.stage == "sent"
    assert message.ended_at is None
    assert {row.state for row in await Delivery.all()} == {"queued"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_one_that_nobody_could_even_queue_stays_unsent(
    town: Town, worker: Any, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await texted(town)
    waits = "UPDATE outbox_job SET state = ? WHERE topic = 'notifications.sms'"
    await db.execute(waits, ["dead"])
    await worker.drain()
    time.on(25)
    await worker.drain()
    assert await stands() == [("at_desk", "", "silent")]
    assert (await Message.get()).stage == "cancelled"
    assert TAKEN_BACK in await told(town, number)
    await db.execute(waits, ["waiting"])
    await worker.drain()
    assert await Delivery.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "state", ["accepted", *(pytest.param(each, marks=PROVED) for each in ("sending", "unknown"))]
)
async def test_one_that_was_handed_over_is_only_noted(
    town: Town, worker: Any, time: Time, state: str
) -> None:
    number = await texted(town)
    await worker.drain()
    await handed_over(state)
    time.on(25)
    await worker.drain()
    assert await stands() == [("at_desk", "", "silent")]
    assert {row.state for row in await Delivery.all()} == {state}
    page = await told(town, number)
    assert TAKEN_BACK not in page
    assert SILENT in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_half_a_text_is_not_left_behind(town: Town, worker: Any, time: Time) -> None:
    await texted(town)
    await worker.drain()
    await handed_over("queued")
    assert await Delivery.all().count() > 1
    await Delivery.filter(part=1).update(state="accepted")
    time.on(25)
    await worker.drain()
    assert {row.state for row in await Delivery.all()} == {"accepted", "queued"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_read_meanwhile_it_does_not_leave_either(town: Town, worker: Any, time: Time) -> None:
    number = await texted(town)
    await worker.drain()
    await handed_over("queued")
    await (await town.browser("kim")).get(f"/complaints/{number}")
    time.on(25)
    await worker.drain()
    assert await stands() == [("reached", "", "")]
    assert (await Message.get()).stage == "cancelled"
    assert await Letter.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_arrived_on_its_way_to_the_desk_no_letter_is_written(
    town: Town, worker: Any, time: Time
) -> None:
    await texted(town)
    await worker.drain()
    await handed_over("accepted")
    time.on(25)
    row = await Reach.get()
    await climb(row.id)
    assert await stands() == [("to_desk", "", "silent")]
    assert row.sms_order is not None
    await text_ended(row.sms_order, arrived=True)
    await worker.drain()
    assert await stands() == [("reached", "", "silent")]
    assert await Letter.all().count() == 0
