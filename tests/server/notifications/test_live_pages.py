"""The stream of an open page: for whom it was shown, about nothing but that something changed."""

import asyncio
import html
import re
from datetime import timedelta
from typing import Any

import pytest

from server import serving
from server.core import clock, db, live
from server.core.web import live as streams
from server.notifications import service
from tests.people import hidden_fields
from tests.server.home.town import Town

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

RECEIPT = {"receipt": "2611-000427-8"}
GENEROUS_SECONDS = 60


async def listen_at(client: Any, path: str = "/me/notifications") -> str:
    """Where the page of that path listens, since it was made."""
    text = await (await client.get(path)).get_data(as_text=True)
    found = re.search(r'<main [^>]*data-follow="([^"]+)" data-at="([\d.]+)"', text)
    assert found, text[:2000]
    return f"{html.unescape(found[1])}&at={found[2]}"


async def followed_by(count: int) -> None:
    """Until so many pages are open."""
    async with asyncio.timeout(GENEROUS_SECONDS):
        while live.followers() != count:  # noqa: ASYNC110 - a page says nothing when it is there
            await asyncio.sleep(0.01)


async def told(client: Any, address: str, **more: Any) -> str:
    """What a stream says up to its first event."""
    heard = ""
    async with asyncio.timeout(GENEROUS_SECONDS), client.request(address, **more) as stream:
        await stream.send_complete()
        while "data: changed" not in heard:
            heard += (await stream.receive()).decode()
        assert stream.status_code == 200
        await stream.disconnect()
    return heard


async def tell(town: Town, login_id: str = "kim") -> None:
    await service.tell([town.accounts[login_id]], "complaint.noted", "/complaints/x", RECEIPT)


async def test_it_says_that_something_has_changed_and_nothing_else(town: Town) -> None:
    kim = await town.browser("kim")
    address = await listen_at(kim)
    await tell(town)  # between the page and its listening
    heard = await told(kim, address)
    assert re.fullmatch(r"retry: \d+\n\nid: \d+\ndata: changed\n\n", heard)


async def test_a_change_while_it_is_open(town: Town) -> None:
    kim = await town.browser("kim")
    listening = asyncio.create_task(told(kim, await listen_at(kim)))
    await followed_by(1)
    await tell(town)
    assert re.search(r"id: \d+\ndata: changed", await listening)


async def test_it_goes_on_where_it_was_interrupted(town: Town) -> None:
    kim = await town.browser("kim")
    address = await listen_at(kim)
    await tell(town)
    first = _number_of(await told(kim, address))
    await tell(town)
    again = await told(kim, address, headers={"Last-Event-ID": str(first)})
    assert _number_of(again) > first


def _number_of(heard: str) -> int:
    (number,) = re.findall(r"id: (\d+)\n", heard)
    return int(number)


async def test_its_headers_let_nothing_hold_it_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LIFE_SECONDS", 0.01)
    kim = await town.browser("kim")
    answer = await kim.get(await listen_at(kim), headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.content_type == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


async def test_it_beats_while_nothing_happens_and_ends_before_it_is_cut_off(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert streams.LIFE_SECONDS < serving.HEADERS_SECONDS_MAX
    monkeypatch.setattr(streams, "LIFE_SECONDS", 0.2)
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.02)
    kim = await town.browser("kim")
    answer = await kim.get(await listen_at(kim))
    assert (await answer.get_data(as_text=True)).count("\n:\n\n") > 1
    assert live.followers() == 0


async def test_it_is_for_whom_the_page_was_made(town: Town) -> None:
    kim, road = await town.browser("kim"), await town.browser("road")
    address = await listen_at(kim)
    for client in (road, town.app.test_client()):
        assert (await client.get(address)).status_code == 204
    for other in (
        address.replace("account%3A", "account%3A1"),
        re.sub("by=.", "by=z", address),
        re.sub("at=.*", "at=", address),
        re.sub("at=.*", "at=1.1.1", address),
        re.sub("on=[^&]*", "on=desk", address),
        "/live",
    ):
        assert (await kim.get(other)).status_code == 204, other
    page = await (await kim.get("/me")).get_data(as_text=True)
    await kim.post("/logout", form=hidden_fields(page))
    assert (await kim.get(address)).status_code == 204


async def test_a_page_of_what_is_not_shown_follows_nothing(town: Town) -> None:
    kim, road = await town.browser("kim"), await town.browser("road")
    for client, path in (
        (kim, "/complaints/2611-000427-7"),
        (kim, "/messages/0190c5a4-7f6e-7bbb-8ccc-0123456789ab"),
        (road, "/desk/complaints/2611-000427-7"),
        (road, "/desk/complaints/x%20account:1"),
    ):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert "data-follow" not in await answer.get_data(as_text=True), path


async def test_there_are_only_so_many(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ACCOUNT_STREAMS_MAX", 1)
    kim = await town.browser("kim")
    address = await listen_at(kim)
    listening = asyncio.create_task(told(kim, address))
    await followed_by(1)
    assert (await kim.get(address)).status_code == 204
    await tell(town)
    await listening
    await followed_by(0)
    await tell(town)
    assert "changed" in await told(kim, address)


async def test_a_process_that_stops_ends_its_streams(town: Town) -> None:
    kim = await town.browser("kim")
    address = await listen_at(kim)
    listening = asyncio.create_task(kim.get(address))
    await followed_by(1)
    live.end()
    assert "changed" not in await (await listening).get_data(as_text=True)
    assert (await kim.get(address)).status_code == 204
    await live.close()


async def test_a_page_that_nobody_looks_at_keeps_no_session_open(town: Town) -> None:
    """An official's session ends after half an hour without anybody, however live a page is."""
    road = await town.browser("road")
    address = await listen_at(road)
    (before,) = await db.fetch("SELECT min(idle_ends_at) AS ends FROM session")
    with clock.use(clock.now() + timedelta(minutes=20)):
        await tell(town, "road")
        await told(road, address)
        await road.get("/me/notifications", headers={"Madang-Unattended": "1"})
        assert await db.fetch("SELECT min(idle_ends_at) AS ends FROM session") == [before]
        await road.get("/me/notifications")
        assert await db.fetch("SELECT min(idle_ends_at) AS ends FROM session") != [before]


async def test_what_is_said_once_is_not_said_to_a_page_that_renews_itself(town: Town) -> None:
    kim = await town.browser("kim")
    page = await (await kim.get("/me")).get_data(as_text=True)
    await kim.post("/me/notifications/devices/off", form=hidden_fields(page))
    for headers, said in (({"Madang-Unattended": "1"}, False), ({}, True)):
        text = await (await kim.get("/me/notifications", headers=headers)).get_data(as_text=True)
        assert ("모든 기기의 알림을 껐습니다." in text) is said


async def test_a_page_with_effects_is_not_fetched_ahead(town: Town) -> None:
    """What is not public, keeps a record or keeps a choice waits until somebody asks for it."""
    kim = await town.browser("kim")
    ahead = {"Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "document"}
    for path in ("/me", "/me/notifications", "/desk", "/display?contrast=high", "/?lang=en"):
        answer = await kim.get(path, headers=ahead)
        assert answer.status_code == 425, path
        assert "Set-Cookie" not in answer.headers
    for path in ("/", "/complaints", "/services"):
        assert (await kim.get(path, headers=ahead)).status_code == 200, path
