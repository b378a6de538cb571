"""Proof that a form is ours: a token bound to the session or the anonymous visit.

The secret is never stored: it is a keyed hash of the cookie. Each rendering masks it with fresh
random bytes, so that compressed pages do not leak it (BREACH).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from quart import g, request

from server import config
from server.core import crypto
from server.core.web import cookies
from server.core.web.permissions import actor

__all__ = ["actor_key", "foreign", "token", "valid"]

SIZE = 32


def token() -> str:
    """A fresh mask over this reader's secret; starts an anonymous visit where there is none."""
    if g.get("shared", False):
        raise RuntimeError("a page in the shared cache cannot carry a form's token")
    g.personal = True
    mask = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret())).decode()


def valid(given: str | None) -> bool:
    """Whether `given` is a token of this very session or visit."""
    if not given or (_session() is None and _visit() is None):
        return False
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 2 * SIZE and hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), _secret())


def foreign() -> bool:
    """Whether the browser says that another site sent this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    ours = {_host(config.settings().public_url), request.host}
    return _host(origin) not in ours


def actor_key() -> str:
    """Whose forms these are: the account, or the visit of somebody who is not signed in."""
    reader = actor()
    if reader.signed_in:
        return f"account:{reader.account_id}"
    return "visit:" + crypto.keyed_hash("visit", _started_visit()).hex()[:32]


def _session() -> str | None:
    """The session that stands or has just been opened; a token that opens nothing is none."""
    if actor().signed_in or "session_token" in g:
        return cookies.session_token()
    return None


def _secret() -> bytes:
    session = _session()
    if session is not None:
        return crypto.keyed_hash("csrf-session", session)
    return crypto.keyed_hash("csrf-visit", _started_visit())


def _visit() -> str | None:
    """The visit cookie, if its signature is ours."""
    if "visit" in g:
        started: str | None = g.visit
        return started
    visit, _, signature = request.cookies.get(cookies.visit_cookie(), "").partition(".")
    ours = visit != "" and hmac.compare_digest(signature.encode(), _signature(visit).encode())
    g.visit = visit if ours else None
    return g.visit if ours else None


def _started_visit() -> str:
    visit = _visit()
    if visit is not None:
        return visit
    started = secrets.token_urlsafe(24)
    g.visit = started
    cookies.put(cookies.visit_cookie(), f"{started}.{_signature(started)}")
    return started


def _signature(visit: str) -> str:
    return crypto.keyed_hash("visit-cookie", visit).hex()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _host(origin: str) -> str:
    return urlsplit(origin).netloc.lower()
