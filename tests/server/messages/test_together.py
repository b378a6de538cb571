"""Deliveries that go through the same step at the same moment: one transaction, and each its own
fate, whatever happens to those beside it."""

import asyncio
from typing import Any

from gateways.contract import Accepted, Receipt, Status
from server.core import clock, db, outbox
from server.fairuse import suppressing
from server.messages import service
from server.messages.delivery.carrying import Parcel
from server.messages.models import Delivery
from server.messages.orders import ending
from server.mileage import service as mileage
from tests.server.messages.conftest import Resident


async def handed(kim: Resident, count: int) -> tuple[list[outbox.Job], list[Parcel]]:
    """So many deliveries of one order, their `sending` committed together."""
    await kim.send("\n".join(f"010-1234-{number:04}" for number in range(count)))
    jobs = await outbox.Courier().take(count, ["messages.send_sms"])
    begun = [service.begin(job, job.payload["delivery"], ("simulator",)) for job in jobs]
    return jobs, [parcel for parcel in await asyncio.gather(*begun) if parcel is not None]


async def test_of_those_who_begin_together_one_has_lost_his_job_and_one_is_stopped(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim", points=1_000)
    await kim.send("\n".join(f"010-1234-{number:04}" for number in range(5)))
    jobs = await outbox.Courier().take(5, ["messages.send_sms"])
    lost, refused, ended, *going = jobs
    await db.execute("UPDATE outbox_job SET lease_token = 'x' WHERE id = ?", [lost.id])
    number = (await Delivery.get(id=refused.payload["delivery"])).number
    await suppressing.opted_out(number or "", "page")
    await db.execute(
        "UPDATE message_delivery SET state = 'unknown' WHERE id = ?", [ended.payload["delivery"]]
    )
    begun = [service.begin(job, job.payload["delivery"], ("simulator",)) for job in jobs]
    answers = await asyncio.gather(*begun, return_exceptions=True)
    assert isinstance(answers[0], outbox.LeaseLostError)
    assert answers[1:3] == [None, None]
    assert [parcel.delivery_id for parcel in answers[3:]] == [
        job.payload["delivery"] for job in going
    ]
    states = dict(await Delivery.all().order_by("id").values_list("id", "state"))
    assert [states[job.payload["delivery"]] for job in jobs] == [
        "queued", "failed", "unknown", "sending", "sending"
    ]  # fmt: skip
    assert await kim.points() == mileage.Balance(880, 120)


async def test_what_cannot_be_settled_holds_up_nobody_else(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim, lee = await resident("kim", points=1_000), await resident("lee", points=1_000)
    _, parcels = await handed(kim, 4)
    _, (other,) = await handed(lee, 1)
    (bad, *good) = parcels
    await mileage.capture(ending.hold_key(bad.message_id), 60, 40, part=str(bad.delivery_id))
    answers = [
        service.answered(parcel, Accepted(f"SIM-{parcel.delivery_id}"), receipts=False)
        for parcel in (*good[:2], bad, other)
    ]
    told = await asyncio.gather(*answers, return_exceptions=True)
    assert [type(each) for each in told] == [
        type(None),
        type(None),
        mileage.LedgerError,
        type(None),
    ]
    charged = dict(await Delivery.all().values_list("id", "charged"))
    assert [charged[parcel.delivery_id] for parcel in (*good, bad, other)] == [1, 1, None, None, 1]
    assert await kim.points() == mileage.Balance(880, 0)
    assert await lee.points() == mileage.Balance(970, 0)


async def test_a_receipt_told_twice_at_once_is_stored_once(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=1_000)
    _, parcels = await handed(kim, 6)
    news = [
        Receipt("simulator", f"e{number}", status, clock.now(), parcel.order_id)
        for number, parcel in enumerate(parcels)
        for status in (Status.DELIVERED, Status.FAILED)
    ]
    assert await asyncio.gather(*map(service.receive_receipt, news)) == [True, False] * 6
    await worker.drain()
    assert set(await Delivery.all().values_list("state", flat=True)) == {"delivered"}
    assert await kim.points() == mileage.Balance(820, 0)


async def test_receipts_that_come_together_are_one_job_and_each_is_applied(
    resident: Any, carrier: Any, worker: Any
) -> None:
    """One of them fits nobody's order: the others do not wait for it."""
    kim = await resident("kim", points=1_000)
    _, parcels = await handed(kim, 4)
    for parcel in parcels:
        await service.answered(parcel, Accepted(f"R{parcel.delivery_id}"), receipts=True)
    names = [*(f"R{parcel.delivery_id}" for parcel in parcels), "R-of-nobody"]
    news = [
        Receipt("simulator", name, Status.DELIVERED, clock.now(), None, name, 1) for name in names
    ]
    await service.receive_receipts([*news, *news])
    jobs = await db.fetch(
        "SELECT payload FROM outbox_job WHERE topic = 'messages.receipt' AND state = 'waiting'"
    )
    assert len(jobs) == 1
    await worker.drain()
    assert await Delivery.filter(state="delivered", charged=1).count() == 4
    (left,) = await db.fetch(
        "SELECT failures, attempt FROM outbox_job WHERE topic = 'messages.receipt'"
    )
    assert left == {"failures": 0, "attempt": 1}
    for _ in range(2):
        await db.execute("UPDATE outbox_job SET due_at = ?", [clock.now()])
        await worker.drain()
    assert not await db.fetch("SELECT id FROM outbox_job WHERE topic = 'messages.receipt'")
