"""An office of two web and two worker processes, a carrier that fails it, and their two books.

Time passes as fast as nothing is left to do: the clock is put to what is due next, and in the end
past every deadline.
"""

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import asyncpg
from tortoise.exceptions import OperationalError

from gateways.encode import fax_text
from server import app
from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.core import db
from server.messages.models import Delivery
from server.mileage import service as mileage
from tests.faults.carrier import Carrier
from tests.faults.carrier_book import Entry
from tests.faults.test_kill import books, set_clock, until_answered
from tests.office import Office, Page, Phone
from tests.people import PASSWORD, hidden_fields

PRICES: Final = {"sms": (30, 20), "fax": (50, 60)}
"""Points and won of a unit."""

POINTS_A_SURVEY = 200
LAST_WORD: Final = timedelta(hours=1, minutes=15)
"""What a delivery past its deadline is given for its last look-up, and the timers' turn."""

WORDS: Final = "토요일 10시에 마당에서 만나요."


@dataclass(frozen=True, slots=True)
class Written:
    """One order as a resident writes it, `units` for each of the numbers."""

    kind: str
    units: int
    numbers: tuple[str, ...]

    @property
    def body(self) -> str:
        """Words that fill so many pages, or one message."""
        return WORDS + "\n가" * (fax_text.LINES_A_PAGE * (self.units - 1))


SMS_ALONE: Final = (("sms", 1, 10),) * 5
BOTH: Final = (("sms", 1, 10), ("fax", 3, 5), ("fax", 2, 5), ("sms", 1, 10), ("fax", 1, 5))
"""What each resident orders: kind, units for each number, numbers; as much as a day allows."""

AWAY = (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OperationalError)


@dataclass
class Run:
    """One run: so many messages through an office whose carrier and machine fail it."""

    office: Office
    carrier: Carrier
    count: int
    seed: int
    restart_database: Callable[[], Awaitable[None]]
    day: tuple[tuple[str, int, int], ...] = SMS_ALONE
    ahead: timedelta = timedelta(0)
    residents: dict[str, tuple[int, int]] = field(default_factory=dict)
    workers: tuple[str, ...] = ("worker", "worker2")

    def __post_init__(self) -> None:
        self.chances = random.Random(self.seed)
        self.shares = self._shared_out()
        self.units = {
            number: written.units
            for share in self.shares
            for written in share
            for number in written.numbers
        }

    def _shared_out(self) -> list[list[Written]]:
        """What each resident orders, until all the messages have been written."""
        shares: list[list[Written]] = []
        left = self.count
        heads = {"sms": "0104", "fax": "024"}
        while left:
            share: list[Written] = []
            for kind, units, most in self.day:
                first, many = self.count - left, min(left, most)
                at = range(first, first + many)
                numbers = tuple(f"{heads[kind]}{self.seed % 1000:03}{index:04}" for index in at)
                if many:
                    share.append(Written(kind, units, numbers))
                left -= many
            shares.append(share)
        return shares

    def now(self) -> datetime:
        """The office's clock."""
        return datetime.now(UTC) + self.ahead

    # --- the office

    def open(self) -> None:
        self.office.environment["MADANG_WORKERS"] = str(len(self.workers))
        self.office.start("web", "serve")
        for name in self.workers:
            self.start_worker(name)
        self.office.wait_ready(180)

    def start_worker(self, name: str) -> None:
        self.office.start_module(name, "tests.faults.impatient", "worker")

    def kill_worker(self) -> None:
        """kill -9 of a worker with whatever it holds; another is started."""
        name = self.chances.choice(self.workers)
        self.office.kill(name)
        self.start_worker(name)

    async def welcome(self) -> None:
        """Makes residents enough for all the messages, each with the points for his."""
        app.wire()
        async with books(self.office):
            clerk = await accounts.create_official(
                "faults-clerk", "박철수", None, {"complaints"},
                password=PASSWORD, must_change_password=False,
            )  # fmt: skip
            for index in range(len(self.shares)):
                await self._joined(f"faults-{index}", index, clerk.account_id)

    async def _joined(self, login_id: str, index: int, clerk: int) -> None:
        name = "김영" + chr(0xAC00 + index)
        joining = Joining(
            login_id=login_id,
            password=PASSWORD,
            name=name,
            birth_date="1990-01-05",
            phone=f"010-7234-{index:04}",
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
        account_id = (await accounts.join(joining)).account_id
        issued = await accounts.issue_code(clerk, login_id, name, date(1990, 1, 5))
        person_id = await accounts.verify(account_id, issued.code)
        needed = sum(PRICES[kind][0] * units * most for kind, units, most in self.day)
        for turn in range(-(-needed // POINTS_A_SURVEY)):
            await mileage.award(person_id, "survey", f"faults-{turn}")
        self.residents[login_id] = account_id, person_id

    async def order_all(self) -> None:
        """Every resident writes and sends his messages, all at the same time."""
        async with AsyncExitStack() as stack:
            phones = []
            for login_id in self.residents:
                phone = await stack.enter_async_context(Phone(self.office.url))
                await phone.sign_in(login_id, PASSWORD)
                phones.append(phone)
            await asyncio.gather(*map(self._order, phones, self.shares))

    async def _order(self, phone: Phone, share: list[Written]) -> None:
        for written in share:
            address = f"/messages/{written.kind}/new"
            form = await until_answered(partial(phone.get, address), self.office)
            fields = {"to": "\n".join(written.numbers), "body": written.body}
            draft = await self._posted(phone, address, fields, form.text)
            assert draft.url != address, draft.words
            sent = await self._posted(phone, f"{draft.url}/confirm", {"declared": "y"}, draft.text)
            assert sent.status == 200, sent.words

    async def _posted(self, phone: Phone, path: str, fields: dict[str, str], form: str) -> Page:
        """Presses the button, and again where nothing answers."""
        hidden = hidden_fields(form)
        return await until_answered(lambda: phone.post(path, fields, hidden=hidden), self.office)

    # --- time

    def put_ahead(self, by: timedelta) -> None:
        self.ahead += by
        set_clock(self.office, self.ahead)

    async def everything_ends(self, seconds: float) -> None:
        """Lets time pass until no message is open and nothing is left to be told."""
        end = time.monotonic() + seconds
        async with self._asking() as ask:
            while True:
                assert time.monotonic() < end, await self._stuck(ask)
                await self._quiet(ask, end)
                if not await ask(self._open) and (last := self.carrier.late_until()) is None:
                    return
                if not await ask(self._open):
                    self.put_ahead(last - self.now() + timedelta(minutes=1))
                    continue
                self.put_ahead(max(timedelta(seconds=20), await ask(self._next)))

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Callable[[Callable[[], Awaitable[Any]]], Any]]:
        """Asks the office's database, again and again while that is away."""
        async with books(self.office):

            async def ask(question: Callable[[], Awaitable[Any]]) -> Any:
                for _ in range(100):
                    with contextlib.suppress(*AWAY):
                        return await question()
                    await asyncio.sleep(0.1)
                return await question()

            yield ask

    async def _quiet(self, ask: Callable[..., Any], end: float) -> None:
        """Waits until workers and carrier have had nothing to do for a moment."""
        still = 0
        while still < 4 and time.monotonic() < end:
            busy = not self.carrier.idle() or await ask(self._in_hand)
            still = 0 if busy else still + 1
            await asyncio.sleep(0.15)

    async def _in_hand(self) -> int:
        rows = await db.fetch(
            "SELECT COUNT(*) AS jobs FROM outbox_job WHERE state = 'waiting'"
            " AND topic LIKE 'messages.%' AND (lease_token IS NOT NULL OR due_at <= ?)",
            [self.now()],
        )
        return int(rows[0]["jobs"])

    async def _open(self) -> int:
        return (
            await Delivery.filter(number__isnull=False, charged=None).exclude(state="draft").count()
        )

    async def _next(self) -> timedelta:
        """How long until something falls due: a job, or the first deadline."""
        rows = await db.fetch(
            "SELECT MIN(due_at) AS at FROM outbox_job WHERE state = 'waiting'"
            " AND topic LIKE 'messages.%'"
            " UNION ALL SELECT MIN(deadline_at) FROM message_delivery"
            " WHERE charged IS NULL AND state <> 'draft'"
        )
        now = self.now()
        coming = [db.instant(row["at"]) for row in rows if row["at"]]
        ahead = [at for at in coming if at > now]
        wait = min(ahead) - now if ahead else timedelta(minutes=5)
        return wait + timedelta(seconds=20)  # and what falls due with it

    async def _stuck(self, ask: Callable[..., Any]) -> str:
        rows = await ask(
            lambda: db.fetch(
                "SELECT state, reason, COUNT(*) AS times FROM message_delivery"
                " WHERE charged IS NULL AND state <> 'draft' GROUP BY state, reason"
            )
        )
        return f"{[tuple(row.values()) for row in rows]}\n{self.office.words('web', *self.workers)}"

    # --- the two books

    async def compare(self) -> dict[str, int]:
        """Fails where the office's book and the carrier's do not agree; what both came to."""
        async with books(self.office):
            rows = {row.order_id: row for row in await Delivery.all()}
            report = await mileage.check()
            dead = await db.fetch("SELECT topic, reason FROM outbox_job WHERE state = 'dead'")
            persons = [person for _, person in self.residents.values()]
            balances = [await mileage.balance(person) for person in persons]
            (spent,) = await db.fetch(
                "SELECT COALESCE(SUM(points), 0) AS points, COALESCE(SUM(won), 0) AS won"
                f" FROM mileage_transfer WHERE credit = 'spent'"
                f" AND person_id IN ({', '.join(map(str, persons))})"
            )
        # The sample district has messages of its own under way.
        ours = {key: row for key, row in rows.items() if row.number in self.units}
        book = {
            key: entry for key, entry in self.carrier.book.items() if entry.number in self.units
        }
        assert len(ours) == self.count
        assert set(book) <= set(ours)
        assert report.ok, str(report)
        assert not dead, dead
        assert not self.carrier.strange, self.carrier.strange
        assert set(self.carrier.forged) <= {403}

        for key, row in ours.items():
            assert row.units == self.units[row.number]
            _agree(row, book.get(key))
        arrived = {key: entry.arrived for key, entry in book.items() if entry.arrived}
        late = sum(many for key, many in arrived.items() if ours[key].delivered_late_at is not None)
        charged = sum(row.charged for row in ours.values())
        assert charged == sum(arrived.values()) - late
        points, won = (
            sum(row.charged * PRICES[row.kind][each] for row in ours.values()) for each in (0, 1)
        )
        assert spent == {"points": points, "won": won}
        assert all(balance.held == 0 for balance in balances)
        return {
            "orders": len(ours),
            "faxes": sum(row.kind == "fax" for row in ours.values()),
            "in_part": sum(0 < row.charged < row.units for row in ours.values()),
            "arrived": sum(arrived.values()),
            "late": late,
            "charged": charged,
            "asked": sum(entry.words.count("asked") for entry in book.values()),
        }


def _agree(row: Any, entry: Entry | None) -> None:
    """One order in both books."""
    said = f"{row.order_id}: {row.state} {row.reason!r} charged {row.charged}; {entry}"
    assert row.charged is not None, said
    assert row.ended_at <= row.deadline_at + LAST_WORD, said
    if entry is None:
        assert row.charged == 0, said
        return
    assert not entry.handed_over_without_a_word(), said
    told_by = row.deadline_at + LAST_WORD
    late = bool(entry.arrived) and (entry.told_at is None or entry.told_at > told_by)
    assert row.charged == (0 if late else entry.arrived), said
    assert (row.delivered_late_at is not None) == late, said
