"""Madang as an app: nothing keeps a phone from installing it, its next version asks before it takes
over and never in the middle of a form, and only harmless pages are fetched ahead (Y16)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict
from playwright.async_api import Browser, async_playwright

from tests.journeys import chromium
from tests.journeys.conftest import FLAGS
from tests.journeys.screen import Screen
from tests.office import Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

GENEROUS_MS = 60_000
NOT_PASSED_ON = {"content-length", "transfer-encoding", "content-encoding", "connection", "etag"}
WAITING = "() => navigator.serviceWorker.getRegistration().then((known) => known.waiting !== null)"
RENEW = "() => navigator.serviceWorker.getRegistration().then((known) => known.update())"
BANNER = "새 판이 준비되었습니다."


class Publisher:
    """Stands before the office and publishes the service worker in editions."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.edition = 1
        self.url = ""

    async def run(self) -> AsyncIterator["Publisher"]:
        """The publisher at an address of its own, for as long as it is looked at."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            yield self
            await runner.cleanup()  # a page that listens (/live) is let go before the session is

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = CIMultiDict(request.headers)
        for name in ("Accept-Encoding", "If-None-Match", "Connection"):
            headers.pop(name, None)
        async with self._session.request(
            request.method,
            self._office.url + request.path_qs,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
            if request.path == "/sw.js":
                body += f"\n// edition {self.edition}\n".encode()
            kept = [pair for pair in answer.headers.items() if pair[0].lower() not in NOT_PASSED_ON]
            return web.Response(status=answer.status, headers=CIMultiDict(kept), body=body)


@pytest.fixture
async def publisher(office: Office) -> AsyncIterator[Publisher]:
    """The office with a publisher before it."""
    async for running in Publisher(office).run():
        yield running


@pytest.mark.prove
async def test_the_next_version_asks_and_never_in_the_middle_of_a_form(
    office: Office, publisher: Publisher, browser: Browser
) -> None:
    async with Screen(browser, publisher.url) as screen:
        screen.context.set_default_timeout(GENEROUS_MS)
        page = screen.page
        await screen.go("/")
        await page.wait_for_function("() => navigator.serviceWorker.controller")
        publisher.edition += 1
        await page.evaluate(RENEW)
        await page.get_by_text(BANNER).wait_for(timeout=GENEROUS_MS)
        await screen.look()

        writing = await screen.context.new_page()
        await writing.goto("/complaints/new")
        await writing.wait_for_function(WAITING)
        await writing.wait_for_load_state("networkidle")
        assert await writing.get_by_text(BANNER).count() == 0
        await writing.locator("[name=title]").fill("쓰다 만 글")
        for each in (page, writing):
            await each.evaluate("() => { window.stayed = true; }")

        await page.get_by_role("button", name="지금 바꾸기").click()
        await page.wait_for_function("() => !window.stayed", timeout=GENEROUS_MS)
        await page.wait_for_load_state("load")
        assert not await page.evaluate(WAITING)
        assert await page.get_by_text(BANNER).count() == 0
        assert await writing.evaluate("() => window.stayed")
        assert await writing.locator("[name=title]").input_value() == "쓰다 만 글"
    office.stop()


@pytest.mark.prove
async def test_nothing_keeps_a_phone_from_installing_it(office: Office, tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        phone = await playwright.chromium.launch_persistent_context(
            tmp_path / "phone",
            executable_path=chromium.ensure(),
            ignore_default_args=["--headless"],
            args=[*FLAGS, "--headless=new"],
            base_url=office.url,
            locale="ko-KR",
        )
        phone.set_default_timeout(GENEROUS_MS)
        page = await phone.new_page()
        developer = await phone.new_cdp_session(page)
        rules: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        developer.on("Preload.ruleSetUpdated", lambda event: rules.put_nowait(event["ruleSet"]))
        await developer.send("Preload.enable")
        answer = await page.goto("/")
        assert answer is not None
        assert answer.headers["speculation-rules"] == '"/ahead.json"'
        await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        manifest = await developer.send("Page.getAppManifest")
        assert manifest["errors"] == []
        found = await developer.send("Page.getInstallabilityErrors")
        assert found["installabilityErrors"] == []
        taken = await asyncio.wait_for(rules.get(), GENEROUS_MS / 1000)
        assert "errorType" not in taken, taken
        await phone.close()
    office.stop()
