"""Identity by the desk's code: who gets one, how often it may be tried, one account a person."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.accounts import service
from server.accounts.models import Account, Person, VerificationCode
from server.accounts.own import withdraw
from server.core import clock, db
from server.core.web.problems import Problem
from server.mileage import service as mileage
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import BORN, JOIN, Desk, issue, make_resident, text


async def type_code(people: People, client: Any, code: str) -> Any:
    return await people.post(client, "/me/verify", {"code": code})


async def test_the_code_turns_an_account_into_a_person(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    code = await issue(await signed_in("clerk"), people)
    assert len(code) == 9
    answer = await type_code(people, resident, code.lower().replace("-", " "))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/verify")
    assert "본인확인을 마쳤습니다" in await text(await resident.get("/me/verify"))
    account = await Account.get(kind="resident")
    assert account.person_id is not None
    assert (await mileage.balance(account.person_id)).available >= 500
    assert await mileage.waiting(account.id) == []


async def test_the_code_stands_nowhere(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    await joined()
    code = (await issue(await signed_in("clerk"), people)).replace("-", "")
    for table in ("verification_code", "audit_entry", "form_use", "outbox_job"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            for value in row.values():
                raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert code.encode() not in raw
                assert "김영희".encode() not in raw


async def test_the_phone_finds_the_account_as_well(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    await make_resident("other", name="이몽룡", birth_date="1980-02-02")
    code = await issue(await signed_in("clerk"), people, who="+82 10 1234 5678")
    assert (await type_code(people, resident, code)).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"who": "lee"},
        {"who": "010-0000-0000"},
        {"name": "김영호"},
        {"birth_date": "1990-01-06"},
        {"who": "clerk", "name": "박철수"},
    ],
)
async def test_a_card_that_does_not_fit_gives_one_answer(
    people: People, desk: Desk, joined: Any, signed_in: Any, changes: dict[str, str]
) -> None:
    await joined()
    card = {"who": "kim", "name": "김영희", "birth_date": "1990-01-05"} | changes
    answer = await people.post(await signed_in("clerk"), "/desk/verify", card)
    assert answer.status_code == 422
    assert "모두 맞는 계정이 없습니다" in await text(answer)
    assert await VerificationCode.all().count() == 0


async def test_guessing_at_the_desk_is_stopped(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    await joined()
    clerk = await signed_in("clerk")
    statuses = []
    for day in range(1, 19):
        card = {"who": "kim", "name": "김영희", "birth_date": f"1991-01-{day:02}"}
        statuses.append((await people.post(clerk, "/desk/verify", card)).status_code)
    assert statuses == [422] * 15 + [429] * 3
    refused = await db.fetch(
        "SELECT actor_id, subject FROM audit_entry WHERE action = 'accounts.code_refused'"
    )
    assert [(row["actor_id"], row["subject"]) for row in refused] == [
        (desk.clerk, "account:0")
    ] * 15


async def test_five_wrong_codes_spend_it(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    code = await issue(await signed_in("clerk"), people)
    for left in (4, 3, 2, 1):
        answer = await type_code(people, resident, "AAAA-AAAA")
        assert answer.status_code == 422
        assert f"{left}번 더" in await text(answer)
    assert "더 쓸 수 없습니다" in await text(await type_code(people, resident, "AAAA-AAAA"))
    answer = await type_code(people, resident, code)
    assert answer.status_code == 422
    assert "쓸 수 있는 확인번호가 없습니다" in await text(answer)


async def test_new_codes_do_not_give_new_tries_for_ever(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    clerk = await signed_in("clerk")
    for _ in range(2):
        await issue(clerk, people)
        statuses = [(await type_code(people, resident, "AAAA-AAAA")).status_code for _ in range(5)]
    assert statuses == [422] * 4 + [429]
    code = await issue(clerk, people)
    answer = await type_code(people, resident, code)
    assert answer.status_code == 429
    assert "부터 다시 적을 수 있습니다" in await text(answer)


async def test_a_code_lives_ten_minutes(app: Any, desk: Desk) -> None:
    account_id = await make_resident("kim")
    issued = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    with clock.use(clock.now() + timedelta(minutes=10, seconds=1)):
        with pytest.raises(Problem) as refused:
            await service.verify(account_id, issued.code)
        assert refused.value.code == "accounts.code_none"


async def test_a_new_code_replaces_the_old_one(app: Any, desk: Desk) -> None:
    account_id = await make_resident("kim")
    first = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    second = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    with pytest.raises(Problem) as refused:
        await service.verify(account_id, first.code)
    assert refused.value.code == "accounts.code_wrong"
    assert await service.verify(account_id, second.code)


async def test_a_code_works_for_its_own_account_only(app: Any, desk: Desk) -> None:
    await make_resident("kim")
    other = await make_resident("lee", name="이몽룡", birth_date="1985-05-05")
    issued = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    await service.issue_code(desk.clerk, "lee", "이몽룡", BORN.replace(1985, 5, 5))
    with pytest.raises(Problem):
        await service.verify(other, issued.code)


async def test_a_code_is_used_once(app: Any, desk: Desk) -> None:
    account_id = await make_resident("kim")
    issued = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    first = await service.verify(account_id, issued.code)
    assert await service.verify(account_id, issued.code) == first
    assert await Person.all().count() == 1
    with pytest.raises(Problem) as refused:
        await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    assert refused.value.code == "accounts.verified_already"


async def test_the_desk_s_form_sent_twice_shows_the_same_code(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    clerk = await signed_in("clerk")
    form = hidden_fields(await text(await clerk.get("/desk/verify")))
    form |= {"who": "kim", "name": "김영희", "birth_date": "1990-01-05"}
    answers = await asyncio.gather(*(clerk.post("/desk/verify", form=form) for _ in range(3)))
    codes = {
        (await text(one)).partition('id="code"')[2].partition(">")[2].partition("<")[0]
        for one in answers
    }
    assert len(codes) == 1
    assert await VerificationCode.all().count() == 1
    assert (await type_code(people, resident, codes.pop())).status_code == 303


async def test_the_resident_s_form_sent_twice_acts_once(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    code = await issue(await signed_in("clerk"), people)
    form = hidden_fields(await text(await resident.get("/me/verify"))) | {"code": code}
    answers = await asyncio.gather(*(resident.post("/me/verify", form=form) for _ in range(4)))
    assert {one.status_code for one in answers} == {303}
    assert await Person.all().count() == 1


async def test_a_second_account_of_the_same_person_is_refused(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    clerk = await signed_in("clerk")
    first = await joined()
    await type_code(people, first, await issue(clerk, people))
    await joined(login_id="kim2")
    card = {"who": "kim2", "name": "김영희", "birth_date": "1990-01-05"}
    answer = await people.post(clerk, "/desk/verify", card)
    page = await text(answer)
    assert answer.status_code == 409
    assert "이미 본인확인을 마친 계정이 있습니다" in page
    assert 'name="namesake"' in page
    assert 'value="kim2"' in page
    assert 'name="namesake"' not in await text(await clerk.get("/desk/verify"))


async def test_a_real_namesake_becomes_another_person(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    clerk = await signed_in("clerk")
    first = await joined()
    await type_code(people, first, await issue(clerk, people))
    second = await joined(login_id="kim2")
    code = await issue(clerk, people, who="kim2", namesake="y")
    assert (await type_code(people, second, code)).status_code == 303
    assert await Person.all().count() == 2
    (row,) = await db.fetch(
        "SELECT facts FROM audit_entry WHERE action = 'accounts.code_issued'"
        " ORDER BY id DESC LIMIT 1"
    )
    assert '"namesake":2' in row["facts"]


async def test_who_leaves_and_joins_anew_is_the_same_person(app: Any, desk: Desk) -> None:
    first = await make_resident("kim")
    issued = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    person = await service.verify(first, issued.code)
    before = (await mileage.balance(person)).available
    await withdraw(first, PASSWORD)
    second = await make_resident("kim")
    issued = await service.issue_code(desk.clerk, "kim", "김 영희", BORN)
    assert issued.returning
    assert await service.verify(second, issued.code) == person
    assert second != first
    assert (await mileage.balance(person)).available == before == 500


async def test_two_accounts_race_for_one_person(app: Any, desk: Desk) -> None:
    """Both hold a valid code before either types it: exactly one becomes the person."""
    accounts = [await make_resident(login_id) for login_id in ("kim", "kim2", "kim3")]
    codes = [
        (await service.issue_code(desk.clerk, login_id, "김영희", BORN)).code
        for login_id in ("kim", "kim2", "kim3")
    ]
    outcomes = await asyncio.gather(
        *(
            service.verify(account_id, code)
            for account_id, code in zip(accounts, codes, strict=True)
        ),
        return_exceptions=True,
    )
    won = [one for one in outcomes if isinstance(one, int)]
    lost = [one for one in outcomes if isinstance(one, service.IdentityTaken)]
    assert (len(won), len(lost)) == (1, 2), outcomes
    assert await Account.filter(person_id__isnull=False).count() == 1
    assert (await mileage.balance(won[0])).available == 500


async def test_the_database_itself_refuses_a_second_account_of_a_person(
    app: Any, desk: Desk
) -> None:
    from tortoise.exceptions import IntegrityError

    first = await make_resident("kim")
    second = await make_resident("kim2")
    issued = await service.issue_code(desk.clerk, "kim", "김영희", BORN)
    person = await service.verify(first, issued.code)
    with pytest.raises(IntegrityError):
        await db.execute(
            "UPDATE account SET person_id = ?, verified_at = ? WHERE id = ?",
            (person, clock.now(), second),
        )


async def test_everything_about_a_code_is_in_the_audit(
    people: People, desk: Desk, joined: Any, signed_in: Any
) -> None:
    resident = await joined()
    code = await issue(await signed_in("clerk"), people)
    await type_code(people, resident, "AAAA-AAAA")
    await type_code(people, resident, code)
    rows = await db.fetch(
        "SELECT action, actor_id FROM audit_entry WHERE action LIKE 'accounts.%' ORDER BY id"
    )
    acts = [(row["action"].removeprefix("accounts."), row["actor_id"]) for row in rows]
    account = await Account.get(kind="resident")
    assert acts[-3:] == [
        ("code_issued", desk.clerk),
        ("code_wrong", account.id),
        ("verified", account.id),
    ]


async def test_the_resident_is_told_of_code_and_verification(
    people: People, desk: Desk, joined: Any, signed_in: Any, worker: Any
) -> None:
    resident = await joined()
    code = await issue(await signed_in("clerk"), people)
    await worker.drain()
    page = await text(await resident.get("/me/notifications"))
    assert "본인확인 번호가 발급되었습니다" in page
    assert code not in page
    await type_code(people, resident, code)
    await worker.drain()
    assert "본인확인을 마쳤습니다" in await text(await resident.get("/me/notifications"))


async def test_a_person_is_not_needed_to_look_at_the_page(client: Any, people: People) -> None:
    await people.post(client, "/join", JOIN)
    page = await text(await client.get("/me/verify"))
    assert "신분증을 가지고 창구에 오세요" in page
    assert "10분 안에" in page
