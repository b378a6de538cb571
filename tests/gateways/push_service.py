"""A push service of our own: checks what a real one checks, decrypts as a browser would, records.

async with PushService() as service:
    sub = service.subscription()            # endpoint, p256dh, auth: what a browser would give
    ...                                     # the application pushes to sub.endpoint
    (payload,) = service.received(sub)      # decrypted bytes, exactly as a page would get them
"""

import asyncio
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Self

import http_ece
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BODY_MAX = 4096
TTL_MAX = 28 * 24 * 3600


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One subscription: what the page tells the server, and what only the browser knows."""

    endpoint: str
    p256dh: str
    auth: str
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    def to_json(self) -> dict[str, object]:
        """As `PushSubscription.toJSON()` gives it."""
        return {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": self.p256dh, "auth": self.auth},
        }

    def decrypt(self, body: bytes) -> bytes:
        return bytes(
            http_ece.decrypt(
                body,
                private_key=self.private_key,
                auth_secret=unbase64url(self.auth),
                version="aes128gcm",
            )
        )


@dataclass(frozen=True)
class Push:
    """One push as it came in and was found right."""

    payload: bytes
    headers: dict[str, str]
    body: bytes
    claims: dict[str, object]
    application_server_key: str

    def json(self) -> object:
        return json.loads(self.payload)


class PushService:
    """Listens on 127.0.0.1 at a free port. `faults` keeps what was wrong with refused pushes."""

    def __init__(self, application_server_key: str | None = None) -> None:
        self.application_server_key = application_server_key
        self.origin = ""
        self.faults: list[str] = []
        self._devices: dict[str, Device] = {}
        self._pushes: dict[str, list[Push]] = {}
        self._answers: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self._numbers = count(1)
        self._came = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> Self:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/push/{name}", self._push)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{bound}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def subscription(self) -> Device:
        """A new subscription at this service; its private key stays here."""
        name = f"device-{next(self._numbers)}"
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        auth = base64url(name.encode().ljust(16, b".")[:16])
        device = Device(f"{self.origin}/push/{name}", base64url(point), auth, key)
        self._devices[name] = device
        self._pushes[name] = []
        return device

    def answer(self, device: Device, status: int, *, times: int = 1, **headers: str) -> None:
        """Answer the next pushes to a device with this status instead of taking them."""
        name = self._name(device)
        more = {key.replace("_", "-"): value for key, value in headers.items()}
        self._answers.setdefault(name, []).extend([(status, more)] * times)

    def received(self, device: Device) -> list[bytes]:
        """The decrypted payloads of the pushes taken, in order."""
        return [push.payload for push in self.pushes(device)]

    def pushes(self, device: Device) -> list[Push]:
        """As `received`, with headers, body and VAPID claims."""
        return list(self._pushes[self._name(device)])

    async def wait_for(self, device: Device, number: int = 1, seconds: float = 10.0) -> list[bytes]:
        """The payloads once there are `number` of them; TimeoutError if they do not come."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self._pushes[self._name(device)]) >= number)
        return self.received(device)

    @staticmethod
    def _name(device: Device) -> str:
        return device.endpoint.rsplit("/", 1)[1]

    async def _push(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        device = self._devices.get(name)
        if device is None:
            return web.Response(status=404)
        planned = self._answers.get(name)
        if planned:
            status, headers = planned.pop(0)
            return web.Response(status=status, headers=headers)
        body = await request.read()
        try:
            push = self._checked(request, device, body)
        except Refused as refused:
            self.faults.append(str(refused))
            return web.Response(status=refused.status, text=str(refused))
        self._pushes[name].append(push)
        async with self._came:
            self._came.notify_all()
        return web.Response(status=201, headers={"Location": f"{self.origin}/message/{name}"})

    def _checked(self, request: web.Request, device: Device, body: bytes) -> Push:
        headers = request.headers
        if len(body) > BODY_MAX:
            raise Refused(413, f"{len(body)} bytes")
        if headers.get("Content-Encoding") != "aes128gcm":
            raise Refused(415, "Content-Encoding is not aes128gcm")
        ttl = headers.get("TTL", "")
        if not ttl.isdigit() or int(ttl) > TTL_MAX:
            raise Refused(400, "TTL is missing or wrong")
        if headers.get("Urgency", "normal") not in {"very-low", "low", "normal", "high"}:
            raise Refused(400, "Urgency is wrong")
        if len(headers.get("Topic", "")) > 32:
            raise Refused(400, "Topic is too long")
        claims, key = self._vapid(headers.get("Authorization", ""))
        try:
            payload = device.decrypt(body)
        except (http_ece.ECEException, ValueError) as error:
            raise Refused(400, f"cannot be decrypted: {error}") from error
        return Push(payload, dict(headers), body, claims, key)

    def _vapid(self, authorization: str) -> tuple[dict[str, object], str]:
        """RFC 8292: signature by the key given, `aud` this origin with its port, `exp`, `sub`."""
        scheme, _, rest = authorization.partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or not {"t", "k"} <= fields.keys():
            raise Refused(401, "there is no VAPID authorization")
        expected = self.application_server_key
        if expected is not None and fields["k"] != expected:
            raise Refused(403, "subscribed with another application server key")
        try:
            public = ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP256R1(), unbase64url(fields["k"])
            )
            claims = jwt.decode(fields["t"], public, algorithms=["ES256"], audience=self.origin)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Refused(403, f"VAPID: {type(error).__name__}") from error
        if not time.time() < float(claims["exp"]) <= time.time() + 24 * 3600:
            raise Refused(403, "VAPID: exp is more than a day away")
        if not str(claims.get("sub", "")).startswith(("mailto:", "https://")):
            raise Refused(403, "VAPID: sub is missing")
        return claims, fields["k"]


class Refused(Exception):  # noqa: N818
    """A push that a real service would refuse, with the status it would answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
