"""Logging in and out: tokens always new, wrong tries counted everywhere, nobody told who exists."""

import asyncio
import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

import pytest

from server.accounts import passwords
from server.accounts.models import Account, Session, Throttle
from server.core import clock, db
from server.core.web.problems import Problem
from tests.conftest import POSTGRES_PROVED
from tests.people import PASSWORD, People, hidden_fields
from tests.server.accounts.conftest import OFFICIAL_PASSWORD, Desk, make_resident, text


def token(client: Any) -> str:
    """The session cookie of a browser; empty where it has none."""
    return next((one.value for one in client.cookie_jar if one.name == "madang"), "")


async def attempt(people: People, client: Any, password: str, login_id: str = "kim") -> Any:
    return await people.post(client, "/login", {"login_id": login_id, "password": password})


async def test_in_and_out(client: Any, people: People) -> None:
    await make_resident("kim")
    answer = await attempt(people, client, PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert (await client.get("/me/settings")).status_code == 200
    answer = await people.post(client, "/logout", {}, form_at="/me/settings")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert token(client) == ""
    assert (await client.get("/me/settings")).status_code == 303


async def test_a_token_that_was_logged_out_opens_nothing(
    app: Any, client: Any, people: People
) -> None:
    await make_resident("kim")
    await attempt(people, client, PASSWORD)
    stolen = token(client)
    await people.post(client, "/logout", {}, form_at="/me/settings")
    thief = app.test_client()
    thief.set_cookie("localhost", "madang", stolen)
    assert (await thief.get("/me/settings")).status_code == 303
    assert stolen


async def test_a_session_planted_before_is_worth_nothing(
    app: Any, client: Any, people: People
) -> None:
    """Session fixation: the token after log-in is another one, and the old one ends."""
    await make_resident("eve", phone="010-9999-9999")
    await make_resident("kim")
    attacker = app.test_client()
    await attempt(people, attacker, PASSWORD, "eve")
    planted = token(attacker)
    client.set_cookie("localhost", "madang", planted)
    form = hidden_fields(await text(await client.get("/me/settings")))
    answer = await client.post("/login", form={**form, "login_id": "kim", "password": PASSWORD})
    assert answer.status_code == 303
    assert token(client) not in {"", planted}
    assert (await attacker.get("/me/settings")).status_code == 303
    sessions = await Session.all().prefetch_related("account")
    assert [one.account.name for one in sessions] == ["김영희"] * len(sessions)


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/me/verify?x=1", "/me/verify?x=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/login?next=/", "/"),
        ("/me/\nSet-Cookie: a=b", "/"),
        ("", "/"),
    ],
)
async def test_only_paths_of_ours_are_gone_on_to(
    client: Any, people: People, wanted: str, goes_to: str
) -> None:
    await make_resident("kim")
    fields = {"login_id": "kim", "password": PASSWORD, "next": wanted}
    answer = await people.post(client, "/login", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, goes_to)


async def test_who_wanted_a_page_gets_it_after_logging_in(client: Any, people: People) -> None:
    await make_resident("kim")
    answer = await client.get("/me/settings")
    assert answer.headers["Location"] == "/login?next=/me/settings"
    page = await text(await client.get(answer.headers["Location"]))
    assert 'name="next" value="/me/settings"' in page


async def test_wrong_id_and_wrong_password_look_alike(client: Any, people: People) -> None:
    await make_resident("kim")
    pages = []
    for login_id in ("kim", "nobody"):
        answer = await attempt(people, client, "wrong password", login_id)
        assert answer.status_code == 422
        page = await text(answer)
        assert "아이디 또는 비밀번호가 맞지 않습니다" in page
        assert f'value="{login_id}"' in page
        assert "wrong password" not in page
        pages.append(len(page) - len(login_id))
    assert len(set(pages)) == 1


def test_wrong_id_takes_as_long_as_wrong_password(settings: Any) -> None:
    """By the processor's time of the thread: without the dummy hash it would be none at all."""
    hasher = passwords.hasher()
    kept = hasher.hash(PASSWORD)
    times: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(15):
        for hash_kept, taken in times.items():
            began = time.thread_time()
            assert not passwords._verify(hasher, hash_kept, "wrong password")
            taken.append(time.thread_time() - began)
    real, dummy = (statistics.median(taken) for taken in times.values())
    assert 0.5 < dummy / real < 2


async def test_locked_after_five_until_a_time_that_is_told(
    client: Any, people: People, clock_at: Any
) -> None:
    await make_resident("kim")
    with clock_at("2026-11-23T10:00+09:00"):
        for _ in range(4):
            assert (await attempt(people, client, "wrong password")).status_code == 422
        answer = await attempt(people, client, "wrong password")
        page = await text(answer)
        assert answer.status_code == 429
        assert "10:15부터" in page
        assert 'value="kim"' in page
        assert answer.headers["Retry-After"] == "900"
        assert (await attempt(people, client, PASSWORD)).status_code == 429
    with clock_at("2026-11-23T10:16+09:00"):
        answer = await attempt(people, client, "wrong password")
        assert "10:46부터" in await text(answer)
    with clock_at("2026-11-23T10:47+09:00"):
        assert (await attempt(people, client, PASSWORD)).status_code == 303
        other = people.app.test_client()
        assert (await attempt(people, other, "wrong password")).status_code == 422


async def test_an_id_that_nobody_has_is_locked_as_well(client: Any, people: People) -> None:
    statuses = [
        (await attempt(people, client, "wrong password", "nobody")).status_code for _ in range(6)
    ]
    assert statuses == [422] * 4 + [429] * 2


async def test_a_network_is_locked_whatever_ids_it_tries(
    app: Any, client: Any, people: People
) -> None:
    await make_resident("kim")
    statuses = set()
    for number in range(51):
        answer = await attempt(people, client, "wrong password", f"guess{number}")
        statuses.add((number < 50, answer.status_code))
    assert statuses == {(True, 422), (False, 429)} or statuses == {
        (True, 422),
        (True, 429),
        (False, 429),
    }
    assert (await attempt(people, client, PASSWORD)).status_code == 429


async def test_logging_in_in_between_does_not_clear_the_network(
    client: Any, people: People
) -> None:
    await make_resident("eve")
    for number in range(6):
        await attempt(people, client, "wrong password", f"guess{number}")
        await attempt(people, people.app.test_client(), PASSWORD, "eve")
    network = await Throttle.get(kind="network")
    assert network.tries == 6


async def test_guesses_sent_at_once_are_counted(app: Any, people: People) -> None:
    await make_resident("kim")
    clients = [app.test_client() for _ in range(12)]
    forms = [
        hidden_fields(await text(await one.get("/login")))
        | {"login_id": "kim", "password": "wrong password"}
        for one in clients
    ]
    answers = await asyncio.gather(
        *(one.post("/login", form=form) for one, form in zip(clients, forms, strict=True))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [422] * 4 + [429] * 8


async def test_counts_outlive_a_restart(settings: Any) -> None:
    from server.app import create_app

    for number in range(2):
        app = create_app(settings)
        async with app.test_app():
            people = People(app)
            if number == 0:
                await make_resident("kim")
            statuses = [
                (await attempt(people, app.test_client(), "wrong password")).status_code
                for _ in range(3)
            ]
            assert statuses == ([422] * 3 if number == 0 else [422, 429, 429])


@POSTGRES_PROVED
async def test_counts_are_shared_by_processes(app: Any, settings: Any) -> None:
    """Three processes guess at once: together they get the five tries that one of them had."""
    await make_resident("kim")
    environment = {name: text for name, text in os.environ.items() if name != "MADANG_CLOCK_FILE"}
    environment |= {
        "MADANG_DATA": str(settings.data),
        "MADANG_KEYS": str(settings.keys),
        "MADANG_DATABASE_URL": settings.database_url,
    }
    words = (sys.executable, "-m", "tests.server.accounts.guesser", "kim", "4")
    guessers = [
        await asyncio.create_subprocess_exec(
            *words, env=environment, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    printed = [await guesser.communicate() for guesser in guessers]
    statuses = sorted(int(word) for out, _ in printed for word in out.split())
    assert statuses == [422] * 4 + [429] * 8


async def test_the_table_of_tries_names_nobody(client: Any, people: People) -> None:
    await make_resident("kim")
    await attempt(people, client, "wrong password")
    for row in await db.fetch("SELECT * FROM throttle"):
        assert len(bytes(row["key"])) == 32
    for row in await db.fetch("SELECT * FROM audit_entry"):
        assert "kim" not in str(row["facts"]) + str(row["subject"])


async def test_too_many_at_once_are_told_so(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING_MAX", 3)
    outcomes = await asyncio.gather(
        *(passwords.hashed(PASSWORD) for _ in range(8)), return_exceptions=True
    )
    refused = [one for one in outcomes if isinstance(one, Problem)]
    assert len(refused) == 5
    assert {one.status for one in refused} == {503}
    assert await passwords.matches(await passwords.hashed(PASSWORD), PASSWORD)


async def test_nobody_waits_longer_than_a_browser_does(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS_MAX", 0.3)
    began = time.monotonic()
    outcomes = await asyncio.gather(
        *(passwords._in_turn(time.sleep, 0.2) for _ in range(8)), return_exceptions=True
    )
    assert time.monotonic() - began < 2
    assert [type(one) for one in outcomes[:2]] == [type(None)] * 2
    assert [type(one) for one in outcomes[-4:]] == [passwords.Busy] * 4


async def test_a_hash_made_with_other_parameters_is_renewed(
    client: Any, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = await make_resident("kim")
    before = (await Account.get(id=account_id)).password_hash
    stronger = passwords._hasher(2, 8192)
    monkeypatch.setattr(passwords, "hasher", lambda: stronger)
    assert (await attempt(people, client, PASSWORD)).status_code == 303
    after = (await Account.get(id=account_id)).password_hash
    assert after != before
    assert after is not None
    assert "t=2" in after
    assert (await attempt(people, people.app.test_client(), PASSWORD)).status_code == 303


async def test_a_phone_stays_signed_in_while_it_is_used(
    client: Any, people: People, clock_at: Any
) -> None:
    with clock_at("2026-11-23T10:00+09:00"):
        await make_resident("kim")
        await attempt(people, client, PASSWORD)
        start = clock.now()
    cookie = next(one for one in client.cookie_jar if one.name == "madang")
    assert cookie.expires is not None
    for days in (29, 58, 87):
        with clock.use(start + timedelta(days=days)):
            assert (await client.get("/me/settings")).status_code == 200
    with clock.use(start + timedelta(days=118)):
        assert (await client.get("/me/settings")).status_code == 303


async def test_a_resident_s_session_ends_in_the_end(
    client: Any, people: People, clock_at: Any
) -> None:
    with clock_at("2026-01-01T10:00+09:00"):
        await make_resident("kim")
        await attempt(people, client, PASSWORD)
        start = clock.now()
    for days in range(20, 180, 20):
        with clock.use(start + timedelta(days=days)):
            assert (await client.get("/me/settings")).status_code == 200
    with clock.use(start + timedelta(days=180, seconds=1)):
        assert (await client.get("/me/settings")).status_code == 303


async def test_an_official_goes_to_the_desk(client: Any, people: People, desk: Desk) -> None:
    answer = await attempt(people, client, OFFICIAL_PASSWORD, "clerk")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    cookie = next(one for one in client.cookie_jar if one.name == "madang")
    assert cookie.expires is None
