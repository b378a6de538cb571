"""The application that the slices' doors hang in, and the guard that every request passes.

In order: a policy, the rate, the session, the permission, the token. A route without a policy is
refused at start.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import structlog
from quart import Quart, Response, g, jsonify, request
from quart.asgi import ASGIHTTPConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import IntegerConverter

from server.core import i18n
from server.core.i18n import N_
from server.core.web import cookies, csrf, pages
from server.core.web.body import MadangRequest
from server.core.web.door import Door, Policy
from server.core.web.gate import Gate
from server.core.web.headers import PRIVATE
from server.core.web.limits import RateLimits
from server.core.web.permissions import ANONYMOUS, Actor, actor
from server.core.web.problems import (
    Forbidden,
    NotFound,
    NotSignedIn,
    Problem,
    TokenMissing,
    TooMany,
    Unreadable,
)

if TYPE_CHECKING:
    from quart.typing import ResponseTypes
    from werkzeug.wrappers import Response as WerkzeugResponse

    from server.config import Settings

__all__ = ["Application"]

log = structlog.get_logger("web")

SAFE: Final = frozenset({"GET", "HEAD"})
KEPT_SECRET: Final = ("password", "code")
KEPT_OURS: Final = frozenset({"csrf_token", "form_key"})
BIGINT_MAX: Final = 2**63 - 1

SessionLoader = Callable[[str], Awaitable[Actor | None]]


class BigIntConverter(IntegerConverter):
    """`<int:id>` up to what a BIGINT column can hold; longer numbers name nothing (404)."""

    def __init__(self, map: Any, **options: Any) -> None:  # noqa: A002 (werkzeug's name)
        super().__init__(map, max=options.pop("max", BIGINT_MAX), **options)


class Connection(ASGIHTTPConnection):
    """Takes in the rest of a refused body before answering, so that the answer is read."""

    async def _send_response(self, send: Any, response: ResponseTypes) -> None:
        if self._incoming is not None:
            await self._incoming.body.drain()
        await super()._send_response(send, response)

    _incoming: MadangRequest | None = None

    async def handle_request(self, request: Any, send: Any) -> None:
        self._incoming = request
        await super().handle_request(request, send)


class Application(Quart):
    """Quart with our guard, our errors and our words. `sessions` turns a session token into an
    Actor (accounts.service.actor_of_session)."""

    request_class = MadangRequest
    asgi_http_class = Connection

    def __init__(self, settings: Settings, sessions: SessionLoader) -> None:
        super().__init__(
            "server",
            static_folder=None,
            template_folder=str(pages.PWA / "templates"),
        )
        self.settings = settings
        self.sessions = sessions
        self.policies: dict[tuple[str, str], Policy] = {}
        self.limits = RateLimits(settings.limits_url)
        self.config["MAX_CONTENT_LENGTH"] = None
        self.config["MAX_FORM_MEMORY_SIZE"] = None
        self.config["BODY_TIMEOUT"] = 120
        self.url_map.converters["int"] = BigIntConverter
        self.url_map.strict_slashes = False
        self._proxies = [
            ipaddress.ip_network(network, strict=False) for network in settings.trusted_proxies
        ]
        self._gate = Gate(super().asgi_app, lambda: settings.public_url.startswith("https:"))
        pages.install(self)
        self.before_request(self._guard)
        self.after_request(self._finish)
        self.register_error_handler(Problem, self._problem)
        self.register_error_handler(HTTPException, self._http_error)
        self.register_error_handler(Exception, self._failure)

    async def asgi_app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._gate(scope, receive, send)
        else:
            await super().asgi_app(scope, receive, send)

    def hang(self, door: Door) -> None:
        """Register a slice's door with its policies."""
        self.register_blueprint(door)
        for (endpoint, method), policy in door.policies.items():
            self.policies[f"{door.name}.{endpoint}", method] = policy

    def client(self) -> str:
        """The address the reader comes from; forwarded addresses only from trusted proxies."""
        address = request.remote_addr or "unknown"
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        while self._trusted(address) and hops and hops[-1]:
            address = hops.pop()
        return address

    def _trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)

    async def _guard(self) -> WerkzeugResponse | None:
        i18n.use_locale(_language(None))
        if request.path == "/\ufffd":
            raise Unreadable()
        if request.routing_exception is not None:
            return None
        method = "GET" if request.method == "HEAD" else request.method
        policy = self.policies[str(request.endpoint), method]
        request.body.allow(policy.body_max)
        await self._load_actor()
        await self._spend(policy)
        if not policy.who.test(actor()):
            return await self._turned_away(policy)
        if request.method not in SAFE and policy.csrf is True:
            await self._check_token()
        return None

    async def _load_actor(self) -> None:
        token = cookies.session_token()
        g.actor = (await self.sessions(token) if token else None) or ANONYMOUS
        i18n.use_locale(_language(g.actor.locale))

    async def _spend(self, policy: Policy) -> None:
        reader = actor()
        client = f"account:{reader.account_id}" if reader.signed_in else self.client()
        await self.limits.spend(policy.limit, str(request.endpoint), client)

    async def _turned_away(self, policy: Policy) -> WerkzeugResponse | None:
        if actor().signed_in:
            if policy.who.name == "anonymous only":
                return pages.redirect("/")
            raise Forbidden()
        if request.method in SAFE and not _wants_json():
            wanted = request.full_path.rstrip("?")
            return pages.redirect(f"/login?next={quote(wanted, safe='/')}")
        raise NotSignedIn()

    async def _check_token(self) -> None:
        given = request.headers.get("X-CSRF-Token")
        if csrf.foreign():
            g.foreign = True
            raise TokenMissing()
        if given is None:
            given = (await request.form).get("csrf_token")
        if not csrf.valid(given):
            raise TokenMissing()

    async def _problem(self, problem: Problem) -> tuple[Response, int]:
        if isinstance(problem, TooMany):
            g.retry_after = problem.wait
        return await self._told(problem), problem.status

    async def _http_error(self, error: HTTPException) -> tuple[Response, int]:
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            g.allow = ", ".join(sorted(error.valid_methods))
        if error.code == 404:
            return await self._problem(NotFound())
        sentences = {
            405: N_("이 주소에서는 할 수 없는 일입니다."),
            408: N_("보내는 데 시간이 너무 오래 걸렸습니다. 다시 시도해 주세요."),
        }
        sentence = sentences.get(error.code or 400, N_("요청을 이해하지 못했습니다."))
        status = error.code or 400
        return await self._problem(Problem(f"http.{status}", sentence, status))

    async def _failure(self, error: Exception) -> tuple[Response, int]:
        """A fault of ours: a calm page with a number under which the log tells what happened."""
        number = secrets.token_hex(4)
        log.error("failure", number=number, kind=type(error).__name__, exc_info=error)
        problem = Problem(
            "failure",
            N_(
                "처리하는 중에 문제가 생겼습니다. 잠시 뒤에 다시 시도해 주세요. (오류 번호 %(number)s)"
            ),
            500,
            number=number,
        )
        return await self._told(problem), 500

    async def _told(self, problem: Problem) -> Response:
        g.personal = True
        if _wants_json():
            response: Response = jsonify(
                type="about:blank",
                title=problem.text(),
                status=problem.status,
                code=problem.code,
                field=problem.field,
            )
            response.content_type = "application/problem+json"
            return response
        page = await pages.render("errors/problem.html", problem=problem, kept=await _kept())
        return Response(page, content_type="text/html; charset=utf-8")

    async def _finish(self, response: Response) -> Response:
        if "lang" in request.args:
            cookies.keep_preference(response, "lang", request.args["lang"])
        if "retry_after" in g:
            response.headers["Retry-After"] = str(g.retry_after)
        if "allow" in g:
            response.headers["Allow"] = g.allow
        response.vary.update(["Cookie", "Accept-Language"])
        if actor().signed_in or g.get("personal", False) or "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = PRIVATE
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        return response


def _language(chosen: str | None) -> str:
    """?lang, the device's cookie, the account's own choice, the browser's languages, Korean."""
    for name in (request.args.get("lang"), request.cookies.get("lang"), chosen):
        if name in i18n.LOCALES:
            return name
    return request.accept_languages.best_match(i18n.LOCALES) or i18n.SOURCE


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


async def _kept() -> dict[str, Any] | None:
    """What was typed, to be shown again and sent once more; None where nothing was, or where
    another site typed it."""
    if request.method in SAFE or request.routing_exception is not None or g.get("foreign"):
        return None
    try:
        form = await request.form_texts()
    except Problem:
        return None
    fields = [
        {"name": name, "value": "" if _secret(name) else value, "secret": _secret(name)}
        for name, value in form.items(multi=True)
        if name not in KEPT_OURS
    ]
    return {"action": request.path, "fields": fields} if fields else None


def _secret(name: str) -> bool:
    return any(word in name for word in KEPT_SECRET)
