"""Filing and looking up without an account: by number and password, throttled and locked, and the
password changed at the desk (Y12-2, Y12-3)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.complaints.arrival import guests
from server.complaints.arrival.guest_models import Guest
from server.complaints.models import Complaint, Photo, Publication
from server.core import crypto, db, ids
from server.core.web.application import KEPT
from tests.people import hidden_fields
from tests.server.complaints.conftest import (
    FILED,
    ONE_ENGINE,
    Office,
    Time,
    multipart,
    picture,
    text,
)

PASSWORD = "munrae-dong 9 beongil"
STRANGER = {
    "name": "나그네",
    "phone": "010-5555-7777",
    "address": "서울특별시 영등포구 선유로 99, 101동 1203호",
    "password": PASSWORD,
}


async def file(client: Any, *photos: tuple[str, bytes], **changes: Any) -> str:
    """Files a complaint without an account; its number."""
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    fields = {**hidden, **FILED, **STRANGER, **changes}
    answer = await client.post("/complaints/new", **multipart(fields, list(photos)))
    assert answer.status_code == 303, await text(answer)
    return str(answer.headers["Location"]).rpartition("/")[2]


async def unlock(client: Any, number: str, password: str = PASSWORD) -> Any:
    hidden = hidden_fields(await text(await client.get(f"/complaints/{number}/unlock")))
    fields = {**hidden, "number": number, "password": password}
    return await client.post("/complaints/find", form=fields)


async def post(client: Any, path: str, fields: dict[str, Any], at: str | None = None) -> Any:
    hidden = hidden_fields(await text(await client.get(at or path)))
    return await client.post(path, form={**hidden, **fields})


@pytest.mark.clause("Y12-2", 2)
async def test_filed_and_looked_up_by_number_and_password(office: Office) -> None:
    """Without an account: a receipt at once, looked up later from another phone."""
    first = office.app.test_client()
    number = await file(first, ("a.jpg", picture()), public="n", captions="꺼진 가로등")
    page = await text(await first.get(f"/complaints/{number}"))
    assert FILED["title"] in page
    assert 'alt="꺼진 가로등"' in page
    assert "나그네" in await text(await first.get(f"/complaints/{number}/receipt"))
    other = office.app.test_client()
    assert (await other.get(f"/complaints/{number}")).status_code == 404
    assert (await other.get(f"/complaints/{number}/photos/1")).status_code == 404
    opened = await unlock(other, number)
    assert opened.headers["Location"] == f"/complaints/{number}"
    assert FILED["title"] in await text(await other.get(f"/complaints/{number}"))
    assert (await other.get(f"/complaints/{number}/photos/1")).status_code == 200
    closed = await post(other, "/complaints/close", {}, at=f"/complaints/{number}")
    assert closed.status_code == 303
    assert (await other.get(f"/complaints/{number}")).status_code == 404


async def test_what_they_wrote_is_sealed_and_the_password_hashed(office: Office) -> None:
    number = await file(office.app.test_client(), public="n")
    (row,) = await db.fetch("SELECT * FROM complaint")
    assert row["applicant_id"] is None
    guest = await Guest.get(complaint__number=number)
    assert guest.password_hash.startswith("$argon2id$")
    sealed = b" ".join(bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))
    for words in ("나그네", "5555", "선유로"):
        assert words.encode() not in sealed
    complaint = await Complaint.get(number=number)
    assert (complaint.name, complaint.phone) == ("나그네", "010-5555-7777")
    assert complaint.address == STRANGER["address"]


@pytest.mark.clause("Y12-2", 2)
async def test_wrong_passwords_lock_the_case_and_nobody_learns_which_numbers_there_are(
    office: Office, time: Time
) -> None:
    number = await file(office.app.test_client(), public="n")
    unknown = ids.receipt_number(2026, 11, 999_999)
    answers = {}
    for tried in (number, unknown):
        client = office.app.test_client()
        said = []
        for _ in range(6):
            answer = await unlock(client, tried, "wrong password")
            page = (await text(answer)).replace(tried, "")
            said.append((answer.status_code, "부터 다시 열 수 있습니다" in page))
        answers[tried] = said
    assert answers[number] == answers[unknown]
    assert answers[number][0] == (422, False)
    assert answers[number][-1] == (429, True)
    right = await unlock(office.app.test_client(), number)
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) > 0
    time.now += timedelta(hours=2)
    assert (await unlock(office.app.test_client(), number)).status_code == 303


async def test_the_lock_survives_a_restart_and_guesses_sent_at_once(office: Office) -> None:
    number = await file(office.app.test_client(), public="n")
    clients = [office.app.test_client() for _ in range(12)]
    answers = await asyncio.gather(*(unlock(client, number, "guess") for client in clients))
    wrong = sum(answer.status_code == 422 for answer in answers)
    assert wrong < 5
    rows = await db.fetch("SELECT kind, key FROM throttle WHERE kind = 'case'")
    assert len(rows) == 1
    assert number.encode() not in bytes(rows[0]["key"])


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tampered", ["number", "time", "signature", "nonsense"])
async def test_a_cookie_opens_one_case_for_a_while(
    office: Office, time: Time, tampered: str
) -> None:
    number = await file(office.app.test_client(), public="n")
    other = await file(office.app.test_client(), public="n", title="다른 민원")
    cookie = await guests.cookie_of(number)
    assert await guests.opened_by(cookie) == number
    parts = cookie.split("~")
    if tampered == "number":
        parts[0] = other
    elif tampered == "time":
        parts[2] = str(int(parts[2]) + 3600)
    elif tampered == "signature":
        parts[3] = crypto.keyed_hash("case-cookie", "x").hex()
    else:
        parts = ["가", "나"]
    assert await guests.opened_by("~".join(parts)) is None
    time.now += guests.OPEN_FOR + timedelta(seconds=1)
    assert await guests.opened_by(cookie) is None


async def test_one_case_opened_opens_no_other(office: Office) -> None:
    client = office.app.test_client()
    number = await file(client, public="n")
    other = await file(office.app.test_client(), public="n", title="다른 민원")
    assert (await client.get(f"/complaints/{number}")).status_code == 200
    for end in ("", "/receipt", "/withdraw", "/public", "/add", "/supplement"):
        assert (await client.get(f"/complaints/{other}{end}")).status_code == 404
    assert (await client.get("/me")).status_code == 303


async def test_without_an_account_everything_an_applicant_may(office: Office) -> None:
    """Supplement, more photos, refusing disclosure, disclosing, withdrawing."""
    client = office.app.test_client()
    number = await file(client)
    at = f"/complaints/{number}"
    assert await Publication.exists()
    await office.act("clerk", number, "accept", kind="street-lamp")
    await office.act("clerk", number, "supplement", text="어느 쪽 가로등인가요?", days="7")
    page = await text(await client.get(f"{at}/supplement"))
    assert "어느 쪽 가로등인가요?" in page
    sent = await client.post(
        f"{at}/supplement",
        **multipart(
            {**hidden_fields(page), "text": "왼쪽입니다.", "captions": "왼쪽 가로등"},
            [("b.jpg", picture())],
        ),
    )
    assert sent.status_code == 303, await text(sent)
    more = await post(client, f"{at}/add", {"text": "오늘은 두 개가 꺼졌습니다."})
    assert more.status_code == 303
    assert await Photo.filter(complaint__number=number, step__gt=1).count() == 1
    desk = await office.page("clerk", f"/desk/complaints/{number}")
    for words in ("왼쪽입니다.", "오늘은 두 개가", "왼쪽 가로등", "나그네", "선유로 99"):
        assert words in desk
    public = await office.page(None, at)
    assert "왼쪽입니다." not in public
    assert "두 개가" not in public
    hidden = await post(client, f"{at}/public", {"public": "n"})
    assert hidden.status_code == 303
    assert not await Publication.exists()
    assert (await office.get(None, at)).status_code == 404
    shown = await post(client, f"{at}/public", {"public": "y"})
    assert shown.status_code == 303
    withdrawn = await post(client, f"{at}/withdraw", {})
    assert withdrawn.status_code == 303
    assert (await office.row(number)).state == "withdrawn"
    assert not await Publication.exists()


FAULTS = [
    ({"name": ""}, "name"),
    ({"phone": ""}, "phone"),
    ({"phone": "abc"}, "phone"),
    ({"password": ""}, "password"),
    ({"password": "short"}, "password"),
    ({"password": "01055557777 !"}, "password"),
    ({"reply_by": "letter", "address": ""}, "address"),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("changes", "field"), FAULTS)
async def test_a_fault_keeps_everything_typed_but_the_password(
    office: Office, changes: dict[str, str], field: str
) -> None:
    client = office.app.test_client()
    answer = await post(client, "/complaints/new", {**FILED, **STRANGER, **changes})
    page = await text(answer)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert FILED["body"] in page
    assert PASSWORD not in page
    assert not await Complaint.exists()


async def test_the_same_form_twice_files_once(office: Office) -> None:
    client = office.app.test_client()
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    form = {**hidden, **FILED, **STRANGER}
    answers = [await client.post("/complaints/new", form=form) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    assert await Complaint.all().count() == 1


async def test_staged_photos_are_seen_by_the_browser_that_sent_them(office: Office) -> None:
    client = office.app.test_client()
    hidden = hidden_fields(await text(await client.get("/complaints/new")))
    form = multipart({**hidden, **FILED, **STRANGER, "title": ""}, [("a.jpg", picture())])
    page = await text(await client.post("/complaints/new", **form))
    photo = await Photo.get()
    assert str(photo.key) in page
    assert (await client.get(f"/complaints/photos/{photo.key}")).status_code == 200
    other = office.app.test_client()
    assert (await other.get(f"/complaints/photos/{photo.key}")).status_code == 404
    kept = {**hidden_fields(page), **FILED, **STRANGER, "kept": str(photo.key)}
    assert (await client.post("/complaints/new", form=kept)).status_code == 303


@pytest.mark.clause("Y12-3", 1)
async def test_the_desk_changes_a_password_once_identity_is_checked(office: Office) -> None:
    """The old password and whoever had the case open are out; it is recorded."""
    client = office.app.test_client()
    number = await file(client, public="n")
    at = f"/desk/complaints/{number}/password"
    wrong = await office.post("clerk", at, {"checked": "card", "name": "다른이름"})
    assert wrong.status_code == 422
    assert "신청한 사람의 이름과 다릅니다" in await text(wrong)
    unchecked = await office.post("clerk", at, {"name": "나그네"})
    assert unchecked.status_code == 422
    given = await office.post("clerk", at, {"checked": "card", "name": "나그네"})
    page = await text(given)
    assert given.status_code == 200
    password = page.split('id="password"')[1].split(">")[1].split("<")[0]
    assert (await client.get(f"/complaints/{number}")).status_code == 404
    assert (await unlock(office.app.test_client(), number)).status_code == 422
    assert (await unlock(office.app.test_client(), number, password)).status_code == 303
    recorded = await db.fetch(
        "SELECT action, actor_id FROM audit_entry WHERE subject = ? ORDER BY id", [number]
    )
    actions = [(row["action"], row["actor_id"]) for row in recorded]
    assert ("complaint.password_changed", office.accounts["clerk"]) in actions
    assert ("complaint.identity_differs", office.accounts["clerk"]) in actions


async def test_only_the_complaints_department_changes_it_and_only_where_there_is_one(
    office: Office,
) -> None:
    number = await file(office.app.test_client())
    own = await office.file()
    for login_id in ("park", "yoon", "seo"):
        path = f"/desk/complaints/{number}/password"
        assert (await office.get(login_id, path)).status_code == 403
    assert (await office.get("clerk", f"/desk/complaints/{own}/password")).status_code == 404


async def test_the_worker_copes_with_nobody_to_tell(office: Office, worker: Any) -> None:
    number = await file(office.app.test_client(), reply_by="letter")
    await office.act("clerk", number, "accept", kind="street-lamp")
    roads = f"{office.departments['roads']}:{office.accounts['park']}"
    await office.act("clerk", number, "assign", to=roads)
    await office.act("park", number, "complete", outcome="done", text="등을 새로 달았습니다.")
    await worker.drain()
    assert (await office.row(number)).state in {"completed", "awaiting_approval"}


@ONE_ENGINE
async def test_a_resident_opens_it_beside_their_account(office: Office) -> None:
    """Signed in, a case filed without an account opens for a while, and it alone; no official."""
    number = await file(office.app.test_client(), public="n")
    other = await file(office.app.test_client(), public="n", title="다른 민원")
    kim = await office.browser("kim")
    assert 'href="/complaints/find"' in await office.page("kim", "/complaints")
    assert 'href="/complaints/find"' in await office.page("kim", "/me/complaints")
    closed = await kim.get(f"/complaints/{number}")
    assert closed.status_code == 404
    assert f"/complaints/{number}/unlock" in await text(closed)
    assert (await unlock(kim, number)).status_code == 303
    opened = await kim.get(f"/complaints/{number}")
    assert opened.status_code == 200
    assert "민원 닫기" in await text(opened)
    assert KEPT not in opened.headers
    assert (await kim.get(f"/complaints/{other}")).status_code == 404
    more = await office.post("kim", f"/complaints/{number}/add", {"text": "두 개가 꺼졌습니다."})
    assert more.status_code == 303
    own = await office.page("kim", f"/complaints/{await office.file(public='n')}")
    assert "민원 닫기" not in own
    assert (await post(kim, "/logout", {}, at="/me")).status_code == 303
    assert (await kim.get(f"/complaints/{number}")).status_code == 404
    choi = await office.browser("choi")
    assert (await unlock(choi, number)).status_code == 303
    assert (await choi.get(f"/complaints/{number}")).status_code == 404


@ONE_ENGINE
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "short"}, 'href="#password"'),
        ({"phone": "abc"}, 'href="#phone"'),
        ({"body": "주인 번호는 010-2345-6789입니다."}, "개인을 알아볼 수 있는 번호"),
    ],
)
async def test_faults_come_before_complaints_like_it(
    office: Office, changes: dict[str, str], said: str
) -> None:
    await office.file()
    client = office.app.test_client()
    wrong = await post(client, "/complaints/new", {**FILED, **STRANGER, "look": "y", **changes})
    page = await text(wrong)
    assert wrong.status_code == 422
    assert said in page
    assert "비슷한 민원이 이미 있어요" not in page
    right = await post(client, "/complaints/new", {**FILED, **STRANGER, "look": "y"})
    page = await text(right)
    assert "비슷한 민원이 이미 있어요" in page
    assert "비밀번호만 한 번 더" in page


@ONE_ENGINE
async def test_who_files_without_an_account_is_told_to_keep_the_number(office: Office) -> None:
    client = office.app.test_client()
    number = await file(client)
    page = await text(await client.get(f"/complaints/{number}"))
    assert f"꼭 적어 두세요: {number}" in page
    assert "신청번호가 그대로 접수번호" in page
    assert "같은 번호예요" in await text(await client.get("/complaints/find"))
