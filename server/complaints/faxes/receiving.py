"""A fax that came in, from its first byte to its last day: kept sealed, drawn as pages in a child
process, filed for its sender or set aside, and erased by the profile's days (Y18, Y22-1)."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from tortoise.exceptions import IntegrityError

from gateways.encode import fax_file
from gateways.encode.attachment import BadPdf, is_pdf
from gateways.encode.fax_file import Page
from gateways.encode.picture import BadPicture
from gateways.encode.workbench import ChildDied, Workbench
from gateways.incoming import IncomingFax
from server.accounts import service as accounts
from server.complaints import rules
from server.complaints.arrival import registering
from server.complaints.arrival.filing import Stranger
from server.complaints.arrival.registering import Paper
from server.complaints.faxes.models import ReceivedFax
from server.complaints.models import Complaint
from server.core import audit, clock, db, forms, ids, lifetime, outbox, storage
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.jobs import Job, Retry
from server.core.web import Actor, Conflict, NotFound
from server.notifications import service as notifications
from server.ordinance import service as ordinance

ARRIVED: Final = "complaint.fax_arrived"
"""Topic {fax}: its pages are to be drawn."""

PAGES_MAX: Final = 30  # drawn; whoever needs more of a fax has what came
TRIES: Final = 6
ONE_LOOK: Final = timedelta(minutes=5)
PAGE: Final = 50
ERASE_BATCH: Final = 200
WIDTH: Final = 1000  # of a page as it is shown, in pixels
REASON_LETTERS_MAX: Final = 200
_benches: WeakKeyDictionary[asyncio.AbstractEventLoop, Workbench] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Seen:
    """A fax as the desk sees it. `number` is the complaint that was filed of it."""

    id: int
    sender: str
    received_at: datetime
    state: str
    pages: int
    more: bool
    number: str | None
    reason: str | None
    decided_at: datetime | None
    erased: bool


async def take(fax: IncomingFax) -> None:
    """Keep a fax, however often it is told: sealed first, then known."""
    db.assert_no_transaction()
    event = hashlib.sha256(f"{fax.provider}:{fax.event_id}".encode()).hexdigest()
    if await ReceivedFax.exists(event=event):
        return
    file = ids.new_uuid()
    await storage.put(_raw(file), fax.data)
    try:
        kept = await _keep(fax, event, file)
    except IntegrityError:
        # Told twice at once: the other telling has kept it. Anything else is told again.
        if not await ReceivedFax.exists(event=event):
            raise
        kept = False
    if not kept:
        await storage.delete(_raw(file))


async def draw(job: Job) -> None:
    """Draw the pages of a fax, and tell the complaints department that it waits. Where it cannot
    be drawn, who reads it at the desk is told so, and has what came as it came."""
    db.assert_no_transaction()
    row = await ReceivedFax.get_or_none(id=job.payload["fax"], state="arrived")
    if row is None:
        return
    file = UUID(str(row.file))
    pages, more = await _first_pages(file, job)
    if pages:
        await storage.put(_drawn(file), fax_file.to_tiff(pages))
    await _wait(row.id, len(pages), more=more)


async def waiting() -> Sequence[Seen]:
    """The faxes that nobody has dealt with, the longest waiting first."""
    rows = ReceivedFax.filter(state__in=("waiting", "unreadable")).order_by("received_at")
    return [_seen(row) for row in await rows.limit(PAGE).select_related("complaint")]


async def dealt_with() -> Sequence[Seen]:
    """Those filed or set aside last."""
    rows = ReceivedFax.filter(state__in=("filed", "set_aside")).order_by("-decided_at")
    return [_seen(row) for row in await rows.limit(PAGE).select_related("complaint")]


async def one(fax_id: int) -> Seen:
    """A fax that has been drawn. Raises NotFound."""
    row = await ReceivedFax.get_or_none(id=fax_id).select_related("complaint")
    if row is None or row.state == "arrived":
        raise NotFound
    return _seen(row)


async def page_png(fax_id: int, number: int) -> bytes:
    """A page as a picture. Raises NotFound where there is none, or none any more."""
    row = await ReceivedFax.get_or_none(id=fax_id)
    if row is None or row.erased_at is not None or not 1 <= number <= row.pages:
        raise NotFound
    try:
        pages = fax_file.from_tiff(await storage.get(_drawn(UUID(str(row.file)))))
    except storage.Missing:
        raise NotFound from None
    return await asyncio.to_thread(fax_file.to_png, pages[number - 1], width=WIDTH)


async def looked_at(fax_id: int, actor: Actor) -> None:
    """Note who looks at the pages: once for all the pictures of a page view."""
    subject, page = f"fax:{fax_id}", "/desk/faxes/in/pages"
    before = clock.now() - ONE_LOOK
    noted = await db.fetch(
        "SELECT 1 FROM audit_entry WHERE subject = ? AND actor_id = ? AND action = 'accessed'"
        " AND at > ? AND facts LIKE ? LIMIT 1",
        [subject, actor.account_id, before, f'%"{page}"%'],
    )
    if not noted:
        await audit.accessed(actor.account_id, subject, page)


async def as_it_came(fax_id: int) -> tuple[bytes, str]:
    """The file that was handed over, and how its name ends. Raises NotFound where there is none,
    or none any more."""
    row = await ReceivedFax.get_or_none(id=fax_id)
    if row is None or row.state == "arrived" or row.erased_at is not None:
        raise NotFound
    try:
        data = await storage.get(_raw(UUID(str(row.file))))
    except storage.Missing:
        raise NotFound from None
    if data[:4] in (b"II*\0", b"MM\0*"):
        return data, "tif"
    return data, "pdf" if is_pdf(data) else "bin"


async def file_it(
    fax_id: int, paper: Paper, actor: Actor, *, claim: FormClaim | None = None
) -> str:
    """File a fax for its sender, with the time at which it arrived; the number. Raises Invalid
    (422) naming the field, Conflict where a colleague has dealt with it."""
    who = await registering.sender_of(paper)
    return await _file(fax_id, paper, who, actor, claim)


@transactional
async def set_aside(
    fax_id: int, reason: str, actor: Actor, *, claim: FormClaim | None = None
) -> None:
    """It is no complaint: advertising, a wrong number. Raises Invalid without a reason."""
    if await forms.claimed(claim) is not None:
        return
    why = rules.tidy(
        reason, "reason", REASON_LETTERS_MAX, missing=N_("왜 접수하지 않는지 적어 주세요.")
    )
    await _decide(fax_id, actor, state="set_aside")
    row = await ReceivedFax.get(id=fax_id)
    row.reason = why
    await row.save(update_fields=["reason"])
    await audit.record("fax.set_aside", f"fax:{fax_id}", actor.account_id)
    await forms.settle(claim, str(fax_id))


async def answered_by_fax(numbers: Sequence[str]) -> dict[str, str]:
    """The fax numbers of those of the cases that are answered by fax."""
    cases = Complaint.filter(number__in=list(numbers), reply_by="fax")
    return {row.number: rules.pretty_phone(row.fax or "") for row in await cases}


async def erase() -> int:
    """Erase the pages and numbers of faxes dealt with so many days ago; how many."""
    before = clock.now() - timedelta(days=ordinance.profile().privacy.faxes_kept_days)
    old = ReceivedFax.filter(erased_at__isnull=True, decided_at__lt=before)
    rows = await old.order_by("id").limit(ERASE_BATCH)
    for row in rows:
        file = UUID(str(row.file))
        await storage.delete(_raw(file))
        await storage.delete(_drawn(file))
        await _forget(row.id)
    return len(rows)


async def close_bench() -> None:
    """End the child processes of this loop, as a graceful stop must."""
    bench = _benches.pop(asyncio.get_running_loop(), None)
    if bench is not None:
        await bench.close()


lifetime.closed_by(close_bench)


async def _first_pages(file: UUID, job: Job) -> tuple[tuple[Page, ...], bool]:
    """The pages that can be drawn, and whether there are more. Raises Retry where a child died
    that the fax may not be to blame for."""
    if job.failures >= TRIES:  # it took whole workers with it
        return (), False
    data = await storage.get(_raw(file))
    try:
        return await _bench().received(data, PAGES_MAX)
    except ChildDied:
        if job.failures + 1 < TRIES:
            raise Retry from None
    except (BadPdf, BadPicture):
        pass
    return (), False


@transactional
async def _keep(fax: IncomingFax, event: str, file: UUID) -> bool:
    if await ReceivedFax.exists(event=event):
        return False
    row = await ReceivedFax.create(
        event=event,
        provider=fax.provider,
        sender=fax.sender or None,
        received_at=min(fax.at, clock.now()),
        file=file,
        state="arrived",
        pages=0,
    )
    await outbox.emit(ARRIVED, {"fax": row.id})
    await audit.record("fax.received", f"fax:{row.id}", None, provider=fax.provider)
    return True


@transactional
async def _wait(fax_id: int, pages: int, *, more: bool) -> None:
    state = "waiting" if pages else "unreadable"
    drawn = ReceivedFax.filter(id=fax_id, state="arrived")
    if await drawn.update(state=state, pages=pages, more=more):
        told = await accounts.officials_with("complaints")
        await notifications.tell(told, "complaint.fax_arrived", "/desk/faxes/in", {"count": pages})


@transactional
async def _file(
    fax_id: int, paper: Paper, who: Stranger, actor: Actor, claim: FormClaim | None
) -> str:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return earlier
    number = await registering.register_fax(paper, who, actor)
    complaint = await Complaint.get(number=number)
    await _decide(fax_id, actor, state="filed", complaint_id=complaint.id)
    await audit.record("fax.filed", f"fax:{fax_id}", actor.account_id, complaint=number)
    await forms.settle(claim, number)
    return number


async def _decide(fax_id: int, actor: Actor, **changes: str | int) -> None:
    open_one = ReceivedFax.filter(id=fax_id, state__in=("waiting", "unreadable"))
    decided = {"decided_at": clock.now(), "decided_by_id": actor.account_id}
    if not await open_one.update(**changes, **decided):
        if not await ReceivedFax.exists(id=fax_id):
            raise NotFound
        raise Conflict("fax.decided", N_("다른 담당자가 이미 처리한 팩스입니다."))


@transactional
async def _forget(fax_id: int) -> None:
    row = await ReceivedFax.get(id=fax_id)
    row.sender, row.erased_at = None, clock.now()
    await row.save()


def _seen(row: ReceivedFax) -> Seen:
    return Seen(
        row.id,
        rules.pretty_phone(row.sender) if row.sender else "",
        row.received_at,
        row.state,
        row.pages,
        row.more,
        row.complaint.number if row.complaint else None,
        row.reason,
        row.decided_at,
        row.erased_at is not None,
    )


def _bench() -> Workbench:
    return _benches.setdefault(asyncio.get_running_loop(), Workbench())


def _raw(file: UUID) -> str:
    return f"faxes-in/{file.hex}/raw"


def _drawn(file: UUID) -> str:
    return f"faxes-in/{file.hex}/pages"
