"""Sample districts to walk in and to break: filled once a run, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Postgres, made_once, run_folder
from tests.office import Office

type Opened = Callable[..., Office]
TEMPLATE = "template_district"


@pytest.fixture(scope="session")
def district_on_sqlite(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: Path
) -> Path:
    """Folder of a filled district: `data/` with its `madang.sqlite3`."""

    def make(folder: Path) -> None:
        file = folder / "data" / "madang.sqlite3"
        file.parent.mkdir()
        shutil.copy(sqlite_template, file)
        Office(folder, f"sqlite://{file}", keys).run("demo", timeout_seconds=400)

    return made_once(run_folder(tmp_path_factory), "district", make)


@pytest.fixture(scope="session")
def district_on_postgres(postgres_server: Postgres, keys: Path) -> Path:
    """As `district_on_sqlite`; the rows are in a template database."""
    server = postgres_server

    def make(folder: Path) -> None:
        server.run(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "template_madang"')
        (folder / "data").mkdir()
        Office(folder, server.url(TEMPLATE), keys).run("demo", timeout_seconds=400)

    return made_once(server.folder, "district", make)


@pytest.fixture
def opened(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path, keys: Path
) -> Iterator[Opened]:
    """`opened(NAME="value", …)`: an open office with these variables, web and worker running."""
    filled: Path = request.getfixturevalue(f"district_on_{engine}")
    folder = tmp_path / "office"
    shutil.copytree(filled, folder)
    database = f"sqlite://{folder / 'data' / 'madang.sqlite3'}"
    if engine == "postgres":
        server = request.getfixturevalue("postgres_server")
        name = server.copy(TEMPLATE)
        database = server.url(name)
    offices: list[Office] = []

    def begin(**variables: str) -> Office:
        office = Office(folder, database, keys, variables)
        offices.append(office)
        return office.open()

    yield begin
    for office in offices:
        office.close()
    if engine == "postgres":
        server.drop(name)
