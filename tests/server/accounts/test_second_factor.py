"""The second factor of officials: owed after the password, set up first where it must be (Y24)."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest

from server import config
from server.accounts import factors, service
from server.accounts.factor_models import Authenticator, RecoveryCode, SecondStep
from server.accounts.models import Session
from server.core import clock, db
from server.notifications.models import Notification
from tests.conftest import make_settings
from tests.people import People, hidden_fields
from tests.server.accounts.conftest import OFFICIAL_PASSWORD, Desk, text
from tests.server.accounts.soft_passkey import SoftPasskey
from tests.server.accounts.test_passkeys import add, enter, wanted

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
SECOND = "/me/settings/second"
START = "2026-11-23T10:00+09:00"
CODE = re.compile(r'<li class="num strong">([0-9A-Z]{5}-[0-9A-Z]{5})</li>')


@pytest.fixture
def policy() -> str:
    return "offered"


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, policy: str) -> Any:
    made = make_settings(
        tmp_path, keys, database, public_url="http://localhost:8000", second_factor=policy
    )
    config.use(made)
    return made


@pytest.fixture
def at() -> Iterator[Any]:
    """`at(minutes=5)`: stops the clock so long after ten o'clock, for the rest of the test."""
    begin = datetime.fromisoformat(START)
    contexts = []

    def stop(**after: float) -> None:
        context = clock.use(begin + timedelta(**after))
        context.__enter__()
        contexts.append(context)

    stop()
    yield stop
    for context in reversed(contexts):
        context.__exit__(None, None, None)


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


async def set_up(people: People, client: Any) -> tuple[str, list[str]]:
    """Sets up an authenticator app as a browser without scripts does: secret and recovery codes."""
    await people.post(client, f"{SECOND}/start", {}, form_at=SECOND)
    page = await text(await client.get(SECOND))
    secret = page.partition('id="secret">')[2].partition("<")[0].replace(" ", "")
    answer = await people.post(client, SECOND, {"code": code_of(secret)})
    page = await text(answer)
    assert answer.status_code == 200, page
    return secret, CODE.findall(page)


async def password(people: People, client: Any, login_id: str = "clerk") -> Any:
    fields = {"login_id": login_id, "password": OFFICIAL_PASSWORD}
    return await people.post(client, "/login", fields)


async def second(people: People, client: Any, **fields: str) -> Any:
    return await people.post(client, "/login/second", fields)


@pytest.fixture
async def clerk(at: Any, desk: Desk, people: People, signed_in: Any) -> Any:
    """The clerk's browser, the app's secret, the recovery codes; half a minute later."""
    client = await signed_in("clerk")
    secret, codes = await set_up(people, client)
    at(seconds=30)
    return client, secret, codes


@pytest.mark.clause("Y24", 2)
async def test_the_password_alone_no_longer_opens_the_door(
    app: Any, people: People, clerk: Any
) -> None:
    _, secret, _ = clerk
    phone = app.test_client()
    answer = await password(people, phone)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/second")
    assert (await phone.get("/desk")).headers["Location"] == "/login?next=/desk"
    page = await text(await phone.get("/login/second"))
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert (await second(people, phone, code="000000")).status_code == 422
    answer = await second(people, phone, code=code_of(secret))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert (await phone.get("/me/settings")).status_code == 200
    assert await SecondStep.all().count() == 0


@ON_SQLITE
async def test_who_wanted_a_page_gets_it_after_the_second_step(
    app: Any, people: People, clerk: Any
) -> None:
    _, secret, _ = clerk
    phone = app.test_client()
    fields = {"login_id": "clerk", "password": OFFICIAL_PASSWORD, "next": "/desk/verify"}
    answer = await people.post(phone, "/login", fields)
    assert answer.headers["Location"] == "/login/second?next=%2Fdesk%2Fverify"
    page = await text(await phone.get(answer.headers["Location"]))
    assert 'name="next" value="/desk/verify"' in page
    answer = await second(people, phone, code=code_of(secret), next="/desk/verify")
    assert answer.headers["Location"] == "/desk/verify"


async def test_a_code_is_good_once(app: Any, people: People, clerk: Any, at: Any) -> None:
    _, secret, _ = clerk
    code = code_of(secret)
    phones = [app.test_client() for _ in range(2)]
    for phone in phones:
        await password(people, phone)
    assert (await second(people, phones[0], code=code)).status_code == 303
    assert (await second(people, phones[1], code=code)).status_code == 422
    at(seconds=60)
    assert (await second(people, phones[1], code=code_of(secret))).status_code == 303


async def test_a_code_typed_in_two_tabs_at_once_opens_one(
    app: Any, people: People, clerk: Any
) -> None:
    _, secret, _ = clerk
    phones = [app.test_client() for _ in range(2)]
    for phone in phones:
        await password(people, phone)
    answers = await asyncio.gather(
        *(second(people, phone, code=code_of(secret)) for phone in phones)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]


@ON_SQLITE
async def test_guessing_is_stopped(app: Any, people: People, clerk: Any, at: Any) -> None:
    """Also from new log-ins, and with recovery codes in between."""
    _, secret, codes = clerk
    statuses = []
    for number in range(6):
        phone = app.test_client()
        await password(people, phone)
        guess = {"code": "000000"} if number % 2 else {"recovery": "AAAAA-AAAAA"}
        statuses.append((await second(people, phone, **guess)).status_code)
    assert statuses == [422] * 4 + [429] * 2
    for right in ({"code": code_of(secret)}, {"recovery": codes[0]}):
        phone = app.test_client()
        await password(people, phone)
        answer = await second(people, phone, **right)
        assert answer.status_code == 429
        assert "10:15부터" in await text(answer)
    at(minutes=16)
    late = {"code": code_of(secret)}
    answer = await people.post(phone, "/login/second", late, form_at="/login")
    assert answer.status_code == 409
    await password(people, phone)
    assert (await second(people, phone, code=code_of(secret))).status_code == 303


@ON_SQLITE
async def test_the_second_step_belongs_to_the_browser_that_knew_the_password(
    app: Any, people: People, clerk: Any
) -> None:
    _, secret, _ = clerk
    phone, other = app.test_client(), app.test_client()
    await password(people, phone)
    assert (await other.get("/login/second")).headers["Location"] == "/login"
    form = hidden_fields(await text(await other.get("/login")))
    answer = await other.post("/login/second", form={**form, "code": code_of(secret)})
    assert answer.status_code == 409
    assert "아이디와 비밀번호부터" in await text(answer)


@ON_SQLITE
async def test_a_new_password_ends_what_waited(
    app: Any, people: People, clerk: Any, signed_in: Any, desk: Desk
) -> None:
    _, secret, _ = clerk
    phone = app.test_client()
    await password(people, phone)
    chief = await signed_in("chief")
    path = f"/desk/officials/{desk.clerk}"
    await people.post(chief, f"{path}/password", {}, form_at=path)
    form = hidden_fields(await text(await phone.get("/login")))
    answer = await phone.post("/login/second", form={**form, "code": code_of(secret)})
    assert answer.status_code == 409


async def test_recovery_codes(app: Any, people: People, clerk: Any, worker: Any) -> None:
    _, _, codes = clerk
    assert len(set(codes)) == 10
    for number, status in ((0, 303), (0, 422), (1, 303)):
        phone = app.test_client()
        await password(people, phone)
        answer = await second(people, phone, recovery=f" {codes[number].lower()} ")
        assert answer.status_code == status
    assert await RecoveryCode.filter(used_at__isnull=True).count() == 8
    await worker.drain()
    assert await Notification.filter(kind="account.recovery_code_used").count() == 2
    rows = await db.fetch("SELECT code_hash FROM recovery_code")
    assert all(len(bytes(row["code_hash"])) == 32 for row in rows)


@ON_SQLITE
async def test_the_codes_as_a_file(people: People, clerk: Any, signed_in: Any) -> None:
    client, _, codes = clerk
    form = hidden_fields(await text(await client.get("/me/settings")))

    async def asked_for(codes: list[str]) -> Any:
        body = urlencode({**form, "codes": codes}, doseq=True)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await client.post(f"{SECOND}/text", data=body, headers=kind)

    answer = await asked_for(codes)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = await text(answer)
    assert all(code in body for code in codes)
    for foreign in ([], ["<script>"], [*codes, "AAAAA-AAAAA"], [codes[0], codes[0]]):
        assert (await asked_for(foreign)).status_code == 403


@ON_SQLITE
async def test_new_codes_end_the_old_ones(app: Any, people: People, clerk: Any) -> None:
    client, _, codes = clerk
    form = hidden_fields(await text(await client.get(SECOND)))
    answers = [await client.post(f"{SECOND}/codes", form=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    new = CODE.findall(await text(answers[0]))
    assert len(set(new) | set(codes)) == 20
    phone = app.test_client()
    await password(people, phone)
    assert (await second(people, phone, recovery=codes[0])).status_code == 422
    assert (await second(people, phone, recovery=new[0])).status_code == 303


@ON_SQLITE
async def test_the_secret_is_sealed_and_shown_only_while_it_waits(
    people: People, clerk: Any
) -> None:
    client, secret, _ = clerk
    (row,) = await db.fetch("SELECT secret FROM authenticator")
    assert secret.encode() not in bytes(row["secret"])
    assert 'id="secret"' not in await text(await client.get(SECOND))
    assert "otpauth" not in await text(await client.get(SECOND))


@ON_SQLITE
async def test_a_waiting_secret_hides_from_an_old_session_and_is_forgotten(
    app: Any, people: People, at: Any, desk: Desk, signed_in: Any
) -> None:
    client = await signed_in("clerk")
    await people.post(client, f"{SECOND}/start", {}, form_at=SECOND)
    page = await text(await client.get(SECOND))
    assert '<svg viewBox="0 0' in page
    assert page.count("otpauth://totp/") == 1
    await password(people, app.test_client())  # nothing is owed before it is confirmed
    assert await SecondStep.all().count() == 0
    at(minutes=11)
    assert 'id="secret"' not in await text(await client.get(SECOND))
    answer = await people.post(client, SECOND, {"code": "000000"}, form_at="/me/settings")
    assert answer.headers["Location"].startswith("/me/confirm?next=")
    at(hours=25)
    assert await factors.sweep() == 1
    assert await Authenticator.all().count() == 0


async def test_a_change_signs_other_browsers_out_and_is_told(
    app: Any, people: People, clerk: Any, worker: Any
) -> None:
    client, secret, _ = clerk
    phone = app.test_client()
    await password(people, phone)
    await second(people, phone, code=code_of(secret))
    assert await Session.all().count() == 2
    answer = await people.post(client, f"{SECOND}/off", {}, form_at=SECOND)
    assert answer.status_code == 303
    assert (await phone.get("/me/settings")).status_code == 303
    assert (await client.get("/me/settings")).status_code == 200
    assert await RecoveryCode.all().count() == 0
    assert (await password(people, phone)).headers["Location"] == "/desk"
    await worker.drain()
    kinds = await Notification.all().values_list("kind", flat=True)
    assert sorted(kinds) == ["account.authenticator_off", "account.authenticator_on"]


@ON_SQLITE
async def test_a_passkey_is_both_factors(
    app: Any, people: People, at: Any, desk: Desk, signed_in: Any
) -> None:
    """An official's first one brings recovery codes; the password alone opens nothing then."""
    client, passkey = await signed_in("clerk"), SoftPasskey()
    answer = await add(people, client, passkey)
    codes = CODE.findall(await text(answer))
    assert len(codes) == 10
    phone = app.test_client()
    assert (await password(people, phone)).headers["Location"] == "/login/second"
    page = await text(await phone.get("/login/second"))
    assert 'name="code"' not in page
    assert (await second(people, phone, recovery=codes[3])).status_code == 303
    other = app.test_client()
    await password(people, other)
    answer = await enter(people, other, passkey.get(await wanted(other)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert await SecondStep.all().count() == 0


@ON_SQLITE
async def test_an_administrator_takes_lost_factors_away(
    app: Any, people: People, clerk: Any, desk: Desk, signed_in: Any, worker: Any
) -> None:
    client, _, _ = clerk
    chief = await signed_in("chief")
    path = f"/desk/officials/{desk.clerk}"
    assert f"{path}/factors" in await text(await chief.get(path))
    answer = await people.post(chief, f"{path}/factors", {}, form_at=path)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert f"{path}/factors" not in await text(await chief.get(path))
    assert (await client.get("/me/settings")).status_code == 303
    assert (await password(people, app.test_client())).headers["Location"] == "/desk"
    done = await db.fetch(
        "SELECT actor_id FROM audit_entry WHERE action = 'accounts.factors_reset'"
    )
    assert [row["actor_id"] for row in done] == [desk.admin]
    await worker.drain()
    assert await Notification.filter(kind="account.factors_reset").count() == 1
    own = f"/desk/officials/{desk.admin}/factors"
    assert (await people.post(chief, own, {}, form_at=path)).status_code == 409


@ON_SQLITE
async def test_residents_have_no_second_step(people: People, joined: Any) -> None:
    client = await joined()
    assert (await client.get(SECOND)).status_code == 403
    assert "2단계" not in await text(await client.get("/me/settings"))


@ON_SQLITE
async def test_closing_an_account_erases_its_factors(
    people: People, clerk: Any, desk: Desk, signed_in: Any
) -> None:
    path = f"/desk/officials/{desk.clerk}"
    await people.post(await signed_in("chief"), f"{path}/close", {}, form_at=path)
    for table in ("authenticator", "recovery_code", "passkey", "second_step"):
        assert await db.fetch(f"SELECT 1 FROM {table}") == []


@ON_SQLITE
async def test_the_demo_s_logins_open_with_one_password_again(
    app: Any, people: People, clerk: Any
) -> None:
    await service.set_demo_password(["clerk"], OFFICIAL_PASSWORD)
    assert (await password(people, app.test_client())).headers["Location"] == "/desk"


@ON_SQLITE
class TestRequired:
    """Where officials must have one: as in production."""

    @pytest.fixture
    def policy(self) -> str:
        return "required"

    @pytest.mark.clause("Y24", 2)
    async def test_nothing_is_open_before_it_stands(
        self, app: Any, people: People, at: Any, desk: Desk, signed_in: Any
    ) -> None:
        client = await signed_in("clerk")
        for path in ("/", "/desk", "/me/settings", "/me/settings/devices", "/complaints"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, SECOND)
        assert (await client.get("/privacy")).status_code == 200
        page = await text(await client.get(SECOND))
        assert "먼저 2단계 인증을 등록해 주세요" in page
        form = hidden_fields(page)
        assert (await client.post("/me/settings", form={**form, "locale": "en"})).status_code == 403
        await set_up(people, client)
        assert (await client.get("/me/settings")).status_code == 200

    async def test_a_first_administrator_sets_password_and_factor(
        self, app: Any, people: People, at: Any, client: Any
    ) -> None:
        made = await service.create_admin("first")
        assert made.temporary_password is not None
        await people.sign_in(client, "first", made.temporary_password)
        assert (await client.get("/desk")).headers["Location"] == "/me/password"
        fields = {"password": made.temporary_password, "new_password": "Dorim-cheon 4 kil?"}
        answer = await people.post(client, "/me/password", fields)
        assert answer.headers["Location"] == "/desk"
        assert (await client.get("/desk")).headers["Location"] == SECOND
        await set_up(people, client)
        assert (await client.get("/desk/officials")).status_code == 200

    async def test_the_last_one_stays(
        self, app: Any, people: People, at: Any, desk: Desk, signed_in: Any
    ) -> None:
        client, passkey = await signed_in("clerk"), SoftPasskey()
        await set_up(people, client)
        answer = await people.post(client, f"{SECOND}/off", {}, form_at=SECOND)
        assert answer.status_code == 409
        assert (await add(people, client, passkey)).status_code == 303
        answer = await people.post(client, f"{SECOND}/off", {}, form_at=SECOND)
        assert answer.status_code == 303
        assert await RecoveryCode.all().count() == 10

    async def test_after_a_reset_one_sets_it_up_anew(
        self, app: Any, people: People, at: Any, desk: Desk, signed_in: Any
    ) -> None:
        clerk, chief = await signed_in("clerk"), await signed_in("chief")
        await set_up(people, clerk)
        await set_up(people, chief)
        path = f"/desk/officials/{desk.clerk}"
        await people.post(chief, f"{path}/factors", {}, form_at=path)
        again = await signed_in("clerk")
        assert (await again.get("/desk")).headers["Location"] == SECOND

    async def test_residents_are_not_asked(self, people: People, joined: Any) -> None:
        client = await joined()
        assert (await client.get("/me/settings")).status_code == 200


@pytest.mark.parametrize(("policy", "fine"), [("required", True), ("offered", False), (None, True)])
def test_production_never_goes_without(tmp_path: Path, policy: Any, fine: bool) -> None:
    values = {
        "mode": "production",
        "public_url": "https://madang.example.go.kr",
        "data": tmp_path / "data",
        "second_factor": policy,
    }
    if fine:
        assert config.Settings(**values).second_factor_required
        return
    with pytest.raises(config.ConfigError) as refusal:
        config.Settings(**values)
    assert refusal.value.variable == "MADANG_SECOND_FACTOR"
