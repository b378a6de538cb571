"""Messages submitted to a real Kannel by the office, against bare aiohttp that feeds it directly.

Kannel answers as soon as it has stored a message, and reports its end to both sides. Ours takes
each from the queue and keeps what Kannel answered, on PostgreSQL with one web process and two
workers: from the moment when both hand over to the last answer. Bare aiohttp has 100 calls in
flight.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
from aiohttp import web

from gateways.providers.kannel import Kannel
from tests.bench.bench_sending import fresh_postgres, through_the_office
from tests.bench.sending import BODY, surroundings
from tests.engines.kannel_engine import PASSWORD, USER, KannelEngine
from tests.office import free_port

GOALS = {"kannel vs direct": 0.3}
MESSAGES = 3_000
IN_FLIGHT = 100


def settings(kannel: KannelEngine) -> dict[str, str]:
    """The environment of whoever sends by that Kannel."""
    return {
        "KANNEL_URL": kannel.url,
        "KANNEL_USERNAME": USER,
        "KANNEL_PASSWORD": PASSWORD,
        "KANNEL_WEBHOOK_SECRET": "secret of the bench",
    }


async def direct(kannel: KannelEngine, count: int) -> float:
    """Messages a second of bare aiohttp; the reports are heard, and nothing is done with them."""

    async def told(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/told", told)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:
        always = Kannel(surroundings(session, settings(kannel)))._always | {
            "X-Kannel-From": "+82226703114",
            "X-Kannel-Coding": "2",
            "X-Kannel-DLR-Url": f"http://127.0.0.1:{port}/told?status=%d",
        }

        async def hand_over() -> None:
            for number in numbers:
                headers = always | {"X-Kannel-To": f"+82104000{number:04}"}
                data = BODY.encode()
                async with session.post(kannel.url, headers=headers, data=data) as answer:
                    assert (await answer.text()).startswith("0:")

        began = time.perf_counter()
        await asyncio.gather(*(hand_over() for _ in range(IN_FLIGHT)))
        seconds = time.perf_counter() - began
    await runner.cleanup()
    return count / seconds


async def ours(kannel: KannelEngine, folder: Path, url: str, count: int) -> float:
    """Messages a second of an office."""
    variables = settings(kannel) | {"MADANG_SMS_PROVIDERS": "kannel"}
    return await through_the_office(
        folder, url, count, free_port(), variables, "state IN ('queued', 'sending')"
    )


def run() -> dict[str, float]:
    """Ratios of one run, by name."""
    with tempfile.TemporaryDirectory() as name, fresh_postgres() as (folder, url):
        kannel = KannelEngine(Path(name))
        try:
            kannel.open()
            before = asyncio.run(direct(kannel, MESSAGES))
            fast = asyncio.run(ours(kannel, folder, url, MESSAGES))
            base = statistics.mean((before, asyncio.run(direct(kannel, MESSAGES))))
        finally:
            kannel.close()
    print(f"kannel: ours {fast:,.0f} messages/s, fed directly {base:,.0f}")
    return {"kannel vs direct": fast / base}


if __name__ == "__main__":
    for what, ratio in run().items():
        print(f"{what}: {ratio:.2f} (goal {GOALS[what]})")
