"""Counts that hold under any number of tabs and processes: one statement adds and compares."""

from datetime import date, timedelta
from typing import Final

from server.core import clock, db
from server.core.db import transactional
from server.fairuse import rules
from server.fairuse.models import Count
from server.fairuse.rules import Kind
from server.ordinance import service as ordinance

KEPT: Final = timedelta(days=400)


async def add(subject: str, period: str, units: int, most: int) -> bool:
    """Count `units` more; False, and nothing counted, where that would be more than `most`."""
    if units > most:
        return False
    rows = await db.fetch(
        "INSERT INTO fairuse_count (subject, period, units, most) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject, period) DO UPDATE SET"
        " units = fairuse_count.units + excluded.units, most = excluded.most"
        " WHERE fairuse_count.units + excluded.units <= excluded.most RETURNING units",
        [subject, period, units, most],
    )
    return bool(rows)


async def counted(subject: str, period: str) -> int:
    """How many have been counted."""
    found = await Count.get_or_none(subject=subject, period=period)
    return found.units if found is not None else 0


@transactional
async def spend(person_id: int, kind: Kind, units: int, on: date) -> None:
    """Count an order that leaves on a Seoul day against the person's month and day.

    Raises Problem 409 (`fairuse.month`, `fairuse.day`) with what is left; the open transaction is
    then to be given up.
    """
    subject = _subject(person_id, kind)
    for cap in rules.caps(ordinance.profile(clock.today()), kind, on):
        if not await add(subject, cap.period, units, cap.most):
            raise cap.full(await counted(subject, cap.period))


@transactional
async def give_back(person_id: int, kind: Kind, units: int, on: date) -> None:
    """Take back what `spend` counted for that day: the order, or so much of it, was never sent."""
    for period in (f"{on:%Y-%m}", on.isoformat()):
        await db.execute(
            "UPDATE fairuse_count SET units = CASE WHEN units > ? THEN units - ? ELSE 0 END"
            " WHERE subject = ? AND period = ?",
            [units, units, _subject(person_id, kind), period],
        )


async def used(person_id: int, kind: Kind, on: date) -> tuple[int, int]:
    """What a person has ordered for that month and that day."""
    month, day = rules.caps(ordinance.profile(clock.today()), kind, on)
    subject = _subject(person_id, kind)
    return await counted(subject, month.period), await counted(subject, day.period)


async def forget() -> int:
    """Delete counts of periods long over; how many."""
    last = (clock.today() - KEPT).isoformat()
    return await db.execute("DELETE FROM fairuse_count WHERE period < ?", [last])


def _subject(person_id: int, kind: Kind) -> str:
    return f"person:{person_id}:{kind}"
