"""A provider of SMS that answers after 50 ms and tells of each message's end by a call of its own.

SOLAPI's two calls as documented, and nothing else: whoever sends by it pays for the same exchange.
Used as `python -m tests.bench.provider PORT CALLBACK`.
"""

import asyncio
import itertools
import json
import sys
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

ANSWER_SECONDS = 0.05


class Provider:
    """Takes everything."""

    def __init__(self, callback: str) -> None:
        self.callback = callback
        self.numbers = itertools.count(1)
        self.telling: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession

    async def run(self, port: int) -> None:
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50))
        app = web.Application()
        app.router.add_post("/messages/v4/send", self.send)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()

    async def send(self, request: web.Request) -> web.Response:
        message = (await request.json())["message"]
        await asyncio.sleep(ANSWER_SECONDS)
        message["messageId"] = f"M4V{next(self.numbers):018}"
        task = asyncio.create_task(self.tell(message))
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)
        return web.json_response(message | {"statusCode": "2000"})

    async def tell(self, message: dict[str, Any]) -> None:
        at = datetime.now(UTC).isoformat()
        report = message | {"statusCode": "4000", "dateReported": at}
        async with self.session.post(self.callback, data=json.dumps([report])) as answer:
            assert answer.status == 200, answer.status


if __name__ == "__main__":
    asyncio.run(Provider(sys.argv[2]).run(int(sys.argv[1])))
