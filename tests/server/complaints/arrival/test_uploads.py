"""Photos that leave before their form: kept for whoever sent them, named by the form, and said what
is wrong with them (Y10-1)."""

import io
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from server.complaints.arrival import photos
from server.complaints.models import Photo
from tests.people import hidden_fields
from tests.server.complaints.conftest import FILED, Handled, Office, picture, text


async def sent(
    client: Any, pictures: list[bytes], *, at: str, token: bool = True, **more: Any
) -> Any:
    """As the page's script sends them."""
    hidden = hidden_fields(await text(await client.get(at)))
    values: MultiDict[str, Any] = MultiDict({"csrf_token": hidden["csrf_token"]} if token else {})
    for name, value in more.items():
        values.add(name, value)
    for content in pictures:
        values.add("photos", FileStorage(io.BytesIO(content), filename="lamp.jpg"))
    boundary, data = encode_multipart(values)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Accept": "application/json",
    }
    return await client.post("/complaints/photos", data=data, headers=headers)


async def test_photos_are_named_by_the_form_that_follows(office: Office) -> None:
    kim = await office.browser("kim")
    answer = await sent(kim, [picture(), picture()], at="/complaints/new")
    assert answer.status_code == 200
    first, second = (await answer.get_json())["kept"]
    # More of them: those that the form has already count, and come back with them.
    answer = await sent(kim, [picture()], at="/complaints/new", kept=first)
    again = (await answer.get_json())["kept"]
    assert again[0] == first
    assert len(again) == 2
    filed = await office.post_files("kim", {**FILED, "kept": [first, second]}, [])
    number = filed.headers["Location"].rpartition("/")[2]
    assert (await office.row(number)).photos_count == 2
    # They are nobody else's.
    filed = await office.post_files("lee", {**FILED, "kept": [again[1]]}, [])
    lees = filed.headers["Location"].rpartition("/")[2]
    assert (await office.row(lees)).photos_count == 0
    stranger = office.app.test_client()
    assert (await stranger.get(f"/complaints/photos/{again[1]}")).status_code == 404


async def test_what_is_wrong_is_said_and_nothing_is_filed(office: Office) -> None:
    kim = await office.browser("kim")
    answer = await sent(kim, [picture(), b"no picture"], at="/complaints/new")
    assert answer.status_code == 422
    told = await answer.get_json()
    assert (len(told["kept"]), told["left"]) == (1, [1])
    assert "사진 파일이 아닙니다" in told["faults"][0]
    many = await sent(kim, [picture(size=(60, 60))] * 6, at="/complaints/new")
    assert many.status_code == 422
    told = await many.get_json()
    assert (len(told["kept"]), told["left"]) == (5, [5])
    refused = await sent(kim, [picture()], at="/complaints/new", token=False)
    assert refused.status_code == 403
    assert (await refused.get_json())["title"]
    stranger = office.app.test_client()  # who files without an account
    assert (await sent(stranger, [picture()], at="/complaints/new")).status_code == 200
    assert not await Photo.filter(complaint_id__isnull=False).exists()


async def test_a_photo_from_the_site(office: Office, handled: Handled) -> None:
    number = await handled("assign", **FILED)
    at = f"/desk/complaints/{number}/memos"
    park = await office.browser("park")
    answer = await sent(park, [picture()], at=at)
    (key,) = (await answer.get_json())["kept"]
    kept = await office.post("park", f"{at}/photo", {"kept": key, "caption": "새 등"}, at=at)
    assert kept.status_code == 303, await text(kept)
    assert f"{at}/photo/" in await office.page("park", at)
    # One key is used once, and only one's own; without any the page comes back.
    for wrong in (key, "x", ""):
        again = await office.post("park", f"{at}/photo", {"kept": wrong}, at=at)
        assert again.status_code in {409, 422}


async def test_so_many_photos_wait_for_their_forms(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "STAGED_MAX", 2)
    kim = await office.browser("kim")
    answer = await sent(kim, [picture()] * 3, at="/complaints/new")
    assert answer.status_code == 422
    told = await answer.get_json()
    assert told["left"] == [2]
    assert "보내지 않은 사진이 너무 많습니다" in told["faults"][0]
    # What another window holds is not dropped; once it is filed, there is room again.
    filed = await office.post_files("kim", {**FILED, "kept": told["kept"]}, [])
    number = filed.headers["Location"].rpartition("/")[2]
    assert (await office.row(number)).photos_count == 2
    assert (await sent(kim, [picture()], at="/complaints/new")).status_code == 200
    # Nobody else is kept waiting for it.
    lee = await office.browser("lee")
    assert (await sent(lee, [picture()] * 2, at="/complaints/new")).status_code == 200
    assert (await sent(lee, [picture()], at="/complaints/new")).status_code == 422
