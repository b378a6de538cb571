"""Cancelling more than once, a price that changes under two clicks, leaving, erasing."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateways.contract import Rejected
from gateways.encode import numbers
from server.core import clock, db, outbox
from server.messages import erasing, ordering, service
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import service as notifications

TWO = "010-1234-5678\n010-1234-5679"


async def begun() -> Any:
    """A worker that has one delivery in hand: its parcel."""
    (job,) = await outbox.Courier().take(1, ["messages.send_sms"])
    parcel = await service.begin(job, job.payload["delivery"], ("simulator",))
    assert parcel is not None
    return parcel


async def test_what_is_cancelled_in_two_goes_comes_back_in_two(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=1_000)
    address = await kim.send(TWO)
    parcel = await begun()
    await service.cancel(parcel.message_id, kim.account_id)
    assert await kim.points() == mileage.Balance(970, 30)
    # The provider does not take the other one now: it waits again, and may be stopped as well.
    await service.answered(parcel, Rejected("unreachable", permanent=False), receipts=True)
    await service.cancel(parcel.message_id, kim.account_id)
    assert await kim.points() == mileage.Balance(1_000, 0)
    assert [each.charged for each in await Delivery.all()] == [0, 0]
    (message,) = await Message.all()
    assert (message.stage, message.open_count) == ("cancelled", 0)
    assert await notifications.unread(kim.account_id) == 0  # it was his own wish
    assert "취소" in await kim.see(address)
    # Said once more, nothing moves.
    await service.cancel(parcel.message_id, kim.account_id)
    assert (await mileage.check()).ok


async def test_two_clicks_on_an_old_price_send_nothing_at_the_new_one(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TWO)
    await Message.all().update(unit_points=10)
    page = await kim.see(address)
    (seen,) = re.findall(r'name="points" value="(\d+)"', page)
    for _ in range(2):
        answer = await kim.post(f"{address}/confirm", {"points": seen}, form_at=address)
        assert answer.status_code == 409
    page = await answer.get_data(as_text=True)
    assert "60점으로 보내기" in page
    assert (await kim.points()).held == 0
    answer = await kim.post(f"{address}/confirm", {"points": "60"}, form_at=address)
    assert answer.status_code == 303
    assert (await kim.points()).held == 60


async def test_a_client_who_leaves_while_a_fax_is_written_down_finds_it_whole(
    app: Any, resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await resident("kim")
    keep, begins = ordering.keep_fax, asyncio.Event()

    async def watched(*args: Any) -> UUID:
        begins.set()
        return await keep(*args)

    monkeypatch.setattr(ordering, "keep_fax", watched)
    number = numbers.parse("02-2670-3500")
    leaving = asyncio.create_task(
        service.draft_fax(kim.account_id, kim.person_id, "김영희", [number], "안녕하세요", [])
    )
    await begins.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await db.settled()
    (message,) = await Message.all()
    assert await service.tiff(message.id)


async def test_a_draft_sent_while_it_is_erased_keeps_its_number(
    resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await resident("kim", points=530)
    with clock.use(clock.now() - timedelta(days=8)):
        message_id = await service.draft_sms(
            kim.account_id, kim.person_id, [numbers.parse("010-1234-5678")], "늦은 말"
        )
    erase_one = erasing.ended_or_given_up

    async def late(message_id: UUID) -> bool:
        await service.confirm(message_id, kim.account_id, kim.person_id)
        return await erase_one(message_id)

    monkeypatch.setattr(erasing, "ended_or_given_up", late)
    await service.erase()
    (delivery,) = await Delivery.all()
    assert (delivery.state, delivery.number) == ("queued", "01012345678")
    assert (await begun()).text == (await Message.get(id=message_id)).body
