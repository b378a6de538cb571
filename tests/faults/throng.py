"""One of eight processes that move the same residents' points; it writes down what it is told.

Run as `python -m tests.faults.throng SETTINGS NUMBER ACTS FILE PERSON...` by test_throng.py. A line
of FILE is one act: when it began and ended on the machine's clock, what, on whom, and the answer.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from server import config
from server.mileage import service as mileage
from tests.server.mileage.ground import opened

CLIENTS = 4
PROCESSES = 8
POOR = 4
"""So many of the residents earn nothing, and find one day that they have too little."""

OWN = 100_000
"""Orders are numbered from here on by each process, so that all know what each one's are."""

REFUSED = "refused"


class Process:
    """Residents of one process: mostly with orders of their own, at times with another's."""

    def __init__(self, number: int, persons: list[int]) -> None:
        self.number = number
        self.persons = persons
        self.chance = random.Random(number)
        self.orders = 0
        self.lines: list[str] = []

    def owner(self, order: int) -> int:
        return self.persons[order % len(self.persons)]

    async def told(self, what: str, person: int, about: Any, act: Any) -> None:
        """Does one act, and notes it."""
        began = time.monotonic()
        try:
            answer = await act
        except mileage.TooFewPoints as few:
            answer = {"missing": few.missing}
        except mileage.LedgerError:
            answer = REFUSED
        if isinstance(answer, mileage.Balance):
            answer = [answer.available, answer.held]
        if isinstance(answer, mileage.Hold):
            answer = None
        ended = time.monotonic()
        self.lines.append(json.dumps([began, ended, what, person, about, answer]))

    async def act(self) -> None:
        """One act, drawn by chance."""
        if self.chance.random() < 0.2:
            process = self.chance.randrange(PROCESSES)
            order = process * OWN + max(0, self.orders + self.chance.randint(-3, 1))
        else:
            self.orders += 1
            order = self.number * OWN + self.orders
            await self.hold(order)
        person, key, part = self.owner(order), f"order {order}", self.chance.choice("ab")
        for what in self.chance.sample(["award", "hold", "capture", "release", "rest", "read"], 2):
            match what:
                case "award" if person not in self.persons[:POOR]:
                    survey = str(self.chance.randrange(self.orders + 2))
                    award = mileage.award(person, "survey", survey)
                    await self.told("award", person, survey, award)
                case "hold":
                    await self.hold(order)
                case "capture":
                    spent = mileage.capture(key, 30, 20, part=part)
                    await self.told("capture", person, [key, part], spent)
                case "release":
                    back = mileage.release(key, 30, 20, part=part)
                    await self.told("release", person, [key, part], back)
                case "rest":
                    rest = mileage.release(key, part="rest")
                    await self.told("rest", person, [key, "rest"], rest)
                case _:
                    await self.told("read", person, None, mileage.balance(person))

    async def hold(self, order: int) -> None:
        person, units = self.owner(order), 1 + order % 3
        hold = mileage.hold(person, 30 * units, 20 * units, f"order {order}", units=units)
        await self.told("hold", person, [f"order {order}", 30 * units], hold)


async def main(settings: Any, number: int, acts: int, persons: list[int]) -> list[str]:
    """Several clients, one act after another each; what they were told."""
    process = Process(number, persons)

    async def client() -> None:
        while len(process.lines) < acts:
            await process.act()

    async with opened(settings):
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return process.lines


if __name__ == "__main__":
    made = config.Settings(**json.loads(sys.argv[1]))
    number, acts = map(int, sys.argv[2:4])
    told = asyncio.run(main(made, number, acts, [*map(int, sys.argv[5:])]))
    Path(sys.argv[4]).write_text("\n".join(told))
