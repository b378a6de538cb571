"""Real fax calls between two modems: one page, three pages, busy, no answer, nothing lost.

The calls take their time, so all lines ring at once, and each test waits for its own.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from gateways import http
from gateways.contract import (
    Accepted,
    CannotTell,
    FaxOrder,
    Found,
    NotFound,
    Receipt,
    Rejected,
    Status,
    Surroundings,
)
from gateways.encode import fax_file
from gateways.providers.hylafax import HylaFax
from tests.engines.hylafax_engine import HylaFaxEngine, Line
from tests.engines.pages import different, page, read
from tests.engines.running import wait_for

pytestmark = pytest.mark.prove

SECRET = "secret of the tests"
CALL_SECONDS = 180
LINES = [
    Line("a"),
    Line("b"),
    Line("c", answers=False, engaged=True),
    Line("d", answers=False),
    Line("e"),
]


def fax(name: str, recipient: str, *kinds: str) -> FaxOrder:
    tiff = fax_file.to_tiff([page(kind) for kind in kinds])
    return FaxOrder(name, "0226703500", recipient, tiff, len(kinds), timedelta(minutes=30))


ONE = fax("one-page", "0226703501", "letter")
THREE = fax("three-pages", "0226703502", "letter", "short", "dense")
BUSY = fax("busy", "0226703503", "letter")
SILENT = fax("silent", "0226703504", "letter")
CUT = fax("cut", "0226703505", "letter", "dense")
BY_LINE = {"e": CUT, "a": ONE, "b": THREE, "c": BUSY, "d": SILENT}


@dataclass
class Calls:
    """An office that lives as long as the lines do; it turns the first caller away."""

    calls: list[tuple[dict[str, str], bytes, str]] = field(default_factory=list)
    turned_away: int = 0

    def open(self) -> ThreadingHTTPServer:
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not office.turned_away:
                    office.turned_away += 1
                    self.send_response(503)
                else:
                    office.calls.append((dict(self.headers), body, self.path))
                    self.send_response(200)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        return server


@dataclass
class Exchange:
    """The engine with its calls under way, and what has been told of them."""

    engine: HylaFaxEngine
    office: Calls
    folder: Path

    async def ask[T](self, act: Callable[[HylaFax], Awaitable[T]], **more: str) -> T:
        secrets = {
            "HYLAFAX_HOST": "127.0.0.1",
            "HYLAFAX_PORT": str(self.engine.port),
            "HYLAFAX_WEBHOOK_SECRET": SECRET,
        } | more
        async with http.open_session() as session:
            now = partial(datetime.now, UTC)
            return await act(HylaFax(Surroundings("", self.folder, secrets, session, now)))

    async def end_of(self, order: FaxOrder) -> Receipt:
        """Waits for the one piece of news that ends an order."""
        end = time.monotonic() + CALL_SECONDS

        async def told(provider: HylaFax) -> list[Receipt]:
            news = [
                receipt for call in self.office.calls for receipt in provider.parse_callback(*call)
            ]
            return [receipt for receipt in news if receipt.order_id == order.order_id]

        while not (receipts := await self.ask(told)):
            assert time.monotonic() < end, f"no end of {order.order_id}\n{self.engine.journal()}"
            await asyncio.sleep(0.2)
        (receipt,) = receipts
        return receipt


def line_of(order: FaxOrder) -> Line:
    (line,) = (each for each in LINES if BY_LINE[each.name] is order)
    return line


def cut_after_the_first_page(engine: HylaFaxEngine, order: FaxOrder) -> None:
    """Waits until the other end has confirmed page 1, then its telephone is gone."""
    line = line_of(order)
    end = time.monotonic() + CALL_SECONDS
    while time.monotonic() < end:
        for log in (engine.spool / "log").glob("c0*"):
            words = log.read_text("utf-8", "replace")
            if f"DEST {order.recipient}" in words and "page 1 of" in words:
                engine.processes.stop(line.device("r"), signal.SIGKILL)
                return
        time.sleep(0.05)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    folder = tmp_path_factory.mktemp("hylafax")
    for parent in folder.parents[:2]:
        parent.chmod(0o711)  # HylaFAX works as uucp
    calls = Calls()
    server = calls.open()
    url = f"http://127.0.0.1:{server.server_port}/callbacks/hylafax"
    engine = HylaFaxEngine(folder, LINES, url, SECRET)
    running = Exchange(engine, calls, folder)
    try:
        engine.open()
        cutting = Thread(target=cut_after_the_first_page, args=(engine, CUT), daemon=True)
        cutting.start()
        for line in sorted(LINES, key=lambda line: list(BY_LINE).index(line.name)):
            order = BY_LINE[line.name]
            send = partial(HylaFax.send, order=order)
            dials = "2" if line.engaged else "1"
            more = {
                "HYLAFAX_MODEM": line.device("s"),
                "HYLAFAX_DIALS": dials,
                "HYLAFAX_TRIES": "1",
            }
            answer = asyncio.run(running.ask(send, **more))
            assert isinstance(answer, Accepted), answer
        yield running
    finally:
        engine.close()
        server.shutdown()
        server.server_close()


def sent(order: FaxOrder) -> list[Image.Image]:
    return [fax_file.decode(page) for page in fax_file.from_tiff(order.tiff)]


def arrived(engine: HylaFaxEngine, order: FaxOrder) -> list[Image.Image]:
    line = line_of(order)
    wait_for("the fax", lambda: bool(engine.received(line)))
    (file,) = engine.received(line)
    return read(file)


async def test_while_it_is_on_the_way_it_is_found(exchange: Exchange) -> None:
    now = datetime.now(UTC)
    found = await exchange.ask(lambda fax: fax.look_up(SILENT, None, now))
    assert isinstance(found, Found)
    assert found.reference.endswith(":silent")
    assert (found.status, found.delivered_units) in {
        (Status.ACCEPTED, None),
        (Status.FAILED, 0),
    }


async def test_what_was_never_submitted_is_not_found(exchange: Exchange) -> None:
    stranger = replace(ONE, order_id="never-sent")
    asked = {
        timedelta(seconds=5): CannotTell("no longer listed"),
        timedelta(minutes=2): NotFound(),
        timedelta(hours=1): CannotTell("no longer listed"),
    }
    for ago, answer in asked.items():
        since = datetime.now(UTC) - ago
        assert await exchange.ask(lambda fax, s=since: fax.look_up(stranger, None, s)) == answer


@pytest.mark.parametrize("order", [ONE, THREE], ids=["one page", "three pages"])
async def test_pages_arrive_pixel_for_pixel(exchange: Exchange, order: FaxOrder) -> None:
    receipt = await exchange.end_of(order)
    assert (receipt.status, receipt.delivered_units) == (Status.DELIVERED, order.pages)
    pages = await asyncio.to_thread(arrived, exchange.engine, order)
    pairs = zip(sent(order), pages, strict=True)
    assert [different(*pair) for pair in pairs] == [0] * order.pages
    now = datetime.now(UTC)
    found = await exchange.ask(lambda fax: fax.look_up(order, receipt.reference, now))
    assert found == Found(Status.DELIVERED, str(receipt.reference), order.pages)


async def test_a_line_that_is_cut_leaves_the_pages_that_arrived_paid(exchange: Exchange) -> None:
    receipt = await exchange.end_of(CUT)
    assert (receipt.status, receipt.units_of(CUT.pages)) == (Status.FAILED, 1)


@pytest.mark.parametrize(
    ("order", "reason"), [(BUSY, "busy"), (SILENT, "no_answer")], ids=["busy", "no answer"]
)
async def test_nobody_takes_the_call(exchange: Exchange, order: FaxOrder, reason: str) -> None:
    receipt = await exchange.end_of(order)
    assert (receipt.status, receipt.units_of(order.pages)) == (Status.FAILED, 0)
    assert receipt.reason == reason
    now = datetime.now(UTC)
    found = await exchange.ask(lambda fax: fax.look_up(order, receipt.reference, now))
    assert found == Found(Status.FAILED, str(receipt.reference), 0, reason)


async def test_a_busy_line_is_called_again_without_news(exchange: Exchange) -> None:
    await exchange.end_of(BUSY)
    assert exchange.engine.exchanges["c"].calls == 2


async def test_news_that_was_turned_away_is_told_again(exchange: Exchange) -> None:
    for order in BY_LINE.values():
        await exchange.end_of(order)
    assert exchange.office.turned_away == 1
    assert list((exchange.engine.spool / "client/madang").glob("*.json")) == []


async def test_without_a_scheduler_nothing_is_taken(exchange: Exchange) -> None:
    """hfaxd cannot wake faxq and drops the job as we leave: somebody else may carry it."""
    exchange.engine.processes.stop("faxq")
    order = replace(ONE, order_id="no-scheduler")
    answer = await exchange.ask(lambda fax: fax.send(order))
    assert answer == Rejected("busy_hylafax_460", permanent=False)
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert await exchange.ask(lambda fax: fax.look_up(order, None, since)) == NotFound()
