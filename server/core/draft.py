"""Drafts the next step of the schema's history from what the models say and the history lacks.

It never guesses a rename, and never writes what would fail on a table that has rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.core import db, ddl

if TYPE_CHECKING:
    from server.core.ddl import TableSql
    from server.core.shape import Shape

MEANT = "-- meant:"
"""Stands before a statement that loses rows or values, with the reason, or lint refuses it."""


class CannotDraftError(Exception):
    """Only a person can write this step; the sentence says what and how."""


def draft(have: Shape, want: Shape) -> list[str]:
    """Statements for the database that is open, from the shape it has to the models' one."""
    dialect = db.dialect()
    tables = {table.name: table for table in ddl.tables(dialect)}
    found: list[str] = []
    for name in want:
        if name not in have and name in tables:
            table = tables[name]
            found += [table.create(), *table.indexes.values()]
    for name in want:
        if name not in have and name in tables:
            found += tables[name].keys.values()
    for name, parts in want.items():
        if name not in tables:
            if have.get(name) != parts:
                raise CannotDraftError(f"{name} is one of EXTRAS: write its step by hand")
        elif name in have and have[name] != parts:
            found += _changed(tables[name], have[name], parts)
    found += [f'{MEANT} WHY\nDROP TABLE "{name}"' for name in have if name not in want]
    return found


def _changed(table: TableSql, have: dict[str, str], want: dict[str, str]) -> list[str]:
    _refuse_extras(table, have, want)
    _refuse_what_fails_on_rows(table, have, want)
    if db.dialect() == "sqlite":
        return _changed_sqlite(table, have, want)
    return _changed_postgres(table, have, want)


def _refuse_extras(table: TableSql, have: dict[str, str], want: dict[str, str]) -> None:
    drawn = {f"column {name}" for name in table.columns}
    drawn |= {f"index {name}" for name in table.indexes}
    for part in want:
        sort = part.partition(" ")[0]
        if have.get(part) != want[part] and (
            sort == "trigger" or (sort in {"column", "index"} and part not in drawn)
        ):
            raise CannotDraftError(f"{table.name}: {part} is one of EXTRAS: write its step by hand")


def _refuse_what_fails_on_rows(table: TableSql, have: dict[str, str], want: dict[str, str]) -> None:
    for part, definition in want.items():
        sort, _, name = part.partition(" ")
        fresh = sort == "column" and part not in have and name not in table.derived
        if fresh and "NOT NULL" in definition and "DEFAULT" not in definition:
            raise CannotDraftError(
                f"{table.name}.{name} is new and must not be empty: rows that stand have no value"
                " for it. Give it db_default, or make it null=True, fill it in forward(), and"
                " make it NOT NULL in a later step"
            )


def _changed_sqlite(table: TableSql, have: dict[str, str], want: dict[str, str]) -> list[str]:
    inside = {
        part for part in have.keys() | want.keys() if not part.startswith(("index ", "trigger "))
    }
    differing = {part for part in inside if have.get(part) != want.get(part)}
    simple = all(
        part not in have and part.startswith("column ") and part[7:] not in table.derived
        for part in differing
    )
    if not simple:
        return _rebuilt(table, have)
    added = [
        f'ALTER TABLE "{table.name}" ADD COLUMN {definition}'
        for name, definition in table.columns.items()
        if f"column {name}" in differing
    ]
    return [*added, *_indexes(table, have, want)]


def _rebuilt(table: TableSql, have: dict[str, str]) -> list[str]:
    """SQLite's own way to alter a table: make it anew, copy, drop, rename."""
    kept = [
        name for name in table.columns if f"column {name}" in have and name not in table.derived
    ]
    gone = [
        part[7:] for part in have if part.startswith("column ") and part[7:] not in table.columns
    ]
    listed = ", ".join(f'"{name}"' for name in kept)
    drop = f'DROP TABLE "{table.name}"'
    if gone:
        drop = f"{MEANT} WHY (loses {', '.join(gone)})\n{drop}"
    else:
        drop = f"{MEANT} the rows have moved to the table made anew\n{drop}"
    copy = f'INSERT INTO "new__{table.name}" ({listed}) SELECT {listed} FROM "{table.name}"'  # noqa: S608
    return [
        table.create(f"new__{table.name}"),
        copy,
        drop,
        f'ALTER TABLE "new__{table.name}" RENAME TO "{table.name}"',
        *table.indexes.values(),
        *(ddl.extra_trigger(part[8:]) for part in have if part.startswith("trigger ")),
    ]


def _indexes(table: TableSql, have: dict[str, str], want: dict[str, str]) -> list[str]:
    found = []
    for part in sorted(have.keys() | want.keys()):
        sort, _, name = part.partition(" ")
        if sort != "index" or have.get(part) == want.get(part):
            continue
        if part in have:
            found.append(f'DROP INDEX "{name}"')
        if part in want:
            found.append(table.indexes[name])
    return found


def _changed_postgres(table: TableSql, have: dict[str, str], want: dict[str, str]) -> list[str]:
    before: list[str] = []
    after: list[str] = []
    alter = f'ALTER TABLE "{table.name}"'
    for part in sorted(have.keys() | want.keys()):
        sort, _, name = part.partition(" ")
        old, new = have.get(part), want.get(part)
        if old == new or sort in {"index", "trigger"}:
            continue
        if sort == "constraint":
            if old is not None:
                before.append(f'{alter} DROP CONSTRAINT "{name}"')
            if new is not None:
                made = table.keys.get(name) or f"{alter} ADD {table.constraints[name]}"
                after.append(made)
        elif old is None:
            before.append(f"{alter} ADD COLUMN {table.columns[name]}")
        elif new is None:
            after.append(f'{MEANT} WHY (loses {name})\n{alter} DROP COLUMN "{name}"')
        elif "GENERATED" in old or "GENERATED" in new:
            before += [f'{MEANT} it is derived\n{alter} DROP COLUMN "{name}"']
            before += [f"{alter} ADD COLUMN {table.columns[name]}"]
        else:
            after += [f'{alter} ALTER COLUMN "{name}" {act}' for act in _altered(old, new)]
    return [*before, *_indexes(table, have, want), *after]


def _altered(old: str, new: str) -> list[str]:
    """From `kind DEFAULT x NOT NULL` to another of that form."""
    old_kind, old_initial, old_filled = _read(old)
    new_kind, new_initial, new_filled = _read(new)
    found = []
    if old_kind != new_kind:
        found.append(f"TYPE {new_kind}")
    if old_initial != new_initial:
        found.append(f"SET DEFAULT {new_initial}" if new_initial else "DROP DEFAULT")
    if old_filled != new_filled:
        found.append("SET NOT NULL" if new_filled else "DROP NOT NULL")
    return found


def _read(definition: str) -> tuple[str, str, bool]:
    filled = definition.endswith(" NOT NULL")
    kind, _, initial = definition.removesuffix(" NOT NULL").partition(" DEFAULT ")
    return kind, initial, filled
