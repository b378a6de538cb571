"""A small town for the tests of what is not one slice's: an office, a resident, their browsers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.catalogue import service as catalogue
from tests.people import PASSWORD, People

OFFICIAL_PASSWORD = "Munrae-dong 3-ga!"
BORN = date(1984, 5, 17)
NAME = "김영희"


@dataclass
class Town:
    """Accounts: `kim` resident, `clerk` of the complaints department, `road` of the roads."""

    app: Any
    people: People
    departments: dict[str, int]
    accounts: dict[str, int]

    async def browser(self, login_id: str) -> Any:
        """A new browser, signed in."""
        client = self.app.test_client()
        password = PASSWORD if login_id == "kim" else OFFICIAL_PASSWORD
        await self.people.sign_in(client, login_id, password)
        return client

    async def verify(self) -> None:
        """Kim's identity card is seen at the desk."""
        kim = self.accounts["kim"]
        issued = await accounts.issue_code(self.accounts["clerk"], "kim", NAME, BORN)
        await accounts.verify(kim, issued.code)

    async def official(self, login_id: str, department: str, *roles: str) -> int:
        """An official who may act at once."""
        created = await accounts.create_official(
            login_id,
            "박철수",
            self.departments[department],
            set(roles),
            password=OFFICIAL_PASSWORD,
            must_change_password=False,
        )
        self.accounts[login_id] = created.account_id
        return created.account_id


async def founded(app: Any) -> Town:
    """The town on an empty database."""
    town = Town(app, People(app), {}, {})
    for slug, name in (("civil-affairs", "민원여권과"), ("roads", "도로과")):
        town.departments[slug] = await accounts.create_department(slug, name, slug, "02-2670-3114")
    await town.official("clerk", "civil-affairs", "complaints", "handler")
    await town.official("road", "roads", "handler")
    await catalogue.seed_catalogue()
    joined = await accounts.join(
        Joining(
            login_id="kim",
            password=PASSWORD,
            name=NAME,
            birth_date=BORN.isoformat(),
            phone="010-0000-1204",
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
    )
    town.accounts["kim"] = joined.account_id
    return town
