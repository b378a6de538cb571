"""Bare aiohttp that hands messages to the bench's provider, and hears of the end of each.

Used as `python -m tests.bench.bare PORT OF_PROVIDER COUNT`: listens on PORT for what the provider
tells, has 100 calls in flight, and prints the seconds until it has heard of all.
"""

import asyncio
import json
import sys
import time

import aiohttp
from aiohttp import web

from gateways.providers.solapi_sms import Solapi
from tests.bench.sending import SECRETS, surroundings, text_of

IN_FLIGHT = 100


async def main(port: int, provider: int, count: int) -> float:
    heard = 0
    all_heard = asyncio.Event()

    async def told(request: web.Request) -> web.Response:
        nonlocal heard
        heard += len(json.loads(await request.read()))
        if heard == count:
            all_heard.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/told", told)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{provider}/messages/v4/send"
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:
        headers = Solapi(surroundings(session, SECRETS))._headers()

        async def hand_over() -> None:
            for number in numbers:
                message = text_of(number)
                async with session.post(url, data=json.dumps(message), headers=headers) as answer:
                    assert json.loads(await answer.read())["statusCode"] == "2000"

        began = time.perf_counter()
        await asyncio.gather(*(hand_over() for _ in range(IN_FLIGHT)))
        await all_heard.wait()
        seconds = time.perf_counter() - began
    await runner.cleanup()
    return seconds


if __name__ == "__main__":
    print(asyncio.run(main(*map(int, sys.argv[1:4]))))
