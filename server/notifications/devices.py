"""The office's side of Web Push: its key (VAPID), and which push services may be called (Y16)."""

from functools import cache
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateways import push
from gateways.push.endpoint import check as checked
from server import config
from server.core import crypto, lifetime
from server.core.i18n import N_
from server.core.web import Invalid

SECRET: Final = "vapid"  # noqa: S105 - its name in the key directory, made at the first start
SECRET_BYTES: Final = 48  # longer than the curve's order, so that the remainder has no bias
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256

FAULTS: Final = {
    push.SubscriptionFault.ENDPOINT: N_("알림을 보낼 주소를 읽을 수 없습니다."),
    push.SubscriptionFault.SERVICE: N_("이 브라우저의 알림 서비스로는 보낼 수 없습니다."),
    push.SubscriptionFault.P256DH: N_("알림을 잠글 열쇠를 읽을 수 없습니다."),
    push.SubscriptionFault.AUTH: N_("알림을 잠글 열쇠를 읽을 수 없습니다."),
}


@cache
def _pem(secret: bytes) -> bytes:
    scalar = int.from_bytes(secret) % (ORDER - 1) + 1
    key = ec.derive_private_key(scalar, ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key() -> bytes:
    """The office's private key, PEM. Browsers are bound to it: it stays as long as the keys do."""
    return _pem(crypto.get_or_create_secret(SECRET, SECRET_BYTES))


def public_key() -> str:
    """What `pushManager.subscribe` wants as applicationServerKey: 65 bytes in base64url."""
    return push.application_server_key(private_key())


def endpoint_rules() -> push.EndpointRules:
    """The push services that may be called: the known ones and those of the settings."""
    hosts = {urlsplit(origin).hostname or "" for origin in config.settings().push_hosts}
    return push.EndpointRules(
        extra_hosts=frozenset(hosts - config.LOOPBACK),
        allow_loopback=not hosts.isdisjoint(config.LOOPBACK),
    )


def check(endpoint: str, p256dh: str, auth: str) -> None:
    """Whether a subscription may be kept. Raises Invalid (422) naming the field."""
    try:
        checked(push.Subscription(endpoint, p256dh, auth), endpoint_rules())
    except push.BadSubscription as bad:
        field = "endpoint" if bad.fault is push.SubscriptionFault.SERVICE else str(bad.fault)
        raise Invalid(f"push.{bad.fault}", FAULTS[bad.fault], field) from None


class _Process:
    pusher: push.Pusher | None = None


def pusher() -> push.Pusher:
    """What this process pushes with; its connections stay open until the process stops."""
    if _Process.pusher is None:
        _Process.pusher = push.Pusher(private_key(), _subject(), endpoint_rules())
    return _Process.pusher


async def close() -> None:
    """Close the connections to push services."""
    opened, _Process.pusher = _Process.pusher, None
    if opened is not None:
        await opened.close()


lifetime.closed_by(close)


def _subject() -> str:
    """Whom a push service may ask about us."""
    public_url = config.settings().public_url
    return public_url if public_url.startswith("https://") else "mailto:office@localhost"
