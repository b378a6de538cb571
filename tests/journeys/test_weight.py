"""What a phone loads over the wire: the first visit of the front page and of a complaint, the
worker, and coming back (Y16, Y18). Residents' photos are apart; they come when they are seen."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.journeys import house
from tests.journeys.line import Line
from tests.office import Office, Phone

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

FIRST_KB_MAX = 60
AGAIN_KB_MAX = 8
WITH_WORKER_KB_MAX = 90
REQUESTS_MAX = 8
CASE = re.compile(r"/complaints/\d{4}-\d{6}-\d")
PHONE: Any = {"viewport": {"width": 360, "height": 740}, "locale": "ko-KR"}


@dataclass
class Visit:
    """What one visit took: bytes over the wire with their headers, and what was asked for."""

    wire_bytes: int
    asked: list[str]
    photos_bytes: int

    @property
    def kilobytes(self) -> float:
        return (self.wire_bytes - self.photos_bytes) / 1000


async def visit(
    browser: Browser, line: Line, path: str, *, worker: bool = False, again: bool = False
) -> Visit:
    """Opens an address on a phone that has never been here, or once more on one that has.

    `worker` adds its own first errand, which begins when the page has come.
    """
    async with await browser.new_context(**PHONE, base_url=line.url) as phone:
        page = await phone.new_page()
        if not worker and not again:
            await phone.add_init_script("delete Navigator.prototype.serviceWorker")
        if again:
            await page.goto(path)
            await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            await page.wait_for_function("() => navigator.serviceWorker.controller")
            await page.wait_for_load_state("networkidle")
        asked: list[str] = []
        photos: list[Any] = []

        def answered(answer: Any) -> None:
            if "/photos/" in answer.url:
                photos.append(answer.request)
            elif not answer.from_service_worker:
                asked.append(answer.url.removeprefix(line.url))

        page.on("response", answered)
        before = line.down_bytes
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        await page.evaluate("document.fonts.ready")
        if worker:
            await page.wait_for_function("() => navigator.serviceWorker.controller")
        await page.wait_for_timeout(300)
        sizes = [await photo.sizes() for photo in photos]  # each waits for the whole photo
        photos_bytes = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
        return Visit(line.down_bytes - before, asked, photos_bytes)


async def test_what_a_visit_weighs(office: Office, browser: Browser):
    async with Line(office.port) as line:
        front = await visit(browser, line, "/")
        async with Phone(office.url) as phone:  # past the line, which counts
            listed = (await phone.get("/complaints")).text
        case = next(to for to in house.links(listed) if CASE.fullmatch(to))
        complaint = await visit(browser, line, case)
        everything = await visit(browser, line, "/", worker=True)
        again = await visit(browser, line, "/", again=True)
    for one in (front, complaint):
        assert one.kilobytes <= FIRST_KB_MAX, one
        assert len(one.asked) <= REQUESTS_MAX, one
    assert everything.kilobytes <= WITH_WORKER_KB_MAX, everything
    assert again.kilobytes <= AGAIN_KB_MAX, again
    print(f"{front.kilobytes:.1f}, {complaint.kilobytes:.1f}, ", end="")
    print(f"{everything.kilobytes:.1f}, {again.kilobytes:.1f} kB")
