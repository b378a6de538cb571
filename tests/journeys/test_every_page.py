"""Every page of the house, in every language, look, width and text size: nothing overflows, axe
finds nothing, no CSP violation, no 5xx (Y16, Y18).

`make test` looks at a sample that changes with the commit, as three of the eight readers find it;
`make prove` follows every link of all of them, and `make prove-all` looks at everything.
"""

import itertools
import os
import random
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.districts import Opened
from tests.journeys import house
from tests.journeys.house import Place
from tests.journeys.screen import Screen
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


MODES = [
    Mode(*mode)
    for mode in itertools.product(
        ("ko", "en"), ("light", "high", "dark"), (240, 360, 1280), TEXT_PIXELS
    )
]
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
    """Open each page in its mode; whatever is wrong anywhere is told together."""
    faults: list[str] = []
    cookies = {reader: await signed_in(office, reader) for reader, _ in readers(looks)}
    for (reader, mode), group in itertools.groupby(
        sorted(looks, key=lambda look: (look[0].reader, repr(look[1]))),
        key=lambda look: (look[0].reader, look[1]),
    ):
        async with reading(office, browser, cookies[reader], mode) as screen:
            for place, _ in group:
                try:
                    await screen.go(place.path)
                except AssertionError as fault:
                    faults.append(f"{place.reader or 'anonymous'}, {mode}: {fault}")
            faults += [f"{mode}: {fault}" for fault in screen.complaints]
            screen.complaints.clear()
    assert not faults, "\n".join(faults)


def readers(looks: list[tuple[Place, Mode]]) -> set[tuple[str, bool]]:
    """Who reads."""
    return {(place.reader, True) for place, _ in looks}


async def signed_in(office: Office, reader: str) -> list[dict[str, Any]]:
    """The cookies of a reader who has logged in."""
    async with Phone(office.url) as phone:
        if reader:
            await phone.sign_in(reader)
        return [
            {"name": cookie.key, "value": cookie.value, "url": office.url}
            for cookie in phone.session.cookie_jar
        ]


@asynccontextmanager
async def reading(
    office: Office, browser: Browser, cookies: list[dict[str, Any]], mode: Mode
) -> AsyncIterator[Screen]:
    """A screen of that reader in that mode."""
    async with Screen(browser, office.url, width=mode.width, look=mode.look) as screen:
        await screen.context.add_cookies(cookies)
        contrast = "high" if mode.look == "high" else "light"
        await screen.page.goto(f"/display?lang={mode.language}&contrast={contrast}&next=/status")
        await screen.set_text_pixels(TEXT_PIXELS[mode.text])
        yield screen
