"""The network is cut, the browser killed and the office restarted while drafts are on their way, at
random moments, page and worker sending at once: nothing is lost, nothing is filed twice (Y10-1).

Some are complaints as the app's first version kept them, some as it keeps them now, and some are
words that are added to a complaint.
"""

import asyncio
import base64
import contextlib
import io
import os
import random
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Error, async_playwright

from tests.districts import Opened
from tests.journeys.handset import Handset
from tests.journeys.line import Line
from tests.journeys.test_kept_words import filed
from tests.office import DEMO_PASSWORD, Office

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

WAIT = """async ([drafts, photo]) => {
  const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0)).buffer;
  const opened = indexedDB.open('madang', 1);
  await new Promise((done) => { opened.onsuccess = done; });
  const writing = opened.result.transaction('drafts', 'readwrite', {durability: 'strict'});
  for (const {key, title, pictured, aim} of drafts) {
    const picture = {field: 'photos', name: 'lamp.jpg', type: 'image/jpeg', bytes};
    const fields = Object.entries(aim.to?.endsWith('/add') ? {text: title} : {
      topic: 'street-lamp', title, body: title + '가 꺼졌습니다.', reply_by: 'app', public: 'y',
      look: 'y',
    });
    writing.objectStore('drafts').put({
      ...aim, key, owner: localStorage.getItem('reader'), state: 'waiting', unsure: false, fields,
      files: pictured ? [picture] : [], spare: [], at: Date.now(), status: 0, reasons: [], link: '',
    });
  }
  await new Promise((done) => { writing.oncomplete = done; });
  opened.result.close();
}"""
STATES = """async () => {
  const opened = indexedDB.open('madang', 1);
  await new Promise((done) => { opened.onsuccess = done; });
  const asked = opened.result.transaction('drafts').objectStore('drafts').getAll();
  await new Promise((done) => { asked.onsuccess = done; });
  opened.result.close();
  return asked.result.map(({key, state, unsure, reasons}) => [key, state, unsure, reasons.join()]);
}"""
SEND = "() => { dispatchEvent(new Event('online')); }"
BATCH = 6


class Replay:
    """A phone with drafts, a line that fails, and an office that dies. `case` is the number of a
    complaint of the same resident, to which words are added."""

    def __init__(self, phone: Handset, line: Line, office: Office, case: str, seed: int) -> None:
        self.phone, self.line, self.office, self.case = phone, line, office, case
        self.chance = random.Random(seed)
        self.titles: dict[str, str] = {}
        self.in_doubt = 0
        picture = Image.effect_noise((200, 150), 60).convert("RGB")
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=70)
        self.photo = base64.b64encode(out.getvalue()).decode()

    async def sign_in(self) -> None:
        page = self.phone.page
        await page.goto(self.line.url + "/login")
        await page.fill("[name=login_id]", "resident")
        await page.fill("[name=password]", DEMO_PASSWORD)
        await page.locator("main button[type=submit]").first.click()
        page.set_default_timeout(120_000)  # beside three other browsers
        await page.wait_for_function(
            "() => navigator.serviceWorker.controller && localStorage.getItem('reader')"
        )
        await self.phone.remember()
        await self.open()
        assert await self.phone.faults_of_installing() == []

    async def open(self) -> None:
        """Opens the drafts' page, and waits until it listens."""
        await self.phone.page.goto(self.line.url + "/me/drafts")
        await self.phone.page.wait_for_function("() => navigator.serviceWorker.controller")
        await self.phone.page.wait_for_load_state("networkidle")

    async def write(self) -> None:
        """A few more drafts wait."""
        drafts = []
        for _ in range(BATCH):
            key = str(UUID(int=self.chance.getrandbits(128), version=4))
            self.titles[key] = f"{len(self.titles) + 1}번째 골목 가로등 {key[:8]}"
            more = {"shape": 2, "to": f"/complaints/{self.case}/add"}
            now = {"shape": 2, "to": "/complaints/new"}
            aim = self.chance.choice([{}, now, now, more])
            pictured = aim is not more and self.chance.random() < 0.3
            draft = {"key": key, "title": self.titles[key], "pictured": pictured, "aim": aim}
            drafts.append(draft)
        await self.phone.page.evaluate(WAIT, [drafts, self.photo])

    async def waiting(self) -> list[Any]:
        """The drafts that have not been sent."""
        found = await self.phone.page.evaluate(STATES)
        assert {key for key, *_ in found} == set(self.titles), "the phone lost a draft"
        refused = [draft for draft in found if draft[1] == "refused"]
        assert not refused, refused
        self.in_doubt += any(draft[1] == "waiting" and draft[2] for draft in found)
        return [draft for draft in found if draft[1] == "waiting"]

    async def send(self) -> None:
        """The page sends, and now and then the worker at the same time."""
        with contextlib.suppress(Error):
            await self.phone.page.evaluate(SEND)
            if self.chance.random() < 0.3:
                await self.phone.page.evaluate(
                    "async () => { (await navigator.serviceWorker.ready).sync.register('drafts'); }"
                )

    async def cut(self) -> None:
        """The line fails at some byte of what flows."""
        self.line.mend()
        self.line.cut_after(self.chance.randrange(1, 12_000))
        await self.send()
        for _ in range(40):
            await asyncio.sleep(0.01)
            if not self.line.is_up:
                return
        self.line.cut()

    async def kill_browser(self) -> None:
        """The phone dies at some moment."""
        self.line.mend()
        await self.send()
        await asyncio.sleep(self.chance.random() * 0.4)
        self.phone.kill()
        await self.phone.start()
        await self.open()

    async def kill_office(self) -> None:
        """The office dies at some moment, and is opened again."""
        self.line.mend()
        await self.send()
        await asyncio.sleep(self.chance.random() * 0.3)
        self.office.kill("web")
        self.office.start("web", "serve")
        await asyncio.to_thread(self.office.wait_ready)

    async def finish(self) -> None:
        """The network stays: everything is sent."""
        self.line.mend()
        for _ in range(200):
            await self.phone.page.evaluate(SEND)
            await asyncio.sleep(0.2)
            if not await self.waiting():
                return
        raise AssertionError(f"still waiting: {await self.waiting()}")

    async def arrived(self) -> list[str]:
        """The titles of one's own complaints, as the office lists them, and the words that were
        added to the one."""
        case = f"{self.line.url}/complaints/{self.case}"
        page = await (await self.phone.page.context.request.get(case)).text()
        found = re.findall(r"\d+번째 골목 가로등 [0-9a-f]{8}", page)
        path: str | None = "/me/complaints"
        while path:
            answer = await self.phone.page.context.request.get(self.line.url + path)
            page = await answer.text()
            found += re.findall(r'class="cover strong"[^>]*>([^<]+)<', page)
            older = re.search(r'rel="next" href="([^"]+)"', page)
            path = older[1].replace("&amp;", "&") if older else None
        return found


async def replay(opened: Opened, folder: Path, *, cuts: int, kills: int, seed: int) -> None:
    """So many accidents while drafts are sent; then each has been filed once."""
    office = opened(MADANG_LIMITS_URL="off")
    case = await filed(office)
    async with (
        async_playwright() as playwright,
        Line(office.port) as line,
        Handset(playwright, folder / "phone", line.url) as phone,
    ):
        trial = Replay(phone, line, office, case, seed)
        await trial.sign_in()
        accidents = [trial.cut] * cuts + [trial.kill_browser] * kills
        accidents += [trial.kill_office] * (kills // 3)
        trial.chance.shuffle(accidents)
        for accident in accidents:
            if len(await trial.waiting()) < 2:
                await trial.write()
            await accident()
        await trial.finish()
        arrived = await trial.arrived()
    twice = [title for title in trial.titles.values() if arrived.count(title) > 1]
    lost = [title for title in trial.titles.values() if title not in arrived]
    assert (twice, lost) == ([], []), f"seed {seed}"
    assert trial.in_doubt >= cuts // 20, "the cuts hit nothing"


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.clause("Y10-1", 3)
async def test_accidents_lose_nothing_and_file_nothing_twice(opened: Opened, tmp_path: Path):
    everything = "PROVE_ALL" in os.environ
    cuts, kills = (282, 14) if everything else (28, 2)
    seed = random.randrange(2**32) if everything else 300
    await replay(opened, tmp_path, cuts=cuts, kills=kills, seed=seed)
