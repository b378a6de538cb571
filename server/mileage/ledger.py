"""The statements that write the ledger: one a movement, the same on SQLite and PostgreSQL.

Each inserts one transfer under its key, or none; the database's triggers do the rest. On PostgreSQL
the person's balance is locked first, so that a waiting transfer sees what the one before it left.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from server.core import clock, db, many

# {lock} is where PostgreSQL locks the balance; SQLite's writer is alone anyway.
_AWARD: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, available_after, at)
    SELECT ?, 'issued', 'available', b.person_id, ?, 0, ?, 0, '', ?, b.available + ?, ?
    FROM mileage_balance b WHERE b.person_id = ? {lock}
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
_TAKE_BACK: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, available_after, at)
    SELECT ?, 'available', 'issued', b.person_id, ?, 0, ?, 0, '', ?, b.available - ?, ?
    FROM mileage_balance b WHERE b.person_id = ? AND b.available >= ? {lock}
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
_HOLD: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, line_id, available_after, at)
    SELECT ?, 'available', 'held', b.person_id, ?, ?, ?, ?, '', ?, l.id, b.available - ?, ?
    FROM mileage_balance b JOIN budget_line l ON l.year = ? AND l.voted_won = ?
    WHERE b.person_id = ? AND b.available >= ? {lock}
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
_CAPTURE: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, hold_id, line_id, available_after, at)
    SELECT ?, 'held', 'spent', b.person_id, ?, ?, t.about, ?, '', t.ref, t.id, t.line_id,
      b.available, ?
    FROM mileage_transfer t JOIN mileage_balance b ON b.person_id = t.person_id
    WHERE t.key = ? AND t.credit = 'held' {lock}
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
_RELEASE: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, hold_id, line_id, available_after, at)
    SELECT ?, 'held', 'available', b.person_id, ?, ?, t.about, ?, ?, t.ref, t.id, t.line_id,
      b.available + ?, ?
    FROM mileage_transfer t JOIN mileage_balance b ON b.person_id = t.person_id
    WHERE t.key = ? AND t.credit = 'held' {lock}
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
_HOLD_LOCKED: Final = """
    SELECT t.id FROM mileage_transfer t JOIN mileage_balance b ON b.person_id = t.person_id
    WHERE t.key = ? AND t.credit = 'held' {lock}
"""
# Of many at once: what is there already is left out, for it moves nothing a second time. A person's
# later release follows upon his earlier ones, as each row's trigger will find the balance.
_PARTS: Final = {
    "key": "text", "hold": "text", "points": "bigint", "won": "bigint", "units": "integer",
    "place": "integer",
}  # fmt: skip
_NEW_PARTS: Final = """
    FROM {given} JOIN mileage_transfer t ON t.key = given.hold AND t.credit = 'held'
    JOIN mileage_balance b ON b.person_id = t.person_id
    WHERE NOT EXISTS (SELECT 1 FROM mileage_transfer x WHERE x.key = given.key)
    ORDER BY given.place
    RETURNING key
"""
_CAPTURES: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, hold_id, line_id, available_after, at)
    SELECT given.key, 'held', 'spent', b.person_id, given.points, given.won, t.about, given.units,
      '', t.ref, t.id, t.line_id, b.available, ?
"""
_RELEASES: Final = """
    INSERT INTO mileage_transfer (key, debit, credit, person_id, points, won, about, units,
      reason, ref, hold_id, line_id, available_after, at)
    SELECT given.key, 'held', 'available', b.person_id, given.points, given.won, t.about,
      given.units, ?, t.ref, t.id, t.line_id,
      b.available + SUM(given.points) OVER (PARTITION BY b.person_id ORDER BY given.place), ?
"""
_PERSONS_LOCKED: Final = """
    SELECT b.person_id FROM mileage_balance b WHERE b.person_id IN (
      SELECT t.person_id FROM mileage_transfer t WHERE {listed}) ORDER BY b.person_id {lock}
"""
_LINE_LOCKED: Final = "SELECT id, voted_won, left_won FROM budget_line b WHERE year = ? {lock}"


async def award(key: str, person_id: int, points: int, about: str, ref: str) -> bool:
    """Points from nothing to a person. False where the key exists, or the person has no balance."""
    args = [key, points, about, ref, points, clock.now(), person_id]
    return await _written(_AWARD, args)


async def take_back(key: str, person_id: int, points: int, about: str, ref: str) -> bool:
    """Points from a person to nothing. False where the key exists or there are too few."""
    args = [key, points, about, ref, points, clock.now(), person_id, points]
    return await _written(_TAKE_BACK, args)


async def hold(
    key: str, person_id: int, points: int, won: int, about: str, units: int, ref: str, *,
    year: int, voted_won: int,
) -> bool:  # fmt: skip
    """Points and won set aside. False where the key exists, the points are too few, or the budget
    line of the year does not stand at `voted_won`. Raises IntegrityError where the line is used up.
    """
    now = clock.now()
    args = [key, points, won, about, units, ref, points, now, year, voted_won, person_id, points]
    return await _written(_HOLD, args)


async def capture(key: str, hold_key: str, points: int, won: int, units: int) -> bool:
    """A part of a hold spent. False where the key exists or there is no such hold."""
    return await _written(_CAPTURE, [key, points, won, units, clock.now(), hold_key])


async def release(
    key: str, hold_key: str, points: int, won: int, units: int, reason: str
) -> bool:  # fmt: skip
    """A part of a hold given back. False where the key exists or there is no such hold."""
    args = [key, points, won, units, reason, points, clock.now(), hold_key]
    return await _written(_RELEASE, args)


async def lock_persons(hold_keys: Collection[str]) -> None:
    """Keep the balances behind these holds as they are until the transaction ends; in the order in
    which everybody locks several."""
    listed, args = many.among("t.key", hold_keys, "text")
    lock = "FOR UPDATE OF b" if db.dialect() == "postgres" else ""
    await db.fetch(_PERSONS_LOCKED.format(listed=listed, lock=lock), args)


async def captures(parts: Sequence[Mapping[str, Any]]) -> set[str]:
    """Parts of holds spent: each with `key`, `hold` (its key), `points`, `won`, `units`. The keys
    that were written; their persons are locked."""
    return await _parts_written(_CAPTURES, parts, [clock.now()])


async def releases(parts: Sequence[Mapping[str, Any]], reason: str) -> set[str]:
    """Parts of holds given back, as `captures`."""
    return await _parts_written(_RELEASES, parts, [reason, clock.now()])


async def _parts_written(
    statement: str, parts: Sequence[Mapping[str, Any]], args: list[Any]
) -> set[str]:
    if not parts:
        return set()
    sql = statement + _NEW_PARTS.format(given=many.given(**_PARTS))
    rows = many.rows({**part, "place": place} for place, part in enumerate(parts))
    return {row["key"] for row in await db.fetch(sql, [*args, rows])}


async def _written(statement: str, args: list[Any]) -> bool:
    return bool(await db.fetch(_locking(statement, db.dialect()), args))


@cache
def _locking(statement: str, dialect: db.Dialect) -> str:
    return statement.format(lock="FOR UPDATE OF b" if dialect == "postgres" else "")


async def transfer(key: str) -> dict[str, Any] | None:
    """The transfer under a key."""
    rows = await db.fetch(
        "SELECT id, debit, credit, person_id, points, won, units, hold_id, line_id"
        " FROM mileage_transfer WHERE key = ?",
        [key],
    )
    return rows[0] if rows else None


async def open_balance(person_id: int) -> None:
    """A balance of nothing for a person who has none."""
    await db.execute(
        "INSERT INTO mileage_balance (person_id, available, held) VALUES (?, 0, 0)"
        " ON CONFLICT (person_id) DO NOTHING",
        [person_id],
    )


async def open_hold(hold_key: str) -> dict[str, Any] | None:
    """What of a hold is still open, its person locked until the transaction ends."""
    rows = await db.fetch(_locking(_HOLD_LOCKED, db.dialect()), [hold_key])
    if not rows:
        return None
    found = await db.fetch(
        "SELECT open_points, open_won FROM mileage_hold WHERE id = ?", [rows[0]["id"]]
    )
    return found[0] if found else None


async def vote(year: int, won: int, key: str) -> bool:
    """Bring the budget line of a year to what the profile says: the difference is a transfer.

    A vote below what is already spent or set aside takes what is left now, and the rest as soon as
    it comes back; False until then. `voted_won` is always what the line was really given.
    """
    await db.execute(
        "INSERT INTO budget_line (year, voted_won, left_won) VALUES (?, 0, 0)"
        " ON CONFLICT (year) DO NOTHING",
        [year],
    )
    (line,) = await db.fetch(_locking(_LINE_LOCKED, db.dialect()), [year])
    more = max(won - line["voted_won"], -line["left_won"])
    if more:
        debit, credit = ("source", "line") if more > 0 else ("line", "source")
        await db.execute(
            "UPDATE budget_line SET voted_won = voted_won + ? WHERE id = ?", [more, line["id"]]
        )
        await db.execute(
            "INSERT INTO mileage_transfer (key, debit, credit, points, won, about, units, reason,"
            " ref, line_id, at) VALUES (?, ?, ?, 0, ?, 'grant', 0, '', '', ?, ?)",
            [key, debit, credit, abs(more), line["id"], clock.now()],
        )
    return bool(line["voted_won"] + more == won)


def budget_used_up(error: IntegrityError) -> bool:
    """Whether the database refused a transfer because the budget line would go below zero."""
    return "budget_line_left" in str(error)
