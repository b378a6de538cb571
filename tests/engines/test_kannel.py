"""SMS through a real Kannel and its fake SMSC: Korean text, parts, receipts, outages."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gateways import http
from gateways.contract import Accepted, Rejected, SmsOrder, Status, Surroundings
from gateways.encode.sms import count_international
from gateways.providers.kannel import Kannel
from tests.engines.kannel_engine import PASSWORD, USER, KannelEngine
from tests.engines.office import Office, an_office
from tests.engines.running import quiet_port

pytestmark = pytest.mark.prove

SENDER = "0226703500"
KOREAN = "토요일 열 시 구청 앞마당에서 뵙겠습니다. 뷁·㉠①ㅋ 「가나」 12,300원\n오시는 길: 5번 출구 "


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelEngine]:
    running = KannelEngine(tmp_path_factory.mktemp("kannel"))
    try:
        running.open()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def strict_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelEngine]:
    """One that holds three messages at most and sends to no 010-9."""
    running = KannelEngine(
        tmp_path_factory.mktemp("strict"),
        core="sms-outgoing-queue-limit = 3",
        smsc_more="denied-prefix = +82109",
    )
    try:
        running.open()
        yield running
    finally:
        running.close()


@asynccontextmanager
async def sending(
    engine: KannelEngine, folder: Path, *, elsewhere: bool = False, **more: str
) -> AsyncIterator[tuple[Kannel, Office]]:
    secrets = {
        "KANNEL_URL": engine.url,
        "KANNEL_USERNAME": USER,
        "KANNEL_PASSWORD": PASSWORD,
        "KANNEL_WEBHOOK_SECRET": "secret of the tests",
    } | more
    async with an_office("kannel") as office, http.open_session() as session:
        if elsewhere:
            office.url = f"http://127.0.0.1:{quiet_port()}/callbacks/kannel"
        now = partial(datetime.now, UTC)
        surroundings = Surroundings(office.url, folder, secrets, session, now)
        yield Kannel(surroundings), office


def order(number: int, body: str, name: str = "order") -> SmsOrder:
    recipient = f"010{number:08}"
    return SmsOrder(f"{name}-{number}", SENDER, recipient, body, timedelta(hours=2))


def phone(order: SmsOrder) -> str:
    return "+82" + order.recipient.removeprefix("0")


def korean(parts: int) -> str:
    """A text that just needs so many parts: 70 of UCS-2, or 67 each."""
    length = 70 if parts == 1 else 67 * parts
    text = (KOREAN * (length // len(KOREAN) + 1))[: length - 1] + "끝"
    assert len(count_international(text).messages) == parts
    return text


async def arrived(engine: KannelEngine, office: Office, orders: Sequence[SmsOrder]) -> None:
    """Waits until every order has reached its phone, whole, and fails if one came twice."""

    def whole() -> bool:
        texts: dict[str, list[str]] = engine.texts()
        return all(texts.get(phone(each)) == [each.body] for each in orders)

    await office.wait("the messages", whole, 60)


async def test_korean_text_of_one_to_ten_parts(engine: KannelEngine, tmp_path: Path) -> None:
    orders = [order(11110000 + parts, korean(parts), "parts") for parts in range(1, 11)]
    async with sending(engine, tmp_path) as (kannel, office):
        answers = await asyncio.gather(*map(kannel.send, orders))
        assert answers == [Accepted(each.order_id) for each in orders]
        await office.wait("ten receipts", lambda: len(office.calls) >= 10)
        await arrived(engine, office, orders)
        receipts = office.receipts(kannel)
    assert {receipt.order_id for receipt in receipts} == {each.order_id for each in orders}
    assert {receipt.status for receipt in receipts} == {Status.DELIVERED}
    for parts, each in enumerate(orders, start=1):
        mine = [part for part in engine.parts() if part.recipient == phone(each)]
        assert [part.sender for part in mine] == ["+82" + SENDER[1:]] * parts


async def test_an_eleventh_part_is_refused_here_and_never_cut_there(
    engine: KannelEngine, tmp_path: Path
) -> None:
    long = order(22220011, korean(10) + "가", "eleven")
    async with sending(engine, tmp_path) as (kannel, _):
        assert await kannel.send(long) == Rejected("too_long", permanent=True)
    assert phone(long) not in engine.texts()


@pytest.mark.parametrize(
    ("number", "body"),
    [
        (1, "hello {[~^]} |back\\slash| €5 @ £ ¤ ñ"),
        (2, "둘째 줄은\n여기"),
        (3, "a" * 160),
        (4, "a & b = c + d % e # f ? g"),
        (5, "ㄱㅏ나 emoji 없음 ÷ × ± ℃ №"),
    ],
)
async def test_what_is_written_is_what_arrives(
    engine: KannelEngine, tmp_path: Path, number: int, body: str
) -> None:
    each = order(33330000 + number, body, "kinds")
    async with sending(engine, tmp_path) as (kannel, office):
        assert await kannel.send(each) == Accepted(each.order_id)
        await office.wait("a receipt", lambda: len(office.calls) == 1)
        await arrived(engine, office, [each])
        (receipt,) = office.receipts(kannel)
    assert (receipt.order_id, receipt.status) == (each.order_id, Status.DELIVERED)


async def test_the_smsc_goes_down_and_comes_back(engine: KannelEngine, tmp_path: Path) -> None:
    """What Kannel queues it has taken; it arrives once when the SMSC is there again."""
    orders = [order(44440000 + n, korean(1 + n % 3), "down") for n in range(20)]
    engine.stop_smsc()
    async with sending(engine, tmp_path) as (kannel, office):
        assert await asyncio.gather(*map(kannel.send, orders)) == [
            Accepted(each.order_id) for each in orders
        ]
        await asyncio.sleep(1)
        assert office.calls == []
        await asyncio.to_thread(engine.start_smsc)
        await office.wait("receipts", lambda: len(office.calls) >= len(orders), 60)
        await arrived(engine, office, orders)
        receipts = office.receipts(kannel)
    assert sorted(str(receipt.order_id) for receipt in receipts) == sorted(
        each.order_id for each in orders
    )


async def test_kannel_is_killed_with_messages_waiting(engine: KannelEngine, tmp_path: Path) -> None:
    """What it had taken is in its store: after the restart it arrives."""
    orders = [order(55550000 + n, f"꺼져도 남습니다 {n}", "killed") for n in range(10)]
    engine.stop_smsc()
    async with sending(engine, tmp_path) as (kannel, office):
        for each in orders:
            assert await kannel.send(each) == Accepted(each.order_id)
        await asyncio.sleep(2.5)  # store-dump-freq
        await asyncio.to_thread(engine.kill_boxes)
        answer = await kannel.send(order(55559999, "아무도 없는 동안", "killed"))
        assert not isinstance(answer, Accepted)
        await asyncio.to_thread(engine.start_boxes)
        await asyncio.to_thread(engine.start_smsc)
        await arrived(engine, office, orders)


async def test_our_restart_loses_no_report(engine: KannelEngine, tmp_path: Path) -> None:
    """Nobody answers for a moment: smsbox calls again."""
    each = order(66660001, "다시 켜는 동안에도", "restart")
    async with sending(engine, tmp_path, elsewhere=True) as (kannel, office):
        assert await kannel.send(each) == Accepted(each.order_id)
        await asyncio.sleep(1.5)
        async with an_office("kannel", office.port) as back:
            await back.wait("the report", lambda: len(back.calls) == 1, 60)
            (receipt,) = back.receipts(kannel)
    assert (receipt.order_id, receipt.status) == (each.order_id, Status.DELIVERED)


async def test_a_report_that_we_could_not_take_is_told_again(
    engine: KannelEngine, tmp_path: Path
) -> None:
    """We answer 503 and 500: smsbox calls again until we take it."""
    each = order(66660002, "다시 알려 주세요", "again")
    async with sending(engine, tmp_path) as (kannel, office):
        office.answers = [503, 500]
        assert await kannel.send(each) == Accepted(each.order_id)
        await office.wait("the third call", lambda: len(office.calls) >= 3, 60)
        await asyncio.sleep(2.5)  # longer than http-queue-delay: once taken it is told no more
        told = office.receipts(kannel)
    assert len(told) == 3
    assert len({receipt.event_id for receipt in told}) == 1
    assert (told[0].order_id, told[0].status) == (each.order_id, Status.DELIVERED)


async def test_what_kannel_refuses(strict_engine: KannelEngine, tmp_path: Path) -> None:
    async with sending(strict_engine, tmp_path) as (kannel, _):
        nowhere = await kannel.send(order(90000001, "보낼 길이 없음", "no-route"))
        assert nowhere == Rejected("kannel_403", permanent=False)
    async with sending(strict_engine, tmp_path, KANNEL_PASSWORD="wrong") as (kannel, _):
        assert await kannel.send(order(1, "x")) == Rejected("auth_kannel", permanent=False)


async def test_a_full_kannel_says_so_and_takes_nothing(
    strict_engine: KannelEngine, tmp_path: Path
) -> None:
    strict_engine.stop_smsc()
    orders = [order(77770000 + n, f"줄이 찹니다 {n}", "full") for n in range(12)]
    async with sending(strict_engine, tmp_path) as (kannel, office):
        answers = [await kannel.send(each) for each in orders]
        taken = [o for o, a in zip(orders, answers, strict=True) if isinstance(a, Accepted)]
        assert set(map(str, answers[len(taken) :])) == {
            str(Rejected("busy_kannel", permanent=False))
        }
        assert 0 < len(taken) < len(orders)
        await asyncio.to_thread(strict_engine.start_smsc)
        await office.wait("receipts", lambda: len(office.calls) >= len(taken), 60)
        await asyncio.sleep(1)
    for each in orders:
        assert len(strict_engine.texts().get(phone(each), [])) == (1 if each in taken else 0)


async def test_a_thousand_each_with_one_receipt(engine: KannelEngine, tmp_path: Path) -> None:
    orders = [order(88000000 + n, f"천 통 가운데 {n}번째", "many") for n in range(1000)]
    gate = asyncio.Semaphore(100)

    async def send(kannel: Kannel, each: SmsOrder) -> object:
        async with gate:
            return await kannel.send(each)

    async with sending(engine, tmp_path) as (kannel, office):
        began = time.monotonic()
        answers = await asyncio.gather(*(send(kannel, each) for each in orders))
        submitted = time.monotonic() - began
        assert answers == [Accepted(each.order_id) for each in orders]
        await office.wait("a thousand receipts", lambda: len(office.calls) >= 1000, 60)
        told = time.monotonic() - began
        await asyncio.sleep(0.5)
        receipts = office.receipts(kannel)
    assert sorted(str(receipt.order_id) for receipt in receipts) == sorted(
        each.order_id for each in orders
    )
    print(f"Kannel: {1000 / submitted:.0f} submitted a second, {1000 / told:.0f} told a second")
