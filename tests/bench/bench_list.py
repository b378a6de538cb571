"""A CSV of 10,000 recipients from the upload to the last point: what memory it takes.

Each recipient's text has his name in it; a resident pays for all, under a profile that lets him.
Web and worker run on SQLite, the provider answers in 50 ms and tells of each message. The ratio is
150 MB to what web and worker together take above idle at most (unique memory, asked for twice a
second). How long it all took is printed beside it.
"""

import asyncio
import re
import tempfile
import threading
import time
from pathlib import Path

import aiohttp

from server import config
from server.core import db
from server.mileage import ledger
from server.ordinance import loading
from tests.bench.bench_sending import process
from tests.bench.sending import SECRETS
from tests.conftest import make_settings, migrate
from tests.faults.carrier import Carrier
from tests.faults.matrix import Run
from tests.faults.test_kill import books
from tests.office import Office, Phone, free_port
from tests.people import PASSWORD, hidden_fields

GOALS = {"memory of a list": 1.0}
RECIPIENTS = 10_000
MEMORY_MAX = 150_000_000
UNIT_POINTS = 30
MORE = {
    "sms_units_per_day_max": 100_000,
    "sms_units_per_month_max": 100_000,
}
"""What a resident may send by the bench's profile."""


def profile(folder: Path) -> Path:
    """Yeongdeungpo's profile for a resident with very many friends."""
    text = loading.path_of("yeongdeungpo").read_text("utf-8")
    for name, most in MORE.items():
        text, times = re.subn(rf"(?m)^{name} = .*$", f"{name} = {most}", text)
        assert times == 1, name
    text = text.replace("[messages]\n", f"[messages]\nsms_csv_recipients_max = {RECIPIENTS}\n")
    file = folder / "profile.toml"
    file.write_text(text, "utf-8")
    return file


class Memory:
    """The most that an office takes, looked at all the time."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, self.office.memory_bytes())

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


async def sent(office: Office, run: Run) -> tuple[int, int, float]:
    """Idle and most memory, and the seconds that it took."""
    await run.welcome()
    ((_, person_id),) = run.residents.values()
    async with books(office):
        await ledger.award("bench", person_id, RECIPIENTS * UNIT_POINTS, "survey", "")
    office.open()
    rows = (f"0104{number:07},{'가나다라마'[number % 5]}영희" for number in range(RECIPIENTS))
    sheet = "휴대전화,이름\n" + "\n".join(rows)
    async with Phone(office.url) as phone:
        phone.session._timeout = aiohttp.ClientTimeout(total=600)
        await phone.sign_in(next(iter(run.residents)), PASSWORD)
        await phone.get("/messages/sms/new")
        await asyncio.sleep(3)
        idle = office.memory_bytes()
        began = time.perf_counter()
        with Memory(office) as memory:
            fields = [
                ("to", ""),
                ("body", "{이름}님, 토요일 10시에 마당에서 만나요."),
                ("sheet", ("friends.csv", sheet.encode(), "text/csv")),
            ]
            draft = await phone.post("/messages/sms/new", fields)
            assert draft.status == 200, draft.words
            assert draft.url != "/messages/sms/new", draft.words
            hidden = hidden_fields(draft.text) | {"declared": "y"}
            confirmed = await phone.post(f"{draft.url}/confirm", {}, hidden=hidden)
            assert confirmed.status == 200, confirmed.words
            await _all_charged(office)
        return idle, memory.most, time.perf_counter() - began


async def _all_charged(office: Office) -> None:
    async with books(office):
        while True:
            await asyncio.sleep(2)
            (row,) = await db.fetch(
                "SELECT COUNT(*) AS ended FROM message_delivery WHERE charged = 1"
            )
            if row["ended"] == RECIPIENTS:
                return


async def _nothing() -> None:
    """Nobody restarts this database."""


def run() -> dict[str, float]:
    """Ratios of one run, by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite://{folder}/data/madang.sqlite3"
        (folder / "keys").mkdir()
        migrate(make_settings(folder, folder / "keys" / "ring", url))
        config.use(None)
        provider = free_port()
        variables = SECRETS | {
            "MADANG_LIMITS_URL": "off",
            "MADANG_LOG_LEVEL": "warning",
            "MADANG_PROFILE": str(profile(folder)),
            "MADANG_SMS_PROVIDERS": "solapi",
            "SOLAPI_API_URL": f"http://127.0.0.1:{provider}",
        }
        office = Office(folder, url, folder / "keys" / "ring", variables)
        bench = Run(office, Carrier(provider, office.url, lambda: bench.now()), 1, 7, _nothing)
        token = SECRETS["SOLAPI_WEBHOOK_TOKEN"]
        callback = f"{office.url}/callbacks/solapi?token={token}"
        with process("tests.bench.provider", str(provider), callback):
            try:
                idle, most, seconds = asyncio.run(sent(office, bench))
            finally:
                office.close()
    print(
        f"list: {RECIPIENTS:,} recipients in {seconds:,.0f} s; idle {idle / 1e6:,.0f} MB,"
        f" at most {most / 1e6:,.0f} MB"
    )
    return {"memory of a list": MEMORY_MAX / max(1, most - idle)}


if __name__ == "__main__":
    for what, ratio in run().items():
        print(f"{what}: {ratio:.2f} (goal {GOALS[what]})")
