"""One exchange with a provider over HTTP, and what may be concluded when it fails.

Only a connection that was never made proves that nothing was sent; whatever happens after that is
ambiguous, for the provider may have acted on what it read.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from gateways.contract import Misconfigured, Rejected, Unknown

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
_IN_FLIGHT_MAX = 200
# Below the idle time-out of any provider: a request must not meet a connection that is being
# closed, for then nobody can tell whether it was read.
_KEEP_ALIVE_SECONDS = 4.0
_BODY_MAX = 1_000_000


class NeverSent(Exception):  # noqa: N818
    """Certain: no connection was made, so the provider has read nothing."""


class Ambiguous(Exception):  # noqa: N818
    """The request may have been read and acted on, or not."""


def concluded(error: NeverSent | Ambiguous) -> Rejected | Unknown:
    """What a failed exchange says of the order that it was to place."""
    if isinstance(error, NeverSent):
        return Rejected(f"unreachable_{error}", permanent=False)
    return Unknown(str(error))


def refused(status: int) -> bool:
    """Whether an answer's status says that nothing was taken; 408, a time-out, does not."""
    return 400 <= status < 500 and status != 408


def rate_limited(headers: Mapping[str, str]) -> Rejected:
    """A 429: not taken, and to be left alone for as long as `Retry-After` asks."""
    return Rejected("rate_limited", permanent=False, retry_after=retry_after(headers))


def moment(said: object, otherwise: datetime) -> datetime:
    """A time as a provider writes it; `otherwise` where it is none, or nobody can say which."""
    try:
        told = datetime.fromisoformat(str(said))
    except ValueError:
        return otherwise
    return told if told.tzinfo is not None else otherwise


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer in full."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What `Retry-After` asks for, in seconds or as a date against the answer's own `Date`."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers["Date"])
    except (ValueError, KeyError, TypeError):
        return None
    return min(max(wait, timedelta(0)), timedelta(days=1))


def open_session(*, limit: int = _IN_FLIGHT_MAX) -> aiohttp.ClientSession:
    """A session for providers: no cookies, no proxy from the environment, short keep-alive."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limit, keepalive_timeout=_KEEP_ALIVE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


def whole(secrets: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A setting that is a whole number. Raises Misconfigured naming it and its bounds."""
    text = secrets.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise Misconfigured(f"{name} must be {least} to {most}")
    return int(text)


def basic_auth(user: str, password: str) -> str:
    """The value of an `Authorization` header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _timeout(connect_seconds: float, answer_seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=connect_seconds + answer_seconds,
        sock_connect=connect_seconds,
        sock_read=answer_seconds,
    )


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: Any = None,
    params: Mapping[str, str] | None = None,
    connect_seconds: float | None = None,
    answer_seconds: float | None = None,
) -> Exchange:
    """Send one request and read its answer, at most 1 MB; no redirect is followed.

    It ends for certain after both times together, however slowly the answer drips.

    Raises NeverSent or Ambiguous; an answer of any status is returned.
    """
    try:
        async with session.request(
            method,
            url,
            headers=CIMultiDict(headers or {}),
            data=data,
            params=params,
            allow_redirects=False,
            timeout=_timeout(connect_seconds or CONNECT_SECONDS, answer_seconds or ANSWER_SECONDS),
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _BODY_MAX:
                    raise Ambiguous("an answer of more than 1 MB")
            return Exchange(response.status, response.headers, bytes(body))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NeverSent(type(error).__name__) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Ambiguous(type(error).__name__) from error
