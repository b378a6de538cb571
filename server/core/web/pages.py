"""Pages out of templates: what every template can say, and the one kind of redirect."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from markupsafe import Markup, escape
from quart import current_app, g, render_template, request
from quart import redirect as quart_redirect
from werkzeug.wrappers import Response as WerkzeugResponse

from server import config
from server.core import i18n
from server.core.web import cookies, csrf
from server.core.web.permissions import Actor, actor

__all__ = ["PWA", "asset", "install", "redirect", "render"]

PWA: Final = Path(__file__).resolve().parents[3] / "pwa"
MANIFEST: Final = PWA / "dist" / ".vite" / "manifest.json"

Extras = Callable[[Actor], Awaitable[dict[str, Any]]]


async def render(template: str, /, **context: Any) -> str:
    """The page as text; `return await render(...), 422` for a form that came back."""
    return await render_template(template, **(await _extras()), **context)


async def _extras() -> dict[str, Any]:
    """What app.py adds for every page (the number of unread notices, the ordinance profile)."""
    extras: Extras | None = current_app.extensions.get("madang.extras")
    return await extras(actor()) if extras is not None else {}


def redirect(location: str) -> WerkzeugResponse:
    """303: the browser GETs `location`, an address of this site."""
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        raise ValueError("a redirect stays on this site")
    return quart_redirect(location, 303)


@cache
def _manifest(_changed: float) -> dict[str, dict[str, Any]]:
    manifest: dict[str, dict[str, Any]] = json.loads(MANIFEST.read_text())
    return manifest


def asset(name: str) -> str:
    """The address of a built file by its source name (`src/app.ts`), or of its style sheet
    (`src/app.ts.css`); the name itself under /assets/ where nothing has been built."""
    try:
        manifest = _manifest(MANIFEST.stat().st_mtime)
    except FileNotFoundError:
        return f"/assets/{name}"
    return "/" + str(manifest[name]["file"])


def _translated(msgid: str, **params: Any) -> str:
    """`_('…', name=value)` in templates: values are escaped, markup among them is kept."""
    if any(hasattr(value, "__html__") for value in params.values()):
        return Markup(escape(i18n.gettext(msgid))) % params  # noqa: S704 (all parts are escaped)
    return i18n.gettext(msgid, **params)


def _path(path: str, **query: str | int | None) -> str:
    """`url('/complaints', page=2)`: a path of this site with its query."""
    from urllib.parse import urlencode

    kept = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(kept)}" if kept else path


def _form_key() -> str:
    """The key of this rendering of a form; a form that came back keeps the one it had."""
    g.personal = True
    return str(g.get("form_key") or uuid4())


def _context() -> dict[str, Any]:
    spoken = i18n.locale()
    return {
        "actor": actor(),
        "locale": spoken,
        "path": request.path,
        "contrast": _preference("contrast"),
        "text_size": _preference("text"),
        "unread": 0,
    }


def _preference(name: str) -> str:
    value = request.cookies.get(name, "")
    choices = cookies.PREFERENCES[name]
    return value if value in choices else choices[0]


def install(app: Any) -> None:
    """Give the application's templates their words, filters and context."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(
        lambda msgid: i18n.gettext(msgid),
        lambda one, many, number: i18n.ngettext(one, many, number),
        newstyle=False,
    )
    env.globals |= {
        "_": _translated,
        "asset": asset,
        "csrf_token": csrf.token,
        "form_key": _form_key,
        "url": _path,
        "mode": config.settings().mode,
    }
    env.filters |= {
        "date": i18n.date_text,
        "datetime": i18n.datetime_text,
        "ago": i18n.ago,
        "number": i18n.number_text,
    }
    env.policies["ext.i18n.trimmed"] = True
    app.context_processor(_context)
