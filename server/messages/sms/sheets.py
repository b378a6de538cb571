"""Lists of recipients as they were uploaded (CSV), kept sealed for a day so that a form that has to
be mended, or only counted, loses nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from server.core import clock, ids, storage
from server.core.db import transactional
from server.messages.models import Sheet
from server.messages.sms import sheet_rules
from server.messages.sms.sheet_rules import Table

KEPT: Final = timedelta(days=1)
KEPT_MAX: Final = 5
"""So many lists of one account are kept; the oldest makes room."""

NAME_MAX: Final = 80
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A list that was uploaded: what its file was called, and what its first line says."""

    id: UUID
    name: str
    table: Table


async def keep(account_id: int, name: str, data: bytes) -> Kept:
    """Keep an uploaded list. Raises Invalid where its first line cannot be read."""
    table = sheet_rules.table(data)
    sheet_id = ids.new_uuid()
    await storage.put(_object(sheet_id), data)
    await _noted(sheet_id, account_id, name[-NAME_MAX:])
    older = Sheet.filter(account_id=account_id).order_by("-created_at", "id")
    for sheet in await older.offset(KEPT_MAX).limit(BATCH):
        await _forget(sheet.id)
    return Kept(sheet_id, name[-NAME_MAX:], table)


@transactional
async def _noted(sheet_id: UUID, account_id: int, name: str) -> None:
    await Sheet.create(id=sheet_id, account_id=account_id, name=name, created_at=clock.now())


async def find(account_id: int, sheet_id: UUID) -> Kept | None:
    """A list of one's own; None where there is none (any more)."""
    sheet = await Sheet.get_or_none(id=sheet_id, account_id=account_id)
    if sheet is None:
        return None
    try:
        data = await storage.get(_object(sheet_id))
    except storage.Missing:
        return None
    return Kept(sheet_id, sheet.name, sheet_rules.table(data))


async def forget() -> int:
    """Erase the lists of yesterday; how many."""
    old = await Sheet.filter(created_at__lt=clock.now() - KEPT).limit(BATCH)
    for sheet in old:
        await _forget(sheet.id)
    return len(old)


async def _forget(sheet_id: UUID) -> None:
    await storage.delete(_object(sheet_id))
    await _forgotten(sheet_id)


@transactional
async def _forgotten(sheet_id: UUID) -> None:
    await Sheet.filter(id=sheet_id).delete()


def _object(sheet_id: UUID) -> str:
    return f"messages/sheets/{sheet_id.hex}.csv"
