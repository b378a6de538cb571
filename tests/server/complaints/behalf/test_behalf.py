"""A relative files for somebody: consent, mandate, the word to that person, objection (Y18)."""

import io
import json
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from server.catalogue import service as catalogue
from server.complaints.arrival import photos
from server.complaints.behalf import covered, principals, rules
from server.complaints.behalf.models import Principal
from server.complaints.models import Complaint, Photo, Publication
from server.core import crypto, storage
from server.core.models import OutboxJob
from server.ordinance import service as ordinance
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    FILED,
    ONE_ENGINE,
    Office,
    done,
    multipart,
    picture,
    text,
)

FOR = {
    "for_name": "박순자",
    "for_relation": "family",
    "for_phone": "010-2222-3333",
    "for_address": "",
    "for_consent": "by_phone",
    "for_consented_on": "2026-11-22",
    "for_tell_by": "sms",
    "for_declared": "y",
}
STRANGER = {"name": "강이웃", "phone": "010-4444-5555", "password": "dangsan-ro 12-gil!"}
BY_SMS = "notifications.sms"


async def texts() -> list[dict[str, Any]]:
    """The text messages that the office is about to send."""
    jobs = await OutboxJob.filter(topic=BY_SMS)
    sealed = [json.loads(job.payload) for job in jobs]
    return [
        each | {"text": crypto.unseal(bytes.fromhex(each["text"]), BY_SMS).decode()}
        for each in sealed
    ]


async def with_mandate(office: Office, fields: dict[str, Any], mandate: bytes) -> Any:
    client = await office.browser("kim")
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    file = FileStorage(io.BytesIO(mandate), filename="mandate.jpg")
    return await client.post(
        "/complaints/new", **multipart({**hidden, **fields, "mandate": file}, [])
    )


@pytest.mark.clause("Y18", 3)
async def test_a_helper_files_with_recorded_consent(office: Office) -> None:
    """Handlers see both, the public neither; the person hears of it and may object."""
    said = f"{FILED['body']} 박순자 어르신(010-2222-3333)이 밤에 못 나가십니다."
    number = await office.file(**FOR, body=said, public="")
    row = await Principal.get(complaint__number=number)
    assert (row.name, row.consent, row.review_for) == ("박순자", "by_phone", "")
    (told,) = await texts()
    assert told["kind"] == "complaint.filed_for_you"
    assert number in told["text"]
    assert "박순자" not in told["text"]
    desk = await office.page("clerk", f"/desk/complaints/{number}")
    own = await office.page("kim", f"/complaints/{number}")
    for page in (desk, own):
        assert "박순자" in page
        assert "전화로 동의했습니다" in page
    assert "김영희" in desk
    assert "010-2222-3333" in desk

    client = office.app.test_client()
    code = f"{row.code[:5]}-{row.code[5:]}".lower()
    hidden = hidden_fields(await text(await client.get("/complaints/behalf")))
    wrong = await client.post(
        "/complaints/behalf", form={**hidden, "number": number, "code": "00000-00000"}
    )
    assert wrong.status_code == 422
    page = await text(
        await client.post("/complaints/behalf", form={**hidden, "number": number, "code": code})
    )
    assert "김영희" in page
    hidden = hidden_fields(page)
    objection = {**hidden, "number": number, "code": code, "word": "저는 부탁한 적이 없어요."}
    answer = await client.post("/complaints/behalf/object", form=objection)
    assert "알려 주셔서 고맙습니다" in await text(answer)
    desk = await office.page("clerk", f"/desk/complaints/{number}")
    assert "저는 부탁한 적이 없어요." in desk
    refused = await office.act("clerk", number, "accept", kind="street-lamp")
    assert refused.status_code == 409
    at = f"/desk/complaints/{number}"
    await done(await office.post("clerk", f"{at}/behalf", {}, at=at))
    await done(await office.act("clerk", number, "accept", kind="street-lamp"))


@ONE_ENGINE
async def test_the_public_sees_neither(office: Office) -> None:
    """Covered where they are named, and gone from every public place once they object."""
    said = f"{FILED['body']} 박순자 어르신이 밤에 못 나가십니다."
    number = await office.file(**FOR, body=said)
    page = await office.page(None, f"/complaints/{number}")
    assert "박순자" not in page
    assert "동의" not in page
    row = await Principal.get(complaint__number=number)
    client = office.app.test_client()
    hidden = hidden_fields(await text(await client.get("/complaints/behalf")))
    fields = {**hidden, "number": number, "code": row.code}
    await client.post("/complaints/behalf/object", form=fields)
    assert not await Publication.exists(number=number)
    assert (await office.get(None, f"/complaints/{number}")).status_code == 404
    again = await client.post("/complaints/behalf/object", form=fields)
    assert again.status_code == 200
    assert "원하지 않는다고" in await text(await office.get("kim", "/me/notifications"))


@ONE_ENGINE
async def test_nothing_typed_is_lost(office: Office) -> None:
    answer = await office.post(
        "kim", "/complaints/new", {**FILED, **FOR, "for_consented_on": "", "for_declared": ""}
    )
    page = await text(answer)
    assert answer.status_code == 422
    assert 'value="박순자"' in page
    assert 'href="#for_consented_on"' in page
    assert not await Complaint.exists()


async def a_service(mandate: str) -> str:
    """A service filed online whose mandate is as given: one of the catalogue's own, changed."""
    from server.catalogue.models import Version

    kind = await catalogue.kind_by_slug("street-lamp")
    assert kind is not None
    row = await Version.get(kind_id=kind.id)
    row.pk, row.number, row.mandate = None, row.number + 1, mandate
    row._saved_in_db = False
    await row.save()
    return kind.slug


@ONE_ENGINE
@pytest.mark.clause("Y18", 3)
async def test_a_missing_mandate_is_a_supplement(office: Office) -> None:
    """Where the service asks for one: the office asks, the applicant brings it, the clock goes on;
    the picture is never among the photos that everybody sees."""
    slug = await a_service("required")
    number = await office.file(**FOR)
    await done(await office.act("clerk", number, "accept", kind=slug))
    row = await office.row(number)
    assert row.state == "supplement"
    assert "위임장이 없습니다" in await office.page("kim", f"/complaints/{number}/supplement")
    at = f"/complaints/{number}/mandate"
    client = await office.browser("kim")
    hidden = hidden_fields(await text(await client.get(at)))
    nothing = await client.post(at, **multipart(hidden, []))
    assert nothing.status_code == 422
    file = FileStorage(io.BytesIO(picture()), filename="mandate.jpg")
    hidden = hidden_fields(await text(await client.get(at)))
    await done(await client.post(at, **multipart({**hidden, "mandate": file}, [])))
    assert (await office.row(number)).state != "supplement"
    assert not await Photo.exists()
    seen = await office.get("clerk", f"/desk/complaints/{number}/mandate")
    assert seen.headers["Content-Type"] == "image/jpeg"
    for login_id in ("choi", "kim"):
        refused = await office.get(login_id, f"/desk/complaints/{number}/mandate")
        assert refused.status_code in {403, 404}


async def bring(office: Office, number: str) -> str:
    """Bring a mandate in after the filing; the page that follows."""
    at = f"/complaints/{number}/mandate"
    client = await office.browser("kim")
    hidden = hidden_fields(await text(await client.get(at)))
    file = FileStorage(io.BytesIO(picture()), filename="mandate.jpg")
    answer = await client.post(at, **multipart({**hidden, "mandate": file}, []))
    await done(answer)
    return await office.page("kim", f"/complaints/{number}")


@ONE_ENGINE
async def test_a_mandate_that_left_before_its_form(office: Office) -> None:
    """The form names what the office has of it; what somebody else sent ahead is no mandate."""
    number = await office.file(**FOR)
    at = f"/complaints/{number}/mandate"
    taken = {}
    for login_id in ("lee", "kim"):
        client = await office.browser(login_id)
        hidden = hidden_fields(await text(await client.get("/complaints/new")))
        sent = multipart(hidden, [("mandate.jpg", picture())])
        (taken[login_id],) = (await (await client.post("/complaints/photos", **sent)).get_json())[
            "kept"
        ]
    refused = await office.post("kim", at, {"mandate_kept": taken["lee"]})
    assert refused.status_code == 422
    page = await text(await (await office.browser("kim")).get(at))
    assert 'data-upload="/complaints/photos"' in page
    assert 'data-named="mandate_kept"' in page
    await done(await office.post("kim", at, {"mandate_kept": taken["kim"]}))
    assert (await Principal.get(complaint__number=number)).mandate == UUID(taken["kim"])
    assert not await Photo.exists(complaint__number=number)


@ONE_ENGINE
async def test_a_mandate_nobody_asked_for_starts_no_clock(office: Office) -> None:
    """Where something else is asked for, the office hears of the mandate; what is asked waits."""
    number = await office.file(**FOR)
    await done(await office.act("clerk", number, "accept", kind="street-lamp"))
    asked = {"text": "가로등 번호를 알려 주세요.", "days": "7"}
    await done(await office.act("clerk", number, "supplement", **asked))
    before = await office.row(number)
    assert "보완을 요청받은 것은 따로 내 주세요" in await bring(office, number)
    after = await office.row(number)
    assert (after.state, after.due_at, after.version) == ("supplement", before.due_at, 3)
    assert (await Principal.get(complaint__number=number)).mandate is not None
    assert "민원인이 내용을 더했습니다" in await office.page("clerk", "/me/notifications")


@ONE_ENGINE
async def test_a_mandate_that_is_replaced_is_purged(office: Office) -> None:
    """Both its pictures go; not while another handling's principal has it too."""
    number = await office.file(**FOR)
    await bring(office, number)
    row = await Principal.get(complaint__number=number)
    first = UUID(str(row.mandate))
    other = await office.file(title="또 꺼졌습니다")
    complaint_id = (await office.row(other)).id
    await covered.take_along(row.complaint_id, complaint_id)
    await bring(office, number)
    assert await photos.purge_staged() == 0
    await bring(office, other)
    assert await photos.purge_staged() == 1
    for thumb in (False, True):
        with pytest.raises(storage.Missing):
            await photos.bytes_of(first, thumb=thumb)
    kept = await Principal.get(complaint__number=number)
    assert await photos.bytes_of(UUID(str(kept.mandate)), thumb=False)


@ONE_ENGINE
async def test_one_number_is_texted_a_few_times_a_day(office: Office) -> None:
    """By whomever, under whichever name; by letter it can still be told."""
    for count in range(rules.TEXTS_A_DAY):
        await office.file(**FOR | {"for_name": f"박순{count}", "title": f"가로등 {count}"})
    more = {**FILED, **FOR, "for_name": "최다른", "for_phone": "+82 10 2222 3333"}
    answer = await office.post("lee", "/complaints/new", more)
    assert answer.status_code == 422
    assert "오늘은 이 번호로 문자를 더 보낼 수 없습니다" in await text(answer)
    letter = {"for_address": "영등포구 당산로 1", "for_tell_by": "letter"}
    await office.file("lee", **FOR | letter | {"for_name": "최다른"})
    assert len(await texts()) == rules.TEXTS_A_DAY


@ONE_ENGINE
async def test_an_objection_and_a_mandate_keep_each_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The objection is written from a row that was read before the mandate came."""
    number = await office.file(**FOR)
    row = await Principal.get(complaint__number=number).select_related("complaint")
    await bring(office, number)

    async def read_before(*_: str) -> Any:
        return row, row.complaint

    monkeypatch.setattr(principals, "_by_code", read_before)
    await principals.object_to(number, row.code, "")
    written = await Principal.get(complaint__number=number)
    assert written.objected_at is not None
    assert written.mandate is not None


@ONE_ENGINE
async def test_a_mandate_comes_with_the_form(office: Office) -> None:
    """Kept when the form comes back for another reason; no supplement is asked then."""
    slug = await a_service("required")
    first = await with_mandate(office, {**FILED, **FOR, "title": ""}, picture())
    page = await text(first)
    assert first.status_code == 422
    assert "올려 둔 위임장 사진이 있어요" in page
    kept = page.partition('name="mandate_kept" value="')[2].partition('"')[0]
    client = await office.browser("kim")
    fields = {**hidden_fields(page), **FILED, **FOR, "mandate_kept": kept}
    answer = await client.post("/complaints/new", form=fields)
    assert answer.status_code == 303, await text(answer)
    number = answer.headers["Location"].rpartition("/")[2]
    await done(await office.act("clerk", number, "accept", kind=slug))
    assert (await office.row(number)).state == "accepted"


@ONE_ENGINE
@pytest.mark.prove
async def test_some_services_are_ones_own(office: Office) -> None:
    slug = await a_service("none")
    fields = {**FILED, **FOR, "service": slug}
    answer = await office.post("kim", "/complaints/new", fields)
    assert answer.status_code == 422
    assert "본인만 신청할 수 있는 민원입니다" in await text(answer)


@ONE_ENGINE
@pytest.mark.prove
async def test_many_in_a_month_are_looked_at(office: Office) -> None:
    """With an account and without: the same person again counts once."""
    most = ordinance.profile().complaints.on_behalf_monthly
    for count in range(most + 1):
        again = {"for_phone": f"010-2222-{count:04}"}
        number = await office.file(**FOR | again)
        waits = (await Principal.get(complaint__number=number)).review_for
        assert waits == ("many" if count >= most else "")
    number = await office.file(**FOR | {"for_phone": "010-2222-0000", "title": "또 꺼졌습니다"})
    assert (await Principal.get(complaint__number=number)).review_for == "many"
    client = office.app.test_client()
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    answer = await client.post("/complaints/new", form={**hidden, **FILED, **FOR, **STRANGER})
    assert answer.status_code == 303, await text(answer)
    number = answer.headers["Location"].rpartition("/")[2]
    assert (await Principal.get(complaint__number=number)).review_for == ""


@ONE_ENGINE
@pytest.mark.prove
async def test_the_letter_and_the_form(office: Office) -> None:
    """Whoever has no telephone hears by letter; the mandate is printed blank or filled in."""
    letter = {"for_phone": "", "for_address": "영등포구 당산로 1", "for_tell_by": "letter"}
    number = await office.file(**FOR | letter)
    row = await Principal.get(complaint__number=number)
    assert number in await office.page("clerk", "/desk/letters")
    printed = await words(office, "clerk", f"/desk/complaints/{number}/behalf.pdf")
    assert row.code[:5] in printed
    assert "박순자님" in printed
    at = f"/desk/complaints/{number}/behalf/posted"
    await done(await office.post("clerk", at, {}, at="/desk/letters"))
    assert "부칠 편지가 없습니다" in await office.page("clerk", "/desk/letters")
    blank = await words(office, None, "/complaints/mandate.pdf")
    assert "위임장" in blank
    assert "박순자" not in blank
    filled = await words(office, "kim", f"/complaints/{number}/mandate.pdf")
    for said in ("박순자", "김영희", number, "가족"):
        assert said in filled
    assert (await office.get("lee", f"/complaints/{number}/mandate.pdf")).status_code in {403, 404}


async def words(office: Office, login_id: str | None, path: str) -> str:
    answer = await office.get(login_id, path)
    assert answer.status_code == 200, await text(answer)
    pages = PdfReader(io.BytesIO(await answer.get_data(as_text=False))).pages
    return "".join("".join(page.extract_text() for page in pages).replace("\0", "").split())
