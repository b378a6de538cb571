"""A slice's way in: a blueprint whose every route says who, how often and how much.

A route without a Policy does not exist for the application (application.py refuses it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quart import Blueprint

from server.core.web.calls import Taker, viewed
from server.core.web.permissions import PUBLIC, Permission

if TYPE_CHECKING:
    from quart import Response
    from quart.typing import RouteCallable

    from server.core.web.limits import Limit
    from server.core.web.problems import Problem

__all__ = ["KB", "MB", "Door", "Policy", "Teller"]

KB = 1024
MB = 1024 * KB

View = Callable[..., Any]
type Teller = Callable[[Problem, str], Response]
"""Says a Problem, met at a path, in the format that machines under an address expect."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one method of one route allows. `body_max` is in bytes; `csrf` is True or the reason
    why this route has another proof (a provider's signature); `cache` seconds of the shared
    micro-cache, for anonymous readers of public pages only."""

    who: Permission
    limit: Limit
    body_max: int
    csrf: bool | str
    cache: float | None


class Door(Blueprint):
    """`door = Door("complaints")`, then `@door.get(...)` and `@door.post(...)` on views.

    `tells` is for doors of machines: under each address (`/api`) whatever goes wrong, unknown
    addresses included, is told by its Teller, and no answer depends on the Accept header.
    """

    def __init__(
        self, name: str, url_prefix: str | None = None, tells: Mapping[str, Teller] | None = None
    ) -> None:
        super().__init__(name, f"server.{name}", url_prefix=url_prefix)
        self.policies: dict[tuple[str, str], Policy] = {}
        self.takers: dict[tuple[str, str], Taker] = {}
        self.tells = dict(tells or {})

    def get(  # type: ignore[override]
        self,
        rule: str,
        *,
        who: Permission,
        limit: Limit,
        cache: float | None = None,
        **options: Any,
    ) -> Callable[[RouteCallable], RouteCallable]:
        """A page to read. `cache` only where no form and nothing of the reader is on it."""
        if cache is not None and not (0 < cache <= 1 and who.open_to_anonymous):
            raise ValueError(f"{rule}: the micro-cache is for public pages, at most one second")
        policy = Policy(who, limit, body_max=0, csrf=False, cache=cache)
        return self._opened(rule, "GET", policy, options)

    def post(  # type: ignore[override]
        self,
        rule: str,
        *,
        who: Permission,
        limit: Limit,
        body_max: int = 256 * KB,
        csrf: bool | str = True,
        **options: Any,
    ) -> Callable[[RouteCallable], RouteCallable]:
        """An act. `csrf="reason"` only for callbacks that carry a provider's signature."""
        return self._unsafe(rule, "POST", who, limit, body_max, csrf, options)

    def delete(  # type: ignore[override]
        self,
        rule: str,
        *,
        who: Permission,
        limit: Limit,
        body_max: int = 16 * KB,
        csrf: bool | str = True,
        **options: Any,
    ) -> Callable[[RouteCallable], RouteCallable]:
        """An act of removal by a script; forms use POST."""
        return self._unsafe(rule, "DELETE", who, limit, body_max, csrf, options)

    def calls(
        self, rule: str, *, method: str, limit: Limit, body_max: int, proof: str
    ) -> Callable[[Taker], Taker]:
        """Calls of machines, GET or POST, answered 200 (calls.py). `proof` says what stands for a
        token: a signature, or a proof in the address."""
        if method not in {"GET", "POST"} or not proof:
            raise ValueError(f"{rule}: a call is GET or POST, and proves itself")
        unsafe = method == "POST"
        policy = Policy(PUBLIC, limit, body_max * unsafe, csrf=unsafe and proof, cache=None)

        def decorate(taker: Taker) -> Taker:
            endpoint = getattr(taker, "__name__", "")
            self._opened(rule, method, policy, {"endpoint": endpoint})(viewed(taker))
            self.takers[endpoint, method] = taker
            return taker

        return decorate

    def _unsafe(
        self,
        rule: str,
        method: str,
        who: Permission,
        limit: Limit,
        body_max: int,
        csrf: bool | str,
        options: dict[str, Any],
    ) -> Callable[[RouteCallable], RouteCallable]:
        if csrf is False or csrf == "":
            raise ValueError(f"{rule}: name the reason why this route needs no CSRF token")
        policy = Policy(who, limit, body_max=body_max, csrf=csrf, cache=None)
        return self._opened(rule, method, policy, options)

    def _opened(
        self, rule: str, method: str, policy: Policy, options: dict[str, Any]
    ) -> Callable[[RouteCallable], RouteCallable]:
        def decorate(view: RouteCallable) -> RouteCallable:
            endpoint = options.pop("endpoint", None) or getattr(view, "__name__", "")
            known = self.policies.setdefault((endpoint, method), policy)
            if known != policy:
                raise ValueError(f"{self.name}.{endpoint}: two policies for {method}")
            self.add_url_rule(
                rule,
                endpoint,
                view,
                methods=[method],
                provide_automatic_options=False,
                **options,
            )
            return view

        return decorate
