"""Fair use over HTTP: who is held, left out, stopped, and under which number it goes (Y15-4)."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateways.encode import numbers
from server.accounts import service as accounts
from server.core import clock, crypto, db, outbox
from server.fairuse import senders
from server.fairuse import service as fairuse
from server.messages import handlers, service
from server.messages.delivery.carrying import overdue
from server.messages.fair import held, switching
from server.messages.fair.models import LeftOut, OrderReview
from server.messages.models import Delivery, Message
from server.messages.orders import drafting, ordering
from server.mileage import service as mileage
from server.notifications import service as notifications
from server.ordinance import service as ordinance
from tests.people import PASSWORD, hidden_fields

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

TO = "010-2345-6789"
OTHER = "010-3456-7890"
AD = "(광고)[영등포구청]02-2670-3114 김장 장터 무료수신거부080-000-2670"


@pytest.fixture
def official(app: Any, people: Any) -> Any:
    """`desk = await official("informatics")`: an official's browser; `desk.id` its account."""

    async def enter(*roles: str) -> Any:
        login_id = f"official-{'-'.join(roles)}"
        made = await accounts.create_official(
            login_id, "박철수", None, set(roles), password=PASSWORD, must_change_password=False
        )
        client = app.test_client()
        await people.sign_in(client, login_id)
        return Desk(client, made.account_id)

    return enter


class Desk:
    """An official who is signed in."""

    def __init__(self, client: Any, account_id: int) -> None:
        self.client, self.id = client, account_id

    async def see(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, path
        return str(await answer.get_data(as_text=True))

    async def act(self, path: str, fields: dict[str, str], *, form_at: str) -> Any:
        hidden = hidden_fields(await self.see(form_at))
        return await self.client.post(path, form=hidden | fields)


async def sent_texts() -> list[str]:
    """What the office had sent for codes, newest last."""
    rows = await Message.filter(paid_by="office").order_by("created_at")
    return [row.body or "" for row in rows]


def digits_of(text: str) -> str:
    (found,) = re.findall(r"\d{6}", text)
    return str(found)


async def titles(account_id: int) -> list[str]:
    return [one.title for one in await notifications.inbox(account_id, "ko", before=None, limit=9)]


# --- held for review ----------------------------------------------------------------------------


async def test_what_looks_like_an_advertisement_waits_and_then_goes(
    resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    desk = await official("informatics")
    kim = await resident("kim", points=530)
    address = await kim.draft(TO, "오늘만 50% 할인! https://bit.ly/abc")
    page = await kim.see(address)
    assert "담당 공무원이 읽은 뒤에 보냅니다" in page
    assert "50% 할인" in page
    assert (await kim.confirm(address)).status_code == 303
    assert "보내기 전에 확인하고 있습니다" in await kim.see(address)
    await worker.drain()
    assert await carrier.handed_over() == {}
    assert await kim.points() == mileage.Balance(500, 30)
    assert await titles(desk.id) == ["보내기 전에 확인할 문자나 팩스가 있습니다"]

    listed = await desk.see("/desk/messages/held")
    assert "광고처럼 보이는 말, 인터넷 주소" in listed
    assert "할인" not in listed  # the text is read by whoever opens it, and that is written down
    case = f"/desk/messages/held/{address.rpartition('/')[2]}"
    assert case in listed
    opened = await desk.see(case)
    assert "오늘만 50% 할인!" in opened
    assert "광고처럼 보이는 말" in opened
    for secret in ("2345", "6789", "김영희"):
        assert secret not in opened
    read = "SELECT subject FROM audit_entry WHERE action = 'accessed' AND actor_id = ?"
    assert [row["subject"] for row in await db.fetch(read, [desk.id])] == [
        f"account:{kim.account_id}"
    ]
    answer = await desk.act(f"{case}/release", {}, form_at=case)
    assert answer.status_code == 303
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    assert await kim.points() == mileage.Balance(500, 0)
    assert "확인을 마치고 보냅니다" in await titles(kim.account_id)
    late = await desk.client.get(case)
    assert (late.status_code, late.headers["Location"]) == (303, "/desk/messages/held")
    assert "이미 결정했거나" in await desk.see("/desk/messages/held")


async def test_a_refusal_gives_back_and_says_why(
    resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    desk = await official("complaints")
    kim = await resident("kim", points=530)
    address = await kim.send(f"{TO}\n{OTHER}", "기호 2번 김철수를 찍어 주세요")
    assert "따로 두었습니다. 도착한 만큼만 씁니다." in await kim.see("/me/mileage")
    case = f"/desk/messages/held/{address.rpartition('/')[2]}"
    answer = await desk.act(f"{case}/refuse", {"reason": " "}, form_at=case)
    assert answer.status_code == 422
    fields = {"reason": "선거운동 문자입니다."}
    hidden = hidden_fields(await desk.see(case))
    answers = await asyncio.gather(
        *(desk.client.post(f"{case}/refuse", form=hidden | fields) for _ in range(3))
    )
    assert [each.status_code for each in answers] == [303] * 3
    assert await kim.points() == mileage.Balance(530, 0)
    page = await kim.see(address)
    assert "확인한 뒤 보내지 않기로 했습니다" in page
    assert "선거운동 문자입니다." in page
    for words in ("보내지 않은 문자", "보내지 않은 내용", "돌려드린 마일리지"):
        assert words in page, words
    assert "보낸 내용" not in page
    assert "−60점" not in page
    assert "보내지 않은 글 모두" in await kim.see(f"{address}/letters")
    assert "문자나 팩스를 보내지 않았습니다" in await titles(kim.account_id)
    assert "확인에서 보내지 않기로 했습니다" in await kim.see("/me/mileage")
    assert await fairuse.used(kim.person_id, "sms", clock.today()) == (0, 0)
    await worker.drain()
    assert await carrier.handed_over() == {}


async def test_what_nobody_looks_at_goes_back_after_its_days(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.send(TO, "example.com 보세요")
    assert await held.expire() == 0
    with clock.use(clock.now() + timedelta(days=3, minutes=1)):
        assert await held.expire() == 1
        assert await held.expire() == 0
        assert await kim.points() == mileage.Balance(530, 0)
        assert "기한 안에 확인하지 못해" in await kim.see(address)


async def test_its_sender_may_cancel_what_is_held(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    address = await kim.send(TO, "example.com 보세요")
    answer = await kim.post(f"{address}/cancel", {}, form_at=address)
    assert answer.status_code == 303
    assert await kim.points() == mileage.Balance(530, 0)
    assert (await OrderReview.get()).decision == "withdrawn"
    assert await fairuse.used(kim.person_id, "sms", clock.today()) == (0, 0)
    message = await Message.get()
    assert (message.stage, message.open_count) == ("cancelled", 0)
    with pytest.raises(Exception, match="not_held"):
        await held.release(message.id, kim.account_id)


async def test_nothing_goes_without_the_declaration(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    address = await kim.draft(TO)
    page = await kim.see(address)
    assert "광고도 선거운동도 아닙니다" in page
    answer = await kim.post(f"{address}/confirm", {}, form_at=address)
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    assert "표시해 주세요" in page
    assert "토요일 10시에 만나요." in page
    assert (await kim.points()).held == 0


# --- who wants nothing --------------------------------------------------------------------------


async def test_somebody_opts_out_by_himself_and_gets_nothing_more(
    app: Any, resident: Any, carrier: Any, worker: Any
) -> None:
    anybody = app.test_client()
    page = await (await anybody.get("/messages/opt-out")).get_data(as_text=True)
    fields = hidden_fields(page) | {"number": TO, "by": "sms", "wish": "opt_out"}
    answer = await anybody.post("/messages/opt-out", form=fields)
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert "2345" not in where
    await worker.drain()
    (text,) = await sent_texts()
    assert text.startswith("[영등포구청] 수신거부 확인번호 ")
    jobs = str(await db.fetch("SELECT payload FROM outbox_job"))
    assert digits_of(text) not in jobs
    page = await (await anybody.get(where)).get_data(as_text=True)
    answer = await anybody.post(where, form=hidden_fields(page) | {"code": "12"})
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    answer = await anybody.post(where, form=hidden_fields(page) | {"code": digits_of(text)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/messages/opt-out")

    kim = await resident("kim", points=530)
    address = await kim.draft(f"{TO}\n{OTHER}")
    page = await kim.see(address)
    assert "받지 않겠다고 한 번호 1개는 뺐습니다" in page
    assert TO in page
    assert "30점으로 보내기" in page  # for one
    await kim.confirm(address)
    await worker.drain()
    assert {row.number for row in await Delivery.filter(message__paid_by="person")} == {
        numbers.parse(OTHER).digits
    }
    answer = await kim.post("/messages/sms/new", {"to": TO, "body": "안녕"})
    assert answer.status_code == 422
    assert "받지 않겠다고 한 번호입니다" in await answer.get_data(as_text=True)
    for row in await db.fetch("SELECT number FROM message_left_out"):
        assert b"23456789" not in bytes(row["number"])


async def test_a_fax_leaves_out_who_wants_nothing(resident: Any, carrier: Any) -> None:
    kim = await resident("kim", points=530)
    await fairuse.opted_out("02-2670-3500", "keyword")
    two = [numbers.parse(each) for each in ("02-2670-3500", "02-2670-3501")]
    message_id = await service.draft_fax(kim.account_id, kim.person_id, "김영희", two, "안녕하세요")
    page = await kim.see(f"/messages/{message_id}")
    assert "받지 않겠다고 한 번호 1개는 뺐습니다" in page
    assert "50점으로 보내기" in page
    assert [row.number for row in await LeftOut.all()] == ["0226703500"]


async def test_who_opts_out_meanwhile_is_not_sent_to_and_not_paid_for(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    address = await kim.send(f"{TO}\n{OTHER}")
    await fairuse.opted_out(TO, "keyword")
    await worker.drain()
    await carrier.call_back()
    await worker.drain()
    assert len(await carrier.handed_over()) == 1
    assert await kim.points() == mileage.Balance(500, 0)
    assert {row.reason for row in await Delivery.filter(state="failed")} == {"opted_out"}
    assert "받지 않겠다고 했습니다" in await kim.see(address)
    assert await fairuse.used(kim.person_id, "sms", clock.today()) == (1, 1)


async def test_an_answer_of_one_word_opts_out(app: Any, carrier: Any, worker: Any) -> None:
    provider = (await handlers.roster()).sms[0]
    for text, refuses in (("고마워요", False), ("수신 거부", True)):
        callback = provider.inbound("+821023456789", text)
        path = urlsplit(callback.url).path
        for _ in range(2):
            answer = await app.test_client().post(
                path, headers=callback.headers, data=callback.body
            )
            assert answer.status_code == 200
        await worker.drain()
        assert bool(await fairuse.suppressed(["01023456789"])) is refuses
    forged = await app.test_client().post(path, headers={}, data=callback.body)
    assert forged.status_code == 403
    rows = str(await db.fetch("SELECT payload FROM outbox_job WHERE topic = 'messages.heard'"))
    assert "23456789" not in rows
    assert (await app.test_client().post("/callbacks/nobody/inbound")).status_code == 404


async def test_the_desk_looks_up_one_number_at_a_time(official: Any, app: Any) -> None:
    desk = await official("privacy")
    page = await (
        await desk.act("/desk/opt-outs", {"number": TO}, form_at="/desk/opt-outs")
    ).get_data(as_text=True)
    assert "수신거부하지 않은 번호입니다." in page
    await desk.act("/desk/opt-outs/add", {"number": TO}, form_at="/desk/opt-outs")
    answer = await desk.act("/desk/opt-outs", {"number": TO}, form_at="/desk/opt-outs")
    page = await answer.get_data(as_text=True)
    (path,) = re.findall(r'action="(/desk/opt-outs/\d+/remove)"', page)
    answer = await desk.client.post(path, form=hidden_fields(page) | {"reason": ""})
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    fields = hidden_fields(page) | {"reason": "본인이 원함"}
    assert (await desk.client.post(path, form=fields)).status_code == 303
    assert await fairuse.suppressed(["01023456789"]) == set()


# --- the sender's number ------------------------------------------------------------------------


async def test_one_s_own_number_is_proven_registered_shown_and_kept(
    resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    desk = await official("informatics")
    kim = await resident("kim", points=530)
    at = "/me/settings/sender"
    assert at in await kim.see("/me/settings")
    assert "02-2670-3114" in await kim.see(at)
    assert (await kim.post(at, {"number": "010-9876-5432"})).status_code == 303
    await worker.drain()
    answer = await kim.post(f"{at}/code", {"code": "1"}, form_at=at)
    assert answer.status_code == 422
    code = digits_of((await sent_texts())[-1].partition("확인번호 ")[2])
    assert (await kim.post(f"{at}/code", {"code": code}, form_at=at)).status_code == 303
    assert "등록 기다림" in await kim.see(at)

    page = await desk.see("/desk/senders")
    assert "010-9876-5432" in page
    (path,) = re.findall(r'action="(/desk/senders/\d+/register)"', page)
    assert (await desk.client.post(path, form=hidden_fields(page))).status_code == 303
    await worker.drain()
    assert "내 번호를 통신사에 등록했습니다" in await titles(kim.account_id)

    address = await kim.draft(TO)
    page = await kim.see(address)
    assert "010-9876-5432" in page
    assert "내 번호로 보입니다" in page
    await kim.confirm(address)
    message = await Message.get(account_id=kim.account_id)
    with pytest.raises(Exception, match="message_sender_stays"):
        await Message.filter(id=message.id).update(sender="02-2670-3114")
    raw = await db.fetch("SELECT sender FROM message")
    assert all(b"9876" not in bytes(row["sender"]) for row in raw)
    await worker.drain()
    sent = await handlers.sent(5)
    assert sent[0].sender == "010-9876-5432"


async def test_a_number_that_changed_is_shown_before_anything_is_sent(
    resident: Any, carrier: Any, worker: Any
) -> None:
    kim = await resident("kim", points=530)
    await senders._proven_at_desk(kim.account_id, kim.account_id, "01098765432", None)
    address = await kim.draft(TO)
    assert "02-2670-3114" in await kim.see(address)
    (waiting,) = await senders.waiting()
    await senders.register(waiting.id, kim.account_id)
    answer = await kim.confirm(address)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "그사이 보내는 번호가 바뀌었습니다" in page
    assert "010-9876-5432" in page
    old = {"declared": "y", "sender": "02-2670-3114"}
    answer = await kim.post(f"{address}/confirm", old, form_at=address)  # another tab
    assert answer.status_code == 409
    assert (await kim.confirm(address)).status_code == 303
    await senders.give_up(kim.account_id)
    await worker.drain()
    assert await carrier.handed_over() == {}
    assert (await Delivery.get()).reason == "sender_gone"
    assert await kim.points() == mileage.Balance(530, 0)


async def test_a_number_is_checked_at_the_desk(resident: Any, official: Any, carrier: Any) -> None:
    desk = await official("complaints")
    kim = await resident("kim")
    card = {"who": "kim", "name": "김영희가", "birth_date": "1990-01-05", "number": "02-1234-5678"}
    at = "/desk/senders/check"
    for wrong in ({"name": "김영수"}, {"birth_date": "어제"}, {"number": "119"}):
        answer = await desk.act(at, card | wrong, form_at=at)
        assert answer.status_code == 422, wrong
        assert "02-1234-5678" in await answer.get_data(as_text=True) or "number" in wrong
    assert (await desk.act(at, card, form_at=at)).status_code == 303
    own = await senders.of_account(kim.account_id)
    assert own is not None
    assert (own.number, own.proof, own.state) == ("02-1234-5678", "desk", "proven")


# --- the switch ---------------------------------------------------------------------------------


async def test_one_switch_stops_everything_and_nothing_is_lost(
    app: Any, resident: Any, carrier: Any, worker: Any, official: Any
) -> None:
    desk = await official("informatics")
    kim = await resident("kim", points=530)
    waiting = await kim.send(TO)
    draft = await kim.draft(OTHER)
    at = "/desk/messages/stop"
    assert (await desk.act(at, {"reason": ""}, form_at=at)).status_code == 422
    answer = await desk.act(at, {"reason": "통신사에서 사고가 났습니다."}, form_at=at)
    assert answer.status_code == 303
    assert "지금은 아무것도 보내지 않습니다" in await desk.see(at)

    answer = await kim.confirm(draft)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "지금은 문자와 팩스 보내기를 멈추었습니다" in page
    assert "토요일 10시에 만나요." in page
    await asyncio.sleep(1.05)  # a page may be a second old
    assert "문자와 팩스 보내기를 멈추었습니다" in await kim.see("/me/messages")
    anybody = app.test_client()
    page = await (await anybody.get("/messages/opt-out")).get_data(as_text=True)
    fields = hidden_fields(page) | {"number": TO, "by": "sms", "wish": "opt_out"}
    assert (await anybody.post("/messages/opt-out", form=fields)).status_code == 503

    with clock.use(clock.now() + timedelta(hours=80)):
        await worker.drain()
        await overdue()
        assert await carrier.handed_over() == {}
        assert (await Delivery.get(message_id=waiting.rpartition("/")[2])).state == "queued"
        assert await kim.points() == mileage.Balance(500, 30)
        assert await switching.resume(desk.id)
        await overdue()
        await db.execute("UPDATE outbox_job SET due_at = ?", [clock.now()])
        await worker.drain()
        await carrier.call_back()
        await worker.drain()
        assert "도착했습니다." in await kim.see(waiting)
        assert (await kim.confirm(draft)).status_code == 303
    acts = "SELECT action FROM audit_entry WHERE action LIKE 'fairuse.%' ORDER BY id"
    assert [row["action"] for row in await db.fetch(acts)] == [
        "fairuse.stopped",
        "fairuse.resumed",
    ]


# --- advertisements of the office ---------------------------------------------------------------


async def office_draft(desk: Desk, body: str, to: str = TO) -> Any:
    return await drafting.draft_sms(desk.id, None, [numbers.parse(to)], body)


async def test_the_office_s_advertisements_keep_their_rules(
    official: Any, carrier: Any, worker: Any, clock_at: Any
) -> None:
    desk = await official("complaints")
    with pytest.raises(Exception, match="ad_opt_out"):
        await office_draft(desk, "(광고)[영등포구청]02-2670-3114 김장 장터")
    await fairuse.opted_out(OTHER, "keyword")
    with pytest.raises(Exception, match="nobody"):
        await office_draft(desk, AD, OTHER)
    with clock_at("2026-11-23T20:58+09:00"):
        order = await office_draft(desk, AD)
        with pytest.raises(Exception, match="ad_consent"):
            await ordering.confirm(order, desk.id, None, declared=False)
        await ordering.confirm(order, desk.id, None)
    with clock_at("2026-11-23T21:00+09:00"):
        await outbox.drain()  # the worker was late: it waits for the morning
        assert await carrier.handed_over() == {}
        late = await office_draft(desk, AD)
        with pytest.raises(Exception, match="quiet"):
            await ordering.confirm(late, desk.id, None)
    with clock_at("2026-11-24T08:00+09:00"):
        await outbox.drain()
        assert len(await carrier.handed_over()) == 1
    notice = await office_draft(desk, "오늘 밤 단수합니다.", OTHER)  # no advertisement: it goes
    await ordering.confirm(notice, desk.id, None, declared=False)
    looks = await office_draft(desk, "50% 할인 행사 안내")
    with pytest.raises(Exception, match="no_ad"):
        await ordering.confirm(looks, desk.id, None, declared=False)
    await ordering.confirm(looks, desk.id, None)


async def test_codes_travel_sealed(official: Any, carrier: Any) -> None:
    desk = await official("informatics")
    await senders.ask(desk.id, TO)
    (row,) = await db.fetch("SELECT payload FROM outbox_job WHERE topic = 'fairuse.code'")
    letter = json.loads(row["payload"])["letter"]
    assert b"2345" not in bytes.fromhex(letter)
    assert "23456789" in crypto.unseal(bytes.fromhex(letter), "fairuse.code").decode()


async def test_an_official_is_asked_what_an_advertisement_needs(
    official: Any, carrier: Any
) -> None:
    desk = await official("complaints")
    at = "/messages/sms/new"
    fields = {"to": TO, "body": "(광고)[영등포구청]02-2670-3114 김장 장터"}
    answer = await desk.act(at, fields, form_at=at)
    assert answer.status_code == 422
    page = await answer.get_data(as_text=True)
    assert "무료수신거부 080-000-2670" in page
    assert "김장 장터" in page
    answer = await desk.act(at, {"to": TO, "body": AD}, form_at=at)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "받는 사람이 모두 광고를 받겠다고 미리 동의했습니다" in await desk.see(address)
    quiet = fairuse.is_quiet(fairuse.fair_use(ordinance.profile()), clock.now())
    for given, status in (({}, 422), ({"declared": "y"}, 409 if quiet else 303)):
        answer = await desk.act(f"{address}/confirm", given, form_at=address)
        assert answer.status_code == status
