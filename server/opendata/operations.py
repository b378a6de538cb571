"""The one table of operations for programs: routes, checks and the OpenAPI document come from it.

A view gets its parameters read and checked, by name; what it returns is the answer's text.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from quart import Response, g, request
from werkzeug.datastructures import MultiDict

from server.core.i18n import N_
from server.core.web import KB, PUBLIC, Door, Limit, Problem
from server.opendata import answers, parameter_rules
from server.opendata.parameter_rules import Param

TABLE: Final[list["Operation"]] = []
READ: Final = Limit(240, "minute")
SHARED_SECONDS: Final = 0.5
"""How long an answer may be shared; a complaint refused disclosure is closed so soon (Y12-1)."""

type View = Callable[..., Awaitable[str | Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of one address takes and answers.

    `schema` names a component of the document, None where the media type says it all; `errors`
    are the statuses it may refuse with besides those that any operation may (openapi.py).
    """

    method: str
    rule: str
    name: str
    tag: str
    summary: str
    media: str
    schema: str | None
    params: tuple[Param, ...]
    errors: tuple[int, ...]


def reads(
    door: Door,
    rule: str,
    *,
    name: str,
    summary: str,
    media: str,
    schema: str | None = None,
    params: tuple[Param, ...] = (),
    errors: tuple[int, ...] = (),
    limit: Limit = READ,
    cache: float | None = SHARED_SECONDS,
    also: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """A GET. `also` is given to the view besides its parameters."""
    operation = Operation("GET", rule, name, door.name, summary, media, schema, params, errors)

    def decorate(view: View) -> View:
        async def answered(**path: str) -> Response:
            _check_accept(door, media)
            given = values(params, request.args, path)
            answer = await view(**given, **(also or {}))
            return answer if isinstance(answer, Response) else answers.whole(answer, media)

        TABLE.append(operation)
        door.get(rule, who=PUBLIC, limit=limit, cache=cache, endpoint=name)(answered)
        return view

    return decorate


def posts(
    door: Door,
    rule: str,
    *,
    name: str,
    summary: str,
    media: str,
    schema: str,
    params: tuple[Param, ...],
    errors: tuple[int, ...],
    limit: Limit,
    csrf: str,
    also: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """A POST of a form; `csrf` says what stands in for the form's token. The view reads the form
    itself (`values`), after it has seen the key."""
    operation = Operation("POST", rule, name, door.name, summary, media, schema, params, errors)

    def decorate(view: View) -> View:
        async def answered(**path: str) -> Response:
            answer = await view(await request.form, **path, **(also or {}))
            return answer if isinstance(answer, Response) else answers.whole(answer, media)

        TABLE.append(operation)
        open_door = door.post(
            rule, who=PUBLIC, limit=limit, body_max=64 * KB, csrf=csrf, endpoint=name
        )
        open_door(answered)
        return view

    return decorate


def values(
    params: tuple[Param, ...], given: MultiDict[str, str], path: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The parameters by the names that Python calls them. Raises Misread (400)."""
    texts = {name: [text] for name, text in (path or {}).items()}
    return {
        param.called: parameter_rules.read(
            param, texts.get(param.name) or given.getlist(param.name)
        )
        for param in params
    }


def _check_accept(door: Door, media: str) -> None:
    """Refuse to answer a reader of /api who takes no JSON (406). Elsewhere the address says it."""
    accepted = request.accept_mimetypes
    if (
        door.name == "api"
        and not g.get("shared", False)
        and accepted
        and not accepted.quality(media)
    ):
        raise Problem("http.406", N_("이 주소는 JSON으로만 답합니다."), 406)
