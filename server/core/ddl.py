"""What the models say, as SQL for either database: tables, keys, checks and indexes, all named.

Written out here because Tortoise's own generator leaves out checks and partial unique indexes on
SQLite and cuts a statement in two at a semicolon in a comment.
"""

from __future__ import annotations

from dataclasses import dataclass
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


def statements(dialect: str) -> list[str]:
    """The whole schema of the models loaded by Tortoise, in an order that can be run."""
    models = schema.models()
    tables = [_create_table(model, dialect) for model in models]
    indexes = [each for model in models for each in _indexes(model, dialect)]
    keys = (
        [each for model in models for each in _foreign_keys(model)] if dialect != "sqlite" else []
    )
    return [*tables, *indexes, *keys, *_extras(dialect)]


def _extras(dialect: str) -> list[str]:
    found: list[str] = []
    for name in schema.model_modules():
        for extra in getattr(import_module(name), "EXTRAS", ()):
            sql: str = getattr(extra, dialect).strip()
            if sql:
                found.append(sql.removesuffix(";"))
    return found


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def _columns(model: type[Model], names: Iterable[str]) -> list[str]:
    """Column names of field names; a foreign key may be named either way."""
    found = []
    for name in names:
        field = model._meta.fields_map[name]
        found.append(field.source_field or name)
    return found


def _create_table(model: type[Model], dialect: str) -> str:
    lines = [
        _column(model._meta.fields_map[name], column, dialect)
        for name, column in model._meta.fields_db_projection.items()
    ]
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            lines.append(f'CONSTRAINT "{_short(constraint.name)}" CHECK ({constraint.check})')
    body = ",\n    ".join(lines)
    return f'CREATE TABLE "{_table(model)}" (\n    {body}\n)'


def _column(field: Any, column: str, dialect: str) -> str:
    if field.pk and field.generated:
        return f'"{column}" {field.get_for_dialect(dialect, "GENERATED_SQL")}'
    words = [f'"{column}"', field.get_for_dialect(dialect, "SQL_TYPE")]
    if field.generated:
        words.append(field.GENERATED_SQL)
    if field.pk:
        words.append("PRIMARY KEY")
    if not field.null:
        words.append("NOT NULL")
    if field.has_db_default():
        words.append(f"DEFAULT {_literal(field, dialect)}")
    if dialect == "sqlite" and getattr(field, "reference", None) is not None:
        words.append(_references(field.reference))
    return " ".join(words)


def _literal(field: Any, dialect: str) -> str:
    value = field.db_default
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
        f'REFERENCES "{_table(reference.related_model)}" ("{column}")'
        f" ON DELETE {reference.on_delete.value}"
    )


def _foreign_keys(model: type[Model]) -> Iterable[str]:
    """For PostgreSQL, once all tables stand, so that two tables may point at each other."""
    for name, column in model._meta.fields_db_projection.items():
        reference = getattr(model._meta.fields_map[name], "reference", None)
        if reference is not None and reference.db_constraint:
            key = _short(f"fk_{_table(model)}_{column}")
            yield (
                f'ALTER TABLE "{_table(model)}" ADD CONSTRAINT "{key}"'
                f' FOREIGN KEY ("{column}") {_references(reference)}'
            )


def _indexes(model: type[Model], dialect: str) -> Iterable[str]:
    meta, table = model._meta, _table(model)
    for name, column in meta.fields_db_projection.items():
        field = meta.fields_map[name]
        if field.unique and not field.pk:
            yield _index(table, [column], unique=True)
        elif field.index and not field.pk:
            yield _index(table, [column])
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
) -> str:
    name = _short(name or f"{'uq' if unique else 'ix'}_{table}_{'_'.join(columns)}")
    listed = ", ".join(f'"{column}"' for column in columns)
    using = f"USING {kind} " if kind else ""
    return (
        f'CREATE {"UNIQUE " if unique else ""}INDEX "{name}" ON "{table}" {using}({listed}){where}'
    )


def _short(name: str) -> str:
    """PostgreSQL cuts longer names off in silence: keep them apart."""
    if len(name.encode()) <= NAME_LENGTH_MAX:
        return name
    return f"{name[:50]}_{sha256(name.encode()).hexdigest()[:8]}"
