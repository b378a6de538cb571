"""What is pushed (RFC 8291, aes128gcm): only the device can read it, and its size tells nothing."""

import hmac
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webpush import WebPush

from gateways.push.endpoint import DeviceKeys
from gateways.push.vapid import OriginVapid

# Push services take 4,096 bytes and count their own headers into it; 3,900 pass everywhere.
SEALED_MAX = 3_900
_OVERHEAD = 16 + 4 + 1 + 65 + 16 + 1  # salt, record size, key, tag, the delimiter after the payload
PAYLOAD_MAX = SEALED_MAX - _OVERHEAD
BUCKETS = (512, 1_024, 2_048, PAYLOAD_MAX)

_CURVE = ec.SECP256R1()
_ECDH = ec.ECDH()


class PayloadTooBig(ValueError):  # noqa: N818
    """More than PAYLOAD_MAX bytes: nothing was sent."""


class Sealer(WebPush):  # type: ignore[misc]
    """The package's encryption, padded and in half its time; nothing else of the package is used.

    Its `get` keeps ttl and subscriber of one call for the next, drops the port from `aud`, signs a
    token for each message, and knows neither Urgency nor Topic: those are `sender`'s and `vapid`'s.
    """

    def __init__(self, vapid: OriginVapid) -> None:
        super().__init__(vapid.private_pem, vapid.public_pem)
        self.vapid = vapid

    def seal(self, payload: bytes, keys: DeviceKeys) -> bytes:
        """Encrypt for one device, padded to one of four sizes. Raises PayloadTooBig."""
        size = next((bucket for bucket in BUCKETS if len(payload) <= bucket), None)
        if size is None:
            raise PayloadTooBig(len(payload))
        return self._encrypt((payload + b"\x02").ljust(size + 1, b"\0"), keys)

    def _encrypt(self, message: bytes, subscription: DeviceKeys) -> bytes:
        """One record, its delimiter and padding in `message`, under a key pair of its own."""
        ours = ec.generate_private_key(_CURVE)
        point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        shared = ours.exchange(_ECDH, subscription.public)
        salt = os.urandom(16)
        info = b"WebPush: info\0" + subscription.point + point
        secret = _hkdf(subscription.secret, shared, info, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        sealed = AESGCM(key).encrypt(nonce, message, None)
        return salt + struct.pack("!LB", self.max_resord_size, len(point)) + point + sealed


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, for at most one block of SHA-256."""
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")[:length]
