"""A complaint on its way through the office, over HTTP (Y10-1, Y11-4, Y12-1; Act 9-27)."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from server.complaints.models import Answer, Step, Supplement
from server.core import db
from server.notifications.models import Notification
from tests.people import hidden_fields
from tests.server.complaints.conftest import Handled, Office, Time, text


async def told(office: Office, login_id: str) -> list[str]:
    """Kinds of what somebody was told, in order."""
    rows = Notification.filter(account_id=office.accounts[login_id]).order_by("id")
    return [str(kind) for kind in await rows.values_list("kind", flat=True)]


async def audited(number: str) -> list[str]:
    """What the audit says was done to a complaint, in order."""
    rows = await db.fetch("SELECT action FROM audit_entry WHERE subject = ? ORDER BY id", [number])
    return [row["action"] for row in rows]


async def test_whoever_assigns_comes_first(office: Office, handled: Handled) -> None:
    number = await handled("accept")
    roads, affairs = office.departments["roads"], office.departments["civil-affairs"]
    park, clerk = office.accounts["park"], office.accounts["clerk"]

    async def options(login_id: str) -> str:
        page = await office.page(login_id, f"/desk/complaints/{number}")
        return page.partition('id="assign-to"')[2].partition("</select>")[0]

    mine = await options("park")
    assert f'<option value="{roads}:{park}" selected>나 (박도로)</option>' in mine
    assert mine.index("나 (박도로)") == mine.index(">", mine.index("<option")) + 1
    theirs = await options("clerk")
    assert f'<option value="{affairs}:{clerk}">나 (' in theirs
    assert f'<option value="{roads}:" selected>' in theirs


async def test_the_whole_way(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    steps = await Step.filter(complaint__number=number).order_by("version")
    assert [step.action for step in steps] == ["file", "accept", "assign", "note", "complete"]
    assert [step.version for step in steps] == [1, 2, 3, 4, 5]
    assert await told(office, "kim") == [
        "complaint.accepted",
        "complaint.assigned",
        "complaint.noted",
        "complaint.completed",
    ]
    assert await told(office, "park") == ["complaint.new", "complaint.assigned_to_you"]
    assert await audited(number) == [
        "complaint.file",
        "complaint.accept",
        "complaint.assign",
        "complaint.note",
        "complaint.complete",
    ]
    page = await office.page("kim", f"/complaints/{number}")
    for words in (
        "신청했습니다",
        "접수했습니다",
        "도로과에 배정했습니다",
        "현장을 확인하고 있습니다",
        "안정기를 주문했습니다.",
        "처리했습니다",
        "등을 새로 달았습니다.",
        "민원여권과 정민원",
        "도로과 박도로",
    ):
        assert words in page
    row = await office.row(number)
    assert (row.state, row.open, row.handler_id) == (
        "completed",
        False,
        office.accounts["park"],
    )


async def test_acceptance_starts_the_clock_and_explains_it(
    office: Office, handled: Handled
) -> None:
    number = await handled("accept")
    row = await office.row(number)
    assert row.due_at == datetime(2026, 12, 1, 15, tzinfo=UTC)  # 24:00 of 1 December in Seoul
    page = await office.page("kim", f"/complaints/{number}")
    assert f"접수번호 {number}" in page
    assert "12월 1일(화)까지" in page
    assert "접수한 날을 첫날로 세고 토요일과 공휴일은 빼요." in page
    for label in ("1일째", "7일째", "휴일"):
        assert label in page
    calendar = await office.get("kim", f"/complaints/{number}/due.ics")
    assert calendar.content_type.startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20261201" in await text(calendar)
    (accepted,) = await Notification.filter(kind="complaint.accepted")
    assert json.loads(accepted.params) == {"receipt": number, "date": "2026-12-01"}


async def test_reclassifying_recalculates_and_tells(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    answer = await office.act("clerk", number, "reclassify", kind="statute-inquiry")
    assert answer.status_code == 303
    page = await office.page("kim", f"/complaints/{number}")
    assert "12월 10일(목)까지" in page
    assert "민원 종류를 바꾸었습니다: 법령 질의" in page
    assert "complaint.reclassified" in await told(office, "kim")


async def test_two_officials_at_once(office: Office, handled: Handled) -> None:
    """The second sees what changed and loses nothing typed; sent again, it counts."""
    number = await handled("assign")
    before = (await office.row(number)).version
    first = await office.act("kang", number, "note", step="planning", text="일정을 잡았습니다.")
    assert first.status_code == 303
    late = {"step": "on_site", "text": "제가 쓰던 긴 글입니다.", "version": str(before)}
    second = await office.act("park", number, "note", **late)
    page = await text(second)
    assert second.status_code == 409
    assert "제가 쓰던 긴 글입니다." in page
    assert "그 사이에 바뀐 것" in page
    assert "처리 방법과 일정을 정하고 있습니다" in page
    client = await office.browser("park")
    fields = {**late, "version": str(before + 1)}
    again = await client.post(
        f"/desk/complaints/{number}/note", form={**hidden_fields(page), **fields}
    )
    assert again.status_code == 303
    assert await Step.filter(complaint__number=number, action="note").count() == 2


async def test_truly_at_once_only_one_acts(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    version = str((await office.row(number)).version)
    answers = await asyncio.gather(
        *(
            office.act(who, number, "note", step="on_site", text=who, version=version)
            for who in ("park", "kang", "clerk")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    assert await Step.filter(complaint__number=number, action="note").count() == 1


async def test_what_was_typed_is_shown_where_the_act_is_over(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    version = str((await office.row(number)).version)
    done = await office.act("kang", number, "complete", outcome="done", text="끝냈습니다.")
    assert done.status_code == 303
    late = await office.act(
        "park", number, "complete", outcome="done", text="제 답변입니다.", version=version
    )
    page = await text(late)
    assert late.status_code == 409
    assert "적으신 내용은 여기 있습니다" in page
    assert "제 답변입니다." in page


async def test_the_same_form_twice_acts_once(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    client = await office.browser("park")
    page = await text(await client.get(f"/desk/complaints/{number}"))
    version = str((await office.row(number)).version)
    form = {**hidden_fields(page), "version": version, "step": "on_site", "text": "한 번"}
    address = f"/desk/complaints/{number}/note"
    answers = [await client.post(address, form=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await Step.filter(complaint__number=number, action="note").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"outcome": "not_accepted", "text": "안 됩니다."}, "reasons"),
        ({"outcome": "not_accepted", "text": "안 됩니다.", "reasons": "법에 없음"}, "remedies"),
        (
            {"outcome": "refused", "text": "안 됩니다.", "reasons": "법", "remedies": "심판"},
            "outcome",
        ),
        ({"outcome": "not_handled", "text": "재판 중", "reasons": "재판"}, "ground"),
        ({"outcome": "returned", "text": "반려", "reasons": "보완 없음"}, "outcome"),
        ({"outcome": "done", "text": ""}, "text"),
    ],
)
async def test_a_result_needs_what_the_law_says(
    office: Office, handled: Handled, fields: dict[str, str], field: str
) -> None:
    number = await handled("note")
    answer = await office.act("park", number, "complete", **fields)
    page = await text(answer)
    assert answer.status_code == 422
    assert f'href="#complete-{field}"' in page
    assert fields["text"] in page
    assert not await Answer.exists()


async def test_a_refusal_tells_reasons_and_remedies(office: Office, handled: Handled) -> None:
    number = await handled("note")
    answer = await office.act(
        "park",
        number,
        "complete",
        outcome="not_accepted",
        text="가로등을 더 세울 수 없습니다.",
        reasons="보행로 폭이 모자랍니다.",
        remedies="60일 안에 이의신청할 수 있습니다.",
    )
    assert answer.status_code == 303
    for reader in ("kim", None):
        page = await office.page(reader, f"/complaints/{number}")
        for words in ("받아들이지 못했습니다", "보행로 폭이 모자랍니다.", "60일 안에 이의신청"):
            assert words in page


async def test_a_supplement_stops_the_clock(office: Office, handled: Handled, time: Time) -> None:
    """The worked example of the Decree: asked on the 25th, arrived on the 27th."""
    number = await handled("assign")
    time.set("2026-11-25T15:00+09:00")
    asked = await office.act("park", number, "supplement", text="주소를 알려 주세요.", days="5")
    assert asked.status_code == 303
    page = await office.page("kim", f"/complaints/{number}")
    assert "더 필요한 것이 있습니다" in page
    assert "멈춰 있음" in page
    assert "11월 30일(월)까지 알려 주세요" in page
    time.set("2026-11-27T09:00+09:00")
    form = await office.page("kim", f"/complaints/{number}/supplement")
    assert "주소를 알려 주세요." in form
    given = await office.post(
        "kim", f"/complaints/{number}/supplement", {"text": "당산로 12길 3 앞입니다."}
    )
    assert given.status_code == 303
    page = await office.page("kim", f"/complaints/{number}")
    assert "12월 4일(금)까지" in page
    assert "보완을 기다린 11월 25일(수)부터 11월 27일(금)까지는 세지 않아요." in page
    assert (await told(office, "park"))[-1] == "complaint.added"
    public = await office.page(None, f"/complaints/{number}")
    assert "보완을 요청했습니다" in public
    assert "주소를 알려 주세요." not in public
    assert "당산로 12길 3 앞입니다." not in public


async def test_a_return_after_two_supplements_missed(
    office: Office, handled: Handled, time: Time
) -> None:
    number = await handled("assign")
    await office.act("park", number, "supplement", text="주소를 알려 주세요.", days="5")
    time.set("2026-12-01T10:00+09:00")
    assert "기한이 지났습니다" in await office.page("park", f"/desk/complaints/{number}")
    long = await office.act("park", number, "supplement", text="다시 요청합니다.", days="14")
    assert long.status_code == 422
    again = await office.act("park", number, "supplement", text="다시 요청합니다.", days="10")
    assert again.status_code == 303
    assert await Supplement.all().count() == 2
    time.set("2026-12-14T10:00+09:00")
    page = await office.page("park", f"/desk/complaints/{number}")
    assert 'action="/desk/complaints/' + number + '/supplement"' not in page
    done = await office.act(
        "park",
        number,
        "complete",
        outcome="returned",
        text="반려합니다.",
        reasons="보완하지 않았습니다.",
    )
    assert done.status_code == 303
    assert "반려했습니다" in await office.page("kim", f"/complaints/{number}")


async def test_the_applicant_withdraws(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    page = f"/complaints/{number}/withdraw"
    answer = await office.post("kim", page, {})
    assert answer.status_code == 303
    assert (await office.row(number)).state == "withdrawn"
    assert (await told(office, "park"))[-1] == "complaint.withdrawn"
    assert (await office.get(None, f"/complaints/{number}")).status_code == 404
    late = await office.act("park", number, "note", step="on_site")
    assert late.status_code == 409
    again = await office.post("kim", page, {})
    assert again.status_code == 409


async def test_reassigned_to_another_department(office: Office, handled: Handled) -> None:
    """The head may send it elsewhere; then the old department sees nothing of it."""
    number = await handled("assign")
    cleaning = f"{office.departments['cleaning']}:{office.accounts['choi']}"
    by_handler = await office.act("park", number, "assign", to=cleaning)
    assert by_handler.status_code == 403
    by_head = await office.act("kang", number, "assign", to=cleaning)
    assert by_head.status_code == 303
    assert by_head.headers["Location"] == "/desk/complaints"
    assert (await office.get("park", f"/desk/complaints/{number}")).status_code == 404
    assert (await office.get("choi", f"/desk/complaints/{number}")).status_code == 200
    assert "청소과에 다시 배정했습니다" in await office.page("kim", f"/complaints/{number}")


async def test_a_handler_of_another_department_cannot_be_named(
    office: Office, handled: Handled
) -> None:
    number = await handled("accept")
    wrong = f"{office.departments['roads']}:{office.accounts['choi']}"
    answer = await office.act("clerk", number, "assign", to=wrong)
    assert answer.status_code == 422


async def test_who_works_what_nobody_has_is_its_handler(office: Office, handled: Handled) -> None:
    number = await handled("accept")
    answer = await office.act("clerk", number, "complete", outcome="done", text="안내했습니다.")
    assert answer.status_code == 303
    row = await office.row(number)
    assert row.handler_id == office.accounts["clerk"]
    assert row.department_id == office.departments["civil-affairs"]


@pytest.mark.parametrize(
    ("login_id", "status"),
    [
        ("clerk", 200),
        ("park", 200),
        ("kang", 200),
        ("seo", 200),
        ("yoon", 200),
        ("choi", 404),
        ("jang", 403),
        ("kim", 403),
    ],
)
async def test_who_sees_a_case_at_the_desk(
    office: Office, handled: Handled, login_id: str, status: int
) -> None:
    number = await handled("assign")
    assert (await office.get(login_id, f"/desk/complaints/{number}")).status_code == status


@pytest.mark.parametrize("login_id", ["seo", "yoon", "choi", "park"])
async def test_who_may_not_act(office: Office, login_id: str) -> None:
    """The examiner and the audit read; another department, and who does not classify, may not."""
    number = await office.file()
    answer = await office.act(login_id, number, "accept", kind="street-lamp")
    assert answer.status_code in {403, 404}
    assert (await office.row(number)).state == "arrived"


async def test_looking_at_a_case_is_recorded(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    await office.page("seo", f"/desk/complaints/{number}")
    rows = await db.fetch(
        "SELECT subject, facts FROM audit_entry WHERE action = 'accessed' AND actor_id = ?",
        [office.accounts["seo"]],
    )
    assert [row["subject"] for row in rows] == [f"account:{office.accounts['kim']}"]
    assert "김영희" not in rows[0]["facts"]
