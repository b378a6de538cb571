"""SMS over HTTP: quote, hold, send, capture on delivery, give back what did not arrive (Y15-4)."""

import asyncio
from typing import Any

import pytest

from server import config
from server.core import clock, db
from server.messages.models import Delivery, Message
from server.mileage import service as mileage
from server.notifications import service as notifications
from server.ordinance import service as ordinance

TO = "010-1234-5678"
FAX = "02-2670-3500"


@pytest.mark.clause("Y15-4", 1)
async def test_three_recipients_one_of_whom_is_not_reached(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(f"{TO}\n010 2345 6789\n+82 10-3456-7890")
    page = await kim.see(address)
    assert "[Web발신]\n토요일 10시에 만나요." in page
    assert "3명 × 1건 × 30점" in page
    assert "90점으로 보내기" in page
    assert "02-2670-3114" in page
    assert "440점" in page  # what is left afterwards
    assert await kim.points() == mileage.Balance(530, 0)  # a quote moves nothing

    carrier.behave(behaviour={"01023456789": "fail"})
    answer = await kim.confirm(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert await kim.points() == mileage.Balance(440, 90)
    assert "따로 둔 90점" in await kim.see("/me/mileage")

    await worker.drain()
    assert await carrier.call_back() == [200, 200, 200]
    assert await kim.points() == mileage.Balance(440, 90)  # stored, not applied yet
    await worker.drain()
    assert await kim.points() == mileage.Balance(470, 0)

    page = await kim.see(address)
    assert page.count("도착했습니다.") == 2
    assert "도착하지 않았습니다. 30점을 돌려드렸습니다." in page
    statement = await kim.see("/me/mileage")
    assert "문자 3건 가운데 1건 반환" in statement
    (told, *_) = await notifications.inbox(kim.account_id, "ko", before=None, limit=5)
    assert told.title == "문자메시지가 일부만 도착했습니다"
    assert told.body == "도착하지 않은 만큼 30점을 돌려 드렸습니다."
    assert set((await carrier.handed_over()).values()) == {1}


async def test_a_long_text_is_numbered_and_each_message_has_its_price(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(
        TO, "당산동 마을 청소를 토요일에 합니다. 장갑은 구청에서 드립니다. " * 3
    )
    page = await kim.see(address)
    assert "(1/3) " in page
    assert "90점으로 보내기" in page
    await kim.confirm(address)
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    assert await kim.points() == mileage.Balance(440, 0)
    page = await kim.see(address)
    assert page.count("도착했습니다.") == 1  # one recipient, one sentence


async def test_too_few_points_send_nothing_and_lose_nothing(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    many = "\n".join(f"010-1234-{number:04}" for number in range(18))
    address = await kim.draft(many)
    page = await kim.see(address)
    assert "마일리지가 10점 모자랍니다" in page
    assert "으로 보내기" not in page
    answer = await kim.post(f"{address}/confirm", {"declared": "y"}, form_at="/messages/sms/new")
    text = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "마일리지가 10점 모자랍니다. 지금 쓸 수 있는 마일리지는 530점입니다." in text
    assert "쓰신 내용은 그대로 있습니다." in text
    assert "토요일 10시에 만나요." in text
    await worker.drain()
    assert await carrier.handed_over() == {}
    assert await kim.points() == mileage.Balance(530, 0)
    # What was written can be mended.
    form = await kim.see(f"/messages/sms/new?from={address.rpartition('/')[2]}")
    assert "010-1234-0017" in form
    assert "토요일 10시에 만나요." in form


async def test_confirming_twice_and_in_two_tabs_sends_once(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    answers = await asyncio.gather(*(kim.confirm(address) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    await worker.drain()
    assert (await kim.confirm(address)).status_code == 303
    await carrier.call_back()
    await worker.drain()
    assert await kim.points() == mileage.Balance(500, 0)
    assert list((await carrier.handed_over()).values()) == [1]


async def test_the_same_form_twice_makes_one_draft(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    page = await kim.client.get("/messages/sms/new")
    from tests.people import hidden_fields

    fields = hidden_fields(await page.get_data(as_text=True)) | {"to": TO, "body": "안녕하세요"}
    first = await kim.client.post("/messages/sms/new", form=fields)
    second = await kim.client.post("/messages/sms/new", form=fields)
    assert first.headers["Location"] == second.headers["Location"]
    other = await kim.client.post("/messages/sms/new", form=fields | {"body": "다른 말"})
    assert other.status_code == 409
    assert "다른 말" in await other.get_data(as_text=True)
    assert await Message.all().count() == 1


REFUSED = [
    ("", "안녕", "받는 사람"),
    ("12345", "안녕", "1번째 줄의 ‘12345’: 번호가 너무 짧습니다."),
    (f"{TO}\n02-2670-3500", "안녕", "2번째 줄의 ‘02-2670-3500’: 문자를 받을 수 없는 번호입니다."),
    ("+1 202 555 0123", "안녕", "해외 번호"),
    ("119", "안녕", "긴급"),
    (TO, "", "내용"),
    (TO, "{이름}님, 내일 만나요", "넣을 말이 없는 칸입니다: {이름}."),
    (TO, "축하해요 🎉", "문자로 보낼 수 없는 글자가 있습니다: 🎉"),
    (TO, "가" * 1000, "10건으로 나눈 글까지"),
    ("\n".join(f"010-1234-{n:04}" for n in range(21)), "안녕", "한 번에 20명까지"),
]


async def test_what_cannot_be_sent_is_said_and_kept(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    for to, body, words in REFUSED:
        answer = await kim.post("/messages/sms/new", {"to": to, "body": body})
        page = await answer.get_data(as_text=True)
        assert (answer.status_code, words in page) == (422, True), words
        assert to in page.replace("&#43;", "+")
        assert body in page
    assert await Message.all().count() == 0


async def test_only_verified_residents_send(resident: Any, carrier: Any) -> None:
    lee = await resident("lee", verified=False)
    for path in ("/messages/sms/new", "/messages/fax/new"):
        answer = await lee.client.get(path)
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert "본인확인" in page
        assert "/me/verify" in page
    answer = await lee.post("/messages/sms/new", {"to": TO, "body": "안녕"}, form_at="/me/verify")
    assert answer.status_code == 403


async def test_nobody_sees_or_sends_somebody_elses(resident: Any, carrier: Any) -> None:
    kim, lee = await resident("kim"), await resident("lee")
    address = await kim.draft(TO)
    assert (await lee.client.get(address)).status_code == 404
    for act in ("confirm", "cancel"):
        answer = await lee.post(f"{address}/{act}", {}, form_at="/messages/sms/new")
        assert answer.status_code == 404
    assert (await kim.points()).held == 0


async def test_a_draft_can_be_dropped_and_an_order_stopped_before_it_leaves(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    draft = await kim.draft(TO)
    answer = await kim.post(f"{draft}/cancel", {}, form_at=draft)
    assert answer.headers["Location"] == "/me/messages"
    answer = await kim.post(f"{draft}/confirm", {"declared": "y"}, form_at="/messages/sms/new")
    assert answer.status_code == 409

    order = await kim.send(f"{TO}\n010-2222-3333")
    for _ in range(2):
        answer = await kim.post(f"{order}/cancel", {}, form_at=order)
        assert answer.status_code == 303
    assert await kim.points() == mileage.Balance(530, 0)
    await worker.drain()
    assert await carrier.handed_over() == {}
    assert "보내기를 취소했습니다" in await kim.see("/me/mileage")

    gone = await kim.send(TO)
    await worker.drain()
    answer = await kim.post(f"{gone}/cancel", {}, form_at="/messages/sms/new")
    assert answer.status_code == 409
    assert "이미 보내고 있어서" in await answer.get_data(as_text=True)


@pytest.mark.clause("Y15-4", 3)
async def test_spending_stops_with_a_clear_word_when_the_budget_is_used_up(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await kim.send(TO)
    # The rest of the year's line goes to somebody else's orders.
    other = await resident("lee", points=10_000)
    line = ordinance.profile().mileage.budget_of(clock.today().year)
    await mileage.hold(other.person_id, 30, line.won - 20, "the rest")
    address = await kim.draft(TO)
    answer = await kim.confirm(address)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "올해 문자·팩스 예산을 모두 썼거나" in page
    assert "토요일 10시에 만나요." in page
    assert await kim.points() == mileage.Balance(500, 30)
    await mileage.release("the rest")
    assert (await kim.confirm(address)).status_code == 303


async def test_a_day_has_its_limit(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=10_000)
    twenty = "\n".join(f"010-1234-{n:04}" for n in range(20))
    for _ in range(5):
        await kim.send(twenty)
    address = await kim.draft(TO)
    answer = await kim.confirm(address)
    assert answer.status_code == 409
    assert "남은 것은 0건입니다" in await answer.get_data(as_text=True)
    assert (await kim.points()).held == 3_000


async def test_a_price_that_changed_is_shown_before_anything_is_sent(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    await Message.all().update(unit_points=10)
    answer = await kim.confirm(address)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "그사이 값이 바뀌었습니다." in page
    assert "30점으로 보내기" in page
    assert (await kim.points()).held == 0
    assert (await kim.confirm(address)).status_code == 303


async def test_numbers_and_texts_are_not_readable_in_the_database(
    resident: Any, carrier: Any
) -> None:
    kim = await resident("kim")
    await kim.send("010-9876-5432", "아무도 못 읽는 말")
    for table in ("message", "message_delivery", "outbox_job", "audit_entry", "mileage_transfer"):
        rows = await db.fetch(f"SELECT * FROM {table}")
        assert rows
        for value in (value for row in rows for value in row.values()):
            raw = value if isinstance(value, bytes | memoryview) else str(value).encode()
            assert b"98765432" not in bytes(raw)
            assert "못 읽는".encode() not in bytes(raw)
    assert (await Delivery.all().first()).number == "01098765432"


async def test_without_a_carrier_sending_is_closed_and_nothing_is_charged(
    resident: Any, carrier: Any, settings: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    config.use(settings.model_copy(update={"mode": "production"}))
    answers = [
        await kim.confirm(address),
        await kim.post("/messages/sms/new", {"to": TO, "body": "토요일 10시에 만나요."}),
        await kim.post(
            "/messages/fax/new", {"to": "02-2670-3500", "body": "토요일 10시에 만나요."}
        ),
    ]
    for answer in answers:
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 503
        assert "지금은 보낼 수 없습니다. 마일리지는 그대로 남아 있습니다." in page
        assert "토요일 10시에 만나요." in page
    assert await kim.points() == mileage.Balance(530, 0)


async def test_a_provider_that_lacks_a_credential_stops_the_start(settings: Any) -> None:
    from server.app import create_app

    app = create_app(settings.model_copy(update={"sms_providers": ("twilio",)}))
    with pytest.raises(BaseException, match="TWILIO") as stopped:
        async with app.test_app():
            pass
    assert stopped.value


async def test_osan_has_no_such_rooms(resident: Any, carrier: Any) -> None:
    kim = await resident("kim")
    ordinance.use("osan")
    for path in ("/messages/sms/new", "/messages/fax/new", "/me/messages", "/me/mileage"):
        answer = await kim.client.get(path)
        assert answer.status_code == 404
        assert "이 누리집" in await answer.get_data(as_text=True)
