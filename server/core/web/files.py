"""Built files of pwa/dist, read once, given in the smallest form that the browser takes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from quart import Response, g, request

from server.core.web import assets
from server.core.web.problems import NotFound

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["answer"]

NAME: Final = re.compile(r"(assets/)?[A-Za-z0-9_-][A-Za-z0-9._-]*")
TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
FORMS: Final = (("br", ".br"), ("gzip", ".gz"))


class _File(NamedTuple):
    plain: bytes
    forms: dict[str, bytes]
    etag: str


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> _File:
    forms = {
        coding: beside.read_bytes()
        for coding, suffix in FORMS
        if (beside := path.with_name(path.name + suffix)).is_file()
    }
    plain = path.read_bytes()
    return _File(plain, forms, f"{_changed:x}-{len(plain):x}")


def answer(name: str, caching: str) -> Response:
    """The file `name` of pwa/dist. Raises NotFound for what was not built.

    Small files kept in memory: a first read of at most some hundred kB is not worth a thread.
    """
    path = assets.DIST / name
    kind = TYPES.get(path.suffix)
    if kind is None or not NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    file = _read(path, path.stat().st_mtime_ns)
    accepted = request.headers.get("Accept-Encoding", "")
    coding = next(
        (coding for coding, _ in FORMS if coding in accepted and coding in file.forms), ""
    )
    response = Response(file.forms[coding] if coding else file.plain, content_type=kind)
    g.everybody = True
    response.headers["Cache-Control"] = caching
    if coding:
        response.headers["Content-Encoding"] = coding
    response.set_etag(f"{file.etag}{'-' if coding else ''}{coding}")
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
        response.set_data(b"")
    return response
