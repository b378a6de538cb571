"""Push to real-looking devices: a local push service checks and decrypts what is sent (Y16)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from server import config
from server.accounts import service as accounts
from server.complaints import service as complaints
from server.core import clock, db, outbox
from server.notifications import devices, rules, service
from server.notifications.models import PushSubscription
from tests.conftest import make_settings
from tests.filing import filled
from tests.gateways.push_service import Device, PushService
from tests.people import hidden_fields
from tests.server.home.town import Town, founded

RECEIPT = {"receipt": "2611-000427-8"}


@pytest.fixture
async def push_service() -> AsyncIterator[PushService]:
    async with PushService() as running:
        yield running


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path, push_service: PushService) -> Any:
    made = make_settings(tmp_path, keys, database, push_hosts=(push_service.origin,))
    config.use(made)
    return made


@pytest.fixture
async def town(app: Any, push_service: PushService) -> Town:
    push_service.application_server_key = devices.public_key()
    return await founded(app)


async def token(browser: Any) -> dict[str, str]:
    """The header that a script of ours sends."""
    answer = await (await browser.get("/csrf")).get_json()
    return {"X-CSRF-Token": answer["csrf_token"]}


async def subscribe(browser: Any, device: Device | dict[str, Any]) -> Any:
    """As the page's script does: JSON, with the token in a header."""
    body = device if isinstance(device, dict) else device.to_json()
    return await browser.post("/push/subscriptions", json=body, headers=await token(browser))


async def tell(town: Town, who: str = "kim", kind: str = "complaint.noted") -> None:
    await service.tell([town.accounts[who]], kind, "/complaints/2611-000427-8", RECEIPT)


@pytest.mark.clause("Y16", 1)
async def test_officials_hear_of_a_new_complaint_and_its_resident_of_each_step(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phones = {who: push_service.subscription() for who in ("kim", "clerk", "road")}
    browsers = {who: await town.browser(who) for who in phones}
    for who, phone in phones.items():
        assert (await subscribe(browsers[who], phone)).status_code == 201
    form = await browsers["kim"].get("/complaints/new")
    fields = hidden_fields(await form.get_data(as_text=True))
    answer = await browsers["kim"].post(
        "/complaints/new", form=fields | filled(topic="street-lamp")
    )
    assert answer.status_code == 303
    number = answer.headers["Location"].rsplit("/", 1)[1]
    await worker.drain()
    for who in ("clerk", "road"):  # the complaints department, and the topic's own
        (payload,) = push_service.received(phones[who])
        told = json.loads(payload)["notification"]
        assert told["title"] == "새 민원이 들어왔습니다"
        assert told["body"].startswith(number)
    assert push_service.received(phones["kim"]) == []

    actor = await accounts.actor_of_session(_session_of(browsers["clerk"]))
    assert actor is not None
    await complaints.accept(number, actor, "street-lamp", version=1)
    await complaints.assign(
        number, actor, town.departments["roads"], town.accounts["road"], version=2
    )
    await complaints.note(number, actor, "on_site", "현장을 보았습니다.", version=3)
    await complaints.complete(number, actor, complaints.Result("done", "고쳤습니다."), version=4)
    await worker.drain()
    heard = [json.loads(one)["notification"] for one in push_service.received(phones["kim"])]
    titles = [each["title"] for each in heard]
    assert sorted(titles) == sorted(
        [
            "민원을 접수했습니다",
            "담당 부서가 정해졌습니다",
            "민원 처리 소식이 있습니다",
            "민원 처리가 끝났습니다",
        ]
    )
    assert push_service.faults == []
    # The push leads through the inbox, which marks it read, to the complaint.
    opened = await browsers["kim"].get(heard[0]["navigate"])
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/complaints/{number}")
    assert await service.unread(town.accounts["kim"]) == 3
    (ended,) = [each for each in heard if each["title"] == "민원 처리가 끝났습니다"]
    assert [act["title"] for act in ended["actions"]] == ["열어 보기", "만족도 평가하기"]
    rating = await browsers["kim"].get(ended["actions"][1]["navigate"])
    assert rating.headers["Location"] == f"/complaints/{number}/satisfaction"
    page = await browsers["kim"].get(rating.headers["Location"])
    assert "만족" in await page.get_data(as_text=True)
    assert await service.unread(town.accounts["kim"]) == 2


def _session_of(browser: Any) -> str:
    for cookie in browser.cookie_jar:
        if cookie.name == "madang":
            return str(cookie.value)
    raise AssertionError("not signed in")


async def test_the_payload_says_nothing_personal_in_the_reader_s_language(
    town: Town, worker: Any, push_service: PushService
) -> None:
    await accounts.change_locale(town.accounts["kim"], "en")
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    await tell(town)
    await worker.drain()
    (push,) = push_service.pushes(phone)
    whole = json.loads(push.payload)
    told = whole["notification"]
    assert (whole["web_push"], whole["app_badge"], told["app_badge"]) == (8030, 1, "1")
    assert told["navigate"].startswith(f"{config.settings().public_url}/me/notifications/")
    assert (told["title"], told["lang"]) == ("News about your complaint", "en")
    assert [act["title"] for act in told["actions"]] == ["Open"]
    for personal in ("김영희", "010", "1204"):
        assert personal not in push.payload.decode()
    assert push.claims["aud"] == push_service.origin
    assert int(push.headers["TTL"]) == 3 * 86_400
    assert push.headers["Topic"] == told["tag"]
    assert len(push.body) <= 4096


async def test_the_substitute_of_an_absent_official_is_told(
    town: Town, worker: Any, push_service: PushService
) -> None:
    await town.official("stand", "roads", "handler")
    today = clock.today()
    await accounts.set_substitute(
        town.accounts["road"], town.accounts["stand"], today, today, actor_id=None
    )
    phones = {who: push_service.subscription() for who in ("road", "stand")}
    for who, phone in phones.items():
        await subscribe(await town.browser(who), phone)
    filing = complaints.Filing("street-lamp", "제목", "내용", complaints.Place("당산로"))
    await complaints.file(town.accounts["kim"], filing)
    await worker.drain()
    assert push_service.received(phones["road"]) == []
    assert len(push_service.received(phones["stand"])) == 1


async def test_every_device_is_told_and_each_once(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phone, tablet = push_service.subscription(), push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    browser = await town.browser("kim")
    for _ in range(2):  # renewed at every launch
        assert (await subscribe(browser, tablet)).status_code == 201
    await tell(town)
    await worker.drain()
    assert len(push_service.received(phone)) == len(push_service.received(tablet)) == 1


async def test_pushes_end_with_the_session_that_was_logged_out(
    town: Town, worker: Any, push_service: PushService
) -> None:
    kept, left = push_service.subscription(), push_service.subscription()
    await subscribe(await town.browser("kim"), kept)
    leaving = await town.browser("kim")
    await subscribe(leaving, left)
    menu = await leaving.get("/me")
    fields = hidden_fields(await menu.get_data(as_text=True))
    assert (await leaving.post("/logout", form=fields)).status_code == 303
    await worker.drain()
    await tell(town)
    await worker.drain()
    assert push_service.received(left) == []
    assert len(push_service.received(kept)) == 1


async def test_pushes_end_with_the_account(
    town: Town, worker: Any, push_service: PushService
) -> None:
    await subscribe(await town.browser("kim"), push_service.subscription())
    await _withdraw(town)
    await worker.drain()
    assert await PushSubscription.all().count() == 0


async def _withdraw(town: Town) -> None:
    @db.transactional
    async def announced() -> None:
        await outbox.emit("accounts.withdrawn", {"account_id": town.accounts["kim"]})

    await announced()


async def test_an_idle_session_does_not_end_pushes(
    town: Town, worker: Any, push_service: PushService
) -> None:
    """An official's session idles out within the hour; new complaints must still arrive."""
    phone = push_service.subscription()
    await subscribe(await town.browser("road"), phone)
    with clock.use(clock.now() + timedelta(hours=20)):
        await tell(town, "road", "complaint.new")
        await worker.drain()
    assert len(push_service.received(phone)) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_dead_device_is_forgotten(
    town: Town, worker: Any, push_service: PushService, status: int
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    push_service.answer(phone, status)
    await tell(town)
    await worker.drain()
    assert await service.devices(town.accounts["kim"]) == 0


async def test_later_means_later(town: Town, worker: Any, push_service: PushService) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    push_service.answer(phone, 503, Retry_After="120")
    await tell(town)
    await worker.drain()
    assert push_service.received(phone) == []
    with clock.use(clock.now() + timedelta(seconds=100)):
        await worker.drain()
        assert push_service.received(phone) == []
    with clock.use(clock.now() + timedelta(seconds=200)):
        await worker.drain()
    assert len(push_service.received(phone)) == 1


async def test_what_was_read_meanwhile_is_not_pushed(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    await tell(town)
    await service.read_all(town.accounts["kim"])
    await worker.drain()
    assert push_service.received(phone) == []


async def test_a_browser_that_changes_hands_tells_nothing_of_the_former(
    town: Town, worker: Any, push_service: PushService
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    await tell(town)
    await subscribe(await town.browser("road"), phone)
    await worker.drain()
    assert push_service.received(phone) == []
    assert await service.devices(town.accounts["kim"]) == 0


async def test_a_changed_endpoint_replaces_the_old_one(
    town: Town, push_service: PushService
) -> None:
    old, new = push_service.subscription(), push_service.subscription()
    kim = await town.browser("kim")
    await subscribe(kim, old)
    await subscribe(kim, new.to_json() | {"replaces": old.endpoint})
    (kept,) = await PushSubscription.all()
    assert kept.endpoint == new.endpoint


async def choose(client: Any, page: str, topics: list[str]) -> Any:
    """Ticks these topics on the page, and no others."""
    return await client.post(
        "/me/notifications/topics",
        data=urlencode(hidden_fields(page) | {"topic": topics}, doseq=True),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


async def test_what_somebody_does_not_want_pushed_is_in_the_inbox_only(
    town: Town, worker: Any, push_service: PushService
) -> None:
    kim = await town.browser("kim")
    phone = push_service.subscription()
    await subscribe(kim, phone)
    page = await (await kim.get("/me/notifications")).get_data(as_text=True)
    shown = re.findall(r'name="topic" value="(\w+)" checked', page)
    assert shown == list(rules.TOPICS)
    answer = await choose(kim, page, [name for name in shown if name != "complaints"])
    assert answer.status_code == 303
    await tell(town)
    await worker.drain()
    assert push_service.received(phone) == []
    assert await service.unread(town.accounts["kim"]) == 1
    page = await (await kim.get("/me/notifications")).get_data(as_text=True)
    assert 'value="complaints">' in page
    await choose(kim, page, shown)
    await tell(town)
    await worker.drain()
    assert len(push_service.received(phone)) == 1


async def test_an_official_is_asked_about_what_officials_hear(town: Town) -> None:
    clerk = await town.browser("clerk")
    page = await (await clerk.get("/me/notifications")).get_data(as_text=True)
    assert re.findall(r'name="topic" value="(\w+)"', page) == ["complaints", "messages", "mileage"]
    await service.choose(town.accounts["clerk"], ["mileage", "no-such-topic"])
    assert await service.silenced(town.accounts["clerk"]) == {"mileage"}
    await service.forget_account(town.accounts["clerk"])
    assert await service.silenced(town.accounts["clerk"]) == set()


def test_every_kind_but_an_account_s_own_is_in_one_topic() -> None:
    for kind in rules.KINDS:
        topics = [name for name, topic in rules.TOPICS.items() if kind in topic.kinds]
        assert len(topics) == (0 if kind in rules.ACCOUNTS else 1), kind


async def test_switched_off_on_this_device_and_on_all(
    town: Town, push_service: PushService
) -> None:
    kim = await town.browser("kim")
    phone = push_service.subscription()
    await subscribe(kim, phone)
    answer = await kim.delete(
        "/push/subscriptions", json={"endpoint": phone.endpoint}, headers=await token(kim)
    )
    assert answer.status_code == 200
    assert await service.devices(town.accounts["kim"]) == 0
    await subscribe(kim, phone)
    page = await kim.get("/me/notifications")
    text = await page.get_data(as_text=True)
    assert "알림을 받는 기기 1대" in text
    answer = await kim.post("/me/notifications/devices/off", form=hidden_fields(text))
    assert answer.status_code == 303
    assert await service.devices(town.accounts["kim"]) == 0


async def test_a_device_that_subscribes_several_times_at_once_is_kept_once(
    town: Town, push_service: PushService
) -> None:
    kim, clerk = await town.browser("kim"), await town.browser("clerk")
    device = push_service.subscription()
    asking = [subscribe(browser, device) for browser in (kim, clerk) for _ in range(4)]
    assert [answer.status_code for answer in await asyncio.gather(*asking)] == [201] * 8
    assert await PushSubscription.all().count() == 1
    assert (await subscribe(kim, device)).status_code == 201
    assert await service.devices(town.accounts["kim"]) == 1
    assert await service.devices(town.accounts["clerk"]) == 0


async def test_ten_devices_at_most_the_longest_unused_gives_way(town: Town) -> None:
    kim = town.accounts["kim"]
    for number in range(12):
        with clock.use(clock.now() + timedelta(minutes=number)):
            await service.subscribe(kim, 1, f"https://fcm.googleapis.com/{number}", "k", "a")
    endpoints = {one.endpoint for one in await PushSubscription.all()}
    assert endpoints == {f"https://fcm.googleapis.com/{number}" for number in range(2, 12)}


async def test_devices_long_unused_are_forgotten(town: Town) -> None:
    kim = town.accounts["kim"]
    with clock.use(clock.now() - timedelta(days=181)):
        await service.subscribe(kim, 1, "https://fcm.googleapis.com/1", "k", "a")
    assert await service.purge() == 1


@pytest.mark.parametrize("engine", ["sqlite"])
class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"endpoint": "https://evil.example/push"}, "endpoint"),
            ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
            ({"endpoint": "https://169.254.169.254/latest"}, "endpoint"),
            ({"endpoint": "file:///etc/passwd"}, "endpoint"),
            ({"endpoint": ""}, "endpoint"),
            ({"endpoint": 7}, "endpoint"),
            ({"keys": {"p256dh": "AAAA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "p256dh"),
            ({"keys": {"auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "p256dh"),
            ({"keys": "no"}, "p256dh"),
        ],
    )
    async def test_a_subscription_that_cannot_be_kept(
        self, town: Town, push_service: PushService, change: dict[str, Any], field: str
    ) -> None:
        body = push_service.subscription().to_json() | change
        answer = await subscribe(await town.browser("kim"), body)
        assert answer.status_code == 422
        assert (await answer.get_json())["field"] == field
        assert await PushSubscription.all().count() == 0

    @pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"x"'])
    async def test_json_that_is_no_subscription(self, town: Town, body: bytes) -> None:
        kim = await town.browser("kim")
        headers = await token(kim) | {"Content-Type": "application/json"}
        answer = await kim.post("/push/subscriptions", data=body, headers=headers)
        assert answer.status_code == 422

    async def test_without_the_token_of_a_page(self, town: Town, push_service: PushService) -> None:
        kim = await town.browser("kim")
        answer = await kim.post("/push/subscriptions", json=push_service.subscription().to_json())
        assert answer.status_code == 403

    async def test_without_a_log_in(self, client: Any, push_service: PushService) -> None:
        answer = await client.post(
            "/push/subscriptions", json=push_service.subscription().to_json()
        )
        assert answer.status_code == 401


async def test_the_key_is_made_once_and_kept(client: Any, settings: Any) -> None:
    first = await (await client.get("/push/key")).get_json()
    assert len(first["key"]) == 87
    assert (settings.keys / "vapid.secret").stat().st_mode & 0o777 == 0o600
    assert devices.public_key() == first["key"]


async def test_nothing_of_a_subscription_is_readable_in_the_database(
    town: Town, push_service: PushService
) -> None:
    phone = push_service.subscription()
    await subscribe(await town.browser("kim"), phone)
    (row,) = await db.fetch("SELECT endpoint, p256dh, auth FROM push_subscription")
    stored = b"".join(bytes(value) for value in row.values())
    for secret in (phone.endpoint, phone.p256dh, phone.auth):
        assert secret.encode() not in stored
