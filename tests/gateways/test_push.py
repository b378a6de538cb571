"""Web Push against a service that checks what real ones check."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from gateways.push import (
    BadSubscription,
    Delivered,
    EndpointRules,
    Failed,
    Gone,
    Pusher,
    RetryAfter,
    Subscription,
    SubscriptionFault,
    TooBig,
    Urgency,
    application_server_key,
    make_keys,
)
from gateways.push import endpoint as endpoints
from gateways.push.seal import BUCKETS, PAYLOAD_MAX, SEALED_MAX
from gateways.push.vapid import OriginVapid
from tests.gateways.push_service import Device, PushService, base64url

KEYS = make_keys()
LOOPBACK = EndpointRules(allow_loopback=True)
HOUR = timedelta(hours=1)


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with PushService(application_server_key(KEYS)) as running:
        yield running


@pytest.fixture
async def pusher() -> AsyncIterator[Pusher]:
    async with Pusher(KEYS, "mailto:office@example.org", LOOPBACK) as running:
        yield running


def known(device: Device) -> Subscription:
    return Subscription(device.endpoint, device.p256dh, device.auth)


async def test_a_push_is_read_by_its_device_alone(service: PushService, pusher: Pusher) -> None:
    device, other = service.subscription(), service.subscription()
    payload = '{"title":"민원이 접수되었습니다"}'.encode()
    outcome = await pusher.send(
        known(device), payload, ttl=HOUR, urgency=Urgency.HIGH, topic="complaint-1"
    )
    assert outcome == Delivered()
    (push,) = service.pushes(device)
    assert push.payload == payload
    assert push.headers["TTL"] == "3600"
    assert push.headers["Urgency"] == "high"
    assert push.headers["Topic"] == "complaint-1"
    assert push.claims["aud"] == service.origin
    assert push.claims["sub"] == "mailto:office@example.org"
    assert push.application_server_key == pusher.application_server_key
    assert service.received(other) == []
    assert service.faults == []


async def test_size_tells_nothing(service: PushService, pusher: Pusher) -> None:
    device = service.subscription()
    for length in (2, 100, 511, 512, 513, 1024, 1025, 2048, 2049, PAYLOAD_MAX):
        payload = b'"' + b"a" * (length - 2) + b'"'
        assert await pusher.send(known(device), payload, ttl=HOUR) == Delivered()
    sizes = [len(push.body) for push in service.pushes(device)]
    assert sorted(set(sizes)) == [bucket + SEALED_MAX - PAYLOAD_MAX for bucket in BUCKETS]
    assert max(sizes) == SEALED_MAX
    assert len({push.body[:16] for push in service.pushes(device)}) == 10


async def test_what_does_not_fit_is_not_sent(service: PushService, pusher: Pusher) -> None:
    device = service.subscription()
    assert await pusher.send(known(device), b"x" * (PAYLOAD_MAX + 1), ttl=HOUR) == TooBig()
    assert service.pushes(device) == []


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (404, {}, Gone()),
        (410, {}, Gone()),
        (413, {}, TooBig()),
        (429, {"Retry_After": "120"}, RetryAfter(timedelta(minutes=2), "HTTP 429")),
        (503, {}, RetryAfter(None, "HTTP 503")),
        (500, {}, RetryAfter(None, "HTTP 500")),
        (400, {}, Failed("HTTP 400")),
        (403, {}, Failed("HTTP 403")),
        (301, {"Location": "http://127.0.0.1:1/"}, Failed("HTTP 301")),
    ],
)
async def test_what_an_answer_means(
    service: PushService, pusher: Pusher, status: int, headers: dict[str, str], outcome: object
) -> None:
    device = service.subscription()
    service.answer(device, status, **headers)
    assert await pusher.send(known(device), b"{}", ttl=HOUR) == outcome
    assert await pusher.send(known(device), b"{}", ttl=HOUR) == Delivered()


async def test_nobody_listening_is_not_now(pusher: Pusher) -> None:
    service = await PushService().start()
    device = service.subscription()
    await service.stop()
    outcome = await pusher.send(known(device), b"{}", ttl=HOUR)
    assert isinstance(outcome, RetryAfter)


async def test_settings_of_one_push_do_not_stick(service: PushService, pusher: Pusher) -> None:
    device = service.subscription()
    await pusher.send(known(device), b"{}", ttl=HOUR, urgency=Urgency.HIGH, topic="a")
    await pusher.send(known(device), b"{}", ttl=timedelta(0))
    headers = service.pushes(device)[1].headers
    assert (headers["TTL"], headers["Urgency"], "Topic" in headers) == ("0", "normal", False)


async def test_hundreds_in_flight(service: PushService, pusher: Pusher) -> None:
    devices = [service.subscription() for _ in range(300)]
    outcomes = await asyncio.gather(
        *(pusher.send(known(device), b"{}", ttl=HOUR) for device in devices)
    )
    assert outcomes == [Delivered()] * 300


async def test_the_token_is_signed_once_per_origin_and_anew_when_refused(
    service: PushService, pusher: Pusher
) -> None:
    device = service.subscription()
    for _ in range(3):
        await pusher.send(known(device), b"{}", ttl=HOUR)
    tokens = {push.headers["Authorization"] for push in service.pushes(device)}
    assert len(tokens) == 1
    service.answer(device, 403)
    await pusher.send(known(device), b"{}", ttl=HOUR)
    await pusher.send(known(device), b"{}", ttl=HOUR)
    assert len({push.headers["Authorization"] for push in service.pushes(device)}) == 2


def test_a_token_is_renewed_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    vapid = OriginVapid(KEYS, "https://office.example.org/")
    now = time.time()
    first = vapid.authorization("https://fcm.googleapis.com")
    monkeypatch.setattr(time, "time", lambda: now + 9 * 3600)
    assert vapid.authorization("https://fcm.googleapis.com") == first
    monkeypatch.setattr(time, "time", lambda: now + 10.5 * 3600)
    later = vapid.authorization("https://fcm.googleapis.com")
    claims = jwt.decode(later.split("t=")[1].split(",")[0], options={"verify_signature": False})
    assert later != first
    assert claims["exp"] == int(now + 10.5 * 3600) + 12 * 3600
    assert vapid.authorization("https://web.push.apple.com") != later


@pytest.mark.parametrize(
    "subject", ["office@example.org", "mailto:nobody", "http://office.example.org", "https://", ""]
)
def test_a_subject_is_an_address(subject: str) -> None:
    with pytest.raises(ValueError, match="mailto: or https:"):
        OriginVapid(KEYS, subject)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ",
        "https://web.push.apple.com/QGuQ",
        "https://fcm.googleapis.com:443/x",
        "https://FCM.googleapis.com/x",
    ],
)
def test_known_services_are_called(endpoint: str) -> None:
    assert EndpointRules().origin(endpoint).startswith("https://")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.services.mozilla.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/#fcm.googleapis.com",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.5/x",
        "https://fcm.googleapis.com:0/x",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com/\r\nHost: x",
        "https://fcm.googleapis.com/ x",
        "https://fcm.googleapis.com/" + "a" * 1024,
        "https://fcm。googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "https:///x",
        "",
    ],
)
async def test_nobody_else_is_called(endpoint: str) -> None:
    with pytest.raises(BadSubscription):
        EndpointRules().origin(endpoint)


def test_settings_add_services_and_loopback() -> None:
    rules = EndpointRules(frozenset({"push.example.org"}), allow_loopback=True)
    assert rules.origin("https://push.example.org:8443/x") == "https://push.example.org:8443"
    assert rules.origin("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080"
    with pytest.raises(BadSubscription):
        rules.origin("http://push.example.org/x")
    with pytest.raises(BadSubscription):
        rules.origin("https://sub.push.example.org/x")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.1.1", True),
        ("2404:6800::1", True),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("0.0.0.0", False),
        ("127.0.0.1", False),
    ],
)
def test_no_name_leads_into_the_house(address: str, public: bool) -> None:
    assert EndpointRules().may_reach(address) is public


async def test_a_name_that_leads_inside_is_not_called(service: PushService) -> None:
    rules = EndpointRules(extra_hosts=frozenset({"ip6-localhost", "localhost.localdomain"}))
    device = service.subscription()
    inside = replace(
        known(device), endpoint=device.endpoint.replace("http://127.0.0.1", "https://ip6-localhost")
    )
    async with Pusher(KEYS, "mailto:office@example.org", rules) as pusher:
        assert isinstance(await pusher.send(inside, b"{}", ttl=HOUR), RetryAfter)
    assert service.pushes(device) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"p256dh": base64url(b"\x04" + b"\x01" * 64)}, SubscriptionFault.P256DH),
        ({"p256dh": base64url(b"\x02" + b"\x01" * 32)}, SubscriptionFault.P256DH),
        ({"p256dh": ""}, SubscriptionFault.P256DH),
        ({"p256dh": "한글"}, SubscriptionFault.P256DH),
        ({"p256dh": "a"}, SubscriptionFault.P256DH),
        ({"auth": base64url(b"x" * 15)}, SubscriptionFault.AUTH),
        ({"auth": base64url(b"x" * 17)}, SubscriptionFault.AUTH),
        ({"auth": "!!"}, SubscriptionFault.AUTH),
        ({"endpoint": "https://evil.example/"}, SubscriptionFault.SERVICE),
        ({"endpoint": "nothing"}, SubscriptionFault.ENDPOINT),
    ],
)
async def test_a_subscription_is_checked_before_it_is_kept(
    service: PushService, pusher: Pusher, change: dict[str, str], fault: SubscriptionFault
) -> None:
    good = known(service.subscription())
    endpoints.check(good, LOOPBACK)
    bad = replace(good, **change)
    with pytest.raises(BadSubscription) as caught:
        endpoints.check(bad, LOOPBACK)
    assert caught.value.fault is fault
    with pytest.raises(BadSubscription):
        await pusher.send(bad, b"{}", ttl=HOUR)


async def test_padded_keys_are_read(service: PushService, pusher: Pusher) -> None:
    device = service.subscription()
    padded = Subscription(device.endpoint, device.p256dh + "=", device.auth + "==")
    assert await pusher.send(padded, b"{}", ttl=HOUR) == Delivered()


@pytest.mark.parametrize(
    ("ttl", "topic"), [(timedelta(days=29), None), (timedelta(seconds=-1), None), (HOUR, "한글")]
)
async def test_a_wrong_ttl_or_topic_is_our_mistake(
    service: PushService, pusher: Pusher, ttl: timedelta, topic: str | None
) -> None:
    with pytest.raises(ValueError, match=r"push lives|topic"):
        await pusher.send(known(service.subscription()), b"{}", ttl=ttl, topic=topic)


async def test_the_service_itself_refuses_what_is_wrong(pusher: Pusher) -> None:
    async with PushService("another key") as service:
        device = service.subscription()
        assert await pusher.send(known(device), b"{}", ttl=HOUR) == Failed("HTTP 403")
        assert service.faults == ["subscribed with another application server key"]
