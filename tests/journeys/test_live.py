"""Open pages keep up by themselves: the resident's progress, an official's case with words being
written on it, from whatever process the change comes, until the office closes (Y16)."""

import asyncio
import html
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.conftest import POSTGRES_PROVED
from tests.filing import filled
from tests.journeys.screen import Screen
from tests.journeys.test_fix_once import take_in_hand
from tests.office import DEMO_PASSWORD, Office, Phone
from tests.people import hidden_fields

pytestmark = pytest.mark.journey

GENEROUS_SECONDS = 60
GENEROUS_MS = 1000 * GENEROUS_SECONDS
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PASSWORD = "gaeul-hangang-baram-7"
NOTE = "전기실에 부품을 확인하고 있습니다."


async def signed_in(screen: Screen, login_id: str) -> None:
    await screen.go("/login")
    await screen.fill("아이디", login_id)
    await screen.fill("비밀번호", DEMO_PASSWORD)
    await screen.press("로그인")


async def filed(phone: Phone) -> str:
    """A new complaint of the phone's owner; its number."""
    page = await phone.post("/complaints/new", filled(topic="street-lamp"))
    return page.url.rpartition("/")[2]


async def noted(official: Phone, number: str) -> None:
    """Says at the desk what is being done."""
    at = f"/desk/complaints/{number}"
    form = (await official.get(at)).text.partition('id="note"')[2].partition("</form>")[0]
    version = re.findall(r'name="version"[^>]*value="(\d+)"', form)[0]
    hidden = hidden_fields(form) | {"version": version}
    steps = re.findall(r'<option value="([^"]+)"', form)
    fields = {"text": NOTE} | ({"step": steps[0]} if steps else {})
    done = await official.post(f"{at}/note", fields, hidden=hidden)
    assert done.status == 200, done.words


async def listening(screen: Screen) -> None:
    """Until the page's stream is open: what it first says has come."""
    await screen.page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({name}) => name.includes('live'))",
        timeout=GENEROUS_MS,
    )


@ONE_ENGINE
async def test_a_page_shows_what_happens_while_it_is_open(office: Office, browser: Browser) -> None:
    async with (
        Phone(office.url) as resident,
        Phone(office.url) as official,
        Screen(browser, office.url) as kim,
        Screen(browser, office.url, width=1280) as desk,
    ):
        for screen in (kim, desk):
            screen.context.set_default_timeout(GENEROUS_MS)
        await resident.sign_in("resident")
        await official.sign_in("official")
        number = await filed(resident)
        await signed_in(kim, "resident")
        await kim.go(f"/complaints/{number}")
        await listening(kim)
        await kim.page.evaluate("() => { window.stayed = true; }")
        link = kim.page.get_by_role("link", name="접수증 보기").last
        await link.focus()

        await take_in_hand(office, [number])
        accepted = kim.page.locator("main .timeline, main ol").get_by_text("접수했습니다")
        await accepted.first.wait_for(timeout=GENEROUS_MS)
        await (
            kim.page.get_by_role("status")
            .get_by_text("진행 상황이 바뀌었어요")
            .wait_for(timeout=GENEROUS_MS, state="attached")
        )
        assert await kim.page.evaluate("() => window.stayed"), "the page was loaded anew"
        held = await kim.page.evaluate("() => document.activeElement.href")
        assert held.endswith("/receipt"), held
        await kim.look()

        await signed_in(desk, "official")
        await desk.go(f"/desk/complaints/{number}")
        await listening(desk)
        await _writes_on(desk, official, number)
        office.stop()  # with both pages open


async def _writes_on(desk: Screen, official: Phone, number: str) -> None:
    """Somebody else says what is being done while an answer is being written."""
    written = desk.page.locator("#complete textarea, #note textarea").first
    await desk.page.evaluate(
        "() => { for (const each of document.querySelectorAll('details')) each.open = true; }"
    )
    await written.focus()
    await desk.page.keyboard.type("반쯤 쓴 답")
    await noted(official, number)
    await desk.page.locator("[data-part=steps]").get_by_text(NOTE).wait_for(timeout=GENEROUS_MS)
    await desk.page.keyboard.type("변입니다")
    assert await written.input_value() == "반쯤 쓴 답변입니다"


async def _stream_of(phone: Phone, path: str) -> aiohttp.ClientResponse:
    """The stream of the page at a path."""
    page = await phone.get(path)
    found = re.search(r'data-follow="([^"]+)" data-at="([\d.]+)"', page.text)
    assert found, page.words
    return await phone.session.get(
        f"{phone.url}{html.unescape(found[1])}&at={found[2]}",
        headers={"Accept": "text/event-stream"},
    )


async def _until_changed(stream: aiohttp.ClientResponse) -> None:
    async with asyncio.timeout(GENEROUS_SECONDS):
        async for line in stream.content:
            if line == b"data: changed\n":
                return
    raise AssertionError("the stream ended without a word")


@pytest.fixture
def processes(database: str, tmp_path: Path, keys: Path) -> Iterator[list[Office]]:
    """Two web processes of one empty office, each at a port of its own."""
    both = [Office(tmp_path, database, keys) for _ in range(2)]
    for number, each in enumerate(both):
        each.start(f"web-{number}", "serve")
    for each in both:
        each.wait_ready()
    yield both
    for each in both:
        each.close()


async def _joined(phone: Phone) -> None:
    """A resident who has just joined; signed in."""
    page = await phone.post(
        "/join",
        {
            "login_id": "haneul",
            "password": PASSWORD,
            "name": "강하늘",
            "birth_date": "1990-01-05",
            "phone": "010-7000-0001",
            "accept_terms": "y",
            "accept_privacy": "y",
        },
    )
    assert page.status == 200, page.words


@POSTGRES_PROVED
async def test_a_change_in_one_process_is_heard_in_another(processes: list[Office]) -> None:
    here, there = processes
    async with Phone(here.url) as phone, Phone(there.url) as other:
        await _joined(phone)
        await other.sign_in("haneul", PASSWORD)
        stream: Any = await _stream_of(phone, "/me/notifications")
        hidden = hidden_fields((await other.get("/me")).text)
        await other.post("/me/notifications/read", {}, hidden=hidden)
        await _until_changed(stream)
        stream.close()
        open_still: Any = await _stream_of(phone, "/me/notifications")
        await open_still.content.readline()
        here.processes["web-0"].send_signal(signal.SIGTERM)
        async with asyncio.timeout(GENEROUS_SECONDS):
            await open_still.read()  # to its proper end: cut off, this would raise
    here.stop()
    there.stop()
