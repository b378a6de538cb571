"""What came on paper while the system had failed: registered with its true time (D6의2, D20)."""

from datetime import datetime
from typing import Any

import pytest

from server.complaints.models import Complaint, Step
from server.core import clock
from server.deadlines import outages
from server.deadlines.outage_rules import System
from server.deadlines.outages import Report
from tests.people import hidden_fields
from tests.server.complaints.conftest import Office, text

PAPER = {
    "arrived_at": "2026-11-23T10:30",
    "reason": "민원실에서 종이 신청서로 받음",
    "name": "박만수",
    "phone": "02-000-1234",
    "address": "영등포구 당산로 1",
    "topic": "street-lamp",
    "kind": "street-lamp",
    "place": "당산로 12길",
    "title": "가로등이 꺼졌습니다",
    "body": "사흘째 어둡습니다.",
    "reply_by": "letter",
}
FORM = "/desk/complaints/register"


def at(hour: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{hour}+09:00")


async def failed(office: Office, system: System = System.ALL) -> None:
    """The system failed on Monday from 10 to 11 o'clock."""
    report = Report(system, at("10:00"), at("11:00"))
    await outages.enter(report, actor_id=office.accounts["clerk"])


async def test_the_clock_starts_when_it_was_handed_in(office: Office, time: Any) -> None:
    time.set("2026-11-23T15:00+09:00")
    await failed(office)
    answer = await office.post("clerk", FORM, PAPER)
    assert answer.status_code == 303, await text(answer)
    number = answer.headers["Location"].rpartition("/")[2]
    complaint = await Complaint.get(number=number)
    assert complaint.filed_at == complaint.accepted_at == at("10:30")
    assert (complaint.applicant_id, complaint.name) == (None, "박만수")
    assert complaint.state in {"accepted", "assigned"}
    step = await Step.get(complaint_id=complaint.id, version=1)
    assert (step.at, step.text) == (at("10:30"), PAPER["reason"])
    page = await office.page("clerk", f"/desk/complaints/{number}")
    assert "시스템 장애 동안 종이로 내신 것을 등록했습니다" in page
    assert "민원실에서 종이 신청서로 받음" in page
    assert "장애" in page


async def test_the_failures_time_is_out_of_its_clock(office: Office, time: Any) -> None:
    """8 working hours from 10:30 would end on Tuesday at 10:30; half an hour was the failure's."""
    time.set("2026-11-23T15:00+09:00")
    await failed(office)
    answer = await office.post("clerk", FORM, PAPER)
    number = answer.headers["Location"].rpartition("/")[2]
    complaint = await Complaint.get(number=number)
    assert clock.seoul(complaint.accept_by) == datetime.fromisoformat("2026-11-24T11:00+09:00")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"arrived_at": "2026-11-23T11:30"}, "그때는 인터넷으로 신청할 수 있었습니다."),
        ({"arrived_at": "2026-11-23T09:30"}, "그때는 인터넷으로 신청할 수 있었습니다."),
        ({"arrived_at": "2026-11-24T10:30"}, "아직 오지 않은 시각입니다."),
        ({"reason": " "}, "어떻게 받았나요"),
        ({"address": ""}, "우편으로 답변받을 주소를 적어 주세요."),
        ({"phone": "없음"}, "전화번호를 확인해 주세요."),
        ({"kind": "nothing"}, "목록에서 골라 주세요."),
    ],
)
async def test_what_cannot_be_registered_comes_back(
    office: Office, time: Any, changes: dict[str, str], fault: str
) -> None:
    time.set("2026-11-23T15:00+09:00")
    await failed(office)
    answer = await office.post("clerk", FORM, PAPER | changes)
    page = await text(answer)
    assert answer.status_code == 422
    assert fault in page
    assert 'value="박만수"' in page
    assert not await Complaint.exists()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_it_was_possible_to_file_while_only_the_desk_had_failed(
    office: Office, time: Any
) -> None:
    time.set("2026-11-23T15:00+09:00")
    await failed(office, System.HANDLING)
    assert (await office.post("clerk", FORM, PAPER)).status_code == 422


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_same_form_twice_registers_once(office: Office, time: Any) -> None:
    time.set("2026-11-23T15:00+09:00")
    await failed(office)
    client = await office.browser("clerk")
    hidden = hidden_fields(await text(await client.get(FORM)))
    first = await client.post(FORM, form={**hidden, **PAPER})
    second = await client.post(FORM, form={**hidden, **PAPER})
    assert first.headers["Location"] == second.headers["Location"]
    assert await Complaint.all().count() == 1


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("login_id", ["park", "kim"])
async def test_only_the_complaints_department_registers(office: Office, login_id: str) -> None:
    assert (await office.get(login_id, FORM)).status_code == 403


@pytest.mark.clause("Y18", 2)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_somebody_says_is_written_down_and_signed(office: Office) -> None:
    """D10(4): at any time, accepted at once, and only with the signature."""
    spoken = {name: said for name, said in PAPER.items() if name not in {"arrived_at", "reason"}}
    at = "/desk/complaints/spoken"
    unsigned = await office.post("clerk", at, spoken)
    assert unsigned.status_code == 422
    page = await text(unsigned)
    assert spoken["body"] in page
    assert 'name="signed"' in page
    assert 'name="arrived_at"' not in page
    answer = await office.post("clerk", at, {**spoken, "signed": "y"})
    assert answer.status_code == 303, await text(answer)
    number = answer.headers["Location"].rpartition("/")[2]
    row = await office.row(number)
    assert (row.state, row.applicant_id) == ("accepted", None)
    assert row.due_at is not None
    assert "적고 서명을 받았습니다" in await office.page("clerk", f"/desk/complaints/{number}")
    assert (await office.get("park", at)).status_code == 403
