"""Keeps child processes alive together, and lets none outlive the one that started them.

Each child holds the reading end of a pipe as its standard input: when the parent is gone, however
it went, the pipe closes and the child stops by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger("madang.supervisor")

STANDING_SECONDS = 5.0
"""A child that ends sooner than this after its first start will not do better the next time."""
RESTART_SECONDS_MAX = 5.0


class ChildFailedError(Exception):
    """A child could not start; `code` is its exit status."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended with status {code}")
        self.code = code


@dataclass
class Child:
    """A `madang` command that is to run for as long as the parent does."""

    name: str
    words: Sequence[str]
    descriptors: tuple[int, ...] = ()
    process: asyncio.subprocess.Process | None = field(default=None, init=False)
    starts: int = field(default=0, init=False)

    async def start(self) -> None:
        self.starts += 1
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "server.cli", *self.words),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=self.descriptors,
        )

    def tell(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)


async def supervise(children: Sequence[Child], stop: asyncio.Event, stop_seconds: float) -> None:
    """Run the children until `stop`; start again whoever dies. Raises ChildFailedError."""
    try:
        async with asyncio.TaskGroup() as group:
            keeping = [group.create_task(_keep(child, stop)) for child in children]
            await stop.wait()
            await _end(children, stop_seconds)
            for task in keeping:
                task.cancel()
    except* ChildFailedError as failures:
        await _end(children, stop_seconds)
        raise failures.exceptions[0] from None


async def _keep(child: Child, stop: asyncio.Event) -> None:
    wait = 0.1
    while not stop.is_set():
        begun = monotonic()
        await child.start()
        if child.process is None:
            raise RuntimeError("a child was started without a process")
        code = await child.process.wait()
        if stop.is_set():
            return
        stood = monotonic() - begun >= STANDING_SECONDS
        if child.starts == 1 and not stood and code > 0:
            raise ChildFailedError(child.name, code)
        log.error("child_ended", child=child.name, code=code)
        wait = 0.1 if stood else min(wait * 2, RESTART_SECONDS_MAX)
        await asyncio.sleep(wait)


async def _end(children: Sequence[Child], stop_seconds: float) -> None:
    """SIGTERM to all at once, SIGKILL to whoever is late."""
    for child in children:
        child.tell(signal.SIGTERM)
    waiting = [asyncio.ensure_future(child.process.wait()) for child in children if child.process]
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=stop_seconds)
    if late:
        for child in children:
            child.tell(signal.SIGKILL)
        await asyncio.wait(late)


def stop_event(*, supervised: bool) -> asyncio.Event:
    """Set on SIGTERM, on SIGINT, and in a supervised process when its parent is gone."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if supervised:

        def read() -> None:
            if not os.read(0, 1024):
                loop.remove_reader(0)
                stop.set()

        loop.add_reader(0, read)
    return stop
