"""Search in Korean: every word by its overlapping pairs of characters, verified letter by letter.

A trigram index finds nothing for a two-syllable word (소음); so each word is indexed as bigrams
and single characters, in FTS5 on SQLite and as a text array under GIN on PostgreSQL. Only what is
public may be indexed here: the text is stored readable.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from server.core import db
from server.core.ddl import Extra

__all__ = ["EXTRAS", "SearchEntry", "find", "grams", "index", "normalised", "remove", "words"]

QUERY_WORDS_MAX: Final = 8
QUERY_LETTERS_MAX: Final = 100


class SearchEntry(Model):
    """What can be found, as normalised words."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    ref = fields.BigIntField()
    text = fields.TextField()

    class Meta:
        table = "search_entry"
        constraints = (UniqueConstraint(fields=("kind", "ref"), name="search_entry_once"),)


EXTRAS: Final = (
    Extra(
        "search_grams",
        sqlite="CREATE VIRTUAL TABLE search_gram USING"
        " fts5(grams, content='', columnsize=0, prefix='1', tokenize='ascii')",
        postgres="ALTER TABLE search_entry ADD COLUMN grams TEXT[] NOT NULL DEFAULT '{}'",
    ),
    Extra(
        "search_grams_index",
        postgres="CREATE INDEX search_entry_grams ON search_entry USING gin (grams)",
    ),
)
"""The index itself, which differs in kind. FTS5's ascii tokenizer takes every other character as
a letter, so a pair of characters stays one token."""


def normalised(text: str) -> str:
    """NFC (NFKC folds full-width letters), case-folded, words apart by one space."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def words(query: str) -> list[str]:
    """What must occur, each once; at most eight words of a hundred letters in all."""
    return list(dict.fromkeys(normalised(query[:QUERY_LETTERS_MAX]).split()))[:QUERY_WORDS_MAX]


def grams(word: str) -> list[str]:
    """`소음이` -> `소음`, `음이`, `이`: its pairs in order and its last character."""
    return [*(word[at : at + 2] for at in range(len(word) - 1)), word[-1:]]


async def index(kind: str, ref: int, text: str) -> None:
    """Make `text` findable under (kind, ref), instead of what was there. In a transaction."""
    _inside()
    plain = normalised(text)
    await remove(kind, ref)
    if db.dialect() == "postgres":
        letters = {c for c in plain if c != " "}
        pairs = {gram for word in plain.split() for gram in grams(word)}
        await db.execute(
            "INSERT INTO search_entry (kind, ref, text, grams) VALUES (?, ?, ?, ?)",
            [kind, ref, plain, sorted(letters | pairs)],
        )
        return
    (row,) = await db.fetch(
        "INSERT INTO search_entry (kind, ref, text) VALUES (?, ?, ?) RETURNING id",
        [kind, ref, plain],
    )
    await db.execute(
        "INSERT INTO search_gram (rowid, grams) VALUES (?, ?)", [row["id"], _tokens(plain)]
    )


async def remove(kind: str, ref: int) -> None:
    """Forget (kind, ref); nothing happens where it is unknown. In a transaction."""
    _inside()
    gone = await db.fetch(
        "DELETE FROM search_entry WHERE kind = ? AND ref = ? RETURNING id, text", [kind, ref]
    )
    if db.dialect() == "sqlite":
        # FTS5 keeps no text of its own here: it forgets a row when told what the row said.
        for row in gone:
            await db.execute(
                "INSERT INTO search_gram (search_gram, rowid, grams) VALUES ('delete', ?, ?)",
                [row["id"], _tokens(row["text"])],
            )


async def find(kind: str, query: str, *, limit: int, before: int | None = None) -> list[int]:
    """The refs of `kind` in which every word of `query` occurs, newest (highest) first.

    `before` continues after a page; a query without a letter or digit finds nothing.
    """
    wanted = words(query)
    if not wanted:
        return []
    sql, verified = ON_POSTGRES if db.dialect() == "postgres" else ON_SQLITE
    args: list[object] = [kind, _sought(wanted), *wanted]
    sql += verified * len(wanted)
    if before is not None:
        sql += " AND e.ref < ?"
        args.append(before)
    rows = await db.fetch(sql + " ORDER BY e.ref DESC LIMIT ?", [*args, limit])
    return [row["ref"] for row in rows]


ON_POSTGRES: Final = (
    "SELECT e.ref FROM search_entry e WHERE e.kind = ? AND e.grams @> ?",
    " AND strpos(e.text, ?) > 0",
)
ON_SQLITE: Final = (
    # Not a join: SQLite would then ask FTS5 about one entry after another, however rare the word.
    (
        "SELECT e.ref FROM search_entry e WHERE e.kind = ?"
        " AND e.id IN (SELECT rowid FROM search_gram WHERE grams MATCH ?)"
    ),
    " AND instr(e.text, ?) > 0",
)


def _sought(wanted: list[str]) -> str | list[str]:
    if db.dialect() == "postgres":
        return sorted({gram for word in wanted for gram in grams(word)[:-1] or [word]})
    return " ".join(_phrase(word) for word in wanted)


def _phrase(word: str) -> str:
    """One FTS5 phrase: pairs in order; a single character begins a pair or ends a word."""
    if len(word) == 1:
        return f'"{word}"*'
    return '"' + " ".join(grams(word)[:-1]) + '"'


def _tokens(plain: str) -> str:
    return " ".join(gram for word in plain.split() for gram in grams(word))


def _inside() -> None:
    if not db.transaction_open():
        raise RuntimeError("the index is written in the transaction that writes the text")
