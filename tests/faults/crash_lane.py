"""Journey after journey in processes forked from this one, each killed at a place of its own.

Run as `python -m tests.faults.crash_lane` with a task on standard input; prints what it proved.
A process first ends what the one before it died in, and checks the books; then it begins a journey
and dies.
"""

import asyncio
import gc
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from server import app, config
from server.accounts import passwords
from server.accounts import service as accounts
from server.core import clock, logs
from tests.faults import crash_journey as journeys
from tests.faults.crash_journey import Journey
from tests.faults.crash_points import Points
from tests.people import PASSWORD

FAILED = 3
SPARE = 20


@dataclass
class Task:
    """`settings` as JSON; one journey for each of so many places, `drawn` by chance (`seed`) from
    all there are, and killed there; or for each place whose number modulo `shards` is among `mine`,
    of which every second (`lane` of `lanes`) is this one's.

    With `twice` also who takes it up is killed, at one of its first so many places.
    """

    settings: str
    folder: str
    kind: str
    drawn: int = 0
    mine: list[int] = field(default_factory=list)
    shards: int = 1
    lane: int = 0
    lanes: int = 1
    twice: int = 0
    seed: int = 0


@dataclass
class Proved:
    """`killed` processes, of `tried`, in so many `seconds`; `places` by kind and in all where none
    was."""

    tried: int = 0
    killed: int = 0
    doubly: int = 0
    seconds: float = 0.0
    places: dict[str, int] = field(default_factory=dict)
    total: int = 0


class Lane:
    """One database, one journey at a time."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.folder = Path(task.folder)
        self.settings = config.Settings(**json.loads(task.settings))
        logs.start(self.settings)
        self.app = app.create_app(self.settings)
        self.simulator = self.settings.data / "providers" / "simulator"
        self.simulator.mkdir(parents=True, exist_ok=True)
        quick = {"delay_seconds": 0.0, "timeout_seconds": 0.0, "slow_seconds": 0.0}
        (self.simulator / "control.json").write_text(json.dumps(quick))
        journeys.draw_once()
        journeys.store_in_files(self.folder / "files")
        Points.watch()
        journeys.note_the_providers_word(self.folder)
        self.number = 0

    def prove(self) -> Proved:
        """Everything the task asks for. Raises AssertionError where a child found a fault."""
        asyncio.run(self._in_child(self._prepare))
        # Once in this very process: what it imports and compiles, its children find done.
        asyncio.run(self._in_child(self._counted))
        passwords._pool.shutdown()
        passwords._pool = ThreadPoolExecutor(1)
        proved = Proved(places=dict(Points.names), total=Points.passed)
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        chances = random.Random(self.task.seed)
        points = self._points(proved.total, chances)
        proved.tried = len(points)
        for point in points:
            if self.task.twice:
                again = chances.randint(1, self.task.twice)
                proved.doubly += self._forked(lambda at=again: self._taken_up(at))
            proved.killed += self._forked(lambda at=point: self._killed_at(at))
        self._forked(self._taken_up)
        proved.seconds = time.perf_counter() - began
        return proved

    def _points(self, total: int, chances: random.Random) -> list[int]:
        task = self.task
        if task.drawn:
            # The last few: a journey may be some places shorter than the one that was counted.
            return [chances.randint(1, total - SPARE) for _ in range(task.drawn)]
        mine = [at for at in range(1, total + 1) if at % task.shards in task.mine]
        return mine[task.lane :: task.lanes]

    def _forked(self, act: Any) -> bool:
        """Runs `act` in a child; whether it was killed. Raises AssertionError where it failed."""
        self.number += 1
        _without_threads()
        child = os.fork()
        if not child:
            code = FAILED
            try:
                asyncio.run(self._in_child(act))
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                    sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return True
        assert status == 0, f"child {self.number} of {self.task.kind} failed"
        return False

    async def _in_child(self, act: Any) -> None:
        async with self.app.test_app():
            await act()
            Points.counting = False

    async def _prepare(self) -> None:
        with clock.use(journeys.START):
            clerk = await accounts.create_official(
                "clerk", "박철수", None, {"complaints"},
                password=PASSWORD, must_change_password=False,
            )  # fmt: skip
        (self.folder / "clerk").write_text(str(clerk.account_id))

    async def _counted(self) -> None:
        """A journey that nobody disturbs: how many places there are. The first one on a database
        has some more, where the year's budget is voted."""
        for self.number in (0, 1):
            await self._begun(None)
            await self._checked()

    async def _killed_at(self, point: int) -> None:
        await self._taken_up()
        await self._begun(point)

    async def _begun(self, point: int | None) -> None:
        clerk = int((self.folder / "clerk").read_text())
        phone = await journeys.new_phone(self.app, self.task.kind, self.number, clerk)
        phone.keep(self.folder)
        Points.arm(point)
        await Journey(self.app, self.folder, phone).whole()
        Points.counting = False

    async def _taken_up(self, point: int | None = None) -> None:
        """The journey that the last process died in, to its end, and the books."""
        phone = journeys.kept(self.folder)
        if phone is None:
            return
        journeys.free_the_receipts(self.simulator)
        journey = Journey(self.app, self.folder, phone)
        Points.arm(point)
        await journey.whole()
        Points.counting = False
        await journey.check()

    async def _checked(self) -> None:
        """The books of a journey that nobody disturbed."""
        phone = journeys.kept(self.folder)
        assert phone is not None
        await Journey(self.app, self.folder, phone).check()


def _without_threads(seconds: float = 5) -> None:
    """Waits for the threads of a database that has just been closed: they must not be forked."""
    end = time.monotonic() + seconds
    while threading.active_count() > 1:
        assert time.monotonic() < end, threading.enumerate()
        time.sleep(0.005)


def main() -> None:
    lane = Lane(Task(**json.load(sys.stdin)))
    print(json.dumps(asdict(lane.prove())))


if __name__ == "__main__":
    main()
