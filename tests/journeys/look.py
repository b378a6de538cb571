"""`make look`: every page in every mode as a picture, for people to look over.

Writes .cache/look/index.html with a row a page and a column a mode. Words after the command choose
among the modes and pages by a part of their names: `python -m tests.journeys.look ko-360 /desk`.
"""

import asyncio
import html
import os
import re
import shutil
import sys
from collections import defaultdict
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.journeys import chromium, house
from tests.journeys.conftest import FLAGS
from tests.journeys.house import Place
from tests.journeys.sample import ROOT, district
from tests.journeys.screen import Screen
from tests.journeys.test_every_page import (
    MODES,
    TEXT_PIXELS,
    Mode,
    one_reader_each,
    signed_in,
)
from tests.office import Office

FOLDER = ROOT / ".cache" / "look"
QUALITY = 60
HEIGHT = 740
TALLEST = 6000
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Madang, every page</title>
<style>
body { margin: 16px; font: 14px system-ui; }
section { margin-block: 24px; border-top: 1px solid #999; }
div { display: flex; gap: 8px; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; font-size: 11px; }
img { width: 150px; max-height: 340px; object-fit: cover; object-position: top; }
img { border: 1px solid #ccc; display: block; }
</style>
"""


def name_of(mode: Mode) -> str:
    """As it stands in the names of files: ko-360-light."""
    text = "" if mode.text == "normal" else f"-{mode.text}"
    return f"{mode.language}-{mode.width}-{mode.look}{text}"


def file_of(place: Place, mode: Mode) -> str:
    """The picture's name, which says whose page it is, where, and how it is read."""
    plain = re.sub(r"[^a-z0-9]+", "-", place.path.lower()).strip("-") or "front"
    return f"{name_of(mode)}/{place.reader or 'anybody'}-{plain[:80]}.jpg"


async def take(office: Office, browser: Browser, mode: Mode, places: list[Place]) -> None:
    """The pictures of one mode, reader by reader."""
    by_reader: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_reader[place.reader].append(place)
    for reader, read in by_reader.items():
        cookies = await signed_in(office, reader)
        async with Screen(browser, office.url, width=mode.width, look=mode.look) as screen:
            await screen.context.add_cookies(cookies)
            contrast = "high" if mode.look == "high" else "light"
            await screen.page.goto(
                f"/display?lang={mode.language}&contrast={contrast}&next=/status"
            )
            await screen.set_text_pixels(TEXT_PIXELS[mode.text])
            for place in read:
                await screen.page.goto(place.path)
                await screen.page.evaluate("document.fonts.ready.then(() => true)")
                file = FOLDER / file_of(place, mode)
                file.parent.mkdir(parents=True, exist_ok=True)
                # As tall as the page, so that what sticks to the edges stands at its end.
                tall = int(await screen.page.evaluate("document.documentElement.scrollHeight"))
                whole = {"width": mode.width, "height": max(HEIGHT, min(tall, TALLEST))}
                await screen.page.set_viewport_size(whole)
                await screen.page.screenshot(path=file, type="jpeg", quality=QUALITY)
                await screen.page.set_viewport_size({"width": mode.width, "height": HEIGHT})
            for complaint in screen.complaints:
                print(f"{name_of(mode)}: {complaint}", flush=True)
            screen.complaints.clear()
    print(name_of(mode), len(places), "pages", flush=True)


def index(places: list[Place], modes: list[Mode]) -> str:
    """The page that shows them all, small; each leads to itself in full."""
    parts = [HEAD]
    for place in places:
        parts.append(f"<section><h2>{html.escape(f'{place.reader} {place.path}')}</h2><div>")
        for mode in modes:
            file = html.escape(file_of(place, mode))
            picture = f'<a href="{file}"><img src="{file}" loading="lazy" alt=""></a>'
            parts.append(f"<figure>{picture}<figcaption>{name_of(mode)}</figcaption></figure>")
        parts.append("</div></section>")
    return "\n".join(parts)


async def take_all(office: Office, wanted: list[str]) -> tuple[list[Place], list[Mode]]:
    """Takes what is wanted, as many modes at a time as there are cores."""
    from server.app import create_app
    from server.config import Settings

    routes = create_app(Settings(mode="demo", data=office.data, keys=office.keys)).url_map
    places = sorted(one_reader_each(await house.walk_as_all(office.url, routes)))
    paths = [word for word in wanted if word.startswith("/")]
    modes = [word for word in wanted if not word.startswith("/")]
    places = [one for one in places if not paths or any(path in one.path for path in paths)]
    chosen = [one for one in MODES if not modes or any(word in name_of(one) for word in modes)]
    turn = asyncio.Semaphore(os.cpu_count() or 1)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.ensure(), args=list(FLAGS)
        )

        async def in_turn(mode: Mode) -> None:
            async with turn:
                await take(office, browser, mode, places)

        await asyncio.gather(*(in_turn(mode) for mode in chosen))
        await browser.close()
    return places, chosen


def main(wanted: list[str]) -> None:
    """Takes the pictures and says where the index is."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with district(our_fonts=True, MADANG_LIMITS_URL="off") as office:
        places, modes = asyncio.run(take_all(office, wanted))
    (FOLDER / "index.html").write_text(index(places, modes), encoding="utf-8")
    print((FOLDER / "index.html").relative_to(Path.cwd()))


if __name__ == "__main__":
    main(sys.argv[1:])
