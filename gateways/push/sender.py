"""Pushes on their way: to whom, sealed how, and what the answer means."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

from gateways import http
from gateways.push import endpoint as endpoints
from gateways.push.endpoint import EndpointRules, Subscription
from gateways.push.seal import PayloadTooBig, Sealer
from gateways.push.vapid import OriginVapid
from gateways.push.wire import Reply, Wire, WireError

TTL_MAX = timedelta(days=28)
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Urgency(StrEnum):
    """RFC 8030: what may wake a sleeping device."""

    VERY_LOW = "very-low"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The push service has taken it and will hand it to the device."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The subscription is dead (404, 410): delete it."""


@dataclass(frozen=True, slots=True)
class TooBig:
    """Too long for us (nothing was sent) or for the service (413): shorten it, do not repeat it."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not now: `after` where the service says how long, else when the caller likes."""

    after: timedelta | None
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused for good; the subscription may be right and our request or key wrong."""

    reason: str


type Outcome = Delivered | Gone | TooBig | RetryAfter | Failed


class Pusher:
    """Sends pushes in the office's name; one a process, used from one event loop.

    `private_pem` is of `vapid.make_keys`; `subject` is a mailto: or https: address at which a push
    service reaches the office.
    """

    def __init__(self, private_pem: bytes, subject: str, rules: EndpointRules) -> None:
        self._vapid = OriginVapid(private_pem, subject)
        self._sealer = Sealer(self._vapid)
        self._wire = Wire(rules)
        self.rules = rules

    @property
    def application_server_key(self) -> str:
        """The public key for `pushManager.subscribe`, base64url."""
        return self._vapid.application_server_key

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._wire.close()

    async def send(
        self,
        subscription: Subscription,
        payload: bytes,
        *,
        ttl: timedelta,
        urgency: Urgency = Urgency.NORMAL,
        topic: str | None = None,
    ) -> Outcome:
        """Push one message. Never raises for what the network or service does.

        `ttl` is how long the service keeps it for a sleeping device; a newer message of the same
        `topic` (at most 32 of A-Z a-z 0-9 _ -) takes its place. Raises BadSubscription for one that
        should never have been kept, ValueError for a wrong ttl or topic.
        """
        if not timedelta(0) <= ttl <= TTL_MAX:
            raise ValueError("a push lives at most 28 days")
        if topic is not None and not _TOPIC.fullmatch(topic):
            raise ValueError("a topic has at most 32 characters of base64url")
        origin = self.rules.origin(subscription.endpoint)
        keys = endpoints.keys_of(subscription)
        try:
            body = self._sealer.seal(payload, keys)
        except PayloadTooBig:
            return TooBig()
        headers = (
            f"TTL: {int(ttl.total_seconds())}\r\nUrgency: {urgency.value}\r\n"
            f"Content-Encoding: aes128gcm\r\nContent-Type: application/octet-stream\r\n"
            f"Authorization: {self._vapid.authorization(origin)}\r\n"
        )
        if topic is not None:
            headers += f"Topic: {topic}\r\n"
        try:
            reply = await self._wire.post(
                origin, subscription.endpoint[len(origin) :], headers, body
            )
        except WireError as error:
            return RetryAfter(None, str(error))
        if reply.status in {401, 403}:
            self._vapid.forget(origin)
        return _meaning(reply)


def _meaning(reply: Reply) -> Outcome:
    status = reply.status
    if status in {200, 201, 202, 204}:
        return Delivered()
    if status in {404, 410}:
        return Gone()
    if status == 413:
        return TooBig()
    if status == 429 or status >= 500:
        return RetryAfter(http.retry_after(reply.headers), f"HTTP {status}")
    return Failed(f"HTTP {status}")
