"""Where a push may go: only to push services that browsers are known to name, and only if the keys
of the subscription are keys. An endpoint comes from a stranger and is called from inside the house.
"""

import ipaddress
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

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
_LABELS = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
_PORT = r"(?::[1-9][0-9]{0,4})?"
# Printable ASCII but space, #, \\ : neither a fragment nor anything that another parser reads
# differently. Names, ports and schemes are matched whole, so there is no room for a user name.
_PATH = r"(?:/[!\"$-\[\]-~]*)?"
_ANY_URL = re.compile(rf"[a-z][a-z0-9+.-]*://[^/\s]+{_PATH}", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_CURVE = ec.SECP256R1()


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


@dataclass(frozen=True)
class EndpointRules:
    """Which services may be called besides the known ones: `extra_hosts` by exact name, and for
    tests `allow_loopback`, also without TLS. Both come from settings, never from a subscription.
    """

    extra_hosts: frozenset[str] = frozenset()
    allow_loopback: bool = False

    @cached_property
    def _allowed(self) -> re.Pattern[str]:
        known = (
            _LABELS + re.escape(host[1:]) if host[0] == "." else re.escape(host)
            for host in KNOWN_SERVICES
        )
        origins = [f"https://(?:{'|'.join(known)})(?::443)?"]
        origins += [f"https://{re.escape(host)}{_PORT}" for host in sorted(self.extra_hosts)]
        if self.allow_loopback:
            origins.append(rf"https?://(?:localhost|127\.0\.0\.1|\[::1\]){_PORT}")
        return re.compile(f"({'|'.join(origins)}){_PATH}", re.IGNORECASE)

    def origin(self, endpoint: str) -> str:
        """Scheme, host and port of an endpoint that may be called. Raises BadSubscription."""
        found = self._allowed.fullmatch(endpoint) if len(endpoint) <= _LENGTH_MAX else None
        if found is not None:
            return found[1].lower()
        looks_right = len(endpoint) <= _LENGTH_MAX and _ANY_URL.fullmatch(endpoint)
        raise BadSubscription(
            SubscriptionFault.SERVICE if looks_right else SubscriptionFault.ENDPOINT
        )

    def may_reach(self, address: str) -> bool:
        """Whether a name may lead to this address: none of ours or of our neighbours."""
        ip = ipaddress.ip_address(address.split("%", 1)[0])
        return ip.is_global or (self.allow_loopback and ip.is_loopback)


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The keys of a subscription, read: the device's public key, its 65 bytes, the secret."""

    public: ec.EllipticCurvePublicKey
    point: bytes
    secret: bytes = field(repr=False)


def keys_of(subscription: Subscription) -> DeviceKeys:
    """Read the keys: a point on the curve and 16 bytes. Raises BadSubscription."""
    point = _decoded(subscription.p256dh, SubscriptionFault.P256DH)
    if len(point) != 65:
        raise BadSubscription(SubscriptionFault.P256DH)
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError:
        raise BadSubscription(SubscriptionFault.P256DH) from None
    secret = _decoded(subscription.auth, SubscriptionFault.AUTH)
    if len(secret) != 16:
        raise BadSubscription(SubscriptionFault.AUTH)
    return DeviceKeys(public, point, secret)


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
    keys_of(subscription)
