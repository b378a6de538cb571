"""The outermost ring, before anything is routed: readable addresses, and on every answer the
security headers, those of errors included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from server.core.web.headers import security_headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

__all__ = ["Gate"]


class Gate:
    """Wraps the application's ASGI entry for HTTP."""

    def __init__(
        self, inner: Callable[[Any, Any, Any], Awaitable[None]], tls: Callable[[], bool]
    ) -> None:
        self._inner = inner
        self._tls = tls

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        ours = security_headers(self._tls())

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() not in _NAMES]
                message = {**message, "headers": [*kept, *ours]}
            await send(message)

        if not _readable(scope):
            scope = {**scope, "path": "/\ufffd", "query_string": b""}
        await self._inner(scope, receive, send_guarded)


_NAMES = {name for name, _ in security_headers(True)}


def _readable(scope: HTTPScope) -> bool:
    """Whether the address is UTF-8 without NUL; otherwise it is answered with a clear 400."""
    raw = scope.get("raw_path") or scope["path"].encode()
    for part in (raw, scope["query_string"].replace(b"+", b" ")):
        plain = unquote_to_bytes(part) if b"%" in part else part
        try:
            plain.decode()
        except UnicodeDecodeError:
            return False
        if b"\0" in plain:
            return False
    return "\ufffd" not in scope["path"]
