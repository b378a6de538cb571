"""The browser in front of an account: its cookie, and what kind of device it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import request

from server.accounts import rules
from server.core import clock
from server.core.web import remember_session
from server.core.web.cookies import prefer

if TYPE_CHECKING:
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
    prefer("lang", locale)
