"""A small office with the catalogue, its officials and two residents, acting over HTTP."""

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.catalogue import service as catalogue
from server.core import clock
from tests.people import PASSWORD, People, hidden_fields

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""What a case says over HTTP; test_lives does every act on both databases."""


OFFICIAL_PASSWORD = "Munrae-dong 3-ga!"
MONDAY = datetime.fromisoformat("2026-11-23T10:00+09:00")

FILED = {
    "topic": "street-lamp",
    "title": "당산로 가로등이 꺼졌습니다",
    "body": "당산로 12길 모퉁이 가로등이 사흘째 꺼져 있어 밤길이 어둡습니다.",
    "place": "당산로 12길 모퉁이",
    "lat": "",
    "lon": "",
    "public": "y",
    "reply_by": "app",
}


class Time:
    """The test's clock: it ticks on by a second at every look, and can be set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=10)
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def time() -> Any:
    """Monday 2026-11-23 10:00 in Seoul, ticking on; `time.set("2026-11-24T09:00+09:00")`."""
    ticking = Time(MONDAY.astimezone(UTC))
    with clock.use(ticking):
        yield ticking


@dataclass
class Office:
    """The test office: ids of departments and accounts, and browsers of those who act."""

    app: Any
    people: People
    departments: dict[str, int]
    accounts: dict[str, int]
    browsers: dict[str, tuple[Any, datetime]] = field(default_factory=dict)

    async def browser(self, login_id: str) -> Any:
        """The signed-in browser of somebody; kim and lee are residents. Sessions of officials
        end after half an hour: later they sign in anew."""
        client, since = self.browsers.get(login_id, (None, clock.now()))
        if client is None or clock.now() - since > timedelta(minutes=20):
            client = self.app.test_client()
            password = PASSWORD if login_id in RESIDENTS else OFFICIAL_PASSWORD
            await self.people.sign_in(client, login_id, password)
            self.browsers[login_id] = client, clock.now()
        return client

    async def get(self, login_id: str | None, path: str, **more: Any) -> Any:
        """A page as somebody sees it; None is anybody."""
        client = await self.browser(login_id) if login_id else self.app.test_client()
        return await client.get(quote(path, safe="/?&=%"), **more)

    async def page(self, login_id: str | None, path: str) -> str:
        """The page's text; it must be there."""
        answer = await self.get(login_id, path)
        text = await answer.get_data(as_text=True)
        assert answer.status_code == 200, (answer.status_code, text)
        return str(text)

    async def post(
        self, login_id: str, path: str, fields: dict[str, Any], *, at: str | None = None
    ) -> Any:
        """Opens the form and posts it back with the fields, as a browser without JavaScript."""
        client = await self.browser(login_id)
        hidden = hidden_fields(await text(await client.get(at or path)))
        if not hidden:
            hidden = hidden_fields(await text(await client.get("/me/settings")))
        return await client.post(path, form={**hidden, **fields})

    async def post_files(
        self, login_id: str, fields: dict[str, Any], photos: list[tuple[str, bytes]]
    ) -> Any:
        """Sends the form to file with photos (name, content)."""
        client = await self.browser(login_id)
        hidden = hidden_fields(await text(await client.get("/complaints/new")))
        return await client.post("/complaints/new", **multipart({**hidden, **fields}, photos))

    async def file(self, login_id: str = "kim", **changes: Any) -> str:
        """Files a complaint; its number."""
        answer = await self.post(login_id, "/complaints/new", {**FILED, **changes})
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        return str(answer.headers["Location"]).rpartition("/")[2]

    async def act(self, login_id: str, number: str, act: str, **fields: Any) -> Any:
        """Posts one of the desk's forms of the case's page."""
        at = f"/desk/complaints/{number}"
        if "version" not in fields:
            fields["version"] = str((await self.row(number)).version)
        return await self.post(login_id, f"{at}/{act}", fields, at=at)

    async def row(self, number: str) -> Any:
        """The complaint as the database has it."""
        from server.complaints.models import Complaint

        return await Complaint.get(number=number)


RESIDENTS = {
    "kim": ("김영희", "010-1234-5678", "kim@example.kr"),
    "lee": ("이철수", "010-8765-4321", "lee@example.kr"),
}
OFFICIALS = {
    "clerk": ("정민원", "civil-affairs", {"complaints", "handler"}),
    "park": ("박도로", "roads", {"handler"}),
    "nam": ("남팀장", "roads", {"team_head"}),
    "kang": ("강과장", "roads", {"handler", "head"}),
    "choi": ("최청소", "cleaning", {"handler"}),
    "seo": ("서심사", "audit", {"examiner"}),
    "yoon": ("윤감사", "audit", {"audit"}),
    "jang": ("장정보", "informatics", {"informatics"}),
}
DEPARTMENTS = {
    "civil-affairs": ("민원여권과", "Civil Affairs", "02-2670-3104"),
    "roads": ("도로과", "Roads", "02-2670-3804"),
    "cleaning": ("청소과", "Cleaning", "02-2670-3484"),
    "audit": ("감사담당관", "Audit", "02-2670-3024"),
    "informatics": ("디지털정책과", "Informatics", "02-2670-4141"),
}


@pytest.fixture
async def office(app: Any, people: People, time: Time) -> Office:
    """The office on a Monday morning."""
    departments = {
        slug: await accounts.create_department(slug, *words) for slug, words in DEPARTMENTS.items()
    }
    made = {}
    for login_id, (name, phone, email) in RESIDENTS.items():
        joining = Joining(
            login_id=login_id,
            password=PASSWORD,
            name=name,
            birth_date="1990-01-05",
            phone=phone,
            email=email,
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
        made[login_id] = (await accounts.join(joining)).account_id
    for login_id, (name, department, roles) in OFFICIALS.items():
        created = await accounts.create_official(
            login_id,
            name,
            departments[department],
            roles,
            password=OFFICIAL_PASSWORD,
            must_change_password=False,
        )
        made[login_id] = created.account_id
    await catalogue.seed_catalogue()
    return Office(app, people, departments, made)


async def done(answer: Any) -> None:
    """The act was done."""
    assert answer.status_code == 303, await answer.get_data(as_text=True)


type Handled = Callable[..., Awaitable[str]]


@pytest.fixture
def handled(office: Office) -> Handled:
    """`number = await handled("assign")`: a complaint filed and handled up to that act."""

    async def handle(until: str, **changes: Any) -> str:
        number = await office.file(**changes)
        roads = f"{office.departments['roads']}:{office.accounts['park']}"
        way = [
            ("clerk", "accept", {"kind": "street-lamp"}),
            ("clerk", "assign", {"to": roads}),
            ("park", "note", {"step": "on_site", "text": "안정기를 주문했습니다."}),
            ("park", "complete", {"outcome": "done", "text": "등을 새로 달았습니다."}),
        ]
        for who, act, fields in way:
            await done(await office.act(who, number, act, **fields))
            if act == until:
                break
        return number

    return handle


@pytest.fixture
def drafted(office: Office, handled: Handled) -> Any:
    """A complaint whose kind wants the team head and the department head, and its answer drafted
    by park."""

    async def draft(kind: str = "grievance") -> str:
        number = await handled("assign")
        await done(await office.act("clerk", number, "reclassify", kind=kind))
        answer = {"outcome": "done", "text": "가로등을 새로 달았습니다."}
        await done(await office.act("park", number, "complete", **answer))
        return number

    return draft


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **more: Any) -> bytes:
    """A small picture as a phone might make it."""
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def multipart(fields: dict[str, Any], photos: list[tuple[str, bytes]]) -> dict[str, Any]:
    """A form with files as browsers send it; a field may hold a list of values."""
    values = MultiDict(fields)
    for name, content in photos:
        values.add("photos", FileStorage(io.BytesIO(content), filename=name))
    boundary, data = encode_multipart(values)
    return {"data": data, "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"}}


async def text(answer: Any) -> str:
    """The page of an answer."""
    return str(await answer.get_data(as_text=True))
