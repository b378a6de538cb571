"""Where a request comes from; forwarded addresses count only from proxies that we trust."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from quart import request

from server import config

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Proxies", "client"]


FORWARDED: Final = b"x-forwarded-for"


class Proxies:
    """The networks of MADANG_TRUSTED_PROXIES."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    def client(self, address: str, forwarded: str) -> str:
        """The first address, from the nearest on, that is none of our proxies.

        IPv6 addresses count by their /64: that is one household.
        """
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while hops and self._trusted(address) and _parsed(hops[-1]) is not None:
            address = hops.pop()
        return _network(address)

    def of_scope(self, scope: Any) -> str:
        """The same for an ASGI scope."""
        address = (scope.get("client") or ["unknown"])[0]
        if not self._networks:
            return _network(address)
        forwarded = [value for name, value in scope["headers"] if name.lower() == FORWARDED]
        return self.client(address, b",".join(forwarded).decode("latin-1"))

    def _trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    parsed = _parsed(address)
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def client() -> str:
    """The reader's address, proxies considered; what limits and throttles count against."""
    return Proxies(config.settings().trusted_proxies).of_scope(request.scope)
