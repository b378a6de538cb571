"""The pages of a fax: drawn once in a child process for each recipient, stored sealed, shown and
sent bit for bit (Y15-4)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from gateways.encode import fax as drawing
from gateways.encode import fax_file
from gateways.encode.fax import CannotDraw, Fax, Header
from gateways.encode.fax_cover import Cover
from gateways.encode.fax_file import Page
from gateways.encode.numbers import Number
from gateways.encode.workbench import ChildDied
from server import config
from server.core import clock, ids, storage
from server.core.db import transactional
from server.core.forms import FormClaim
from server.core.i18n import N_
from server.core.web import Invalid, NotFound
from server.messages.fair import fairness
from server.messages.fax import files as fax_files
from server.messages.fax import rules as fax_rules
from server.messages.fax.files import Attached
from server.messages.fax.models import FaxSheet
from server.messages.models import Delivery, Message
from server.messages.orders import drafting, ordering

FONT: Final = Path(__file__).resolve().parents[3] / "pwa/fonts/PretendardGOV-Regular.otf"

_keeping: set[asyncio.Task[UUID]] = set()


@dataclass(frozen=True, slots=True)
class CoverWords:
    """What a resident writes on the cover: for whom it is, and where an answer finds the sender."""

    addressee: str
    contact: str


@dataclass(frozen=True, slots=True)
class FaxReading:
    """What a fax has beside its text; `exposed` pages wait to be answered for (`acknowledged`)."""

    cover: CoverWords | None
    files: tuple[Attached, ...]
    exposed: tuple[int, ...]
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class _Order:
    """A fax as it was wanted."""

    account_id: int
    person_id: int
    sender_name: str
    numbers: Sequence[Number]
    body: str
    files: Sequence[Attached]
    cover: CoverWords | None
    left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Sheets:
    """A fax before it is kept: a TIFF for each recipient, and what is known of its pages."""

    tiffs: tuple[bytes, ...]
    pages: int
    exposed: tuple[int, ...]


async def draft(
    account_id: int,
    person_id: int,
    sender_name: str,
    numbers: Sequence[Number],
    body: str,
    files: Sequence[Attached] = (),
    claim: FormClaim | None = None,
    cover: CoverWords | None = None,
) -> UUID:
    """Draw a fax for each recipient and price it; nothing is sent or set aside.

    Raises Invalid (422) naming the field, Problem 503 where nothing can be drawn or sent now.
    """
    ordering.must_be_open("fax")
    refusing = await fairness.unwilling(number.digits for number in numbers)
    willing = [number for number in numbers if number.digits not in refusing]
    order = _Order(
        account_id, person_id, sender_name, willing, body, files, cover, sorted(refusing)
    )
    sheets = await _drawn(order)
    message_id = ids.new_uuid()
    for recipient, data in enumerate(sheets.tiffs, start=1):
        await storage.put(_object(message_id, recipient), data)
    keeping = asyncio.create_task(_kept(message_id, order, sheets, claim))
    _keeping.add(keeping)
    keeping.add_done_callback(_keeping.discard)
    # A client who leaves now must not take the pages of a draft away that is being written.
    return await asyncio.shield(keeping)


async def _kept(message_id: UUID, order: _Order, sheets: _Sheets, claim: FormClaim | None) -> UUID:
    """Write the draft; pages that belong to none go again."""
    kept = None
    try:
        kept = await _written(message_id, order, sheets, claim)
    finally:
        if kept != message_id:
            await _erased(message_id, len(order.numbers))
    return kept


@transactional
async def _written(
    message_id: UUID, order: _Order, sheets: _Sheets, claim: FormClaim | None
) -> UUID:
    kept = await drafting.keep_fax(
        message_id,
        order.account_id,
        order.person_id,
        order.numbers,
        order.body,
        sheets.pages,
        claim,
    )
    if kept == message_id:
        cover = order.cover
        await FaxSheet.create(
            message_id=message_id,
            cover=cover is not None,
            addressee=cover.addressee if cover is not None else None,
            contact=cover.contact if cover is not None else None,
            exposed=fax_rules.joined(sheets.exposed),
        )
        await fax_files.belong(order.files, order.account_id, message_id)
        await fairness.keep_left_out(message_id, order.left_out)
    return kept


async def read_sheet(message_id: UUID) -> FaxReading:
    """What a fax has beside its text."""
    sheet = await FaxSheet.get_or_none(message_id=message_id)
    if sheet is None:
        return FaxReading(None, (), (), acknowledged=True)
    cover = CoverWords(sheet.addressee or "", sheet.contact or "") if sheet.cover else None
    return FaxReading(
        cover,
        tuple(await fax_files.of_message(message_id)),
        fax_rules.parted(sheet.exposed),
        acknowledged=sheet.acknowledged_at is not None,
    )


async def tiff(message_id: UUID, recipient: int = 1) -> bytes:
    """The file as it is handed over for a recipient, counted from 1. Raises storage.Missing."""
    return await storage.get(_object(message_id, recipient))


async def tiff_of(delivery_id: int) -> bytes:
    """The file that a delivery hands over. Raises storage.Missing."""
    delivery = await Delivery.get(id=delivery_id).only("id", "message_id", "recipient")
    return await tiff(delivery.message_id, delivery.recipient)


async def page_png(message_id: UUID, number: int, recipient: int = 1) -> bytes:
    """The very bits of a page for a recipient, both counted from 1. Raises NotFound."""
    try:
        pages = fax_file.from_tiff(await tiff(message_id, recipient))
    except storage.Missing:
        raise NotFound from None
    if not 1 <= number <= len(pages):
        raise NotFound
    return await asyncio.to_thread(fax_file.to_png, pages[number - 1])


async def draw_for_office(message_id: UUID, number: Number, text: str) -> int:
    """Draw and store the pages of a fax of the office's own; how many. Raises Problem 503."""
    office = ordering.profile().district.office
    header = Header(office, number.pretty, clock.seoul(clock.now()))
    try:
        drawn = await fax_files.bench().fax(text, [], header, FONT)
    except ChildDied:
        raise fax_files.cannot_draw() from None
    await storage.put(_object(message_id, 1), drawn.tiff)
    return drawn.page_count


async def forget(message_id: UUID) -> None:
    """Erase the pages of a fax, and what was written on its cover."""
    message = await Message.get(id=message_id).only("id", "recipients")
    await _erased(message_id, message.recipients)
    await _wiped(message_id)


async def _erased(message_id: UUID, recipients: int) -> None:
    for recipient in range(1, recipients + 1):
        await storage.delete(_object(message_id, recipient))


@transactional
async def _wiped(message_id: UUID) -> None:
    await FaxSheet.filter(message_id=message_id).update(addressee=None, contact=None)


async def _drawn(order: _Order) -> _Sheets:
    most = fax_files.pages_max()
    texts = await asyncio.to_thread(drawing.text_pages, order.body, FONT)
    if not texts and not order.files:
        raise Invalid("messages.empty", N_("내용을 적거나 사진·PDF를 골라 주세요."), "body")
    front = len(texts) + (order.cover is not None)
    count = front + sum(file.pages for file in order.files)
    if count > most:
        raise _too_many(most, count, "body" if front > most else "files")
    try:
        attached = await fax_files.pages_of(order.files)
    except storage.Missing:
        raise Invalid(
            "messages.files_gone", N_("올린 파일이 지워졌습니다. 다시 골라 주세요."), "files"
        ) from None
    faxes = await _faxes(order, attached)
    _must_be_drawable(faxes[0].lacking, order)
    found = await asyncio.to_thread(_exposed, texts, order)
    return _Sheets(tuple(each.tiff for each in faxes), count, found)


async def _faxes(order: _Order, attached: Sequence[Page]) -> list[Fax]:
    """A fax for each recipient: header and cover name nobody but him."""
    at = clock.seoul(clock.now())
    cover = None
    if order.cover is not None:
        cover = Cover(order.cover.addressee, order.cover.contact, _note(), _opt_out())
    bench = fax_files.bench()
    headers = [Header(order.sender_name, number.pretty, at) for number in order.numbers]
    try:
        return [await bench.fax(order.body, attached, header, FONT, cover) for header in headers]
    except CannotDraw:
        raise _too_many(drawing.PAGES_MAX, None, "body") from None
    except ChildDied:
        raise fax_files.cannot_draw() from None


def _note() -> str:
    """On the paper, so in Korean: whose letter this is not."""
    office = ordering.profile().district.office
    return f"{office} 누리집에서 주민이 보낸 팩스입니다. {office}의 공문서가 아닙니다."


def _opt_out() -> str:
    """On the paper as well: how its recipient gets no more of them (Network Act 50)."""
    page = f"{config.settings().public_url}/messages/opt-out"
    phone = ordering.profile().district.phone
    return f"{page} 에 팩스 번호를 적어 주세요. 전화로도 됩니다: {phone}. 돈이 들지 않습니다."


def _exposed(texts: Sequence[str], order: _Order) -> tuple[int, ...]:
    """The pages of the whole fax that carry a resident registration number."""
    front = list(texts)
    if order.cover is not None:
        front.insert(0, f"{order.cover.addressee}\n{order.cover.contact}")
    found = list(fax_rules.exposed(front, clock.today()))
    before = len(front)
    for file in order.files:
        found += [before + page for page in file.exposed]
        before += file.pages
    return tuple(found)


def _must_be_drawable(lacking: str, order: _Order) -> None:
    """Refuse characters that the font has not, where a resident typed them."""
    typed = {"body": order.body}
    if order.cover is not None:
        typed |= {"cover_to": order.cover.addressee, "contact": order.cover.contact}
    for field, text in typed.items():
        seen = "".join(dict.fromkeys(letter for letter in lacking if letter in text))
        if seen:
            raise Invalid(
                "messages.characters",
                N_("팩스로 보낼 수 없는 글자가 있습니다: %(characters)s"),
                field,
                characters=seen[:60],
            )


def _too_many(most: int, count: int | None, field: str) -> Invalid:
    if count is None:
        return Invalid(
            "messages.pages",
            N_("팩스는 한 번에 %(most)s장까지 보낼 수 있습니다."),
            field,
            most=most,
        )
    return Invalid(
        "messages.pages",
        N_("팩스는 한 번에 %(most)s장까지 보낼 수 있습니다. 지금은 %(count)s장입니다."),
        field,
        most=most,
        count=count,
    )


def _object(message_id: UUID, recipient: int) -> str:
    return f"messages/{message_id.hex}/fax-{recipient}.tiff"
