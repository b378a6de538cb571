"""A real browser on a real office; every page looked at is checked by axe and against the CSP."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.districts import Opened
from tests.gateways.push_service import PushService
from tests.journeys import chromium
from tests.office import Office

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def push_service() -> AsyncIterator[PushService]:
    """A push service on the loopback address that checks, decrypts and keeps what it gets."""
    async with PushService() as service:
        yield service


@pytest.fixture
def office(opened: Opened, push_service: PushService) -> Office:
    """An open office whose pushes go to the local push service."""
    return opened(MADANG_PUSH_HOSTS=push_service.origin)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium; CSP is not bypassed."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=chromium.ensure(), args=list(FLAGS)
        )
        yield opened
        await opened.close()
