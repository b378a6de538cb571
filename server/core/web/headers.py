"""Security headers on every answer, errors and refusals before routing included."""

from __future__ import annotations

from functools import cache
from typing import Final

__all__ = ["CSP", "NAMES", "PRIVATE", "security_headers"]

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PRIVATE: Final = "private, no-store"
FIXED: Final = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
TLS: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
NAMES: Final = frozenset(name for name, _ in (*FIXED, TLS))


@cache
def security_headers(tls: bool, tiles: str = "") -> tuple[tuple[bytes, bytes], ...]:
    """The headers as ASGI pairs; `tls` adds Strict-Transport-Security (two years). Pictures may
    come from the origin `tiles` besides, where the office has set one for its map."""
    headers = (*FIXED, TLS) if tls else FIXED
    if not tiles:
        return headers
    policy = CSP.replace("img-src 'self'", f"img-src 'self' {tiles}").encode()
    return ((b"content-security-policy", policy), *headers[1:])
