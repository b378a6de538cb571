"""The simulator: what it keeps, what it answers, and which receipts follow."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateways.contract import (
    Accepted,
    CannotTell,
    Channel,
    Found,
    NotFound,
    Rejected,
    SmsOrder,
    Status,
    Unknown,
)
from gateways.encode import fax_file
from gateways.providers.behaviour import Behaviour
from gateways.providers.simulator import SimulatedFax, SimulatedSms
from gateways.providers.simulator_sent import sent
from tests.gateways.simulated import NOW, ORDER, Office, control, fax_order, magic, read


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
    (Behaviour.REJECT_SENDER, Rejected("sender_unregistered", permanent=True, elsewhere=True)),
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
    assert sms.store.handed_over_once_more() == []


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


async def test_the_same_order_again_is_noticed_but_sent_once(
    sms: SimulatedSms, tmp_path: Path
) -> None:
    first, again = await sms.send(ORDER), await sms.send(ORDER)
    assert first == again
    assert sms.store.handovers() == {"sms-1": 2}
    assert sms.store.handed_over_once_more() == ["sms-1"]
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
