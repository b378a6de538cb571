"""Every page of the house, in every language, look, width and text size: nothing overflows, axe
finds nothing, no CSP violation, no 5xx (Y16, Y18).

`make test` looks at a sample that changes with the commit, as three of the eight readers find it;
`make prove` follows every link of all of them, and `make prove-all` looks at everything.
"""

import asyncio
import itertools
import os
import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as BrowserError

from tests.districts import Opened
from tests.journeys import house
from tests.journeys.house import Place
from tests.journeys.screen import AXE_TAGS, Screen
from tests.office import Office, Phone

SAMPLE = 8
TEXT_PIXELS = {"normal": 16, "double": 32}
"""What a person has set in the browser as the size of text: 200 % is double (WCAG 1.4.4)."""

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


@dataclass(frozen=True)
class Mode:
    """How somebody reads."""

    language: str
    look: str
    width: int
    text: str


@dataclass
class Report:
    """What was seen of `looks`, a line a page as it goes (`-s` shows them)."""

    looks: int
    seen: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, place: Place, mode: Mode, modes: int, faults: list[str]) -> None:
        """A page was seen in that many modes, of the language and contrast of `mode`."""
        self.seen += modes
        name = f"{place.reader or 'anonymous'} {place.path}"
        self.faults += [f"{name}: {fault}" for fault in faults]
        line = f"{self.seen}/{self.looks} {name}, {mode.language} {contrast_of(mode)}:"
        print(line, *faults or ["well"], sep="\n  " if faults else " ", flush=True)


MODES = [
    Mode(*mode)
    for mode in itertools.product(
        ("ko", "en"), ("light", "high", "dark"), (240, 360, 1280), TEXT_PIXELS
    )
]
RULES_OF_LOOKS = (
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
)
"""What a look can break, which is colours and the breadth of lines: seen in every mode. All other
rules ask for names, roles, order and what is hidden, which a language, a width and a size of text
can break, and so are seen in each of those, in the light look; and once where the server has drawn
the high contrast."""
ROUNDS_AT_ONCE = 3
SECONDS_MAX = 120
"""A look takes less than one; a browser that has stopped is told, and the rest is seen."""
HEIGHT = 740
SETTLED = """
([language, contrast, dark, width, text]) => {
  const root = document.documentElement;
  const probe = document.body.appendChild(document.createElement('p'));
  probe.style.fontSize = 'medium';
  const is_so = root.lang === language && root.dataset.contrast === contrast
    && matchMedia('(prefers-color-scheme: dark)').matches === dark
    && innerWidth === width && getComputedStyle(probe).fontSize === text;
  probe.remove();
  document.getAnimations().forEach((animation) => animation.finish());
  return is_so;
}
"""
"""Whether the page is read so; a colour that fades into another has arrived before axe measures."""
NO_PAGES = {
    "/ahead.json",  # what may be fetched ahead
    "/live",  # a stream
    "/desk/complaints/<number>/mandate",  # a photo
    "/apple-touch-icon.png",
    "/assets/<path:name>",
    "/complaints/photos/<uuid:key>",
    "/desk/complaints/<number>/memos/photo/<uuid:key>",
    "/desk/complaints/<number>/papers/<kind>",  # PDF, as letters
    "/desk/letters/<int:letter_id>",
    "/desk/faxes/in/<int:id>/file",  # as it came, to be kept
    "/csrf",
    "/favicon.ico",
    "/healthz",
    "/manifest.webmanifest",
    "/me/notifications/<int:id>",  # marks it read and leads on
    "/metrics",
    "/offline",  # the service worker's own
    "/push/key",
    "/readyz",
    "/robots.txt",
    "/sw.js",
}
FOR_MACHINES = ("/api/", "/callbacks/", "/feeds/", "/open/", "/open311/")
NOT_IN_THE_SAMPLE = {
    "/desk/faxes/in/<int:id>",
    "/complaints/<number>/mandate",
    "/login/second",
    "/me/confirm",
    "/desk/messages/held/<uuid:message_id>",
    "/messages/opt-out/<uuid:code_id>",
    "/complaints/<number>/extension",
    "/complaints/<number>/mend",
    "/desk/complaints/<number>/password",
    "/desk/fixes/<int:fix_id>",
    "/desk/queue/<int:id>",
    "/desk/payments/charges/<reference>",
    "/desk/payments/deposits/<int:deposit_id>",
    "/desk/payments/statements/<int:statement_id>",
    "/desk/reminders/<int:reminder_id>",
}
"""Pages of what no resident or official of the sample district has; their own tests open them."""
NO_PAGE_ENDINGS = (".ics", ".pdf", ".csv", ".png", "/thumb", "/photos/<int:photo>", ".<kind>")


@pytest.fixture
def quiet_office(opened: Opened) -> Office:
    """An office that does not count requests: one phone is many readers here."""
    return opened(MADANG_LIMITS_URL="off")


async def test_a_sample_of_pages_and_modes_reads_well(
    quiet_office: Office, app: Any, browser: Browser
):
    chance = random.Random(commit())
    readers = ("", "resident", chance.choice(house.OFFICIALS))
    places = await house.walk_as_all(quiet_office.url, app.url_map, readers, samples_max=2)
    everything = list(itertools.product(one_reader_each(places), MODES))
    await look_at(quiet_office, browser, chance.sample(everything, SAMPLE))


@pytest.mark.prove
@pytest.mark.timeout(7200)
async def test_every_page_is_linked_and_reads_well_in_every_mode(
    quiet_office: Office, app: Any, browser: Browser
):
    places = await house.walk_as_all(quiet_office.url, app.url_map)
    missing = pages_of(app) - {place.route for place in places}
    assert not missing, f"no reader finds a link to {sorted(missing)}"
    everything = list(itertools.product(one_reader_each(places), MODES))
    if not os.environ.get("PROVE_ALL"):
        everything = random.Random(commit()).sample(everything, 10 * SAMPLE)
    await look_at(quiet_office, browser, everything)


def pages_of(app: Any) -> set[str]:
    """The rules that answer GET with a page."""
    rules = {str(rule.rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    return {
        rule
        for rule in rules - NO_PAGES - NOT_IN_THE_SAMPLE
        if not rule.endswith(NO_PAGE_ENDINGS) and not rule.startswith(FOR_MACHINES)
    }


def one_reader_each(places: list[Place]) -> list[Place]:
    """Each page as an anonymous reader, a resident and the first official see it."""
    kept: dict[tuple[str, bool], Place] = {}
    for place in places:
        kept.setdefault((place.route, place.reader in {"", "resident"}), place)
        if place.reader == "resident" and place.path in {"/", "/complaints", "/complaints/new"}:
            kept[f"{place.route} of a resident", True] = place
    return list(kept.values())


def commit() -> str:
    """What the sample is drawn by: another commit looks at others."""
    here = str(Path(__file__).parent)
    asked = ["git", "-C", here, "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


async def look_at(office: Office, browser: Browser, looks: list[tuple[Place, Mode]]) -> None:
    """See each page in its modes; whatever is wrong anywhere is told together, at the end.

    A page is opened once for each language and each contrast, which the server draws, and goes
    through widths, sizes of text and dark as a phone does that is turned or set while it is open.
    """
    rounds: dict[tuple[str, str, str], dict[Place, list[Mode]]] = {}
    for place, mode in looks:
        pages = rounds.setdefault((place.reader, mode.language, contrast_of(mode)), {})
        pages.setdefault(place, []).append(mode)
    report = Report(len(looks))
    at_once = asyncio.Semaphore(ROUNDS_AT_ONCE)

    async def go_round(reader: str, language: str, contrast: str) -> None:
        async with at_once, Screen(browser, office.url) as screen:
            await screen.context.add_cookies(await signed_in(office, reader))
            await screen.page.goto(f"/display?lang={language}&contrast={contrast}&next=/status")
            for place, modes in rounds[reader, language, contrast].items():
                await see(screen, place, modes, report)

    async with asyncio.TaskGroup() as together:
        for drawn in rounds:
            together.create_task(go_round(*drawn))
    assert report.seen == len(looks), f"{report.seen} of {len(looks)} seen"
    assert not report.faults, "\n".join(report.faults)


async def see(screen: Screen, place: Place, modes: list[Mode], report: Report) -> None:
    """Open a page and look at it in each of these modes."""
    faults: list[str] = []
    mode = modes[0]
    try:
        faults += await opened_wrong(screen, place.path)
        in_turn = sorted(modes, key=lambda mode: (mode.look == "dark", repr(mode)))
        for turn, mode in enumerate(in_turn):
            every_rule = turn == 0 or mode.look == "light"
            async with asyncio.timeout(SECONDS_MAX):
                found = await turned_wrong(screen, mode)
                found += await screen.faults(AXE_TAGS if every_rule else RULES_OF_LOOKS)
            faults += [f"{mode}: {fault}" for fault in found]
    except (BrowserError, TimeoutError) as fault:
        faults.append(f"{mode}: {fault!r}")
    faults += screen.complaints
    screen.complaints.clear()
    report.add(place, modes[0], len(modes), faults)


async def opened_wrong(screen: Screen, path: str) -> list[str]:
    """Open a page, and say so if it is another that comes: nobody may look at a log-in instead."""
    await screen.page.set_viewport_size({"width": 360, "height": HEIGHT})
    answer = await screen.page.goto(path)
    status = answer.status if answer else 0
    arrived = screen.page.url.removeprefix(screen.url)
    return [] if status == 200 and arrived == path else [f"{status} at {arrived}"]


async def turned_wrong(screen: Screen, mode: Mode) -> list[str]:
    """Read the open page in another width, size of text or light; say so if it does not turn."""
    page, pixels, dark = screen.page, TEXT_PIXELS[mode.text], mode.look == "dark"
    await page.set_viewport_size({"width": mode.width, "height": HEIGHT})
    await page.emulate_media(color_scheme="dark" if dark else "light")
    await screen.set_text_pixels(pixels)
    wanted = [mode.language, contrast_of(mode), dark, mode.width, f"{pixels}px"]
    is_so = await page.evaluate(SETTLED, wanted)
    return [] if is_so else ["is not read so"]


def contrast_of(mode: Mode) -> str:
    """As the page itself can be set: dark is the phone's."""
    return "high" if mode.look == "high" else "light"


async def signed_in(office: Office, reader: str) -> list[dict[str, Any]]:
    """The cookies of a reader who has logged in."""
    async with Phone(office.url) as phone:
        if reader:
            await phone.sign_in(reader)
        return [
            {"name": cookie.key, "value": cookie.value, "url": office.url}
            for cookie in phone.session.cookie_jar
        ]
