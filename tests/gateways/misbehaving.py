"""A local server that behaves badly on request: what providers' servers in these tests stand on."""

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from gateways.contract import Rejected, Unknown

# Each fault with what may be concluded from it; the codes of refusals are the provider's own.
AMBIGUOUS = [
    ("500", Unknown("HTTP 500")),
    ("503", Unknown("HTTP 503")),
    ("408", Unknown("HTTP 408")),
    ("302", Unknown("HTTP 302")),
    ("reset_before", Unknown("ServerDisconnectedError")),
    ("reset", Unknown("ServerDisconnectedError")),
    ("huge", Unknown("an answer of more than 1 MB")),
    ("slow", Unknown("SocketTimeoutError")),
    ("drip", Unknown("TimeoutError")),
]
UNREACHABLE = Rejected("unreachable_ConnectionTimeoutError", permanent=False)
REFUSED = Rejected("unreachable_ClientConnectorError", permanent=False)


@contextmanager
def nobody_accepts() -> Iterator[str]:
    """The address of a server that lets every connection wait: a connect time-out."""
    with socket.socket() as server, contextlib.ExitStack() as callers:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):  # the queue of those not yet accepted is full then
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                caller.connect(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@dataclass
class Misbehaving(ABC):
    """`faults` are taken one a request that would place an order."""

    faults: list[str] = field(default_factory=list)
    requests: int = 0
    url: str = ""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What the provider's server answers, as its documentation says."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def fault(self) -> str:
        self.requests += 1
        return self.faults.pop(0) if self.faults else ""

    def before(self, fault: str, request: web.Request) -> web.Response | None:
        """Faults that take nothing."""
        match fault:
            case "429":
                return web.json_response({}, status=429, headers={"Retry-After": "7"})
            case "500" | "503" | "408" | "404":
                return web.Response(status=int(fault), text="<html>oops</html>")
            case "302":
                return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})
            case "reset_before":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                return None

    async def after(self, fault: str, request: web.Request) -> web.StreamResponse | None:
        """Faults that have taken the order."""
        match fault:
            case "slow":
                await asyncio.sleep(1.2)
            case "reset":
                assert request.transport is not None
                request.transport.abort()
            case "garbled":
                return web.Response(text="{not json", content_type="application/json")
            case "list":
                return web.json_response([1, 2])
            case "no_id":
                return web.json_response({"status": "well"})
            case "huge":
                return web.Response(body=b" " * 2_000_000)
            case "drip":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(40):
                    await response.write(b" ")
                    await asyncio.sleep(0.1)
                return response
        return None
