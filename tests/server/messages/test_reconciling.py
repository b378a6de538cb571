"""Our books beside the providers' word: what differs is listed, mended by rule, and then agrees."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateways.contract import Accepted
from server import app as house
from server.core import clock, db, outbox
from server.messages import handlers, service
from server.messages.delivery.reconciling import Report
from server.messages.delivery.reconciling_rules import (
    NO_HOLD,
    TOO_LITTLE,
    TOO_MUCH_SPENT,
    UNEVEN,
    Held,
    Order,
    Repair,
    repair,
)
from server.messages.models import Delivery, Message
from server.messages.orders import ending
from server.mileage import service as mileage

START = datetime.fromisoformat("2026-11-23T10:00+09:00")
TO = "010-1234-5678"


@pytest.mark.parametrize(
    ("open_units", "charged", "held", "expected"),
    [
        (2, 0, Held(60, 40, 0), None),
        (0, 2, Held(0, 0, 60), None),
        (1, 1, Held(30, 20, 30), None),
        (0, 0, None, None),
        (0, 0, Held(0, 0, 0), None),
        (0, 0, Held(60, 40, 0), Repair(give_back=2)),
        (0, 1, Held(60, 40, 0), Repair(charge=1, give_back=1)),
        (0, 2, Held(30, 20, 30), Repair(charge=1)),
        (1, 1, Held(60, 40, 0), Repair(charge=1)),
        (1, 0, None, Repair(fault=NO_HOLD)),
        (0, 1, None, Repair(fault=NO_HOLD)),
        (2, 0, Held(30, 20, 0), Repair(fault=TOO_LITTLE)),
        (1, 1, Held(30, 20, 0), Repair(fault=TOO_LITTLE)),
        (0, 1, Held(0, 0, 60), Repair(fault=TOO_MUCH_SPENT)),
        (1, 0, Held(31, 20, 0), Repair(fault=UNEVEN)),
        (1, 0, Held(30, 21, 0), Repair(fault=UNEVEN)),
    ],
)
def test_what_makes_order_and_ledger_agree(
    open_units: int, charged: int, held: Held | None, expected: Repair | None
) -> None:
    assert repair(Order(30, 20, open_units, charged), held) == expected


class Hands:
    passed = timedelta(0)


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    with clock.use(lambda: START + made.passed):
        yield made


async def compared(*, mend: bool = False) -> Report:
    return await house.reconcile(mend=mend)


async def mended() -> list[str]:
    """What is found in a dry run, mended, and then not found again; nothing moves in a dry run."""
    before = await books()
    dry = await compared()
    assert await books() == before
    assert not dry.ok
    assert not any(each.mended for each in dry.findings)
    wet = await compared(mend=True)
    assert wet.ok, str(wet)
    # A receipt that is applied may settle what a provider would have been asked about.
    assert {each.says for each in wet.findings} <= {each.says for each in dry.findings}
    standing = await books()
    again = await compared(mend=True)
    assert again.ok, str(again)
    assert not [each for each in again.findings if not each.note]
    assert await books() == standing
    return [f"{each.says} -> {each.mend}" for each in wet.findings]


async def books() -> Any:
    """All that a run may move."""
    tables = {
        "message": "id, stage, open_count, ended_at",
        "message_delivery": "id, state, charged, version",
        "mileage_transfer": "key, points",
        "message_receipt": "id, applied_at",
        "outbox_job": "id, state",
    }
    return [
        await db.fetch(f"SELECT {columns} FROM {table} ORDER BY 1")
        for table, columns in tables.items()
    ]


async def the_delivery() -> Delivery:
    (delivery,) = await Delivery.all()
    return delivery


async def begun() -> Any:
    (job,) = await outbox.Courier().take(1, ["messages.send_sms"])
    parcel = await service.begin(job, job.payload["delivery"], ("simulator",))
    assert parcel is not None
    return parcel


async def test_nothing_is_wrong_with_orders_under_way_and_ended(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=1_000)
    carrier.behave(behaviour={"01012345671": "fail", "01012345672": "never_end"})
    await kim.send("010-1234-5670\n010-1234-5671\n010-1234-5672")
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    await kim.send(TO)
    await kim.draft(TO)
    await kim.post(f"{await kim.send(TO)}/cancel", {}, form_at="/me/messages")
    hands.passed = timedelta(minutes=10)
    before = await books()
    report = await compared(mend=True)
    assert report.ok, str(report)
    assert (report.asked, report.findings) == (1, [])
    assert str(report).endswith("The books agree.")
    assert await books() == before


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_worker_killed_before_the_call_and_its_job_given_up(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await begun()
    await db.execute("UPDATE outbox_job SET state = 'dead', ended_at = ?", [clock.now()])
    assert await mended() == ["sending with no job for it -> ask the provider"]
    assert (await the_delivery()).state == "unknown"
    hands.passed = timedelta(minutes=10)
    await worker.drain()  # asked, never taken, handed over
    await carrier.call_back()
    await worker.drain()
    assert list((await carrier.handed_over()).values()) == [1]
    assert (await kim.points()).available == 500


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_worker_killed_after_the_call_and_the_receipt_lost(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    carrier.behave(behaviour={"*": "lose_receipt"})
    await kim.send(TO)
    parcel = await begun()
    (provider,) = (await handlers.roster()).sms
    assert isinstance(await provider.send(handlers.sms_order(parcel)), Accepted)
    await db.execute("DELETE FROM outbox_job")
    assert await mended() == ["sending with no job for it -> ask the provider"]
    hands.passed = timedelta(minutes=10)
    assert await mended() == ["unknown here, delivered there -> take it as delivered"]
    assert list((await carrier.handed_over()).values()) == [1]
    assert await kim.points() == mileage.Balance(500, 0)


async def test_a_receipt_lost_or_never_applied(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    carrier.behave(behaviour={"01012345678": "lose_receipt"})
    await kim.send(f"{TO}\n010-1234-5679")
    await worker.drain()
    await carrier.call_back()
    await db.execute("DELETE FROM outbox_job")
    hands.passed = timedelta(minutes=10)
    assert await mended() == [
        "never applied -> apply it",
        "accepted here, delivered there -> take it as delivered",
    ]
    assert await kim.points() == mileage.Balance(470, 0)
    (message,) = await Message.all()
    assert (message.open_count, message.ended_at) == (0, clock.now())


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_queued_and_lost_is_handed_to_a_worker(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await db.execute("DELETE FROM outbox_job")
    assert await mended() == ["queued with no job for it -> hand it to a worker"]
    await worker.drain()
    assert (await the_delivery()).state == "accepted"


async def test_an_order_that_nobody_queues_is_queued(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await db.execute("DELETE FROM outbox_job")
    await Delivery.all().update(state="draft")
    assert await mended() == ["its deliveries are in no queue -> queue them"]
    await worker.drain()
    assert (await the_delivery()).state == "accepted"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_the_provider_denies_is_sent_again_if_unknown_and_named_if_accepted(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await Delivery.all().update(
        state="accepted", attempts=1, provider="simulator", sending_at=START
    )
    await db.execute("DELETE FROM outbox_job")
    hands.passed = timedelta(minutes=10)
    for mend in (False, True):
        report = await compared(mend=mend)
        (left,) = report.left
        assert left.says == "accepted here, unknown there; it ends 2026-11-26 10:00 by itself"
        assert "cannot be mended by rule: 1" in str(report)
    await Delivery.all().update(state="unknown")
    # Its look-up is lost as well: the word of the provider makes that needless.
    says = await mended()
    assert says[0] == "unknown here, never taken there -> take it as queued"
    await worker.drain()
    assert list((await carrier.handed_over()).values()) == [1]
    assert (await kim.points()).held == 30


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_nobody_can_tell_is_no_fault(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    carrier.behave(behaviour={"*": "silent"})
    await kim.send(TO)
    await worker.drain()
    hands.passed = timedelta(minutes=10)
    report = await compared(mend=True)
    assert report.ok
    (note,) = report.findings
    assert note.note
    assert "nobody can tell" in note.says


async def test_a_hold_without_an_open_delivery_goes_back(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    nobodys = ending.hold_key(uuid4())
    await mileage.hold(kim.person_id, 60, 40, nobodys, units=2)
    draft = UUID((await kim.draft(TO)).rsplit("/", 1)[1])
    await mileage.hold(kim.person_id, 30, 20, ending.hold_key(draft))
    assert await mended() == [
        "60 points held for an order that was never sent -> give them back",
        "30 points held for an order that was never sent -> give them back",
    ]
    assert await kim.points() == mileage.Balance(530, 0)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_deliveries_settled_without_the_ledger(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    """One arrived and was not charged, one did not and was not given back."""
    kim = await resident("kim", points=530)
    await kim.send(f"{TO}\n010-1234-5679")
    await worker.drain()
    first, second = await Delivery.all().order_by("id")
    await Delivery.filter(id=first.id).update(state="delivered", charged=1, ended_at=START)
    await Delivery.filter(id=second.id).update(state="failed", charged=0, ended_at=START)
    assert await mended() == [
        "1 units arrived uncharged -> charge them",
        "1 units held for no open delivery -> give them back",
        "counted 2 open deliveries, there are 0 -> count anew",
    ]
    assert await kim.points() == mileage.Balance(500, 0)
    (message,) = await Message.all()
    assert message.ended_at is not None


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_delivery_without_a_hold_is_stopped_if_nobody_has_it(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(f"{TO}\n010-1234-5679")
    (message,) = await Message.all()
    await mileage.release(ending.hold_key(message.id))
    unpaid = message.clone(pk=uuid4())
    await unpaid.save(force_create=True)
    await Delivery.all().update(message_id=unpaid.id)
    await db.execute("DELETE FROM outbox_job")
    taken = await Delivery.all().order_by("id").first()
    assert taken is not None
    await Delivery.filter(id=taken.id).update(
        state="accepted", attempts=1, provider="simulator", sending_at=clock.now()
    )
    report = await compared(mend=True)
    assert [each.says for each in report.left] == [
        "nobody has paid for it: the ledger has no hold",
    ]
    assert sorted(await Delivery.all().values_list("state", "reason")) == [
        ("accepted", ""),
        ("failed", "no_hold"),
    ]
    assert await kim.points() == mileage.Balance(530, 0)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_more_charged_than_arrived_is_for_two_officials(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    await Delivery.all().update(state="failed", charged=0)
    report = await compared(mend=True)
    assert [each.says for each in report.left] == ["more was charged than arrived"]
    assert await kim.points() == mileage.Balance(500, 0)
