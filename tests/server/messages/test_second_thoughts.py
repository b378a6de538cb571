"""Cancelling twice, an old price, leaving, erasing; receipts from elsewhere and at bad moments."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateways.contract import Accepted, NotFound, Receipt, Rejected, Status, Unknown
from gateways.encode import numbers
from server.core import clock, db, outbox
from server.fairuse import service as fairuse
from server.messages import service
from server.messages.delivery import receipts
from server.messages.models import Delivery, Message
from server.messages.models import Receipt as Stored
from server.messages.orders import drafting, ending, erasing
from server.mileage import service as mileage
from server.notifications import service as notifications

TWO = "010-1234-5678\n010-1234-5679"


async def begun(provider: str = "simulator") -> Any:
    """A worker that has one delivery in hand: its parcel."""
    (job,) = await outbox.Courier().take(1, ["messages.send_sms"])
    parcel = await service.begin(job, job.payload["delivery"], (provider,))
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
    (seen, *_) = re.findall(r'name="points" value="(\d+)"', page)
    for _ in range(2):
        answer = await kim.post(
            f"{address}/confirm", {"points": seen, "declared": "y"}, form_at=address
        )
        assert answer.status_code == 409
    page = await answer.get_data(as_text=True)
    assert "60점으로 보내기" in page
    assert (await kim.points()).held == 0
    answer = await kim.post(
        f"{address}/confirm", {"points": "60", "declared": "y"}, form_at=address
    )
    assert answer.status_code == 303
    assert (await kim.points()).held == 60


async def test_a_client_who_leaves_while_a_fax_is_written_down_finds_it_whole(
    app: Any, resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await resident("kim")
    keep, begins = drafting.keep_fax, asyncio.Event()

    async def watched(*args: Any) -> UUID:
        begins.set()
        return await keep(*args)

    monkeypatch.setattr(drafting, "keep_fax", watched)
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


async def test_a_receipt_of_a_provider_that_refused_says_nothing_of_the_one_that_took_it(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    refused = await begun()
    await service.answered(refused, Rejected("unreachable", permanent=False), receipts=True)
    await db.execute("UPDATE outbox_job SET due_at = ?", [clock.now()])
    taken = await begun("backup")
    await service.answered(taken, Accepted("B-1"), receipts=True)
    for provider, status in (("simulator", Status.FAILED), ("backup", Status.DELIVERED)):
        news = Receipt(provider, f"{provider} 1", status, clock.now(), taken.order_id)
        await service.receive_receipt(news)
        await worker.drain()
    (delivery,) = await Delivery.all()
    assert (delivery.state, delivery.charged) == ("delivered", 1)
    assert await kim.points() == mileage.Balance(500, 0)


async def lost_and_handed_over_again() -> tuple[Any, Any]:
    """The parcels of a delivery that one carrier is said never to have taken, and another has."""
    first = await begun()
    await service.answered(first, Unknown("timeout"), receipts=True)
    asked = await service.to_look_up(first.delivery_id)
    assert asked is not None
    await service.looked_up(asked, NotFound(), receipts=True)
    await db.execute("UPDATE outbox_job SET due_at = ?", [clock.now()])
    return first, await begun("backup")


async def test_a_late_answer_of_one_carrier_names_no_order_of_the_next(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    first, second = await lost_and_handed_over_again()
    await service.answered(first, Accepted("S-1"), receipts=True)
    delivery = await Delivery.get(id=first.delivery_id)
    assert (delivery.state, delivery.provider, delivery.reference) == ("sending", "backup", None)
    for late in (False, True):
        parcel, reference = (first, "S-1") if late else (second, "B-1")
        await service.answered(parcel, Accepted(reference), receipts=True)
        delivery = await Delivery.get(id=first.delivery_id)
        assert (delivery.provider, delivery.reference) == ("backup", "B-1")
    for provider, reference in (("backup", "S-1"), ("backup", "B-1")):
        news = Receipt(provider, reference, Status.DELIVERED, clock.now(), None, reference, 1)
        await service.receive_receipt(news)
        await worker.drain()
        state = (await Delivery.get(id=first.delivery_id)).state
        assert state == ("delivered" if reference == "B-1" else "accepted")
    assert await kim.points() == mileage.Balance(500, 0)


async def test_whoever_has_taken_it_after_all_is_heard_of_its_end(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    first, second = await lost_and_handed_over_again()
    await service.answered(second, Rejected("busy", permanent=False), receipts=True)
    await service.answered(first, Accepted("S-1"), receipts=True)
    delivery = await Delivery.get(id=first.delivery_id)
    assert (delivery.state, delivery.provider, delivery.reference) == (
        "accepted", "simulator", "S-1"
    )  # fmt: skip
    news = Receipt("simulator", "end", Status.FAILED, clock.now(), None, "S-1", 0)
    await service.receive_receipt(news)
    await worker.drain()
    assert (await Delivery.get(id=first.delivery_id)).state == "failed"
    assert await kim.points() == mileage.Balance(530, 0)


async def test_a_receipt_that_fitted_only_before_the_lock_is_not_taken_for_applied(
    resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    parcel = await begun()
    await service.answered(parcel, Accepted("SIM-2"), receipts=True)
    news = Receipt("simulator", "e1", Status.DELIVERED, clock.now(), None, "SIM-1", 1)
    await service.receive_receipt(news)
    (row,) = await Stored.all()

    async def before(rows: Any) -> dict[int, int]:
        return {each.id: parcel.delivery_id for each in rows}

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "deliveries_of", before)
        assert not await service.apply_receipt(row.id)
    await Delivery.all().update(reference="SIM-1")
    assert await service.apply_receipt(row.id)
    assert await service.apply_receipt(row.id)
    assert (await Delivery.get(id=parcel.delivery_id)).state == "delivered"
    assert await kim.points() == mileage.Balance(500, 0)


async def test_what_may_not_leave_takes_its_locks_in_everybodys_order(
    resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders, then counts of fair use in one order, then balances: who cancels does so too."""
    residents = [await resident(name, points=530) for name in ("kim", "lee")]
    for one in reversed(residents):
        await one.send("010-1234-5678")
    await fairuse.opted_out("01012345678", "page")
    acts: list[Any] = []

    def noted(module: Any, name: str) -> None:
        act = getattr(module, name)

        async def noting(*args: Any, **named: Any) -> Any:
            acts.append((name, args[0]) if name == "give_back" else name)
            return await act(*args, **named)

        monkeypatch.setattr(module, name, noting)

    noted(ending, "count_down")
    noted(fairuse, "give_back")
    noted(mileage, "settle")
    jobs = await outbox.Courier().take(2, ["messages.send_sms"])
    begins = [service.begin(job, job.payload["delivery"], ("simulator",)) for job in jobs]
    assert await asyncio.gather(*begins) == [None, None]
    persons = sorted(one.person_id for one in residents)
    assert acts == ["count_down", *(("give_back", each) for each in persons), "settle"]
    for one in residents:
        assert await one.points() == mileage.Balance(530, 0)
        assert await fairuse.used(one.person_id, "sms", clock.today()) == (0, 0)


@pytest.mark.parametrize("asked_by", ["this", "an earlier release"])
async def test_a_receipt_that_crossed_the_answer_is_heard_a_little_later(
    resident: Any, carrier: Any, worker: Any, asked_by: str
) -> None:
    kim = await resident("kim", points=530)
    await kim.send("010-1234-5678")
    parcel = await begun()
    news = Receipt("simulator", "crossing", Status.DELIVERED, clock.now(), None, "SIM-1", 1)
    await service.receive_receipt(news)
    await worker.drain()
    if asked_by == "an earlier release":
        await _asked_one_by_one()
    # The answer's transaction looked for receipts before this one stood, and ends after it.
    await Delivery.all().update(reference="SIM-1", state="accepted")
    with clock.use(clock.now() + timedelta(minutes=1)):
        await worker.drain()
    delivery = await Delivery.get(id=parcel.delivery_id)
    assert (delivery.state, delivery.charged) == ("delivered", 1)
    assert await kim.points() == mileage.Balance(500, 0)


async def _asked_one_by_one() -> None:
    """As jobs for receipts were written before they were applied together."""
    (job,) = await db.fetch("SELECT id, payload FROM outbox_job WHERE topic = 'messages.receipt'")
    ((number,),) = json.loads(job["payload"]).values()
    payload = json.dumps({"receipt": number})
    await db.execute("UPDATE outbox_job SET payload = ? WHERE id = ?", [payload, job["id"]])
