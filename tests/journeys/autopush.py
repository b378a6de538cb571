"""Mozilla's push service in small, as Firefox speaks to it: a WebSocket to each browser, and an
endpoint for each subscription on which an office leaves what it has encrypted.

It cannot read what passes through: the keys are in the browser. What a real service checks it
checks: RFC 8030's headers, RFC 8291's coding, and RFC 8292's signature by the very key that the
browser subscribed with.
"""

import asyncio
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import jwt
from aiohttp import WSMsgType, web
from cryptography.hazmat.primitives.asymmetric import ec

BODY_MAX = 4096


@dataclass
class Subscription:
    """A channel of a browser, and the office's key for which alone it takes anything."""

    channel: str
    key: str
    browser: web.WebSocketResponse


class Autopush:
    """Listens on 127.0.0.1 at a free port. Use as an async context manager.

    `passed` are the bodies that were handed on, `acknowledged` how many the browser has read;
    `faults` what was wrong with refused ones.
    """

    def __init__(self) -> None:
        self.origin = ""
        self.passed: list[bytes] = []
        self.acknowledged = 0
        self.faults: list[str] = []
        self._subscriptions: dict[str, Subscription] = {}
        self._runner: web.AppRunner

    @property
    def socket(self) -> str:
        """The address for Firefox's setting dom.push.serverURL."""
        return self.origin.replace("http", "ws", 1) + "/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_get("/", self._browser)
        app.router.add_post("/wpush/v2/{name}", self._push)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.origin = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for subscription in self._subscriptions.values():
            await subscription.browser.close()
        await self._runner.cleanup()

    async def _browser(self, request: web.Request) -> web.WebSocketResponse:
        browser = web.WebSocketResponse(protocols=("push-notification",))
        await browser.prepare(request)
        async for message in browser:
            if message.type is WSMsgType.TEXT:
                answer = self._answer(json.loads(message.data), browser)
                if answer is not None:
                    await browser.send_json(answer)
        return browser

    def _answer(self, said: dict[str, Any], browser: web.WebSocketResponse) -> Any:
        match said.get("messageType"):
            case None:
                return {}  # a ping
            case "hello":
                name = said.get("uaid") or uuid4().hex
                return {"messageType": "hello", "status": 200, "uaid": name, "use_webpush": True}
            case "register":
                return self._registered(said["channelID"], said.get("key", ""), browser)
            case "unregister":
                for name, one in list(self._subscriptions.items()):
                    if one.channel == said["channelID"]:
                        del self._subscriptions[name]
                return {**said, "status": 200}
            case "ack":
                self.acknowledged += len(said["updates"])
        return None

    def _registered(self, channel: str, key: str, browser: web.WebSocketResponse) -> dict[str, Any]:
        name = uuid4().hex
        self._subscriptions[name] = Subscription(channel, key, browser)
        return {
            "messageType": "register",
            "status": 200,
            "channelID": channel,
            "pushEndpoint": f"{self.origin}/wpush/v2/{name}",
        }

    async def _push(self, request: web.Request) -> web.Response:
        subscription = self._subscriptions.get(request.match_info["name"])
        if subscription is None:
            return web.Response(status=410)
        body = await request.read()
        if fault := self._fault(request, subscription, body):
            self.faults.append(fault)
            return web.Response(status=400, text=fault)
        self.passed.append(body)
        await subscription.browser.send_json(
            {
                "messageType": "notification",
                "channelID": subscription.channel,
                "version": uuid4().hex,
                "data": urlsafe_b64encode(body).rstrip(b"=").decode(),
                "headers": {"encoding": "aes128gcm"},
            }
        )
        await asyncio.sleep(0)
        return web.Response(status=201, headers={"Location": f"{self.origin}/m/{uuid4().hex}"})

    def _fault(self, request: web.Request, subscription: Subscription, body: bytes) -> str:
        """What is wrong with a push, or nothing."""
        if request.headers.get("Content-Encoding") != "aes128gcm":
            return "the coding is not aes128gcm"
        if not request.headers.get("TTL", "").isdigit():
            return "TTL is missing"
        if len(body) > BODY_MAX:
            return f"{len(body)} bytes are too many"
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or _bytes(fields["k"]) != _bytes(subscription.key):
            return "not signed by the key that the browser subscribed with"
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(fields["k"]))
        try:
            claims = jwt.decode(fields["t"], public, algorithms=["ES256"], audience=self.origin)
        except jwt.InvalidTokenError as error:
            return f"VAPID: {type(error).__name__}"
        if not time.time() < float(claims["exp"]) <= time.time() + 24 * 3600:
            return "VAPID: exp is more than a day away"
        return ""


def _bytes(base64url: str) -> bytes:
    return urlsafe_b64decode(base64url.rstrip("=") + "=" * (-len(base64url.rstrip("=")) % 4))
