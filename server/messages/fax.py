"""The pages of a fax: drawn once in a child process, stored sealed, shown and sent bit for bit."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from gateways.encode import fax_file
from gateways.encode.fax import CannotDraw, Fax, Header
from gateways.encode.numbers import Number
from gateways.encode.picture import BadPicture
from gateways.encode.workbench import ChildDied, Workbench
from server.core import clock, ids, lifetime, storage
from server.core.forms import FormClaim
from server.core.i18n import N_, gettext
from server.core.web import Invalid, NotFound, Problem
from server.messages import drafting, ordering, rules

FONT: Final = Path(__file__).resolve().parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"

_benches: WeakKeyDictionary[asyncio.AbstractEventLoop, Workbench] = WeakKeyDictionary()
_keeping: set[asyncio.Task[UUID]] = set()


async def draft(
    account_id: int,
    person_id: int,
    sender_name: str,
    numbers: Sequence[Number],
    body: str,
    pictures: Sequence[bytes],
    claim: FormClaim | None = None,
) -> UUID:
    """Draw a fax and price it; nothing is sent or set aside.

    Raises Invalid (422) naming the field, Problem 503 where nothing can be drawn or sent now.
    """
    ordering.must_be_open("fax")
    header = Header(sender_name, _written(numbers), clock.seoul(clock.now()))
    drawn = await _drawn(body, pictures, header)
    message_id = ids.new_uuid()
    await storage.put(_object(message_id), drawn.tiff)
    keeping = asyncio.create_task(
        _kept(message_id, account_id, person_id, numbers, body, drawn.page_count, claim)
    )
    _keeping.add(keeping)
    keeping.add_done_callback(_keeping.discard)
    # A client who leaves now must not take the pages of a draft away that is being written.
    return await asyncio.shield(keeping)


async def _kept(
    message_id: UUID,
    account_id: int,
    person_id: int,
    numbers: Sequence[Number],
    body: str,
    pages: int,
    claim: FormClaim | None,
) -> UUID:
    """Write the draft; pages that belong to none go again."""
    kept = None
    try:
        kept = await drafting.keep_fax(
            message_id, account_id, person_id, numbers, body, pages, claim
        )
    finally:
        if kept != message_id:
            await forget(message_id)
    return kept


async def tiff(message_id: UUID) -> bytes:
    """The file as it is handed over. Raises storage.Missing."""
    return await storage.get(_object(message_id))


async def page_png(message_id: UUID, number: int) -> bytes:
    """The very bits of a page, counted from 1. Raises NotFound."""
    try:
        pages = fax_file.from_tiff(await tiff(message_id))
    except storage.Missing:
        raise NotFound from None
    if not 1 <= number <= len(pages):
        raise NotFound
    return await asyncio.to_thread(fax_file.to_png, pages[number - 1])


async def forget(message_id: UUID) -> None:
    """Erase the pages of a fax."""
    await storage.delete(_object(message_id))


async def close() -> None:
    """End the child processes of this loop, as a graceful stop must."""
    bench = _benches.pop(asyncio.get_running_loop(), None)
    if bench is not None:
        await bench.close()


lifetime.closed_by(close)


async def _drawn(body: str, pictures: Sequence[bytes], header: Header) -> Fax:
    limits = ordering.profile().messages
    most = limits.fax_pages_max if limits is not None else 0
    if len(pictures) > most:
        raise _too_many(most, len(pictures), "files")
    bench = _benches.setdefault(asyncio.get_running_loop(), Workbench())
    try:
        drawn = await bench.fax(body, pictures, header, FONT)
    except BadPicture as refused:
        sentence = rules.PICTURE_FAULTS[refused.fault]
        raise Invalid(f"messages.picture.{refused.fault}", sentence, "files") from None
    except CannotDraw as refused:
        if refused.code == "empty":
            raise Invalid(
                "messages.empty", N_("내용을 적거나 사진을 골라 주세요."), "body"
            ) from None
        raise _too_many(most, None, "body") from None
    except ChildDied:
        raise Problem(
            "messages.drawing",
            N_("지금은 팩스를 그릴 수 없습니다. 잠시 뒤에 다시 보내 주세요."),
            503,
        ) from None
    if drawn.page_count > most:
        raise _too_many(most, drawn.page_count, "body")
    lacking = "".join(dict.fromkeys(letter for letter in drawn.lacking if letter in body))
    if lacking:
        raise Invalid(
            "messages.characters",
            N_("팩스로 보낼 수 없는 글자가 있습니다: %(characters)s"),
            "body",
            characters=lacking[:60],
        )
    return drawn


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


def _written(numbers: Sequence[Number]) -> str:
    """Who receives it, as the line above each page says it."""
    first, others = numbers[0].pretty, len(numbers) - 1
    if not others:
        return first
    return gettext(N_("%(number)s 외 %(others)s곳"), "ko", number=first, others=others)


def _object(message_id: UUID) -> str:
    return f"messages/{message_id.hex}/fax.tiff"
