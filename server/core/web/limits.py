"""How often one client may ask: a fixed price for every route, counted per client.

Counts live in the process; for several machines in Valkey (MADANG_LIMITS_URL).
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, time
from typing import TYPE_CHECKING, Final, Literal, Protocol

import structlog

from server.config import ConfigError
from server.core.web.problems import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger("madang.web")

__all__ = ["Limit", "RateLimits", "Windows"]

type Span = Literal["second", "minute", "hour", "day"]

SECONDS: Final[dict[Span, int]] = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
OFF: Final = "off"
CLIENTS_MAX: Final = 200_000
ALONE_SECONDS: Final = 10.0
"""So long no request waits for a Valkey that did not answer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` requests a `per` from one client: `Limit(20, "hour")`."""

    times: int
    per: Span

    def __post_init__(self) -> None:
        if self.times < 1 or self.per not in SECONDS:
            raise ValueError(f"not a limit: {self}")


class Counts(Protocol):
    """Counts one request; the seconds to wait where it is one too many, else 0."""

    async def spend(self, limit: Limit, route: str, client: str) -> float: ...


@dataclass(slots=True)
class _Window:
    number: int
    ends: float
    now: int = 0
    before: int = 0


class Windows:
    """Sliding windows in this process: the last window counts in proportion to what is left of
    it. A refused request is not counted."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str, str], _Window] = {}

    async def spend(self, limit: Limit, route: str, client: str) -> float:
        moment, span = self._clock(), SECONDS[limit.per]
        window = self._current(limit.per, route, client, moment, span)
        left = (window.ends - moment) / span
        if window.now + window.before * left + 1 > limit.times:
            return self._wait(window, limit, moment, span)
        window.now += 1
        return 0

    def _current(self, per: str, route: str, client: str, moment: float, span: int) -> _Window:
        key, number = (per, route, client), int(moment // span)
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= CLIENTS_MAX:
                self._forget(moment)
            window = self._windows[key] = _Window(number, (number + 1) * span)
        elif window.number != number:
            followed = window.number + 1 == number
            window.before, window.now = (window.now if followed else 0), 0
            window.number, window.ends = number, (number + 1) * span
        return window

    def _wait(self, window: _Window, limit: Limit, moment: float, span: int) -> float:
        """Seconds until one more request would fit."""
        if window.now + 1 <= limit.times:
            fits = window.ends - span * (limit.times - window.now - 1) / window.before
        else:
            fits = window.ends + span * (1 - (limit.times - 1) / window.now)
        return max(fits - moment, 0.001)

    def _forget(self, moment: float) -> None:
        """Drop windows that no longer count; where an attack filled them all, all."""
        gone = [key for key, w in self._windows.items() if w.ends + SECONDS[key[0]] <= moment]  # type: ignore[index]
        for key in gone:
            del self._windows[key]
        if len(self._windows) >= CLIENTS_MAX:
            self._windows.clear()


class _Valkey:
    """The same through `limits` in a Valkey that all processes share; while it does not answer
    each process counts for itself."""

    def __init__(self, url: str) -> None:
        from limits.aio.strategies import SlidingWindowCounterRateLimiter
        from limits.errors import ConfigurationError
        from limits.storage import storage_from_string

        try:
            storage = storage_from_string(
                f"async+{url}", wrap_exceptions=True, socket_timeout=1, socket_connect_timeout=1
            )
        except ConfigurationError as error:
            raise ConfigError("MADANG_LIMITS_URL", str(error)) from error
        self._alone = Windows()
        self._down_until = 0.0
        self._window = SlidingWindowCounterRateLimiter(storage)

    async def spend(self, limit: Limit, route: str, client: str) -> float:
        from limits import parse
        from limits.errors import StorageError

        if monotonic() < self._down_until:
            return await self._alone.spend(limit, route, client)
        item = parse(f"{limit.times} per {limit.per}")
        try:
            if await self._window.hit(item, route, client):
                return 0
            stats = await self._window.get_window_stats(item, route, client)
        except StorageError as error:
            log.warning("limits_not_shared", exc_info=error)
            self._down_until = monotonic() + ALONE_SECONDS
            return await self._alone.spend(limit, route, client)
        return max(stats.reset_time - time(), 0.001)


class RateLimits:
    """`url` None counts in memory; "off" counts nothing (config.py refuses it in production)."""

    def __init__(self, url: str | None) -> None:
        self._counts: Counts | None = None
        if url != OFF:
            self._counts = Windows() if url is None else _Valkey(url)

    async def spend(self, limit: Limit, route: str, client: str) -> None:
        """Count one request. Raises TooMany with the whole seconds to wait."""
        if self._counts is None:
            return
        wait = await self._counts.spend(limit, route, client)
        if wait > 0:
            raise TooMany(int(wait) + 1)
