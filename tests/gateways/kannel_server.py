"""smsbox's `sendsms` as Kannel 1.4.5 answers it (measured), on 127.0.0.1, badly on request."""

from dataclasses import dataclass, field

from aiohttp import web

from tests.gateways.misbehaving import Misbehaving

USER, PASSWORD = "madang", "password of the tests"


@dataclass
class KannelServer(Misbehaving):
    """`taken` holds the headers and the text of each message."""

    taken: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/cgi-bin/sendsms", self._sendsms)]

    async def _sendsms(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault()
        text = (await request.read()).decode()
        refused = self.before(fault, request)
        if refused is not None:
            return refused
        told = {
            name.removeprefix("X-Kannel-"): value
            for name, value in request.headers.items()
            if name.startswith("X-Kannel-")
        }
        if (told["Username"], told["Password"]) != (USER, PASSWORD):
            return web.Response(status=403, text="Authorization failed for sendsms")
        match fault:
            case "busy":
                return web.Response(status=503, text="Temporal failure, try again later.")
            case "no_route":
                return web.Response(status=403, text="Not routable. Do not try again.")
            case "denied":
                denied = "Number(s) has/have been denied by white- and/or black-lists."
                return web.Response(status=400, text=denied)
        self.taken.append((told, text))
        answer = await self.after(fault, request)
        if answer is not None:
            return answer
        words = "3: Queued for later delivery" if fault == "queued" else "0: Accepted for delivery"
        return web.Response(status=202, text=words)

    def report(self, index: int, status: int, reply: str = "") -> tuple[dict[str, str], bytes, str]:
        """Headers, body and address of a delivery report, filled in as Kannel does."""
        template = self.taken[index][0]["DLR-Url"]
        url = template.replace("%d", str(status)).replace("%A", reply).replace("%%", "%")
        return {"User-Agent": "Kannel/1.4.5"}, b"", url
