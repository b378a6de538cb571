"""Long lists on a poor phone: what is far below is laid out as it comes near (Y18)."""

import pytest
from playwright.async_api import Browser

from tests.districts import Opened
from tests.journeys.screen import Screen

pytestmark = [
    pytest.mark.journey,
    pytest.mark.prove,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
NEAR = "(line) => line.checkVisibility({contentVisibilityAuto: true})"


async def test_a_long_list_is_laid_out_as_it_comes_near(opened: Opened, browser: Browser):
    """A phone lays out what is near; a keyboard leads to all of it, and paper has it."""
    office = opened(MADANG_LIMITS_URL="off")
    async with Screen(browser, office.url) as screen:
        page = screen.page
        await page.goto("/services")
        last = page.locator(".long > li").last
        assert await page.locator(".long > li").count() > 30
        below = last.locator(".small")
        assert not await below.evaluate(NEAR)
        await last.locator("a").focus()
        await page.wait_for_function(NEAR, arg=await below.element_handle())
        await page.goto("/services")
        await page.emulate_media(media="print")
        await page.wait_for_function(NEAR, arg=await below.element_handle())
