"""What the desk has for itself: many assigned or handed over at once, memos, site photos."""

from typing import Any

from server.complaints.answers.models import Enclosure
from server.complaints.desk.models import Memo
from server.complaints.models import Complaint
from server.complaints.rules import PHOTOS_KEPT_MAX, PHOTOS_OF_ALL_MAX
from server.core import db
from server.notifications.models import Notification
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    ONE_ENGINE,
    Handled,
    Office,
    multipart,
    picture,
    text,
)


async def heard(office: Office, login_id: str) -> list[str]:
    rows = await Notification.filter(account_id=office.accounts[login_id]).order_by("id")
    return [row.kind for row in rows]


async def post_many(office: Office, login_id: str, fields: dict[str, Any]) -> Any:
    """The form of many, as browsers send it: a field may hold several values."""
    page = await office.page(login_id, "/desk/assign")
    client = await office.browser(login_id)
    return await client.post("/desk/assign", **multipart({**hidden_fields(page), **fields}, []))


async def test_many_are_assigned_in_one_go(office: Office, handled: Handled) -> None:
    numbers = [await handled("accept") for _ in range(3)]
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    cases = [f"{number}:{(await office.row(number)).version}" for number in numbers]
    page = await office.page("clerk", "/desk/assign")
    assert all(number in page for number in numbers)
    none = await post_many(office, "clerk", {"to": roads})
    assert none.status_code == 422
    sent = await post_many(office, "clerk", {"cases": cases, "to": roads})
    assert sent.status_code == 303, await text(sent)
    rows = [await office.row(number) for number in numbers]
    assert {row.handler_id for row in rows} == {office.accounts["park"]}
    assert {row.state for row in rows} == {"assigned"}
    assert (await heard(office, "park")).count("complaint.many_assigned") == 1
    assert "complaint.assigned_to_you" not in await heard(office, "park")
    assert (await heard(office, "kim")).count("complaint.assigned") == 3
    assert (await office.get("park", "/desk/assign")).status_code == 403


async def test_one_that_changed_stops_all(office: Office, handled: Handled) -> None:
    numbers = [await handled("accept") for _ in range(2)]
    roads = f"{office.departments['roads']}:"
    cases = [f"{number}:{(await office.row(number)).version}" for number in numbers]
    page = await office.page("clerk", "/desk/assign")
    await office.act("clerk", numbers[1], "note", step="looking", text="")
    client = await office.browser("clerk")
    fields = {**hidden_fields(page), "cases": cases, "to": roads}
    sent = await client.post("/desk/assign", **multipart(fields, []))
    assert sent.status_code in {409, 422}
    assert (await office.row(numbers[0])).state == "accepted"


async def test_many_go_to_nobody_who_was_not_chosen(office: Office, handled: Handled) -> None:
    number = await handled("accept")
    page = await office.page("clerk", "/desk/assign")
    assert page.index('<option value="">골라 주세요</option>') < page.index("<optgroup")
    assert f'<a href="/desk/complaints/{number}">' in page, "it can be read before"
    client = await office.browser("clerk")
    cases = [f"{number}:{(await office.row(number)).version}"]
    fields = {**hidden_fields(page), "cases": cases, "to": ""}
    assert (await client.post("/desk/assign", **multipart(fields, []))).status_code == 422
    assert (await office.row(number)).state == "accepted"


async def test_a_head_assigns_only_what_the_department_has(
    office: Office, handled: Handled
) -> None:
    number = await handled("accept")
    page = await office.page("kang", "/desk/assign")
    assert number in page
    assert "청소과" not in page
    to = f"{office.departments['cleaning']}:"
    await office.act("clerk", number, "assign", to=to)
    assert number not in await office.page("kang", "/desk/assign")


async def test_everything_in_hand_is_handed_over(office: Office, handled: Handled) -> None:
    numbers = [await handled("assign"), await handled("note")]
    ended = await handled("complete")
    giver, taker = office.accounts["park"], office.accounts["kang"]
    fields = {"giver": str(giver), "taker": str(taker)}
    same = await office.post("park", "/desk/handover", {**fields, "taker": str(giver)})
    assert same.status_code == 422
    sent = await office.post("park", "/desk/handover", fields)
    assert sent.status_code == 303, await text(sent)
    assert {(await office.row(number)).handler_id for number in numbers} == {taker}
    assert (await office.row(ended)).handler_id == giver
    assert (await heard(office, "kang")).count("complaint.many_assigned") == 1
    other = await office.post("park", "/desk/handover", {"giver": str(taker), "taker": str(giver)})
    assert other.status_code in {403, 422}
    back = await office.post("kang", "/desk/handover", {"giver": str(taker), "taker": str(giver)})
    assert back.status_code == 303


async def test_memos_are_for_colleagues_alone(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    at = f"/desk/complaints/{number}/memos"
    word = "민원인이 낮에는 전화를 받지 않습니다."
    empty = await office.post("park", at, {"text": " "})
    assert empty.status_code == 422
    assert (await office.post("park", at, {"text": word})).status_code == 303
    assert word in await office.page("kang", at)
    assert word in await office.page("yoon", at)
    assert (await office.get("choi", at)).status_code == 404
    for reader in ("kim", None):
        assert word not in await office.page(reader, f"/complaints/{number}")
    assert (await office.post("yoon", at, {"text": word}, at=at)).status_code == 403
    (row,) = await db.fetch("SELECT text FROM complaint_memo")
    assert word.encode() not in bytes(row["text"])
    assert await Memo.all().count() == 1


async def test_a_site_photo_is_shown_when_the_answer_leaves(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    at = f"/desk/complaints/{number}/memos"
    client = await office.browser("park")
    hidden = hidden_fields(await office.page("park", at))
    sent = multipart({**hidden, "caption": "새 등"}, [("site.jpg", picture())])
    sent["data"] = sent["data"].replace(b'name="photos"', b'name="photo"')
    kept = await client.post(f"{at}/photo", **sent)
    assert kept.status_code == 303, await text(kept)
    key = (await Enclosure.get()).key
    assert (await office.get("kang", f"{at}/photo/{key}")).status_code == 200
    assert (await office.get("choi", f"{at}/photo/{key}")).status_code == 404
    assert (await office.get("kim", f"/complaints/{number}/photos/1")).status_code == 404
    await office.act("park", number, "complete", outcome="done", text="등을 새로 달았습니다.")
    assert (await office.get("kim", f"/complaints/{number}/photos/1")).status_code == 200
    assert "새 등" in await office.page(None, f"/complaints/{number}")
    none = await office.post("park", f"{at}/photo", {"caption": ""}, at="/desk/phrases")
    assert none.status_code == 422


@ONE_ENGINE
async def test_a_case_full_of_photos_is_answered_all_the_same(
    office: Office, handled: Handled
) -> None:
    """The photos of the office have room beside the twenty of the applicant, and what is too much
    is said when the photo is taken: never at the approval."""
    number = await handled("assign")
    at = f"/desk/complaints/{number}/memos"
    client = await office.browser("park")
    for count, status in ((PHOTOS_OF_ALL_MAX, 303), (PHOTOS_KEPT_MAX, 422)):
        await Complaint.filter(number=number).update(photos_count=count)
        hidden = hidden_fields(await office.page("park", at))
        shot = multipart({**hidden, "caption": "새 등"}, [("site.jpg", picture())])
        shot["data"] = shot["data"].replace(b'name="photos"', b'name="photo"')
        sent = await client.post(f"{at}/photo", **shot)
        assert sent.status_code == status, await text(sent)
    assert "사진은 모두 60장까지" in await text(sent)
    await Complaint.filter(number=number).update(photos_count=PHOTOS_OF_ALL_MAX)
    done = await office.act("park", number, "complete", outcome="done", text="등을 달았습니다.")
    assert done.status_code == 303, await text(done)
    assert (await office.row(number)).photos_count == PHOTOS_OF_ALL_MAX + 1
    assert (await office.get("kim", f"/complaints/{number}/photos/21")).status_code == 200


async def test_an_answer_begins_with_a_phrase(office: Office, handled: Handled) -> None:
    number = await handled("note")
    words = "안정기를 새것으로 바꾸었습니다."
    await office.post("park", "/desk/phrases", {"title": "안정기", "text": words, "topic": ""})
    page = await office.page("park", f"/desk/complaints/{number}")
    assert words not in page
    address = page.partition('href="?phrase=')[2].partition("#")[0]
    chosen = await office.page("park", f"/desk/complaints/{number}?phrase={address}")
    assert words in chosen
    assert words not in await office.page("kang", f"/desk/complaints/{number}?phrase=0")
