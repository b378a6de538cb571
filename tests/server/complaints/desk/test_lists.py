"""The desk's tabs and search, and what time brings (Y10-2, D28)."""

import re

import pytest

from server.complaints.desk import lists as desk_lists
from server.complaints.handling import warning
from server.notifications.models import Notification
from tests.server.complaints.conftest import Handled, Office, Time


async def tab(office: Office, login_id: str, name: str) -> list[str]:
    page = await office.page(login_id, f"/desk/complaints?tab={name}")
    return re.findall(r'href="/desk/complaints/(\d{4}-\d{6}-\d)"', page)


async def found(office: Office, login_id: str, query: str) -> list[str]:
    answer = await office.post(login_id, "/desk/complaints", {"q": query})
    page = await answer.get_data(as_text=True)
    return re.findall(r'href="/desk/complaints/(\d{4}-\d{6}-\d)"', page)


async def test_the_tabs(office: Office, handled: Handled, time: Time) -> None:
    new = await office.file(topic="waste")
    accepted = await handled("accept")
    assigned = await handled("note")
    done = await handled("complete")
    assert await tab(office, "clerk", "new") == [new]
    assert await tab(office, "park", "new") == []
    assert await tab(office, "choi", "new") == [new]
    assert await tab(office, "park", "mine") == [assigned]
    assert await tab(office, "clerk", "mine") == []
    assert await tab(office, "park", "department") == [accepted, assigned]
    assert await tab(office, "clerk", "unassigned") == [accepted]
    assert await tab(office, "clerk", "overdue") == []
    time.set("2026-12-02T09:30+09:00")
    assert sorted(await tab(office, "clerk", "overdue")) == sorted([new, accepted, assigned])
    assert await tab(office, "park", "overdue") == [accepted, assigned]
    assert done not in await tab(office, "seo", "overdue")


async def test_each_official_begins_where_their_work_is(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    waiting = await office.file()
    assert number in await office.page("park", "/desk/complaints")
    first = await office.page("clerk", "/desk/complaints")
    assert waiting in first
    assert "접수까지 7시간 59분" in first


async def test_the_list_says_how_much_time_is_left(
    office: Office, handled: Handled, time: Time
) -> None:
    await handled("assign")
    for moment, words in (
        ("2026-11-23T15:00+09:00", "근무일 6일 남음"),
        ("2026-11-27T15:00+09:00", "근무일 2일 남음"),
        ("2026-12-01T10:00+09:00", "오늘까지"),
        ("2026-12-02T08:00+09:00", "방금 지남"),
        ("2026-12-02T14:00+09:00", "4시간 지남"),
        ("2026-12-04T09:00+09:00", "근무일 2일 지남"),
    ):
        time.set(moment)
        assert words in await office.page("park", "/desk/complaints?tab=mine")


@pytest.mark.parametrize(
    "query",
    [
        "010-1234-5678",
        "01012345678",
        "+82 10 1234 5678",
        "KIM@example.kr",
        "당산로",
        "당산",
        "12길 당산로",
        "{number}",
        "{bare}",
    ],
)
async def test_a_private_case_is_found_by_receipt_contact_and_place(
    office: Office, query: str
) -> None:
    number = await office.file(public="n")
    await office.file("lee", place="문래동 골목", public="n")
    typed = query.format(number=number, bare=number.replace("-", ""))
    assert await found(office, "park", typed) == [number]
    assert await found(office, "choi", typed) == []


@pytest.mark.parametrize("query", ["010-1234-567", "김영희", "kim@", "여의도", "  ", "%", "'"])
async def test_half_a_contact_finds_nobody(office: Office, query: str) -> None:
    await office.file(public="n")
    if query.strip():
        assert await found(office, "clerk", query) == []


async def test_pages_of_a_tab(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_lists, "PAGE", 2)
    numbers = [await office.file() for _ in range(3)]
    assert await tab(office, "clerk", "new") == numbers[:2]
    assert await tab(office, "clerk", "new&page=2") == numbers[2:]


@pytest.mark.parametrize(("login_id", "status"), [("jang", 403), ("kim", 403), ("seo", 200)])
async def test_who_has_work_here(office: Office, login_id: str, status: int) -> None:
    assert (await office.get(login_id, "/desk/complaints")).status_code == status


async def test_handlers_are_warned_once(office: Office, handled: Handled, time: Time) -> None:
    number = await handled("note")
    assert await warning.warn_handlers() == 0
    time.set("2026-11-27T10:00+09:00")
    assert await warning.warn_handlers() == 0
    time.set("2026-11-28T10:00+09:00")  # Saturday
    assert await warning.warn_handlers() == 0
    time.set("2026-11-30T09:05+09:00")  # the last working day before
    assert await warning.warn_handlers() == 1
    assert await warning.warn_handlers() == 0
    time.set("2026-12-02T00:05+09:00")
    assert await warning.warn_handlers() == 1
    assert await warning.warn_handlers() == 0
    told = Notification.filter(kind__in=["complaint.due_soon", "complaint.overdue"])
    rows = await told.order_by("id").values_list("kind", "account_id", "link")
    park, link = office.accounts["park"], f"/desk/complaints/{number}"
    assert rows == [("complaint.due_soon", park, link), ("complaint.overdue", park, link)]


async def test_a_clock_that_stands_still_warns_nobody(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("note")
    await office.act("park", number, "supplement", text="주소를 알려 주세요.", days="5")
    time.set("2026-12-31T10:00+09:00")
    assert await warning.warn_handlers() == 0
