"""How often one client may ask: a fixed price for every route, counted per client.

Counts live in the process, or in Valkey for several machines (settings.limits_url).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string

from server.core.web.problems import TooMany

__all__ = ["Limit", "RateLimits"]

Span = Literal["second", "minute", "hour", "day"]
ITEMS: dict[Span, type[RateLimitItem]] = {
    "second": RateLimitItemPerSecond,
    "minute": RateLimitItemPerMinute,
    "hour": RateLimitItemPerHour,
    "day": RateLimitItemPerDay,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` requests a `per` from one client: `Limit(20, "hour")`."""

    times: int
    per: Span

    def __post_init__(self) -> None:
        if self.times < 1 or self.per not in ITEMS:
            raise ValueError(f"not a limit: {self}")

    @property
    def item(self) -> RateLimitItem:
        return ITEMS[self.per](self.times)


class RateLimits:
    """The counters of one process, or of all through Valkey. `url` None counts in memory;
    "off" counts nothing (refused in production by config.py)."""

    def __init__(self, url: str | None) -> None:
        self.open = url == "off"
        storage: Storage
        if url is None or self.open:
            storage = MemoryStorage()
        else:
            storage = storage_from_string(f"async+{url}")  # type: ignore[assignment]
        self._window = SlidingWindowCounterRateLimiter(storage)

    async def spend(self, limit: Limit, route: str, client: str) -> None:
        """Count one request. Raises TooMany with the seconds to wait."""
        if self.open:
            return
        item = limit.item
        if await self._window.hit(item, route, client):
            return
        stats = await self._window.get_window_stats(item, route, client)
        raise TooMany(max(1, int(stats.reset_time - time.time()) + 1))
