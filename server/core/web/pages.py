"""Pages out of templates: what every template can say, and the one kind of redirect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode
from uuid import uuid4

from markupsafe import Markup, escape
from quart import current_app, g, request
from quart import redirect as quart_redirect

from server.core import i18n
from server.core.web import cookies, csrf, flashes
from server.core.web.assets import PWA, asset
from server.core.web.permissions import actor
from server.core.web.problems import Problem, Unreadable
from server.core.web.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as WerkzeugResponse

    from server.core.web.application import Application

__all__ = [
    "PWA",
    "asset",
    "frame",
    "install",
    "keep_on_phone",
    "local",
    "number",
    "redirect",
    "render",
    "render_problem",
]

BIGINT_MAX: Final = 2**63 - 1


async def render(template: str, /, **context: Any) -> str:
    """The page as text; `return await render(...), 422` for a form that came back."""
    app = _application()
    await app.greet()
    await app.show()
    return _filled(app, template, await app.extras(actor()) | context)


async def render_problem(template: str, problem: Problem, **context: Any) -> str:
    """The page of a problem; that of a fault of ours asks nothing of the database."""
    app = _application()
    extras = await app.extras(actor()) if problem.status < 500 else {}
    return _filled(app, template, extras | {"problem": problem} | context)


def _application() -> Application:
    return cast("Application", current_app._get_current_object())  # noqa: SLF001


def _filled(app: Application, template: str, context: dict[str, Any]) -> str:
    """Nothing is awaited in a template: views hand over what they have read. Jinja without
    coroutines takes a third of the time."""
    return app.templates[i18n.locale()].get_template(template).render(frame() | context)


def keep_on_phone() -> None:
    """Let the reader's own phone keep this page, to be read where there is no network. Only their
    service worker does, apart from every cache, until they log out (pwa/ts/worker/own.ts)."""
    g.kept = True


def redirect(location: str) -> WerkzeugResponse:
    """303: the browser GETs `location`, an address of this site. Raises ValueError otherwise."""
    if local(location) != location:
        raise ValueError("a redirect stays on this site")
    return quart_redirect(location, 303)


def local(path: str | None, default: str = "/") -> str:
    """`path` where it is an address of this site (`?next=`), else `default`."""
    if not path or path[0] != "/" or path[1:2] in {"/", "\\"} or not path.isprintable():
        return default
    return path


def number(name: str) -> int | None:
    """The query's `name` as a whole number that a column can hold; None where it is not given.

    Raises Unreadable (400) for anything else.
    """
    given = request.args.get(name)
    if given is None or given == "":
        return None
    if not (given.isascii() and given.isdigit()) or len(given) > 19 or int(given) > BIGINT_MAX:
        raise Unreadable(name)
    return int(given)


def _translated(msgid: str, **params: Any) -> str:
    """`_('…', name=value)` in templates: values are escaped, markup among them is kept."""
    if any(hasattr(value, "__html__") for value in params.values()):
        return Markup(escape(i18n.gettext(msgid))) % params  # noqa: S704 (all parts are escaped)
    return i18n.gettext(msgid, **params)


def _counted(singular: str, plural: str, count: int, **params: Any) -> str:
    return i18n.ngettext(singular, plural, count, **params)


def _path(path: str, **query: str | int | None) -> str:
    """`url('/complaints', page=2)`: a path of this site with its query."""
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(kept)}" if kept else path


def _form_key() -> str:
    """The key of this rendering of a form; a form that came back keeps the one it had."""
    g.personal = True
    return str(g.get("form_key") or uuid4())


def frame() -> dict[str, Any]:
    """What every template may speak of."""
    return {
        "actor": actor(),
        "locale": i18n.locale(),
        "contrast": cookies.preference("contrast"),
        "text_size": cookies.preference("text"),
        "path": request.path,
        "unread": 0,
        "of_nobody": False,
        "live": g.get("followed"),
        "request": request,
    }


def install(app: Application, mode: str, tiles: Mapping[str, str]) -> dict[str, Templates]:
    """The application's templates by language, with their words, filters and context."""
    every = {name: Templates(app, name) for name in i18n.LOCALES}
    for env in every.values():
        _equip(env, mode)
        env.globals["tiles"] = tiles
    return every


def _equip(env: Templates, mode: str) -> None:
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(i18n.gettext, _counted, newstyle=False)  # type: ignore[attr-defined]
    env.globals |= {
        "_": _translated,
        "ngettext": _counted,
        "asset": asset,
        "csrf_token": csrf.token,
        "form_key": _form_key,
        "url": _path,
        "mode": mode,
        "get_flashed_messages": flashes.told,
    }
    env.filters |= {
        "date": i18n.date_text,
        "datetime": i18n.datetime_text,
        "ago": i18n.ago,
        "number": i18n.number_text,
    }
    env.policies["ext.i18n.trimmed"] = True
    env.trim_blocks = env.lstrip_blocks = True
