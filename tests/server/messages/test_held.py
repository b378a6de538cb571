"""Held orders and the sender that stays, in the database itself: on SQLite and on PostgreSQL."""

import asyncio
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from gateways.encode import numbers
from server.core import clock, db
from server.core.web import Problem
from server.fairuse import service as fairuse
from server.messages import service
from server.messages.delivery.carrying import overdue
from server.messages.fair import held, switching
from server.messages.fair.models import OrderReview
from server.messages.models import Delivery, Message
from server.mileage import service as mileage

TWO = [numbers.parse("010-2345-6789"), numbers.parse("010-3456-7890")]


async def ordered(kim: Any, body: str) -> Any:
    order = await service.draft_sms(kim.account_id, kim.person_id, TWO, body)
    await service.confirm(order, kim.account_id, kim.person_id)
    return order


async def test_one_of_all_who_decide_at_once_decides(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    order = await ordered(kim, "example.com 보세요")
    assert await kim.points() == mileage.Balance(470, 60)
    acts = (
        held.release(order, kim.account_id),
        held.refuse(order, "광고입니다.", kim.account_id),
        service.cancel(order, kim.account_id),
        held.refuse(order, "광고입니다.", kim.account_id),
    )
    answers = await asyncio.gather(*acts, return_exceptions=True)
    assert all(answer is None or isinstance(answer, Problem) for answer in answers), answers
    review, message = await OrderReview.get(), await Message.get(id=order)
    states = {row.state for row in await Delivery.all()}
    assert (message.stage, states) in (("sent", {"queued"}), ("cancelled", {"cancelled"}))
    assert review.decision in {"released", "refused", "withdrawn"}
    if message.stage == "cancelled":
        assert await kim.points() == mileage.Balance(530, 0)
        assert await fairuse.used(kim.person_id, "sms", clock.today()) == (0, 0)
    with pytest.raises(IntegrityError):
        await db.execute("UPDATE message_review SET decision = 'refused', reason = NULL")


async def test_a_sender_stays_once_it_is_ordered(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    order = await service.draft_sms(kim.account_id, kim.person_id, TWO, "내일 만나요")
    await Message.filter(id=order).update(sender="010-1111-2222")
    await Message.filter(id=order).update(sender="02-2670-3114")
    await service.confirm(order, kim.account_id, kim.person_id)
    await Message.filter(id=order).update(sender="02-2670-3114")  # sealed anew, it is the same
    for other in ("010-1111-2222", None):
        with pytest.raises(IntegrityError):
            await Message.filter(id=order).update(sender=other)
    await Message.filter(id=order).update(sender=None, erased_at=clock.now())


async def test_what_waited_through_a_stop_has_its_whole_time_again(
    resident: Any, carrier: Any, clock_at: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        kim = await resident("kim", points=530)
        await ordered(kim, "내일 만나요")
        await fairuse.stop("통신사 사고", None)
    with clock_at("2026-11-27T10:00+09:00"):
        await overdue()
        assert {row.state for row in await Delivery.all()} == {"queued"}
        assert await switching.resume(None)
        assert not await switching.resume(None)
        await overdue()
        rows = await Delivery.all()
        assert {(row.state, clock.seoul(row.deadline_at).day) for row in rows} == {("queued", 30)}
    with clock_at("2026-11-30T10:01+09:00"):
        await overdue()
        assert {row.state for row in await Delivery.all()} == {"expired"}
