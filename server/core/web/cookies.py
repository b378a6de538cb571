"""The cookies: the session, an anonymous visit, and how to show things (language, contrast, size).

Behind TLS the secret ones carry the `__Host-` prefix; on plain loopback http a browser would
refuse that, so there they go without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quart import after_this_request, g, request

from server import config

if TYPE_CHECKING:
    from quart import Response

__all__ = [
    "PREFERENCES",
    "Display",
    "display",
    "forget_session",
    "keep_preference",
    "remember_session",
    "secure",
    "session_cookie",
    "session_token",
    "visit_cookie",
]

YEAR_SECONDS: Final = 365 * 86_400
PREFERENCES: Final = {
    "lang": ("ko", "en"),
    "contrast": ("normal", "high"),
    "size": ("normal", "large", "huge"),
}


@dataclass(frozen=True, slots=True)
class Display:
    """How this device wants things shown."""

    size: str
    contrast: str


def secure() -> bool:
    """Whether readers come over TLS (the public address says so)."""
    return config.settings().secure


def session_cookie() -> str:
    return "__Host-madang" if secure() else "madang"


def visit_cookie() -> str:
    return "__Host-madang-visit" if secure() else "madang-visit"


def session_token() -> str | None:
    """The session token that this request brought, or that its view has just given."""
    if "session_token" in g:
        given: str | None = g.session_token
        return given
    return request.cookies.get(session_cookie()) or None


def set_secret_cookie(
    response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    response.set_cookie(
        name, value, path="/", httponly=True, samesite="Lax", secure=secure(), max_age=seconds
    )


def remember_session(token: str, seconds: int | None = None) -> None:
    """Sign the reader in: this answer carries the session cookie. None: gone with the browser;
    seconds: kept over restarts of the phone. How long the session lives its row says."""
    g.session_token = token

    @after_this_request
    async def give(response: Response) -> Response:
        set_secret_cookie(response, session_cookie(), token, seconds)
        return response


def forget_session() -> None:
    """Sign the reader out on this device; what was cached for them is cleared."""
    g.session_token = None

    @after_this_request
    async def take(response: Response) -> Response:
        for name in (session_cookie(), visit_cookie()):
            response.delete_cookie(name, path="/", httponly=True, samesite="Lax", secure=secure())
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def display() -> Display:
    """The display cookies, unknown values left out."""
    return Display(size=_preference("size"), contrast=_preference("contrast"))


def _preference(name: str) -> str:
    value = request.cookies.get(name, "")
    return value if value in PREFERENCES[name] else PREFERENCES[name][0]


def keep_preference(response: Response, name: str, value: str) -> None:
    """Keep how this device shows things; unknown values are ignored."""
    if value in PREFERENCES[name]:
        response.set_cookie(
            name, value, path="/", samesite="Lax", secure=secure(), max_age=YEAR_SECONDS
        )
