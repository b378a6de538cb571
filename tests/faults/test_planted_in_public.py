"""Y12-2 (1), Y22-1 (1): personal data planted through the forms is read by nobody else: not on a
public page, in a feed, the API, open data, a push, an answer that refuses, or a log."""

import random
import re
import sqlite3
from typing import Any

import pytest

from server.complaints.disclosure.guard_rules import luhn
from tests.filing import filled, topic_of
from tests.office import DEMO_PASSWORD, Office, Page, Phone

RESIDENTS = 11
COMPLAINTS_OF_EACH = 2
GUESTS = 8
PLANTED = 200
PAGES_MAX = 250
OPEN_TO_PROGRAMS = (
    "/api/openapi.json",
    "/feeds/complaints.atom",
    "/open/complaints.csv",
    "/open/complaints.json",
    "/open311/v2/discovery.json",
    "/open311/v2/requests.json",
    "/open311/v2/requests.xml",
    "/open311/v2/services.json",
    "/statistics",
    "/manifest.webmanifest",
)


class Plants:
    """Personal data that occurs nowhere else, and the list of all of it."""

    def __init__(self) -> None:
        self.chance = random.Random(1222)
        self.all: list[str] = []

    def keep(self, text: str) -> str:
        self.all.append(text)
        return text

    def digits(self, count: int) -> str:
        return "".join(self.chance.choice("123456789") for _ in range(count))

    def name(self) -> str:
        return self.keep("".join(chr(self.chance.randrange(0xAC00, 0xD7A4)) for _ in range(4)))

    def phone(self) -> str:
        return self.keep(f"010-{self.digits(4)}-{self.digits(4)}")

    def email(self) -> str:
        return self.keep(f"{self.chance.randbytes(6).hex()}@example.com")

    def resident_number(self) -> str:
        return self.keep(f"{self.chance.randrange(60, 99)}0{self.digits(1)}12-2{self.digits(6)}")

    def account(self) -> str:
        return self.keep(f"110-{self.digits(3)}-{self.digits(6)}")

    def card(self) -> str:
        body = "5412" + self.digits(11)
        number = next(body + last for last in "0123456789" if luhn(body + last))
        return self.keep("-".join(number[at : at + 4] for at in range(0, 16, 4)))

    def text(self, *own: str) -> str:
        """A text that says too much: of its writer, and of others."""
        numbers = (self.phone(), self.resident_number(), self.account(), self.card())
        return f"{' '.join(own)} 연락 {' / '.join(numbers)} 메일 {self.email()}"

    def found_in(self, text: str) -> list[str]:
        return [plant for plant in self.all if plant in text]


async def join(office: Office, phone: Phone, plants: Plants) -> tuple[str, str, str]:
    own = plants.name(), plants.phone(), plants.email()
    fields = {
        "login_id": f"r{plants.chance.randbytes(5).hex()}",
        "password": DEMO_PASSWORD + "!",
        "name": own[0],
        "birth_date": "1988-03-21",
        "phone": own[1],
        "email": own[2],
        "accept_terms": "y",
        "accept_privacy": "y",
    }
    joined = await phone.post("/join", fields)
    assert joined.status == 200, joined.words
    return own


async def disclose(phone: Phone, plants: Plants, body: str, extra: dict[str, str]) -> str:
    """Filed publicly it comes back; filed for oneself and disclosed, its numbers are covered."""
    form = await phone.get("/complaints/new")
    fields = filled(topic=topic_of(form.text), body=body, **extra)
    refused = await phone.post("/complaints/new", fields)
    assert refused.status == 422, refused.words
    assert "<mark>" in refused.text
    del fields["public"]
    filed = await phone.post("/complaints/new", fields)
    assert filed.status == 200, filed.words
    at = f"{filed.url}/public"
    assert (await phone.post(at, {"public": "y"})).status == 422
    shown = await phone.post(at, {"public": "y", "cover": "y"})
    assert shown.status == 200, shown.words
    return filed.url.rpartition("/")[2]


async def walk(phone: Phone) -> dict[str, Page]:
    """Every page that a stranger reaches by links, and what programs read."""
    found: dict[str, Page] = {}
    ahead = ["/", "/complaints", *OPEN_TO_PROGRAMS]
    while ahead and len(found) < PAGES_MAX:
        path = ahead.pop(0)
        if path in found:
            continue
        found[path] = page = await phone.get(path)
        links = re.findall(r'(?:href|src)="(/[^"#]*)"', page.text.replace("&amp;", "&"))
        ahead += [link for link in links if link not in found and "/assets/" not in link]
    return found


@pytest.mark.prove
@pytest.mark.clause("Y12-2", 1)
@pytest.mark.clause("Y22-1", 1)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_200_planted_personal_data_reach_nobody_else(office: Office, database_rows: Any):
    plants = Plants()
    numbers = []
    for _ in range(RESIDENTS):
        async with Phone(office.url) as phone:
            own = await join(office, phone, plants)
            for _ in range(COMPLAINTS_OF_EACH):
                title = {"title": f"{own[0]}의 집 앞 가로등"}
                numbers.append(await disclose(phone, plants, plants.text(*own), title))
    for _ in range(GUESTS):
        async with Phone(office.url) as phone:
            own = plants.name(), plants.phone(), plants.keep(f"비밀로 {plants.digits(6)}")
            who = {"name": own[0], "phone": own[1], "address": own[2]}
            who["password"] = "seonyu-do 12 gongwon"
            numbers.append(await disclose(phone, plants, plants.text(*own), who))
    async with Phone(office.url) as official:
        await official.sign_in("official")
        case = await official.get(f"/desk/complaints/{numbers[0]}")
        kind = re.search(r'(?s)id="accept-kind".*?value="([a-z][a-z0-9-]+)"', case.text)
        version = re.search(r'name="version"[^>]*value="(\d+)"', case.text)
        assert kind
        assert version
        await official.post(
            f"/desk/complaints/{numbers[0]}/accept",
            {"kind": kind[1], "version": version[1]},
            hidden=dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', case.text)),
        )
    assert len(plants.all) >= PLANTED, len(plants.all)

    async with Phone(office.url) as stranger:
        pages = await walk(stranger)
        for number in numbers:
            for end in ("", "/unlock", "/due.ics", "/receipt"):
                path = f"/complaints/{number}{end}"
                pages[path] = await stranger.get(path)
        for plant in plants.all[:40]:
            pages[f"search {plant}"] = found = await stranger.get(f"/complaints?q={plant}")
            assert not set(numbers) & set(re.findall(r"\d{4}-\d{6}-\d", found.text)), plant
        wrong = {"number": numbers[-1], "password": "not the password"}
        pages["unlock"] = await stranger.post("/complaints/find", wrong)
        pages["nowhere"] = await stranger.get("/complaints/2611-999999-0/nowhere")
        pages["refused"] = await stranger.post("/complaints/new", {"title": "제목만"})
    assert sum(number in pages["/open/complaints.json"].text for number in numbers) == len(numbers)
    office.stop()
    shown = {
        path: found
        for path, page in pages.items()
        if (found := [p for p in plants.found_in(page.text) if not path.endswith(p)])
    }
    assert not shown, dict(list(shown.items())[:5])
    for log in office.folder.glob("*.log"):
        assert not plants.found_in(log.read_text(errors="replace")), log.name
    for table in ("notification", "outbox_job", "audit_entry", "publication", "search_entry"):
        assert not plants.found_in(database_rows(table)), table


@pytest.fixture
def database_rows(office: Office) -> Any:
    """What a table says, as text: pushes are made of notifications and jobs."""

    def read(table: str) -> str:
        file = office.database_url.removeprefix("sqlite://")
        with sqlite3.connect(file) as connection:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        connection.close()
        return "\n".join(repr(row) for row in rows)

    return read
