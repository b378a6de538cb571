"""Four processes act on the same residents and the same orders at once (Y15-3, Y15-4)."""

import asyncio
import json
import sys
from typing import Any

from server.core import db
from server.mileage import service as mileage
from tests.conftest import POSTGRES_PROVED
from tests.server.mileage.ground import new_person, opened

PROCESSES = 4
ACTS = 400
POINTS = 1_500


async def crowd(settings: Any, persons: list[int]) -> list[dict[str, int]]:
    """What each process says in the end; fails on anything one of them did not expect."""
    values = settings.model_dump_json(
        include={"mode", "data", "keys", "database_url", "log_level", "database_connections"}
    )
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.server.mileage.crowd", values),
            *(str(number) for number in (seed, ACTS, *persons)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for seed in range(PROCESSES)
    ]
    words = await asyncio.gather(*(process.communicate() for process in processes))
    for process, (_, complaint) in zip(processes, words, strict=True):
        assert process.returncode == 0, complaint.decode()
    return [json.loads(answer) for answer, _ in words]


@POSTGRES_PROVED
async def test_four_processes_at_once(settings: Any) -> None:
    async with opened(settings):
        persons = [await new_person(POINTS) for _ in range(3)]
        before = (await mileage.check()).totals["points issued"]
        told = await crowd(settings, persons)
        report = await mileage.check()
        assert report.ok, str(report)

        # What the processes were told adds up to what the ledger says: nothing twice, nothing lost.
        assert report.totals["points issued"] - before == sum(each["given"] for each in told)
        awards = await db.fetch(
            "SELECT about, person_id, COUNT(*) AS times FROM mileage_transfer"
            " WHERE key LIKE 'award:%' GROUP BY about, person_id"
        )
        times = {(row["about"], row["person_id"]): row["times"] for row in awards}
        assert all(times[("login", person)] == 1 for person in persons)
        assert all(times[("survey", person)] <= 20 for person in persons)
        holds = await db.fetch("SELECT key FROM mileage_transfer WHERE credit = 'held'")
        assert len(holds) == len({row["key"] for row in holds}) > 20
        for each in told:
            assert sum(each.values()) - each["given"] == ACTS
            assert each["refused"] < ACTS / 2
