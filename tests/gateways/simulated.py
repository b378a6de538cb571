"""What tests of the simulator share: an order, an office where receipts are called, quick times."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from gateways.contract import Channel, FaxOrder, Receipt, SmsOrder
from gateways.encode import fax
from gateways.providers.behaviour import BY_NUMBER, Behaviour
from gateways.providers.simulator import SimulatedFax, SimulatedSms

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
NOW = datetime(2026, 11, 28, 1, 12, tzinfo=UTC)
ORDER = SmsOrder("sms-1", "0226703500", "01012345678", "토요일 10시에 만나요")
HEADER = fax.Header("김영희", "02-2670-3501", NOW)


def fax_order(order_id: str = "fax-1", recipient: str = "0226703501", pages: int = 2) -> FaxOrder:
    drawn = fax.draw("가\n" * (38 * (pages - 1) + 1), [], HEADER, FONT)
    assert drawn.page_count == pages
    return FaxOrder(order_id, "0226703500", recipient, drawn.tiff, pages)


def magic(behaviour: Behaviour, channel: Channel = Channel.SMS) -> str:
    number = next(number for number, b in BY_NUMBER.items() if b is behaviour)
    return ("0100000" if channel is Channel.SMS else "020000") + number


@dataclass
class Office:
    """Where the receipts are called: keeps what came, answers what it is told to."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def call(self, request: web.Request) -> web.Response:
        self.calls.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    async def wait_for(self, number: int, seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while len(self.calls) < number:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@asynccontextmanager
async def an_office(port: int = 0) -> AsyncIterator[Office]:
    office = Office()
    app = web.Application()
    app.router.add_post("/callbacks/simulator", office.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    host, bound = runner.addresses[0][:2]
    office.url = f"http://{host}:{bound}/callbacks/simulator"
    try:
        yield office
    finally:
        await runner.cleanup()


def control(directory: Path, **more: object) -> None:
    quick: dict[str, object] = {
        "delay_seconds": 0.05,
        "late_seconds": 600,
        "slow_seconds": 0.2,
        "timeout_seconds": 0.05,
    }
    (directory / "control.json").write_text(json.dumps(quick | more), "utf-8")


def read(provider: SimulatedSms | SimulatedFax, office: Office) -> list[Receipt]:
    return [
        receipt
        for headers, body in office.calls
        for receipt in provider.parse_callback(headers, body, office.url)
    ]
