"""The simulator: what it keeps, what it answers, what receipts follow, and that nothing is lost."""

import asyncio
import json
import os
import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from gateways import http
from gateways.contract import (
    Accepted,
    CannotTell,
    Channel,
    FaxOrder,
    Forged,
    Found,
    Malformed,
    NotFound,
    Receipt,
    Rejected,
    SmsOrder,
    Status,
    Surroundings,
    Unknown,
)
from gateways.encode import fax, fax_file
from gateways.providers import open_roster, simulator
from gateways.providers.behaviour import BY_NUMBER, Behaviour
from gateways.providers.simulator import SIGNATURE, SimulatedFax, SimulatedSms
from gateways.providers.simulator_sent import sent

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
ORDER = SmsOrder("sms-1", "0226703500", "01012345678", "토요일 10시에 만나요")
HEADER = fax.Header("김영희", "02-2670-3501", NOW)


def fax_order(order_id: str = "fax-1", recipient: str = "0226703501", pages: int = 2) -> FaxOrder:
    drawn = fax.draw("가\n" * (38 * (pages - 1) + 1), [], HEADER, FONT)
    assert drawn.page_count == pages
    return FaxOrder(order_id, "0226703500", recipient, drawn.tiff, pages)


def magic(behaviour: Behaviour, channel: Channel = Channel.SMS) -> str:
    number = next(number for number, b in BY_NUMBER.items() if b is behaviour)
    return ("0100000" if channel is Channel.SMS else "020000") + number


@dataclass
class Office:
    """Where the receipts are called: keeps what came, answers what it is told to."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def call(self, request: web.Request) -> web.Response:
        self.calls.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    async def wait_for(self, number: int, seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while len(self.calls) < number:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@asynccontextmanager
async def an_office(port: int = 0) -> AsyncIterator[Office]:
    office = Office()
    app = web.Application()
    app.router.add_post("/callbacks/simulator", office.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    host, bound = runner.addresses[0][:2]
    office.url = f"http://{host}:{bound}/callbacks/simulator"
    try:
        yield office
    finally:
        await runner.cleanup()


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as running:
        yield running


@pytest.fixture
async def surroundings(office: Office, tmp_path: Path) -> AsyncIterator[Surroundings]:
    control(tmp_path)
    async with http.open_session() as session:
        yield Surroundings(office.url, tmp_path, {}, session, lambda: NOW)


def control(directory: Path, **more: object) -> None:
    quick: dict[str, object] = {
        "delay_seconds": 0.05,
        "late_seconds": 600,
        "slow_seconds": 0.2,
        "timeout_seconds": 0.05,
    }
    (directory / "control.json").write_text(json.dumps(quick | more), "utf-8")


@pytest.fixture
def sms(surroundings: Surroundings) -> SimulatedSms:
    return SimulatedSms(surroundings)


@pytest.fixture
def faxes(surroundings: Surroundings) -> SimulatedFax:
    return SimulatedFax(surroundings)


def read(provider: SimulatedSms | SimulatedFax, office: Office) -> list[Receipt]:
    return [
        receipt
        for headers, body in office.calls
        for receipt in provider.parse_callback(headers, body, office.url)
    ]


async def test_an_sms_is_kept_as_the_phone_shows_it_and_a_receipt_follows(
    sms: SimulatedSms, office: Office, tmp_path: Path
) -> None:
    answer = await sms.send(ORDER)
    assert isinstance(answer, Accepted)
    text = (tmp_path / "sms" / "sms-1.txt").read_text("utf-8")
    assert text == (
        "보낸 번호: 02-2670-3500\n받는 번호: 010-1234-5678\n시각: 2026-11-28T01:12:00+00:00\n\n"
        "[Web발신]\n토요일 10시에 만나요"
    )
    assert await sms.look_up(ORDER, None, NOW) == Found(Status.ACCEPTED, answer.reference)
    await sms.wake()
    await office.wait_for(1)
    await sms.close()
    (receipt,) = read(sms, office)
    assert (receipt.order_id, receipt.reference) == ("sms-1", answer.reference)
    assert (receipt.status, receipt.units_of(1)) == (Status.DELIVERED, 1)
    assert receipt.at == NOW + timedelta(seconds=0.05)
    assert await sms.look_up(ORDER, None, NOW) == Found(Status.DELIVERED, answer.reference, 1)
    assert sms.store.waiting() == 0


async def test_a_fax_is_kept_as_tiff_and_pdf(faxes: SimulatedFax, tmp_path: Path) -> None:
    order = fax_order()
    assert isinstance(await faxes.send(order), Accepted)
    assert (tmp_path / "fax" / "fax-1.tiff").read_bytes() == order.tiff
    assert (tmp_path / "fax" / "fax-1.pdf").read_bytes() == (
        fax_file.to_pdf(fax_file.from_tiff(order.tiff))
    )


async def test_what_was_sent_is_listed_newest_first(
    sms: SimulatedSms, faxes: SimulatedFax, tmp_path: Path
) -> None:
    assert sent(tmp_path / "nowhere") == []
    await sms.send(ORDER)
    await faxes.send(fax_order())
    await sms.send(replace(ORDER, order_id="sms-2", recipient=magic(Behaviour.FAIL)))
    newest, middle, oldest = sent(tmp_path)
    assert (newest.order_id, newest.status) == ("sms-2", Status.FAILED)
    assert (middle.channel, middle.pages, middle.body) == (Channel.FAX, 2, None)
    assert middle.tiff is not None
    assert middle.tiff.exists()
    assert middle.pdf is not None
    assert middle.pdf.exists()
    assert (oldest.body, oldest.recipient) == ("[Web발신]\n토요일 10시에 만나요", "010-1234-5678")
    assert (oldest.at, oldest.status) == (NOW, Status.DELIVERED)
    assert [s.order_id for s in sent(tmp_path, limit=1)] == ["sms-2"]


def index_of(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.glob("simulator.sqlite3*"))


async def test_the_index_holds_nobodys_number_or_words(sms: SimulatedSms, tmp_path: Path) -> None:
    await sms.send(ORDER)
    data = index_of(tmp_path)
    assert b"sms-1" in data
    assert b"01012345678" not in data
    assert "토요일".encode() not in data


TAKES_NOTHING = [
    (Behaviour.REFUSE, Rejected("unreachable", permanent=False)),
    (Behaviour.REJECT_NUMBER, Rejected("no_such_number", permanent=True)),
    (Behaviour.REJECT_SENDER, Rejected("sender_unregistered", permanent=True)),
    (Behaviour.RATE_LIMIT, Rejected("rate_limited", False, timedelta(seconds=2))),
    (Behaviour.TIMEOUT_BEFORE, Unknown("SocketTimeoutError")),
    (Behaviour.ERROR_BEFORE, Unknown("HTTP 500")),
    (Behaviour.SILENT, Unknown("SocketTimeoutError")),
]


@pytest.mark.parametrize(("behaviour", "answer"), TAKES_NOTHING)
async def test_what_takes_nothing(
    sms: SimulatedSms, tmp_path: Path, behaviour: Behaviour, answer: object
) -> None:
    order = replace(ORDER, recipient=magic(behaviour))
    assert await sms.send(order) == answer
    assert sent(tmp_path) == []
    assert sms.due_callbacks() == []
    found = await sms.look_up(order, None, NOW)
    assert found == (CannotTell("no answer") if behaviour is Behaviour.SILENT else NotFound())
    assert sms.store.handovers() == {"sms-1": 1}


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour.TIMEOUT_AFTER, "SocketTimeoutError"),
        (Behaviour.RESET_AFTER, "ServerDisconnectedError"),
        (Behaviour.ERROR_AFTER, "HTTP 500"),
        (Behaviour.MALFORMED_AFTER, "unreadable answer"),
    ],
)
async def test_taken_but_the_answer_is_lost(
    sms: SimulatedSms, office: Office, behaviour: Behaviour, reason: str
) -> None:
    order = replace(ORDER, recipient=magic(behaviour))
    assert await sms.send(order) == Unknown(reason)
    assert isinstance(await sms.look_up(order, None, NOW), Found)
    (callback,) = sms.due_callbacks()
    (receipt,) = sms.parse_callback(callback.headers, callback.body, callback.url)
    assert (receipt.order_id, receipt.status) == ("sms-1", Status.DELIVERED)


@pytest.mark.parametrize("behaviour", [Behaviour.REFUSE_ONCE, Behaviour.RATE_LIMIT_ONCE])
async def test_once_means_once(sms: SimulatedSms, behaviour: Behaviour) -> None:
    order = replace(ORDER, recipient=magic(behaviour))
    assert isinstance(await sms.send(order), Rejected)
    assert isinstance(await sms.send(order), Accepted)
    assert sms.store.handovers() == {"sms-1": 2}


RECEIPTS = [
    (Behaviour.DELIVER, [(Status.DELIVERED, 1)]),
    (Behaviour.FAIL, [(Status.FAILED, 0)]),
    (Behaviour.EXPIRE, [(Status.EXPIRED, 0)]),
    (Behaviour.PARTIAL, [(Status.FAILED, 0)]),
    (Behaviour.LOSE_RECEIPT, []),
    (Behaviour.NEVER_END, []),
    (Behaviour.DUPLICATE, [(Status.DELIVERED, 1)] * 3),
    (Behaviour.REORDER, [(Status.DELIVERED, 1), (Status.FAILED, 0)]),
    (Behaviour.LATE, [(Status.DELIVERED, 1)]),
    (Behaviour.SLOW, [(Status.DELIVERED, 1)]),
    (Behaviour.UNKNOWN_ID, [(Status.DELIVERED, 1)] * 2),
]


@pytest.mark.parametrize(("behaviour", "expected"), RECEIPTS)
async def test_which_receipts_follow(
    sms: SimulatedSms, behaviour: Behaviour, expected: list[tuple[Status, int]]
) -> None:
    assert isinstance(await sms.send(replace(ORDER, recipient=magic(behaviour))), Accepted)
    read = [
        receipt
        for callback in sms.due_callbacks()
        for receipt in sms.parse_callback(callback.headers, callback.body, callback.url)
    ]
    assert [(receipt.status, receipt.units_of(1)) for receipt in read] == expected
    different = {"reorder": 2, "unknown_id": 2}.get(behaviour.value, min(1, len(expected)))
    assert len({receipt.event_id for receipt in read}) == different
    strangers = [receipt for receipt in read if receipt.order_id != "sms-1"]
    assert len(strangers) == (behaviour is Behaviour.UNKNOWN_ID)


@pytest.mark.parametrize(
    ("behaviour", "found"),
    [
        (Behaviour.DELIVER, (Status.DELIVERED, 1)),
        (Behaviour.LOSE_RECEIPT, (Status.DELIVERED, 1)),
        (Behaviour.FAIL, (Status.FAILED, 0)),
        (Behaviour.EXPIRE, (Status.EXPIRED, 0)),
        (Behaviour.NEVER_END, (Status.ACCEPTED, 0)),
    ],
)
async def test_what_a_look_up_finds_in_the_end(
    sms: SimulatedSms, behaviour: Behaviour, found: tuple[Status, int]
) -> None:
    order = replace(ORDER, recipient=magic(behaviour))
    await sms.send(order)
    await asyncio.sleep(0.1)
    answer = await sms.look_up(order, None, NOW)
    assert isinstance(answer, Found)
    assert (answer.status, answer.units_of(1)) == found


async def test_a_fax_that_arrives_in_part(faxes: SimulatedFax) -> None:
    order = fax_order(recipient=magic(Behaviour.PARTIAL, Channel.FAX), pages=3)
    assert isinstance(await faxes.send(order), Accepted)
    (callback,) = faxes.due_callbacks()
    (receipt,) = faxes.parse_callback(callback.headers, callback.body, callback.url)
    assert (receipt.status, receipt.delivered_units, receipt.units_of(3)) == (Status.FAILED, 2, 2)


async def test_an_early_receipt_comes_before_the_answer(sms: SimulatedSms, office: Office) -> None:
    answer = await sms.send(replace(ORDER, recipient=magic(Behaviour.EARLY)))
    assert len(office.calls) == 1
    assert isinstance(answer, Accepted)


async def test_a_forged_receipt_is_told_from_the_true_one(sms: SimulatedSms) -> None:
    await sms.send(replace(ORDER, recipient=magic(Behaviour.FORGE)))
    forged, true = sms.due_callbacks()
    with pytest.raises(Forged):
        sms.parse_callback(forged.headers, forged.body, forged.url)
    assert len(sms.parse_callback(true.headers, true.body, true.url)) == 1


async def test_signatures(sms: SimulatedSms, monkeypatch: pytest.MonkeyPatch) -> None:
    await sms.send(ORDER)
    (callback,) = sms.due_callbacks()
    good = callback.headers[SIGNATURE]
    for bad in ("", "t=1", good[:-1] + "g", good.replace("t=", "t=1"), "t=²,v1=x", f"{good},v1=가"):
        with pytest.raises(Forged):
            sms.parse_callback({SIGNATURE: bad}, callback.body, callback.url)
    with pytest.raises(Forged):
        sms.parse_callback(callback.headers, callback.body + b" ", callback.url)
    assert sms.parse_callback({SIGNATURE.lower(): good}, callback.body, callback.url)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Forged):
        sms.parse_callback(callback.headers, callback.body, callback.url)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 1}', b"\xff"])
async def test_signed_nonsense_is_malformed(sms: SimulatedSms, body: bytes) -> None:
    stamp = str(int(time.time()))
    signature = simulator._sign(sms._key, stamp, body)
    with pytest.raises(Malformed):
        sms.parse_callback({SIGNATURE: f"t={stamp},v1={signature}"}, body, "")


async def test_the_same_order_again_is_noticed_but_sent_once(
    sms: SimulatedSms, tmp_path: Path
) -> None:
    first, again = await sms.send(ORDER), await sms.send(ORDER)
    assert first == again
    assert sms.store.handovers() == {"sms-1": 2}
    assert len(sent(tmp_path)) == 1
    assert len(sms.due_callbacks()) == 1


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (replace(ORDER, body="가" * 41), "bad_body"),
        (replace(ORDER, body="😀"), "bad_body"),
        (replace(ORDER, body=""), "bad_body"),
        (replace(ORDER, order_id="../../etc/passwd"), "bad_order_id"),
        (replace(ORDER, order_id="a" * 65), "bad_order_id"),
    ],
)
async def test_an_sms_that_no_provider_takes(sms: SimulatedSms, order: SmsOrder, code: str) -> None:
    assert await sms.send(order) == Rejected(code, permanent=True)


async def test_a_fax_that_no_engine_takes(faxes: SimulatedFax) -> None:
    order = fax_order()
    assert await faxes.send(replace(order, tiff=b"II*")) == Rejected("bad_tiff", permanent=True)
    wrong = await faxes.send(replace(order, pages=3))
    assert wrong == Rejected("bad_page_count", permanent=True)


async def test_the_control_file_rules_over_the_numbers(sms: SimulatedSms, tmp_path: Path) -> None:
    control(tmp_path, behaviour={"*": "refuse", "01012345678": "deliver"})
    assert isinstance(await sms.send(ORDER), Accepted)
    other = replace(ORDER, order_id="sms-2", recipient="01099998888")
    assert isinstance(await sms.send(other), Rejected)
    control(tmp_path, behaviour={"*": "misspelt"})
    with pytest.raises(ValueError, match="misspelt"):
        await sms.send(replace(ORDER, order_id="sms-3"))


async def test_receipts_are_called_until_somebody_answers(
    sms: SimulatedSms, office: Office
) -> None:
    office.answers = [500, 503, 429]
    await sms.send(ORDER)
    await sms.wake()
    await office.wait_for(4)
    await asyncio.sleep(0.1)
    await sms.close()
    assert len(office.calls) == 4
    assert len({body for _, body in office.calls}) == 1
    assert sms.store.waiting() == 0


@pytest.mark.parametrize("status", [204, 400, 403, 404])
async def test_an_answer_for_good_ends_the_calls(
    sms: SimulatedSms, office: Office, status: int
) -> None:
    office.answers = [status]
    await sms.send(ORDER)
    await asyncio.sleep(0.06)
    assert await sms.call_due() == 1
    assert sms.store.waiting() == 0


async def test_receipts_wait_while_the_office_is_away(tmp_path: Path) -> None:
    control(tmp_path)
    async with http.open_session() as session:
        async with an_office() as office:
            port = int(office.url.split(":")[2].split("/")[0])
            provider = SimulatedSms(Surroundings(office.url, tmp_path, {}, session, lambda: NOW))
        await provider.send(ORDER)
        await provider.wake()
        await asyncio.sleep(0.3)
        async with an_office(port) as again:
            await again.wait_for(1)
            await provider.close()
    assert provider.store.waiting() == 0


SENDER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from gateways import http
    from gateways.contract import SmsOrder, Surroundings
    from gateways.providers.simulator import SimulatedSms

    async def main():
        async with http.open_session() as session:
            now = lambda: datetime.now(UTC)
            provider = SimulatedSms(Surroundings(sys.argv[2], Path(sys.argv[1]), {}, session, now))
            for n in range(1000):
                await provider.send(
                    SmsOrder(f"order-{n}", "0226703500", "01012345678", "토요일에 만나요")
                )
                print(n, flush=True)

    asyncio.run(main())
"""


async def test_due_receipts_survive_a_killed_process(office: Office, tmp_path: Path) -> None:
    """kill -9 while it sends: whatever was taken gets its one receipt from the next process."""
    control(tmp_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        textwrap.dedent(SENDER),
        str(tmp_path),
        office.url,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(20):
        await process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    async with http.open_session() as session:
        provider = SimulatedSms(Surroundings(office.url, tmp_path, {}, session, lambda: NOW))
        taken = {item.order_id for item in sent(tmp_path, limit=2000)}
        assert len(taken) >= 20
        assert taken <= provider.store.handovers().keys()
        await provider.wake()
        await office.wait_for(len(taken))
        await asyncio.sleep(0.3)
        await provider.close()
        receipts = read(provider, office)
    assert sorted(str(receipt.order_id) for receipt in receipts) == sorted(taken)


async def test_two_processes_call_each_receipt_once(
    sms: SimulatedSms, surroundings: Surroundings, office: Office
) -> None:
    other = SimulatedSms(surroundings)
    for n in range(60):
        await sms.send(replace(ORDER, order_id=f"sms-{n}"))
    await asyncio.gather(sms.wake(), other.wake())
    await office.wait_for(60)
    await asyncio.sleep(0.3)
    await asyncio.gather(sms.close(), other.close())
    assert len(office.calls) == 60
    assert len({body for _, body in office.calls}) == 60


async def test_web_and_worker_share_key_and_memory(tmp_path: Path, office: Office) -> None:
    opened = [
        await open_roster(
            sms=["simulator"],
            fax=["simulator"],
            callback_root=office.url.removesuffix("/simulator"),
            directory=tmp_path,
            secrets={},
            now=lambda: NOW,
        )
        for _ in range(2)
    ]
    web_roster, worker_roster = opened
    control(tmp_path / "simulator")
    answer = await worker_roster.sms[0].send(ORDER)
    assert isinstance(answer, Accepted)
    await worker_roster.wake()
    await office.wait_for(1)
    reader = web_roster.for_callback("simulator")
    assert reader is not None
    headers, body = office.calls[0]
    assert len(reader.parse_callback(headers, body, office.url)) == 1
    found = await web_roster.sms[0].look_up(ORDER, None, NOW)
    assert found == Found(Status.DELIVERED, answer.reference, 1)
    for roster in opened:
        await roster.close()
