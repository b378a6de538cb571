"""Who pushes (RFC 8292): the office's key, and a token per origin, signed twice a day."""

import re
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from webpush.vapid import VAPID

LIFETIME_SECONDS = 12 * 3600
_RENEW_SECONDS = 2 * 3600
_ORIGINS_MAX = 256
_SUBJECT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://[^\s/]+(/\S*)?")


def make_keys() -> bytes:
    """A new private key, PEM (PKCS 8). Browsers are bound to it: it is made once and kept."""
    private_pem, _, _ = VAPID.generate_keys()
    return bytes(private_pem)


def application_server_key(private_pem: bytes) -> str:
    """The public key as `pushManager.subscribe` wants it: 65 bytes in base64url."""
    return str(VAPID.get_application_server_key(_private_key(private_pem).public_key()))


def _private_key(private_pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(private_pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("a VAPID key is a private key on P-256")
    return key


class OriginVapid(VAPID):  # type: ignore[misc]
    """The package's VAPID with the port kept in `aud` and one token signed for many pushes."""

    def __init__(self, private_pem: bytes, subject: str) -> None:
        if not _SUBJECT.fullmatch(subject):
            raise ValueError("the VAPID subject is a mailto: or https: address")
        key = _private_key(private_pem)
        public_pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        super().__init__(private_key=private_pem, public_key=public_pem)
        self.private_pem, self.public_pem = private_pem, public_pem
        self.application_server_key = application_server_key(private_pem)
        self._key = key
        self._subject = subject
        self._headers: dict[str, tuple[float, str]] = {}

    def authorization(self, origin: str) -> str:
        """The `Authorization` header for a push service; the token lives for at most 12 hours."""
        now = time.time()
        renew_at, header = self._headers.get(origin, (0.0, ""))
        if now < renew_at:
            return header
        claims = {"aud": origin, "exp": int(now) + LIFETIME_SECONDS, "sub": self._subject}
        token = jwt.encode(claims, self._key, algorithm="ES256")
        header = f"vapid t={token}, k={self.application_server_key}"
        if len(self._headers) >= _ORIGINS_MAX:
            self._headers.clear()
        self._headers[origin] = (now + LIFETIME_SECONDS - _RENEW_SECONDS, header)
        return header

    def forget(self, origin: str) -> None:
        """Sign anew next time: the service has refused the token."""
        self._headers.pop(origin, None)
