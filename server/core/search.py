"""Search in Korean: every word by its overlapping pairs of characters, verified letter by letter.

A trigram index finds nothing for a two-syllable word (소음); so each word is indexed as bigrams
and single characters, in FTS5 on SQLite and as a text array under GIN on PostgreSQL. Only what is
public may be indexed here: the text is stored readable.
"""

from __future__ import annotations

import unicodedata
from typing import Final
from zlib import crc32

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from server.core import db
from server.core.ddl import Extra

__all__ = [
    "EXTRAS",
    "SearchEntry",
    "elements",
    "find",
    "grams",
    "index",
    "normalised",
    "place",
    "remove",
    "tokens",
    "words",
]

QUERY_WORDS_MAX: Final = 8
QUERY_LETTERS_MAX: Final = 100
KIND_BITS: Final = 12
BLOCK_BITS: Final = (10, 14)
"""On PostgreSQL entries go together in blocks of 2**10 and 2**14 by their refs."""

REFS_END: Final = 2**62


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
        await db.execute(
            "INSERT INTO search_entry (kind, ref, text, grams) VALUES (?, ?, ?, ?)",
            [kind, ref, plain, elements(ref, plain)],
        )
        return
    number = place(kind, ref)
    await db.execute(
        "INSERT INTO search_entry (id, kind, ref, text) VALUES (?, ?, ?, ?)",
        [number, kind, ref, plain],
    )
    await db.execute(
        "INSERT INTO search_gram (rowid, grams) VALUES (?, ?)", [number, tokens(plain)]
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
                [row["id"], tokens(row["text"])],
            )


async def find(kind: str, query: str, *, limit: int, before: int | None = None) -> list[int]:
    """The refs of `kind` in which every word of `query` occurs, newest (highest) first.

    `before` continues after a page; a query without a letter or digit finds nothing.
    """
    wanted = words(query)
    if not wanted:
        return []
    if db.dialect() == "postgres":
        return await _on_postgres(kind, wanted, limit, REFS_END if before is None else before)
    sql, verified, older, ordered = ON_SQLITE
    args: list[object] = [" ".join(_phrase(word) for word in wanted), kind, *wanted]
    sql += verified * len(wanted)
    if before is not None:
        sql += older
        args.append(before << KIND_BITS)
    rows = await db.fetch(sql + ordered, [*args, limit])
    return [row["ref"] for row in rows]


async def _on_postgres(kind: str, wanted: list[str], limit: int, before: int) -> list[int]:
    """A GIN index has no order, and a planner that believes in many hits walks through all entries
    for a word that none has. So the newest entries are asked first: a common word fills the page
    from them. Then more of them, or where none had it, all: a rare word has few."""
    pairs = sorted({gram for word in wanted for gram in grams(word)[:-1] or [word]})
    verified = " AND strpos(text, ?) > 0" * len(wanted)
    found: list[int] = []
    for bits in (*BLOCK_BITS, None):
        if bits == BLOCK_BITS[-1] and not found:
            continue
        near, args = ("", []) if bits is None else (_near(bits), [kind, before])
        rows = await db.fetch(
            "WITH hit AS MATERIALIZED ("  # noqa: S608 (words of ours)
            f"SELECT e.ref, e.text FROM search_entry e WHERE e.grams @> ? AND e.kind = ?{near})"
            f" SELECT ref FROM hit WHERE ref < ?{verified} ORDER BY ref DESC LIMIT ?",
            [pairs, kind, *args, before, *wanted, limit],
        )
        found = [row["ref"] for row in rows]
        if len(found) >= limit:
            break
    return found


def _near(bits: int) -> str:
    """In the newest block of so many bits, or the one before it."""
    name, newest = _block(bits), f"(max(ref) >> {bits})"
    blocks = f"ARRAY['{name}' || {newest}, '{name}' || ({newest} - 1)]"
    return f" AND e.grams && (SELECT {blocks} FROM search_entry WHERE kind = ? AND ref < ?)"  # noqa: S608 (words of ours)


ON_SQLITE: Final = (
    # CROSS keeps the order: SQLite would else ask FTS5 about one entry after another.
    (
        "SELECT e.ref FROM search_gram g CROSS JOIN search_entry e ON e.id = g.rowid"
        " WHERE g.grams MATCH ? AND e.kind = ?"
    ),
    " AND instr(e.text, ?) > 0",
    " AND g.rowid < ?",
    " ORDER BY g.rowid DESC LIMIT ?",
)


def _phrase(word: str) -> str:
    """One FTS5 phrase: pairs in order; a single character begins a pair or ends a word."""
    if len(word) == 1:
        return f'"{word}"*'
    return '"' + " ".join(grams(word)[:-1]) + '"'


def place(kind: str, ref: int) -> int:
    """The number of an entry on SQLite, in the order of its refs: so FTS5 itself gives the newest
    first, and stops after a page, however common the word. The lowest bits keep kinds apart."""
    return ref << KIND_BITS | crc32(kind.encode()) & ((1 << KIND_BITS) - 1)


def elements(ref: int, plain: str) -> list[str]:
    """What PostgreSQL indexes of a normalised text: letters, pairs, and in which blocks it is."""
    letters = {letter for letter in plain if letter != " "}
    pairs = {gram for word in plain.split() for gram in grams(word)}
    blocks = {f"{_block(bits)}{ref >> bits}" for bits in BLOCK_BITS}
    return sorted(letters | pairs | blocks)


def _block(bits: int) -> str:
    """How the name of a block begins; no pair of letters does."""
    return f"#{bits}:"


def tokens(plain: str) -> str:
    """What FTS5 indexes of a normalised text."""
    return " ".join(gram for word in plain.split() for gram in grams(word))


def _inside() -> None:
    if not db.transaction_open():
        raise RuntimeError("the index is written in the transaction that writes the text")
