"""The cookies: the session, an anonymous visit, and how to show things (language, contrast, size).

Behind TLS the secret ones carry the `__Host-` prefix; on plain loopback http a browser would
refuse that, so there they go without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quart import g, request

from server import config

if TYPE_CHECKING:
    from quart import Response

__all__ = [
    "PREFERENCES",
    "case_cookie",
    "close_case",
    "drop",
    "forget_session",
    "open_case",
    "prefer",
    "preference",
    "put",
    "remember_session",
    "secure",
    "serve",
    "session_cookie",
    "session_token",
    "visit_cookie",
]

YEAR_SECONDS: Final = 365 * 86_400
PREFERENCES: Final = {
    "lang": ("ko", "en"),
    "contrast": ("light", "high"),
    "text": ("normal", "large", "larger"),
}


@dataclass(frozen=True, slots=True)
class _Cookie:
    value: str
    seconds: int | None
    secret: bool = True


def secure() -> bool:
    """Whether readers come over TLS (the public address says so)."""
    return config.settings().secure


def session_cookie() -> str:
    return "__Host-madang" if secure() else "madang"


def visit_cookie() -> str:
    return "__Host-madang-visit" if secure() else "madang-visit"


def case_cookie() -> str:
    """The cookie of a case that was opened with its own password."""
    return "__Host-madang-case" if secure() else "madang-case"


def open_case(value: str, seconds: int) -> None:
    """Let this browser into one case for so long."""
    put(case_cookie(), value, seconds)


def close_case() -> None:
    """Let it in no more."""
    drop(case_cookie())


def session_token() -> str | None:
    """The session token that this request brought, or that its view has just given."""
    if "session_token" in g:
        given: str | None = g.session_token
        return given
    return request.cookies.get(session_cookie()) or None


def put(name: str, value: str, seconds: int | None = None) -> None:
    """Have the answer set a secret cookie, gone with the browser unless it has an age."""
    _jar()[name] = _Cookie(value, seconds)


def prefer(name: str, value: str) -> None:
    """Keep how this device shows things for a year; unknown values are ignored."""
    if value in PREFERENCES[name]:
        _jar()[name] = _Cookie(value, YEAR_SECONDS, secret=False)


def drop(name: str) -> None:
    """Have the answer take a cookie away."""
    _jar()[name] = _Cookie("", 0)


def _jar() -> dict[str, _Cookie]:
    if "jar" not in g:
        g.jar = {}
    jar: dict[str, _Cookie] = g.jar
    return jar


def serve(response: Response) -> None:
    """Write what was put and dropped into the answer."""
    for name, cookie in _jar().items():
        response.set_cookie(
            name,
            cookie.value,
            max_age=cookie.seconds,
            path="/",
            httponly=cookie.secret,
            samesite="Lax",
            secure=secure(),
        )


def remember_session(token: str, seconds: int | None = None) -> None:
    """Sign the reader in: this answer carries the session cookie. None: gone with the browser;
    seconds: kept over restarts of the phone. How long the session lives its row says."""
    g.session_token = token
    put(session_cookie(), token, seconds)


def forget_session() -> None:
    """Sign the reader out on this device, of a case opened too; what it cached for them is cleared
    (`_finish`)."""
    g.session_token = None
    g.signed_out = True
    drop(session_cookie())
    drop(visit_cookie())
    drop(case_cookie())


def preference(name: str) -> str:
    """How this device wants things shown (`contrast`, `text`); the first choice by default."""
    value = request.cookies.get(name, "")
    return value if value in PREFERENCES[name] else PREFERENCES[name][0]
