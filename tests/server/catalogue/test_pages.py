"""The table of services over HTTP: for residents (Y9, O9-1, O10-1), and kept at the desk (O8-3).

What is looked at again after a change is looked at signed in: anonymous readers share an answer
for a moment.
"""

import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from server.catalogue import keeping, table_csv
from server.ordinance import service as ordinance
from tests.people import hidden_fields
from tests.server.catalogue.conftest import Office
from tests.server.complaints.conftest import FILED, multipart, text

DESK = "/desk/catalogue"
# What touches SQL is tested on both databases in test_versions.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def osan(office: Office) -> Any:
    """The same office under Osan's profile."""
    ordinance.use("osan")
    yield office
    ordinance.use("yeongdeungpo")


def fields_of(page: str, action: str) -> dict[str, str]:
    """What a form of the page would send as it stands, without its hidden fields."""
    form = page[page.index(f'action="{action}"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'<input class="input[^>]* name="([\w-]+)" value="([^"]*)"', form))
    found |= {
        name: body.removeprefix("\n")
        for name, body in re.findall(
            r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>', form
        )
    }
    for name, body in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    for name in re.findall(r'type="checkbox"[^>]* name="([\w-]+)" value="y" checked', form):
        found[name] = "y"
    return {name: html.unescape(value) for name, value in found.items()}


async def change(office: Office, slug: str, **fields: str) -> Any:
    """Opens a row at the desk, changes these fields and saves."""
    at = f"{DESK}/{slug}"
    page = await office.page("clerk", at)
    newest = re.search(r'name="newest" type="hidden" value="(\d+)"', page)
    assert newest is not None
    shown = fields_of(page, at)
    given = {**shown, "newest": newest[1], "slug": slug, "basis": "조례 개정", **fields}
    return await office.post("clerk", at, given)


@pytest.mark.clause("Y9", 1)
async def test_the_table_is_posted_and_searched(office: Office) -> None:
    page = await office.page(None, "/services")
    for words in ("가로등·보안등 고장", "7일", "여권 발급", "수수료 50,000원", "방문", "온라인"):
        assert words in page
    assert page.count('href="/services/') >= 60
    found = await office.page(None, "/services?q=여권")
    assert "여권 발급" in found
    assert "불법 주정차" not in found
    by_department = await office.page(None, "/services?q=도로과")
    assert "가로등·보안등 고장" in by_department
    assert "찾는 민원이 없어요" in await office.page(None, "/services?q=우주선")
    one = await office.page(None, "/services/farmland")
    for words in (
        "7일",
        "1,000원",
        "농업경영계획서",
        "농지법 제8조",
        "본인확인",
        "팀장",
        "service=farmland",
    ):
        assert words in one
    shut = await office.page(None, "/services/passport")
    assert "온라인으로는 받지 않아요" in shut
    assert "service=passport" not in shut
    english = await office.page(None, "/services/farmland?lang=en")
    assert "Farming plan" in english
    assert (await office.get(None, "/services/nothing")).status_code == 404


@pytest.mark.clause("Y9", 2)
async def test_the_table_drives_the_form_and_a_complaint_keeps_its_version(
    office: Office, time: Any
) -> None:
    # What an official sets in the table is what the form asks, and what the clock counts.
    asked = "lamp-number | 등주 번호 | Number on the post | text | 필수"
    answer = await change(office, "street-lamp", period="3d", questions=asked)
    assert answer.status_code == 303, await text(answer)
    form = await office.page("kim", "/complaints/new?service=street-lamp")
    assert "등주 번호" in form
    filed = {**FILED, "service": "street-lamp"}
    lacking = await office.post("kim", "/complaints/new", filed)
    assert lacking.status_code == 422
    number = await office.file(service="street-lamp", **{"ask-lamp-number": "당산-107"})
    assert "당산-107" in (await office.row(number)).body
    await office.act("clerk", number, "accept", kind="street-lamp")
    before = (await office.row(number)).due_at
    # A longer period from Wednesday on changes nothing for what was accepted on Monday.
    answer = await change(office, "street-lamp", period="14d", since="2026-11-25")
    assert answer.status_code == 303, await text(answer)
    assert "11월 25일" in await office.page(None, "/services/street-lamp")
    time.set("2026-11-25T09:00+09:00")
    assert "14일" in await office.page("kim", "/services/street-lamp")
    assert "11월 26일" in await office.page("kim", f"/complaints/{number}")
    assert (await office.row(number)).due_at == before
    later = await office.file(service="street-lamp", **{"ask-lamp-number": "당산-108"})
    await office.act("clerk", later, "accept", kind="street-lamp")
    assert (await office.row(later)).due_at - before > timedelta(days=14)


@pytest.mark.clause("Y9", 2)
async def test_the_desk_keeps_versions_and_a_spreadsheet_goes_out_and_in(office: Office) -> None:
    out = await office.get("clerk", f"{DESK}/table.csv")
    content = await out.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = table_csv.read(content.decode(), keeping.departments_named())
    table = [line.terms for line in lines if line.terms]
    assert len(table) >= 60
    changed = content.decode().replace("가로등·보안등 고장", "=가로등 고장", 1).encode()
    shown = await upload(office, changed)
    assert "1줄" in shown
    assert "=가로등 고장" in shown
    assert "가로등·보안등 고장" in await office.page(None, "/services")
    apply = {"text": changed.decode(), "seen": seen(shown), "apply": "y", "basis": "이름 바꿈"}
    done = await office.post("clerk", f"{DESK}/import", apply)
    assert done.status_code == 303, await text(done)
    assert "=가로등 고장" in await office.page("kim", "/services")
    again = await (await office.get("clerk", f"{DESK}/table.csv")).get_data()
    assert "'=가로등 고장" in again.decode()
    assert "제2판" in await office.page("clerk", f"{DESK}/street-lamp")
    # The same dry run is out of date now.
    stale = await office.post("clerk", f"{DESK}/import", {**apply, "text": content.decode()})
    assert stale.status_code == 409
    bad = content.decode().replace("기타민원", "아무거나", 1).encode()
    faulty = await upload(office, bad)
    assert "분류를 목록에서 골라 주세요" in faulty
    assert "2번째 줄" in faulty


async def upload(office: Office, content: bytes) -> str:
    client = await office.browser("clerk")
    hidden = hidden_fields(await text(await client.get(f"{DESK}/import")))
    sent = multipart({**hidden, "file": FileStorage(io.BytesIO(content), filename="a.csv")}, [])
    return html.unescape(await text(await client.post(f"{DESK}/import", **sent)))


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([\d-]+)"', page)
    assert found is not None, page
    return found[1]


async def test_what_the_desk_types_wrong_comes_back_with_everything(office: Office) -> None:
    answer = await change(office, "street-lamp", period="칠일", name="새 이름")
    page = await text(answer)
    assert answer.status_code == 422
    assert "새 이름" in page
    assert "처리 기간은" in page
    late = await change(office, "street-lamp", newest="7")
    assert late.status_code == 409
    past = await change(office, "street-lamp", since="2026-01-01")
    assert past.status_code == 422
    new = await office.post(
        "clerk", f"{DESK}/new", {"slug": "brand-new", "name": "새 민원", "name_en": "New",
        "category": "other", "law": "어느 법", "basis": "새로", "online": "y", "public": "y",
        "active": "y", "approvals": "handler > department_head"}
    )  # fmt: skip
    assert new.status_code == 303, await text(new)
    assert "담당자, 부서장" in await office.page(None, "/services/brand-new")


async def test_a_version_that_waits_is_taken_back(office: Office, time: Any) -> None:
    assert (await change(office, "street-lamp", period="3d", since="2026-12-01")).status_code == 303
    assert "12월 1일" in await office.page("clerk", DESK)
    back = f"{DESK}/street-lamp/versions/2/take-back"
    assert (await office.post("clerk", back, {}, at=f"{DESK}/street-lamp")).status_code == 303
    time.set("2026-12-02T09:00+09:00")
    assert "되돌림" in await office.page("clerk", f"{DESK}/street-lamp")
    assert "7일" in await office.page("kim", "/services/street-lamp")


async def test_nobody_else_keeps_the_table(office: Office) -> None:
    for login in ("kim", "park", "seo", "jang", None):
        for path in (DESK, f"{DESK}/street-lamp", f"{DESK}/table.csv", f"{DESK}/import"):
            assert (await office.get(login, path)).status_code in {303, 403}


@pytest.mark.clause("O9-1", 1)
async def test_osan_takes_online_only_what_needs_neither_identity_nor_papers(osan: Office) -> None:
    pet = await osan.page(None, "/services/pet")
    assert "온라인으로는 받지 않아요" in pet
    assert "오산시청 민원실" in pet
    assert "service=pet" not in pet
    shown = await osan.get("kim", "/complaints/new?service=pet")
    assert (shown.status_code, shown.headers["Location"]) == (303, "/services/pet")
    refused = await osan.post("kim", "/complaints/new", {**FILED, "service": "pet"})
    assert refused.status_code == 422
    plan = await osan.page(None, "/services/land-use-plan")
    assert "service=land-use-plan" in plan
    for slug in ("pet", "mail-order", "farmland", "passport"):
        assert f'href="/services/{slug}"' in await osan.page(None, "/services")


@pytest.mark.clause("O10-1", 1)
async def test_the_kinds_that_are_public_are_posted_and_others_never_are(
    osan: Office, time: Any
) -> None:
    posted = await osan.page(None, "/services/public")
    public, closed = posted.split("공개하지 않는 민원")
    assert "가로등·보안등 고장" in public
    assert "토지이용계획확인서" in closed
    hidden = {**FILED, "service": "mail-order", "title": "쇼핑몰을 엽니다"}
    hidden |= {
        "service": "bulky-waste",
        "ask-item": "옷장",
        "ask-count": "1",
        "ask-day": "2026-12-01",
    }
    number = await osan.file(**hidden)
    assert (await osan.get(None, f"/complaints/{number}")).status_code == 404
    assert "쇼핑몰을 엽니다" not in await osan.page(None, "/complaints")
    lamp = await osan.file()
    assert (await osan.get(None, f"/complaints/{lamp}")).status_code == 200
    # The list has versions: closed from the first of December, it says so from then on.
    since = {"since": "2026-12-01", "public": ""}
    page = await osan.page("clerk", f"{DESK}/street-lamp")
    given = {**fields_of(page, f"{DESK}/street-lamp"), "newest": "1", "slug": "street-lamp"}
    del given["public"]
    answer = await osan.post(
        "clerk", f"{DESK}/street-lamp", {**given, "basis": "공개 제외", "since": "2026-12-01"}
    )
    assert answer.status_code == 303, (since, await text(answer))
    time.set("2026-12-01T09:00+09:00")
    closed = (await osan.page("kim", "/services/public")).split("공개하지 않는 민원")[1]
    assert "가로등·보안등 고장" in closed
    later = await osan.file(service="street-lamp")
    assert (await osan.get(None, f"/complaints/{later}")).status_code == 404
