"""A phone's browser as a process of its own with a disk of its own, so that it can be killed in the
middle of anything and started again."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, Page, Playwright

from tests.journeys import chromium
from tests.journeys.conftest import FLAGS

START_SECONDS_MAX = 20


class Handset:
    """Chromium on a profile in `folder`. Cookies that it would have had time to write down are
    given back after it was killed. Use as an async context manager."""

    def __init__(self, playwright: Playwright, folder: Path, url: str) -> None:
        self._playwright = playwright
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser
        self._cookies: list[Any] = []
        self.url = url
        self.page: Page

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    async def start(self) -> None:
        """Opens the browser with one empty page."""
        port = await asyncio.to_thread(self._launch)
        self._browser = await self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = self._browser.contexts[0]
        await context.add_cookies(self._cookies)
        self.page = context.pages[0] if context.pages else await context.new_page()

    def _launch(self) -> str:
        """Starts the process; the port on which it is led."""
        found = self._folder / "DevToolsActivePort"
        found.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                chromium.ensure(),
                *FLAGS,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self._folder}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if found.exists() and len(lines := found.read_text().split()) == 2:
                return lines[0]
            time.sleep(0.02)
        raise AssertionError("the phone's browser did not start")

    async def faults_of_installing(self) -> list[Any]:
        """What keeps the page's app from being put on the home screen, as Chromium sees it."""
        developer = await self._browser.contexts[0].new_cdp_session(self.page)
        found = await developer.send("Page.getInstallabilityErrors")
        return list(found["installabilityErrors"])

    async def remember(self) -> None:
        """The cookies as they are now outlive the next kill."""
        self._cookies = list(await self._browser.contexts[0].cookies())

    def kill(self) -> None:
        """kill -9 of the browser and all its processes."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
