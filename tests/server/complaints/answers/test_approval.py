"""Approval (결재): in order, sent back, taken back, by substitutes, once (Act 27)."""

import asyncio
import re
from typing import Any

from server.complaints.answers.models import Approval, Draft, Enclosure
from server.complaints.models import Answer
from server.notifications.models import Notification
from server.notifications.rules import KINDS
from server.notifications.service import address
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    ONE_ENGINE,
    Handled,
    Office,
    done,
    multipart,
    picture,
    text,
)
from tests.server.complaints.handling.test_handling import told


async def state(office: Office, number: str) -> str:
    return str((await office.row(number)).state)


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


@ONE_ENGINE
async def test_what_tells_of_an_approval_leads_to_the_text_and_the_one_button(
    office: Office, drafted: Any
) -> None:
    number = await drafted()
    told = await Notification.filter(account_id=office.accounts["nam"]).order_by("-id").first()
    assert told is not None
    assert KINDS[told.kind].acts == ("open",), "nothing is approved that has not been opened"
    opened = await office.get("nam", address(told.id))
    assert opened.headers["Location"] == f"/desk/complaints/{number}"
    page = await office.page("nam", opened.headers["Location"])
    before, _, after = page.partition("가로등을 새로 달았습니다.")
    main = before.partition("<main")[2]
    assert "<form" not in main, "nothing stands between the case's name and the answer"
    assert "<details" not in main, "it is read without opening anything"
    button = after.partition("<form")[2].partition("</form>")[0]
    assert f'action="/desk/complaints/{number}/approve"' in button
    assert "<details" not in after.partition("<form")[0]
    assert page.count(f'action="/desk/complaints/{number}/approve"') == 1
    assert "밤길이 어둡습니다" in after, "what was asked stands below"


@ONE_ENGINE
async def test_the_photos_of_an_answer_are_seen_where_it_is_approved(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign")
    await done(await office.act("clerk", number, "reclassify", kind="grievance"))
    await done(await enclose(office, number))
    await done(await office.act("park", number, "complete", outcome="done", text="고쳤습니다."))
    page = await office.page("nam", f"/desk/complaints/{number}")
    shown = re.findall(rf'<img src="(/desk/complaints/{number}/memos/photo/[^"]+)"', page)
    assert len(shown) == 1
    assert (await office.get("nam", shown[0])).status_code == 200
    refused = await office.act("nam", number, "send-back", text="")
    assert refused.status_code == 422
    assert '<details class="fold" open' in await text(refused), "the word that was missing"


async def enclose(office: Office, number: str) -> Any:
    """Sends a photo from the site that is to wait for the answer."""
    at = f"/desk/complaints/{number}/memos"
    client = await office.browser("park")
    hidden = hidden_fields(await text(await client.get(at)))
    sent = multipart({**hidden, "caption": "새로 단 등"}, [("lamp.jpg", picture())])
    sent["data"] = sent["data"].replace(b'name="photos"', b'name="photo"')
    return await client.post(f"{at}/photo", **sent)


async def test_photos_do_not_change_under_an_approval(office: Office, handled: Handled) -> None:
    """What leaves is what the approver has seen; taken back, the photos are the handler's again."""
    number = await handled("assign")
    memos = f"/desk/complaints/{number}/memos"
    await done(await office.act("clerk", number, "reclassify", kind="procedure-inquiry"))
    await done(await enclose(office, number))
    key = str((await Enclosure.get()).key)
    before = await office.page("park", memos)
    assert f"/memos/photo/{key}/remove" in before
    await done(await office.act("park", number, "complete", outcome="done", text="고쳤습니다."))
    seen = str((await office.row(number)).version)

    page = await office.page("park", memos)
    assert "함께 나갈 사진을 바꿀 수 없습니다" in page
    assert "/remove" not in page
    assert f'action="{memos}/photo"' not in page
    more = await enclose(office, number)
    assert more.status_code == 409
    page = await text(more)
    assert "먼저 결재를 거두어 주세요" in page
    assert 'value="새로 단 등"' in page, "nothing that was typed is lost"
    less = await office.post("park", f"{memos}/photo/{key}/remove", {}, at=memos)
    assert less.status_code == 409
    assert "먼저 결재를 거두어 주세요" in await text(less)
    assert [str(row.key) for row in await Enclosure.all()] == [key]

    await done(await office.act("park", number, "take-back"))
    await done(await enclose(office, number))
    await done(await office.post("park", f"{memos}/photo/{key}/remove", {}, at=memos))
    await done(await office.act("park", number, "complete", outcome="done", text="고쳤습니다."))
    assert (await office.act("nam", number, "approve", version=seen)).status_code == 409
    await done(await office.act("nam", number, "approve"))
    assert (await office.row(number)).photos_count == 1


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
