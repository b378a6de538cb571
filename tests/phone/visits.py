"""One visit of a page on a poor phone: what its browser itself measures of it."""

import statistics
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page

from tests.journeys.house import Place

CPU_SLOWER = 4
FIELDS = "main input[type=text], main input[type=search], main input:not([type]), main textarea"
WATCH = """
(() => {
  const seen = (window.seenByPhone = {lcp: 0, cls: 0, fcp: 0, inp: 0, tasks: []});
  const watch = (type, take, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take))
      .observe({type, buffered: true, ...more});
  watch('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime; });
  watch('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') seen.fcp = entry.startTime;
  });
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  watch('longtask', (entry) => { seen.tasks.push([entry.startTime, entry.duration]); });
  watch('event', (entry) => {
    if (entry.interactionId) seen.inp = Math.max(seen.inp, entry.duration);
  }, {durationThreshold: 16});
})();
"""


@dataclass(frozen=True)
class Network:
    """A line to the phone: its delay for each request and what it carries."""

    name: str
    latency_ms: int
    down_bits: int
    up_bits: int


SLOW_4G = Network("slow 4G", 150, 1_600_000, 750_000)
SLOW_3G = Network("3G", 300, 700_000, 300_000)


@dataclass(frozen=True)
class Measured:
    """Milliseconds, but `cls`, which has no unit. `inp` is 0 where no interaction took 16 ms."""

    lcp: float
    tbt: float
    cls: float
    inp: float


async def visit(browser: Browser, url: str, place: Place, cookies: Any, net: Network) -> Measured:
    """Opens an address as a phone that has never been here, then touches what can be touched."""
    async with await browser.new_context(
        viewport={"width": 360, "height": 740},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        base_url=url,
    ) as phone:
        await phone.add_cookies(cookies)
        await phone.add_init_script(WATCH)
        page = await phone.new_page()
        page.set_default_timeout(60_000)
        developer = await phone.new_cdp_session(page)
        await developer.send("Network.enable")
        await developer.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": net.latency_ms,
                "downloadThroughput": net.down_bits / 8,
                "uploadThroughput": net.up_bits / 8,
            },
        )
        await developer.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
        await page.goto(place.path)
        await page.evaluate("document.fonts.ready.then(() => true)")
        await page.wait_for_load_state("networkidle")
        await page.wait_for_timeout(300)
        loaded = await page.evaluate("() => ({...window.seenByPhone})")
        await _touch(page)
        touched = await page.evaluate("() => ({...window.seenByPhone})")
        blocked = sum(
            max(0.0, length - 50) for start, length in loaded["tasks"] if start >= loaded["fcp"]
        )
        return Measured(loaded["lcp"], blocked, touched["cls"], touched["inp"])


async def _touch(page: Page) -> None:
    """What a thumb and a keyboard do first: unfold, write a word, go on with Tab."""
    for fold in await page.locator("summary:visible").all():
        await fold.click()
        await page.wait_for_timeout(100)
        await fold.click()
        await page.wait_for_timeout(100)
    field = page.locator(FIELDS).locator("visible=true").first
    if await field.count():
        await field.click()
        await page.keyboard.type("madang", delay=60)
    for _ in range(4):
        await page.keyboard.press("Tab")
        await page.wait_for_timeout(100)
    await page.wait_for_timeout(300)


def median(visits: list[Measured]) -> Measured:
    """Of each measure by itself."""
    return Measured(
        *(
            statistics.median(getattr(one, name) for one in visits)
            for name in ("lcp", "tbt", "cls", "inp")
        )
    )
