"""The browsers that take pushes: kept, replaced, moved, forgotten, and never readable (Y16)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db, outbox
from server.notifications import devices, service
from server.notifications.models import PushSubscription
from tests.gateways.push_service import PushService
from tests.people import hidden_fields
from tests.server.home.town import Town
from tests.server.notifications.reaching.cases import subscribe, tell, token


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
