"""The history makes what the models say, on both databases, once, also on tables with rows."""

import asyncio
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from server import config, schema
from server.core import db, ddl, draft, history, migrate, shape
from server.core.crypto import BlindIndex, EncryptedText
from tests.conftest import Postgres, make_settings
from tests.server.core.probe_models import Neighbour, Visit, digits

CORE = ("server.core.models", "tests.server.core.probe_models")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    return made


@pytest.fixture
def place(empty: str, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings of an empty database; the schema is the core's and the probe's."""
    monkeypatch.setattr(schema, "MODULES", CORE)
    settings = make_settings(tmp_path, keys, empty)
    config.use(settings)
    return settings


class opened_at:  # noqa: N801 - reads as a statement
    def __init__(self, settings: Any) -> None:
        self.settings = settings

    async def __aenter__(self) -> None:
        await db.init(self.settings)

    async def __aexit__(self, *_: object) -> None:
        await db.close()


def write(directory: Path, name: str, sqlite: str, postgres: str | None = None) -> None:
    (directory / f"{name}.sqlite.sql").write_text(sqlite)
    (directory / f"{name}.postgres.sql").write_text(postgres if postgres is not None else sqlite)


# The models as SQL


async def test_the_database_keeps_what_the_models_say(probed: Any) -> None:
    first = await Neighbour.create(name="a", phone="1")
    await Visit.create(id=uuid.uuid4(), neighbour=first, seat=1)
    with pytest.raises(IntegrityError):  # partial unique
        await Visit.create(id=uuid.uuid4(), neighbour=first, seat=1)
    shut = await Visit.create(id=uuid.uuid4(), neighbour=first, seat=1, state="shut")
    with pytest.raises(IntegrityError):  # check
        await db.execute("UPDATE probe_visit SET state = 'lost' WHERE id = ?", [shut.id])
    with pytest.raises(IntegrityError):  # foreign key
        await db.execute("UPDATE probe_visit SET neighbour_id = 99")
    await first.delete()
    assert await Visit.all().count() == 0  # on delete cascade


async def test_the_same_shape_comes_from_the_same_models(probed: Any) -> None:
    made = await shape.shape()
    assert "index probe_visit_once" in made["probe_visit"]
    assert "constraint probe_visit_state" in made["probe_visit"]
    assert "GENERATED" in made["probe_neighbour"]["column phone_index"]
    assert shape.differences(made, made) == []


def test_long_names_stay_apart() -> None:
    one, two = (ddl._short("x" * 70 + end) for end in "ab")
    assert one != two
    assert len(one) <= ddl.NAME_LENGTH_MAX


# Applying


async def test_an_empty_database_is_brought_up_to_date_once(place: Any, directory: Path) -> None:
    write(directory, "0001_initial", "CREATE TABLE a (n INT);\n\nCREATE TABLE b (n INT);\n")
    (directory / "0001_initial.py").write_text(
        "from server.core import db\n\n\nasync def forward():\n"
        "    await db.execute('INSERT INTO a VALUES (?)', [5])\n"
    )
    assert await migrate.migrate(place, directory) == ["0001_initial"]
    assert await migrate.migrate(place, directory) == []
    write(directory, "0002_more", "ALTER TABLE a ADD COLUMN m INT DEFAULT 7")
    assert await migrate.migrate(place, directory) == ["0002_more"]
    async with opened_at(place):
        assert await db.fetch("SELECT n, m FROM a") == [{"n": 5, "m": 7}]


async def test_a_failing_step_leaves_nothing_of_itself_or_its_neighbours(
    place: Any, directory: Path
) -> None:
    write(directory, "0001_initial", "CREATE TABLE a (n INT)")
    write(directory, "0002_more", "CREATE TABLE b (n INT);\nALTER TABLE nothing ADD COLUMN m INT")
    with pytest.raises(OperationalError):
        await migrate.migrate(place, directory)
    async with opened_at(place):
        assert await shape.shape() == {}


async def test_two_processes_do_not_migrate_at_once(place: Any, directory: Path) -> None:
    write(
        directory, "0001_initial", "CREATE TABLE a (n INT PRIMARY KEY);\nINSERT INTO a VALUES (1)"
    )
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from server import config, schema; from server.core import migrate\n"
        f"schema.MODULES = {CORE!r}\n"
        f"s = config.Settings(data=Path({str(place.data)!r}), keys=Path({str(place.keys)!r}),"
        f" database_url={place.database_url!r}); config.use(s)\n"
        f"print(len(asyncio.run(migrate.migrate(s, Path({str(directory)!r})))))"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=-1, stderr=asyncio.subprocess.STDOUT
        )
        for _ in range(3)
    ]
    answers = await asyncio.gather(*(process.communicate() for process in processes))
    assert sorted(out.decode().strip() for out, _ in answers) == ["0", "0", "1"]


async def test_a_history_that_does_not_fit_is_refused(place: Any, directory: Path) -> None:
    write(directory, "0002_second", "CREATE TABLE a (n INT)")
    await migrate.migrate(place, directory)
    write(directory, "0002_second", "CREATE TABLE a (n INT, m INT)")
    with pytest.raises(migrate.MigrationError, match="changed after"):
        await migrate.migrate(place, directory)
    write(directory, "0002_second", "CREATE TABLE a (n INT)")
    write(directory, "0001_first", "CREATE TABLE b (n INT)")
    with pytest.raises(migrate.MigrationError, match="before one already applied"):
        await migrate.migrate(place, directory)
    for step in migrate.steps(directory):
        step.remove()
    write(directory, "0001_other", "CREATE TABLE b (n INT)")
    with pytest.raises(migrate.MigrationError, match="newer than this program"):
        await migrate.migrate(place, directory)


async def test_rows_that_point_nowhere_are_found(place: Any, directory: Path) -> None:
    write(
        directory,
        "0001_initial",
        "CREATE TABLE a (n INT PRIMARY KEY);\nCREATE TABLE b (n INT REFERENCES a (n));\n"
        "INSERT INTO b VALUES (1)",
    )
    with pytest.raises((migrate.MigrationError, IntegrityError)):
        await migrate.migrate(place, directory)


async def test_a_trigger_with_semicolons_is_one_statement(place: Any, directory: Path) -> None:
    write(
        directory,
        "0001_initial",
        "CREATE TABLE a (n INT);\n\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
        "  UPDATE a SET n = 2;\n  UPDATE a SET n = n + 1;\nEND;\n",
        "CREATE TABLE a (n INT);\n\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.n := 3; RETURN NEW; END; $$;\n\n"
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();\n",
    )
    await migrate.migrate(place, directory)
    async with opened_at(place):
        await db.execute("INSERT INTO a VALUES (1)")
        assert await db.fetch("SELECT n FROM a") == [{"n": 3}]
        assert any(part.startswith("trigger t") for part in (await shape.shape())["a"])


# Drafting: from the probe's tables with rows in them to other ones


class Changed:
    """The probe's tables after a while, as other modules would define them."""

    def __init__(self) -> None:
        class Neighbour(Model):
            id = fields.BigIntField(primary_key=True)
            name = EncryptedText()
            phone = EncryptedText(null=True)
            phone_index = BlindIndex(source="phone", normalise=digits, db_index=True, null=True)
            rank = fields.IntField(db_default=3)

            class Meta:
                table = "probe_neighbour"

        class Visit(Model):
            id = fields.UUIDField(primary_key=True)
            neighbour = fields.ForeignKeyField(
                "madang.Neighbour", on_delete=fields.SET_NULL, null=True
            )
            state = fields.CharField(max_length=20, db_default="open")
            seat = fields.BigIntField(null=True, db_index=True)
            note = EncryptedText(null=True)
            extra = fields.BooleanField(null=True)

            class Meta:
                table = "probe_visit"
                constraints = (
                    CheckConstraint(
                        check="state IN ('open', 'shut', 'lost')", name="probe_visit_state"
                    ),
                    UniqueConstraint(fields=("neighbour", "seat"), name="probe_visit_once"),
                )

        class Guest(Model):
            id = fields.BigIntField(primary_key=True)
            visit = fields.ForeignKeyField("madang.Visit")

            class Meta:
                table = "probe_guest"

        self.models = (Neighbour, Visit, Guest)


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Call it to have the schema be the changed one."""
    import types

    module = types.ModuleType("probe_changed_models")

    def change() -> None:
        for model in Changed().models:
            model.__module__ = module.__name__
            setattr(module, model.__name__, model)
        sys.modules[module.__name__] = module
        monkeypatch.setattr(
            schema, "model_modules", lambda: ["server.core.models", module.__name__]
        )

    yield change
    sys.modules.pop(module.__name__, None)


async def test_a_drafted_step_changes_tables_that_have_rows(
    place: Any, directory: Path, changed: Any
) -> None:
    async with opened_at(place):
        await migrate.create_from_models()
        neighbour = await Neighbour.create(name="김하늘", memo="x", phone="010-1")
        await Visit.create(id=uuid.uuid4(), neighbour=neighbour, seat=4, note="다녀감")
        have = await shape.shape()
    changed()
    other = make_settings(place.data.parent / "want", place.keys, await _beside(place))
    config.use(other)
    async with opened_at(other):
        await migrate.create_from_models()
        want = await shape.shape()
        statements = draft.draft(have, want)
    config.use(place)
    async with opened_at(place):
        async with migrate.exclusive():
            await db.connection().execute_script(";\n".join(statements) + ";")
        assert shape.differences(await shape.shape(), want) == []
        model = schema.models()[[m.__name__ for m in schema.models()].index("Neighbour")]
        (row,) = await model.filter(phone_index="0101").values("name", "phone", "rank")
        assert row == {"name": "김하늘", "phone": "010-1", "rank": 3}
        await db.execute("UPDATE probe_visit SET state = 'lost'")
        await db.execute("DELETE FROM probe_neighbour")
        (row,) = await db.fetch("SELECT neighbour_id, state, seat FROM probe_visit")
        assert row == {"neighbour_id": None, "state": "lost", "seat": 4}


async def _beside(place: Any) -> str:
    """URL of a second, empty database like the first."""
    if place.database_url.startswith("sqlite"):
        return f"sqlite://{place.data}/beside.sqlite3"
    async with opened_at(place):
        pool: Any = db.connection()._pool
        name = f"beside_{uuid.uuid4().hex[:8]}"
        async with pool.acquire() as connection:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    head, _, tail = str(place.database_url).partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{tail}"


async def test_a_column_that_rows_have_no_value_for_is_not_drafted(probed: Any) -> None:
    want = await shape.shape()
    have = {table: dict(parts) for table, parts in want.items()}
    del have["probe_neighbour"]["column name"]
    with pytest.raises(draft.CannotDraftError, match="rows that stand have no value"):
        draft.draft(have, want)


async def test_extras_are_written_by_hand(probed: Any) -> None:
    have = await shape.shape()
    want = {**have, "search": {"virtual": "x"}}
    with pytest.raises(draft.CannotDraftError, match="by hand"):
        draft.draft(have, want)
    want = {**have, "probe_visit": {**have["probe_visit"], "trigger t": "x"}}
    with pytest.raises(draft.CannotDraftError, match="by hand"):
        draft.draft(have, want)


# Commands and lint, on both databases at once


@pytest.fixture
def shared(
    postgres_server: Postgres, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Scratch databases on the server that is running already."""
    made: list[str] = []

    @contextmanager
    def scratch() -> Iterator[history.Scratch]:
        def of(dialect: str, name: str) -> config.Settings:
            if dialect == "postgres":
                made.append(postgres_server.copy("template0"))
                return make_settings(tmp_path, keys, postgres_server.url(made[-1]))
            file = tmp_path / f"{name}-{uuid.uuid4().hex}.sqlite3"
            return make_settings(tmp_path, keys, f"sqlite://{file}")

        yield of

    monkeypatch.setattr(history, "scratch", scratch)
    yield
    for name in made:
        postgres_server.drop(name)


async def test_squash_make_and_lint(
    directory: Path, shared: None, monkeypatch: pytest.MonkeyPatch, changed: Any
) -> None:
    monkeypatch.setattr(schema, "MODULES", CORE)
    written = await history.squash(directory)
    assert [file.name for file in written] == [
        "0001_initial.sqlite.sql",
        "0001_initial.postgres.sql",
    ]
    assert await history.lint(directory) == []
    assert await history.make("nothing", directory) == []
    changed()
    drift = await history.lint(directory)
    assert any(line.startswith("sqlite: probe_neighbour: column rank is missing") for line in drift)
    assert any("postgres: table probe_guest is missing" in line for line in drift)
    written = await history.make("Rank the neighbours", directory)
    assert [file.name for file in written] == [
        "0002_rank_the_neighbours.sqlite.sql",
        "0002_rank_the_neighbours.postgres.sql",
    ]
    faults = await history.lint(directory)
    assert faults
    assert all("say why above it" in fault for fault in faults)
    for file in written:
        file.write_text(file.read_text().replace("-- meant: WHY", "-- meant: nobody wrote memos"))
    assert await history.lint(directory) == []
    await history.squash(directory)
    assert [step.name for step in migrate.steps(directory)] == ["0001_initial"]
    config.use(None)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("DROP TABLE a", "say why"),
        ("ALTER TABLE a DROP COLUMN b", "say why"),
        ("ALTER TABLE a RENAME COLUMN b TO c", "say why"),
        ("DELETE FROM a", "say why"),
        ("-- meant: WHY\nDROP TABLE a", "say why"),
        ('ALTER TABLE "a" ADD COLUMN "b" INT NOT NULL', "no value"),
        ("-- meant: it was never used\nDROP TABLE a", None),
        ('ALTER TABLE "a" ADD COLUMN "b" INT NOT NULL DEFAULT 0', None),
        ('ALTER TABLE "a" ADD COLUMN "b" INT', None),
        ("CREATE TRIGGER t BEFORE DELETE OR TRUNCATE ON a EXECUTE FUNCTION f()", None),
    ],
)
def test_lint_knows_the_traps(directory: Path, sql: str, fault: str | None) -> None:
    write(directory, "0002_step", f"{sql};\n")
    found = history._traps(migrate.Step("0002_step", directory))
    assert len(found) == (2 if fault else 0)
    assert all(fault is None or fault in line for line in found)


def test_lint_misses_neither_half_nor_name(directory: Path) -> None:
    (directory / "0002_half.sqlite.sql").write_text("SELECT 1;\n")
    (found,) = history._traps(migrate.Step("0002_half", directory))
    assert "0002_half.postgres.sql" in found
    assert "named like" in history._traps(migrate.Step("0002-x", directory))[0]


def test_the_two_databases_are_compared() -> None:
    both: shape.Shape = {"a": {"column n": "n INT NOT NULL", "index i": "CREATE UNIQUE INDEX i"}}
    other: shape.Shape = {"a": {"column n": "integer", "index i": "CREATE INDEX i"}, "b": {}}
    assert history._unlike(both, both) == []
    assert len(history._unlike(both, other)) == 5
