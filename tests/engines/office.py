"""Where engines call back: keeps each call as the application would see it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from gateways.contract import Provider, Receipt


@dataclass
class Office:
    """`calls` are headers, body and address, in the order in which they came."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    async def called(self, request: web.Request) -> web.Response:
        address = self.url + ("?" + request.query_string if request.query_string else "")
        self.calls.append((dict(request.headers), await request.read(), address))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def receipts(self, provider: Provider) -> list[Receipt]:
        return [receipt for call in self.calls for receipt in provider.parse_callback(*call)]

    async def wait(self, what: str, test: Callable[[], bool], seconds: float = 30) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not test():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what} did not come in {seconds} seconds") from None


@asynccontextmanager
async def an_office(name: str, port: int = 0) -> AsyncIterator[Office]:
    office = Office()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", f"/callbacks/{name}", office.called)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    office.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callbacks/{name}"
    try:
        yield office
    finally:
        await runner.cleanup()
