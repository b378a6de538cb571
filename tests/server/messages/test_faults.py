"""Every way in which a provider misbehaves: charged once if it arrived, given back if not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateways.contract import Accepted, Receipt, Status
from server.core import clock, db, outbox
from server.messages import handlers, service
from server.messages.delivery.workflow import ATTEMPTS_MAX, State
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import service as notifications

START = datetime.fromisoformat("2026-11-23T10:00+09:00")
TO = "010-1234-5678"
MOMENTS = [timedelta(seconds=s) for s in (0, 15, 60, 180, 600, 1_800, 3_600, 10_800, 43_200)]
DEADLINE = timedelta(hours=72, minutes=1)


class Hands:
    """The clock's hands, moved by the test."""

    passed = timedelta(0)


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    with clock.use(lambda: START + made.passed):
        yield made


@pytest.fixture
def days_pass(hands: Hands, carrier: Any, worker: Any) -> Callable[..., Awaitable[list[int]]]:
    """Lets time pass to the deadline and beyond; the statuses that callbacks were answered with."""

    async def passing(channel: str = "sms", *, times: int = 1) -> list[int]:
        answers: list[int] = []
        for moment in (*MOMENTS, DEADLINE, DEADLINE + timedelta(hours=2)):
            hands.passed = moment
            await worker.drain()
            await service.overdue()
            answers += await carrier.call_back(channel, times=times)
            await worker.drain()
            await worker.drain()
        return answers

    return passing


async def the_delivery() -> Delivery:
    (delivery,) = await Delivery.all()
    return delivery


ENDS = [
    # the number's last four digits say how the provider behaves
    ("0000", "deliver", State.DELIVERED, 1, 1),
    ("0001", "refuse", State.FAILED, 0, ATTEMPTS_MAX),
    ("0002", "reject_number", State.FAILED, 0, 1),
    ("0003", "reject_sender", State.FAILED, 0, 1),
    ("0004", "rate_limit", State.FAILED, 0, ATTEMPTS_MAX),
    ("0005", "rate_limit_once", State.DELIVERED, 1, 2),
    ("0006", "refuse_once", State.DELIVERED, 1, 2),
    ("0011", "timeout_before", State.FAILED, 0, None),
    ("0012", "timeout_after", State.DELIVERED, 1, 1),
    ("0013", "reset_after", State.DELIVERED, 1, 1),
    ("0014", "error_before", State.FAILED, 0, None),
    ("0015", "error_after", State.DELIVERED, 1, 1),
    ("0016", "malformed_after", State.DELIVERED, 1, 1),
    ("0017", "silent", State.EXPIRED, 0, 1),
    ("0018", "slow", State.DELIVERED, 1, 1),
    ("0021", "fail", State.FAILED, 0, 1),
    ("0022", "expire", State.EXPIRED, 0, 1),
    ("0023", "lose_receipt", State.DELIVERED, 1, 1),
    ("0024", "never_end", State.EXPIRED, 0, 1),
    ("0025", "duplicate", State.DELIVERED, 1, 1),
    ("0026", "reorder", State.DELIVERED, 1, 1),
    ("0029", "forge", State.DELIVERED, 1, 1),
    ("0030", "unknown_id", State.DELIVERED, 1, 1),
    ("0031", "partial", State.FAILED, 0, 1),
]


async def test_charged_once_if_it_arrived_and_given_back_if_not(
    resident: Any, carrier: Any, hands: Hands, days_pass: Any
) -> None:
    kim = await resident("kim", points=1_000)
    addresses = [
        await kim.send("\n".join(f"010-0000-{each[0]}" for each in ENDS[start : start + 12]))
        for start in (0, 12)
    ]
    answers = await days_pass(times=2)
    assert set(answers) == {200, 403}  # the forged one is refused, each time
    assert answers.count(403) == 2
    times = await carrier.handed_over()
    found = {delivery.number: delivery for delivery in await Delivery.all()}
    for number, behaviour, state, charged, hand_overs in ENDS:
        delivery = found[f"0100000{number}"]
        assert (behaviour, delivery.state, delivery.charged) == (behaviour, state, charged)
        if hand_overs is not None:
            assert (behaviour, times[delivery.order_id]) == (behaviour, hand_overs)
    arrived = sum(charged for *_, charged, _ in ENDS)
    assert await kim.points() == mileage.Balance(1_000 - 30 * arrived, 0)
    assert all(message.ended_at and not message.open_count for message in await Message.all())
    (strange,) = await db.fetch(
        "SELECT COUNT(*) AS times FROM message_receipt WHERE applied_at IS NULL"
    )
    assert strange["times"] == 1  # the receipt of an order that nobody placed
    (failed,) = await db.fetch("SELECT COUNT(*) AS times FROM outbox_job WHERE failures > 0")
    assert failed["times"] == 0
    pages = "".join([await kim.see(address) for address in addresses])
    assert pages.count("도착했습니다.") == arrived


async def test_what_arrives_after_its_points_went_back_is_the_offices_loss(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    carrier.behave(behaviour={"*": "never_end"})
    address = await kim.send(TO)
    await worker.drain()
    for hours in (73, 75):
        hands.passed = timedelta(hours=hours)
        await service.overdue()
        await worker.drain()
    delivery = await the_delivery()
    assert (delivery.state, delivery.charged) == (State.EXPIRED, 0)
    at = clock.now()
    late = Receipt("simulator", "late", Status.DELIVERED, at, delivery.order_id, None, 1)
    assert await service.receive_receipt(late)
    assert not await service.receive_receipt(late)
    await worker.drain()
    delivery = await the_delivery()
    assert delivery.state == State.EXPIRED
    assert delivery.delivered_late_at == at
    assert await kim.points() == mileage.Balance(530, 0)
    assert "나중에 도착했습니다." in await kim.see(address)


async def begun(job_of: str = "messages.send_sms") -> tuple[Any, Any]:
    """A worker that has committed `sending` and holds the lease: its job and its parcel."""
    courier = outbox.Courier()
    (job,) = await courier.take(1, [job_of])
    parcel = await service.begin(job, job.payload["delivery"], ("simulator",))
    assert parcel is not None
    return job, parcel


async def test_a_worker_that_dies_before_the_call_leaves_an_order_that_is_sent_once(
    resident: Any, carrier: Any, hands: Hands, days_pass: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    await begun()
    assert (await the_delivery()).state == State.SENDING
    hands.passed = timedelta(minutes=2)  # the dead worker's lease has run out
    await outbox.drain()
    assert (await the_delivery()).state == State.UNKNOWN
    assert await carrier.handed_over() == {}
    await days_pass()
    assert list((await carrier.handed_over()).values()) == [1]
    assert await kim.points() == mileage.Balance(500, 0)


async def test_a_worker_frozen_before_the_call_does_not_make_it_when_it_wakes(
    resident: Any, carrier: Any, hands: Hands, days_pass: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    begin = service.begin

    async def begin_and_sleep(job: Any, delivery_id: int, carriers: Any) -> Any:
        parcel = await begin(job, delivery_id, carriers)
        monkeypatch.setattr(service, "begin", begin)
        hands.passed = timedelta(minutes=5)  # meanwhile others may have asked, and heard of nothing
        return parcel

    monkeypatch.setattr(service, "begin", begin_and_sleep)
    courier = outbox.Courier()
    (job,) = await courier.take(1, ["messages.send_sms"])
    await courier.deliver(job)
    assert await carrier.handed_over() == {}
    assert (await the_delivery()).state == State.SENDING
    await days_pass()
    assert list((await carrier.handed_over()).values()) == [1]
    assert await kim.points() == mileage.Balance(500, 0)


async def test_a_worker_that_dies_after_the_call_leaves_an_order_that_is_not_sent_again(
    resident: Any, carrier: Any, hands: Hands, days_pass: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    _, parcel = await begun()
    (provider,) = (await handlers.roster()).sms
    assert isinstance(await provider.send(handlers.sms_order(parcel)), Accepted)
    await days_pass()
    assert list((await carrier.handed_over()).values()) == [1]
    assert (await the_delivery()).state == State.DELIVERED
    assert await kim.points() == mileage.Balance(500, 0)


async def test_a_slow_workers_answer_still_counts_after_another_has_asked(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    _, parcel = await begun()
    hands.passed = timedelta(minutes=2)
    await worker.drain()
    await service.answered(parcel, Accepted("SIM-slow"), receipts=True)
    delivery = await the_delivery()
    assert (delivery.state, delivery.reference) == (State.ACCEPTED, "SIM-slow")
    # And the older the attempt, the less it says: only that the order was taken.
    await service.answered(parcel, Accepted("SIM-again"), receipts=True)
    assert (await the_delivery()).reference == "SIM-slow"
    assert await kim.points() == mileage.Balance(500, 30)


async def test_a_receipt_that_comes_before_the_answer_is_kept_until_it_fits(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    _, parcel = await begun()
    early = Receipt("simulator", "early", Status.DELIVERED, clock.now(), None, "SIM-early", 1)
    await service.receive_receipt(early)
    await worker.drain()
    assert (await the_delivery()).state == State.SENDING
    await service.answered(parcel, Accepted("SIM-early"), receipts=True)
    await worker.drain()
    assert (await the_delivery()).state == State.DELIVERED
    assert await kim.points() == mileage.Balance(500, 0)


async def test_without_receipts_acceptance_is_the_end(
    resident: Any, carrier: Any, hands: Hands, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.send(TO)
    _, parcel = await begun()
    await service.answered(parcel, Accepted("SIM-1"), receipts=False)
    assert await kim.points() == mileage.Balance(500, 0)
    assert "도착 여부를 알려 주지 않습니다" in await kim.see(address)
    for status in (Status.FAILED, Status.DELIVERED):
        news = Receipt("simulator", status, status, clock.now(), parcel.order_id)
        await service.receive_receipt(news)
    await worker.drain()
    assert await kim.points() == mileage.Balance(500, 0)
    (message,) = await Message.all()
    assert message.ended_at is not None


async def test_two_workers_with_one_delivery_call_the_provider_once(
    resident: Any, carrier: Any, hands: Hands
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    job, parcel = await begun()
    # The same job again, under the same lease or another's: nobody is called.
    assert await service.begin(job, parcel.delivery_id, ("simulator",)) is None
    assert (await the_delivery()).state == State.UNKNOWN
    hands.passed = timedelta(minutes=2)
    other = outbox.Courier()
    await other.take(5)
    with pytest.raises(outbox.LeaseLostError):
        await service.begin(job, parcel.delivery_id, ("simulator",))


async def test_many_workers_and_receipts_at_once_end_an_order_once(
    resident: Any, carrier: Any, hands: Hands
) -> None:
    kim = await resident("kim", points=1_000)
    fails = {f"0101234{number:04}": "fail" for number in range(0, 20, 3)}
    carrier.behave(behaviour=fails)
    await kim.send("\n".join(f"010-1234-{number:04}" for number in range(20)))
    hands.passed = timedelta(seconds=1)
    await asyncio.gather(*(outbox.drain() for _ in range(4)))
    assert set((await carrier.handed_over()).values()) == {1}
    answers = await asyncio.gather(carrier.call_back(times=2), *(outbox.drain() for _ in range(3)))
    assert answers[0] == [200] * 40
    hands.passed = timedelta(minutes=5)
    await asyncio.gather(*(outbox.drain() for _ in range(4)))
    (message,) = await Message.all()
    assert (message.open_count, message.ended_at is not None) == (0, True)
    assert await kim.points() == mileage.Balance(1_000 - 13 * 30, 0)
    told = await notifications.inbox(kim.account_id, "ko", before=None, limit=50)
    assert [each.title for each in told].count("문자메시지가 일부만 도착했습니다") == 1
    (failed,) = await db.fetch("SELECT COUNT(*) AS times FROM outbox_job WHERE failures > 0")
    assert failed["times"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 403), (b"{}", 403), (b'{"event": "x"}', 403), (b"\xff" * 300_000, 413)],
)
async def test_strange_callbacks_are_answered_calmly(
    app: Any, carrier: Any, body: bytes, status: int
) -> None:
    client = app.test_client()
    answer = await client.post("/callbacks/simulator", data=body)
    assert answer.status_code == status
    assert (await client.post("/callbacks/nobody", data=body)).status_code in {404, 413}


async def test_erased_after_its_days_and_the_charge_stays(
    resident: Any, carrier: Any, hands: Hands, days_pass: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.send(TO, "잊힐 말")
    draft = await kim.draft("010-1111-2222")
    await days_pass()
    assert await service.erase() == 0
    hands.passed = timedelta(days=29)
    assert await service.erase() == 1  # the forgotten draft
    hands.passed = timedelta(days=34)
    assert await service.erase() == 1
    assert await service.erase() == 0
    rows = await db.fetch("SELECT body, parts FROM message")
    assert all(value is None for row in rows for value in row.values())
    assert all(delivery.number is None for delivery in await Delivery.all())
    await resident("lee")  # a session does not live as long as that
    assert await kim.points() == mileage.Balance(500, 0)
    assert address != draft
