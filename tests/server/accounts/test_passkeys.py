"""Passkeys over HTTP: added, used and removed by their owner alone; whatever else is refused."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.accounts import factors
from server.accounts.factor_models import Passkey, PasskeyChallenge
from server.accounts.models import Account, Session
from server.core import clock, db
from server.notifications.models import Notification
from tests.conftest import make_settings
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import Desk, text
from tests.server.accounts.soft_passkey import USER_PRESENT, USER_VERIFIED, SoftPasskey

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LIST = "/me/settings/passkeys"


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path) -> Any:
    """An office at an address where browsers know passkeys."""
    made = make_settings(tmp_path, keys, database, public_url="http://localhost:8000")
    config.use(made)
    return made


async def asked(client: Any, at: str, path: str) -> str:
    """The options that a page's script is given; the challenge in them is new."""
    token = hidden_fields(await text(await client.get(at)))["csrf_token"]
    answer = await client.post(path, headers={"X-CSRF-Token": token})
    assert answer.status_code == 200, await text(answer)
    return await text(answer)


async def add(people: People, client: Any, passkey: SoftPasskey, name: str = "전화기") -> Any:
    made = passkey.create(await asked(client, LIST, f"{LIST}/options"))
    return await people.post(client, LIST, {"credential": made, "name": name})


async def enter(people: People, client: Any, credential: str) -> Any:
    return await people.post(client, "/login/passkey", {"credential": credential}, form_at="/login")


async def wanted(client: Any) -> str:
    return await asked(client, "/login", "/login/passkey/options")


@pytest.fixture
async def kims(people: People, joined: Any) -> tuple[Any, SoftPasskey]:
    """A resident's browser and the passkey in it."""
    client, passkey = await joined(), SoftPasskey()
    answer = await add(people, client, passkey)
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    return client, passkey


async def reasons() -> list[str]:
    rows = await db.fetch("SELECT facts FROM audit_entry WHERE action = 'accounts.passkey_refused'")
    return [json.loads(row["facts"])["reason"] for row in rows]


async def test_added_listed_used_removed(app: Any, people: People, kims: Any, worker: Any) -> None:
    client, passkey = kims
    page = await text(await client.get(LIST))
    assert "전화기" in page
    assert "아직 쓰지 않음" in page

    phone = app.test_client()
    answer = await enter(people, phone, passkey.get(await wanted(phone)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert (await phone.get("/me/settings")).status_code == 200
    assert "아직 쓰지 않음" not in await text(await client.get(LIST))

    kept = await Passkey.get()
    path = f"{LIST}/{kept.id}/remove"
    assert (await people.post(client, path, {}, form_at=LIST)).headers["Location"] == LIST
    assert await Passkey.all().count() == 0
    assert (await phone.get("/me/settings")).status_code == 303  # it may have been lost
    assert (await client.get("/me/settings")).status_code == 200
    other = app.test_client()
    assert (await enter(people, other, passkey.get(await wanted(other)))).status_code == 422
    await worker.drain()
    kinds = await Notification.all().values_list("kind", flat=True)
    assert sorted(kinds) == ["account.passkey_added", "account.passkey_removed"]


@ON_SQLITE
async def test_the_database_names_nobody_to_a_passkey(kims: Any) -> None:
    """The user handle is random; the name that its owner gave is sealed."""
    _, passkey = kims
    (row,) = await db.fetch("SELECT * FROM passkey")
    assert "전화기".encode() not in bytes(row["name"])
    account = await Account.get()
    assert account.passkey_handle == passkey.user_handle
    assert len(passkey.user_handle) == 32


@ON_SQLITE
async def test_the_options_ask_for_what_the_house_wants(people: People, joined: Any) -> None:
    client = await joined()
    options = json.loads(await asked(client, LIST, f"{LIST}/options"))
    assert options["rp"]["id"] == "localhost"
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    options = json.loads(await wanted(people.app.test_client()))
    assert options["rpId"] == "localhost"
    assert options["userVerification"] == "required"
    assert options["allowCredentials"] == []


@ON_SQLITE
async def test_the_host_header_decides_nothing(people: People, joined: Any) -> None:
    client = await joined()
    page = await text(await client.get(LIST))
    assert 'data-origin="http://localhost:8000"' in page
    token = hidden_fields(page)["csrf_token"]
    headers = {"X-CSRF-Token": token, "Host": "evil.example"}
    client.cookie_jar.clear()
    answer = await client.post("/login/passkey/options", headers=headers)
    assert "evil" not in await text(answer)


@ON_SQLITE
async def test_what_was_made_elsewhere_or_unseen_is_refused(people: People, joined: Any) -> None:
    client = await joined()
    lies: list[dict[str, Any]] = [
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": USER_PRESENT},  # nobody showed a finger
        {"flags": USER_VERIFIED},  # nobody touched it
    ]
    for lie in lies:
        answer = await add(people, client, SoftPasskey(**lie))
        assert answer.status_code == 422, lie
        assert "패스키를 확인하지 못했습니다" in await text(answer)
    assert await Passkey.all().count() == 0
    assert await reasons() == ["signature"] * len(lies)


@ON_SQLITE
async def test_a_log_in_that_lies(app: Any, people: People, kims: Any) -> None:
    _, passkey = kims
    lies: list[tuple[dict[str, Any], str]] = [
        ({"origin": "http://evil.example"}, "signature"),
        ({"rp_id": "evil.example"}, "signature"),
        ({"flags": USER_PRESENT}, "signature"),
        ({"user_handle": b"x" * 32}, "of_another"),
        ({"user_handle": b""}, "of_another"),
        ({"credential_id": b"y" * 32}, "unknown"),
    ]
    phone = app.test_client()
    for lie, _reason in lies:
        liar = replace(passkey, **lie)
        answer = await enter(people, phone, liar.get(await wanted(phone)))
        assert answer.status_code == 422, lie
        assert "패스키를 확인하지 못했습니다" in await text(answer)
        assert (await phone.get("/me/settings")).status_code == 303
    assert await reasons() == [reason for _, reason in lies]


@ON_SQLITE
async def test_another_key_under_the_same_name(app: Any, people: People, kims: Any) -> None:
    _, passkey = kims
    forged = SoftPasskey(credential_id=passkey.credential_id, user_handle=passkey.user_handle)
    phone = app.test_client()
    assert (await enter(people, phone, forged.get(await wanted(phone)))).status_code == 422
    assert await reasons() == ["signature"]


@ON_SQLITE
async def test_bytes_that_mean_nothing(app: Any, people: People) -> None:
    phone = app.test_client()
    for credential in (
        "x",
        "{}",
        "[]",
        "null",
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":1,"response":{"clientDataJSON":"e30"}}',
        '{"id":"AA","response":{"clientDataJSON":"eyJjaGFsbGVuZ2UiOjF9"}}',
        '{"id":"AA","response":{"clientDataJSON":"////"}}',
        "[" * 9000,
    ):
        assert (await enter(people, phone, credential)).status_code == 422, credential


@ON_SQLITE
async def test_hostile_bytes_in_a_right_challenge(app: Any, people: People, kims: Any) -> None:
    """What breaks a parser inside is refused like a wrong signature, never a fault of ours."""
    _, passkey = kims
    for part in ("authenticatorData", "signature"):
        for junk in ("", "AA", "____", "A" * 400):
            phone = app.test_client()
            answer = json.loads(passkey.get(await wanted(phone)))
            answer["response"][part] = junk
            assert (await enter(people, phone, json.dumps(answer))).status_code == 422


async def test_a_challenge_is_good_once(app: Any, people: People, kims: Any) -> None:
    _, passkey = kims
    phone = app.test_client()
    proof = passkey.get(await wanted(phone))
    assert (await enter(people, phone, proof)).status_code == 303
    await people.post(phone, "/logout", {}, form_at="/me/settings")
    assert (await enter(people, phone, proof)).status_code == 422
    assert await reasons() == ["challenge"]


@ON_SQLITE
async def test_a_challenge_is_one_browser_s(app: Any, people: People, kims: Any) -> None:
    """A proof that somebody caught on its way opens nothing from their own browser."""
    _, passkey = kims
    phone, thief = app.test_client(), app.test_client()
    proof = passkey.get(await wanted(phone))
    await wanted(thief)
    assert (await enter(people, thief, proof)).status_code == 422
    assert (await enter(people, phone, proof)).status_code == 303


@ON_SQLITE
async def test_a_challenge_is_for_one_purpose(app: Any, people: People, kims: Any) -> None:
    client, passkey = kims
    options = await asked(client, "/me/confirm", "/me/confirm/passkey/options")
    proof = passkey.get(options)
    answer = await people.post(client, "/login/passkey", {"credential": proof}, form_at=LIST)
    assert answer.status_code == 422
    assert await reasons() == ["challenge"]


@ON_SQLITE
async def test_a_challenge_ends(
    app: Any, people: People, joined: Any, clock_at: Any, worker: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        client, passkey = await joined(), SoftPasskey()
        await add(people, client, passkey)
        phone = app.test_client()
        proof = passkey.get(await wanted(phone))
    with clock_at("2026-11-23T10:05:01+09:00"):
        assert (await enter(people, phone, proof)).status_code == 422
        assert await reasons() == ["challenge"]
        late = passkey.get(await wanted(phone))
    with clock_at("2026-11-23T10:20+09:00"):
        assert await factors.sweep() == 1
        assert await PasskeyChallenge.all().count() == 0
        assert (await enter(people, phone, late)).status_code == 422


async def test_a_counter_that_falls_betrays_a_copy(
    app: Any, people: People, joined: Any, worker: Any
) -> None:
    client, passkey = await joined(), SoftPasskey(count=5)
    await add(people, client, passkey)
    for count, status in ((3, 422), (5, 422), (0, 422), (6, 303), (6, 422)):
        phone = app.test_client()
        passkey.count = count
        answer = await enter(people, phone, passkey.get(await wanted(phone), counts=False))
        assert answer.status_code == status, count
    copied = await db.fetch("SELECT 1 FROM audit_entry WHERE action = 'accounts.passkey_copied'")
    await worker.drain()
    assert len(copied) == await Notification.filter(kind="account.passkey_copied").count() == 4


@ON_SQLITE
async def test_devices_that_do_not_count_are_welcome(app: Any, people: People, joined: Any) -> None:
    client, passkey = await joined(), SoftPasskey(count=0)
    await add(people, client, passkey)
    for _ in range(2):
        phone = app.test_client()
        answer = await enter(people, phone, passkey.get(await wanted(phone), counts=False))
        assert answer.status_code == 303


async def test_two_tabs_at_once(app: Any, people: People, kims: Any) -> None:
    """Each tab has a challenge of its own; two proofs with one counter are a copy's work."""
    _, passkey = kims
    phone = app.test_client()
    options = [await wanted(phone) for _ in range(2)]
    passkey.count += 1
    proofs = [passkey.get(one, counts=False) for one in options]
    form = hidden_fields(await text(await phone.get("/login")))
    form.pop("form_key")
    answers = await asyncio.gather(
        *(phone.post("/login/passkey", form={**form, "credential": proof}) for proof in proofs)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await Session.all().count() == 2


async def test_the_same_form_twice_adds_one(people: People, joined: Any) -> None:
    client, passkey = await joined(), SoftPasskey()
    made = passkey.create(await asked(client, LIST, f"{LIST}/options"))
    form = hidden_fields(await text(await client.get(LIST)))
    form |= {"credential": made, "name": "전화기"}
    answers = [await client.post(LIST, form=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await Passkey.all().count() == 1


async def test_a_passkey_belongs_to_one_account(people: People, joined: Any, kims: Any) -> None:
    _, passkey = kims
    eve = await joined(login_id="eve", phone="010-9999-9999")
    stolen = SoftPasskey(credential_id=passkey.credential_id)
    assert (await add(people, eve, stolen)).status_code == 409
    kept = await Passkey.get()
    answer = await people.post(eve, f"{LIST}/{kept.id}/remove", {}, form_at=LIST)
    assert answer.status_code == 404
    assert await Passkey.exists(id=kept.id)


@ON_SQLITE
async def test_who_one_is_is_asked_again(people: People, joined: Any, clock_at: Any) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        client, passkey = await joined(), SoftPasskey()
        await add(people, client, passkey)
        kept = await Passkey.get()
    with clock_at("2026-11-23T10:11+09:00"):
        page = await text(await client.get(LIST))
        assert "/remove" not in page
        assert "data-passkey=" not in page
        assert "/me/confirm?next=/me/settings/passkeys" in page
        token = hidden_fields(await text(await client.get("/me/settings")))["csrf_token"]
        answer = await client.post(f"{LIST}/options", headers={"X-CSRF-Token": token})
        assert answer.status_code == 403
        for path, fields in ((LIST, {"credential": "x"}), (f"{LIST}/{kept.id}/remove", {})):
            answer = await people.post(client, path, fields, form_at="/me/settings")
            assert answer.headers["Location"].startswith("/me/confirm?next=")

        wrong = {"password": "wrong password", "next": LIST}
        answer = await people.post(client, "/me/confirm", wrong)
        assert answer.status_code == 422
        answer = await people.post(client, "/me/confirm", {"password": PASSWORD, "next": LIST})
        assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
        assert "/remove" in await text(await client.get(LIST))
    with clock_at("2026-11-23T10:30+09:00"):
        options = await asked(client, "/me/confirm", "/me/confirm/passkey/options")
        fields = {"credential": passkey.get(options), "next": "https://evil.example/"}
        answer = await people.post(client, "/me/confirm/passkey", fields, form_at="/me/confirm")
        assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
        assert "/remove" in await text(await client.get(LIST))


@ON_SQLITE
async def test_another_one_s_passkey_confirms_nothing(
    people: People, joined: Any, kims: Any
) -> None:
    _, passkey = kims
    eve, own = await joined(login_id="eve", phone="010-9999-9999"), SoftPasskey()
    await add(people, eve, own)
    options = await asked(eve, "/me/confirm", "/me/confirm/passkey/options")
    fields = {"credential": passkey.get(options)}
    answer = await people.post(eve, "/me/confirm/passkey", fields, form_at="/me/confirm")
    assert answer.status_code == 422
    assert await reasons() == ["of_another"]


@ON_SQLITE
async def test_wrong_passkeys_lock_the_network_as_wrong_passwords_do(
    app: Any, people: People, kims: Any
) -> None:
    _, passkey = kims
    phone = app.test_client()
    statuses = [(await enter(people, phone, "{}")).status_code for _ in range(51)]
    assert statuses == [422] * 50 + [429]
    assert (await enter(people, phone, passkey.get(await wanted(phone)))).status_code == 429
    login = {"login_id": "kim", "password": PASSWORD}
    assert (await people.post(phone, "/login", login)).status_code == 429


@ON_SQLITE
async def test_leaving_takes_the_passkeys_along(people: People, kims: Any) -> None:
    client, passkey = kims
    await people.post(client, "/me/withdraw", {"password": PASSWORD})
    assert await Passkey.all().count() == 0
    assert (await Account.get()).passkey_handle is None
    phone = people.app.test_client()
    assert (await enter(people, phone, passkey.get(await wanted(phone)))).status_code == 422


@ON_SQLITE
async def test_a_reset_at_the_desk_takes_them_as_well(
    people: People, kims: Any, desk: Desk, signed_in: Any
) -> None:
    """Whoever had taken an account over may have left a passkey in it."""
    card = {"who": "kim", "name": "김영희", "birth_date": "1990-01-05"}
    answer = await people.post(await signed_in("clerk"), "/desk/password", card)
    assert answer.status_code == 200
    assert await Passkey.all().count() == 0


@ON_SQLITE
async def test_after_a_passkey_one_goes_where_one_wanted(
    app: Any, people: People, kims: Any
) -> None:
    _, passkey = kims
    phone = app.test_client()
    for given, goes_to in (("/me/verify", "/me/verify"), ("//evil.example", "/")):
        fields = {"credential": passkey.get(await wanted(phone)), "next": given}
        answer = await people.post(phone, "/login/passkey", fields, form_at="/login")
        assert answer.headers["Location"] == goes_to
        await people.post(phone, "/logout", {}, form_at="/me/settings")


@ON_SQLITE
async def test_at_most_so_many(people: People, kims: Any) -> None:
    client, _ = kims
    account = await Account.get()
    for number in range(19):
        await Passkey.create(
            account_id=account.id,
            credential_id=bytes([number]),
            public_key=b"x",
            sign_count=0,
            transports="",
            name="열쇠",
            created_at=clock.now(),
        )
    token = hidden_fields(await text(await client.get(LIST)))["csrf_token"]
    answer = await client.post(f"{LIST}/options", headers={"X-CSRF-Token": token})
    assert answer.status_code == 409
