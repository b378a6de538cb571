"""The address book: written down, changed, grouped, struck out; one's own, unreadable (Y15-4)."""

from typing import Any

import pytest

from gateways.encode import numbers
from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.addressbook import rules, service
from server.core import db
from server.core.web import NotFound, Problem
from server.ordinance import service as ordinance
from tests.people import PASSWORD, People, hidden_fields

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
HERE = "/me/addressbook"


async def joined(login_id: str, phone: str) -> int:
    """An account with nothing in its book."""
    joining = Joining(
        login_id=login_id,
        password=PASSWORD,
        name="김영희",
        birth_date="1990-01-05",
        phone=phone,
        email="",
        consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
    )
    return (await accounts.join(joining)).account_id


@pytest.fixture
async def me(app: Any) -> int:
    return await joined("kim", "010-1234-0001")


async def names(account_id: int) -> dict[str, list[str]]:
    """Who is in the book, and in which groups."""
    book = await service.book(account_id)
    shelves = {shelf.id: shelf.name for shelf in book.shelves}
    return {one.name: sorted(shelves[group] for group in one.groups) for one in book.entries}


async def test_a_book_is_kept(me: int) -> None:
    first = await service.add(me, "김영희", numbers.parse("010-1111-0001"), (), "친목회")
    (shelf,) = (await service.book(me)).shelves
    await service.add(me, "가나다", numbers.parse("02-2670-3500"), [shelf.id], "이웃")
    assert list((await names(me)).items()) == [
        ("가나다", ["이웃", "친목회"]),
        ("김영희", ["친목회"]),
    ]
    with pytest.raises(Problem) as known:
        await service.add(me, "다른 이름", numbers.parse("+82 10 1111 0001"))
    assert (known.value.status, known.value.field) == (409, "number")
    await service.change(me, first, "김영희 통장", numbers.parse("010-1111-0002"), [])
    assert await names(me) == {"가나다": ["이웃", "친목회"], "김영희 통장": []}
    await service.change(me, first, "김영희 통장", numbers.parse("010-1111-0002"), (), "이웃")
    assert (await names(me))["김영희 통장"] == ["이웃"]
    with pytest.raises(Problem):
        await service.rename_group(me, shelf.id, "이웃")
    await service.rename_group(me, shelf.id, "친목")
    await service.remove_group(me, shelf.id)
    assert await names(me) == {"가나다": ["이웃"], "김영희 통장": ["이웃"]}
    await service.remove(me, first)
    assert await names(me) == {"가나다": ["이웃"]}


async def test_ticks_are_people_and_groups_each_once(me: int) -> None:
    first = await service.add(me, "나", numbers.parse("010-1111-0001"), (), "모임")
    second = await service.add(me, "가", numbers.parse("010-1111-0002"))
    (shelf,) = (await service.book(me)).shelves

    async def meant(*picks: str) -> list[int]:
        return [one.id for one in await service.picked(me, picks)]

    assert await meant() == []
    assert await meant(f"g{shelf.id}") == [first]
    assert await meant(f"g{shelf.id}", f"c{first}", f"c{second}") == [second, first]
    assert await meant("c999999", "g999999", "", "x") == []


async def test_a_book_is_ones_own(me: int) -> None:
    other = await joined("lee", "010-1234-0002")
    contact = await service.add(me, "김영희", numbers.parse("010-1111-0001"), (), "친목회")
    (shelf,) = (await service.book(me)).shelves
    assert (await service.book(other)).entries == ()
    assert await service.picked(other, [f"c{contact}", f"g{shelf.id}"]) == []
    stranger = numbers.parse("010-9999-0000")
    for act in (
        service.entry(other, contact),
        service.change(other, contact, "나", stranger),
        service.remove(other, contact),
        service.rename_group(other, shelf.id, "나"),
        service.remove_group(other, shelf.id),
    ):
        with pytest.raises(NotFound):
            await act
    # Somebody else's group is none to put one's own into.
    await service.add(other, "이철수", stranger, [shelf.id])
    assert await names(other) == {"이철수": []}
    assert await names(me) == {"김영희": ["친목회"]}


async def test_nobody_reads_it_in_the_database_and_it_goes_with_its_account(
    me: int, worker: Any
) -> None:
    await service.add(me, "아무개씨", numbers.parse("010-1111-0001"), (), "비밀 모임")
    for table in ("addressbook_contact", "addressbook_group", "audit_entry", "outbox_job"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            for value in row.values():
                raw = value if isinstance(value, bytes | memoryview) else str(value).encode()
                assert "아무개".encode() not in bytes(raw)
                assert "비밀".encode() not in bytes(raw)
                assert b"01011110001" not in bytes(raw)
    await accounts.withdraw(me, PASSWORD)
    await worker.drain()
    assert await service.book(me) == service.Book((), ())
    assert await db.fetch("SELECT 1 FROM addressbook_member") == []


@ONE_ENGINE
async def test_a_full_book_says_so(me: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CONTACTS_MAX", 1)
    monkeypatch.setattr(rules, "GROUPS_MAX", 1)
    first = await service.add(me, "가", numbers.parse("010-1111-0001"), (), "하나")
    with pytest.raises(Problem) as full:
        await service.add(me, "나", numbers.parse("010-1111-0002"))
    assert full.value.status == 409
    with pytest.raises(Problem) as full:
        await service.change(me, first, "가", numbers.parse("010-1111-0001"), (), "둘")
    assert full.value.field == "new_group"
    assert await names(me) == {"가": ["하나"]}


@ONE_ENGINE
async def test_the_pages(me: int, app: Any, people: People) -> None:
    client = app.test_client()
    await people.sign_in(client, "kim")

    async def post(path: str, at: str, **fields: str) -> tuple[Any, str]:
        page = await (await client.get(at)).get_data(as_text=True)
        answer = await client.post(path, form={**hidden_fields(page), **fields})
        return answer, await answer.get_data(as_text=True)

    assert f'href="{HERE}"' in await (await client.get("/me")).get_data(as_text=True)
    assert "아직 적은 사람이 없습니다" in await (await client.get(HERE)).get_data(as_text=True)
    for fields, words in [
        ({"name": "", "number": "010-1111-0001"}, "꼭 적어 주세요."),
        ({"name": "김영희", "number": "119"}, "긴급·안내 번호로는 보낼 수 없습니다."),
        ({"name": "김영희", "number": "123"}, "번호가 너무 짧습니다."),
        ({"name": " ", "number": "010-1111-0001"}, "이름을 적어 주세요."),
        ({"name": "김영희", "number": "2670-3500"}, "지역번호(예: 02)를 함께 적어 주세요."),
    ]:
        answer, page = await post(HERE, HERE, **fields)
        assert (answer.status_code, words in page) == (422, True), words
        assert fields["number"] in page
    answer, _ = await post(HERE, HERE, name="김영희", number="010 1111 0001", new_group="친목회")
    assert answer.headers["Location"] == HERE
    answer, page = await post(HERE, HERE, name="또", number="010-1111-0001")
    assert (answer.status_code, "이미 있는 번호입니다: 김영희" in page) == (409, True)
    (entry,) = (await service.book(me)).entries
    address = f"{HERE}/{entry.id}"
    page = await (await client.get(address)).get_data(as_text=True)
    assert "010-1111-0001" in page
    assert "checked" in page
    answer, page = await post(address, address, name="김영희", number="x")
    assert (answer.status_code, "전화번호가 아닙니다." in page) == (422, True)
    answer, _ = await post(address, address, name="김영희 통장", number="010-1111-0002")
    assert answer.status_code == 303
    assert await names(me) == {"김영희 통장": []}
    (shelf,) = (await service.book(me)).shelves
    group = f"{HERE}/groups/{shelf.id}"
    answer, _ = await post(group, group, name="이웃")
    assert answer.status_code == 303
    answer, page = await post(group, group, name="")
    assert answer.status_code == 422
    answer, _ = await post(f"{group}/remove", group)
    assert answer.status_code == 303
    answer, _ = await post(f"{address}/remove", address)
    assert answer.status_code == 303
    assert (await client.get(address)).status_code == 404
    assert (await client.get(group)).status_code == 404
    ordinance.use("osan")
    assert (await client.get(HERE)).status_code == 404
