"""Photos: prepared in a child process, sealed in storage, staged until their form is accepted.

A photo that was accepted once stays staged when the form comes back for another reason, so that
nothing a resident chose is lost (Y10-1).
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import IO
from uuid import UUID
from weakref import WeakKeyDictionary

from gateways.encode.photo import Photo as Prepared
from gateways.encode.picture import BYTES_MAX, BadPicture, PictureFault
from gateways.encode.workbench import ChildDied, Workbench
from server.complaints import rules
from server.complaints.answers.models import Enclosure
from server.complaints.models import Photo
from server.core import clock, db, ids, lifetime, storage
from server.core.db import transactional
from server.core.i18n import N_
from server.core.web import Invalid, Problem

STAGED_KEPT = timedelta(hours=24)
PURGE_BATCH = 200
NOBODY = "nobody"
STAGED_MAX = 12 * rules.PHOTOS_MAX
"""So many photos of one owner wait for their forms: as many as several windows hold."""

FAULTS = {
    PictureFault.NOT_AN_IMAGE: N_("사진 파일이 아닙니다. JPEG, PNG, WebP, HEIC 사진만 됩니다."),
    PictureFault.TOO_LARGE: N_("사진 파일이 너무 큽니다. 한 장에 30MB까지 됩니다."),
    PictureFault.TOO_MANY_PIXELS: N_("사진의 가로세로가 너무 큽니다."),
    PictureFault.TOO_SMALL: N_("사진이 너무 작아 알아볼 수 없습니다."),
    PictureFault.TRUNCATED: N_("사진 파일이 깨져 있습니다. 다시 골라 주세요."),
    PictureFault.TOO_SLOW: N_("이 사진은 읽을 수 없습니다. 다른 사진을 골라 주세요."),
}

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_benches: WeakKeyDictionary[asyncio.AbstractEventLoop, Workbench] = WeakKeyDictionary()


class BadPhoto(Invalid):
    """A photo that is refused, with the reason."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(f"complaint.photo.{fault}", FAULTS[fault], "photos")


def owner_of(account_id: int) -> str:
    """Whose photos these are: an account's."""
    return f"account:{account_id}"


async def stage(owner: str, file: IO[bytes]) -> UUID:
    """Prepare a photo and keep it for a form; returns what the form names it by. `owner` is the
    key of whose form it is (`owner_of`, or the visit of somebody without an account).

    One at a time in a process, read only when its turn has come: a hundred uploads at once wait
    on disk, not in memory. Raises BadPhoto; Invalid where too many wait for a form already: what
    another window has kept is never dropped for it; Problem 503 where no child could be had.
    """
    db.assert_no_transaction()
    if await _waiting(owner) >= STAGED_MAX:
        raise Invalid("complaint.photos_waiting", WAITING, "photos")
    async with _turn():
        prepared = await _prepared(await asyncio.to_thread(_read, file))
    key = ids.new_uuid()
    await _reserve(key, owner, prepared.width, prepared.height)
    await storage.put(_object(key, thumb=False), prepared.full)
    await storage.put(_object(key, thumb=True), prepared.thumb)
    return key


async def _waiting(owner: str) -> int:
    """How many photos of an owner no form has claimed, nor any answer or note enclosed."""
    staged = Photo.filter(owner=owner, complaint_id=None, created_at__gt=clock.now() - STAGED_KEPT)
    keys = {UUID(str(key)) for key in await staged.values_list("key", flat=True)}
    if len(keys) < STAGED_MAX:
        return len(keys)
    enclosed = await Enclosure.filter(key__in=list(keys)).values_list("key", flat=True)
    return len(keys - {UUID(str(key)) for key in enclosed})


WAITING = N_(
    "올려 두고 보내지 않은 사진이 너무 많습니다. 그 신청을 마치거나 내일 다시 올려 주세요."
)


async def still_staged(owner: str, keys: Collection[UUID]) -> list[UUID]:
    """Those of the keys that are the owner's staged photos, in the order given."""
    staged = Photo.filter(owner=owner, key__in=list(keys), complaint_id=None)
    known = {UUID(str(key)) for key in await staged.values_list("key", flat=True)}
    return [key for key in keys if key in known]


async def bytes_of(key: UUID, *, thumb: bool) -> bytes:
    """The stored picture: a JPEG, or as thumb a WebP. Raises storage.Missing."""
    return await storage.get(_object(key, thumb=thumb))


async def copies(owner: str, key: UUID, count: int) -> list[UUID]:
    """So many staged photos of one that is staged, itself first: each answer has its own."""
    db.assert_no_transaction()
    found = await Photo.get(key=key, owner=owner, complaint_id=None)
    pictures = {thumb: await bytes_of(key, thumb=thumb) for thumb in (False, True)}
    made = [key]
    while len(made) < count:
        copy = ids.new_uuid()
        await _reserve(copy, owner, found.width, found.height)
        for thumb, picture in pictures.items():
            await storage.put(_object(copy, thumb=thumb), picture)
        made.append(copy)
    return made


async def purge_staged() -> int:
    """Remove staged photos that no form claimed; how many. Those enclosed with an answer wait for
    it. The row goes first: it cannot be claimed any more when its objects go."""
    before = clock.now() - STAGED_KEPT
    enclosed = await Enclosure.all().values_list("key", flat=True)
    old = Photo.filter(complaint_id=None, created_at__lt=before).exclude(key__in=list(enclosed))
    unclaimed = await old.limit(PURGE_BATCH)
    for photo in unclaimed:
        if await _forget(photo.id):
            for thumb in (False, True):
                await storage.delete(_object(UUID(str(photo.key)), thumb=thumb))
    return len(unclaimed)


@transactional
async def abandon(key: UUID) -> None:
    """Leave the objects of a picture that nothing names any more to the purge of unclaimed ones,
    once this transaction is committed."""
    since = clock.now() - 2 * STAGED_KEPT
    await Photo.create(key=key, owner=NOBODY, width=0, height=0, created_at=since)


async def close_bench() -> None:
    """End the child processes of this loop, as a graceful stop must."""
    bench = _benches.pop(asyncio.get_running_loop(), None)
    if bench is not None:
        await bench.close()


lifetime.closed_by(close_bench)


@transactional
async def _reserve(key: UUID, owner: str, width: int, height: int) -> None:
    await Photo.create(key=key, owner=owner, width=width, height=height, created_at=clock.now())


@transactional
async def _forget(photo_id: int) -> bool:
    return await Photo.filter(id=photo_id, complaint_id=None).delete() > 0


async def _prepared(data: bytes) -> Prepared:
    try:
        return await _bench().photo(data)
    except BadPicture as refused:
        raise BadPhoto(refused.fault) from None
    except ChildDied:
        sentence = N_("지금은 사진을 받을 수 없습니다. 잠시 뒤에 다시 보내 주세요.")
        raise Problem("complaint.photos_closed", sentence, 503, "photos") from None


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise BadPhoto(PictureFault.TOO_LARGE)
    return data


def _bench() -> Workbench:
    return _benches.setdefault(asyncio.get_running_loop(), Workbench())


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore())


def _object(key: UUID, *, thumb: bool) -> str:
    return f"complaints/{key.hex}/{'thumb' if thumb else 'full'}"
