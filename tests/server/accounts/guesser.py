"""A process that guesses a password: `python -m tests.server.accounts.guesser LOGIN TRIES`.

Prints one status a line. Its settings are those of the environment.
"""

import asyncio
import sys

from server import config
from server.accounts import service
from server.core import db
from server.core.web.problems import Problem
from server.ordinance import service as ordinance


async def guess(login_id: str, tries: int) -> list[int]:
    """The statuses of wrong log-ins made at once, each from an address of its own."""

    async def once(number: int) -> int:
        try:
            await service.log_in(login_id, "wrong password", client=f"192.0.2.{number}")
        except Problem as problem:
            return problem.status
        return 303

    await db.init(config.settings())
    try:
        return await asyncio.gather(*(once(number) for number in range(tries)))
    finally:
        await db.close()


if __name__ == "__main__":
    settings = config.load()
    config.use(settings)
    ordinance.use(settings.profile)
    print(*asyncio.run(guess(sys.argv[1], int(sys.argv[2]))), sep="\n")
