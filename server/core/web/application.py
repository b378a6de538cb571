"""The application that the slices' doors hang in, and the guard that every request passes.

In order: a policy, the session, the rate, the permission, the token. A route without a policy is
refused at start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import quote, urlsplit

from quart import Quart, Response, g, request
from quart.asgi import ASGIHTTPConnection
from quart.wrappers.base import ClientDisconnectedError
from quart.wrappers.response import DataBody
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from server.core import i18n
from server.core.web import calls, cookies, csrf, pages, refusals, scripts
from server.core.web.body import MadangRequest
from server.core.web.cache import COMPRESSED_FROM, compressed
from server.core.web.clients import Proxies
from server.core.web.gate import UNREADABLE, Gate, SharedRoute, preferred
from server.core.web.headers import PRIVATE
from server.core.web.limits import Limit, RateLimits
from server.core.web.permissions import (
    ANONYMOUS,
    ANONYMOUS_ONLY,
    Actor,
    actor,
    ahead,
    attended,
)
from server.core.web.problems import (
    Forbidden,
    NotSignedIn,
    Problem,
    TokenMissing,
    TooMany,
    Unreadable,
)

if TYPE_CHECKING:
    from quart.typing import ResponseTypes
    from werkzeug.routing import MapAdapter, Rule
    from werkzeug.wrappers import Response as WerkzeugResponse

    from server.config import Settings
    from server.core.web.calls import Taker
    from server.core.web.door import Door, Policy, Teller

__all__ = ["SAFE", "Application"]

SAFE: Final = frozenset({"GET", "HEAD"})
BIGINT_MAX: Final = 2**63 - 1
KEPT: Final = "Madang-Kept"
"""Whose page this is, where their phone may keep it for when there is no network."""

VARY: Final = "Cookie, Accept-Language, Accept-Encoding"
FORM_SECONDS_MAX: Final = 1800
TOO_EARLY: Final = 425
TEXT_TYPES: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")

type SessionLoader = Callable[[str], Awaitable[Actor | None]]
type CaseLoader = Callable[[str], Awaitable[str | None]]
type Extras = Callable[[Actor], Awaitable[dict[str, Any]]]
type Greet = Callable[[Actor], Awaitable[None]]


class Notices(Protocol):
    """What readers were told, and have seen when they open the page that it leads to."""

    async def leading_to(self, account_id: int, page: str) -> Sequence[int]:
        """The ids of what the account has not read yet and what leads to this page."""

    async def seen(self, account_id: int, notification_ids: Sequence[int]) -> None:
        """They are read."""


class BigIntConverter(IntegerConverter):
    """`<int:id>` up to what a BIGINT column holds; longer numbers name nothing (404)."""

    def __init__(self, map: Any, **options: Any) -> None:  # noqa: A002 (werkzeug's name)
        options.setdefault("max", BIGINT_MAX)
        super().__init__(map, **options)


class Connection(ASGIHTTPConnection):
    """Takes in the rest of a refused body before answering, so that the answer is read; a client
    who left in the middle is no error."""

    _incoming: MadangRequest | None = None

    async def handle_request(self, request: Any, send: Any) -> None:
        self._incoming = request
        try:
            await super().handle_request(request, send)
        except ClientDisconnectedError:
            return

    async def _send_response(self, send: Any, response: ResponseTypes) -> None:
        if self._incoming is not None:
            await self._incoming.body.drain()
        await super()._send_response(send, response)


class Application(Quart):
    """Quart with our guard, our refusals and our words.

    `sessions` turns a session token into an Actor; `cases` the cookie of an opened case into its
    number; `extras` adds to what every page shows;
    `greet` is told of each page that a signed-in reader opens, `notices` of whose page it was that
    they were told to open; `title` names the office in a language.
    """

    request_class = MadangRequest
    asgi_http_class = Connection

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: SessionLoader,
        cases: CaseLoader | None = None,
        extras: Extras,
        greet: Greet,
        title: Callable[[str], str],
        notices: Notices | None = None,
    ) -> None:
        super().__init__("server", static_folder=None, template_folder=str(pages.PWA / "templates"))
        self.settings = settings
        self.sessions = sessions
        self.cases = cases
        self.extras = extras
        self.title = title
        self._greet = greet
        self._notices = notices
        self.policies: dict[tuple[str, str], Policy] = {}
        self._takers: dict[tuple[str, str], Taker] = {}
        self._tells: dict[str, Teller] = {}
        self.limits = RateLimits(settings.limits_url)
        self.proxies = Proxies(settings.trusted_proxies)
        self.config |= {
            "MAX_CONTENT_LENGTH": None,
            "MAX_FORM_MEMORY_SIZE": None,
            "MAX_FORM_PARTS": None,
            "BODY_TIMEOUT": FORM_SECONDS_MAX,
            "RESPONSE_TIMEOUT": FORM_SECONDS_MAX,
        }
        self.url_map.converters["int"] = BigIntConverter
        self.url_map.strict_slashes = False
        self.gate = Gate(
            self._inside,
            host=urlsplit(settings.public_url).netloc,
            tls=settings.secure,
            tiles=settings.tiles_origin,
            route=self._shared_route,
            spend=self._spend_of_scope,
        )
        for name in i18n.LOCALES:
            i18n.catalogue(name)
        self.templates = pages.install(self, settings.mode, settings.tiles)
        self.before_request(self._guard)
        self.after_request(self._finish)
        self.register_error_handler(Problem, refusals.problem)
        self.register_error_handler(HTTPException, refusals.http_error)
        self.register_error_handler(Exception, refusals.failure)

    async def asgi_app(self, scope: Any, receive: Any, send: Any) -> None:
        """Every HTTP request goes through the gate; there are no websockets (closed with 403)."""
        if scope["type"] == "http":
            await self.gate(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await super().asgi_app(scope, receive, send)

    async def _inside(self, scope: Any, receive: Any, send: Any) -> None:
        """Behind the gate: the short way for calls of machines, the long one for all else."""
        rule, values = self._called(scope)
        if rule is not None:
            receive = await self._taken(rule, values, scope, receive, send)
            if receive is None:
                return
        await super().asgi_app(scope, receive, send)

    def _called(self, scope: Any) -> tuple[Rule | None, dict[str, Any]]:
        """The rule that a machine calls, and what stands in its places; None for all else."""
        path, method = scope["path"], scope["method"]
        if not path.startswith(self._called_prefixes) or not calls.plain(scope):
            return None, {}
        try:
            rule, values = self._addresses.match(path, method, return_rule=True)
        except HTTPException:
            return None, {}
        return (rule if (rule.endpoint, method) in self._takers else None), dict(values)

    async def _taken(
        self, rule: Rule, values: dict[str, Any], scope: Any, receive: Any, send: Any
    ) -> Any:
        endpoint, note = str(rule.endpoint), scope["madang"]
        which = endpoint, scope["method"]
        policy = self.policies[which]
        note["route"] = str(rule)

        async def spend() -> None:
            await self._spend_of_scope(policy.limit, endpoint, scope)
            note["spent"] = True

        return await calls.heard_out(
            self._takers[which], policy, spend, scope, receive, send, **values
        )

    def hang(self, door: Door) -> None:
        """Register a slice's door with its policies."""
        self.register_blueprint(door)
        for (endpoint, method), policy in door.policies.items():
            self.policies[f"{door.name}.{endpoint}", method] = policy
        for (endpoint, method), taker in door.takers.items():
            self._takers[f"{door.name}.{endpoint}", method] = taker
        self._tells |= door.tells
        self.gate.machines = tuple(self._tells)
        for found_once in ("_shared_prefixes", "_called_prefixes", "_addresses"):
            self.__dict__.pop(found_once, None)

    @cached_property
    def _addresses(self) -> MapAdapter:
        return self.url_map.bind("")

    @cached_property
    def _called_prefixes(self) -> tuple[str, ...]:
        """How the addresses begin that machines call."""
        endpoints = {endpoint for endpoint, _ in self._takers}
        rules = (rule for rule in self.url_map.iter_rules() if rule.endpoint in endpoints)
        return tuple({rule.rule.partition("<")[0] for rule in rules})

    @cached_property
    def _shared_prefixes(self) -> tuple[str, ...]:
        """How the addresses of pages begin that the shared cache may hold. Found at the first
        request: it takes werkzeug a sorting of all routes."""
        return tuple(
            rule.rule.partition("<")[0]
            for rule in self.url_map.iter_rules()
            if (policy := self.policies.get((rule.endpoint, "GET"))) and policy.cache
        )

    def teller(self, path: str) -> Teller | None:
        """Who tells machines what went wrong at a path; None where people read."""
        under = (tell for address, tell in self._tells.items() if path.startswith(address))
        return next(under, None)

    def client(self) -> str:
        """The reader's address, proxies considered; what throttles count against."""
        return self.proxies.of_scope(request.scope)

    def policy(self) -> Policy:
        """The policy of this request's route."""
        method = "GET" if request.method == "HEAD" else request.method
        return self.policies[str(request.endpoint), method]

    def _shared_route(self, path: str) -> SharedRoute | None:
        if not path.startswith(self._shared_prefixes):
            return None
        try:
            endpoint, _ = self._addresses.match(path, "GET")
        except HTTPException:
            return None
        policy = self.policies.get((endpoint, "GET"))
        if policy is None or policy.cache is None:
            return None
        return SharedRoute(endpoint, policy.limit, policy.cache)

    async def _spend_of_scope(self, limit: Limit, route: str, scope: Any) -> None:
        await self.limits.spend(limit, route, self.proxies.of_scope(scope))

    async def _guard(self) -> WerkzeugResponse | Response | None:
        note: dict[str, Any] = request.scope.get("madang", {})  # type: ignore[assignment]
        g.shared = note.get("shared", False)
        await self._load_actor()
        if request.path == UNREADABLE:
            raise Unreadable
        if request.routing_exception is not None:
            return None
        note["route"] = str(request.url_rule)
        if "too_many" in note:
            raise TooMany(note["too_many"])
        policy = self.policy()
        if ahead() and (not _harmless(policy) or await self._told_of_this_page()):
            return Response(status=TOO_EARLY)
        cast("MadangRequest", request).body.allow(policy.body_max)
        if not g.shared and "spent" not in note:
            await self._spend(policy)
        if not policy.who.test(actor()):
            return self._turned_away(policy)
        if request.method not in SAFE and policy.csrf is True:
            await _check_token()
        if "Sec-Fetch-Dest" in request.headers and request.blueprint != "web":
            await self.greet()
        return None

    async def greet(self) -> None:
        """Tell that the reader opens a page: asked for as such, or about to be rendered."""
        asked_for = _asked_for_by_a_person() and attended()
        if request.method == "GET" and asked_for and not g.get("greeted", False):
            g.greeted = True
            await self._greet(actor())
            # Before the view reads: what is told meanwhile may not be on its page.
            g.told_of_it = await self._told_of_this_page()

    async def show(self) -> None:
        """The page that was asked for is made: whoever was told to open it has seen it."""
        told, account_id = g.pop("told_of_it", ()), actor().account_id
        if told and account_id is not None and self._notices is not None:
            await self._notices.seen(account_id, told)

    async def _told_of_this_page(self) -> Sequence[int]:
        account_id = actor().account_id
        older = request.args.keys() - {"lang"}  # another part of the page than a notice leads to
        if account_id is None or self._notices is None or older:
            return ()
        return await self._notices.leading_to(account_id, request.path)

    async def _load_actor(self) -> None:
        token = None if g.shared else cookies.session_token()
        signed_in = await self.sessions(token) if token else None
        g.actor = await self._with_case(signed_in or ANONYMOUS)
        i18n.use_locale(_language(g.actor.locale))

    async def _with_case(self, reader: Actor) -> Actor:
        """The reader, with the case that they have opened with its password. Officials read cases
        at the desk only, where it is recorded."""
        if reader.official:
            return reader
        given = None if g.shared else request.cookies.get(cookies.case_cookie())
        opened = await self.cases(given) if given and self.cases else None
        if opened is None:
            return reader
        g.personal = True
        return replace(reader, opened=opened)

    async def _spend(self, policy: Policy) -> None:
        reader = actor()
        client = f"account:{reader.account_id}" if reader.signed_in else self.client()
        await self.limits.spend(policy.limit, str(request.endpoint), client)

    def _turned_away(self, policy: Policy) -> WerkzeugResponse:
        if policy.who is ANONYMOUS_ONLY:
            return pages.redirect("/")
        if actor().signed_in:
            raise Forbidden
        if request.method in SAFE and not refusals.wants_json():
            wanted = request.full_path.rstrip("?")
            return pages.redirect(f"/login?next={quote(wanted, safe='/')}")
        raise NotSignedIn

    async def _finish(self, response: Response) -> Response:
        response = scripts.answered(response)
        if "lang" in request.args and not ahead():
            cookies.prefer("lang", request.args["lang"])
        cookies.serve(response)
        if g.get("signed_out", False):
            response.headers["Clear-Site-Data"] = '"cache"'
        if g.get("kept", False) and actor().signed_in and response.status_code == 200:
            response.headers[KEPT] = str(actor().account_id)
        if response.mimetype == "text/html":
            response.headers["Speculation-Rules"] = '"/ahead.json"'
        _set_caching(response)
        await _compress(response)
        return response


def _harmless(policy: Policy) -> bool:
    """Whether a page may be fetched before anybody asks for it: only what is public and keeps no
    record of who looked, what was read or what was chosen (`/display`, `?lang=`)."""
    public = request.method in SAFE and policy.who.open_to_anonymous
    return public and request.path not in {"/display", "/live"} and "lang" not in request.args


async def _check_token() -> None:
    if csrf.foreign():
        g.foreign = True
        raise TokenMissing
    given = request.headers.get("X-CSRF-Token")
    if given is None:
        given = (await request.form).get("csrf_token")
    if not csrf.valid(given):
        raise TokenMissing


def _asked_for_by_a_person() -> bool:
    """Whether a browser opens this as a page. A service worker that passes a page on asks for
    'empty', but still for HTML, which our scripts never do; old phones say nothing at all."""
    wanted = request.headers.get("Sec-Fetch-Dest", "document")
    return wanted == "document" or (
        wanted == "empty" and "text/html" in request.headers.get("Accept", "")
    )


def _language(chosen: str | None) -> str:
    """?lang, the device's cookie, the account's own choice, the browser's languages, Korean."""
    for name in (request.args.get("lang"), request.cookies.get("lang"), chosen):
        if name in i18n.LOCALES:
            return str(name)
    return preferred(request.headers.get("Accept-Language", ""))


def _set_caching(response: Response) -> None:
    """Nothing of a reader's stays in a cache; what a view set for a file of all readers stands."""
    everybody = g.get("everybody", False)
    response.headers["Vary"] = "Accept-Encoding" if everybody else VARY
    if everybody:
        return
    if actor().signed_in or g.get("personal", False) or "Set-Cookie" in response.headers:
        response.headers["Cache-Control"] = PRIVATE
    else:
        response.headers.setdefault("Cache-Control", "no-cache")


async def _compress(response: Response) -> None:
    """gzip for text that came whole. Tokens are masked anew in every answer, so that the length
    of a compressed page tells nothing about them (BREACH)."""
    if (
        not isinstance(response.response, DataBody)
        or "Content-Encoding" in response.headers
        or not (response.content_type or "").startswith(TEXT_TYPES)
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or g.get("shared", False)
    ):
        return
    body = await response.get_data(as_text=False)
    if len(body) >= COMPRESSED_FROM:
        response.set_data(compressed(body))
        response.headers["Content-Encoding"] = "gzip"
