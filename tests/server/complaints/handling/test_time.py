"""What does not count, and extensions, over HTTP (D17, D20, D21, D24, D25)."""

from datetime import UTC, datetime

from server.complaints.handling import pausing, warning
from server.complaints.handling.models import Pause
from server.complaints.models import Publication, Step
from tests.server.complaints.conftest import ONE_ENGINE, Handled, Office, Time, done, text
from tests.server.complaints.handling.test_handling import told

LAST_SECOND = datetime(2026, 12, 1, 15, tzinfo=UTC)  # 24:00 of 1 December in Seoul


async def state(office: Office, number: str) -> str:
    return str((await office.row(number)).state)


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
