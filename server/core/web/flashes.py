"""One sentence for the next page, after a redirect ("복사본을 보냈습니다"), in a signed cookie.

Only a msgid and its plain values travel, never personal data; the next page says it once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import TYPE_CHECKING, Final

from quart import after_this_request, g, request

from server.core import crypto, i18n
from server.core.web.cookies import secure, set_secret_cookie

if TYPE_CHECKING:
    from quart import Response

__all__ = ["flash", "told"]

SECONDS: Final = 60


def _cookie() -> str:
    return "__Host-madang-told" if secure() else "madang-told"


def flash(sentence: str, **params: str | int) -> None:
    """Have the next page say `sentence` (a msgid marked with N_)."""
    raw = base64.urlsafe_b64encode(json.dumps([sentence, params]).encode()).decode()

    @after_this_request
    async def give(response: Response) -> Response:
        set_secret_cookie(response, _cookie(), f"{raw}.{_signature(raw)}", SECONDS)
        return response


def told() -> list[str]:
    """What the page before wanted said (for layout.html); once."""
    if g.get("shared", False):
        return []
    raw, _, signature = request.cookies.get(_cookie(), "").partition(".")
    if not raw:
        return []
    g.personal = True

    @after_this_request
    async def take(response: Response) -> Response:
        response.delete_cookie(_cookie(), path="/", httponly=True, samesite="Lax", secure=secure())
        return response

    if not hmac.compare_digest(signature.encode(), _signature(raw).encode()):
        return []
    try:
        sentence, params = json.loads(base64.urlsafe_b64decode(raw))
    except (binascii.Error, ValueError):
        return []
    return [i18n.gettext(sentence, **params)]


def _signature(raw: str) -> str:
    return crypto.keyed_hash("flash", raw).hex()
