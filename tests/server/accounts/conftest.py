"""An office with two departments and the people who act in the tests of accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from server.accounts import service
from server.accounts.joining_rules import Joining
from tests.people import PASSWORD, People

OFFICIAL_PASSWORD = "Munrae-dong 3-ga!"
BORN = date(1990, 1, 5)
JOIN = {
    "login_id": "kim",
    "password": PASSWORD,
    "name": "김영희",
    "birth_date": "1990-01-05",
    "phone": "010-1234-5678",
    "email": "kim@example.kr",
    "accept_terms": "y",
    "accept_privacy": "y",
}


@dataclass
class Desk:
    """Ids of the departments and officials of the test office."""

    affairs: int
    roads: int
    clerk: int
    admin: int


async def make_official(login_id: str, department_id: int | None, *roles: str) -> int:
    """An official who may act at once."""
    created = await service.create_official(
        login_id,
        "박철수",
        department_id,
        set(roles),
        password=OFFICIAL_PASSWORD,
        must_change_password=False,
    )
    return created.account_id


async def make_resident(login_id: str, **changes: Any) -> int:
    """A resident who has joined."""
    fields = {name: value for name, value in JOIN.items() if not name.startswith("accept")}
    consents = {"terms": "2026-03-02", "privacy": "2026-03-02"}
    fields |= {"login_id": login_id, **changes}
    return (await service.join(Joining(**fields, consents=consents))).account_id


@pytest.fixture
async def desk(app: Any) -> Desk:
    """Two departments, a clerk who may verify, an administrator."""
    affairs = await service.create_department(
        "affairs", "민원여권과", "Civil Affairs", "02-2670-3114"
    )
    roads = await service.create_department("roads", "도로과", "Roads", "02-2670-3500")
    return Desk(
        affairs,
        roads,
        await make_official("clerk", affairs, "complaints", "handler"),
        await make_official("chief", None, "admin"),
    )


@pytest.fixture
def joined(app: Any, people: People) -> Callable[..., Awaitable[Any]]:
    """`client = await joined(login_id="lee")`: a browser that has just joined over HTTP."""

    async def join(**changes: Any) -> Any:
        client = app.test_client()
        answer = await people.post(client, "/join", JOIN | changes)
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        return client

    return join


@pytest.fixture
def signed_in(app: Any, people: People) -> Callable[..., Awaitable[Any]]:
    """`client = await signed_in("clerk")`: a browser of an official of the test office."""

    async def enter(login_id: str, password: str = OFFICIAL_PASSWORD) -> Any:
        client = app.test_client()
        await people.sign_in(client, login_id, password)
        return client

    return enter


async def text(answer: Any) -> str:
    """The page of an answer."""
    return str(await answer.get_data(as_text=True))


async def issue(client: Any, people: People, **changes: Any) -> str:
    """The code that an official's browser gets at /desk/verify."""
    card = {"who": "kim", "name": "김영희", "birth_date": "1990-01-05"} | changes
    answer = await people.post(client, "/desk/verify", card)
    page = await text(answer)
    assert answer.status_code == 200, page
    return page.partition('id="code"')[2].partition(">")[2].partition("<")[0]
