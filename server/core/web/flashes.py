"""One sentence for the next page, after a redirect ("복사본을 보냈습니다"), in a signed cookie.

Only a msgid and its plain values travel, never personal data; the next page says it once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Final

from quart import g, request

from server.core import crypto, i18n
from server.core.web import cookies
from server.core.web.permissions import attended

__all__ = ["flash", "told"]

SECONDS: Final = 60


def _cookie() -> str:
    return "__Host-madang-told" if cookies.secure() else "madang-told"


def flash(sentence: str, **params: str | int) -> None:
    """Have the next page say `sentence` (a msgid marked with N_)."""
    raw = base64.urlsafe_b64encode(json.dumps([sentence, params]).encode()).decode()
    cookies.put(_cookie(), f"{raw}.{_signature(raw)}", SECONDS)


def told() -> list[str]:
    """What the page before wanted said (for layout.html); once."""
    if g.get("shared", False) or not attended():
        return []
    raw, _, signature = request.cookies.get(_cookie(), "").partition(".")
    if not raw:
        return []
    g.personal = True
    cookies.drop(_cookie())
    if not hmac.compare_digest(signature.encode(), _signature(raw).encode()):
        return []
    try:
        sentence, params = json.loads(base64.urlsafe_b64decode(raw))
    except (binascii.Error, ValueError):
        return []
    return [i18n.gettext(sentence, **params)]


def _signature(raw: str) -> str:
    return crypto.keyed_hash("flash", raw).hex()
