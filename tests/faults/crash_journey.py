"""An SMS and a fax from a resident's form to the last point, in one process that may die anywhere.

What the resident's phone knows (session, form, address) outlives the process, as does what the
provider took. A resident whose page does not answer presses again; a worker that is started anew
takes up what the last one held.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gateways.contract import NotFound
from gateways.providers.behaviour import seen_as
from gateways.providers.simulator import SimulatedFax, SimulatedSms
from gateways.providers.simulator_store import Store
from server.accounts import service as accounts
from server.accounts.joining_rules import Joining
from server.core import clock, db, ids, outbox, storage
from server.messages import handlers, service
from server.messages.delivery.workflow import FINAL
from server.messages.fax import pages
from server.messages.models import Delivery, Message
from server.mileage import ledger
from server.mileage import service as mileage
from server.notifications import service as notifications
from tests.faults.crash_points import Points
from tests.people import PASSWORD, People, hidden_fields

START: Final = datetime.fromisoformat("2026-11-23T10:00+09:00")
MOMENTS: Final = [
    *(timedelta(seconds=seconds) for seconds in (0, 30, 200, 500, 1_200, 3_600)),
    *(timedelta(hours=hours) for hours in (12, 72.1, 74, 75)),
]
POINTS: Final = 1_000
JOURNEYS: Final = {
    # One arrives; of the other the answer is lost, and the provider is asked.
    "sms": {"to": "010-0000-0000\n010-0000-0012", "body": "토요일 10시에 만나요."},
    # Two pages, of which one arrives.
    "fax": {"to": "02-0000-0031", "body": "가\n" * 39},
}
PRICES: Final = {"sms": 30, "fax": 50}


@dataclass
class Phone:
    """What is known outside of the office, kept in a file; `step` is the resident's next act."""

    kind: str
    account_id: int
    person_id: int
    cookies: dict[str, str]
    step: str = "form"
    hidden: dict[str, str] = field(default_factory=dict)
    address: str = ""
    moment: int = 0

    def keep(self, folder: Path) -> None:
        (folder / "phone.new").write_text(json.dumps(asdict(self)))
        (folder / "phone.new").replace(folder / "phone.json")


def kept(folder: Path) -> Phone | None:
    """The journey that a process died in, if one did."""
    file = folder / "phone.json"
    return Phone(**json.loads(file.read_text())) if file.exists() else None


class Journey:
    """One resident's order in one process."""

    def __init__(self, app: Any, folder: Path, phone: Phone) -> None:
        self.app = app
        self.folder = folder
        self.phone = phone
        self.client = app.test_client()
        for name, value in phone.cookies.items():
            self.client.set_cookie("localhost", name, value)

    async def whole(self) -> None:
        """From wherever the phone stands until nothing of the order is left to be done."""
        with clock.use(lambda: START + MOMENTS[self.phone.moment]):
            await outbox.reclaim()
            await self._form()
            await self._draft()
            await self._sent()
            while not await self._over():
                await self._work()
                if not await self._over():
                    self.phone.moment += 1
                    self.phone.keep(self.folder)

    async def _form(self) -> None:
        if self.phone.step == "form":
            page = await self.client.get(f"/messages/{self.phone.kind}/new")
            self.phone.hidden = hidden_fields(await page.get_data(as_text=True))
            self._next("draft")

    async def _draft(self) -> None:
        if self.phone.step == "draft":
            form = {**self.phone.hidden, **JOURNEYS[self.phone.kind]}
            answer = await self.client.post(f"/messages/{self.phone.kind}/new", form=form)
            assert answer.status_code == 303, await answer.get_data(as_text=True)
            self.phone.address = urlsplit(answer.headers["Location"]).path
            self._next("read")
        if self.phone.step == "read":
            page = await self.client.get(self.phone.address)
            self.phone.hidden = hidden_fields(await page.get_data(as_text=True))
            self._next("confirm")

    async def _sent(self) -> None:
        if self.phone.step == "confirm":
            path = f"{self.phone.address}/confirm"
            answer = await self.client.post(path, form=self.phone.hidden | {"declared": "y"})
            assert answer.status_code == 303, await answer.get_data(as_text=True)
            self._next("wait")

    def _next(self, step: str) -> None:
        self.phone.step = step
        self.phone.keep(self.folder)

    async def _work(self) -> None:
        """What workers, timers and the provider do at one moment; one job at a time, so that the
        places come in the same order each time."""
        for _ in ("what is due", "what has become overdue"):
            while await outbox.drain(1) or await self._told():
                pass
            await service.overdue()

    async def _told(self) -> int:
        """The provider's calls: again until they are answered."""
        count = 0
        for provider in self._providers(await handlers.roster()):
            for due in provider.store.lease(provider._channel, 100, ahead=86_400.0):
                call = provider._callback(due)
                path = urlsplit(call.url).path
                answer = await self.app.test_client().post(
                    path, headers=call.headers, data=call.body
                )
                assert answer.status_code == 200
                provider.store.called(due)
                count += 1
        return count

    @staticmethod
    def _providers(roster: Any) -> list[Any]:
        return [*roster.sms, *roster.fax]

    async def _over(self) -> bool:
        """Whether the order has ended and no job is left that is due by the last moment."""
        counting, Points.counting = Points.counting, False
        try:
            message = await Message.get(id=self.phone.address.rpartition("/")[2])
            (row,) = await db.fetch(
                "SELECT COUNT(*) AS jobs FROM outbox_job WHERE state = 'waiting' AND due_at <= ?",
                [START + MOMENTS[-1]],
            )
            last = self.phone.moment == len(MOMENTS) - 1
            return last or (message.ended_at is not None and not row["jobs"])
        finally:
            Points.counting = counting

    async def check(self) -> None:
        """What must hold when all is over, whoever died and when."""
        with clock.use(lambda: START + MOMENTS[self.phone.moment]):
            messages = await Message.filter(account_id=self.phone.account_id)
            assert len(messages) == 1, "one form, one order"
            (message,) = messages
            assert message.ended_at is not None
            assert message.open_count == 0
            charged = 0
            roster = await handlers.roster()
            provider = (roster.sms if self.phone.kind == "sms" else roster.fax)[0]
            handed, words = provider.store.handovers(), self._not_found()
            for delivery in await Delivery.filter(message_id=message.id):
                said = f"{delivery.order_id}: {delivery.state} {delivery.reason!r}"
                assert delivery.state in FINAL, said
                taken = provider.store.find(delivery.order_id)
                arrived = seen_as(taken.behaviour, taken.units)[1] if taken else 0
                assert taken is not None, f"{said} was never handed over"
                assert delivery.charged == arrived, f"{said} charged {delivery.charged}"
                times = handed[delivery.order_id]
                assert times <= 1 + words.count(delivery.order_id), f"{said} {times} times"
                charged += arrived
            spent = charged * PRICES[self.phone.kind]
            balance = await mileage.balance(self.phone.person_id)
            assert balance == mileage.Balance(POINTS - spent, 0), str(balance)
            told = await notifications.inbox(self.phone.account_id, "ko", before=None, limit=50)
            assert [each.link for each in told].count(self.phone.address) == 1
            report = await mileage.check()
            assert report.ok, str(report)
            (dead,) = await db.fetch("SELECT COUNT(*) AS jobs FROM outbox_job WHERE state = 'dead'")
            assert not dead["jobs"]
        (self.folder / "phone.json").unlink()

    def _not_found(self) -> list[str]:
        file = self.folder / "not-found"
        return file.read_text().split() if file.exists() else []


def note_the_providers_word(folder: Path) -> None:
    """Keep of which orders the provider has said that it never took them."""
    for provider in (SimulatedSms, SimulatedFax):
        look_up = provider.look_up

        async def noted(self: Any, order: Any, *more: Any, asked: Any = look_up) -> Any:
            found = await asked(self, order, *more)
            if isinstance(found, NotFound):
                with (folder / "not-found").open("a") as file:
                    file.write(f"{order.order_id}\n")
            return found

        provider.look_up = noted  # type: ignore[method-assign]


async def new_phone(app: Any, kind: str, number: int, clerk: int) -> Phone:
    """A verified resident of his own for one journey, signed in, with points."""
    with clock.use(START):
        login_id = f"resident-{number}"
        name = "김" + chr(0xAC00 + number // 1_000) + chr(0xAC00 + number % 1_000)
        joining = Joining(
            login_id=login_id,
            password=PASSWORD,
            name=name,
            birth_date="1990-01-05",
            phone=f"010-{2000 + number // 10_000}-{number % 10_000:04}",
            consents={"terms": "2026-03-02", "privacy": "2026-03-02"},
        )
        account_id = (await accounts.join(joining)).account_id
        issued = await accounts.issue_code(clerk, login_id, name, date(1990, 1, 5))
        person_id = await accounts.verify(account_id, issued.code)
        client = app.test_client()
        await People(app).sign_in(client, login_id)
        given = (await mileage.balance(person_id)).available
        given += await mileage.first_page_of_day(person_id)
        rest = POINTS - given
        await ledger.award(f"test:{ids.new_uuid()}", person_id, rest, "survey", "")
        cookies = {each.name: each.value or "" for each in client.cookie_jar}
        return Phone(kind, account_id, person_id, cookies)


def draw_once() -> None:
    """Drawing is no part of this: the pages of the first fax are those of all."""
    draw, drawn = pages._drawn, []

    async def drawn_already(order: Any) -> Any:
        if not drawn:
            drawn.append(await draw(order))
        return drawn[0]

    pages._drawn = drawn_already


def store_in_files(folder: Path) -> None:
    """Keep files without obstore, whose threads a fork would lose; whole or not at all."""
    folder.mkdir(parents=True)

    def place(key: str) -> Path:
        return folder / key.replace("/", "_")

    async def put(key: str, data: bytes) -> None:
        written = place(key).with_suffix(".new")
        written.write_bytes(data)
        written.replace(place(key))

    async def get(key: str) -> bytes:
        try:
            return place(key).read_bytes()
        except FileNotFoundError:
            raise storage.Missing(key) from None

    async def delete(key: str) -> None:
        place(key).unlink(missing_ok=True)

    storage.put, storage.get, storage.delete = put, get, delete


def free_the_receipts(folder: Path) -> None:
    """A process died while it told: the provider tells again at once, and not after its lease."""
    if (folder / "simulator.sqlite3").exists():
        with Store(folder)._transaction() as opened:
            opened.execute("UPDATE receipts SET leased_until = 0")
