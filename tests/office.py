"""A real office for tests: web and worker processes on a free port, and phones without JavaScript.

The processes are those of production; tests start, kill and restart them by their ids.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import psutil

from tests.people import hidden_fields

DEMO_PASSWORD = "yeongdeungpo-yard-2026"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Office:
    """Settings, folders and processes of one office.

    folder holds the data and what the processes say (web.log, worker.log); keys are those that the
    database was made with.
    """

    folder: Path
    database_url: str
    keys: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def variables(self) -> dict[str, str]:
        return (
            {name: value for name, value in os.environ.items() if not name.startswith("MADANG_")}
            | {
                "MADANG_MODE": "demo",
                "MADANG_DATA": str(self.data),
                "MADANG_KEYS": str(self.keys),
                "MADANG_DATABASE_URL": self.database_url,
                "MADANG_PORT": str(self.port),
                "MADANG_DEMO_PASSWORD": DEMO_PASSWORD,
                "MADANG_ARGON2_TIME_COST": "1",
                "MADANG_ARGON2_MEMORY_KIB": "1024",
                "PYTHONWARNINGS": "default",
            }
            | self.environment
        )

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Starts `madang WORDS` under a name of the test's choosing; its output goes to a file."""
        return self.start_module(name, "server.cli", *words)

    def start_module(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """As `start`, any module of the project."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.variables(),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.processes[name] = process
        return process

    def run(self, *words: str, timeout_seconds: float = 120) -> str:
        """Runs `madang WORDS` to its end and returns what it printed; fails if it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", *words],
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def wait_ready(self, timeout_seconds: float = 60) -> None:
        """Waits until /readyz says yes."""
        end = time.monotonic() + timeout_seconds
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1) as connection,
            ):
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if b" 200 " in connection.recv(64):
                    return
            for name, process in self.processes.items():
                assert process.poll() is None, self.words(name)
            time.sleep(0.05)
        raise AssertionError("the office did not open:\n" + self.words(*self.processes))

    def words(self, *names: str) -> str:
        """What the processes have printed, for the message of a failed test."""
        parts = []
        for name in names:
            log = self.folder / f"{name}.log"
            if log.exists():
                parts.append(f"--- {name}\n{log.read_text(errors='replace')[-4000:]}")
        return "\n".join(parts)

    def open(self) -> Self:
        """Starts web and worker and waits until they serve."""
        self.start("web", "serve")
        self.start("worker", "worker")
        self.wait_ready()
        return self

    def kill(self, name: str) -> None:
        """kill -9 of one process and of all that it started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Asks every process to end, and sees that it does."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in list(self.processes.items()):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(name)
                raise AssertionError(f"{name} did not stop\n{self.words(name)}") from None
        self.processes.clear()

    def close(self) -> None:
        """Ends what is left of the office, for fixtures."""
        for name in list(self.processes):
            self.kill(name)

    def memory_bytes(self) -> int:
        """Unique memory of all processes of the office and their children."""
        total = 0
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().uss
        return total

    def _tree(self) -> Iterator[psutil.Process]:
        for process in self.processes.values():
            parent = psutil.Process(process.pid)
            yield parent
            yield from parent.children(recursive=True)


@dataclass(frozen=True)
class Page:
    """An answer as a phone without JavaScript sees it."""

    status: int
    url: str
    text: str
    headers: Any

    @property
    def words(self) -> str:
        """The text without markup."""
        plain = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", " ", self.text)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain)).strip()


class Phone:
    """A browser without JavaScript: cookies, redirects, forms. Use as an async context manager."""

    def __init__(self, office_url: str) -> None:
        self.url = office_url
        self.session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"Accept-Language": "ko"},
            timeout=aiohttp.ClientTimeout(total=60),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await asyncio.sleep(0)

    async def _page(self, answer: aiohttp.ClientResponse) -> Page:
        return Page(
            answer.status, str(answer.url.path), await answer.text(errors="replace"), answer.headers
        )

    async def get(self, path: str, *, follow: bool = True) -> Page:
        async with self.session.get(self.url + path, allow_redirects=follow) as answer:
            return await self._page(answer)

    async def post(
        self, path: str, fields: Any, *, hidden: dict[str, str] | None = None, follow: bool = True
    ) -> Page:
        """Posts fields with the hidden ones of the form at the same address.

        fields: a dict, or a list of pairs where a value may be (name, bytes, type) of a file.
        """
        if hidden is None:
            hidden = hidden_fields((await self.get(path)).text)
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        data = aiohttp.FormData()
        for name, value in [*hidden.items(), *pairs]:
            if isinstance(value, tuple):
                filename, content, content_type = value
                data.add_field(name, content, filename=filename, content_type=content_type)
            else:
                data.add_field(name, str(value))
        async with self.session.post(self.url + path, data=data, allow_redirects=follow) as answer:
            return await self._page(answer)

    async def sign_in(self, login_id: str, password: str = DEMO_PASSWORD) -> Page:
        page = await self.post("/login", {"login_id": login_id, "password": password})
        assert page.status == 200, page.words
        assert page.url != "/login", page.words
        return page
