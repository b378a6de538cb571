"""The shape of a living database, part by part, so that two of them can be compared."""

from __future__ import annotations

import re
from typing import Any

from server.core import db

type Shape = dict[str, dict[str, str]]
"""Table -> part -> definition; a part is `column x`, `constraint x`, `index x`, `trigger x`."""

OWN = {"migration"}
"""Tables of the migrations themselves."""
_SPACES = re.compile(r"\s+")
_CREATE_TABLE = re.compile(r'CREATE TABLE "?\w+"?\s*\((.*)\)\s*$', re.DOTALL)
_NAME = re.compile(r'(?:CONSTRAINT\s+)?"?(\w+)"?')


async def shape() -> Shape:
    """The shape of the database that is open, but for the migrations' own table."""
    found = await (_sqlite() if db.dialect() == "sqlite" else _postgres())
    return {table: parts for table, parts in found.items() if table not in OWN}


def differences(have: Shape, want: Shape) -> list[str]:
    """In words, what `have` lacks, has too much or has otherwise."""
    found = []
    for table in sorted(have.keys() | want.keys()):
        if table not in have:
            found.append(f"table {table} is missing")
        elif table not in want:
            found.append(f"table {table} is too much")
        else:
            found += [f"{table}: {words}" for words in _part_differences(have[table], want[table])]
    return found


def _part_differences(have: dict[str, str], want: dict[str, str]) -> list[str]:
    found = []
    for part in sorted(have.keys() | want.keys()):
        if part not in have:
            found.append(f"{part} is missing ({want[part]})")
        elif part not in want:
            found.append(f"{part} is too much ({have[part]})")
        elif have[part] != want[part]:
            found.append(f"{part} is ({have[part]}) and should be ({want[part]})")
    return found


async def _sqlite() -> Shape:
    rows = await db.fetch("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid")
    virtual = {
        row["name"]
        for row in rows
        if row["type"] == "table" and (row["sql"] or "").upper().startswith("CREATE VIRTUAL")
    }
    found: Shape = {}
    for row in rows:
        name, sql = row["name"], row["sql"]
        shadow = any(name.startswith(f"{each}_") for each in virtual)
        if sql is None or name.startswith("sqlite_") or shadow:
            continue
        if name in virtual:
            found[name] = {"virtual": _plain(sql)}
        elif row["type"] == "table":
            found.setdefault(name, {}).update(_parts(sql))
        else:
            found.setdefault(row["tbl_name"], {})[f"{row['type']} {name}"] = _plain(sql)
    return found


def _plain(sql: str) -> str:
    return _SPACES.sub(" ", sql.replace('"', "")).strip()


def _parts(sql: str) -> dict[str, str]:
    body = _CREATE_TABLE.search(sql)
    if body is None:
        raise ValueError(f"not understood: {sql}")
    found = {}
    for line in _split(body[1]):
        plain = _plain(line)
        name = _NAME.match(line.strip())
        if name is None:
            raise ValueError(f"not understood: {line}")
        sort = "constraint" if plain.startswith("CONSTRAINT ") else "column"
        found[f"{sort} {name[1]}"] = plain
    return found


def _split(body: str) -> list[str]:
    """The definitions of a CREATE TABLE, cut at commas outside brackets and quotes."""
    found, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(body):
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        elif not quoted and letter == "," and depth == 0:
            found.append(body[start:place])
            start = place + 1
    return [*found, body[start:]]


async def _postgres() -> Shape:
    found: Shape = {}
    for row in await db.fetch(
        "SELECT c.relname AS tbl, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS kind,"
        " a.attnotnull AS filled, a.attgenerated::text AS generated,"
        " pg_get_expr(d.adbin, d.adrelid) AS initial"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
    ):
        found.setdefault(row["tbl"], {})[f"column {row['name']}"] = _postgres_column(row)
    for row in await db.fetch(
        # Since version 18 a NOT NULL is a constraint with a name of its own: it is in the column.
        "SELECT c.relname AS tbl, k.conname AS name, pg_get_constraintdef(k.oid) AS definition"
        " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n'"
    ):
        found[row["tbl"]][f"constraint {row['name']}"] = row["definition"]
    for row in await db.fetch(
        "SELECT t.relname AS tbl, i.relname AS name, pg_get_indexdef(x.indexrelid) AS definition"
        " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_class t ON t.oid = x.indrelid"
        " WHERE t.relnamespace = 'public'::regnamespace AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype <> 'f')"
    ):
        found[row["tbl"]][f"index {row['name']}"] = row["definition"]
    for row in await db.fetch(
        "SELECT t.relname AS tbl, g.tgname AS name, pg_get_triggerdef(g.oid) AS definition,"
        " md5(f.prosrc) AS body FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid"
        " JOIN pg_proc f ON f.oid = g.tgfoid"
        " WHERE t.relnamespace = 'public'::regnamespace AND NOT g.tgisinternal"
    ):
        found[row["tbl"]][f"trigger {row['name']}"] = f"{row['definition']} [{row['body']}]"
    return found


def _postgres_column(row: dict[str, Any]) -> str:
    words = [row["kind"]]
    if row["generated"]:
        words.append(f"GENERATED ({row['initial']})")
    elif row["initial"] is not None:
        words.append(f"DEFAULT {row['initial']}")
    if row["filled"]:
        words.append("NOT NULL")
    return " ".join(words)
