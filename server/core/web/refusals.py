"""What a reader sees when something went wrong: what happened, what was kept, what to do next.

Whatever was typed into a form comes back with the refusal, ready to be sent once more.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from jinja2 import TemplateError
from markupsafe import escape
from quart import Response, current_app, g, jsonify, request
from quart.wrappers.base import ClientDisconnectedError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from server.core import metrics
from server.core.i18n import N_, locale
from server.core.web import pages
from server.core.web.live import unfollow
from server.core.web.problems import NotFound, Problem, TooMany

if TYPE_CHECKING:
    from server.core.web.application import Application
    from server.core.web.body import MadangRequest

__all__ = ["failure", "http_error", "problem", "wants_json"]

log = structlog.get_logger("madang.web")

OURS: Final = frozenset({"csrf_token", "form_key"})
SECRET: Final = ("password", "code", "pin")
KEY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GONE: Final = 499
"""The client left before the answer; nobody reads this status."""


async def problem(error: Problem) -> Response:
    """The page, or application/problem+json, of a Problem."""
    response = await _told(error)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.wait)
    return response


async def http_error(error: HTTPException) -> Response:
    """The page of what routing or parsing refused."""
    status = error.code or 400
    if status == 404:
        return await problem(NotFound())
    if 300 <= status < 400:
        return Response(status=status, headers=Headers(error.get_headers()))
    sentences = {
        405: N_("이 주소에서는 할 수 없는 일입니다."),
        408: N_("보내는 데 시간이 너무 오래 걸렸습니다. 다시 시도해 주세요."),
    }
    sentence = sentences.get(status, N_("요청을 이해하지 못했습니다."))
    response = await problem(Problem(f"http.{status}", sentence, status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


async def failure(error: Exception) -> Response:
    """A fault of ours: a calm page with a number under which the log tells where it happened."""
    if isinstance(error, ClientDisconnectedError):
        return Response(status=GONE)
    number = secrets.token_hex(4)
    log.error("failure", number=number, exc_info=error)
    metrics.FAILURES.labels(str(request.url_rule or "-")).inc()
    return await _told(
        Problem(
            "failure",
            N_(
                "처리하는 중에 문제가 생겼습니다. 잠시 뒤에 다시 시도해 주세요. "
                "(오류 번호 %(number)s)"
            ),
            500,
            number=number,
        )
    )


def wants_json() -> bool:
    """Whether a script asks (Accept: application/json before HTML, or a JSON body)."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def _asked() -> str:
    """The path that was asked for, also where it could not be read."""
    note: dict[str, str] = request.scope.get("madang", {})  # type: ignore[assignment]
    return note.get("asked", request.path)


async def _told(error: Problem) -> Response:
    g.personal = True
    response: Response
    tell = cast("Application", current_app).teller(_asked())
    if tell is not None:
        return tell(error, _asked())
    if wants_json():
        response = jsonify(
            type="about:blank",
            title=error.text(),
            status=error.status,
            code=error.code,
            field=error.field,
        )
        response.content_type = "application/problem+json"
    else:
        response = Response(await _page(error), content_type="text/html; charset=utf-8")
    response.status_code = error.status
    return response


async def _page(error: Problem) -> str:
    unfollow()
    said = {"status": error.status, "sentence": error.text(), "code": error.code}
    kept = await _kept() if error.status < 500 else None
    if error.code == "form.reused":
        g.pop("form_key", None)
    elif kept and kept["key"]:
        g.form_key = kept["key"]  # sent once more, it is still the same form
    template = "errors/again.html" if kept else "errors/problem.html"
    try:
        return await pages.render_problem(template, error, kept=kept, **said)
    except (TemplateError, LookupError, RuntimeError, TypeError) as fault:
        log.exception("no_error_page", exc_info=fault)
        return (
            f'<!doctype html><html lang="{locale()}"><meta charset="utf-8"><title>마당</title>'
            f"<p>{escape(error.text())}</p>"
        )


async def _kept() -> dict[str, Any] | None:
    """What was typed, to be shown and sent once more; None where nothing was, where it could not
    be read, or where another site typed it."""
    asked = cast("MadangRequest", request)
    if asked.method != "POST" or asked.routing_exception is not None or g.get("foreign", False):
        return None
    try:
        form = await asked.texts()
    except (Problem, HTTPException):
        return None
    fields = [
        {"name": name, "value": "" if _is_secret(name) else value, "secret": _is_secret(name)}
        for name, value in form.items(multi=True)
        if name not in OURS
    ]
    if not fields:
        return None
    key = KEY.fullmatch(form.get("form_key", ""))
    return {
        "action": asked.path,
        "key": key and key[0],
        "fields": fields,
        "files": sorted(asked.file_names),
    }


def _is_secret(name: str) -> bool:
    return any(word in name for word in SECRET)
