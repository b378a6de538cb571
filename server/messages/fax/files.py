"""What is sent along with a fax: drawn in a child process when it comes, kept sealed as pages.

A file that was read once stays with its form when that comes back for another reason, and with the
draft when that is written anew; nothing is kept of one that was refused.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from tortoise.expressions import Q

from gateways.encode import fax_file
from gateways.encode.attachment import BYTES_MAX, BadPdf
from gateways.encode.fax_file import Page
from gateways.encode.picture import BadPicture, PictureFault
from gateways.encode.workbench import ChildDied, Workbench
from server.core import clock, ids, lifetime, storage
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Invalid, Problem
from server.messages.fax import rules as fax_rules
from server.messages.fax.models import FaxFile
from server.messages.orders import ordering

STAGED_KEPT: Final = timedelta(hours=24)
STAGED_MAX: Final = 60
"""So many files of one account wait for their forms: as many as several windows hold."""

BATCH: Final = 200
CHILDREN: Final = 2
FORM_SECONDS_MAX: Final = 60.0
"""So long the files of one form may take together."""

_benches: WeakKeyDictionary[asyncio.AbstractEventLoop, Workbench] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as its form names it: what it was called, and how many pages it takes."""

    id: UUID
    name: str
    pages: int
    exposed: tuple[int, ...]


def bench() -> Workbench:
    """The children of this process that draw faxes."""
    return _benches.setdefault(asyncio.get_running_loop(), Workbench(CHILDREN))


async def close() -> None:
    """End the child processes of this loop, as a graceful stop must."""
    running = _benches.pop(asyncio.get_running_loop(), None)
    if running is not None:
        await running.close()


lifetime.closed_by(close)


async def take(
    account_id: int, files: Sequence[tuple[str, IO[bytes]]]
) -> tuple[list[Attached], list[Problem], list[int]]:
    """Read files, by name, one after another: those that can be faxed, what is wrong with the
    others, and their places from 0. Raises Problem 503 where nothing can be drawn now."""
    taken: list[Attached] = []
    faults: list[Problem] = []
    left: list[int] = []
    loop = asyncio.get_running_loop()
    ends = loop.time() + FORM_SECONDS_MAX
    for number, (called, file) in enumerate(files):
        name = fax_rules.shown_name(called)
        if loop.time() > ends:
            faults.append(_not_read(len(files) - number))
            left += range(number, len(files))
            break
        if await _waiting(account_id) >= STAGED_MAX:
            faults.append(Invalid("messages.files_waiting", WAITING, "files"))
            left += range(number, len(files))
            break
        try:
            taken.append(await _taken(account_id, name, file))
        except (BadPicture, BadPdf) as fault:
            faults.append(fax_rules.refusal(fault, name, pages_max()))
            left.append(number)
            if fax_rules.too_slow(fault) and number + 1 < len(files):
                faults.append(_not_read(len(files) - number - 1))
                left += range(number + 1, len(files))
                break
    return taken, faults, left


async def _waiting(account_id: int) -> int:
    """How many files of an account no draft has claimed."""
    since = clock.now() - STAGED_KEPT
    return await FaxFile.filter(
        account_id=account_id, message_id=None, created_at__gt=since
    ).count()


WAITING: Final = N_(
    "올려 두고 보내지 않은 파일이 너무 많습니다. 쓰던 팩스를 마치거나 내일 다시 올려 주세요."
)


def pages_max() -> int:
    """Pages that one fax may have."""
    limits = ordering.profile().messages
    return limits.fax_pages_max if limits is not None else 0


def _not_read(count: int) -> Invalid:
    return Invalid(
        "messages.files_left",
        N_("나머지 파일 %(count)s개는 읽지 못했습니다. 다시 골라 주세요."),
        "files",
        count=count,
    )


async def _taken(account_id: int, name: str, file: IO[bytes]) -> Attached:
    data = await asyncio.to_thread(file.read, BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise BadPicture(PictureFault.TOO_LARGE)
    try:
        read = await bench().attachment(data, pages_max())
    except ChildDied:
        raise cannot_draw() from None
    found = await asyncio.to_thread(fax_rules.exposed, read.texts, clock.today())
    attached = Attached(ids.new_uuid(), name, len(read.pages), found)
    await _noted(account_id, attached)  # first, so that what is stored is found again
    await storage.put(_object(attached.id), fax_file.to_tiff(read.pages))
    return attached


def cannot_draw() -> Problem:
    """The word where no child could be had."""
    return Problem(
        "messages.drawing",
        N_("지금은 팩스를 그릴 수 없습니다. 잠시 뒤에 다시 보내 주세요."),
        503,
    )


@transactional
async def _noted(account_id: int, attached: Attached) -> None:
    await FaxFile.create(
        id=attached.id,
        account_id=account_id,
        name=attached.name,
        pages=attached.pages,
        exposed=fax_rules.joined(attached.exposed),
        created_at=clock.now(),
    )


async def kept(account_id: int, keys: Collection[UUID]) -> list[Attached]:
    """Those of the keys that are still there and this account's, in the order given."""
    rows = await FaxFile.filter(account_id=account_id, id__in=list(keys))
    known = {row.id: row for row in rows}
    return [_attached(known[key]) for key in dict.fromkeys(keys) if key in known]


async def of_message(message_id: UUID) -> list[Attached]:
    """The files of a draft, in order."""
    rows = await FaxFile.filter(message_id=message_id).order_by("place")
    return [_attached(row) for row in rows]


async def pages_of(files: Sequence[Attached]) -> list[Page]:
    """All pages of some files. Raises storage.Missing."""
    found: list[Page] = []
    for file in files:
        found += fax_file.from_tiff(await storage.get(_object(file.id)))
    return found


async def belong(files: Sequence[Attached], account_id: int, message_id: UUID) -> None:
    """Inside the transaction that writes a draft: the files go with it from now on."""
    for place, file in enumerate(files):
        await FaxFile.filter(id=file.id, account_id=account_id).update(
            message_id=message_id, place=place
        )


async def forget() -> int:
    """Erase the files of forms given up and of faxes that are drafts no more; how many."""
    old = Q(message_id=None, created_at__lt=clock.now() - STAGED_KEPT)
    gone = Q(message_id__isnull=False) & ~Q(message__stage="draft")
    rows = await FaxFile.filter(old | gone).limit(BATCH).values_list("id", flat=True)
    for key in rows:
        await storage.delete(_object(UUID(str(key))))
        await _forgotten(UUID(str(key)))
    return len(rows)


@transactional
async def _forgotten(key: UUID) -> None:
    await FaxFile.filter(id=key).delete()


def _attached(row: FaxFile) -> Attached:
    return Attached(row.id, row.name, row.pages, fax_rules.parted(row.exposed))


def _object(key: UUID) -> str:
    return f"messages/files/{key.hex}.tiff"
