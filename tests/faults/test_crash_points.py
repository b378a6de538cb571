"""A process is killed before and after every statement, commit and provider call of an SMS and of
a fax, on both databases; whoever takes up what it left brings it to the same end (Y15-4).

`make test` tries a few places of one of the four, `make prove` those of this commit's shard and
double crashes drawn by chance, `make prove-all` every place.
"""

import asyncio
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_settings
from tests.faults.crash_lane import Proved, Task
from tests.faults.shards import commit, in_full, shard

LANES = 2
SHARDS = 12
FEW = 5
DOUBLE, DOUBLE_IN_FULL = 12, 200
KINDS = ("sms", "fax")
COMBINATIONS = list(itertools.product(("sqlite", "postgres"), KINDS))


class Ground:
    """Databases to die on, one a lane; on SQLite in memory, for a kill leaves what was written."""

    def __init__(self, engine: str, template: Any, folder: Path, keys: Path) -> None:
        self.engine = engine
        self.template = template
        self.folder = folder
        self.keys = keys
        self.names: list[str] = []

    def new(self) -> tuple[Path, Any]:
        """A folder of its own and the settings of an office in it."""
        folder = self.folder / f"lane-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        if self.engine == "sqlite":
            shutil.copy(self.template, folder / "madang.sqlite3")
            url = f"sqlite://{folder / 'madang.sqlite3'}"
        else:
            self.names.append(self.template.copy("template_madang"))
            url = self.template.url(self.names[-1])
        return folder, make_settings(
            folder, self.keys, url, database_connections=3, limits_url="off", log_level="error"
        )

    def close(self) -> None:
        for name in self.names:
            self.template.drop(name)


@pytest.fixture
def ground(request: pytest.FixtureRequest, engine: str, keys: Path) -> Iterator[Ground]:
    template = request.getfixturevalue(
        "sqlite_template" if engine == "sqlite" else "postgres_server"
    )
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = Ground(engine, template, Path(folder), keys)
        yield made
        made.close()


async def proved(ground: Ground, kind: str, **more: Any) -> Proved:
    """One lane to its end."""
    folder, settings = ground.new()
    values = settings.model_dump_json(
        include={"mode", "data", "keys", "database_url", "log_level", "database_connections",
                 "limits_url", "argon2_time_cost", "argon2_memory_kib"}
    )  # fmt: skip
    task = Task(values, str(folder), kind, **more)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.crash_lane"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate(json.dumps(asdict(task)).encode())
    assert process.returncode == 0, complaint.decode()[-6000:]
    return Proved(**json.loads(said.splitlines()[-1]))


async def prove(ground: Ground, kind: str, tasks: list[dict[str, Any]]) -> Proved:
    """Several lanes at once; what they proved together."""
    began = time.perf_counter()
    found = await asyncio.gather(*(proved(ground, kind, **task) for task in tasks))
    total = Proved(
        sum(each.tried for each in found),
        sum(each.killed for each in found),
        sum(each.doubly for each in found),
        time.perf_counter() - began,
        found[0].places,
        found[0].total,
    )
    print(f"{ground.engine} {kind}: {total}")
    return total


@pytest.mark.parametrize(
    ("engine", "kind"), [COMBINATIONS[commit() % len(COMBINATIONS)]], ids=["of-this-commit"]
)
async def test_killed_at_a_few_places(ground: Ground, kind: str) -> None:
    found = await proved(ground, kind, drawn=FEW, seed=commit())
    assert found.killed == FEW


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_at_every_place(ground: Ground, kind: str) -> None:
    mine = list(shard(SHARDS))
    lanes = [
        {"mine": mine, "shards": SHARDS, "lane": lane, "lanes": LANES} for lane in range(LANES)
    ]
    found = await prove(ground, kind, lanes)
    assert found.total > 150
    # A journey that takes up another's may be a place or two shorter than one that does not.
    assert found.killed >= found.tried - 2, found


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_and_killed_again(ground: Ground, kind: str) -> None:
    chances = random.Random(commit())
    count = (DOUBLE_IN_FULL if in_full() else DOUBLE) // LANES
    lanes = [
        {
            "drawn": count,
            "twice": 60,
            "seed": chances.randrange(1_000_000),
        }
        for _ in range(LANES)
    ]
    found = await prove(ground, kind, lanes)
    assert found.killed == found.tried == LANES * count, found
    assert found.doubly >= count // 2, found
