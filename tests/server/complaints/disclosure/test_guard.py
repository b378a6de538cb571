"""A number in a text for everybody comes back before it is posted, with nothing lost (Y22-1)."""

from typing import Any

import pytest

from server.complaints.models import Answer, Complaint, Publication, Step
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    FILED,
    Handled,
    Office,
    done,
    multipart,
    picture,
    text,
)

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PLANTED = [
    ("title", "010-1234-5678 가로등", "전화번호", "010-1234-5678"),
    ("body", "주민번호 900101-1234568입니다.", "주민등록번호", "900101-1234568"),
    ("body", "공일공 일이삼사 오육칠팔로 주세요", "전화번호", "공일공 일이삼사 오육칠팔"),
    ("body", "환불은 농협 302-1234-5678-91", "계좌번호", "302-1234-5678-91"),
    ("place", "집 앞 5412-7512-3412-3452", "카드번호", "5412-7512-3412-3452"),
    ("captions", "문에 붙은 번호 010.1234.5678", "전화번호", "010.1234.5678"),
]


@pytest.mark.clause("Y22-1", 1)
@pytest.mark.parametrize(("field", "words", "what", "number"), PLANTED)
async def test_caught_before_posting_with_nothing_lost(
    office: Office, field: str, words: str, what: str, number: str
) -> None:
    answer = await office.post_files("kim", {**FILED, field: words}, [("a.jpg", picture())])
    page = await text(answer)
    assert answer.status_code == 422
    assert f"<mark>{number}</mark>" in page
    assert f"{what}로 보이는 것이 있습니다" in page
    assert f'href="#{field}"' in page
    for name in {"title", "body", "place"} - {field}:
        assert FILED[name] in page
    assert not await Complaint.exists()


@pytest.mark.clause("Y22-1", 1)
async def test_mended_it_is_posted_and_kept_to_oneself_as_it_is(office: Office) -> None:
    bad = {**FILED, "body": "제 번호는 010-1234-5678입니다."}
    refused = await office.post("kim", "/complaints/new", bad)
    page = await text(refused)
    assert 'name="hide" value="y"' in page
    mended = await office.post("kim", "/complaints/new", FILED)
    assert mended.status_code == 303
    hidden = await office.post("kim", "/complaints/new", {**bad, "hide": "y"})
    assert hidden.status_code == 303
    number = hidden.headers["Location"].rpartition("/")[2]
    row = await office.row(number)
    assert not row.public
    assert row.body == bad["body"]
    assert await Publication.all().count() == 1


async def test_filed_not_publicly_nothing_is_asked(office: Office) -> None:
    number = await office.file(body="제 번호는 010-1234-5678입니다.", public="n")
    assert not (await office.row(number)).public


async def test_photos_stay_while_the_text_is_mended(office: Office) -> None:
    fields = {**FILED, "body": "010-1234-5678", "captions": "꺼진 가로등"}
    answer = await office.post_files("kim", fields, [("a.jpg", picture())])
    page = await text(answer)
    assert answer.status_code == 422
    assert 'name="kept"' in page
    assert "꺼진 가로등" in page


async def test_disclosed_later_the_numbers_are_shown_first_and_covered(office: Office) -> None:
    number = await office.file(body="제 번호는 010-1234-5678입니다.", public="n")
    path = f"/complaints/{number}/public"
    asked = await office.post("kim", path, {"public": "y"})
    page = await text(asked)
    assert asked.status_code == 422
    assert "<mark>010-1234-5678</mark>" in page
    assert not await Publication.exists()
    shown = await office.post("kim", path, {"public": "y", "cover": "y"})
    assert shown.status_code == 303
    assert "***-****-****" in (await Publication.get()).body


ANSWER = {"outcome": "done", "text": "환불 계좌 농협 302-1234-5678-91로 보냈습니다."}


@pytest.mark.clause("Y22-1", 1)
@pytest.mark.parametrize(
    ("act", "fields"),
    [("note", {"step": "on_site", "text": "010-9999-8888로 전화했습니다."}), ("complete", ANSWER)],
)
async def test_what_officials_write_is_looked_through_alike(
    office: Office, handled: Handled, act: str, fields: dict[str, Any]
) -> None:
    number = await handled("assign")
    refused = await office.act("park", number, act, **fields)
    page = await text(refused)
    assert refused.status_code == 422
    assert "<mark>" in page
    assert fields["text"] in page
    assert not await Answer.exists()
    assert not await Step.filter(action=act).exists()
    sent = await office.act("park", number, act, **fields, cover="y")
    assert sent.status_code == 303, await text(sent)
    own = await office.page("kim", f"/complaints/{number}")
    public = await office.page(None, f"/complaints/{number}")
    digits = "9999-8888" if act == "note" else "1234-5678-91"
    assert digits in own
    assert digits not in public


async def test_the_offices_own_telephone_may_be_written(office: Office, handled: Handled) -> None:
    number = await handled("assign")
    words = {"step": "on_site", "text": "문의는 02-2670-3804로 해 주세요."}
    assert (await office.act("park", number, "note", **words)).status_code == 303
    assert "02-2670-3804로 해" in await office.page(None, f"/complaints/{number}")


async def test_a_private_complaints_texts_are_the_applicants_own(
    office: Office, handled: Handled
) -> None:
    number = await handled("assign", public="n")
    words = {"step": "on_site", "text": "010-9999-8888로 전화했습니다."}
    assert (await office.act("park", number, "note", **words)).status_code == 303


async def test_the_caption_of_an_added_photo_is_looked_through(office: Office) -> None:
    number = await office.file()
    client = await office.browser("kim")
    path = f"/complaints/{number}/add"
    hidden = hidden_fields(await text(await client.get(path)))
    fields = {**hidden, "text": "더 보냅니다.", "captions": "전화 010-1234-5678"}
    answer = await client.post(path, **multipart(fields, [("a.jpg", picture())]))
    page = await text(answer)
    assert answer.status_code == 422
    assert "<mark>010-1234-5678</mark>" in page
    assert "더 보냅니다." in page
    assert 'name="kept"' in page


async def test_numbers_are_read_by_those_in_charge_and_never_become_public(
    office: Office, handled: Handled
) -> None:
    """Who handles a case may read what was written to the office, to call back for instance (D31).
    What only they read is not looked through: no text of it is public, whatever is disclosed."""
    said = "낮에는 010-9876-5432로 주세요."
    number = await handled("note", public="n", body=said)
    at = f"/complaints/{number}"
    assert said in await office.page("park", f"/desk{at}")
    assert (await office.get("choi", f"/desk{at}")).status_code == 404
    await done(await office.post("kim", f"{at}/add", {"text": f"급합니다. {said}"}))
    await done(await office.act("park", number, "complete", outcome="done", text="달았습니다."))
    await done(await office.post("kim", f"{at}/satisfaction", {"score": "5", "word": said}))
    await done(await office.post("kim", f"{at}/reopen", {"text": f"아직입니다. {said}"}))
    await done(await office.post("kim", f"{at}/public", {"public": "y", "cover": "y"}))
    readable = ("/complaints", "/feeds/complaints.atom", "/open/complaints.json")
    for path in (at, *readable, f"/open311/v2/requests/{number}.json"):
        page = await office.page(None, path)
        assert number in page, path
        assert "9876" not in page, path


async def test_a_caption_stands_for_the_photo_and_names_are_covered_in_it(office: Office) -> None:
    fields = {**FILED, "captions": "김영희 집 앞 가로등"}
    answer = await office.post_files("kim", fields, [("a.jpg", picture())])
    number = answer.headers["Location"].rpartition("/")[2]
    assert 'alt="김영희 집 앞 가로등"' in await office.page("kim", f"/complaints/{number}")
    public = await office.page(None, f"/complaints/{number}")
    assert 'alt="*** 집 앞 가로등"' in public
    assert "김영희" not in public


async def test_names_of_officials_are_covered_for_the_public(
    office: Office, handled: Handled
) -> None:
    number = await office.file(body="박도로 주무관이 김 영 희에게 전화했습니다.")
    await office.act("clerk", number, "accept", kind="street-lamp")
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    await office.act("clerk", number, "assign", to=roads)
    await office.act("park", number, "note", step="on_site", text="박도로가 가 보았습니다.")
    public = await office.page(None, f"/complaints/{number}")
    assert "박도로" not in public
    assert "김 영 희" not in public
    assert "박도로가 가 보았습니다." in await office.page("kim", f"/complaints/{number}")
