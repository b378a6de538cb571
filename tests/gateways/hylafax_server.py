"""hfaxd's client protocol as HylaFAX 6.0.7 speaks it (measured), on 127.0.0.1, badly on request."""

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self

from gateways.providers.hylafax import SIGNATURE

SECRET = "ours"


@dataclass
class Job:
    number: int
    document: bytes
    parameters: dict[str, str] = field(default_factory=dict)
    state: str = "P"
    pages: str = "0:2"
    status: str = ""


class _Gone(Exception):  # noqa: N818
    """The server breaks the conversation off."""


@dataclass
class HylaFaxServer:
    """`faults` by command: `drop` before or `lose` after doing it, `slow`, `garble`, or an answer
    such as `504 No.`; each is met once."""

    faults: dict[str, str] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    password: str = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self, reader, writer)
        try:
            await client.converse()
        except (_Gone, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        else:
            writer.close()
        finally:
            client.hang_up()

    def hook(self, order: str, why: str, **more: Any) -> tuple[dict[str, str], bytes, str]:
        """Headers, body and address of what the notify hook posts."""
        news = {
            "order": order,
            "job": "1",
            "why": why,
            "pages": 2,
            "status": "",
            "at": "2026-11-28T01:14:00+00:00",
        } | more
        body = json.dumps(news).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return {SIGNATURE: signature}, body, "https://madang.example.org/callbacks/hylafax"


@dataclass
class _Client:
    server: HylaFaxServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    document: bytes = b""
    job: Job | None = None
    listener: asyncio.Server | None = None
    data: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)

    async def converse(self) -> None:
        await self._say(self._fault("HELLO", "220 server (HylaFAX (tm) Version 6.0.7) ready."))
        while line := (await self.reader.readline()).decode().strip():
            self.server.said.append(line)
            command, _, rest = line.partition(" ")
            fault = self.server.faults.pop(command, "")
            if fault == "drop":
                raise _Gone
            if re.match(r"\d{3} ", fault):
                await self._say(fault)
                continue
            answer = await self._done(command, rest)
            if fault == "lose":
                raise _Gone
            if fault == "slow":
                await asyncio.sleep(1.2)
            await self._say("\x00\xff what?" if fault == "garble" else answer)
            if command == "QUIT":
                return

    def _fault(self, name: str, usual: str) -> str:
        return self.server.faults.pop(name, usual)

    async def _say(self, line: str) -> None:
        self.writer.write(line.encode("latin-1") + b"\r\n")
        await self.writer.drain()

    async def _done(self, command: str, rest: str) -> str:
        act = getattr(self, f"_{command.lower()}", None)
        if act is None:
            return "221 Goodbye." if command == "QUIT" else "200 well"
        return str(await act(rest))

    async def _user(self, name: str) -> str:
        if self.server.password:
            return f"331 Need password for user {name}."
        return f"230 User {name} logged in."

    async def _pass(self, given: str) -> str:
        right = given == self.server.password
        return "230 User logged in." if right else "530 Login incorrect."

    async def _pasv(self, _: str) -> str:
        self.hang_up()
        self.listener = await asyncio.start_server(
            lambda reader, writer: self.data.put_nowait((reader, writer)), "127.0.0.1", 0
        )
        port = int(self.listener.sockets[0].getsockname()[1])
        # An address that no client outside can use: it must take the server's own.
        return f"227 Entering passive mode (10,9,8,7,{port // 256},{port % 256})"

    async def _stot(self, _: str) -> str:
        await self._say("150 FILE: /tmp/doc1.ps (Opening new data connection).")
        reader, writer = await self.data.get()
        self.document = await reader.read()
        writer.close()
        return "226 Transfer complete (FILE: /tmp/doc1.ps)."

    async def _list(self, queue: str) -> str:
        await self._say(f'150 Opening new data connection for "{queue}".')
        _, writer = await self.data.get()
        writer.write(self._listed(queue).encode())
        await writer.drain()
        writer.close()
        return "226 Transfer complete."

    async def _jnew(self, _: str) -> str:
        self.job = Job(len(self.server.jobs) + 1, self.document)
        return f"200 New job created: jobid: {self.job.number} groupid: 1."

    async def _jparm(self, rest: str) -> str:
        assert self.job is not None
        name, _, value = rest.partition(" ")
        self.job.parameters[name] = value.strip('"')
        return f"213 {name} set to {value}."

    async def _jsubm(self, _: str) -> str:
        assert self.job is not None
        self.server.jobs.append(self.job)
        return f"200 Job {self.job.number} submitted."

    def _listed(self, queue: str) -> str:
        ended = queue == "doneq"
        return "".join(
            f"{job.number}|{job.parameters['JOBINFO']}|{job.state}| {job.pages} |{job.status}\r\n"
            for job in self.server.jobs
            if (job.state in "DF") == ended
        )

    def hang_up(self) -> None:
        """Close what the client left open."""
        if self.listener is not None:
            self.listener.close()
        while not self.data.empty():
            _, writer = self.data.get_nowait()
            writer.transport.abort()
