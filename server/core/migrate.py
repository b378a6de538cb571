"""The schema's history, applied in one transaction under a lock: all of it or nothing.

A step is two files of SQL, one for each database, and where rows must change a module with
`async def forward()` beside them, which runs after the SQL.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from server.core import clock, db, ddl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from server.config import Settings

DIRECTORY = Path(__file__).resolve().parents[1] / "migrations"
LOCK = 0x4D6164616E67  # "Madang" in ASCII
_TABLE = (
    "CREATE TABLE IF NOT EXISTS migration"
    " (name VARCHAR(100) PRIMARY KEY, digest VARCHAR(64) NOT NULL,"
    " applied_at TIMESTAMP{tz} NOT NULL)"
)


class MigrationError(Exception):
    """The database cannot be brought up to date by this program; the sentence says why."""


@dataclass(frozen=True)
class Step:
    """One step of the history; `directory` holds `<name>.sqlite.sql`, `<name>.postgres.sql`."""

    name: str
    directory: Path = DIRECTORY

    def sql(self, dialect: str) -> str:
        """The SQL of the step. Raises MigrationError when the file is missing."""
        file = self.directory / f"{self.name}.{dialect}.sql"
        if not file.is_file():
            raise MigrationError(f"the step {self.name} has no file {file.name}")
        return file.read_text("utf-8")

    def digest(self, dialect: str) -> str:
        """What tells whether the step was changed after it had been applied."""
        return sha256(self.sql(dialect).encode()).hexdigest()

    def remove(self) -> None:
        """Delete the step's files."""
        for file in self.directory.glob(f"{self.name}.*"):
            file.unlink()

    async def forward(self) -> None:
        """Run the step's own module on the rows, if it has one."""
        file = self.directory / f"{self.name}.py"
        if not file.is_file():
            return
        spec = spec_from_file_location(f"server.migrations.step_{self.name}", file)
        if spec is None or spec.loader is None:
            raise MigrationError(f"cannot load {file.name}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        await module.forward()


def steps(directory: Path = DIRECTORY) -> list[Step]:
    """The history in its order."""
    names = {
        file.name.partition(".")[0]
        for file in directory.iterdir()
        if file.name[:4].isdigit() and file.suffix in {".sql", ".py"}
    }
    return [Step(name, directory) for name in sorted(names)]


async def migrate(settings: Settings, directory: Path = DIRECTORY) -> list[str]:
    """Bring the database of `settings` up to date; the names of the steps that were applied.

    Opens and closes a connection of its own. Raises MigrationError.
    """
    await db.init(settings)
    try:
        async with exclusive():
            return await apply(steps(directory))
    finally:
        await db.close()


async def refuse_old() -> None:
    """Raise MigrationError unless the open database is up to date."""
    try:
        rows = await db.fetch("SELECT name, digest FROM migration")
    except OperationalError as error:
        raise MigrationError("this database is empty: run madang migrate") from error
    applied: dict[str, str] = {row["name"]: row["digest"] for row in rows}
    history = steps()
    _refuse_other_history(applied, history, db.dialect())
    if any(step.name not in applied for step in history):
        raise MigrationError("this database is older than this program: run madang migrate")


@asynccontextmanager
async def exclusive() -> AsyncIterator[None]:
    """One transaction in which nobody else migrates.

    SQLite's foreign keys are off meanwhile, or rebuilding a table would delete what points at
    it; they are checked before the commit.
    """
    sqlite = db.dialect() == "sqlite"
    if sqlite:
        await db.execute("PRAGMA foreign_keys=OFF")
    try:
        async with in_transaction():
            if not sqlite:
                await db.execute("SELECT pg_advisory_xact_lock(?)", [LOCK])
            yield
            if sqlite:
                await _refuse_broken_keys()
    finally:
        if sqlite:
            await db.execute("PRAGMA foreign_keys=ON")


async def _refuse_broken_keys() -> None:
    broken = await db.fetch("PRAGMA foreign_key_check")
    if broken:
        raise MigrationError(f"rows point nowhere: {broken[:5]}")


async def apply(history: list[Step]) -> list[str]:
    """Apply what is missing of a history, inside `exclusive`; the names of the steps applied.

    Raises MigrationError.
    """
    if not history:
        raise MigrationError("this program has come without the history of its schema")
    dialect = db.dialect()
    await db.execute(_TABLE.format(tz="TZ" if dialect == "postgres" else ""))
    rows = await db.fetch("SELECT name, digest FROM migration")
    applied: dict[str, str] = {row["name"]: row["digest"] for row in rows}
    _refuse_other_history(applied, history, dialect)
    done = []
    for step in history:
        if step.name in applied:
            continue
        await db.connection().execute_script(step.sql(dialect))
        await step.forward()
        await _record(step.name, step.digest(dialect))
        done.append(step.name)
    return done


async def create_from_models(*, extras: bool = True) -> None:
    """Make the schema as the models say it, without any history."""
    for statement in ddl.statements(db.dialect(), extras=extras):
        await db.execute(statement)


async def _record(name: str, digest: str) -> None:
    await db.execute(
        "INSERT INTO migration (name, digest, applied_at) VALUES (?, ?, ?)",
        [name, digest, clock.now()],
    )


def _refuse_other_history(applied: dict[str, str], history: list[Step], dialect: str) -> None:
    known = {step.name: step for step in history}
    for name, digest in applied.items():
        if name not in known:
            raise MigrationError(f"this database is newer than this program: it has {name}")
        if known[name].digest(dialect) != digest:
            raise MigrationError(f"the step {name} was changed after it had been applied")
    waiting = [name for name in known if name not in applied]
    if waiting and applied and min(waiting) < max(applied):
        raise MigrationError(f"the step {min(waiting)} comes before one already applied")
