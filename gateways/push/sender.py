"""Pushes on their way: hundreds in flight over one session, and what each answer means."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from socket import AF_UNSPEC, AddressFamily
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from gateways import http
from gateways.push import endpoint as endpoints
from gateways.push.endpoint import EndpointRules, Subscription
from gateways.push.seal import PayloadTooBig, Sealer
from gateways.push.vapid import OriginVapid

TTL_MAX = timedelta(days=28)
_IN_FLIGHT_MAX = 200
_TIMEOUT = aiohttp.ClientTimeout(total=20.0, sock_connect=5.0)
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


class _Resolver(AbstractResolver):
    """Names resolved as usual, but never to an address inside the house."""

    def __init__(self, rules: EndpointRules) -> None:
        self._rules = rules
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if self._rules.may_reach(result["host"])]
        if not public:
            raise OSError(None, "the name leads to no public address")
        return public

    async def close(self) -> None:
        await self._resolver.close()


class Pusher:
    """Sends pushes in the office's name; one a process, used from one event loop.

    `private_pem` is of `vapid.make_keys`; `subject` is a mailto: or https: address at which a push
    service reaches the office.
    """

    def __init__(self, private_pem: bytes, subject: str, rules: EndpointRules) -> None:
        self._vapid = OriginVapid(private_pem, subject)
        self._sealer = Sealer(self._vapid)
        self._session: aiohttp.ClientSession | None = None
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
        # Taken away first: whoever sends while it closes opens one of their own.
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=_IN_FLIGHT_MAX, resolver=_Resolver(self.rules), ttl_dns_cache=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=_TIMEOUT,
                trust_env=False,
                skip_auto_headers=("User-Agent",),
            )
        return self._session

    async def send(
        self,
        subscription: Subscription,
        payload: bytes,
        *,
        ttl: timedelta,
        urgency: Urgency = Urgency.NORMAL,
        topic: str | None = None,
    ) -> Outcome:
        """Push one message of JSON. Never raises for what the network or service does.

        `ttl` is how long the service keeps it for a sleeping device; a newer message of the same
        `topic` (at most 32 of A-Z a-z 0-9 _ -) takes its place. Raises BadSubscription for one that
        should never have been kept, ValueError for a wrong ttl or topic.
        """
        if not timedelta(0) <= ttl <= TTL_MAX:
            raise ValueError("a push lives at most 28 days")
        if topic is not None and not _TOPIC.fullmatch(topic):
            raise ValueError("a topic has at most 32 characters of base64url")
        endpoints.check_keys(subscription.p256dh, subscription.auth)
        origin = self.rules.origin(subscription.endpoint)
        try:
            body = self._sealer.seal(payload, subscription)
        except PayloadTooBig:
            return TooBig()
        headers = {
            "TTL": str(int(ttl.total_seconds())),
            "Urgency": urgency.value,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._vapid.authorization(origin),
        }
        if topic is not None:
            headers["Topic"] = topic
        return await self._post(subscription.endpoint, origin, headers, body)

    async def _post(
        self, endpoint: str, origin: str, headers: dict[str, str], body: bytes
    ) -> Outcome:
        try:
            async with self._open().post(
                endpoint, data=body, headers=headers, allow_redirects=False
            ) as response:
                status = response.status
                wait = http.retry_after(response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return RetryAfter(None, type(error).__name__)
        if status in {401, 403}:
            self._vapid.forget(origin)
        return _meaning(status, wait)


def _meaning(status: int, wait: timedelta | None) -> Outcome:
    if status in {200, 201, 202, 204}:
        return Delivered()
    if status in {404, 410}:
        return Gone()
    if status == 413:
        return TooBig()
    if status == 429 or status >= 500:
        return RetryAfter(wait, f"HTTP {status}")
    return Failed(f"HTTP {status}")
