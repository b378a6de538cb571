"""SMS to a list and to the address book over HTTP: counted, tried, sent at an hour, followed,
cancelled; each recipient's own text priced and given back by itself (Y15-4)."""

import asyncio
import io
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from werkzeug.datastructures import FileStorage

from gateways.encode import numbers
from server.accounts import service as accounts
from server.addressbook import service as addressbook
from server.core import clock, db, outbox
from server.fairuse import counting
from server.messages import service
from server.messages.models import Delivery, Message, Sheet
from server.messages.orders import ordering
from server.messages.sms import sheet_rules, sheets
from server.messages.sms.letter_rules import Order
from server.mileage import service as mileage
from server.ordinance import loading
from server.ordinance import service as ordinance
from tests.people import PASSWORD, hidden_fields

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FORM = "/messages/sms/new"
TO = "010-1234-5678"
LIST = "휴대전화,이름\n010-1111-0001,김영희\n1011110002,남궁민수\n"
LONG_NAME = "제갈" * 12
"""With this name a text of 80 bytes needs a second message."""


async def upload(
    person: Any, text: str, fields: dict[str, str], encoding: str = "utf-8"
) -> tuple[Any, str]:
    """Posts the form with a list; the answer and its words."""
    page = await person.client.get(FORM)
    hidden = hidden_fields(await page.get_data(as_text=True))
    file = FileStorage(io.BytesIO(text.encode(encoding)), "받는 사람.csv")
    answer = await person.client.post(
        FORM, form={**hidden, "to": "", "body": "", **fields}, files={"sheet": file}
    )
    return answer, await answer.get_data(as_text=True)


async def choose(person: Any, fields: dict[str, Any]) -> Any:
    """Posts the form with several boxes ticked, as a browser does."""
    page = await person.client.get(FORM)
    hidden = hidden_fields(await page.get_data(as_text=True))
    return await person.client.post(
        FORM,
        data=urlencode({**hidden, **fields}, doseq=True),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def kept_sheet(page: str) -> str:
    """Which list a form has kept."""
    return page.partition('name="kept_sheet" value="')[2].partition('"')[0]


@pytest.mark.clause("Y15-4", 1)
async def test_each_recipient_of_a_list_has_his_own_text_price_and_refund(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    text = f"{LIST}010-1111-0003,{LONG_NAME}\n"
    body = "{이름}님, 토요일 열 시 선유도공원에서 만나요."
    answer, _ = await upload(kim, text, {"body": body}, "cp949")
    assert answer.status_code == 303
    address = answer.headers["Location"]
    page = await kim.see(address)
    assert "김영희님, 토요일" in page
    assert "3명, 모두 4건 × 30점" in page
    assert "120점으로 보내기" in page

    dry = await kim.see(f"{address}/letters")
    assert "아직 아무에게도 보내지 않았습니다" in dry
    assert "남궁민수님" in dry
    assert "(2/2) " in dry
    sheet = await (await kim.client.get(f"{address}/letters.csv")).get_data(as_text=True)
    assert sheet.startswith("\ufeff번호,내용,건수,상태\r\n010-1111-0001,")
    assert sheet.count("\r\n") == 4
    assert await carrier.handed_over() == {}

    carrier.behave(behaviour={"01011110003": "fail"})
    assert (await kim.confirm(address)).status_code == 303
    assert await kim.points() == mileage.Balance(410, 120)
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    assert await kim.points() == mileage.Balance(470, 0)  # two messages of one recipient back
    page = await kim.see(address)
    assert page.count("도착했습니다.") == 2
    assert "도착하지 않았습니다. 60점을 돌려드렸습니다." in page
    assert (await kim.see("/me/mileage")).count("문자 4건 가운데 1건 반환") == 2
    (message,) = await Message.all()
    assert (message.units, message.units_each, message.parts) == (4, None, None)
    assert (await counting.used(kim.person_id, "sms", clock.today()))[1] == 4
    # What each was told is as secret as his number.
    rows = await db.fetch("SELECT text, number FROM message_delivery")
    assert all("김영희".encode() not in bytes(row["text"]) for row in rows)


@ONE_ENGINE
async def test_what_is_wrong_with_a_list_is_said_by_line_and_the_list_is_kept(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim")
    text = LIST + "02-2670-3500,이철수\n010-1111-0004,🎉\n"
    answer, page = await upload(kim, text, {"body": "{이름}님 안녕하세요", "to": TO})
    assert answer.status_code == 422
    assert "4번째 줄의 ‘02-2670-3500’: 문자를 받을 수 없는 번호입니다." in page
    assert "5번째 줄에 문자로 보낼 수 없는 글자가 있습니다: 🎉" in page
    assert f"1번째 줄의 ‘{TO}’: {{이름}}에 넣을 말이 없습니다." in page
    assert "{이름}님 안녕하세요" in page
    assert "받는 사람.csv" in page
    assert kept_sheet(page)
    assert await Message.all().count() == 0
    # The text changed so that it is the same for all, the list needs not be chosen again.
    fields = {**hidden_fields(page), "kept_sheet": kept_sheet(page), "to": TO, "body": "안녕"}
    answer = await kim.client.post(FORM, form=fields)
    page = await answer.get_data(as_text=True)
    assert (answer.status_code, "4번째 줄의" in page) == (422, True)
    assert "🎉" not in page


@ONE_ENGINE
async def test_a_list_that_is_none_loses_nothing(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    for text, words in [
        ("", "빈 파일입니다."),
        ("이름\n김영희\n", "첫 줄에 칸 이름을 적어 주세요."),
        ("번호\n" + "\n".join(f"0101234{n:04}" for n in range(21)), "한 번에 20명까지"),
        ('번호\n"0101', "따옴표가 맞지 않습니다."),
    ]:
        answer, page = await upload(kim, text, {"body": "토요일에 만나요", "to": TO})
        assert (answer.status_code, words in page) == (422, True), words
        assert "토요일에 만나요" in page
        assert TO in page


@ONE_ENGINE
async def test_the_count_without_a_script_returns_the_form_and_sends_nothing(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim", points=530)
    cases = [
        ({"to": "", "body": "가" * 41}, ["92 / 90바이트", "문자 2건", "받는 사람을 적으면"]),
        ({"to": f"{TO}\n010-2222-3333", "body": "가" * 41}, ["받는 사람 2명, 문자 4건", "120점"]),
        ({"to": TO, "body": "좋아요 😀"}, ["문자로 보낼 수 없는 글자가 있습니다: 😀"]),
        ({"to": "119", "body": "안녕"}, ["1번째 줄의 ‘119’: 긴급"]),
        ({"to": TO, "body": "뷁"}, ["네모로 보일 수 있는 글자가 있습니다: 뷁", "30점"]),
    ]
    for fields, words in cases:
        answer = await kim.post(FORM, {**fields, "count": "1"})
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 200
        for word in [*words, *fields.values()]:
            assert word in page
    answer, page = await upload(
        kim, f"{LIST}010-1111-0003,{LONG_NAME}\n",
        {"body": "{이름}님, 토요일 열 시 선유도공원에서 만나요.", "count": "1"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "받는 사람 3명, 문자 4건" in page
    assert "한 사람에 1건에서 2건까지입니다." in page
    fields = {**hidden_fields(page), "kept_sheet": kept_sheet(page), "to": "", "body": "{이름}님"}
    answer = await kim.client.post(FORM, form=fields)
    assert answer.status_code == 303
    assert await Message.all().count() == 1


@ONE_ENGINE
async def test_people_of_the_address_book_are_picked_by_name_and_in_groups(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    me = kim.account_id
    first = await addressbook.add(me, "김영희", numbers.parse("010-1111-0001"), (), "친목회")
    (shelf,) = (await addressbook.book(me)).shelves
    await addressbook.add(me, "남궁민수", numbers.parse("010-1111-0002"), [shelf.id])
    await addressbook.add(me, "치과", numbers.parse("02-2670-3500"), [shelf.id])
    page = await kim.see(f"{FORM}?pick=g{shelf.id}")
    assert f'value="g{shelf.id}" checked' in page
    assert "묶음 · 2명" in page  # the dentist's line takes no SMS
    picks = [f"c{first}", f"g{shelf.id}", "c999999", "x"]
    answer = await choose(kim, {"to": "", "pick": picks, "body": "{이름}님 {3}시에"})
    assert answer.status_code == 303
    page = await kim.see(f"{answer.headers['Location']}/letters")
    assert "김영희님 {3}시에" in page
    assert "남궁민수님 {3}시에" in page
    again = await kim.see(f"{FORM}?from={answer.headers['Location'].rpartition('/')[2]}")
    assert again.count(" checked") == 2
    # A number that is only typed has no name.
    answer = await choose(kim, {"to": TO, "pick": picks, "body": "{이름}님"})
    assert answer.status_code == 422
    assert "{이름}에 넣을 말이 없습니다" in await answer.get_data(as_text=True)


@ONE_ENGINE
async def test_a_text_abroad_is_handed_over_whole_and_paid_by_the_part(
    resident: Any, carrier: Any, worker: Any, tmp_path: Path
) -> None:
    profile = loading.path_of("yeongdeungpo").read_text()
    price = "[mileage.spend.sms_abroad]\npoints = 100\nwon = 90\n[mileage.spend.fax]"
    (tmp_path / "abroad.toml").write_text(profile.replace("[mileage.spend.fax]", price))
    ordinance.use(tmp_path / "abroad.toml")
    kim = await resident("kim", points=530)
    page = await kim.see(FORM)
    assert 'data-abroad="to"' in page
    answer = await kim.post(FORM, {"to": "+1 415 555 0100", "body": "가" * 71, "count": "1"})
    page = await answer.get_data(as_text=True)
    assert "71 / 67자" in page
    assert "200점" in page
    answer = await kim.post(FORM, {"to": f"+1 415 555 0100\n{TO}", "body": "가"})
    assert "따로 보내야 합니다" in await answer.get_data(as_text=True)
    address = await kim.draft("+1 415 555 0100", "안녕하세요 😀 " + "가" * 64)
    page = await kim.see(address)
    assert "1명 × 2건 × 100점" in page
    assert (await kim.confirm(address)).status_code == 303
    assert await kim.points() == mileage.Balance(330, 200)
    await worker.drain()
    assert list((await carrier.handed_over()).values()) == [1]
    await carrier.call_back()
    await worker.drain()
    assert await kim.points() == mileage.Balance(330, 0)


async def test_an_order_waits_for_its_hour_and_can_be_cancelled_until_then(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    at = clock.seoul(clock.now()) + timedelta(days=1)
    fields = {"day": at.date().isoformat(), "time": "09:30", "declared": "y"}
    for wrong, words in [
        ({"day": "2020-01-01", "time": "09:30"}, "지난 때로는 예약할 수 없습니다."),
        ({"day": fields["day"], "time": ""}, "예약할 날짜와 시각을 모두 적어 주세요."),
        ({"day": "2099-01-01", "time": "09:30"}, "예약은 30일 안으로 할 수 있습니다."),
    ]:
        answer = await kim.post(f"{address}/confirm", wrong, form_at=address)
        page = await answer.get_data(as_text=True)
        assert (answer.status_code, words in page) == (422, True), words
        assert wrong["day"] in page
    assert await kim.points() == mileage.Balance(530, 0)

    answer = await kim.post(f"{address}/confirm", fields, form_at=address)
    assert answer.status_code == 303
    assert await kim.points() == mileage.Balance(500, 30)
    assert "09:30" in await kim.see(address) or "9:30" in await kim.see(address)
    await worker.drain()
    assert await carrier.handed_over() == {}
    other = await kim.draft("010-9999-0000")
    await kim.post(f"{other}/confirm", fields, form_at=other)
    answer = await kim.post(f"{other}/cancel", {}, form_at=other)
    assert answer.status_code == 303
    assert await kim.points() == mileage.Balance(500, 30)
    assert (await counting.used(kim.person_id, "sms", at.date()))[1] == 1
    assert (await counting.used(kim.person_id, "sms", clock.today()))[1] == 0

    with clock.use(at.replace(hour=9, minute=31)):
        await worker.drain()
        assert list((await carrier.handed_over()).values()) == [1]
        assert (await Message.get(id=UUID(address.rpartition("/")[2]))).stage == "sent"
        await carrier.call_back()
        await worker.drain()
    assert await kim.points() == mileage.Balance(500, 0)
    assert "보내기를 취소했습니다" in await kim.see("/me/mileage")


@ONE_ENGINE
async def test_the_price_is_that_of_the_confirmation(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    at = clock.seoul(clock.now()) + timedelta(days=1)
    fields = {"day": at.date().isoformat(), "time": "09:30", "declared": "y", "points": "60"}
    answer = await kim.post(f"{address}/confirm", fields, form_at=address)
    assert answer.status_code == 409  # the page showed another price
    answer = await kim.post(f"{address}/confirm", fields | {"points": "30"}, form_at=address)
    assert answer.status_code == 303
    (message,) = await Message.all()
    assert (message.stage, message.unit_points) == ("scheduled", 30)


@ONE_ENGINE
async def test_an_order_is_followed_and_what_has_not_left_can_be_stopped(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    order = await kim.send("010-1111-0001\n010-1111-0002\n010-1111-0003")
    page = await kim.see(order)
    assert '<progress value="0" max="3"' in page
    assert "기다림 3" in page
    assert 'http-equiv="refresh"' not in page
    assert 'http-equiv="refresh"' in await kim.see(f"{order}?follow=1")
    while not await carrier.handed_over():
        await outbox.drain(1)
    await carrier.call_back()
    answer = await kim.post(f"{order}/cancel", {}, form_at=order)
    assert answer.status_code == 303
    await worker.drain()
    assert await kim.points() == mileage.Balance(500, 0)
    page = await kim.see(order)
    assert "<progress" not in page
    assert page.count("보내지 않고 취소했습니다.") == 2
    assert 'http-equiv="refresh"' not in await kim.see(f"{order}?follow=1")


async def test_many_are_written_and_queued_in_batches(
    resident: Any, carrier: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With batches of seven: half a draft is nobody's, and every delivery is queued once."""
    monkeypatch.setattr(ordering, "BATCH", 7)
    monkeypatch.setattr("server.messages.orders.drafting.BATCH", 7)
    kim = await resident("kim", points=5_000)
    text = "번호,이름\n" + "".join(f"0101111{n:04},{'가나' * (n % 14)}\n" for n in range(1, 31))
    text = text.replace(",\n", ",나\n")
    order = Order(
        service.profile(), "{이름}님, 토요일 열 시 선유도공원 정문에서 뵙겠습니다.", [],
        sheet_rules.table(text.encode()), recipients_max=100,
    )  # fmt: skip
    letters = order.reckon().letters
    assert letters is not None
    assert letters.units_each is None
    message_id = await service.draft_letters(kim.account_id, kim.person_id, "…", letters)
    assert await Delivery.filter(message_id=message_id).count() == letters.units
    await service.confirm(message_id, kim.account_id, kim.person_id)
    assert (await kim.points()).held == letters.units * 30
    assert await Delivery.filter(state="queued").count() == 0
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    assert set((await carrier.handed_over()).values()) == {1}
    assert len(await carrier.handed_over()) == letters.units
    assert await kim.points() == mileage.Balance(5_000 - letters.units * 30, 0)
    message = await Message.get(id=message_id)
    assert (message.open_count, message.ended_at is not None) == (0, True)


@ONE_ENGINE
async def test_a_draft_half_written_is_neither_seen_nor_sent(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    address = await kim.draft(TO)
    await Message.all().update(filled=False)
    assert (await kim.client.get(address)).status_code == 404
    answer = await kim.post(f"{address}/confirm", {}, form_at=FORM)
    assert answer.status_code == 404
    assert "아직 보낸 것이 없습니다" in await kim.see("/me/messages")


@ONE_ENGINE
async def test_a_list_is_ones_own_and_goes_after_a_day(resident: Any, carrier: Any) -> None:
    kim, lee = await resident("kim"), await resident("lee")
    _, page = await upload(kim, LIST, {"body": "안녕", "count": "1"})
    kept = UUID(kept_sheet(page))
    assert await sheets.find(kim.account_id, kept)
    assert await sheets.find(lee.account_id, kept) is None
    answer = await lee.post(FORM, {"to": "", "body": "안녕", "kept_sheet": str(kept)})
    assert answer.status_code == 422
    assert "파일을 다시 골라 주세요" in await answer.get_data(as_text=True)
    # Another file that is none does not take its place.
    file = FileStorage(io.BytesIO(b"x"), "x.csv")
    fields = {**hidden_fields(page), "kept_sheet": str(kept), "to": "", "body": "안녕"}
    answer = await kim.client.post(FORM, form=fields, files={"sheet": file})
    page = await answer.get_data(as_text=True)
    assert (answer.status_code, kept_sheet(page)) == (422, str(kept))
    assert "첫 줄에 칸 이름을 적어 주세요." in page
    for _ in range(sheets.KEPT_MAX):
        await sheets.keep(kim.account_id, "목록.csv", LIST.encode())
    assert await Sheet.all().count() == sheets.KEPT_MAX
    with clock.use(clock.now() + timedelta(hours=25)):
        assert await service.erase() >= 1
    assert await Sheet.all().count() == 0
    assert await sheets.find(kim.account_id, kept) is None


@ONE_ENGINE
async def test_an_officials_order_is_the_offices(
    people: Any, app: Any, carrier: Any, worker: Any
) -> None:
    await accounts.create_official(
        "clerk", "박철수", None, {"complaints"}, password=PASSWORD, must_change_password=False
    )
    client = app.test_client()
    await people.sign_in(client, "clerk")
    page = await (await client.get(FORM)).get_data(as_text=True)
    assert "구청 이름으로 보냅니다." in page
    many = "\n".join(f"0101111{n:04}" for n in range(25))
    answer = await client.post(
        FORM, form={**hidden_fields(page), "to": many, "body": "내일 단수됩니다."}
    )
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    address = answer.headers["Location"]
    page = await (await client.get(address)).get_data(as_text=True)
    assert "구청이 냅니다: 문자 25건, 500원" in page
    answer = await client.post(f"{address}/confirm", form=hidden_fields(page))
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    carrier.behave(behaviour={"01011110003": "fail"})
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    (message,) = await Message.all()
    assert (message.paid_by, message.unit_points, message.open_count) == ("office", 0, 0)
    assert len(await carrier.handed_over()) == 25
    inbox = await (await client.get("/me/notifications")).get_data(as_text=True)
    assert "25건 가운데 24건이 도착했습니다." in inbox
    page = await (await client.get(address)).get_data(as_text=True)
    assert "구청이 내는 값" in page


def test_a_long_list_is_gone_through_and_never_held_whole() -> None:
    profile = loading.load(loading.path_of("yeongdeungpo"))[0].profile
    text = "번호,이름\n" + "".join(f"010{n:08},이름{n}\n" for n in range(2_000))
    table = sheet_rules.table(text.encode())
    tracemalloc.start()
    letters = (
        Order(profile, "{이름}님, 안녕하세요.", [], table, recipients_max=9_999).reckon().letters
    )
    assert letters is not None
    assert (letters.recipients, letters.units) == (2_000, 2_000)
    assert sum(1 for _ in letters) == 2_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000 * 500  # a few words about each, to know who has it already


async def test_two_tabs_of_a_long_list_make_one_draft(
    resident: Any, carrier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.messages.orders.drafting.BATCH", 7)
    kim = await resident("kim")
    page = await (await kim.client.get(FORM)).get_data(as_text=True)
    to = "\n".join(f"0101111{n:04}" for n in range(20))
    fields = {**hidden_fields(page), "to": to, "body": "안녕하세요"}
    answers = await asyncio.gather(*(kim.client.post(FORM, form=fields) for _ in range(3)))
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    assert await Message.all().count() == 1
    assert await Delivery.all().count() == 20
