"""Payment first, over HTTP: from the table of services to the clock that starts (Y11-3, O9-2)."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from server.accounts import service as accounts
from server.core import clock
from server.payments import charging, proof
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    OFFICIAL_PASSWORD,
    Office,
    multipart,
    office,
    text,
    time,
)

__all__ = ["office", "time"]

DESK = "/desk/payments"
# What touches SQL is tested on both databases in test_service.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
PLAN = {
    "service": "land-use-plan",
    "topic": "other",
    "title": "토지이용계획확인서",
    "body": "한 통 부탁합니다.",
    "ask-jibun": "당산동3가 370-4",
    "ask-purpose": "건축",
    "public": "",
}


@pytest.fixture
async def till(office: Office) -> Office:
    """The office with a cashier (seok) and another one (ahn)."""
    for login, name in (("seok", "석수납"), ("ahn", "안수납")):
        made = await accounts.create_official(
            login, name, office.departments["civil-affairs"], {"cashier"},
            password=OFFICIAL_PASSWORD, must_change_password=False,
        )  # fmt: skip
        office.accounts[login] = made.account_id
    return office


async def applied(till: Office, **changes: Any) -> tuple[str, str]:
    """Files for a service with a fee; (number, reference)."""
    at = "/complaints/new?service=land-use-plan"
    answer = await till.post("kim", "/complaints/new", {**PLAN, **changes}, at=at)
    assert answer.status_code == 303, await text(answer)
    number = str(answer.headers["Location"]).rpartition("/")[2]
    page = await till.page("kim", f"/complaints/{number}")
    found = re.search(r'href="/pay/(\w{7})"', page)
    assert found is not None, page
    return number, found[1]


async def bring(till: Office, login: str, content: bytes) -> str:
    """Uploads a bank's file and books it as it is offered; the page after."""
    client = await till.browser(login)
    hidden = hidden_fields(await text(await client.get(DESK)))
    sent = multipart({**hidden, "file": FileStorage(io.BytesIO(content), filename="bank.csv")}, [])
    shown = await client.post(f"{DESK}/statements", **sent)
    assert shown.status_code == 303, await text(shown)
    at = str(shown.headers["Location"])
    page = await text(await client.get(at))
    form = page[page.rindex('<form class="form" method="post"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    booked = await client.post(at, form=fields)
    assert booked.status_code == 303, await text(booked)
    return str(await text(await client.get(DESK)))


def rows(*lines: str) -> bytes:
    return (
        "거래일시,적요,보낸분/받는분,출금액,입금액\n" + "".join(f"{x}\n" for x in lines)
    ).encode("cp949")


@pytest.mark.clause("Y11-3", 1)
async def test_an_application_with_a_fee_waits_until_the_deposit_is_matched(
    till: Office, time: Any, worker: Any
) -> None:
    number, reference = await applied(till)
    assert (await till.row(number)).state == "awaiting_payment"
    assert "당산동3가 370-4" in await till.page("kim", f"/complaints/{number}")
    # Nobody can accept it yet, and the public sees nothing of it.
    refused = await till.act("clerk", number, "accept", kind="land-use-plan")
    assert refused.status_code == 409
    pay = await till.page(None, f"/pay/{reference}")
    for words in ("1,000원", "1005-201-456789", "영등포구청", "11월 30일", "입금을 기다립니다"):
        assert words in pay
    assert "김영희" not in pay
    assert "370-4" not in pay
    lower = await till.get(None, f"/pay?reference={reference.lower()}")
    assert (lower.status_code, lower.headers["Location"]) == (303, f"/pay/{reference}")
    # Half of it comes, then the rest: from two files, the first of them brought twice.
    half = f"2026.11.23 10:30:00,전자금융,{reference} 김영희,0,400"
    await bring(till, "seok", rows(half, "2026.11.23 10:31:00,전자금융,박모름,0,7000"))
    again = await bring(till, "seok", rows(half))
    assert "박모름" in again
    assert "600원" in await till.page(None, f"/pay/{reference}")
    time.set("2026-11-24T09:30+09:00")
    await bring(till, "seok", rows(half, f"2026.11.24 09:00:00,전자금융,{reference},0,1100"))
    await worker.drain()
    row = await till.row(number)
    assert row.state == "arrived"
    assert "입금을 확인했습니다" in await till.page(None, f"/pay/{reference}")
    # What came over it goes back, by two officials.
    page = await till.page("seok", DESK)
    assert "더 들어옴" in page
    deposit = re.findall(r'href="(/desk/payments/deposits/\d+)"', page)[-1]
    asked = await till.post("seok", f"{deposit}/refund", {"to": "우리은행 1002 김영희"}, at=deposit)
    assert asked.status_code == 303
    refund = "/desk/payments/refunds/1/paid"
    assert (await till.post("seok", refund, {}, at=f"{DESK}/take")).status_code == 409
    assert (await till.post("ahn", refund, {}, at=f"{DESK}/take")).status_code == 303
    assert await proof.check() == []


@pytest.mark.clause("Y11-3", 2)
async def test_the_clock_starts_at_confirmation_and_without_a_fee_nothing_waits(
    till: Office, time: Any, worker: Any
) -> None:
    free = await till.file()
    assert (await till.row(free)).state == "arrived"
    number, reference = await applied(till)
    time.set("2026-11-25T14:00+09:00")
    taken = await till.post(
        "seok",
        f"{DESK}/take",
        {"reference": reference, "won": "1000", "how": "counter", "payer": "김영희"},
    )
    assert taken.status_code == 303, await text(taken)
    await worker.drain()
    row = await till.row(number)
    # Eight working hours from Wednesday 14:00: Thursday 14:00, whenever it was filed.
    assert row.accept_by.astimezone(clock.SEOUL).isoformat()[:16] == "2026-11-26T14:00"
    time.set("2026-11-25T15:00+09:00")
    accepted = await till.act("clerk", number, "accept", kind="land-use-plan")
    assert accepted.status_code == 303, await text(accepted)
    due = (await till.row(number)).due_at.astimezone(clock.SEOUL)
    assert due.isoformat()[:16] == "2026-11-26T09:00"  # immediate: three working hours from 15:00


@pytest.mark.clause("Y11-3", 1)
async def test_who_does_not_pay_lapses_by_the_profile(till: Office, time: Any, worker: Any) -> None:
    number, reference = await applied(till)
    charge = await charging.by_reference(reference)
    assert charge is not None
    time.now = charge.lapse_at - timedelta(minutes=1)
    assert await charging.lapse_unpaid() == 0
    time.now = charge.lapse_at + timedelta(minutes=1)
    assert await charging.lapse_unpaid() == 1
    await worker.drain()
    assert (await till.row(number)).state == "lapsed"
    assert "기한까지 입금이 확인되지 않아" in await till.page(None, f"/pay/{reference}")


async def test_what_a_service_asks_must_be_answered_and_nothing_typed_is_lost(
    till: Office,
) -> None:
    at = "/complaints/new?service=land-use-plan"
    page = await till.page("kim", at)
    for words in ("토지의 소재지와 지번", "어디에 쓰시나요", "수수료 1,000원"):
        assert words in page
    lacking = {**PLAN, "ask-jibun": "", "title": "잊지 마세요"}
    answer = await till.post("kim", "/complaints/new", lacking, at=at)
    assert answer.status_code == 422
    again = await text(answer)
    assert "잊지 마세요" in again
    assert 'name="ask-jibun"' in again


async def test_identity_and_papers_are_asked_for(till: Office) -> None:
    at = "/complaints/new?service=farmland"
    assert "농업경영계획서" in await till.page("kim", at)
    fields = {
        **PLAN, "service": "farmland", "ask-jibun": "당산동 1", "paper-0": "y",
    }  # fmt: skip
    answer = await till.post("kim", "/complaints/new", fields, at=at)
    assert answer.status_code == 403
    assert "본인확인을 마친 분만" in await text(answer)
    shut = await till.get("kim", "/complaints/new?service=passport")
    assert (shut.status_code, shut.headers["Location"]) == (303, "/services/passport")


async def test_only_the_desk_sees_who_paid(till: Office) -> None:
    for login in ("kim", "park", "seo", None):
        assert (await till.get(login, DESK)).status_code in {303, 403}


async def test_a_file_that_is_none_and_a_reference_that_is_none(till: Office) -> None:
    client = await till.browser("seok")
    hidden = hidden_fields(await text(await client.get(DESK)))
    sent = multipart({**hidden, "file": FileStorage(io.BytesIO(b"PK\0\0"), filename="x.xlsx")}, [])
    refused = await client.post(f"{DESK}/statements", **sent)
    assert refused.status_code == 422
    assert (await till.get(None, "/pay?reference=AAAAAAB")).status_code == 404
    assert (await till.get(None, "/pay/AAAAAAB")).status_code == 404
    assert (await till.get("seok", f"{DESK}/statements/99")).status_code == 404
    fields = {"reference": "AAAAAAB", "won": "10", "how": "counter", "payer": "김"}
    wrong = await till.post("seok", f"{DESK}/take", fields)
    assert wrong.status_code == 422
    assert "그런 납부번호가 없습니다" in await text(wrong)


async def test_a_wrong_match_is_undone_before_and_after_acceptance(
    till: Office, worker: Any
) -> None:
    """Not accepted yet it waits for its fee again; accepted it stays so (Act 9), and is not done
    before the fee has come."""
    number, reference = await applied(till)
    taken = {"reference": reference, "won": "1000", "how": "account", "payer": "김영희"}
    at = f"{DESK}/charges/{reference}"

    async def pay() -> None:
        assert (await till.post("seok", f"{DESK}/take", taken)).status_code == 303
        await worker.drain()

    async def undo(why: str) -> Any:
        deposit = re.findall(r'name="deposit" value="(\d+)"', await till.page("seok", at))[0]
        undone = await till.post("seok", f"{at}/undo", {"deposit": deposit, "why": why}, at=at)
        await worker.drain()
        return undone

    await pay()
    assert (await till.row(number)).state == "arrived"
    assert (await undo("")).status_code == 422
    assert (await undo("김영호의 돈이었음")).status_code == 303
    assert (await till.row(number)).state == "awaiting_payment"
    assert "다른 신청의 것이었습니다" in await till.page("kim", f"/complaints/{number}")
    await pay()
    assert (await till.row(number)).state == "arrived"
    accepted = await till.act("clerk", number, "accept", kind="land-use-plan")
    assert accepted.status_code == 303, await text(accepted)
    await undo("또 다른 사람의 돈이었음")
    row = await till.row(number)
    assert row.state == "accepted"
    assert row.due_at is not None
    kang = f"{till.departments['roads']}:{till.accounts['kang']}"
    assert (await till.act("clerk", number, "assign", to=kang)).status_code == 303
    done = {"outcome": "done", "text": "발급했습니다."}
    refused = await till.act("kang", number, "complete", **done)
    assert refused.status_code == 422
    assert "수수료가 들어오지 않은 민원" in await text(refused)
    with clock.use(clock.now() + timedelta(days=60)):
        assert await charging.lapse_unpaid() == 0
    await pay()
    answered = await till.act("kang", number, "complete", **done)
    assert answered.status_code == 303, await text(answered)
    assert await proof.check() == []
    gone = await till.get("kim", at)
    assert gone.status_code == 403
