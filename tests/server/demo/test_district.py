"""The demo district: whole, true in ledger and audit, made once even when interrupted."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server import config
from server.accounts import service as accounts
from server.catalogue import service as catalogue
from server.complaints import service as complaints
from server.core import audit, clock, db
from server.demo import days, password, pictures, service
from server.demo.models import DemoDistrict
from server.demo.stories import Event
from server.demo.written import read
from server.mileage import service as mileage
from server.notifications import service as notifications
from tests.conftest import POSTGRES_PROVED, make_settings
from tests.people import People

STATES = {
    "arrived",
    "awaiting_payment",
    "accepted",
    "cooperation",
    "inquiry",
    "awaiting_approval",
    "transferred",
    "merged",
    "assigned",
    "in_progress",
    "supplement",
    "completed",
    "withdrawn",
    "deemed_withdrawn",
    "lapsed",
}


def small(scene: str, visit: int) -> bytes:
    """A picture that takes no time: drawing is tested where it belongs."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (visit * 20, 40, len(scene))).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "photograph", small)


async def states() -> Counter[str]:
    rows = await db.fetch("SELECT state, count(*) AS number FROM complaint GROUP BY state")
    return Counter({row["state"]: row["number"] for row in rows})


async def figures() -> dict[str, int]:
    """How much there is of everything."""
    tables = ("account", "complaint", "complaint_step", "notification", "mileage_transfer")
    found = {}
    for table in tables:
        rows = await db.fetch(f"SELECT count(*) AS number FROM {table}")
        found[table] = rows[0]["number"]
    return found


async def it_is_whole() -> None:
    """Every state, ledger and audit without a fault, public and private complaints."""
    found = await states()
    assert set(found) == STATES
    assert found.total() >= 40
    outcomes = await db.fetch("SELECT DISTINCT outcome FROM complaint_answer")
    assert {row["outcome"] for row in outcomes} >= {"done", "partly", "refused", "returned"}
    extended = await db.fetch("SELECT granted FROM complaint_extension ORDER BY id")
    assert {None, True} <= {row["granted"] and bool(row["granted"]) for row in extended}
    assert len(await accounts.departments()) >= 14
    assert (await mileage.check()).ok
    assert (await audit.verify()).sound
    page = await complaints.public_list(limit=50)
    assert len(page.items) >= 30
    private = await db.fetch("SELECT count(*) AS number FROM complaint WHERE public = ?", [False])
    assert private[0]["number"] >= 4


async def its_logins_let_in(app: Any, settings: Any) -> None:
    """All seven; the resident's mileage buys an SMS and a fax of two pages, and has a history."""
    people = People(app)
    for login_id in service.LOGINS:
        client = app.test_client()
        await people.sign_in(client, login_id, password.of(settings))
        assert (await client.get("/me")).status_code == 200
    rows = await db.fetch("SELECT person_id, available FROM mileage_balance ORDER BY person_id")
    assert rows[0]["available"] >= 130
    assert len(await mileage.statement(rows[0]["person_id"])) >= 10


@pytest.mark.usefixtures("quick")
class TestFilling:
    @POSTGRES_PROVED
    async def test_the_district_is_whole_true_and_made_once(self, app: Any, settings: Any) -> None:
        await service.fill(settings)
        await it_is_whole()
        await its_logins_let_in(app, settings)
        official = next(one for one in await accounts.officials() if one.login_id == "official")
        assert await notifications.unread(official.id) == service.READ_BUT
        before = await figures()
        await service.fill(settings)
        assert await figures() == before

    @pytest.mark.prove
    @pytest.mark.parametrize("after", [1, 150])
    @pytest.mark.parametrize("engine", ["sqlite"])
    async def test_interrupted_it_goes_on_and_does_nothing_twice(
        self, app: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        def stopped(events: Iterable[Event]) -> Iterator[Event]:
            yield from islice(in_order(events), after)
            raise KeyboardInterrupt

        in_order = service.in_order
        monkeypatch.setattr(service, "in_order", stopped)
        with pytest.raises(KeyboardInterrupt):
            await service.fill(settings)
        monkeypatch.setattr(service, "in_order", in_order)
        await service.fill(settings)
        found = await states()
        assert found.total() == len(read("yeongdeungpo").complaint)
        steps = await db.fetch(
            "SELECT complaint_id, count(*) AS steps, max(version) AS version"
            " FROM complaint_step GROUP BY complaint_id"
        )
        assert all(row["steps"] == row["version"] for row in steps)
        assert (await mileage.check()).ok

    @pytest.mark.prove
    @pytest.mark.parametrize("engine", ["sqlite"])
    async def test_a_password_set_anew_holds_from_the_next_start(
        self, app: Any, settings: Any
    ) -> None:
        await service.fill(settings)
        weak = settings.model_copy(update={"demo_password": "12345678"})
        await service.fill(weak)
        client = app.test_client()
        await People(app).sign_in(client, "admin", "12345678")
        assert (await client.get("/desk/officials")).status_code == 200
        assert service.greeting(weak).endswith("password 12345678")


@pytest.mark.parametrize("engine", ["sqlite"])
class TestOsan:
    @pytest.fixture
    def settings(self, database: str, tmp_path: Path, keys: Path) -> Any:
        made = make_settings(tmp_path, keys, database, profile="osan")
        config.use(made)
        return made

    @pytest.mark.usefixtures("quick")
    async def test_osan_has_a_district_of_its_own_without_mileage(
        self, app: Any, settings: Any
    ) -> None:
        await service.fill(settings)
        assert (await states()).total() == len(read("osan").complaint)
        assert await db.fetch("SELECT id FROM mileage_transfer") == []
        assert {one.phone[:3] for one in await accounts.departments()} == {"031"}


@pytest.mark.parametrize("engine", ["sqlite"])
class TestLeftAlone:
    async def test_production_has_no_demo(self, app: Any, settings: Any) -> None:
        production = settings.model_copy(update={"mode": "production"})
        await service.fill(production)
        assert service.greeting(production) == ""
        assert await accounts.departments() == []
        config.use(production)
        from server.core.web import Forbidden

        with pytest.raises(Forbidden):
            await accounts.set_demo_password(["admin"], "12345678")

    async def test_an_office_with_departments_of_its_own(self, app: Any, settings: Any) -> None:
        await accounts.create_department("roads", "도로과", "Roads", "02-2670-3804")
        await service.fill(settings)
        assert len(await accounts.departments()) == 1
        assert await DemoDistrict.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_password_is_kept_beside_the_keys_and_stays(settings: Any) -> None:
    made = password.of(settings)
    assert made == password.of(settings)
    assert len(made) >= 15
    assert (settings.keys / "demo-password.secret").stat().st_mode & 0o777 == 0o600


class TestWritten:
    @pytest.mark.parametrize("slug", ["yeongdeungpo", "osan"])
    def test_the_story_names_only_what_there_is(self, slug: str) -> None:
        district = read(slug)
        departments = {one.slug for one in district.department}
        officials = {one.login: one for one in district.official}
        residents = {one.login for one in district.resident}
        assert set(service.LOGINS) <= officials.keys() | residents
        assert catalogue.departments_named() <= departments
        assert {one.department for one in district.official} <= departments
        for one in district.complaint:
            assert one.by in residents
            assert set(one.photos) <= pictures.SCENES.keys()
            for _, _, act, *words in one.steps:
                if act == "assign":
                    assert officials[words[1]].department == words[0]

    def test_a_district_without_a_story_of_its_own_borrows_one(self) -> None:
        assert read("mapo") == read("yeongdeungpo")


@pytest.mark.parametrize("scene", pictures.SCENES)
def test_a_scene_is_a_photograph_and_no_two_visits_look_the_same(scene: str) -> None:
    first, second = pictures.photograph(scene, 0), pictures.photograph(scene, 1)
    for data in (first, second):
        picture = Image.open(io.BytesIO(data))
        assert (picture.format, picture.size) == ("JPEG", (1200, 900))
        assert len(data) < 400_000
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 5_000
    assert first != second
    assert pictures.photograph(scene, 1) == second


@pytest.mark.parametrize(
    ("day", "moved", "expected"),
    [
        ("2026-11-22", -1, "2026-11-20"),  # Sunday back to Friday
        ("2026-11-23", 1, "2026-11-24"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2027-01-04", -1, "2026-12-31"),  # over New Year's Day
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_working_days(day: str, moved: int, expected: str) -> None:
    from datetime import date

    assert days.moved(date.fromisoformat(day), moved) == date.fromisoformat(expected)


def test_hours_are_seoul_s() -> None:
    from datetime import date

    at = days.at(date(2026, 11, 23), "09:30")
    assert at.tzinfo is clock.SEOUL
    assert days.ago("35m").total_seconds() == 2100
    assert days.ago("3h").total_seconds() == 10_800
