"""Finds the Firefox that a proof drives, and drives it by WebDriver BiDi, which it speaks itself.

Run as a module it makes sure that there is one, and otherwise ends naming the missing package.
"""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

NAMES = ("firefox-esr", "firefox")
START_SECONDS_MAX = 120
ANSWER_SECONDS_MAX = 120
AWAITED = "(async () => JSON.stringify(await (async () => { %s })() ?? null))()"
PREFERENCES: dict[str, str | int | bool] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "ko-KR, ko",
    "permissions.default.desktop-notification": 1,  # as if the reader had said yes
    "toolkit.telemetry.server": "",
    "alerts.useSystemBackend": False,  # its own notices: a test bench has no desktop
    "dom.push.enabled": True,
    "dom.push.connection.enabled": True,
    "dom.push.alwaysConnect": True,
    "dom.push.testing.allowInsecureServerURL": True,  # ws: on the loopback address
}


def find() -> str | None:
    """Path of a Firefox on this machine, or None. FIREFOX names one expressly."""
    named = os.environ.get("FIREFOX")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> str:
    """Path of a Firefox, installed if need be. Exits with a sentence if none can be had."""
    if path := find():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ("install", "-y", "-qq", "--no-install-recommends", "firefox-esr")
        for words in (("update", "-qq"), install):
            print("$ apt-get", *words, flush=True)
            subprocess.run(
                ["apt-get", *words], env=environment, check=False, stdin=subprocess.DEVNULL
            )
        if path := find():
            return path
    sys.exit("A proof needs Firefox: install the package firefox-esr, or set FIREFOX.")


class Refused(AssertionError):  # noqa: N818
    """What Firefox or the page says against a command."""


class Firefox:
    """Firefox without a window on a profile in `folder`, told its pushes by the service at
    `push`. Use as an async context manager."""

    def __init__(self, folder: Path, push: str) -> None:
        self._folder = folder
        self._push = push
        self._process: subprocess.Popen[bytes]
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse
        self._numbers = itertools.count(1)
        self._context = ""

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = PREFERENCES | {"dom.push.serverURL": self._push}
        (self._folder / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in settings.items()
            )
        )
        self._start()
        try:
            await self._connect()
        except BaseException:
            self._kill()
            raise
        return self

    def _start(self) -> None:
        with (self._folder / "said.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    ensure(),
                    "--headless",
                    "--no-remote",
                    "--profile",
                    str(self._folder),
                    "--remote-debugging-port=0",
                    "about:blank",
                ],
                env=os.environ | {"HOME": str(self._folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()
        await self._session.close()
        self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def _connect(self) -> None:
        said = self._folder / "WebDriverBiDiServer.json"
        end = time.monotonic() + START_SECONDS_MAX
        while not (said.exists() and said.read_text().endswith("}")):
            assert time.monotonic() < end, (self._folder / "said.log").read_text()
            await asyncio.sleep(0.1)
        where = json.loads(said.read_text())
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(
            f"ws://{where['ws_host']}:{where['ws_port']}/session", max_msg_size=1 << 26
        )
        await self.tell("session.new", capabilities={})
        tree = await self.tell("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def tell(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol and its result."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while True:
                answer = await self._socket.receive_json()
                if answer.get("id") == number:
                    if answer["type"] != "success":
                        raise Refused(f"{method}: {answer}")
                    return answer["result"]

    async def go(self, url: str) -> None:
        """Opens an address and waits until it has loaded."""
        await self.tell("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def run(self, script: str) -> Any:
        """What an async function's body gives on the page, run as by a reader who has pressed."""
        found = await self.tell(
            "script.evaluate",
            expression=AWAITED % script,
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if found["type"] != "success":
            raise Refused(str(found))
        return json.loads(found["result"]["value"])

    async def until(self, script: str, seconds: float = 120) -> Any:
        """As `run`, again and again until it gives something; a page that is just going or coming
        gives nothing."""
        end = time.monotonic() + seconds
        refused = ""
        while time.monotonic() < end:
            try:
                if found := await self.run(script):
                    return found
            except Refused as fault:
                refused = str(fault)
            await asyncio.sleep(0.25)
        raise AssertionError(f"never: {script} {refused}")


if __name__ == "__main__":
    print("Firefox:", ensure())
