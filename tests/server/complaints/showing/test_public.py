"""What everybody may read of a complaint, and how it is gone when refused (Y12-1, Y12-2, Y5-2)."""

import asyncio
import re
from typing import Any

import pytest

from server.complaints.models import Publication
from server.complaints.showing import pages
from server.core import db
from tests.server.complaints.conftest import FILED, Handled, Office, picture, text

PERSONAL = (
    "김영희입니다. 010-1234-5678, kim@example.kr, 900101-2345678, 농협 302-1234-5678-91, "
    "카드 5412-7512-3412-3456"
)
PLANTED = (
    "김영희",
    "1234-5678",
    "01012345678",
    "kim@example.kr",
    "2345678",
    "302-1234-5678-91",
    "5412-7512",
)


@pytest.mark.clause("Y12-1", 1)
async def test_receipt_handling_and_result_are_public(office: Office, handled: Handled) -> None:
    number = await handled("complete")
    listed = await office.page(None, "/complaints")
    assert FILED["title"] in listed
    assert f'href="/complaints/{number}"' in listed
    page = await office.page(None, f"/complaints/{number}")
    for words in (
        "접수했습니다",
        "도로과에 배정했습니다",
        "현장을 확인하고 있습니다",
        "안정기를 주문했습니다.",
        "처리했습니다",
        "등을 새로 달았습니다.",
    ):
        assert words in page


@pytest.mark.clause("Y5-2", 1)
async def test_each_piece_names_department_and_telephone(office: Office, handled: Handled) -> None:
    """The public sees the department and its telephone; the applicant the official as well."""
    number = await handled("assign")
    public = await office.page(None, f"/complaints/{number}")
    assert "도로과" in public
    assert 'href="tel:02-2670-3804"' in public
    assert "박도로" not in public
    own = await office.page("kim", f"/complaints/{number}")
    for words in ("도로과", "박도로", "02-2670-3804"):
        assert words in own


async def test_nothing_personal_is_public(office: Office) -> None:
    planted = {"title": f"가로등 {PERSONAL}"[:90], "body": PERSONAL, "place": "김영희 집 앞"}
    number = await office.file(**planted, public="n")
    covered = {"public": "y", "cover": "y"}
    shown = await office.post("kim", f"/complaints/{number}/public", covered)
    assert shown.status_code == 303
    await office.act("clerk", number, "accept", kind="street-lamp")
    note = f"{PERSONAL}. 문의는 02-2670-3804"
    await office.act("clerk", number, "note", step="on_site", text=note, cover="y")
    await office.act("clerk", number, "complete", outcome="done", text=PERSONAL, cover="y")
    for path in ("/complaints", f"/complaints/{number}", "/complaints?q=가로등"):
        page = await office.page(None, path)
        assert number in page
        for words in PLANTED:
            assert words not in page, (path, words)
    assert "문의는 02-2670-3804" in await office.page(None, f"/complaints/{number}")
    own = await office.page("kim", f"/complaints/{number}")
    assert "010-1234-5678" in own


async def test_nothing_typed_is_readable_in_the_database(office: Office, handled: Handled) -> None:
    """Private complaints leave no readable word; of public ones only the masked copy is."""
    secret = {"title": "비밀제목", "body": "비밀본문", "place": "비밀장소 77번지", "public": "n"}
    await handled("complete", **secret)
    for table in ("complaint", "complaint_step", "complaint_answer", "complaint_place_word"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            said = repr(
                {
                    name: bytes(value).decode("utf-8", "replace")
                    if isinstance(value, bytes | memoryview)
                    else value
                    for name, value in row.items()
                }
            )
            for words in ("비밀", "김영희", "1234-5678", "안정기", "새로 달았"):
                assert words not in said, table
    assert not await db.fetch("SELECT * FROM search_entry WHERE kind = 'complaint'")


async def test_a_private_complaint_does_not_exist_for_others(office: Office) -> None:
    answer = await office.post_files("kim", {**FILED, "public": "n"}, [("a.jpg", picture())])
    number = answer.headers["Location"].rpartition("/")[2]
    paths = [f"/complaints/{number}{end}" for end in ("", "/photos/1", "/photos/1/thumb")]
    for path in paths:
        assert (await office.get("kim", path)).status_code == 200
        for reader in ("lee", None, "choi"):
            assert (await office.get(reader, path)).status_code == 404
    for path in ("receipt", "withdraw", "public", "supplement"):
        assert (await office.get("lee", f"/complaints/{number}/{path}")).status_code == 404
    assert FILED["title"] not in await office.page(None, "/complaints")
    assert (await office.get("park", f"/complaints/{number}/photos/1")).status_code == 200
    to_desk = await office.get("clerk", f"/complaints/{number}")
    assert to_desk.headers["Location"] == f"/desk/complaints/{number}"


async def test_refused_later_it_is_gone_from_every_public_place(
    office: Office, handled: Handled
) -> None:
    answer = await office.post_files("kim", FILED, [("a.jpg", picture())])
    number = answer.headers["Location"].rpartition("/")[2]
    lists = ("/complaints", "/complaints?q=당산로", "/complaints?topic=street-lamp")
    for path in (f"/complaints/{number}", f"/complaints/{number}/photos/1", *lists):
        assert (await office.get(None, path)).status_code == 200
    refused = await office.post("kim", f"/complaints/{number}/public", {"public": "n"})
    assert refused.status_code == 303
    for path in ("", "/photos/1", "/photos/1/thumb", "/due.ics"):
        assert (await office.get(None, f"/complaints/{number}{path}")).status_code == 404
    for path in lists:
        assert number not in await office.page(None, path)
    assert not await Publication.exists()
    assert (await office.get("kim", f"/complaints/{number}")).status_code == 200
    opened = await office.post("kim", f"/complaints/{number}/public", {"public": "y"})
    assert opened.status_code == 303
    await asyncio.sleep(pages.SHARED_SECONDS)
    assert number in await office.page(None, "/complaints?q=당산로")
    public = await office.page(None, f"/complaints/{number}")
    assert "공개하지 않기로" not in public


async def test_nobody_else_refuses_disclosure(office: Office) -> None:
    number = await office.file()
    for login_id in ("lee", "park"):
        at = "/me/settings"
        answer = await office.post(login_id, f"/complaints/{number}/public", {"public": "n"}, at=at)
        assert answer.status_code in {403, 404}
    assert await Publication.exists()


@pytest.mark.parametrize("typed", ["{}", " {} ", "{bare}", "{spaced}", "{wide}"])
async def test_a_number_is_found_however_it_is_typed(office: Office, typed: str) -> None:
    number = await office.file()
    wide = number.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    given = typed.format(
        number, bare=number.replace("-", ""), spaced=number.replace("-", " "), wide=wide
    )
    found = await office.get("kim", "/complaints", query_string={"q": given})
    assert found.headers["Location"] == f"/complaints/{number}"
    direct = await office.get("kim", f"/complaints/{given.strip()}")
    assert direct.status_code in {200, 303}


async def test_a_wrong_digit_is_explained(office: Office) -> None:
    number = await office.file()
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    answer = await office.get("kim", f"/complaints/{wrong}")
    assert answer.status_code == 404
    assert "접수번호를 다시 확인해 주세요" in await text(answer)


async def search(office: Office, **query: Any) -> list[str]:
    answer = await office.get(None, "/complaints", query_string=query)
    return re.findall(r'href="/complaints/(\d{4}-\d{6}-\d)"', await text(answer))


async def test_list_filter_search_and_pages(office: Office) -> None:
    numbers = [
        await office.file(
            ("kim", "lee")[n % 2],
            title=f"{'소음' if n % 5 == 0 else '가로등'} {n}",
            place=f"{n}번 골목",
        )
        for n in range(23)
    ]
    await office.act("clerk", numbers[3], "accept", kind="street-lamp")
    first = await search(office)
    assert first == numbers[:2:-1]
    page = await office.page(None, "/complaints")
    older = re.findall(r'href="(/complaints\?before=\d+)"', page)[0]
    assert re.findall(r'href="/complaints/(\d{4}-\d{6}-\d)"', await office.page(None, older)) == [
        numbers[2],
        numbers[1],
        numbers[0],
    ]
    assert await search(office, stage="handling") == [numbers[3]]
    assert await search(office, topic="street-lamp", stage="handling") == [numbers[3]]
    assert await search(office, topic="noise") == []
    assert await search(office, q="소음") == [numbers[n] for n in (20, 15, 10, 5, 0)]
    assert await search(office, q="소음", stage="handling") == []
    assert await search(office, q="없는말") == []


async def test_the_list_speaks_english(office: Office, handled: Handled) -> None:
    await handled("assign")
    page = await office.page(None, "/complaints?lang=en")
    assert "Street lamps" in page
    assert "Complaints" in page
