"""`make shots`: the pictures of the README and of the app's manifest, from the running product.

Fills a sample district, opens four pages on a phone of 360 pixels, and puts them side by side in
pwa/pictures/phones.png; and one on a desk's screen. Residents' words are drawn in the font that the
project ships, so that the picture is the same on a machine without Korean fonts.
"""

import asyncio
import io
import re

from PIL import Image
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.journeys import chromium
from tests.journeys.conftest import FLAGS
from tests.journeys.sample import ROOT, district
from tests.office import DEMO_PASSWORD

PICTURE = ROOT / "pwa" / "pictures" / "phones.png"
SCREENS = ("home", "complaint")
"""What the first of the pictures are called in the app's manifest, where each stands by itself."""
WIDE = "wide"
"""What the picture of a wide screen is called there."""
WIDTH, HEIGHT, SCALE, GAP = 360, 740, 2, 24
DESK = (1280, 800)


async def _signed_in(
    browser: Browser, url: str, login_id: str, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=SCALE,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        base_url=url,
    )
    page = await context.new_page()
    await page.goto("/login")
    await page.fill("[name=login_id]", login_id)
    await page.fill("[name=password]", DEMO_PASSWORD)
    await page.locator("main button[type=submit]").first.click()
    await page.wait_for_url(lambda address: "/login" not in address)
    await page.close()
    return context


async def _shot(context: BrowserContext, path: str) -> Image.Image:
    page = await context.new_page()
    await page.goto(path)
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(300)
    taken = await page.screenshot()
    await page.close()
    return Image.open(io.BytesIO(taken)).convert("RGB")


async def _pictures(url: str) -> list[Image.Image]:
    """Four of phones, and the last of a wide screen."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.ensure(), args=list(FLAGS)
        )
        resident = await _signed_in(browser, url, "resident")
        official = await _signed_in(browser, url, "official")
        wide = await _signed_in(browser, url, "resident", DESK)
        page = await resident.new_page()
        await page.goto("/me/complaints")
        addresses = re.findall(r'href="(/complaints/\d{4}-\d{6}-\d)"', await page.content())
        taken = [
            await _shot(resident, "/"),
            await _shot(resident, addresses[-1]),
            await _shot(resident, "/me/mileage"),
            await _shot(official, "/desk/complaints"),
            await _shot(wide, "/"),
        ]
        await browser.close()
        return taken


def main() -> None:
    """Takes the pictures and writes them as one."""
    with district(our_fonts=True) as office:
        *taken, wide = asyncio.run(_pictures(office.url))
    across = len(taken) * WIDTH * SCALE + (len(taken) - 1) * GAP
    sheet = Image.new("RGB", (across, HEIGHT * SCALE), "#8a949e")
    for number, picture in enumerate(taken):
        sheet.paste(picture, (number * (WIDTH * SCALE + GAP), 0))
    PICTURE.parent.mkdir(exist_ok=True)
    sheet.resize((across // 2, HEIGHT)).quantize(128).save(PICTURE, optimize=True)
    for name, picture in zip(SCREENS, taken, strict=False):
        screen = picture.resize((WIDTH, HEIGHT)).quantize(64)
        screen.save(PICTURE.with_name(f"screen-{name}.png"), optimize=True)
    screen = wide.resize(DESK).quantize(128)
    screen.save(PICTURE.with_name(f"screen-{WIDE}.png"), optimize=True)
    print(PICTURE.relative_to(ROOT), PICTURE.stat().st_size // 1024, "kB")


if __name__ == "__main__":
    main()
