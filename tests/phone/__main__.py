"""`make phone`: what the pages cost a poor phone on a poor network, beside the goals, and what
Lighthouse says of every public page. A goal that is missed is said, not hidden.

Times hang on the machine: they are shown here and asserted in no test. `python -m tests.phone
speed` or `lighthouse` runs one half of it, addresses after that measure those pages alone
(`python -m tests.phone speed / /services`).
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Browser, async_playwright

from tests.journeys import chromium, house
from tests.journeys.conftest import FLAGS
from tests.journeys.house import Place
from tests.journeys.line import Line
from tests.journeys.sample import ROOT, district
from tests.journeys.test_every_page import signed_in
from tests.office import Office, Phone
from tests.phone.visits import SLOW_3G, SLOW_4G, Measured, Network, median, visit

VISITS = 5
THINKING_SECONDS = 0.1
GOALS = {
    SLOW_4G: Measured(lcp=1200, tbt=50, cls=0.02, inp=100),
    SLOW_3G: Measured(lcp=2000, tbt=50, cls=0.02, inp=100),
}
FOLDER = Path(__file__).parent
LIGHTHOUSE = Path(os.environ.get("LIGHTHOUSE", ROOT / ".tools" / "lighthouse"))
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
WANTED = 100


class Missed(NamedTuple):
    """What did not come up to its goal, in words."""

    what: str


async def places(office: Office, named: list[str]) -> list[Place]:
    """The pages named; or those of which people ask most, and a complaint's, as everybody and as
    its applicant."""
    if named:
        return [Place("", path, path) for path in named]
    async with Phone(office.url) as phone:
        case = re.findall(r'href="(/complaints/[\d-]+)"', (await phone.get("/complaints")).text)[0]
        await phone.sign_in("resident")
        mine = (await phone.get("/me/complaints")).text
        own = re.findall(r'href="(/complaints/[\d-]+)"', mine)[0]
    return [
        *(
            Place("", path, path)
            for path in ("/", "/complaints", case, "/complaints/new", "/services", "/login")
        ),
        Place("", "/ordinance", "/ordinance"),
        Place("resident", "/complaints/<number>", own),
    ]


async def measured(
    browser: Browser, office: Office, net: Network, named: list[str]
) -> dict[Place, Measured]:
    """The median of so many first visits of each page."""
    found = {}
    async with Line(office.port, THINKING_SECONDS) as far:
        for place in await places(office, named):
            cookies = await signed_in(office, place.reader)
            here = [cookie | {"url": far.url} for cookie in cookies]
            visits = [await visit(browser, far.url, place, here, net) for _ in range(VISITS)]
            found[place] = median(visits)
    return found


async def speed(office: Office, named: list[str]) -> list[Missed]:
    """Prints the table of both networks."""
    missed = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.ensure(), args=list(FLAGS)
        )
        print(f"median of {VISITS} first visits, processor 4x slower, server {THINKING_SECONDS} s")
        for net, goal in GOALS.items():
            print(f"\n{net.name}: {net.latency_ms} ms, {net.down_bits / 1e6:g} Mbit/s")
            print(f"{'page':<34}{'LCP ms':>9}{'TBT ms':>9}{'CLS':>9}{'INP ms':>9}")
            print(f"{'goal':<34}" + "".join(f"{limit:>9g}" for limit in vars(goal).values()))
            for place, one in (await measured(browser, office, net, named)).items():
                cells = ""
                for name, value in vars(one).items():
                    worse = value > getattr(goal, name)
                    shown = f"{value:.3f}" if name == "cls" else f"{value:.0f}"
                    cells += f"{shown + (' !' if worse else ''):>9}"
                    if worse:
                        missed.append(Missed(f"{net.name} {place.path}: {name} {shown}"))
                print(f"{(place.reader + ' ' + place.path).strip():<34}{cells}", flush=True)
        await browser.close()
    return missed


async def public_pages(office: Office) -> list[str]:
    """One address for each page that everybody may read."""
    from server.app import create_app
    from server.config import Settings

    settings = Settings(mode="demo", data=office.data, keys=office.keys)
    return [place.path for place in await house.walk(office.url, create_app(settings).url_map, "")]


def lighthouse(office: Office, named: list[str]) -> list[Missed]:
    """Prints what Lighthouse gives each public page, and for what it takes something off."""
    if not (LIGHTHOUSE / "node_modules" / "lighthouse").exists():
        sys.exit("Lighthouse is not there: run `make phone`, which installs it.")
    paths = named or asyncio.run(public_pages(office))
    print(f"\nLighthouse, {len(paths)} public pages, as a phone on slow 4G")
    print(f"{'page':<44}" + "".join(f"{name[:13]:>15}" for name in CATEGORIES))
    missed = []
    with subprocess.Popen(
        ["node", str(FOLDER / "lighthouse.mjs")],
        env=os.environ | {"LIGHTHOUSE": str(LIGHTHOUSE), "CHROMIUM": chromium.ensure()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tool:
        assert tool.stdin is not None
        assert tool.stdout is not None
        tool.stdin.write("".join(f"{office.url}{path}\n" for path in paths))
        tool.stdin.close()
        for line in tool.stdout:
            found: dict[str, Any] = json.loads(line)
            path = found["url"].removeprefix(office.url)
            scores = {name: found["scores"].get(name, 0) for name in CATEGORIES}
            print(f"{path[:43]:<44}" + "".join(f"{score:>15}" for score in scores.values()))
            for name, score in scores.items():
                if score < WANTED:
                    missed.append(Missed(f"Lighthouse {path}: {name} {score}"))
            for fault in found["faults"]:
                print(f"    {fault['id']}: {fault['title']} {fault['shown']} {fault['where']}")
            sys.stdout.flush()
    if tool.returncode:
        missed.append(Missed("Lighthouse did not come to its end"))
    return missed


def main(words: list[str]) -> int:
    """Measures in a sample district; 1 if a goal was missed."""
    named = [word for word in words if word.startswith("/")]
    halves = set(words) - set(named)
    missed: list[Missed] = []
    with district(MADANG_LIMITS_URL="off") as office:
        if not halves or "speed" in halves:
            missed += asyncio.run(speed(office, named))
        if not halves or "lighthouse" in halves:
            missed += lighthouse(office, named)
    print()
    for one in missed:
        print("MISSED", one.what)
    if not missed:
        print("every goal met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
