"""Walks every route: who may enter, how often, how much, with which proof, under which headers."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from werkzeug.routing import Rule

from server import app as house
from server.core.web import Actor, Limit, Permission
from server.core.web.door import Policy
from server.core.web.headers import CSP

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

SAFE = {"GET", "HEAD", "OPTIONS"}
ROLES = frozenset(
    {"complaints", "handler", "head", "examiner", "audit", "informatics", "privacy", "admin"}
)
READERS = {
    "resident": Actor(account_id=1, kind="resident", person_id=1),
    "unverified": Actor(account_id=1, kind="resident"),
    "official": Actor(account_id=1, kind="official", department_id=1),
    "everything": Actor(account_id=1, kind="official", department_id=1, roles=ROLES),
}
SAMPLES = {
    "IntegerConverter": "1",
    "BigIntConverter": "1",
    "UUIDConverter": str(UUID(int=1)),
    "PathConverter": "x",
    "UnicodeConverter": "x",
}
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SERVER = Path(house.__file__).parent


class Route(NamedTuple):
    """One method of one rule, and an address that it answers."""

    method: str
    rule: Rule
    policy: Policy | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def address(self) -> str:
        """The rule with something in every place."""
        address: str = self.rule.rule
        for name, converter in self.rule._converters.items():
            sample = SAMPLES[type(converter).__name__]
            address = re.sub(rf"<(?:[^<>:]+:)?{name}>", sample, address)
        return address


def routes(app: Any) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, rule, app.policies.get((rule.endpoint, method)))


def policy_of(route: Route) -> Policy:
    assert route.policy is not None, f"{route.name} has no policy"
    return route.policy


def who_may(permission: Permission) -> str | None:
    return next((name for name, reader in READERS.items() if permission.test(reader)), None)


def who_may_not(permission: Permission) -> str | None:
    return next((name for name, reader in READERS.items() if not permission.test(reader)), None)


@pytest.fixture
def readers(app: Any) -> Any:
    """The application where a session cookie names one of READERS."""

    async def session(token: str) -> Actor | None:
        return READERS.get(token)

    app.sessions = session
    app.limits = type(app.limits)("off")
    return app


async def answer_to(app: Any, route: Route, reader: str | None = None, **more: Any) -> Any:
    client = app.test_client()
    if reader is not None:
        client.set_cookie("localhost", "madang", reader)
    answer = await client.open(route.address, method=route.method, **more)
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value], f"{route.name}: {name}"
    assert answer.status_code < 500, route.name
    return answer


@pytest.mark.clause("Y23-1", 1)
async def test_every_route_has_a_policy(app: Any) -> None:
    for route in routes(app):
        policy = policy_of(route)
        assert policy.who.name, route.name
        assert isinstance(policy.limit, Limit), route.name
        if route.method in SAFE:
            assert policy.cache is None or policy.who.open_to_anonymous, route.name
        else:
            assert policy.body_max > 0, route.name
            assert policy.csrf is True or len(str(policy.csrf)) > 10, route.name


async def test_no_policy_is_left_without_a_route(app: Any) -> None:
    walked = {(route.rule.endpoint, route.method) for route in routes(app)}
    assert set(app.policies) == walked


async def test_no_two_routes_share_an_address(app: Any) -> None:
    shapes = Counter(
        f"{route.method} {re.sub('<[^>]+>', '<>', route.rule.rule)}" for route in routes(app)
    )
    assert [shape for shape, count in shapes.items() if count > 1] == []


async def test_every_door_of_the_house_is_hung(app: Any) -> None:
    built = {
        name
        for file in SERVER.rglob("*.py")
        for name in re.findall(r'^\w+ = Door\("(\w+)"', file.read_text("utf-8"), re.MULTILINE)
    }
    assert built == set(app.blueprints)


@pytest.mark.clause("Y23-1", 1)
async def test_who_is_not_signed_in(readers: Any) -> None:
    for route in routes(readers):
        policy = policy_of(route)
        if route.method in SAFE:
            answer = await answer_to(readers, route)
            if not policy.who.open_to_anonymous:
                assert answer.status_code == 303, route.name
                assert answer.headers["Location"].startswith("/login?next=/"), route.name
        elif policy.csrf is True:
            answer = await answer_to(readers, route, form={"title": "x"})
            wanted = 403 if policy.who.open_to_anonymous else 401
            assert answer.status_code == wanted, route.name
        else:
            answer = await answer_to(readers, route, form={"title": "x"})
            assert answer.status_code >= 400, f"{route.name} takes what nobody signed"


async def test_who_is_signed_in_without_the_right(readers: Any) -> None:
    for route in routes(readers):
        policy = policy_of(route)
        reader = who_may_not(policy.who)
        if reader is None:
            continue
        answer = await answer_to(readers, route, reader)
        wanted = 303 if policy.who.open_to_anonymous else 403
        assert answer.status_code == wanted, f"{route.name} as {reader}"


@pytest.mark.clause("Y23-1", 1)
async def test_nothing_is_done_without_a_token(readers: Any) -> None:
    for route in routes(readers):
        policy = policy_of(route)
        reader = who_may(policy.who)
        if route.method in SAFE or policy.csrf is not True or reader is None:
            continue
        for more in ({}, {"form": {"csrf_token": "x"}}, {"headers": {"X-CSRF-Token": "x"}}):
            answer = await answer_to(readers, route, reader, **more)
            assert answer.status_code == 403, f"{route.name} as {reader}"


@pytest.mark.clause("Y23-1", 1)
async def test_a_body_over_its_limit_is_refused(readers: Any) -> None:
    for route in routes(readers):
        policy = policy_of(route)
        if route.method in SAFE or policy.csrf is not True or policy.body_max > 2**20:
            continue
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await answer_to(
            readers, route, who_may(policy.who), data=b"x" * (policy.body_max + 1), headers=form
        )
        assert answer.status_code == 413, route.name


async def test_what_is_private_is_kept_nowhere(readers: Any) -> None:
    for route in routes(readers):
        reader = who_may_not(policy_of(route).who)
        if route.method == "GET" and reader is not None:
            answer = await answer_to(readers, route, reader)
            assert answer.headers["Cache-Control"] == "private, no-store", route.name


async def test_strange_methods_and_addresses(readers: Any) -> None:
    client = readers.test_client()
    for method in ("PUT", "PATCH", "OPTIONS", "TRACE"):
        answer = await client.open("/complaints", method=method)
        assert answer.status_code == 405, method
        assert answer.headers["Content-Security-Policy"] == CSP
        assert "GET" in answer.headers["Allow"]
