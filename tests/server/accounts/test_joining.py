"""Joining over HTTP: signed in at once, every fault told, children with a guardian, once only."""

import asyncio
from typing import Any

import pytest

from server.accounts.models import Account, Consent, GuardianConsent, Session
from server.core import db
from server.mileage import service as mileage
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import JOIN, text

CHILD = {"login_id": "dool", "name": "김둘리", "birth_date": "2016-04-22"}
GUARDIAN = {
    "guardian_name": "고길동",
    "guardian_phone": "010-2345-6789",
    "guardian_consent": "y",
}


async def test_who_joins_is_signed_in(client: Any, people: People) -> None:
    answer = await people.post(client, "/join", JOIN)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/me/verify"
    page = await text(await client.get("/me/settings"))
    for word in ("kim", "김영희", "1990-01-05", "010-1234-5678", "kim@example.kr"):
        assert word in page


async def test_the_award_for_joining_waits_for_the_identity(client: Any, people: People) -> None:
    await people.post(client, "/join", JOIN)
    account = await Account.get()
    assert [one.points for one in await mileage.waiting(account.id)] == [500]


async def test_the_versions_agreed_to_are_kept(client: Any, people: People) -> None:
    await people.post(client, "/join", JOIN)
    kept = await Consent.all().order_by("document").values_list("document", "version")
    assert list(kept) == [("privacy", "2026-03-02"), ("terms", "2026-03-02")]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"login_id": "김"}, "아이디는 영문 소문자로"),
        ({"password": "short"}, "8자 이상이어야"),
        ({"password": "kim-010-1234-5678"}, "전화번호를 넣을 수 없습니다"),
        ({"birth_date": "1990-13-40"}, "1990-01-05처럼"),
        ({"phone": "119"}, "전화번호를"),
        ({"email": "nobody"}, "전자우편 주소를"),
        ({"accept_terms": ""}, "동의해야 가입할 수 있습니다"),
        ({"accept_privacy": ""}, "동의해야 가입할 수 있습니다"),
        ({"name": ""}, "꼭 적어 주세요"),
    ],
)
async def test_a_fault_is_told_and_nothing_typed_is_lost(
    client: Any, people: People, changes: dict[str, str], word: str
) -> None:
    given = {name: value for name, value in (JOIN | changes).items() if value}
    answer = await people.post(client, "/join", given)
    page = await text(answer)
    assert answer.status_code == 422
    assert word in page
    for name in ("login_id", "birth_date", "phone", "email"):
        assert f'value="{given[name]}"' in page
    assert PASSWORD not in page
    assert await Account.all().count() == 0


async def test_a_login_id_is_taken_once_whatever_its_letters(client: Any, people: People) -> None:
    await people.post(client, "/join", JOIN)
    other = people.app.test_client()
    answer = await people.post(other, "/join", JOIN | {"login_id": "KIM", "name": "이몽룡"})
    assert answer.status_code == 422
    assert "이미 쓰고 있는 아이디입니다" in await text(answer)


async def test_two_with_one_login_id_at_once(app: Any, people: People) -> None:
    clients = [app.test_client() for _ in range(6)]
    forms = [
        hidden_fields(await text(await one.get("/join"))) | JOIN | {"name": f"김{mark}"}
        for one, mark in zip(clients, "가나다라마바", strict=True)
    ]
    answers = await asyncio.gather(
        *(one.post("/join", form=form) for one, form in zip(clients, forms, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 5
    assert await Account.all().count() == 1


async def test_a_form_sent_twice_at_once_makes_one_account(client: Any, app: Any) -> None:
    form = hidden_fields(await text(await client.get("/join"))) | JOIN
    answers = await asyncio.gather(*(client.post("/join", form=form) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert await Account.all().count() == 1
    assert (await client.get("/me/settings")).status_code == 200


async def test_the_same_form_with_other_content_is_a_conflict(app: Any, client: Any) -> None:
    form = hidden_fields(await text(await client.get("/join"))) | JOIN
    other = {**form, "login_id": "lee", "name": "이몽룡"}
    answers = await asyncio.gather(
        client.post("/join", form=form), client.post("/join", form=other)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    page = await text(next(answer for answer in answers if answer.status_code == 409))
    assert 'value="01' in page or 'value="010-1234-5678"' in page
    assert await Account.all().count() == 1


async def test_a_child_is_asked_for_a_guardian(client: Any, people: People, clock_at: Any) -> None:
    with clock_at("2026-11-22T10:00+09:00"):
        answer = await people.post(client, "/join", JOIN | CHILD)
        page = await text(answer)
        assert answer.status_code == 422
        assert "법정대리인 이름: 이름을 적어 주세요" in page
        assert "<details" in page
        assert "open" in page.partition('<details class="fold"')[2][:10]
        assert 'value="2016-04-22"' in page
        answer = await people.post(client, "/join", JOIN | CHILD | GUARDIAN)
        assert answer.status_code == 303
    consent = await GuardianConsent.get().prefetch_related("account")
    assert (consent.guardian_name, consent.guardian_phone) == ("고길동", "01023456789")
    assert consent.account.name == "김둘리"
    assert consent.version == "2026-03-02"


async def test_fourteen_is_old_enough(client: Any, people: People, clock_at: Any) -> None:
    born = {"birth_date": "2012-11-22"}
    with clock_at("2026-11-21T23:59+09:00"):
        assert (await people.post(client, "/join", JOIN | born)).status_code == 422
    with clock_at("2026-11-22T00:01+09:00"):
        assert (await people.post(client, "/join", JOIN | born)).status_code == 303
    assert await GuardianConsent.all().count() == 0


async def test_who_is_signed_in_does_not_join_again(client: Any, people: People) -> None:
    await people.post(client, "/join", JOIN)
    answer = await client.get("/join")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.clause("O17-2", 1)
async def test_personal_data_is_stored_encrypted(
    client: Any, people: People, clock_at: Any
) -> None:
    with clock_at("2026-11-22T10:00+09:00"):
        await people.post(client, "/join", JOIN | CHILD | GUARDIAN)
    planted = ("dool", "김둘리", "2016-04-22", "01012345678", "1234-5678", "kim@example.kr")
    planted += ("고길동", "01023456789", "2345-6789", PASSWORD)
    for table in ("account", "guardian_consent", "session", "consent", "audit_entry", "form_use"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            for value in row.values():
                raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for word in planted:
                    assert word.encode() not in raw, (table, word)


async def test_the_database_keeps_no_token_that_opens_a_session(
    client: Any, people: People
) -> None:
    await people.post(client, "/join", JOIN)
    (cookie,) = [one for one in client.cookie_jar if one.name == "madang"]
    assert cookie.value
    session = await Session.get()
    assert cookie.value.encode() not in bytes(session.token_hash)
