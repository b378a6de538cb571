"""What only one mode breaks is found in that mode, and in no other (Y18): a page that is turned
from mode to mode is not looked at as it was before."""

import pytest
from playwright.async_api import Browser, Route

from tests.journeys.house import Place
from tests.journeys.screen import Screen
from tests.journeys.test_every_page import MODES, Mode, Report, see

pytestmark = pytest.mark.journey
NOWHERE = "http://127.0.0.1:9"
PAGE = """<!doctype html>
<html lang="ko" data-contrast="light">
<meta name="viewport" content="width=device-width">
<title>방</title>
<style>
  p { transition: color .12s; }
  a { display: inline-block; min-width: 24px; min-height: 24px; }
  @media (prefers-color-scheme: dark) {
    html { color-scheme: dark; background: #000; color: #fff; }
    p { color: #333; }
  }
  @media (max-width: 300px) { main { width: 30rem; } }
  @media (max-width: 12em) { a span { display: none; } }
</style>
<main><h1>방</h1><p>어두우면 흐린 말</p><a href="/"><span>처음으로</span></a></main>
</html>"""


async def answer(route: Route) -> None:
    """The page, whatever is asked for."""
    await route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")


async def test_each_fault_is_told_with_its_mode(browser: Browser):
    modes = [mode for mode in MODES if mode.language == "ko" and mode.look != "high"]
    report = Report(len(modes))
    async with Screen(browser, NOWHERE) as screen:
        await screen.context.route("**/*", answer)
        await see(screen, Place("", "/", "/"), modes, report)
    assert report.seen == len(modes) == 12

    def told(words: str) -> set[Mode]:
        return {mode for mode in modes for fault in report.faults if f"{mode}: {words}" in fault}

    assert told("color-contrast") == {mode for mode in modes if mode.look == "dark"}
    assert told("is ") == {mode for mode in modes if mode.width == 240}
    # 12em are 192 pixels, and 384 where text is twice as large; names hang on no look.
    assert told("link-name") == {
        mode
        for mode in modes
        if mode.look == "light" and mode.text == "double" and mode.width < 384
    }
    assert len(report.faults) == 6 + 4 + 2
