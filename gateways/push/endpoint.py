"""Where a push may go: only to push services that browsers are known to name, and only if the keys
of the subscription are keys. An endpoint comes from a stranger and is called from inside the house.
"""

import ipaddress
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

# A leading dot stands for any name below. Chrome, Edge, Samsung, Opera, Brave and others use FCM.
KNOWN_SERVICES = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
)
_LENGTH_MAX = 1024
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_KEY = re.compile(r"[A-Za-z0-9_-]+={0,2}")


class SubscriptionFault(StrEnum):
    """What is wrong with a subscription."""

    ENDPOINT = "endpoint"
    SERVICE = "service"
    P256DH = "p256dh"
    AUTH = "auth"


class BadSubscription(ValueError):  # noqa: N818
    """A subscription that is not kept and never called; `fault` says which part."""

    def __init__(self, fault: SubscriptionFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser's `PushSubscription` says: endpoint and keys in base64url."""

    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointRules:
    """Which services may be called besides the known ones: `extra_hosts` by exact name, and for
    tests `allow_loopback`, also without TLS. Both come from settings, never from a subscription.
    """

    extra_hosts: frozenset[str] = frozenset()
    allow_loopback: bool = False

    def origin(self, endpoint: str) -> str:
        """Scheme, host and port of an endpoint that may be called. Raises BadSubscription."""
        parts = _parts(endpoint)
        host = parts.hostname or ""
        if host in _LOOPBACK_NAMES:
            if not self.allow_loopback or parts.scheme not in {"http", "https"}:
                raise BadSubscription(SubscriptionFault.SERVICE)
        elif parts.scheme != "https" or not self._serves(host, parts.port):
            raise BadSubscription(SubscriptionFault.SERVICE)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    def _serves(self, host: str, port: int | None) -> bool:
        if host in self.extra_hosts:
            return True
        if port not in {None, 443} or _is_address(host):
            return False
        return any(
            host.endswith(known) if known[0] == "." else host == known for known in KNOWN_SERVICES
        )

    def may_reach(self, address: str) -> bool:
        """Whether a name may lead to this address: none of ours or of our neighbours."""
        ip = ipaddress.ip_address(address.split("%", 1)[0])
        return ip.is_global or (self.allow_loopback and ip.is_loopback)


def _parts(endpoint: str) -> SplitResult:
    if len(endpoint) > _LENGTH_MAX or not endpoint.isascii() or not endpoint.isprintable():
        raise BadSubscription(SubscriptionFault.ENDPOINT)
    if " " in endpoint or "\\" in endpoint:
        raise BadSubscription(SubscriptionFault.ENDPOINT)
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise BadSubscription(SubscriptionFault.ENDPOINT) from None
    if not parts.hostname or "@" in parts.netloc or parts.fragment or port == 0:
        raise BadSubscription(SubscriptionFault.ENDPOINT)
    return parts


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def public_point(p256dh: str) -> bytes:
    """The 65 bytes of a browser's public key, checked to lie on the curve."""
    point = _decoded(p256dh, SubscriptionFault.P256DH)
    if len(point) != 65:
        raise BadSubscription(SubscriptionFault.P256DH)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadSubscription(SubscriptionFault.P256DH) from None
    return point


def auth_secret(auth: str) -> bytes:
    """The 16 bytes that only the browser and we know."""
    secret = _decoded(auth, SubscriptionFault.AUTH)
    if len(secret) != 16:
        raise BadSubscription(SubscriptionFault.AUTH)
    return secret


def _decoded(text: str, fault: SubscriptionFault) -> bytes:
    if not _KEY.fullmatch(text):
        raise BadSubscription(fault)
    bare = text.rstrip("=")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (Base64Error, ValueError):
        raise BadSubscription(fault) from None


def check(subscription: Subscription, rules: EndpointRules) -> None:
    """Whether a subscription may be kept. Raises BadSubscription."""
    rules.origin(subscription.endpoint)
    check_keys(subscription.p256dh, subscription.auth)


def check_keys(p256dh: str, auth: str) -> None:
    """Whether the keys are a point on the curve and 16 bytes. Raises BadSubscription."""
    public_point(p256dh)
    auth_secret(auth)
