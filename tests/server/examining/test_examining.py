"""The examiner reminds heads of late cases (D28) and reviews each month (D22)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.core import clock, db
from server.core.web import Conflict, NotFound
from server.examining import rules, service
from server.examining.models import Reminder, Review
from server.examining.rules import Month
from tests.server.complaints.conftest import ONE_ENGINE, Handled, Office, handled, office, time

__all__ = ["handled", "office", "time"]

LATE = "2026-12-03T10:00+09:00"
WORDS = {"text": "언제까지 고칠지 알려 주세요."}


@pytest.mark.parametrize(
    ("text", "month"), [("2026-11", Month(2026, 11)), ("2026-13", None), ("26-1", None), ("", None)]
)
def test_months_are_read_strictly(text: str, month: Month | None) -> None:
    if month is None:
        with pytest.raises(NotFound):
            Month.read(text)
    else:
        assert Month.read(text) == month
        assert str(month) == text
        assert month.moved(2) == Month(2027, 1)


def test_a_day_ends_at_midnight() -> None:
    assert rules.was_due(datetime(2026, 11, 30, 15, tzinfo=UTC)) == date(2026, 11, 30)
    noon = rules.was_due(datetime(2026, 11, 30, 3, tzinfo=UTC))
    assert isinstance(noon, datetime)
    assert noon.hour == 12


def test_once_a_day_is_reminded() -> None:
    morning = datetime(2026, 12, 2, 1, tzinfo=UTC)
    assert rules.check_reminder([], date(2026, 12, 2)) == 1
    assert rules.check_reminder([morning], date(2026, 12, 3)) == 2
    with pytest.raises(Conflict):
        rules.check_reminder([morning], date(2026, 12, 2))


def test_a_month_that_lasts_is_not_closed() -> None:
    rules.check_close(Month(2026, 11), date(2026, 12, 1))
    with pytest.raises(Conflict):
        rules.check_close(Month(2026, 11), date(2026, 11, 30))
    shown = rules.months_to_show(date(2027, 2, 1), 3)
    assert [str(month) for month in shown] == ["2027-01", "2026-12", "2026-11"]


async def told(account_id: int) -> list[str]:
    rows = await db.fetch("SELECT kind FROM notification WHERE account_id = ?", [account_id])
    return [row["kind"] for row in rows if row["kind"].startswith("examining.")]


@pytest.mark.clause("Y11-4", 4)
async def test_a_head_is_reminded_and_answers(office: Office, handled: Handled, time: Any) -> None:
    late, fine = await handled("assign"), await handled("complete")
    time.set(LATE)
    page = await office.page("seo", "/desk/examiner")
    assert late in page
    assert fine not in page
    assert "12월 1일(화)까지 처리" in page
    answer = await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    kang = office.accounts["kang"]
    assert await told(kang) == ["examining.reminded"]
    reminder = await Reminder.get()
    assert (reminder.number, reminder.ordinal, reminder.sent_by_id) == (
        late, 1, office.accounts["seo"],
    )  # fmt: skip
    again = await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    assert again.status_code == 409
    assert "오늘 이미 독촉장을 보낸 민원입니다." in await again.get_data(as_text=True)

    address = f"/desk/reminders/{reminder.id}"
    assert WORDS["text"] in await office.page("kang", address)
    empty = await office.post("kang", address, {"text": " "})
    assert empty.status_code == 422
    given = await office.post("kang", address, {"text": "모레까지 고칩니다."})
    assert given.status_code == 303
    assert await told(office.accounts["seo"]) == ["examining.answered"]
    assert "모레까지 고칩니다." in await office.page("seo", address)
    assert "답함" in await office.page("seo", "/desk/reminders")
    twice = await office.post("kang", address, {"text": "글피까지 고칩니다."}, at="/desk/reminders")
    assert twice.status_code == 409


@ONE_ENGINE
async def test_a_second_reminder_before_the_answer_has_to_be_meant(
    office: Office, handled: Handled, time: Any
) -> None:
    late = await handled("assign")
    time.set(LATE)
    assert 'name="again"' not in await office.page("seo", "/desk/examiner")
    await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    time.set("2026-12-04T10:00+09:00")
    assert "답을 기다림" in await office.page("seo", "/desk/examiner")
    warned = await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    page = await warned.get_data(as_text=True)
    assert warned.status_code == 409
    assert "아직 답하지 않았습니다" in page
    assert WORDS["text"] in page
    assert await Reminder.all().count() == 1
    meant = await office.post("seo", "/desk/examiner", {"cases": late, "again": "y", **WORDS})
    assert meant.status_code == 303
    assert await Reminder.all().count() == 2


async def test_what_was_written_is_sealed(office: Office, handled: Handled, time: Any) -> None:
    late = await handled("assign")
    time.set(LATE)
    await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    (row,) = await db.fetch("SELECT text FROM examiner_reminder")
    assert WORDS["text"].encode() not in bytes(row["text"])


async def test_a_reminder_is_not_for_other_departments(
    office: Office, handled: Handled, time: Any
) -> None:
    late = await handled("assign")
    time.set(LATE)
    await office.post("seo", "/desk/examiner", {"cases": late, **WORDS})
    address = f"/desk/reminders/{(await Reminder.get()).id}"
    assert (await office.get("choi", address)).status_code == 403
    assert (await office.get("park", "/desk/examiner")).status_code == 403
    assert (await office.get("yoon", address)).status_code == 200
    assert (await office.post("yoon", address, WORDS, at=address)).status_code == 403


async def test_what_is_late_no_longer_is_not_reminded_of(
    office: Office, handled: Handled, time: Any
) -> None:
    late, other = await handled("note"), await handled("assign")
    time.set(LATE)
    seo = await office.page("seo", "/desk/examiner")
    assert late in seo
    await office.act("park", late, "complete", outcome="done", text="등을 새로 달았습니다.")
    answer = await office.post("seo", "/desk/examiner", {"cases": [late, other], **WORDS})
    assert answer.status_code == 422
    assert WORDS["text"] in await answer.get_data(as_text=True)
    assert not await Reminder.exists()


async def test_examiners_hear_once_a_working_morning(
    office: Office, handled: Handled, time: Any
) -> None:
    await handled("assign")
    time.set("2026-12-05T10:00+09:00")  # Saturday
    assert await service.tell_examiners() == 0
    time.set("2026-12-07T09:10+09:00")
    assert await service.tell_examiners() == 1
    assert await service.tell_examiners() == 0
    time.set("2026-12-08T09:10+09:00")
    assert await service.tell_examiners() == 1
    assert await told(office.accounts["seo"]) == ["examining.late", "examining.late"]


async def test_a_month_is_reviewed_and_stays_as_it_was(
    office: Office, handled: Handled, time: Any
) -> None:
    late = await handled("assign")
    await handled("complete")
    time.set(LATE)
    address = "/desk/examiner/reviews/2026-11"
    found = await service.review(Month(2026, 11))
    roads = next(one for one in found.lines if one.department_id == office.departments["roads"])
    assert (roads.filed, roads.ended, roads.in_time, roads.late) == (2, 1, 1, 0)
    page = await office.page("seo", address)
    assert "도로과" in page
    assert "점검 마치기" in page
    assert "점검 마치기" not in await office.page("yoon", address)
    closed = await office.post("seo", address, {"text": "늦은 한 건은 부품을 기다렸습니다."})
    assert closed.status_code == 303
    await office.act("park", late, "complete", outcome="done", text="등을 새로 달았습니다.")
    kept = await service.review(Month(2026, 11))
    assert kept.lines == found.lines
    assert "늦은 한 건은 부품을 기다렸습니다." in await office.page("clerk", address)
    assert await Review.all().count() == 1
    assert (await office.get("seo", "/desk/examiner/reviews/2026-1")).status_code == 404
    december = await service.review(Month(2026, 12))
    assert sum(line.ended for line in december.lines) == 1
    assert sum(line.in_time for line in december.lines) == 0
    this = await office.post(
        "seo", "/desk/examiner/reviews/2026-12", {"text": "아직"}, at="/desk/examiner/reviews"
    )
    assert this.status_code == 409
    assert clock.today() == date(2026, 12, 3)
