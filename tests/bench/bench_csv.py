"""A list of 10,000 recipients (CSV), from its upload to the last capture: memory above idle.

A resident uploads it to a web process, each recipient has a text of his own; two workers on
PostgreSQL hand all over to a provider that answers in 50 ms and tells of each message's end. What
all three processes have to themselves is added up, idle being the same office after a list of two
has come to its end. `python -m tests.bench.bench_csv 2000` takes another length, and `sqlite`
behind it the other database.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server import app, config
from server.core import db
from server.mileage import ledger
from tests.bench.bench_sending import WORKERS, fresh_postgres, fresh_sqlite, process
from tests.bench.sending import SECRETS
from tests.faults.carrier import Carrier
from tests.faults.matrix import Run
from tests.faults.test_kill import books
from tests.office import Office, Phone, free_port
from tests.people import PASSWORD, hidden_fields

GOALS = {"memory of a CSV of 10,000": 1.0}
PROFILE = Path(__file__).parents[2] / "server/ordinance/yeongdeungpo.toml"
RECIPIENTS = 10_000
ALLOWED_BYTES = 150_000_000
FIRST = 2
"""Recipients of the list that comes before the office is called idle."""

LOGIN = "faults-0"
POINTS = 30
BODY = "{이름}님, 토요일 10시에 마당에서 만나요."
CAPS = {
    "sms_units_per_day_max": 20_000,
    "sms_units_per_month_max": 20_000,
    "sms_recipients_max": 10_000,
}
"""What the sample district allows its residents is far less."""

SECONDS_MAX = 900


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until the list was a priced draft, until it was sent, and until its last capture;
    bytes above idle at the most."""

    priced: float
    sent: float
    captured: float
    grown: int


def list_of(recipients: int, head: str) -> bytes:
    """As a spreadsheet saves it."""
    lines = (f"{head}{number:05},주민{number}" for number in range(recipients))
    return "\n".join(["휴대전화,이름", *lines]).encode()


def generous_profile(folder: Path) -> Path:
    """The sample district's ordinance with room for such a list."""
    text = PROFILE.read_text("utf-8")
    for name, most in CAPS.items():
        text, times = re.subn(rf"^{name} = \d+$", f"{name} = {most}", text, flags=re.MULTILINE)
        assert times == 1, name
    file = folder / "generous.toml"
    file.write_text(text, "utf-8")
    return file


@asynccontextmanager
async def watched(office: Office) -> AsyncIterator[list[int]]:
    """The office's memory in bytes, again and again."""
    seen = [office.memory_bytes()]

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.25)
            seen.append(await asyncio.to_thread(office.memory_bytes))

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def sent(phone: Phone, recipients: int, head: str) -> tuple[float, float]:
    """Upload a list and send it; seconds until it was priced, and until it was sent."""
    began = time.monotonic()
    file = ("list.csv", list_of(recipients, head), "text/csv")
    draft = await phone.post("/messages/sms/new", [("to", ""), ("body", BODY), ("sheet", file)])
    assert "/new" not in draft.url, draft.words[:600]
    priced = time.monotonic() - began
    fields = {"declared": "y"}
    done = await phone.post(f"{draft.url}/confirm", fields, hidden=hidden_fields(draft.text))
    assert done.status == 200, done.words[:600]
    return priced, time.monotonic() - began


async def all_captured(office: Office) -> None:
    """Waits until every message has come to its end and been paid for."""
    end = time.monotonic() + SECONDS_MAX
    async with books(office):
        while True:
            (row,) = await db.fetch(
                "SELECT COUNT(*) AS open FROM message_delivery WHERE charged IS NULL"
            )
            if not row["open"]:
                return
            assert time.monotonic() < end, office.words("web", *WORKERS)
            await asyncio.sleep(0.5)


async def measured(folder: Path, url: str, recipients: int) -> Measured:
    """A list of so many through an office on that database."""
    provider, port = free_port(), free_port()
    variables = SECRETS | {
        "MADANG_SMS_PROVIDERS": "solapi",
        "MADANG_PROFILE": str(generous_profile(folder)),
        "MADANG_LIMITS_URL": "off",
        "MADANG_LOG_LEVEL": "warning",
        "SOLAPI_API_URL": f"http://127.0.0.1:{provider}",
    }
    callback = f"http://127.0.0.1:{port}/callbacks/solapi?token={SECRETS['SOLAPI_WEBHOOK_TOKEN']}"
    office = Office(folder, url, folder / "keys" / "ring", variables, port)
    with process("tests.bench.provider", str(provider), callback):
        try:
            person_id = await _resident(office)
            office.start("web", "serve")
            for name in WORKERS:
                office.start(name, "worker")
            office.wait_ready(180)
            async with Phone(office.url) as phone:
                await phone.sign_in(LOGIN, PASSWORD)
                await sent(phone, FIRST, "010310")
                await all_captured(office)
                async with watched(office) as seen:
                    began = time.monotonic()
                    priced, confirmed = await sent(phone, recipients, "010420")
                    await all_captured(office)
                    captured = time.monotonic() - began
            await _paid(office, person_id, recipients + FIRST)
        finally:
            office.close()
    return Measured(priced, confirmed, captured, max(seen) - seen[0])


async def _resident(office: Office) -> int:
    """Somebody with points enough; his person."""
    run = Run(office, Carrier(0, office.url, lambda: run.now()), 1, 7, _nothing)
    await run.welcome()
    _, person_id = run.residents[LOGIN]
    async with books(office):
        await ledger.award("bench", person_id, POINTS * (RECIPIENTS + FIRST) * 2, "survey", "")
    return person_id


async def _nothing() -> None:
    """Nobody restarts this database."""


async def _paid(office: Office, person_id: int, messages: int) -> None:
    """Each message was paid for, once."""
    async with books(office):
        (row,) = await db.fetch(
            "SELECT SUM(d.charged) AS units FROM message_delivery d JOIN message m"
            " ON m.id = d.message_id WHERE m.person_id = ?",
            [person_id],
        )
    assert row["units"] == messages, row["units"]


def run(recipients: int = RECIPIENTS, database: str = "postgres") -> dict[str, float]:
    """The memory allowed to the memory taken."""
    fresh = fresh_postgres if database == "postgres" else fresh_sqlite
    app.wire()
    with fresh() as (folder, url):
        found = asyncio.run(measured(folder, url, recipients))
    config.use(None)
    print(
        f"{recipients:,} recipients: priced after {found.priced:.1f} s, sent after"
        f" {found.sent:.1f} s, the last captured after {found.captured:.1f} s"
        f" ({recipients / (found.captured - found.sent):.0f} a second);"
        f" {found.grown / 1e6:.0f} MB above idle"
    )
    return {"memory of a CSV of 10,000": ALLOWED_BYTES / max(found.grown, 1)}


if __name__ == "__main__":
    words = sys.argv[1:]
    length = int(words[0]) if words else RECIPIENTS
    for what, ratio in run(length, *words[1:2]).items():
        print(f"{what}: {ratio:.2f} (goal {GOALS[what]})")
