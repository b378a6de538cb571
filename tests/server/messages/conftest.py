"""A resident with mileage, a provider that calls back when a test says so, and an open ledger."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.core import ids
from server.messages import handlers
from server.mileage import ledger
from server.mileage import service as mileage
from tests.people import PASSWORD, People, hidden_fields

BORN = "1990-01-05"


@dataclass
class Resident:
    """A verified resident who is signed in."""

    client: Any
    account_id: int
    person_id: int

    async def points(self) -> mileage.Balance:
        return await mileage.balance(self.person_id)

    async def post(self, path: str, fields: dict[str, Any], *, form_at: str | None = None) -> Any:
        """Fills a form of the page in (the page's own address unless form_at is given)."""
        page = await self.client.get(form_at or path)
        hidden = hidden_fields(await page.get_data(as_text=True))
        if not hidden:  # another tab, opened before, still has its form
            page = await self.client.get("/messages/sms/new")
            hidden = hidden_fields(await page.get_data(as_text=True))
        return await self.client.post(path, form={**hidden, **fields})

    async def draft(self, to: str, body: str = "토요일 10시에 만나요.") -> str:
        """Writes an SMS; the address of its draft."""
        answer = await self.post("/messages/sms/new", {"to": to, "body": body})
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        return str(answer.headers["Location"])

    async def confirm(self, address: str) -> Any:
        return await self.post(f"{address}/confirm", {"declared": "y"}, form_at=address)

    async def send(self, to: str, body: str = "토요일 10시에 만나요.") -> str:
        """Writes an SMS and sends it; its address."""
        address = await self.draft(to, body)
        answer = await self.confirm(address)
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        return address

    async def see(self, address: str) -> str:
        """The words of a page."""
        answer = await self.client.get(address)
        assert answer.status_code == 200
        return str(await answer.get_data(as_text=True))


@pytest.fixture
def resident(app: Any, people: People) -> Callable[..., Awaitable[Resident]]:
    """`await resident("kim", points=500)`; unverified where verified=False."""
    number = 0

    async def make(login_id: str, *, points: int = 1_000, verified: bool = True) -> Resident:
        nonlocal number
        number += 1
        name = "김영희" + "가나다라마바사"[number - 1]
        joining = Joining(
            login_id=login_id,
            password=PASSWORD,
            name=name,
            birth_date=BORN,
            phone=f"010-1234-{number:04}",
            email="",
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
        account_id = (await accounts.join(joining)).account_id
        person_id = 0
        if verified:
            clerk = await accounts.create_official(
                f"clerk-{number}", "박철수", None, {"complaints"},
                password=PASSWORD, must_change_password=False,
            )  # fmt: skip
            issued = await accounts.issue_code(
                clerk.account_id, login_id, name, date.fromisoformat(BORN)
            )
            person_id = await accounts.verify(account_id, issued.code)
            given = (await mileage.balance(person_id)).available
            # The day's first page gives 30 more as soon as somebody signs in.
            rest = points - given - await mileage.first_page_of_day(person_id)
            if rest > 0:
                await ledger.award(f"test:{ids.new_uuid()}", person_id, rest, "survey", "")
        client = app.test_client()
        await people.sign_in(client, login_id)
        return Resident(client, account_id, person_id)

    return make


class Carrier:
    """The simulator's side: how it behaves, and the callbacks that it owes."""

    def __init__(self, app: Any, folder: Any) -> None:
        self.app = app
        self.folder = folder

    def behave(self, **control: Any) -> None:
        """Writes the control file: behaviour={"*": "fail"}, delay_seconds=..."""
        self.folder.mkdir(parents=True, exist_ok=True)
        quick = {"delay_seconds": 0.0, "timeout_seconds": 0.01, "slow_seconds": 0.01}
        (self.folder / "control.json").write_text(json.dumps(quick | control))

    async def call_back(self, channel: str = "sms", *, times: int = 1) -> list[int]:
        """Posts every callback that is owed; the statuses of the answers."""
        roster = await handlers.roster()
        statuses = []
        for provider in getattr(roster, channel):
            for callback in provider.due_callbacks():
                path = urlsplit(callback.url).path
                for _ in range(times):
                    answer = await self.app.test_client().post(
                        path, headers=callback.headers, data=callback.body
                    )
                    statuses.append(answer.status_code)
        return statuses

    async def handed_over(self) -> dict[str, int]:
        """How often each order was handed over, by our id."""
        roster = await handlers.roster()
        times: dict[str, int] = roster.sms[0].store.handovers()
        return times


@pytest.fixture
async def carrier(app: Any, settings: Any) -> AsyncIterator[Carrier]:
    """The simulator; the ledger is proven when the test has ended."""
    made = Carrier(app, settings.data / "providers" / "simulator")
    made.behave()
    yield made
    report = await mileage.check()
    assert report.ok, str(report)
