"""Texts of the office's own: told once, for no points, to whoever chose to hear by SMS (D29)."""

from typing import Any

import pytest

from server import app as house
from server.core import db, outbox
from server.messages import handlers
from server.messages.models import Delivery, Message
from server.notifications import service as notifications
from server.notifications.rules import UnknownKindError
from tests.server.messages.conftest import Carrier

NUMBER = "010-9876-5432"
PARAMS = {"receipt": "2611-000427-7"}


async def told(number: str = NUMBER) -> None:
    await notifications.tell_by_sms(
        number, "ko", "complaint.completed", PARAMS, about="complaint:12"
    )


async def test_a_notice_goes_out_at_the_office_s_cost(
    app: Any, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []

    async def listen(job: Any) -> None:
        heard.append(job.payload)

    monkeypatch.setitem(handlers.TOPICS, "messages.office_ended", [listen])
    house.wire()
    await told()
    (row,) = await db.fetch("SELECT payload FROM outbox_job WHERE topic = 'notifications.sms'")
    assert "9876" not in str(row["payload"])
    assert "98765432" not in str(row["payload"])
    assert PARAMS["receipt"] not in str(row["payload"])
    await outbox.drain()
    message = await Message.get()
    assert (message.paid_by, message.unit_points, message.account_id) == ("office", 0, None)
    assert message.body == (
        "[영등포구청] 민원 처리가 끝났습니다 2611-000427-7 · 결과를 확인해 보세요."
    )
    await carrier.call_back()
    await outbox.drain()
    assert {row.state for row in await Delivery.all()} == {"delivered"}
    assert (await Message.get()).ended_at is not None
    assert heard == [{"message": str(message.id), "about": "complaint:12", "arrived": True}]


async def test_told_twice_by_the_queue_it_is_sent_once(app: Any, carrier: Carrier) -> None:
    await told()
    await outbox.drain()
    again = "UPDATE outbox_job SET state = 'waiting', ended_at = NULL WHERE topic = ?"
    await db.execute(again, ["notifications.sms"])
    await outbox.drain()
    assert await Message.all().count() == 1
    handed_over = (await carrier.handed_over()).values()
    assert list(handed_over) == [1] * await Delivery.all().count()


async def test_what_cannot_be_sent_is_shown_at_the_desk(app: Any, carrier: Carrier) -> None:
    await told("02-2670-3114-1")
    await outbox.drain()
    (dead,) = await outbox.dead_letters(limit=5, before=None)
    assert dead["reason"].startswith("no number for SMS")
    assert "2670" not in dead["reason"]
    with pytest.raises(UnknownKindError):
        await notifications.tell_by_sms(NUMBER, "ko", "nothing", {}, about="complaint:12")
