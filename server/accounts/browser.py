"""The browser in front of an account: its cookie, and what kind of device it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quart import after_this_request, request

from server.accounts import rules
from server.core import clock
from server.core.web import remember_session
from server.core.web.cookies import keep_preference

if TYPE_CHECKING:
    from quart import Response
    from quart.typing import ResponseTypes

    from server.accounts.service import Opened


def device() -> str:
    """The browser in two words, for its owner's list."""
    return rules.device(request.headers.get("User-Agent"))


def sign_in(opened: Opened) -> None:
    """Give this browser the session: residents' phones keep it, officials' browsers forget it."""
    left = int((opened.ends_at - clock.now()).total_seconds())
    remember_session(opened.token, left if opened.kind == rules.RESIDENT else None)


def speak(locale: str) -> None:
    """Have this browser keep the language chosen, as it does with ?lang."""

    @after_this_request
    async def remember(response: ResponseTypes) -> ResponseTypes:
        keep_preference(cast("Response", response), "lang", locale)
        return response
