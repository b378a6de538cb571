"""Eyes and hands that differ: forced colours, less motion, wider spacing, a phone on its side,
paper, and the way past what stands on every page (Y18)."""

import re

import pytest
from playwright.async_api import Browser

from tests.districts import Opened
from tests.journeys.screen import Screen
from tests.journeys.test_every_page import signed_in
from tests.office import Office, Phone

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
SPACING = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
"""  # noqa: E501 (as WCAG 1.4.12 has it)
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOVING = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
LASTING = """
() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime > 5000).length
"""
"""What moves for longer than five seconds, or for ever (WCAG 2.2.2)."""
BY_ITSELF = (
    "audio, video, [autoplay], marquee, blink, meta[http-equiv=refresh], [accesskey],"
    " [target=_blank]:not([title])"
)
"""Sound, pictures that move, leaving by the clock, keys taken, windows nobody was told of."""
RING = """
() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
}
"""


async def own_case(office: Office) -> str:
    """A page of a complaint of the resident's."""
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        found = re.search(r'href="(/complaints/[\d-]+)"', (await phone.get("/me/complaints")).text)
        assert found
        return found[1]


@pytest.mark.prove
@pytest.mark.clause("Y18", 1)
async def test_eyes_and_hands_that_differ(opened: Opened, browser: Browser):
    office = opened(MADANG_LIMITS_URL="off")
    resident = await signed_in(office, "resident")
    pages = ("/", "/complaints/new", await own_case(office), "/me/settings")

    async with Screen(browser, office.url, width=320) as screen:
        await screen.context.add_cookies(resident)
        await screen.page.emulate_media(forced_colors="active", reduced_motion="reduce")
        for path in pages:
            await screen.go(path)
            assert await screen.page.evaluate(MOVING) == 0, path
            await screen.page.keyboard.press("Tab")
            assert await screen.page.evaluate(RING), f"{path}: no ring in forced colours"
            # The first stop leads past the header.
            await screen.page.keyboard.press("Enter")
            on = await screen.page.evaluate("() => document.activeElement.id")
            assert on == "main", f"{path}: the way past the header leads to {on!r}"
        await screen.page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        for path in pages:
            await screen.page.goto(path)
            await screen.page.evaluate(SPACING)
            assert await screen.page.evaluate(SIDEWAYS) <= 0, f"{path}: too narrow for wide spacing"

    async with Screen(browser, office.url, width=640, height=240) as lying:
        await lying.context.add_cookies(resident)
        for path in pages:
            await lying.page.goto(path)
            assert await lying.page.evaluate(SIDEWAYS) <= 0, path
            await lying.page.emulate_media(media="print")
            assert await lying.page.evaluate(SIDEWAYS) <= 0, f"{path} on paper"
            assert not await lying.page.locator(".nav").is_visible(), f"{path} on paper"
            assert await lying.page.locator("main").is_visible(), f"{path} on paper"
            await lying.page.emulate_media(media="screen")


@pytest.mark.prove
async def test_nothing_starts_moves_or_leaves_by_itself(opened: Opened, browser: Browser):
    office = opened(MADANG_LIMITS_URL="off")
    titles = []
    for reader, paths in (
        ("", ("/join", "/login")),
        ("resident", ("/", "/complaints", "/complaints/new", "/services", "/me", "/ordinance")),
    ):
        async with Screen(browser, office.url) as screen:
            await screen.context.add_cookies(await signed_in(office, reader))
            for path in paths:
                await screen.page.goto(path)
                assert await screen.page.locator(BY_ITSELF).count() == 0, path
                assert await screen.page.evaluate(LASTING) == 0, path
                assert await screen.page.locator("h1").count() == 1, path
                assert await screen.page.locator("html").get_attribute("lang") == "ko", path
                titles.append(await screen.page.title())
                # Choosing from a list or typing alone leads nowhere.
                for field in await screen.page.locator("main select:visible").all():
                    await field.focus()
                    await screen.page.keyboard.press("ArrowDown")
                assert screen.page.url.endswith(path), path
    assert len(set(titles)) == len(titles), titles
