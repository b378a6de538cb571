"""Public pages are shared for a moment; nothing of a reader ever gets into them or out of them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from server.core import clock
from server.core.web import PUBLIC, Door, Limit, actor, cache, gate
from tests.server.core.web import house
from tests.server.core.web.conftest import make_small, signed_in

PAGE = (
    "{{ number }} {{ locale }} {{ text_size }} {{ contrast }} {{ actor.name or '-' }}" + " " * 3000
)


class Counted:
    """A shared page that says how often it was made."""

    def __init__(self, settings: Any) -> None:
        self.made = 0
        self.gate = asyncio.Event()
        self.gate.set()
        door = Door("counted")

        @door.get("/list", who=PUBLIC, limit=Limit(10, "hour"), cache=1)
        async def page() -> str:
            assert not actor().signed_in or actor().account_id == 1
            self.made += 1
            await self.gate.wait()
            return house.said(PAGE, number=self.made)

        @door.get("/form-shared", who=PUBLIC, limit=house.OFTEN, cache=1)
        async def mistaken() -> str:
            return house.said(house.FORM)

        @door.get("/missing", who=PUBLIC, limit=house.OFTEN, cache=1)
        async def missing() -> Any:
            self.made += 1
            return "no", 404

        self.app = make_small(settings, door, house.door)


@pytest.fixture
def counted(small_settings: Any) -> Counted:
    return Counted(small_settings)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The cache's clock, in seconds."""
    now = [1000.0]
    monkeypatch.setattr(cache, "monotonic", lambda: now[0])
    return now


async def words(client: Any, path: str = "/list", **more: Any) -> list[str]:
    answer = await client.get(path, **more)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True)).split()


async def test_made_once_for_all_who_ask_at_once(counted: Counted) -> None:
    counted.gate.clear()
    asking = [asyncio.create_task(words(counted.app.test_client())) for _ in range(20)]
    await asyncio.sleep(0.05)
    counted.gate.set()
    answers = await asyncio.gather(*asking)
    assert counted.made == 1
    assert all(answer == ["1", "ko", "normal", "light", "-"] for answer in answers)


async def test_one_who_leaves_does_not_stop_the_others(counted: Counted) -> None:
    counted.gate.clear()
    first = asyncio.create_task(words(counted.app.test_client()))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(words(counted.app.test_client()))
    await asyncio.sleep(0.02)
    first.cancel()
    counted.gate.set()
    assert (await second)[0] == "1"
    assert counted.made == 1


async def test_never_older_than_allowed(counted: Counted, moment: list[float]) -> None:
    client = counted.app.test_client()
    assert (await words(client))[0] == "1"
    moment[0] += cache.FRESH - 0.01
    assert (await words(client))[0] == "1"
    assert counted.made == 1
    moment[0] += 0.02
    assert (await words(client))[0] == "1"  # given while the next is made
    await counted.app.gate.cache.settle()
    assert (await words(client))[0] == "2"
    moment[0] += cache.USABLE + 0.01
    assert (await words(client))[0] == "3"


async def test_as_good_as_new_while_nothing_is_written(
    counted: Counted, moment: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = [0]
    monkeypatch.setattr(counted.app.gate.cache, "_standing", lambda: written[0])
    client = counted.app.test_client()
    with clock.use(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        for _ in range(5):
            assert (await words(client))[0] == "1"
            moment[0] += 1.5
        written[0] += 1
        assert (await words(client))[0] == "2"
    moment[0] += 1.5
    with clock.use(datetime(2026, 11, 23, 10, 0, 6, tzinfo=UTC)):
        assert (await words(client))[0] == "3"


async def test_what_was_written_while_a_page_was_made_is_not_missed(
    counted: Counted, moment: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = [0]
    monkeypatch.setattr(counted.app.gate.cache, "_standing", lambda: written[0])
    counted.gate.clear()
    first = asyncio.create_task(words(counted.app.test_client()))
    await asyncio.sleep(0.02)
    written[0] += 1
    counted.gate.set()
    assert (await first)[0] == "1"
    moment[0] += 1.5
    assert (await words(counted.app.test_client()))[0] == "2"


async def test_who_joins_a_making_that_takes_too_long_waits_for_the_next(
    counted: Counted, moment: list[float]
) -> None:
    counted.gate.clear()
    first = asyncio.create_task(words(counted.app.test_client()))
    await asyncio.sleep(0.02)
    moment[0] += 1.5  # meanwhile a complaint on the page was closed to all
    second = asyncio.create_task(words(counted.app.test_client()))
    await asyncio.sleep(0.02)
    counted.gate.set()
    assert (await first)[0] == "1"
    assert (await second)[0] == "2"


async def test_a_key_for_each_way_of_showing(counted: Counted) -> None:
    ko, en = counted.app.test_client(), counted.app.test_client()
    en.set_cookie("localhost", "lang", "en")
    en.set_cookie("localhost", "contrast", "high")
    assert await words(ko) == ["1", "ko", "normal", "light", "-"]
    assert await words(en) == ["2", "en", "normal", "high", "-"]
    assert (await words(ko, headers={"Accept-Language": "en-US,en"}))[1] == "en"
    assert (await words(ko, "/list?page=2"))[0] == "4"
    assert await words(en) == ["2", "en", "normal", "high", "-"]


async def test_nobody_signed_in_is_given_or_gives_a_shared_page(counted: Counted) -> None:
    kim = signed_in(counted.app.test_client())
    assert (await words(kim))[-1] == "김하나"
    anonymous = counted.app.test_client()
    assert (await words(anonymous))[-1] == "-"
    assert (await words(kim))[-1] == "김하나"
    assert counted.made == 3


async def test_a_session_cookie_of_nobody_still_gets_a_page_of_its_own(counted: Counted) -> None:
    await words(counted.app.test_client())
    await words(signed_in(counted.app.test_client(), "unknown"))
    assert counted.made == 2


async def test_choosing_a_language_is_not_shared(counted: Counted) -> None:
    answer = await counted.app.test_client().get("/list?lang=en")
    assert "lang=en" in answer.headers["Set-Cookie"]
    other = await counted.app.test_client().get("/list?lang=en")
    assert "lang=en" in other.headers["Set-Cookie"]
    assert counted.made == 2


async def test_a_page_with_a_form_cannot_be_shared(counted: Counted) -> None:
    assert (await counted.app.test_client().get("/form-shared")).status_code == 500


async def test_only_good_answers_are_kept(counted: Counted) -> None:
    client = counted.app.test_client()
    for _ in range(3):
        assert (await client.get("/missing")).status_code == 404
    assert counted.made == 3


async def test_a_new_page_has_the_routes_price_and_a_known_one_has_not(
    counted: Counted, moment: list[float]
) -> None:
    client = counted.app.test_client()
    for number in range(10):
        await words(client, f"/list?page={number}")
    assert (await client.get("/list?page=11")).status_code == 429
    for _ in range(50):
        await words(client, "/list?page=1")
    moment[0] += 5
    assert (await words(client, "/list?page=1"))[0] == "11"
    moment[0] += gate.LONG_UNSEEN + 1
    assert (await client.get("/list?page=1")).status_code == 429


async def test_conditional_and_compressed(counted: Counted) -> None:
    client = counted.app.test_client()
    answer = await client.get("/list", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(await answer.get_data()) == int(answer.headers["Content-Length"]) < 500
    assert answer.headers["Content-Security-Policy"]
    same = await client.get("/list", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    assert await same.get_data() == b""
    head = await client.head("/list")
    assert head.status_code == 200
    assert await head.get_data() == b""


async def test_memory_is_bounded(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ENTRIES_MAX", 3)
    client = counted.app.test_client()
    for number in range(8):
        await words(client, f"/list?page={number}")
    kept = counted.app.gate.cache
    assert len(kept._kept) == 3
    assert kept._weight == sum(each.weight for each in kept._kept.values())


async def test_scripts_get_an_answer_of_their_own(counted: Counted) -> None:
    client = counted.app.test_client()
    await words(client)
    await client.get("/list", headers={"Accept": "application/json"})
    assert counted.made == 2
