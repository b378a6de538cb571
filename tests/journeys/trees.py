"""`make trees`: ten key pages as a screen reader is told of them, kept for people to read.

tests/journeys/trees/*.yml hold roles, names and states in the order of reading, taken in a sample
district whose clock stands on one day. Numbers and addresses' ids are put as 0, so that only what
is said and how it is built counts.
"""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.journeys import chromium
from tests.journeys.conftest import FLAGS
from tests.journeys.sample import district
from tests.journeys.screen import Screen
from tests.journeys.test_every_page import signed_in
from tests.office import Office, Phone

FOLDER = Path(__file__).parent / "trees"
DAY = "2026-11-24T10:00:00+09:00"
"""A Tuesday of office hours: what the sample district shows hangs on the day."""
SCRIPTS_SECONDS = 5.0
"""What is not needed at first comes after the page; so long it may take on a busy machine."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BUILT = re.compile(r"/assets/\S+")
NUMBER = re.compile(r"(?<!level=)(?:\d[\d,.:/-]*\d|\d)")
AGO = re.compile(r"방금|0(초|분|시간|일) 전|어제|그저께|오늘|내일|모레")
BELL = re.compile(r"새 알림 0건")
WEEKDAY = re.compile(r"\([월화수목금토일]\)")

PUT = ((UUID, "0"), (BUILT, "/assets/0"), (NUMBER, "0"), (AGO, "0"), (WEEKDAY, ""), (BELL, "알림"))


@dataclass(frozen=True)
class Leaf:
    """A page that is kept: its file's name, who reads it, and where; `*` is the first link there
    is on that page below the address before it."""

    name: str
    reader: str
    path: str
    any_day: bool = True
    """Whether the page shows the same whatever the district has been doing."""


LEAVES = (
    Leaf("front", "", "/", any_day=False),
    Leaf("log-in", "", "/login"),
    Leaf("join", "", "/join"),
    Leaf("file-a-complaint", "resident", "/complaints/new"),
    Leaf("own-complaint", "resident", "/me/complaints *", any_day=False),
    Leaf("services", "", "/services"),
    Leaf("send-an-sms", "resident", "/messages/sms/new"),
    Leaf("send-a-fax", "resident", "/messages/fax/new"),
    Leaf("settings", "resident", "/me/settings"),
    Leaf("register-at-the-desk", "official", "/desk/complaints/register"),
)
CASE = re.compile(r'href="(/complaints/[\d-]+)"')


def plain(tree: str) -> str:
    """The tree without what differs from day to day."""
    for pattern, put in PUT:
        tree = pattern.sub(put, tree)
    return tree + "\n"


async def address(office: Office, leaf: Leaf) -> str:
    """Where a leaf is in this district."""
    path, _, first = leaf.path.partition(" ")
    if not first:
        return path
    async with Phone(office.url) as phone:
        await phone.sign_in(leaf.reader)
        found = CASE.search((await phone.get(path)).text)
        assert found, path
        return found[1]


async def grow(
    office: Office,
    browser: Browser,
    leaves: Iterable[Leaf] = LEAVES,
    hoped: Callable[[Leaf], str] | None = None,
) -> dict[str, str]:
    """The tree of each page by its name, when its scripts have come: as soon as it is what is
    `hoped` for, else when there was time enough for them."""
    leaves = tuple(leaves)
    cookies = {reader: await signed_in(office, reader) for reader in {one.reader for one in leaves}}
    grown = {}
    for leaf in leaves:
        async with Screen(browser, office.url) as screen:
            await screen.context.add_cookies(cookies[leaf.reader])
            await screen.page.goto(await address(office, leaf))
            grown[leaf.name] = await _grown_up(screen.page, hoped and hoped(leaf))
    return grown


async def _grown_up(page: Page, hoped: str | None) -> str:
    end = time.monotonic() + SCRIPTS_SECONDS
    while True:
        tree = plain(await page.locator("body").aria_snapshot())
        if tree == hoped or time.monotonic() > end:
            return tree
        await page.wait_for_timeout(200)


async def _grown(office: Office) -> dict[str, str]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.ensure(), args=list(FLAGS)
        )
        grown = await grow(office, browser)
        await browser.close()
        return grown


def kept(leaf: Leaf) -> str:
    """The tree as it is kept."""
    return (FOLDER / f"{leaf.name}.yml").read_text(encoding="utf-8")


def main() -> int:
    """Writes the trees anew."""
    with district(day=DAY, MADANG_LIMITS_URL="off") as office:
        grown = asyncio.run(_grown(office))
    FOLDER.mkdir(exist_ok=True)
    for name, tree in grown.items():
        (FOLDER / f"{name}.yml").write_text(tree, encoding="utf-8")
    print(len(grown), "trees in", FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
