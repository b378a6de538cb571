"""The application as it is put together: what it wires, whom it greets, how it starts and ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import app as house
from server.core import db, outbox
from server.core.web import Actor
from server.mileage import service as mileage

READERS = {
    "resident": Actor(account_id=1, kind="resident", person_id=11),
    "unverified": Actor(account_id=2, kind="resident"),
    "official": Actor(account_id=3, kind="official", person_id=33),
}


@pytest.fixture
def awarded(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The persons whose first page of the day was told to mileage."""
    persons: list[int] = []

    async def first_page_of_day(person_id: int) -> int:
        persons.append(person_id)
        return 0

    async def session(token: str) -> Actor | None:
        return READERS.get(token)

    monkeypatch.setattr(mileage, "first_page_of_day", first_page_of_day)
    app.sessions = session
    return persons


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("reader", "path", "persons"),
    [
        ("resident", "/ordinance", [11]),
        ("resident", "/services", [11]),
        ("resident", "/csrf", []),
        ("resident", "/push/key", []),
        ("resident", "/nothing", []),
        ("unverified", "/ordinance", []),
        ("official", "/ordinance", []),
        ("nobody", "/ordinance", []),
    ],
)
async def test_only_a_verified_residents_pages_earn(
    app: Any, awarded: list[int], reader: str, path: str, persons: list[int]
) -> None:
    client = app.test_client()
    client.set_cookie("localhost", "madang", reader)
    await client.get(path)
    assert awarded == persons


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_every_topic_and_timer_has_its_place(app: Any) -> None:
    names = [timer.name for timer in house.timers()]
    assert "forms.forget" in names
    assert len(names) == len(set(names))
    outbox.wire_timers(house.timers())


def test_no_timer_or_handler_of_a_slice_is_forgotten() -> None:
    root = Path(house.__file__).parent
    for name, wired in (("timers", house.TIMERS), ("handlers", house.HANDLERS)):
        written = {f"server.{file.parent.name}.{name}" for file in root.glob(f"*/{name}.py")}
        assert written - {"server.core.timers"} <= set(wired)


async def test_the_database_is_open_while_serving_only(settings: Any) -> None:
    app = house.create_app(settings)
    async with app.test_app():
        answer = await app.test_client().get("/readyz")
        assert answer.status_code == 200
    with pytest.raises(RuntimeError):
        db.connection()
