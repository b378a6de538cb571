"""What the models say, as SQL for either database: tables, keys, checks and indexes, all named.

Written out here because Tortoise's own engine leaves out checks and partial unique indexes on
SQLite, loses indexes when it rebuilds a table, and cuts a statement at a semicolon in a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from server import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tortoise.models import Model

NAME_LENGTH_MAX = 63


@dataclass(frozen=True)
class Extra:
    """A thing of the schema that no model can say, such as a search index.

    A module of `schema.MODULES` lists its own in a tuple called `EXTRAS`; an empty string means
    that the dialect needs nothing.
    """

    name: str
    sqlite: str = ""
    postgres: str = ""


@dataclass
class TableSql:
    """One table: its column and constraint definitions, and what is created after it, by name."""

    name: str
    columns: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)

    def create(self, name: str | None = None) -> str:
        """CREATE TABLE, under another name if need be."""
        body = ",\n    ".join([*self.columns.values(), *self.constraints.values()])
        return f'CREATE TABLE "{name or self.name}" (\n    {body}\n)'


def statements(dialect: str, *, extras: bool = True) -> list[str]:
    """The whole schema of the models loaded by Tortoise, in an order that can be run."""
    made = tables(dialect)
    found = [table.create() for table in made]
    for table in made:
        found += table.indexes.values()
    for table in made:
        found += table.keys.values()
    return [*found, *(_extras(dialect) if extras else ())]


def tables(dialect: str) -> list[TableSql]:
    """Every table of the models, by name."""
    return [_table(model, dialect) for model in schema.models()]


def _extras(dialect: str) -> Iterable[str]:
    for name in schema.model_modules():
        for extra in getattr(import_module(name), "EXTRAS", ()):
            sql: str = getattr(extra, dialect).strip()
            if sql:
                yield sql.removesuffix(";")


def extra_trigger(name: str) -> str:
    """SQLite's trigger of that name: it goes with its table, and must come back with it.

    Raises LookupError.
    """
    wanted = re.compile(rf'CREATE\s+TRIGGER\s+(IF\s+NOT\s+EXISTS\s+)?"?{name}"?\s', re.I)
    for sql in _extras("sqlite"):
        if wanted.match(sql):
            return sql
    raise LookupError(f"no trigger {name} among EXTRAS")


def _table(model: type[Model], dialect: str) -> TableSql:
    meta = model._meta
    table = TableSql(meta.db_table)
    for name, column in meta.fields_db_projection.items():
        made = meta.fields_map[name]
        table.columns[column] = _column(made, column, dialect)
        if made.generated and not made.pk:
            table.derived.add(column)
        reference = getattr(made, "reference", None)
        if reference is not None and reference.db_constraint and dialect == "postgres":
            # Once all tables stand, so that two tables may point at each other.
            key = _short(f"fk_{table.name}_{column}")
            table.keys[key] = (
                f'ALTER TABLE "{table.name}" ADD CONSTRAINT "{key}"'
                f' FOREIGN KEY ("{column}") {_references(reference)}'
            )
    for constraint in meta.constraints:
        if isinstance(constraint, CheckConstraint):
            name = _short(constraint.name)
            table.constraints[name] = f'CONSTRAINT "{name}" CHECK ({constraint.check})'
    for name, sql in _indexes(model, dialect):
        if name in table.indexes:
            raise ValueError(f"{table.name} has two indexes called {name}")
        table.indexes[name] = sql
    return table


def _column(made: Any, column: str, dialect: str) -> str:
    if made.pk and made.generated:
        return f'"{column}" {made.get_for_dialect(dialect, "GENERATED_SQL")}'
    words = [f'"{column}"', made.get_for_dialect(dialect, "SQL_TYPE")]
    if made.generated:
        words.append(made.GENERATED_SQL)
    if made.pk:
        words.append("PRIMARY KEY")
    if not made.null:
        words.append("NOT NULL")
    if made.has_db_default():
        words.append(f"DEFAULT {_literal(made.db_default, dialect)}")
    reference = getattr(made, "reference", None)
    if dialect == "sqlite" and reference is not None and reference.db_constraint:
        words.append(_references(reference))
    return " ".join(words)


def _literal(value: Any, dialect: str) -> str:
    if hasattr(value, "get_sql"):
        return str(value.get_sql(dialect=dialect))
    if isinstance(value, bool):
        return str(int(value)) if dialect == "sqlite" else str(value).upper()
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _references(reference: Any) -> str:
    target = reference.to_field_instance
    column = target.source_field or target.model_field_name
    return (
        f'REFERENCES "{reference.related_model._meta.db_table}" ("{column}")'
        f" ON DELETE {reference.on_delete.value}"
    )


def _columns(model: type[Model], names: Iterable[str]) -> list[str]:
    """Column names of field names; a foreign key may be named either way."""
    return [model._meta.fields_map[name].source_field or name for name in names]


def _indexes(model: type[Model], dialect: str) -> Iterable[tuple[str, str]]:
    meta, table = model._meta, model._meta.db_table
    for name, column in meta.fields_db_projection.items():
        made = meta.fields_map[name]
        if not made.pk and (made.unique or made.index):
            yield _index(table, [column], unique=made.unique)
    for names in meta.unique_together or ():
        yield _index(table, _columns(model, names), unique=True)
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            where = f" WHERE {constraint.condition}" if constraint.condition else ""
            columns = _columns(model, constraint.fields)
            yield _index(table, columns, unique=True, name=constraint.name, where=where)
    for index in meta.indexes or ():
        if not isinstance(index, Index):
            yield _index(table, _columns(model, index))
        elif dialect != "sqlite" or not index.INDEX_TYPE:
            columns = _columns(model, index.fields)
            yield _index(table, columns, name=index.name, kind=index.INDEX_TYPE, where=index.extra)


def _index(
    table: str,
    columns: Sequence[str],
    *,
    unique: bool = False,
    name: str | None = None,
    kind: str = "",
    where: str = "",
) -> tuple[str, str]:
    name = _short(name or f"{'uq' if unique else 'ix'}_{table}_{'_'.join(columns)}")
    listed = ", ".join(f'"{column}"' for column in columns)
    sort = "UNIQUE INDEX" if unique else "INDEX"
    using = f"USING {kind} " if kind else ""
    return name, f'CREATE {sort} "{name}" ON "{table}" {using}({listed}){where}'


def _short(name: str) -> str:
    """PostgreSQL cuts longer names off in silence: keep them apart."""
    if len(name.encode()) <= NAME_LENGTH_MAX:
        return name
    return f"{name[:50]}_{sha256(name.encode()).hexdigest()[:8]}"
