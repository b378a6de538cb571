"""Processes of an engine: started in sessions of their own, ended by their ids."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines import packages


def wait_for(what: str, test: Callable[[], bool], seconds: float = 30) -> None:
    """Waits until `test` holds; fails naming what did not come."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, f"{what} did not come in {seconds} seconds"
        time.sleep(0.05)


def quiet_port() -> int:
    """A port of loopback below those that the kernel hands out: nobody gets it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
            socket.socket() as probe,
        ):
            datagrams.bind(("127.0.0.1", port))
            probe.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@dataclass
class Processes:
    """What one engine runs, by name; each writes to `folder`/NAME.log."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, program: str, *words: str, cwd: Path | None = None) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [packages.program(program), *words],
                stdin=subprocess.PIPE,  # some read commands and end with it
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=cwd or self.folder,
                start_new_session=True,
            )

    def words(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def stop(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends one process with all that it started, and sees that it does."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def stop_all(self) -> None:
        for name in reversed(list(self.running)):
            self.stop(name)
