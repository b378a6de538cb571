"""How answers to programs leave: validated by a tag, open to pages of other sites, never a page."""

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from quart import Response, request

from server.core.web import Problem
from server.opendata import spark

ANYWHERE: Final = {"Access-Control-Allow-Origin": "*"}
"""Everything here is open to everybody, so pages of other sites may read it too."""

OPEN311_STATUSES: Final = frozenset({403, 404, 405, 413, 429, 500})
"""What GeoReport names, and what HTTP must say; everything else is 400."""

XML: Final = "text/xml"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


def whole(text: str, media: str) -> Response:
    """An answer that is all there, or 304 where the reader has it."""
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**ANYWHERE, "ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(b"", 304, headers=headers)
    return Response(body, content_type=f"{media}; charset=utf-8", headers=headers)


def as_json(value: Any) -> str:
    """JSON as it is sent: letters as they are, no blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def problem(error: Problem, _path: str) -> Response:
    """A Problem as RFC 9457 wants it. `code` is ours and stable; `field` the parameter at fault."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.text(),
        "code": error.code,
    }
    if error.field is not None:
        told["field"] = error.field
    return _refusal(as_json(told), PROBLEM, error.status)


def open311_errors(error: Problem, path: str) -> Response:
    """A Problem as GeoReport v2 wants it: a list of errors, XML unless JSON was asked for."""
    status = error.status if error.status in OPEN311_STATUSES else 400
    errors: spark.Spark = [{"code": status, "description": error.text()}]
    if path.endswith(".json"):
        return _refusal(spark.as_json(errors), JSON, status)
    return _refusal(spark.as_xml("errors", errors), XML, status)


def _refusal(text: str, media: str, status: int) -> Response:
    return Response(text.encode(), status, content_type=f"{media}; charset=utf-8", headers=ANYWHERE)


def address(path: str, query: Mapping[str, str | int | None]) -> str:
    """An address with those parts of its query that are given."""
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
