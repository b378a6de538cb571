"""Co-operation of other departments, over HTTP (Act 20)."""

import pytest

from server.complaints.handling import cooperating
from server.complaints.handling.models import Cooperation
from tests.server.complaints.conftest import ONE_ENGINE, Handled, Office, Time, done, text
from tests.server.complaints.handling.test_handling import told


async def state(office: Office, number: str) -> str:
    return str((await office.row(number)).state)


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
