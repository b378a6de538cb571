"""What happens on the way of a complaint, over HTTP: slips, transfer, progress, payment, deadlines
that move, powers (Act 16; D6, D19, D23; Y10-1, Y10-2, Y11-3)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.complaints import handlers
from server.complaints.answers.models import Letter
from server.complaints.handling import due_moving, progress
from server.complaints.handling.models import Mend
from server.complaints.models import Publication
from server.core.outbox import Job
from server.payments import service as payments
from tests.people import hidden_fields
from tests.server.complaints.conftest import ONE_ENGINE, Handled, Office, Time, done, text
from tests.server.complaints.handling.test_handling import told

LAST_SECOND = datetime(2026, 12, 1, 15, tzinfo=UTC)  # 24:00 of 1 December in Seoul


async def state(office: Office, number: str) -> str:
    return str((await office.row(number)).state)


# Slips, transfer, progress, letters


async def test_a_slip_is_mended_with_consent(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    fields = {"field": "title", "text": "당산로 보안등이 꺼졌습니다"}
    await done(await office.act("park", number, "mend", **fields))
    assert "당산로 가로등이 꺼졌습니다" in await office.page(None, f"/complaints/{number}")
    page = f"/complaints/{number}/mend"
    assert "당산로 보안등이 꺼졌습니다" in await office.page("kim", page)
    await done(await office.post("kim", page, {"answer": "yes"}))
    assert "당산로 보안등이 꺼졌습니다" in await office.page("lee", f"/complaints/{number}")
    fields = {"field": "place", "text": "당산로 14길 모퉁이"}
    await done(await office.act("park", number, "mend", **fields))
    await done(await office.post("kim", page, {"answer": "no"}))
    assert (await office.row(number)).place == "당산로 12길 모퉁이"
    await done(await office.act("park", number, "mend", **fields, by_phone="y"))
    assert (await office.row(number)).place == "당산로 14길 모퉁이"
    assert [mend.by for mend in await Mend.all().order_by("id")] == ["app", "app", "phone"]
    found = await office.post("clerk", "/desk/complaints", {"q": "14길"})
    assert number in await text(found)


@ONE_ENGINE
async def test_transferred_to_another_agency(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    fields = {"agency": "서울특별시", "reasons": "한강 다리는 서울시가 관리합니다."}
    by_handler = await office.act("park", number, "transfer", **fields)
    assert by_handler.status_code == 403
    loud = await office.act("kang", number, "transfer", **fields | {"agency": "010-1234-5678"})
    assert loud.status_code == 422  # everybody would read it
    await done(await office.act("kang", number, "transfer", **fields))
    assert await state(office, number) == "transferred"
    assert (await told(office, "kim"))[-1] == "complaint.transferred"
    page = await office.page("kim", f"/complaints/{number}")
    assert "서울특별시에 이송했습니다" in page
    assert "한강 다리는 서울시가 관리합니다." in page
    assert "서울특별시에 이송했습니다" in await office.page(None, f"/complaints/{number}")


async def test_progress_every_thirty_days(office: Office, handled: Handled, time: Time) -> None:
    number = await handled("accept", reply_by="letter", address="당산로 1")
    time.set("2026-12-22T09:00+09:00")
    assert await progress.tell_progress() == 0
    time.set("2026-12-23T11:00+09:00")
    assert await progress.tell_progress() == 1
    assert await progress.tell_progress() == 0
    assert (await told(office, "kim"))[-1] == "complaint.progress"
    kinds = [letter.kind for letter in await Letter.all().order_by("id")]
    assert kinds == ["complaint.accepted", "complaint.progress"]
    assert (await office.row(number)).told_at is not None


@ONE_ENGINE
async def test_the_notice_of_acceptance(office: Office, handled: Handled) -> None:
    number = await office.file()
    assert (await office.get("kim", f"/complaints/{number}/notice")).status_code == 404
    number = await handled("assign")
    page = await office.page("kim", f"/complaints/{number}/notice")
    for words in (
        "갖춰진 것",
        "처리 기준과 절차",
        "예상 처리 기간",
        "12월 1일(화)까지",
        "현장 방문",
        "박도로",
        "02-2670-3804",
    ):
        assert words in page
    assert (await office.get("lee", f"/complaints/{number}/notice")).status_code == 404


# Payment first (Y11-3)


async def test_payment_comes_first_and_then_the_eight_hours(
    office: Office, worker: Any, time: Time
) -> None:
    number = await office.file()
    kind = await _kind_with_fee()
    await done(await office.act("clerk", number, "accept", kind=kind))
    row = await office.row(number)
    assert (row.state, row.accepted_at, row.wanted_kind_id is not None) == (
        "awaiting_payment",
        None,
        True,
    )
    assert "complaint.payment_asked" in await told(office, "kim")
    assert "수수료를 먼저 내야 접수합니다" in await office.page("kim", f"/complaints/{number}")
    assert (await office.act("clerk", number, "accept", kind=kind)).status_code == 409
    charge = await payments.charge_of(f"complaint:{row.id}")
    assert charge is not None
    time.set("2026-11-25T15:00+09:00")
    await _paid(charge.reference)
    await handlers.payment_confirmed(
        Job(1, "payment.confirmed", {"subject": charge.subject}, 1, "")
    )
    row = await office.row(number)
    assert row.state == "arrived"
    assert row.accept_by.replace(microsecond=0) == datetime(
        2026, 11, 26, 6, tzinfo=UTC
    )  # 8 working hours: 15:00
    await done(await office.act("clerk", number, "accept", kind=kind))
    assert (await office.row(number)).state == "accepted"


@ONE_ENGINE
async def test_unpaid_it_lapses(office: Office) -> None:
    number = await office.file()
    await done(await office.act("clerk", number, "accept", kind=await _kind_with_fee()))
    row = await office.row(number)
    job = Job(1, "payment.lapsed", {"subject": f"complaint:{row.id}"}, 1, "")
    await handlers.payment_lapsed(job)
    await handlers.payment_lapsed(job)
    row = await office.row(number)
    assert (row.state, row.open) == ("lapsed", False)
    assert (await told(office, "kim"))[-1] == "complaint.lapsed"
    assert not await Publication.exists()


async def _kind_with_fee() -> str:
    from server.catalogue import service as catalogue

    return next(kind.slug for kind in await catalogue.kinds() if kind.fee_won and kind.online)


async def _paid(reference: str) -> None:
    from server.core.db import transactional
    from server.payments.charging import confirm
    from server.payments.models import Charge

    @transactional
    async def pay() -> None:
        row = await Charge.get(reference=reference)
        row.paid_won = row.won
        await row.save(update_fields=["paid_won"])
        await confirm(row, None)

    await pay()


# What moves deadlines by itself


async def test_a_day_declared_off_moves_open_deadlines(
    office: Office, handled: Handled, worker: Any
) -> None:
    from datetime import date

    from server.deadlines import service as deadlines

    number = await handled("assign")
    over = await handled("complete")
    off = deadlines.DayOff(date(2026, 11, 26), "임시공휴일", "Special holiday", "국무회의 의결")
    await deadlines.declare(off, actor_id=office.accounts["clerk"])
    await handlers.clock_changed(Job(1, "calendar.changed", {"day": "2026-11-26"}, 1, ""))
    assert (await office.row(number)).due_at == datetime(2026, 12, 2, 15, tzinfo=UTC)
    assert (await office.row(over)).due_at == LAST_SECOND
    for login_id in ("kim", "park"):
        assert (await told(office, login_id))[-1] == "complaint.due_moved"
    page = await office.page("kim", f"/complaints/{number}")
    assert "처리 기한이 다시 계산되었습니다" in page
    assert "임시공휴일" in page
    assert await due_moving.reckon_all_anew() == 0


@ONE_ENGINE
async def test_the_second_official_loses_nothing_typed(office: Office, handled: Handled) -> None:
    """On any of the forms: what changed is shown, and what was typed stands in the form."""
    number = await handled("assign")
    before = str((await office.row(number)).version)
    await done(await office.act("kang", number, "note", step="planning"))
    typed = {"agency": "한국전력공사", "text": "긴 글을 적었습니다.", "until": "2026-11-27"}
    late = await office.act("park", number, "documents", **typed, version=before)
    page = await text(late)
    assert late.status_code == 409
    for words in ("그 사이에 바뀐 것", "처리 방법과 일정을 정하고 있습니다", *typed.values()):
        assert words in page
    client = await office.browser("park")
    again = await client.post(
        f"/desk/complaints/{number}/documents",
        form={**hidden_fields(page), **typed, "version": str(int(before) + 1)},
    )
    await done(again)


@ONE_ENGINE
@pytest.mark.clause("Y10-1", 2)
async def test_served_without_a_visit(office: Office, handled: Handled) -> None:
    """Progress, supplement, result as a document; and taken back, where it is wanted no more."""
    number = await handled("note")
    page = await office.page("kim", f"/complaints/{number}")
    assert "현장을 확인하고 있습니다" in page
    assert "안정기를 주문했습니다." in page
    await done(await office.act("park", number, "supplement", text="사진을 주세요.", days="5"))
    assert "더 필요한 것이 있습니다" in await office.page("kim", f"/complaints/{number}")
    answer = {"text": "모퉁이 왼쪽 등입니다."}
    await done(await office.post("kim", f"/complaints/{number}/supplement", answer))
    assert "모퉁이 왼쪽 등입니다." in await office.page("park", f"/desk/complaints/{number}")
    result = {"outcome": "done", "text": "등을 새로 달았습니다."}
    await done(await office.act("park", number, "complete", **result))
    document = await office.page("kim", f"/complaints/{number}/result")
    for words in ("등을 새로 달았습니다.", "박도로", "02-2670-3804", number):
        assert words in document
    assert (await office.get("lee", f"/complaints/{number}/result")).status_code == 404
    other = await handled("assign")
    await done(await office.post("kim", f"/complaints/{other}/withdraw", {}))
    assert "취하" in await office.page("kim", f"/complaints/{other}")
    assert (await office.get("park", f"/complaints/{other}")).status_code in {303, 404}


POWERS = {
    "accept": {"clerk"},
    "assign": {"clerk", "park", "nam", "kang"},
    "transfer": {"clerk", "kang"},
    "approve": {"nam"},
}


@ONE_ENGINE
@pytest.mark.clause("Y10-2", 1)
@pytest.mark.parametrize("act", list(POWERS))
async def test_each_role_has_exactly_its_powers(
    office: Office, handled: Handled, drafted: Any, act: str
) -> None:
    """The complaints department accepts and sends elsewhere, the department works its own, its
    team head approves first; who reads all changes nothing, and nobody else gets in at all."""
    fields = {
        "accept": {"kind": "street-lamp"},
        "assign": {"to": f"{office.departments['roads']}:{office.accounts['kang']}"},
        "transfer": {"agency": "서울특별시", "reasons": "서울시 일입니다."},
        "approve": {},
    }[act]

    async def begun() -> str:
        if act == "accept":
            return await office.file()
        return str(await (drafted() if act == "approve" else handled("assign")))

    others = {"clerk", "park", "nam", "kang", "choi", "seo", "yoon", "jang", "kim"} - POWERS[act]
    number = await begun()
    before = (await office.row(number)).version
    for login_id in sorted(others):
        answer = await office.act(login_id, number, act, **fields)
        assert answer.status_code in {403, 404}, (act, login_id)
        assert (await office.row(number)).version == before
    for login_id in sorted(POWERS[act]):
        await done(await office.act(login_id, number, act, **fields))
        if act in {"assign", "transfer"}:
            number = await begun()
