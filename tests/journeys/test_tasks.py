"""Every task of a resident by keyboard alone, and on 240 pixels without a script (Y16, Y18)."""

import pytest
from playwright.async_api import Browser, Error

from tests.districts import Opened
from tests.journeys import tasks
from tests.journeys.keyboard import Keyboard
from tests.journeys.screen import Screen
from tests.journeys.tasks import Narrow, Task
from tests.office import Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
SMALL = {"width": 240, "height": 320, "javascript": False}


async def all_of(screens: list[Screen], office: Office) -> None:
    """Each task on the screen of a reader who does it; what fails anywhere is told together."""
    anybody, resident = screens
    failed = []
    todo: list[tuple[Screen, Task]] = [
        *((anybody, task) for task in tasks.BY_ANYBODY),
        *((resident, task) for task in tasks.BY_A_RESIDENT),
    ]
    for screen, task in todo:
        try:
            await task(screen, office)
        except (AssertionError, Error) as fault:
            failed.append(f"{task.__name__}: {str(fault)[:400]}")
    assert not failed, "\n".join(failed)


@pytest.mark.prove
@pytest.mark.timeout(1200)
@pytest.mark.clause("Y3-1", 2)
@pytest.mark.clause("Y16", 3)
async def test_on_240_pixels_without_javascript(opened: Opened, browser: Browser):
    office = opened(MADANG_LIMITS_URL="off")
    async with (
        Narrow(browser, office.url, **SMALL) as anybody,
        Narrow(browser, office.url, **SMALL) as resident,
    ):
        await all_of([anybody, resident], office)


@pytest.mark.prove
@pytest.mark.timeout(1200)
@pytest.mark.clause("Y18", 1)
async def test_by_keyboard_alone(opened: Opened, browser: Browser):
    office = opened(MADANG_LIMITS_URL="off")
    async with (
        Keyboard(browser, office.url) as anybody,
        Keyboard(browser, office.url) as resident,
    ):
        await all_of([anybody, resident], office)
