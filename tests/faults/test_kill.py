"""kill -9 of web and worker in the middle of the SMS journey: charged once if delivered, else not.

After the restarts every order ends, no order was handed to the provider twice, and the ledger adds
up. `make test` kills a few times on SQLite, `make prove` fifty times on each database.
"""

import asyncio
import contextlib
import os
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from gateways.providers.simulator_store import Store
from server import config
from server.core import db
from server.messages.models import Delivery
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from tests.districts import Opened
from tests.office import Office, Phone
from tests.people import hidden_fields

POINTS_AN_SMS = 30
POINTS_A_SURVEY = 200
CHANCES = random.Random(15_4)
LEASE_AND_LOOK_UP = timedelta(minutes=4)


@asynccontextmanager
async def books(office: Office) -> AsyncIterator[None]:
    """The office's database, opened in the test beside the processes."""
    keys, data = office.keys, office.data
    settings = config.Settings(mode="demo", data=data, keys=keys, database_url=office.database_url)
    config.use(settings)
    ordinance.use(settings.profile)
    await db.init(settings)
    try:
        yield
    finally:
        await db.close()
        config.use(None)


def set_clock(office: Office, ahead: timedelta) -> None:
    """Puts the office's clock ahead of ours; it ticks on from there."""
    file = Path(office.environment["MADANG_CLOCK_FILE"])
    written = file.with_suffix(".new")
    written.write_text((datetime.now(UTC) + ahead).isoformat())
    written.replace(file)


async def until_answered(attempt, office: Office, seconds: float = 30):
    """Tries again while the office is down; what a patient resident does."""
    end = time.monotonic() + seconds
    while True:
        try:
            page = await attempt()
            if page.status < 500:
                return page
        except (aiohttp.ClientError, TimeoutError):
            pass
        assert time.monotonic() < end, office.words("web", "worker")
        await asyncio.sleep(0.05)


async def one_journey(office: Office, phone: Phone, number: int) -> None:
    """Writes an SMS, sees its price, sends it; pressing again when nothing answers."""
    form = await until_answered(lambda: phone.get("/messages/sms/new"), office)
    hidden = hidden_fields(form.text)
    fields = {"to": f"010-2345-{number:04d}", "body": f"{number}번째 안부를 전합니다."}
    draft = await until_answered(
        lambda: phone.post("/messages/sms/new", fields, hidden=hidden), office
    )
    assert re.fullmatch(r"/messages/[0-9a-f-]{36}", draft.url), draft.words
    hidden = hidden_fields(draft.text)
    sent = await until_answered(
        lambda: phone.post(f"{draft.url}/confirm", {"declared": "y"}, hidden=hidden), office
    )
    assert sent.status in {200, 409}, sent.words


async def kill_one(office: Office) -> None:
    """Kills web or worker after a random moment and starts it again."""
    await asyncio.sleep(CHANCES.uniform(0, 1.2))
    name, word = CHANCES.choice([("web", "serve"), ("worker", "worker")])
    office.kill(name)
    office.start(name, word)


async def journeys_with_kills(office: Office, kills: int) -> None:
    await everything_ends(office)  # what the sample district has under way
    before = set(handed_over(office)[1])
    async with books(office):
        rows = await db.fetch("SELECT person_id FROM account WHERE person_id IS NOT NULL")
        assert rows
        for row in rows:
            for turn in range(kills * POINTS_AN_SMS // POINTS_A_SURVEY + 1):
                await mileage.award(row["person_id"], "survey", f"kill-test-{turn}")
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        for number in range(kills):
            await asyncio.gather(one_journey(office, phone, number), kill_one(office))
            with contextlib.suppress(AssertionError):
                await asyncio.to_thread(office.wait_ready)
    await asyncio.to_thread(office.wait_ready)
    await everything_ends(office)
    await the_books_are_right(office, kills, before)


async def everything_ends(office: Office, ahead: timedelta = timedelta(0)) -> None:
    """Lets leases and look-ups fall due until no delivery is under way."""
    for _ in range(30):
        for _ in range(20):
            async with books(office):
                open_ = await Delivery.filter(charged=None, state__not_in=["draft"]).count()
            if not open_:
                return
            await asyncio.sleep(0.25)
        ahead += LEASE_AND_LOOK_UP
        set_clock(office, ahead)
    raise AssertionError(f"{open_} deliveries never ended\n{office.words('web', 'worker')}")


def handed_over(office: Office) -> tuple[list[Store], dict[str, int]]:
    """The simulator's stores, and how often each order was handed to it."""
    stores = [Store(file.parent) for file in office.data.rglob("simulator.sqlite3")]
    return stores, {order: count for store in stores for order, count in store.handovers().items()}


async def the_books_are_right(office: Office, kills: int, before: set[str]) -> None:
    stores, handovers = handed_over(office)
    handovers = {order: count for order, count in handovers.items() if order not in before}
    twice = [order for store in stores for order in store.handed_over_once_more()]
    assert not twice, f"handed over although the provider had taken them: {twice}"
    async with books(office):
        rows = await Delivery.exclude(state="draft")
        known = {row.order_id: row for row in rows if row.order_id not in before}
        taken = {order for order in handovers if any(store.find(order) for store in stores)}
        uncharged = [known[order] for order in taken if known[order].charged != 1]
        on_time = [row for row in uncharged if row.delivered_late_at is None]
        assert not on_time, [
            f"delivered, but {row.state} {row.reason!r}, charged {row.charged}" for row in on_time
        ]
        ours = [row for row in known.values() if row.provider and row.order_id not in taken]
        wrong = [row.order_id for row in ours if row.charged and not row.reference]
        assert not wrong, f"never taken by the provider, but charged: {wrong}"
    assert len(handovers) >= kills // 2
    print(office.run("ledger", "check"))


@pytest.fixture
def clocked(opened: Opened, tmp_path: Path) -> Office:
    """An open office whose clock the test can put ahead."""
    file = tmp_path / "clock"
    file.write_text(datetime.now(UTC).isoformat())
    return opened(MADANG_CLOCK_FILE=str(file), MADANG_LIMITS_URL="off")


@pytest.mark.prove
async def test_killed_fifty_times(clocked: Office):
    await journeys_with_kills(clocked, int(os.environ.get("KILLS", "50")))
