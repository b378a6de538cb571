"""The OpenAPI document against what the routes really do: schemathesis asks, in-process (ASGI)."""

import asyncio
import gzip
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as rules
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from server.accounts import service as accounts
from server.app import create_app
from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.complaints.service import Filing, Place, Stranger
from server.opendata import operations
from server.opendata import service as opendata
from tests.conftest import POSTGRES_PROVED
from tests.server.complaints.conftest import DEPARTMENTS

CASES = 150
CASES_PROVED = 5_000


class Asked:
    """The application in a loop of its own, with some public complaints and a partner's key."""

    def __init__(self, settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.app = create_app(settings)
        self.app.limits = type(self.app.limits)("off")
        self._open = self.app.test_app()
        self.numbers: list[str] = []
        self.key = ""

    def __enter__(self) -> "Asked":
        self.runner.run(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self._open.shutdown())
        self.runner.close()

    async def _begin(self) -> None:
        await self._open.startup()
        for slug, words in DEPARTMENTS.items():
            await accounts.create_department(slug, *words)
        await catalogue.seed_catalogue()
        issuer = await accounts.create_admin("admin")
        for place in range(3):
            filing = Filing("street-lamp", f"가로등 {place}", "꺼졌습니다", Place("당산로"))
            person = Stranger("김영희", "010-1234-5678")
            self.numbers.append(await complaints.file(person, filing))
        key = await opendata.issue(issuer.account_id, "시험", ["file"], 10_000)
        self.key = key or ""
        await opendata.count_anew()

    def send(self, asked: requests.PreparedRequest) -> Response:
        """The answer to a request, as any client would see it."""
        return self.runner.run(self._send(asked))

    async def _send(self, asked: requests.PreparedRequest) -> Response:
        parts = urlsplit(str(asked.url))
        body = asked.body or b""
        body = body.encode() if isinstance(body, str) else body
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [
                (b"host", b"localhost"),
                *((n.lower().encode(), _bytes(v)) for n, v in asked.headers.items()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
            "extensions": {},
        }
        messages = [{"type": "http.request", "body": body, "more_body": False}]
        ended = asyncio.Event()
        began: dict[str, Any] = {}
        content = bytearray()

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                began.update(message)
            else:
                content.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    ended.set()

        await self.app(scope, receive, send)
        headers: dict[str, list[str]] = {}
        for name, value in began["headers"]:
            headers.setdefault(name.decode().lower(), []).append(value.decode("latin-1"))
        body = bytes(content)
        if headers.get("content-encoding") == ["gzip"]:
            body = gzip.decompress(body)
        return Response(began["status"], headers, body, asked, 0.0, verify=False)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "replace")


@pytest.fixture
def house(settings: Any) -> Iterator[Asked]:
    with Asked(settings) as open_house:
        yield open_house


def document_of(house: Asked) -> dict[str, Any]:
    request = requests.Request("GET", "http://localhost/api/openapi.json").prepare()
    document: dict[str, Any] = house.send(request).json()
    return document


async def test_the_document_names_every_operation_and_no_other(app: Any) -> None:
    """What stands in the address table for programs is what the document says, and both ways."""
    rooms = ("/api/", "/open311/", "/feeds/", "/open/")
    routed = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(rooms)
    }
    assert routed == {(each.method, each.rule) for each in operations.TABLE}
    answer = await app.test_client().get("/api/openapi.json")
    document = await answer.get_json()
    assert document["openapi"] == "3.1.0"
    written = {
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert written == routed


@POSTGRES_PROVED
def test_answers_are_as_the_document_says(house: Asked) -> None:
    ask_them_all(house, CASES // 2)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_five_thousand_answers_are_as_the_document_says(house: Asked) -> None:
    ask_them_all(house, CASES_PROVED * (4 if os.environ.get("PROVE_ALL") else 1) // 2)


def ask_them_all(house: Asked, cases: int) -> None:
    """So many cases at least over all operations, good ones and bad ones: no 5xx, nothing
    undocumented. Where one has no more to ask, the others are asked further."""
    schema = schemathesis.openapi.from_dict(document_of(house))
    found = [result.ok() for result in schema.get_all_operations()]
    left = [
        (operation, mode)
        for operation in found
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or has_parameters(operation)
    ]
    asked, turn = 0, 0
    while asked < cases:
        assert left, f"no operation has more to ask than {asked} cases"
        each = -(-(cases - asked) // len(left))
        times = [ask(house, operation, mode, each, turn) for operation, mode in left]
        asked += sum(times)
        left = [pair for pair, done in zip(left, times, strict=True) if done >= each]
        turn += 1


def has_parameters(operation: Any) -> bool:
    """Whether anything can be wrong with a request."""
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


def ask(house: Asked, operation: Any, mode: GenerationMode, times: int, turn: int) -> int:
    """Ask one operation so often, half of the time about complaints that there are; how often it
    was, for there may be less to ask. Each turn asks otherwise."""
    asked = 0

    @seed(311 + turn)
    @rules(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        real=st.booleans(),
        which=st.integers(0, 2),
    )
    def answered(case: Any, real: bool, which: int) -> None:
        nonlocal asked
        asked += 1
        if real:
            if not made_bad(case, ParameterLocation.PATH):
                for name in ("number", "service_request_id", "token"):
                    if name in (case.path_parameters or {}):
                        case.path_parameters[name] = house.numbers[which]
            if isinstance(case.body, dict) and "api_key" in case.body:
                case.body |= {"api_key": house.key, "service_code": "street-lamp"}
        told = case.as_transport_kwargs(base_url="http://localhost")
        request = requests.Request(
            told["method"],
            told["url"],
            headers=told.get("headers"),
            params=told.get("params"),
            data=told.get("data"),
            cookies=told.get("cookies"),
        )
        answer = house.send(request.prepare())
        case.validate_response(answer, excluded_checks=NOT_IN_A_SCHEMA.get(case.path, []))

    answered()
    return asked


def made_bad(case: Any, part: ParameterLocation) -> bool:
    """Whether this part of a request was drawn to be refused: a good value put there would turn
    it into a request that is rightly answered."""
    drawn = case.meta.components.get(part)
    return drawn is not None and drawn.mode is GenerationMode.NEGATIVE


NOT_IN_A_SCHEMA = {
    f"/open311/v2/requests.{ending}": [positive_data_acceptance, negative_data_rejection]
    for ending in ("xml", "json")
}
"""Where values that are each good may be refused together (a span of more than 90 days, half a
position, a number that points at somebody), and any text is a good list of codes."""
