"""What happens on the way of a complaint, over HTTP: approval, co-operation, supplement, inquiry,
extension, papers, slips, transfer, payment (Act 16, 20, 27; D6, D17, D20, D21, D24, D25; Y11-3)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from server.complaints import cooperating, due_moving, handlers, pausing, progress, warning
from server.complaints.handling_models import Approval, Cooperation, Draft, Letter, Mend, Pause
from server.complaints.models import Answer, Publication, Step
from server.core.outbox import Job
from server.payments import service as payments
from tests.people import hidden_fields
from tests.server.complaints.conftest import Handled, Office, Time, text
from tests.server.complaints.test_handling import told

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""What a case says over HTTP; test_lives does every act on both databases."""

LAST_SECOND = datetime(2026, 12, 1, 15, tzinfo=UTC)  # 24:00 of 1 December in Seoul


async def done(answer: Any) -> None:
    """The act was done."""
    assert answer.status_code == 303, await answer.get_data(as_text=True)


@pytest.fixture
def drafted(office: Office, handled: Handled) -> Any:
    """A complaint whose kind wants the team head and the department head, and its answer drafted
    by park."""

    async def draft(kind: str = "grievance") -> str:
        number = await handled("assign")
        await done(await office.act("clerk", number, "reclassify", kind=kind))
        answer = {"outcome": "done", "text": "가로등을 새로 달았습니다."}
        await done(await office.act("park", number, "complete", **answer))
        return number

    return draft


async def state(office: Office, number: str) -> str:
    return str((await office.row(number)).state)


# Approval


@ONE_ENGINE
async def test_no_answer_leaves_without_its_approvals(office: Office, drafted: Any) -> None:
    number = await drafted()
    assert await state(office, number) == "awaiting_approval"
    assert not await Answer.exists()
    assert (await told(office, "nam"))[-1] == "complaint.approval_asked"
    assert "complaint.approval_asked" not in await told(office, "kang")
    page = await office.page("nam", f"/desk/complaints/{number}")
    assert "결재할 답변" in page
    assert "가로등을 새로 달았습니다." in page
    assert "가로등을 새로 달았습니다." not in await office.page("kim", f"/complaints/{number}")
    early = await office.act("kang", number, "approve")
    assert early.status_code == 403
    await done(await office.act("nam", number, "approve"))
    assert await state(office, number) == "awaiting_approval"
    assert (await told(office, "kang"))[-1] == "complaint.approval_asked"
    assert (await office.act("nam", number, "approve")).status_code == 403
    await done(await office.act("kang", number, "approve"))
    assert await state(office, number) == "completed"
    assert (await told(office, "kim"))[-1] == "complaint.completed"
    assert (await told(office, "park"))[-1] == "complaint.approved"
    assert [row.hat for row in await Approval.all().order_by("id")] == ["team_head", "head"]
    for reader in ("kim", None):
        assert "가로등을 새로 달았습니다." in await office.page(reader, f"/complaints/{number}")


@ONE_ENGINE
async def test_sent_back_with_a_word_it_is_drafted_anew(office: Office, drafted: Any) -> None:
    number = await drafted()
    empty = await office.act("nam", number, "send-back", text="")
    assert empty.status_code == 422
    await done(await office.act("nam", number, "send-back", text="등의 밝기도 적어 주세요."))
    assert await state(office, number) == "in_progress"
    assert (await told(office, "park"))[-1] == "complaint.sent_back"
    page = await office.page("park", f"/desk/complaints/{number}")
    assert "등의 밝기도 적어 주세요." in page
    assert page.count("가로등을 새로 달았습니다.") == 2  # as it was sent back, and in the form
    assert "등의 밝기도" not in await office.page("kim", f"/complaints/{number}")
    better = {"outcome": "done", "text": "50와트 등을 새로 달았습니다."}
    await done(await office.act("park", number, "complete", **better))
    await done(await office.act("nam", number, "approve"))
    await done(await office.act("kang", number, "approve"))
    assert (await Answer.get()).text == "50와트 등을 새로 달았습니다."
    assert await Draft.filter(state="approved").count() == 1


@ONE_ENGINE
async def test_a_draft_is_taken_back_and_a_head_needs_no_approval(
    office: Office, drafted: Any
) -> None:
    number = await drafted()
    assert (await office.act("park", number, "note", step="on_site")).status_code == 409
    await done(await office.act("park", number, "take-back"))
    assert await state(office, number) == "in_progress"
    assert (await office.act("nam", number, "approve")).status_code == 409
    own = {"outcome": "done", "text": "과장이 직접 답합니다."}
    await done(await office.act("kang", number, "complete", **own))
    assert await state(office, number) == "completed"


@ONE_ENGINE
async def test_a_substitute_approves(office: Office, drafted: Any) -> None:
    from server.accounts import service as accounts
    from server.core import clock

    number = await drafted()
    await done(await office.act("nam", number, "approve"))
    today = clock.today()
    park, kang = office.accounts["park"], office.accounts["kang"]
    await accounts.set_substitute(kang, park, today, today, actor_id=None)
    office.browsers.clear()
    await done(await office.act("park", number, "approve"))
    assert await state(office, number) == "completed"


async def test_two_approvers_at_once_approve_once(office: Office, drafted: Any) -> None:
    number = await drafted()
    version = str((await office.row(number)).version)
    answers = await asyncio.gather(
        office.act("nam", number, "approve", version=version),
        office.act("nam", number, "send-back", text="다시", version=version),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Approval.all().count() == 1


@ONE_ENGINE
async def test_withdrawn_under_approval_nothing_leaves(office: Office, drafted: Any) -> None:
    number = await drafted()
    await done(await office.post("kim", f"/complaints/{number}/withdraw", {}))
    assert (await Draft.get()).state == "dropped"
    assert (await office.act("nam", number, "approve")).status_code == 409
    assert not await Answer.exists()


# Co-operation


@pytest.fixture
async def asked(office: Office, handled: Handled) -> str:
    """A complaint about which park asked the cleaning department."""
    number = await handled("assign")
    cleaning = str(office.departments["cleaning"])
    fields = {"department": cleaning, "text": "폐기물을 치워 주세요.", "until": "2026-11-25"}
    await done(await office.act("park", number, "cooperation", **fields))
    return number


async def test_another_department_answers_and_sees_the_case_for_that(
    office: Office, asked: str
) -> None:
    assert await state(office, asked) == "cooperation"
    assert (await told(office, "choi"))[-1] == "complaint.cooperation_asked"
    page = await office.page("choi", f"/desk/complaints/{asked}")
    assert "폐기물을 치워 주세요." in page
    assert "김영희" not in page
    assert "010-1234-5678" not in page
    assert f"{asked}/note" not in page
    listed = await office.page("choi", "/desk/complaints?tab=asked")
    assert asked in listed
    public = await office.page(None, f"/complaints/{asked}")
    assert "청소과에 협조를 요청했습니다. 11월 25일(수)까지 답합니다" in public
    assert "폐기물을 치워 주세요." not in public
    answer = {"outcome": "done", "text": "끝냈습니다."}
    assert (await office.act("park", asked, "complete", **answer)).status_code == 409
    answered = await office.act("choi", asked, "cooperation-answer", text="내일 치웁니다.")
    await done(answered)
    assert answered.headers["Location"] == "/desk/complaints"
    assert (await office.get("choi", f"/desk/complaints/{asked}")).status_code == 404
    assert await state(office, asked) == "in_progress"
    assert (await told(office, "park"))[-1] == "complaint.cooperation_answered"
    assert "내일 치웁니다." in await office.page("park", f"/desk/complaints/{asked}")
    assert "내일 치웁니다." not in await office.page("kim", f"/complaints/{asked}")


async def test_overdue_co_operation_is_warned_of_once(
    office: Office, asked: str, time: Time
) -> None:
    assert await cooperating.warn_of_overdue() == 0
    time.set("2026-11-26T09:00+09:00")
    assert await cooperating.warn_of_overdue() == 1
    assert await cooperating.warn_of_overdue() == 0
    for login_id in ("choi", "park"):
        assert (await told(office, login_id))[-1] == "complaint.cooperation_overdue"
    assert "답이 늦음" in await office.page("park", f"/desk/complaints/{asked}")


@ONE_ENGINE
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"department": "roads"}, "department"),
        ({"until": "2026-11-23"}, "until"),
        ({"text": ""}, "text"),
    ],
)
async def test_co_operation_needs_another_department_and_a_day(
    office: Office, handled: Handled, fields: dict[str, str], field: str
) -> None:
    number = await handled("assign")
    good = {"department": "cleaning", "text": "부탁합니다.", "until": "2026-11-25"} | fields
    good["department"] = str(office.departments[good["department"]])
    answer = await office.act("park", number, "cooperation", **good)
    assert answer.status_code == 422
    assert f'href="#cooperation-{field}"' in await text(answer)
    assert not await Cooperation.exists()


@ONE_ENGINE
async def test_taken_back_co_operation_is_asked_no_more(office: Office, asked: str) -> None:
    await done(await office.act("park", asked, "cooperation-end"))
    assert await state(office, asked) == "in_progress"
    assert (await told(office, "choi"))[-1] == "complaint.cooperation_ended"
    assert (await office.get("choi", f"/desk/complaints/{asked}")).status_code == 404


# Supplement


@ONE_ENGINE
async def test_more_time_twice(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    ask = {"text": "주소를 알려 주세요.", "days": "3"}  # until Thursday the 26th
    await done(await office.act("park", number, "supplement", **ask))
    page = f"/complaints/{number}/more-time"
    assert "11월 26일(목)까지" in await office.page("kim", page)
    empty = await office.post("kim", page, {"days": "5", "text": ""})
    assert empty.status_code == 422
    for until in ("12월 1일(화)", "12월 7일(월)"):  # the 6th is a Sunday
        more = await office.post("kim", page, {"days": "5", "text": "출장 중입니다."})
        await done(more)
        assert f"{until}까지" in await office.page("kim", f"/complaints/{number}")
        assert (await told(office, "park"))[-1] == "complaint.more_time_asked"
    third = await office.post("kim", page, {"days": "5", "text": "한 번 더요."})
    assert third.status_code == 409
    assert "두 번까지" in await text(third)


@ONE_ENGINE
async def test_twice_undeliverable_is_deemed_withdrawn(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    early = await office.act("park", number, "deem-withdrawn")
    assert early.status_code == 409
    for _ in range(2):
        ask = {"text": "주소를 알려 주세요.", "days": "5"}
        await done(await office.act("park", number, "supplement", **ask))
        await done(await office.act("park", number, "undelivered"))
    again = await office.act("park", number, "supplement", text="세 번째", days="5")
    assert again.status_code == 409
    await done(await office.act("park", number, "deem-withdrawn"))
    assert await state(office, number) == "deemed_withdrawn"
    assert (await told(office, "kim"))[-1] == "complaint.deemed_withdrawn"
    assert not await Publication.exists()


# Site inquiry and other offices' papers


@ONE_ENGINE
async def test_a_grievance_is_looked_into_on_the_spot(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("assign")
    refused = await office.act("park", number, "inquiry", text="현장을 봅니다.")
    assert refused.status_code == 409
    await done(await office.act("clerk", number, "reclassify", kind="grievance"))
    assert (await office.row(number)).due_at == LAST_SECOND
    time.set("2026-11-24T10:00+09:00")
    await done(await office.act("park", number, "inquiry", text="현장을 봅니다."))
    assert "현장을 조사합니다. 늦어도 12월 8일(화)까지 마칩니다" in await office.page(
        None, f"/complaints/{number}"
    )
    page = await office.page("kim", f"/complaints/{number}")
    assert "멈춰 있음" in page
    time.set("2026-11-26T10:00+09:00")
    await done(await office.act("park", number, "inquiry-longer", text="장비가 늦습니다."))
    assert (await Pause.get()).until.isoformat() == "2026-12-15"
    twice = await office.act("park", number, "inquiry-longer", text="또")
    assert twice.status_code == 409
    await done(await office.act("park", number, "inquiry-end"))
    # Three working days are out: the 24th to the 26th.
    assert (await office.row(number)).due_at == datetime(2026, 12, 4, 15, tzinfo=UTC)
    again = await office.act("park", number, "inquiry", text="한 번 더")
    assert again.status_code == 409


async def test_an_inquiry_ends_by_itself_and_takes_no_more_than_its_days(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("assign")
    await done(await office.act("clerk", number, "reclassify", kind="grievance"))
    await done(await office.act("park", number, "inquiry", text="현장을 봅니다."))
    time.set("2026-12-07T23:00+09:00")
    assert await pausing.end_spent_inquiries() == 0
    time.set("2026-12-10T09:00+09:00")
    assert await pausing.end_spent_inquiries() == 1
    assert await pausing.end_spent_inquiries() == 0
    assert await state(office, number) == "in_progress"
    assert (await told(office, "park"))[-1] == "complaint.inquiry_over"
    # From 23 November to 7 December nothing counts: seven working days from the 8th.
    assert (await office.row(number)).due_at == datetime(2026, 12, 16, 15, tzinfo=UTC)
    last = await Step.filter(complaint__number=number).order_by("-version").first()
    assert last is not None
    assert (last.action, last.actor_id) == ("end_inquiry", None)


@ONE_ENGINE
async def test_time_in_which_papers_are_awaited_is_out(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("assign")
    fields = {"agency": "한국전력공사", "text": "전주 도면", "until": "2026-11-25"}
    await done(await office.act("park", number, "documents", **fields))
    answer = {"outcome": "done", "text": "끝냈습니다."}
    assert (await office.act("park", number, "complete", **answer)).status_code == 409
    assert "한국전력공사에 서류를 요청했습니다" in await office.page(None, f"/complaints/{number}")
    time.set("2026-12-02T10:00+09:00")  # late, but it waits: nobody is warned
    assert await warning.warn_handlers() == 0
    await done(await office.act("park", number, "documents-came"))
    row = await office.row(number)
    # Asked on the 23rd at ten, come on 2 December at ten: six whole days, 24 Nov to 1 Dec, are out.
    assert row.due_at == datetime(2026, 12, 9, 15, tzinfo=UTC)
    await done(await office.act("park", number, "complete", **answer))


# Extension


@ONE_ENGINE
async def test_extended_once_and_once_more_with_consent(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("assign")
    fields = {"cause": "facts", "text": "한전과 함께 전선을 확인합니다.", "until": "2026-12-04"}
    late = await office.act("park", number, "extend", **fields | {"until": "2026-12-11"})
    assert late.status_code == 422
    assert "12월 10일(목)" in await text(late)  # seven days more at most
    busy = await office.act("park", number, "extend", **fields | {"text": "업무가 많습니다."})
    assert busy.status_code == 422
    await done(await office.act("park", number, "extend", **fields))
    assert (await office.row(number)).due_at == datetime(2026, 12, 4, 15, tzinfo=UTC)
    assert (await told(office, "kim"))[-1] == "complaint.extended"
    page = await office.page("kim", f"/complaints/{number}")
    assert "처리 기한을 12월 4일(금)까지 연장했습니다" in page
    assert "한전과 함께 전선을 확인합니다." in page
    assert (await office.act("park", number, "extend", **fields)).status_code == 409
    second = fields | {"until": "2026-12-08"}
    await done(await office.act("park", number, "ask-consent", **second))
    assert (await office.row(number)).due_at == datetime(2026, 12, 4, 15, tzinfo=UTC)
    assert (await told(office, "kim"))[-1] == "complaint.consent_asked"
    assert "한 번 더 연장해도 될까요" in await office.page("kim", f"/complaints/{number}")
    consent = f"/complaints/{number}/extension"
    assert "12월 8일(화)" in await office.page("kim", consent)
    await done(await office.post("kim", consent, {"answer": "yes"}))
    assert (await office.row(number)).due_at == datetime(2026, 12, 8, 15, tzinfo=UTC)
    assert (await told(office, "park"))[-1] == "complaint.consent_given"
    assert (await office.act("park", number, "ask-consent", **second)).status_code == 409
    assert (
        await office.post("kim", consent, {"answer": "yes"}, at="/me/settings")
    ).status_code == 409


@ONE_ENGINE
async def test_without_consent_the_date_stays(office: Office, handled: Handled, time: Time) -> None:
    number = await handled("assign")
    fields = {"cause": "cooperation", "text": "경찰과 협의합니다.", "until": "2026-12-02"}
    await done(await office.act("park", number, "extend", **fields))
    await done(await office.act("park", number, "ask-consent", **fields | {"until": "2026-12-04"}))
    consent = f"/complaints/{number}/extension"
    assert (await office.get("lee", consent)).status_code == 404
    await done(await office.post("kim", consent, {"answer": "no"}))
    assert (await told(office, "park"))[-1] == "complaint.consent_declined"
    assert (await office.row(number)).due_at == datetime(2026, 12, 2, 15, tzinfo=UTC)
    time.set("2026-12-03T09:00+09:00")
    again = await office.act("park", number, "ask-consent", **fields | {"until": "2026-12-04"})
    assert again.status_code == 409  # over already


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
        if act == "transfer":
            number = await begun()
