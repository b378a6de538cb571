"""One fix for many: groups of one cause, an answer for each, one approval (Act 27, D31)."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from server.complaints.answers.models import Enclosure
from server.complaints.arrival.photos import purge_staged
from server.complaints.fixes import rules as fixing_rules
from server.complaints.fixes.models import Fix
from server.complaints.fixes.rules import Spot, answer, groups, same_cause
from server.complaints.models import Answer, Complaint, Photo
from server.complaints.rules import Place
from server.core import i18n
from server.notifications.models import Notification
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    Handled,
    Office,
    Time,
    done,
    multipart,
    picture,
    text,
)

HERE = (37.5260, 126.8960)
STOCK = {"title": "안정기", "topic": ""}
LAMP = "안정기를 새것으로 바꾸어 다시 켜지는 것을 확인했습니다."


def spot(number: str, north: float = 0, *, topic: int = 1, words: str = "당산로 12길") -> Spot:
    """A case so many metres north of HERE."""
    return Spot(number, topic, Place(words, HERE[0] + north / 111_195, HERE[1]))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (spot("1"), spot("2", 99), True),
        (spot("1"), spot("2", 101), False),
        (spot("1"), spot("2", topic=2), False),
        (spot("1"), Spot("2", 1, Place("당산로 12길")), True),
        (spot("1"), Spot("2", 1, Place("당산로 13길")), False),
        (Spot("1", 1, Place("")), Spot("2", 1, Place("")), False),
    ],
)
def test_one_cause(one: Spot, other: Spot, same: bool) -> None:
    assert same_cause(one, other) is same
    assert same_cause(other, one) is same


def test_groups_are_around_their_first_and_no_chain() -> None:
    row = [spot("1"), spot("2", 80), spot("3", 160), spot("4", 165), spot("5", 500)]
    assert [[one.number for one in group] for group in groups(row)] == [["1", "2"], ["3", "4"]]
    many = [spot(str(number)) for number in range(fixing_rules.CASES_MAX + 2)]
    assert [len(group) for group in groups(many)] == [fixing_rules.CASES_MAX, 2]


def test_the_answer_speaks_the_applicants_language() -> None:
    words = answer("가로등이 꺼졌어요", LAMP, "도로법 제31조", 30)
    assert words.text.splitlines()[0] == "신청하신 내용: 가로등이 꺼졌어요"
    assert LAMP in words.text
    assert "근거: 도로법 제31조" in words.text
    assert "30일 안에" in words.remedies
    with i18n.speaking("en"):
        assert answer("a", "b", "", 30).text == "What you asked: a\n\nWhat was done: b"


async def opened_cases(office: Office, handled: Handled, count: int) -> list[str]:
    """Complaints of one cause that the roads department has in hand."""
    return [
        await handled("assign", lat=f"{HERE[0] + step / 1e5:.6f}", lon=f"{HERE[1]:.6f}")
        for step in range(count)
    ]


async def form_of(office: Office, number: str) -> tuple[dict[str, Any], list[str]]:
    """What the page of the job sends when nothing is changed: hidden fields, and the cases."""
    page = await office.page("park", f"/desk/fixes/new?of={number}")
    return hidden_fields(page), re.findall(r'name="cases" value="([^"]+)" checked', page)


async def test_many_are_answered_at_once_where_the_handler_may(
    office: Office, handled: Handled, time: Time
) -> None:
    numbers = await opened_cases(office, handled, 3)
    assert "3건" in await office.page("park", "/desk/fixes")
    hidden, cases = await form_of(office, numbers[0])
    assert len(cases) == 3
    client = await office.browser("park")
    fields = {**hidden, "cases": cases, "stock": "", "phrase": LAMP}
    sent = await client.post(f"/desk/fixes/new?of={numbers[0]}", **multipart_of(fields, picture()))
    assert sent.status_code == 303, await text(sent)
    again = await client.post(f"/desk/fixes/new?of={numbers[0]}", **multipart_of(fields, picture()))
    assert again.status_code in {303, 404}  # the job is done: nothing is answered twice
    assert await Answer.all().count() == 3
    assert await Fix.all().count() == 1
    for number in numbers:
        row = await office.row(number)
        assert (row.state, row.photos_count) == ("completed", 1)
        page = await office.page("kim", f"/complaints/{number}")
        assert LAMP in page
        assert "처리한 뒤의 모습" in page
        assert "다시 처리해 달라고" in page
    told = Notification.filter(account_id=office.accounts["kim"], kind="complaint.completed")
    assert {json.loads(row.params)["receipt"] for row in await told} == set(numbers)
    assert not await Enclosure.exists()
    assert len({str(row.key) for row in await Photo.all()}) == 3


def multipart_of(fields: dict[str, Any], *photos: bytes) -> dict[str, Any]:
    """The form with the photo afterwards, as browsers send it."""
    sent = multipart(fields, [("after.jpg", photo) for photo in photos])
    sent["data"] = sent["data"].replace(b'name="photos"', b'name="photo"')
    return sent


@pytest.fixture
async def approved(office: Office, handled: Handled) -> list[str]:
    """Two complaints whose kind needs the approval of a team head."""
    numbers = await opened_cases(office, handled, 2)
    for number in numbers:
        done = await office.act("clerk", number, "reclassify", kind="procedure-inquiry")
        assert done.status_code == 303, await text(done)
    return numbers


def seen_on(page: str) -> str:
    """The answers that a page of a fix shows, as both of its forms send them."""
    found = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)
    assert len(found) == 2, found
    assert found[0] == found[1]
    return str(found[0])


async def decide(office: Office, address: str, act: str, word: str = "", seen: str = "") -> Any:
    """The team head approves or sends back what the page shows now, or has shown."""
    fields = {"text": word, "seen": seen or seen_on(await office.page("nam", address))}
    return await office.post("nam", f"{address}/{act}", fields, at=address)


async def fix_of(office: Office, number: str) -> str:
    """All of the job are answered at once; the fix's address."""
    hidden, cases = await form_of(office, number)
    fields = {**hidden, "cases": cases, "stock": "", "phrase": LAMP}
    at = f"/desk/fixes/new?of={number}"
    sent = await (await office.browser("park")).post(at, **multipart_of(fields))
    assert sent.status_code == 303, await text(sent)
    return str(sent.headers["Location"])


REFUSAL = {
    "outcome": "not_accepted",
    "text": "고칠 수 없는 등입니다.",
    "reasons": "사유지의 등입니다.",
    "remedies": "이의신청을 할 수 있습니다.",
}


async def test_an_answer_drafted_anew_by_itself_is_not_approved_with_the_fix(
    office: Office, approved: list[str]
) -> None:
    one, other = approved
    address = await fix_of(office, one)
    shown = seen_on(await office.page("nam", address))
    await done(await office.act("nam", other, "send-back", text="따로 답해 주세요."))
    await done(await office.act("park", other, "complete", **REFUSAL))

    for act in ("approve", "send-back"):
        stale = await decide(office, address, act, "다시 써 주세요.", seen=shown)
        page = await text(stale)
        assert stale.status_code == 409, page
        assert f"그 사이 바뀐 민원이 있습니다: {other}." in page
        assert "다시 써 주세요." in page, "nothing that was typed is lost"
    nothing = await office.post("nam", f"{address}/approve", {}, at=address)
    assert nothing.status_code == 409
    assert {(await office.row(number)).state for number in approved} == {"awaiting_approval"}
    assert not await Answer.exists()

    page = await office.page("nam", address)
    assert "1건 모두 결재" in page
    assert other not in seen_on(page)
    assert "결재 기다림 1건" in await office.page("nam", "/desk/fixes")
    assert (await decide(office, address, "approve")).status_code == 303
    assert (await office.row(one)).state == "completed"
    assert (await office.row(other)).state == "awaiting_approval"
    await done(await office.act("nam", other, "approve"))
    assert {row.outcome for row in await Answer.all()} == {"done", "not_accepted"}


async def test_what_was_taken_back_since_stops_the_approval(
    office: Office, approved: list[str]
) -> None:
    """Answered anew with the next fix, they wait with that and not with the first."""
    first = await fix_of(office, approved[0])
    shown = seen_on(await office.page("nam", first))
    for number in approved:
        await done(await office.act("park", number, "take-back"))
        stale = await decide(office, first, "approve", seen=shown)
        assert stale.status_code == 409, await text(stale)
    second = await fix_of(office, approved[0])
    assert "모두 결재" not in await office.page("nam", first)
    assert "2건 모두 결재" in await office.page("nam", second)
    assert (await decide(office, first, "approve", seen=shown)).status_code == 409
    assert not await Answer.exists()
    assert (await decide(office, second, "approve")).status_code == 303
    assert await Answer.all().count() == 2


async def test_one_approval_sends_them_all(office: Office, approved: list[str]) -> None:
    hidden, cases = await form_of(office, approved[0])
    client = await office.browser("park")
    fields = {**hidden, "cases": cases, "stock": "", "phrase": LAMP}
    sent = await client.post(f"/desk/fixes/new?of={approved[0]}", **multipart_of(fields, picture()))
    assert sent.status_code == 303, await text(sent)
    address = sent.headers["Location"]
    assert not await Answer.exists()
    assert LAMP not in await office.page("kim", f"/complaints/{approved[0]}")
    assert {(await office.row(number)).photos_count for number in approved} == {0}
    rows = await Notification.filter(account_id=office.accounts["nam"])
    assert [row.kind for row in rows if "approv" in row.kind] == ["complaint.fix_to_approve"]
    await Photo.all().update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    await purge_staged()
    assert await Photo.all().count() == 2, "photos wait for their answer, however long it takes"

    assert "2건 모두 결재" in await office.page("nam", address)
    assert "모두 결재" not in await office.page("park", address)
    assert (await office.post("park", f"{address}/approve", {}, at=address)).status_code == 403
    assert (await decide(office, address, "approve")).status_code == 303
    for number in approved:
        row = await office.row(number)
        assert (row.state, row.photos_count) == ("completed", 1)
    twice = await office.post("nam", f"{address}/approve", {}, at="/desk/fixes")
    assert twice.status_code == 409
    assert (await office.get("choi", address)).status_code == 404


async def test_sent_back_they_are_answered_anew(office: Office, approved: list[str]) -> None:
    hidden, cases = await form_of(office, approved[0])
    fields = {**hidden, "cases": cases, "stock": "", "phrase": "고쳤음"}
    at = f"/desk/fixes/new?of={approved[0]}"
    sent = await (await office.browser("park")).post(at, **multipart_of(fields))
    address = sent.headers["Location"]
    word = "무엇을 어떻게 고쳤는지 적어 주세요."
    assert (await decide(office, address, "send-back", word)).status_code == 303
    assert {(await office.row(number)).state for number in approved} == {"in_progress"}
    assert approved[0] in await office.page("park", "/desk/fixes")


async def test_a_fix_replaces_the_photo_of_an_earlier_fix_and_no_colleagues(
    office: Office, approved: list[str]
) -> None:
    client, memos = await office.browser("park"), f"/desk/complaints/{approved[0]}/memos"
    hidden = hidden_fields(await office.page("park", memos))
    shot = multipart_of({**hidden, "caption": "꺼진 등"}, picture())
    assert (await client.post(f"{memos}/photo", **shot)).status_code == 303
    for word in ("고쳐 써 주세요.", ""):
        hidden, cases = await form_of(office, approved[0])
        fields = {**hidden, "cases": cases, "stock": "", "phrase": LAMP}
        at = f"/desk/fixes/new?of={approved[0]}"
        sent = await client.post(at, **multipart_of(fields, picture()))
        address, act = sent.headers["Location"], "send-back" if word else "approve"
        kept = await Enclosure.filter(complaint__number=approved[0]).order_by("id")
        assert [row.fix_id is None for row in kept] == [True, False]
        decided = await decide(office, address, act, word)
        assert decided.status_code == 303, await text(decided)
    assert [(await office.row(number)).photos_count for number in approved] == [2, 1]


async def test_what_changed_since_stops_all_and_loses_nothing(
    office: Office, handled: Handled
) -> None:
    numbers = await opened_cases(office, handled, 2)
    hidden, cases = await form_of(office, numbers[0])
    await office.act("park", numbers[1], "note", step="on_site", text="현장에 갑니다.")
    fields = {**hidden, "cases": cases, "stock": "", "phrase": LAMP}
    at = f"/desk/fixes/new?of={numbers[0]}"
    sent = await (await office.browser("park")).post(at, **multipart_of(fields, picture()))
    page = await text(sent)
    assert sent.status_code in {409, 422}, page
    assert LAMP in page
    assert 'name="kept"' in page
    assert not await Answer.exists()
    assert not await Fix.exists()
    assert {row.state for row in await Complaint.all()} == {"assigned", "in_progress"}


async def test_a_number_that_points_at_somebody_is_caught(office: Office, handled: Handled) -> None:
    numbers = await opened_cases(office, handled, 2)
    hidden, cases = await form_of(office, numbers[0])
    fields = {**hidden, "cases": cases, "stock": "", "phrase": "010-1234-5678로 알려 드렸습니다."}
    at = f"/desk/fixes/new?of={numbers[0]}"
    sent = await (await office.browser("park")).post(at, **multipart_of(fields))
    assert sent.status_code == 422
    assert not await Fix.exists()


async def test_phrases_are_the_departments_own(office: Office, handled: Handled) -> None:
    kept = await office.post(
        "park", "/desk/phrases", {"title": "안정기", "text": LAMP, "topic": ""}
    )
    assert kept.status_code == 303, await text(kept)
    twice = await office.post(
        "park", "/desk/phrases", {"title": "안정기", "text": "x", "topic": ""}
    )
    assert twice.status_code == 409
    assert "고치기" not in await office.page("choi", "/desk/phrases")
    (number, *_) = await opened_cases(office, handled, 2)
    page = await office.page("park", f"/desk/fixes/new?of={number}")
    assert ">안정기</option>" in page
    hidden, cases = await form_of(office, number)
    stock = re.findall(r'<option value="(\d+)">안정기', page)
    assert '<option value="" selected>골라 주세요' in page
    at = f"/desk/fixes/new?of={number}"
    fields = {**hidden, "cases": cases, "stock": "", "phrase": ""}
    nothing = await (await office.browser("park")).post(at, **multipart_of(fields, picture()))
    page = await text(nothing)
    assert nothing.status_code == 422
    assert "무엇을 했는지 적어 주세요." in page
    assert 'name="kept"' in page
    assert not await Answer.exists()
    fields = {**hidden, "cases": cases, "stock": stock[0], "phrase": ""}
    sent = await (await office.browser("park")).post(at, **multipart_of(fields))
    assert sent.status_code == 303, await text(sent)
    assert LAMP in (await Answer.all())[0].text
    changed = await office.post(
        "park", f"/desk/phrases?change={stock[0]}", {"title": "등", "text": "새 등", "topic": ""}
    )
    assert changed.status_code == 303
    assert (await office.post("choi", f"/desk/phrases/{stock[0]}/remove", {}, at="/desk/phrases")
            ).status_code == 303  # fmt: skip
    assert "새 등" in await office.page("park", "/desk/phrases")
    await office.post("park", f"/desk/phrases/{stock[0]}/remove", {}, at="/desk/phrases")
    assert "새 등" not in await office.page("park", "/desk/phrases")
