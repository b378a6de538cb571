"""One of several processes that act on the same residents at once; prints what it was given.

Run as `python -m tests.server.mileage.crowd SETTINGS SEED ACTS PERSON...` by test_crowd.py.
"""

import asyncio
import json
import random
import sys
from typing import Any

from server import config
from server.mileage import service as mileage
from tests.server.mileage.ground import opened

ORDERS = 60
CLIENTS = 4


async def act(chance: random.Random, persons: list[int]) -> tuple[str, int]:
    """One random act on a random resident: its name, and the points it gave."""
    person = chance.choice(persons)
    order = f"order {chance.randrange(ORDERS)}"
    part = chance.choice("ab")
    name = chance.choice(["award", "login", "hold", "capture", "release", "rest"])
    given = 0
    try:
        match name:
            case "award":
                given = await mileage.award(person, "survey", str(chance.randrange(20)))
            case "login":
                given = await mileage.first_page_of_day(person)
            case "hold":
                owner = persons[int(order.removeprefix("order ")) % len(persons)]
                await mileage.hold(owner, 90, 60, order, units=3)
            case "capture":
                await mileage.capture(order, 30, 20, part=part)
            case "release":
                await mileage.release(order, 30, 20, part=part)
            case "rest":
                await mileage.release(order, part="rest")
    except mileage.TooFewPoints:
        return "too few", 0
    except mileage.LedgerError:
        return "refused", 0
    return name, given


async def main(settings: Any, seed: int, acts: int, persons: list[int]) -> dict[str, int]:
    """Several clients of one process, one act after another each."""
    chance = random.Random(seed)
    given = 0
    names: dict[str, int] = {}

    async def client() -> None:
        nonlocal given
        for _ in range(acts // CLIENTS):
            name, points = await act(chance, persons)
            names[name] = names.get(name, 0) + 1
            given += points

    async with opened(settings):
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return {**names, "given": given}


if __name__ == "__main__":
    made = config.Settings(**json.loads(sys.argv[1]))
    seed, acts, *persons = map(int, sys.argv[2:])
    print(json.dumps(asyncio.run(main(made, seed, acts, persons))))
