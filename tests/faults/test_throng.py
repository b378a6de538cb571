"""Eight processes move 20,000 times the points of the same residents, on each database: what all of
them were told could have been told one after another (Y15-3, Y15-4), and nobody hears of a lock.
"""

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from server.core import clock, db
from server.mileage import rules
from server.mileage import service as mileage
from server.ordinance import service as ordinance
from tests.faults.history import Act, History, Movement
from tests.faults.throng import PROCESSES
from tests.server.mileage.ground import new_person, opened

PERSONS = 24
TRANSFERS = 20_000
ACTS = 36_000
POINTS = 3_000


async def throng(settings: Any, folder: Path, acts: int, persons: list[int]) -> list[Act]:
    """What every process was told; fails on anything that one of them did not expect."""
    values = settings.model_dump_json(
        include={"mode", "data", "keys", "database_url", "log_level", "database_connections"}
    )
    files = [folder / f"acts-{number}" for number in range(PROCESSES)]
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.throng", values),
            *(str(number), str(acts), str(file), *map(str, persons)),
            stderr=asyncio.subprocess.PIPE,
        )
        for number, file in enumerate(files)
    ]
    words = await asyncio.gather(*(process.communicate() for process in processes))
    for process, (_, complaint) in zip(processes, words, strict=True):
        assert process.returncode == 0, complaint.decode()[-3000:]
    return [Act(*json.loads(line)) for file in files for line in file.read_text().splitlines()]


async def movements(persons: list[int]) -> dict[int, list[Movement]]:
    """The ledger's own order of each person's transfers."""
    rows = await db.fetch(
        "SELECT t.key, t.debit, t.credit, t.person_id, t.points, h.key AS hold"
        " FROM mileage_transfer t LEFT JOIN mileage_transfer h ON h.id = t.hold_id"
        " WHERE t.person_id IS NOT NULL ORDER BY t.id"
    )
    found: dict[int, list[Movement]] = {person: [] for person in persons}
    for row in rows:
        moved = Movement(row["key"], row["debit"], row["credit"], row["points"], row["hold"])
        found[row["person_id"]].append(moved)
    return found


def key_of(act: Act) -> str:
    """The key of the movement that an act makes, or finds made."""
    match act.what:
        case "award":
            profile = ordinance.profile(clock.today())
            return rules.award_key(profile, act.person, "survey", act.about)
        case "hold":
            return str(act.about[0])
        case "capture":
            return f"{act.about[0]}:capture:{act.about[1]}"
        case "release" | "rest":
            return f"{act.about[0]}:release:{act.about[1]}"
        case _:
            return ""


def judge(acts: list[Act], found: dict[int, list[Movement]]) -> None:
    """Fails where no serial order explains what was told."""
    by_key: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        by_key[key_of(act)].append(act)
    given = Counter(key for key, told in by_key.items() for act in told
                    if act.what == "award" and act.answer)  # fmt: skip
    assert not given or max(given.values()) == 1, "an award was given twice"
    histories = {person: History(moved) for person, moved in found.items()}
    for history in histories.values():
        history.fit(by_key)
        for moved in history.movements:
            assert moved.key.startswith("test:") or by_key.get(moved.key), f"nobody made {moved}"
    for act in acts:
        histories[act.person].explain(act, key_of(act))


async def crowded(settings: Any, folder: Path, acts: int) -> tuple[int, Counter[str]]:
    """One crowd to its end: how many transfers there are, and what was done how often."""
    async with opened(settings):
        persons = [await new_person(POINTS) for _ in range(PERSONS)]
        began = time.perf_counter()
        told = await throng(settings, folder, acts, persons)
        seconds = time.perf_counter() - began
        report = await mileage.check()
        assert report.ok, str(report)
        found = await movements(persons)
    judge(told, found)
    transfers = sum(map(len, found.values())) - PERSONS
    names = Counter(act.what for act in told)
    refused = Counter(
        f"{act.what} refused" for act in told
        if act.answer == "refused" or isinstance(act.answer, dict)
    )  # fmt: skip
    print(f"{transfers} transfers in {seconds:.0f} s, {len(told)} acts: {names + refused}")
    return transfers, names + refused


@pytest.mark.prove
@pytest.mark.timeout(600)
async def test_twenty_thousand_transfers(settings: Any, tmp_path: Path) -> None:
    transfers, done = await crowded(settings, tmp_path, ACTS // PROCESSES)
    assert transfers >= TRANSFERS
    assert all(done[name] > 100 for name in ("hold refused", "capture refused", "read"))


def test_an_order_that_nobody_can_have_seen_is_found() -> None:
    moved = [Movement("a", "issued", "available", 30, None)]
    history = History([*moved, Movement("b", "issued", "available", 30, None)])
    first, second = Act(1, 2, "award", 1, "a", 30), Act(3, 4, "award", 1, "b", 30)
    history.fit({"a": [first], "b": [second]})
    history.explain(Act(1.5, 3.5, "read", 1, None, [30, 0]), "")
    with pytest.raises(AssertionError, match="fits none"):
        history.explain(Act(2.5, 2.6, "read", 1, None, [60, 0]), "")
    late = History([Movement("b", "issued", "available", 30, None), *moved])
    with pytest.raises(AssertionError, match="cannot have happened"):
        late.fit({"a": [first], "b": [second]})
