"""What is pushed (RFC 8291, aes128gcm): only the device can read it, and its size tells nothing."""

from webpush import WebPush
from webpush.types import WebPushKeys, WebPushSubscription

from gateways.push.endpoint import Subscription
from gateways.push.vapid import OriginVapid

# Push services take 4,096 bytes and count their own headers into it; 3,900 pass everywhere.
SEALED_MAX = 3_900
_OVERHEAD = 16 + 4 + 1 + 65 + 16 + 1  # salt, record size, key, tag, the delimiter after the payload
PAYLOAD_MAX = SEALED_MAX - _OVERHEAD
BUCKETS = (512, 1_024, 2_048, PAYLOAD_MAX)


class PayloadTooBig(ValueError):  # noqa: N818
    """More than PAYLOAD_MAX bytes: nothing was sent."""


class Sealer(WebPush):  # type: ignore[misc]
    """The package's encryption, with a limit and with padding, and nothing else of it.

    Its `get` keeps ttl and subscriber of one call for the next, drops the port from `aud`, signs a
    token for each message, and knows neither Urgency nor Topic: those are `sender`'s and `vapid`'s.
    """

    def __init__(self, vapid: OriginVapid) -> None:
        super().__init__(vapid.private_pem, vapid.public_pem)
        self.vapid = vapid

    def seal(self, payload: bytes, subscription: Subscription) -> bytes:
        """Encrypt JSON for one device, under a key pair of its own. Raises PayloadTooBig.

        The package cannot pad the record, so the JSON is padded with spaces, which JSON ignores, to
        one of four sizes.
        """
        size = next((bucket for bucket in BUCKETS if len(payload) <= bucket), None)
        if size is None:
            raise PayloadTooBig(len(payload))
        known = WebPushSubscription.model_construct(
            endpoint=subscription.endpoint,
            keys=WebPushKeys.model_construct(auth=subscription.auth, p256dh=subscription.p256dh),
        )
        return bytes(self._encrypt(payload.ljust(size), known))
