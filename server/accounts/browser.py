"""The browser in front of an account: its cookie, and what kind of device it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import request

from server.accounts import rules
from server.core import clock
from server.core.web import actor, actor_key, remember_session, session_token
from server.core.web.cookies import prefer

if TYPE_CHECKING:
    from server.accounts.service import Opened


def device() -> str:
    """The browser in two words, for its owner's list."""
    return rules.device(request.headers.get("User-Agent"))


def mark() -> str:
    """Whose browser this is, for what it is asked to sign: its session, or its anonymous visit."""
    token = session_token() if actor().signed_in else None
    return f"session:{token}" if token else actor_key()


def sign_in(opened: Opened) -> None:
    """Give this browser the session: residents' phones keep it, officials' browsers forget it."""
    left = int((opened.ends_at - clock.now()).total_seconds())
    remember_session(opened.token, left if opened.kind == rules.RESIDENT else None)


def speak(locale: str) -> None:
    """Have this browser keep the language chosen, as it does with ?lang."""
    prefer("lang", locale)
