"""One's own account: password, contacts, language, devices, leaving for good."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from server.accounts.models import Account, GuardianConsent, Session
from server.core import clock, db
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import JOIN, OFFICIAL_PASSWORD, Desk, make_resident, text

NEW = "han-river bridge 7"
NEW_OFFICIAL = "Han-river Bridge 7!"


async def change(people: People, client: Any, old: str, new: str) -> Any:
    fields = {"password": old, "new_password": new}
    return await people.post(client, "/me/password", fields)


async def test_a_new_password_signs_every_other_browser_out(
    app: Any, people: People, joined: Any
) -> None:
    here, there = await joined(), app.test_client()
    await people.sign_in(there, "kim")
    old_token = next(one.value for one in here.cookie_jar if one.name == "madang")
    assert (await change(people, here, PASSWORD, NEW)).status_code == 303
    assert (await here.get("/me/settings")).status_code == 200
    assert (await there.get("/me/settings")).status_code == 303
    assert next(one.value for one in here.cookie_jar if one.name == "madang") != old_token
    await people.sign_in(app.test_client(), "kim", NEW)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("wrong password", NEW, "지금 쓰는 비밀번호와 다릅니다"),
        (PASSWORD, PASSWORD, "전에 쓰던 비밀번호입니다"),
        (PASSWORD, "short", "8자 이상이어야"),
        (PASSWORD, "0101234 5678 phone", "전화번호를 넣을 수 없습니다"),
    ],
)
async def test_a_password_that_is_refused(
    people: People, joined: Any, old: str, new: str, word: str
) -> None:
    client = await joined()
    answer = await change(people, client, old, new)
    assert answer.status_code == 422
    assert word in await text(answer)
    await people.sign_in(people.app.test_client(), "kim")


async def test_guessing_the_password_from_an_open_browser_is_stopped(
    people: People, joined: Any
) -> None:
    client = await joined()
    statuses = [(await change(people, client, "wrong password", NEW)).status_code for _ in range(6)]
    assert statuses == [422] * 4 + [429] * 2


@pytest.mark.clause("Y24", 1)
async def test_passwords_of_officials(
    app: Any, client: Any, people: People, desk: Desk, clock_at: Any, signed_in: Any
) -> None:
    """Length, expiry, history, forced change at first log-in, over HTTP."""
    with clock_at("2026-11-23T10:00+09:00"):
        start = clock.now()
        chief = await signed_in("chief")
        answer = await people.post(
            chief,
            "/desk/officials/new",
            {
                "login_id": "parkcs",
                "name": "박철수",
                "department": str(desk.roads),
                "roles": "handler",
            },
        )
        page = await text(answer)
        temporary = page.partition('id="password"')[2].partition(">")[2].partition("<")[0]
        await people.sign_in(client, "parkcs", temporary)

        # First log-in: nothing but a new password.
        for path in ("/", "/me/settings", "/me/settings/devices"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/me/password")
        assert "먼저 새 비밀번호를 정해 주세요" in await text(await client.get("/me/password"))
        form = hidden_fields(await text(await client.get("/me/password")))
        answer = await client.post("/me/settings", form={**form, "locale": "en"})
        assert answer.status_code == 403

        # Length and kinds.
        for weak, word in (
            ("Ab1!Ab1!x", "10자 이상"),
            ("alllowercaseletters", "3가지 이상"),
            ("Parkcs-2026!", "아이디, 이름, 전화번호를"),
        ):
            answer = await change(people, client, temporary, weak)
            assert answer.status_code == 422
            assert word in await text(answer)
        assert (await change(people, client, temporary, "Yangpyeong-dong 0!")).status_code == 303
        assert (await client.get("/me/settings")).status_code == 200

        # History: the last five may not come back, the sixth may.
        passwords = [f"Yangpyeong-dong {number}!" for number in range(6)]
        for old, new in pairwise(passwords[:5]):
            assert (await change(people, client, old, new)).status_code == 303
        for used in passwords[:5]:
            answer = await change(people, client, passwords[4], used)
            assert answer.status_code == 422
            assert "전에 쓰던 비밀번호" in await text(answer)
        assert (await change(people, client, passwords[4], passwords[5])).status_code == 303
        assert (await change(people, client, passwords[5], passwords[0])).status_code == 303

    # Expiry: after 90 days nothing but a new password.
    with clock.use(start + timedelta(days=89)):
        again = app.test_client()
        await people.sign_in(again, "parkcs", passwords[0])
        assert (await again.get("/me/settings")).status_code == 200
    with clock.use(start + timedelta(days=91)):
        again = app.test_client()
        await people.sign_in(again, "parkcs", passwords[0])
        assert (await again.get("/me/settings")).headers["Location"] == "/me/password"


async def test_an_official_s_session_ends_when_idle_and_in_the_evening(
    app: Any, people: People, desk: Desk, clock_at: Any, signed_in: Any
) -> None:
    with clock_at("2026-11-23T09:00+09:00"):
        start = clock.now()
        idle, busy = await signed_in("clerk"), await signed_in("clerk")
    for minutes in range(20, 9 * 60, 20):
        with clock.use(start + timedelta(minutes=minutes)):
            assert (await busy.get("/me/settings")).status_code == 200
    with clock.use(start + timedelta(minutes=31)):
        assert (await idle.get("/me/settings")).status_code == 303
    with clock.use(start + timedelta(hours=9, seconds=1)):
        assert (await busy.get("/me/settings")).status_code == 303


async def test_contacts_change_and_are_found_again(people: People, joined: Any) -> None:
    client = await joined()
    answer = await people.post(
        client,
        "/me/settings/contact",
        {"phone": "02-2670-3114", "email": "", "address": "당산로 123"},
    )
    assert answer.status_code == 303
    page = await text(await client.get("/me/settings"))
    assert "02-2670-3114" in page
    assert "당산로 123" in page
    assert "kim@example.kr" not in page
    assert await Account.filter(phone_index="02 2670 3114").count() == 1
    assert await Account.filter(phone_index="010-1234-5678").count() == 0


async def test_a_wrong_contact_is_told_and_kept_as_typed(people: People, joined: Any) -> None:
    client = await joined()
    fields = {"phone": "119", "email": "kim@example.kr", "address": "당산로 123"}
    answer = await people.post(client, "/me/settings/contact", fields)
    page = await text(answer)
    assert answer.status_code == 422
    assert 'value="119"' in page
    assert 'value="당산로 123"' in page


async def test_the_language_is_the_reader_s_choice(people: People, joined: Any) -> None:
    client = await joined()
    answer = await people.post(client, "/me/settings", {"locale": "en"})
    assert answer.status_code == 303
    assert "My settings" in await text(await client.get("/me/settings"))
    assert (await Account.get()).locale == "en"
    assert (await people.post(client, "/me/settings", {"locale": "xx"})).status_code == 422


async def test_devices_are_listed_and_signed_out_from_afar(
    app: Any, people: People, joined: Any
) -> None:
    here, there = await joined(), app.test_client()
    await people.sign_in(there, "kim")
    ids = await Session.all().order_by("id").values_list("id", flat=True)
    page = await text(await here.get("/me/settings/devices"))
    assert len(re.findall(r'action="/me/settings/devices/\d+/end"', page)) == 2
    path = f"/me/settings/devices/{ids[1]}/end"
    answer = await people.post(here, path, {}, form_at="/me/settings/devices")
    assert answer.status_code == 303
    assert (await there.get("/me/settings")).status_code == 303
    assert (await here.get("/me/settings")).status_code == 200


async def test_nobody_ends_another_one_s_session(app: Any, people: People, joined: Any) -> None:
    await joined()
    session = await Session.get()
    eve = await joined(login_id="eve", phone="010-9999-9999")
    path = f"/me/settings/devices/{session.id}/end"
    answer = await people.post(eve, path, {}, form_at="/me/settings/devices")
    assert answer.status_code == 404
    assert await Session.exists(id=session.id)


async def test_leaving_erases_what_is_personal(
    app: Any, people: People, joined: Any, clock_at: Any
) -> None:
    with clock_at("2026-11-22T10:00+09:00"):
        client = await joined(
            birth_date="2016-04-22",
            guardian_name="고길동",
            guardian_phone="010-2345-6789",
            guardian_consent="y",
        )
        answer = await people.post(client, "/me/withdraw", {"password": "wrong password"})
        assert answer.status_code == 422
        answer = await people.post(client, "/me/withdraw", {"password": PASSWORD})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
        assert "탈퇴했습니다" in await text(await client.get("/login"))
    (row,) = await db.fetch("SELECT * FROM account")
    personal = ("login_id", "login_id_index", "password_hash", "name", "phone", "phone_index")
    personal += ("email", "birth_date", "address", "person_id")
    assert {name: row[name] for name in personal} == dict.fromkeys(personal)
    assert await GuardianConsent.all().count() == 0
    assert await Session.all().count() == 0
    assert (await client.get("/me/settings")).status_code == 303
    answer = await people.post(
        app.test_client(), "/login", {"login_id": "kim", "password": PASSWORD}
    )
    assert answer.status_code == 422
    answer = await people.post(app.test_client(), "/join", JOIN)
    assert answer.status_code == 303


async def test_the_database_refuses_a_withdrawn_account_that_knows_a_name(app: Any) -> None:
    from tortoise.exceptions import IntegrityError

    account_id = await make_resident("kim")
    with pytest.raises(IntegrityError):
        await db.execute(
            "UPDATE account SET state = 'withdrawn', closed_at = ? WHERE id = ?",
            (clock.now(), account_id),
        )


async def test_officials_do_not_withdraw(people: People, desk: Desk, signed_in: Any) -> None:
    clerk = await signed_in("clerk")
    assert (await clerk.get("/me/withdraw")).status_code == 403
    form = hidden_fields(await text(await clerk.get("/me/password")))
    answer = await clerk.post("/me/withdraw", form={**form, "password": OFFICIAL_PASSWORD})
    assert answer.status_code == 403
    assert (await Account.get(id=desk.clerk)).state == "active"
