"""Filing over HTTP, as a phone without JavaScript does (Y10-1, Y3-1, Y16)."""

import asyncio
import io
import re
from typing import Any

import pytest
from PIL import Image

from server.complaints.arrival import photos as photos_module
from server.complaints.models import Complaint, Photo, Publication, Step
from server.core import outbox, storage
from server.notifications.models import Notification
from tests.people import hidden_fields
from tests.server.complaints.conftest import FILED, Office, Time, multipart, picture, text


@pytest.mark.clause("Y3-1", 1)
@pytest.mark.clause("Y3-1", 2)
@pytest.mark.clause("Y16", 3)
async def test_a_resident_files_without_javascript(office: Office) -> None:
    number = await office.file()
    page = await office.page("kim", f"/complaints/{number}")
    assert FILED["title"] in page
    assert FILED["body"] in page
    assert f"신청번호 {number}" in page
    assert "11월 24일(화) 10:00까지 접수합니다" in page
    receipt = await office.page("kim", f"/complaints/{number}/receipt")
    for words in (number, "김영희", "도로과", "02-2670-3804", "11월 23일(월) 10:00"):
        assert words in receipt


@pytest.mark.clause("Y10-1", 1)
async def test_filed_on_a_phone_with_photos_and_place(office: Office) -> None:
    here = {"lat": "37.526300", "lon": "126.896200"}
    answer = await office.post_files(
        "kim", {**FILED, **here}, [("a.jpg", picture()), ("b.png", picture("PNG"))]
    )
    assert answer.status_code == 303
    number = answer.headers["Location"].rpartition("/")[2]
    page = await office.page("kim", f"/complaints/{number}")
    assert page.count(f'src="/complaints/{number}/photos/') == 2
    assert "당산로 12길 모퉁이" in page
    full = await office.get("kim", f"/complaints/{number}/photos/2")
    assert full.content_type == "image/jpeg"
    assert (await full.get_data()).startswith(b"\xff\xd8")
    thumb = await office.get("kim", f"/complaints/{number}/photos/2/thumb")
    assert thumb.content_type == "image/webp"
    assert len(await thumb.get_data()) <= 12_000
    assert (await office.row(number)).position == "37.526300,126.896200"
    assert (await office.get("kim", f"/complaints/{number}/photos/3")).status_code == 404


async def test_the_office_is_told_of_a_new_complaint(office: Office) -> None:
    number = await office.file()
    told = await Notification.filter(kind="complaint.new").values_list("account_id", "link")
    assert {account for account, _ in told} == {
        office.accounts[login] for login in ("clerk", "park", "nam", "kang")
    }
    assert {link for _, link in told} == {f"/desk/complaints/{number}"}


@pytest.mark.parametrize("topic", ["street-lamp", "other"])
async def test_the_form_opens_with_a_topic_chosen(office: Office, topic: str) -> None:
    page = await office.page("kim", f"/complaints/new?topic={topic}")
    assert re.search(f'value="{topic}" selected', page)
    assert re.search(r'name="public"[^>]*checked', page)


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"topic": ""}, "topic"),
    ({"topic": "nothing"}, "topic"),
    ({"title": "  "}, "title"),
    ({"title": "가" * 101}, "title"),
    ({"body": ""}, "body"),
    ({"body": "가" * 5001}, "body"),
    ({"place": "가" * 201}, "place"),
    ({"lat": "51.5", "lon": "0.1"}, "place"),
    ({"lat": "nan", "lon": "127"}, "place"),
    ({"lat": "here", "lon": "127"}, "place"),
    ({"reply_by": "pigeon"}, "reply_by"),
]


@pytest.mark.parametrize(("changes", "field"), FAULTS)
async def test_a_fault_keeps_everything_typed(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    answer = await office.post("kim", "/complaints/new", {**FILED, **changes})
    page = await text(answer)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    for name in ("title", "body", "place"):
        if name not in changes:
            assert FILED[name] in page
    assert not await Complaint.exists()


async def test_the_same_form_twice_files_once(office: Office) -> None:
    client = await office.browser("kim")
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    form = multipart({**hidden, **FILED}, [("a.jpg", picture())])
    answers = await asyncio.gather(*(client.post("/complaints/new", **form) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert await Complaint.all().count() == 1
    assert await Step.all().count() == 1
    assert await Publication.all().count() == 1


async def test_the_same_key_with_other_content_is_a_conflict_and_keeps_the_text(
    office: Office,
) -> None:
    client = await office.browser("kim")
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    first = await client.post("/complaints/new", form={**hidden, **FILED})
    other = {**hidden, **FILED, "body": "다른 내용을 적었습니다."}
    second = await client.post("/complaints/new", form=other)
    assert (first.status_code, second.status_code) == (303, 409)
    page = await text(second)
    assert "다른 내용을 적었습니다." in page
    assert FILED["title"] in page
    assert await Complaint.all().count() == 1


async def test_without_a_token_nothing_is_filed(office: Office) -> None:
    client = await office.browser("kim")
    answer = await client.post("/complaints/new", form=FILED)
    assert answer.status_code == 403
    assert not await Complaint.exists()


async def test_who_is_not_signed_in_files_with_a_password_or_logs_in(office: Office) -> None:
    page = await office.page(None, "/complaints/new?topic=street-lamp")
    assert 'name="password"' in page
    assert 'href="/login?next=/complaints/new"' in page
    assert 'name="password"' not in await office.page("kim", "/complaints/new")


async def test_officials_file_as_residents(office: Office) -> None:
    assert (await office.get("park", "/complaints/new")).status_code == 403


# Photos


def with_position() -> bytes:
    """A photo that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 31.0, 34.0), 3: "E", 4: (126.0, 53.0, 46.0)})
    return picture(size=(900, 600), exif=exif)


async def test_the_position_in_a_photo_is_gone_and_it_stands_upright(office: Office) -> None:
    given = with_position()
    assert b"SECRET-CAMERA" in given
    answer = await office.post_files("kim", FILED, [("gps.jpg", given)])
    path = answer.headers["Location"] + "/photos/1"
    for address in (path, f"{path}/thumb"):
        data = await (await office.get("kim", address)).get_data()
        shown = Image.open(io.BytesIO(data))
        assert not shown.getexif()
        assert b"SECRET-CAMERA" not in data
        assert shown.height > shown.width


HOSTILE = [
    ("photo.jpg", b"<script>alert(1)</script>", "사진 파일이 아닙니다"),
    ("photo.png", b"", "사진 파일이 아닙니다"),
    ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "사진 파일이 아닙니다"),
    ("photo.jpg", picture()[:2000], "깨져 있습니다"),
    ("photo.jpg", b"\xff\xd8\xff" + b"0" * 30_000_001, "너무 큽니다"),
]


@pytest.mark.parametrize(("name", "data", "why"), HOSTILE)
async def test_a_refused_photo_loses_nothing(
    office: Office, name: str, data: bytes, why: str
) -> None:
    """The good photos stay chosen, the texts stay typed; which photo and why is said."""
    answer = await office.post_files(
        "kim", FILED, [("good.jpg", picture()), (name, data), ("fine.png", picture("PNG"))]
    )
    page = await text(answer)
    assert answer.status_code == 422
    assert why in page
    assert f"2번째 사진 {name}" in page
    for field in ("title", "body", "place"):
        assert FILED[field] in page
    kept = re.findall(r'name="kept" value="([^"]+)" checked', page)
    assert len(kept) == 2
    assert (await office.get("kim", f"/complaints/photos/{kept[0]}")).status_code == 200
    assert (await office.get("lee", f"/complaints/photos/{kept[0]}")).status_code == 404

    client = await office.browser("kim")
    again = await client.post(
        "/complaints/new", **multipart({**hidden_fields(page), **FILED, "kept": kept}, [])
    )
    assert again.status_code == 303
    assert await Photo.filter(complaint_id__isnull=False).count() == 2


async def test_five_photos_are_kept_of_seven(office: Office) -> None:
    seven = [(f"{number}.jpg", picture(size=(64, 64))) for number in range(7)]
    answer = await office.post_files("kim", FILED, seven)
    page = await text(answer)
    assert answer.status_code == 422
    assert "사진은 5장까지" in page
    assert len(re.findall(r'name="kept" value="[^"]+" checked', page)) == 5


async def test_nobody_files_another_persons_photo(office: Office) -> None:
    page = await text(
        await office.post_files("kim", {**FILED, "title": ""}, [("a.jpg", picture())])
    )
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    client = await office.browser("lee")
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    answer = await client.post(
        "/complaints/new", **multipart({**hidden, **FILED, "kept": kept}, [])
    )
    number = answer.headers["Location"].rpartition("/")[2]
    assert (await office.row(number)).photos_count == 0


async def test_photos_that_no_form_claimed_are_purged(office: Office, time: Time) -> None:
    await office.post_files("kim", {**FILED, "title": ""}, [("a.jpg", picture())])
    await office.post_files("kim", FILED, [("b.jpg", picture())])
    staged = await Photo.get(complaint_id=None)
    assert await photos_module.purge_staged() == 0
    time.set("2026-11-24T10:05+09:00")
    assert await photos_module.purge_staged() == 1
    assert await Photo.all().count() == 1
    with pytest.raises(storage.Missing):
        await photos_module.bytes_of(staged.key, thumb=True)


async def test_photos_are_sealed_in_storage(office: Office, settings: Any) -> None:
    await office.post_files("kim", FILED, [("a.jpg", picture())])
    stored = [path for path in (settings.data / "storage").rglob("*") if path.is_file()]
    assert len(stored) == 2
    for path in stored:
        data = path.read_bytes()
        assert b"JFIF" not in data
        assert b"WEBP" not in data


async def test_nothing_waits_in_the_outbox_that_is_wired_to_nobody(office: Office) -> None:
    await office.file()
    while await outbox.drain():
        pass
    assert not await outbox.drain()
