"""The map of /complaints/new: loaded on a tap only, its tiles from the office's setting, its marker
moved by finger and by keys; without the setting there is none (Y18)."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from tests.districts import Opened
from tests.journeys.screen import Screen

pytestmark = [
    pytest.mark.journey,
    pytest.mark.prove,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

GENEROUS_MS = 60_000
TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
OPEN = "지도에서 고르기"
PIN = "고른 위치. 화살표 키로 옮길 수 있어요"


@pytest.fixture
async def tiles() -> AsyncIterator[tuple[str, list[str]]]:
    """A tile server on the loopback address: its address, and the tiles it was asked for."""
    asked: list[str] = []

    async def tile(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=TILE, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{z}/{x}/{y}.png", tile)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png", asked
    await runner.cleanup()


async def place_of(screen: Screen) -> tuple[float, float]:
    lat = await screen.page.locator("[data-lat]").input_value()
    lon = await screen.page.locator("[data-lon]").input_value()
    return float(lat), float(lon)


async def test_a_place_is_pointed_at(
    opened: Opened, browser: Browser, tiles: tuple[str, list[str]]
) -> None:
    """With a finger and with arrow keys; the policy lets in the tiles' origin and nothing else."""
    address, asked = tiles
    office = await asyncio.to_thread(
        lambda: opened(MADANG_TILES_URL=address, MADANG_TILES_ATTRIBUTION="© 시험 지도")
    )
    async with Screen(browser, office.url) as screen:
        scripts: list[str] = []
        screen.page.on("request", lambda request: scripts.append(request.url))
        await screen.go("/complaints/new")
        button = screen.page.get_by_role("button", name=OPEN)
        await expect(button).to_be_visible(timeout=GENEROUS_MS)
        assert not asked
        assert not any("/map-" in url for url in scripts)
        await button.click()
        pin = screen.page.get_by_role("button", name=PIN)
        await expect(pin).to_be_focused(timeout=GENEROUS_MS)
        await expect(screen.page.locator(".leaflet-tile-loaded").first).to_be_attached(
            timeout=GENEROUS_MS
        )
        assert asked
        await pin.press("ArrowUp")
        north, east = await place_of(screen)
        await pin.press("ArrowUp")
        await pin.press("ArrowRight")
        further = await place_of(screen)
        assert further[0] > north
        assert further[1] > east
        status = screen.page.locator("[data-place-status]")
        await expect(status).to_contain_text(f"{further[0]:.5f}", timeout=GENEROUS_MS)
        await screen.page.locator("[data-map-box]").click(position={"x": 60, "y": 300})
        await expect(status).not_to_contain_text(f"{further[0]:.5f}", timeout=GENEROUS_MS)
        touched = await place_of(screen)
        assert touched[0] < further[0]
        assert touched[1] < further[1]
        await screen.look()
        await button.click()
        await expect(pin).to_be_hidden(timeout=GENEROUS_MS)


async def test_without_tiles_there_is_no_map(opened: Opened, browser: Browser) -> None:
    office = await asyncio.to_thread(opened)
    async with Screen(browser, office.url) as screen:
        await screen.go("/complaints/new")
        here = screen.page.get_by_role("button", name="지금 위치 쓰기")
        await expect(here).to_be_visible(timeout=GENEROUS_MS)
        assert await screen.page.get_by_role("button", name=OPEN).count() == 0
