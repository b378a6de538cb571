"""What the worker does for messages: hands deliveries over, asks after them, applies receipts.

The one place, with the callbacks, that speaks to providers; nothing here awaits one inside a
transaction.
"""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from gateways.contract import Answer, CannotTell, FaxOrder, LookUp, Rejected, SmsOrder
from gateways.encode import fax_file, numbers
from gateways.encode.numbers import BadNumber
from gateways.providers import Roster, open_roster, simulator_sent
from gateways.providers.simulator_sent import Sent
from server import config
from server.core import clock, crypto, lifetime
from server.core.jobs import Dead, Handler, Job, LeaseLostError, Retry
from server.core.web import Closed
from server.messages import office, service
from server.messages.carriers import health, pacing
from server.messages.carriers.pacing import Turn
from server.messages.delivery.carrying import Parcel
from server.messages.orders import ordering

DOUBLINGS_MAX: Final = 5
SENT_LOOKED_THROUGH: Final = 10_000
TURN_FIRST: Final = timedelta(seconds=2)
TURN_LAST: Final = timedelta(seconds=30)
TURN_AGAIN: Final = timedelta(minutes=5)
RECEIPT_LOOKS: Final = 3
RECEIPT_AGAIN: Final = timedelta(seconds=20)

_rosters: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[Roster]] = WeakKeyDictionary()


async def roster() -> Roster:
    """This process's providers, opened when first asked for. Raises Misconfigured."""
    loop = asyncio.get_running_loop()
    opening = _rosters.get(loop)
    if opening is None:
        opening = _rosters[loop] = asyncio.ensure_future(_opened())
    try:
        return await asyncio.shield(opening)
    except BaseException:
        if opening.done() and (opening.cancelled() or opening.exception() is not None):
            _rosters.pop(loop, None)
        raise


async def _opened() -> Roster:
    settings = config.settings()
    return await open_roster(
        sms=service.carriers("sms"),
        fax=service.carriers("fax"),
        callback_root=f"{settings.public_url}/callbacks",
        directory=settings.data / "providers",
        secrets=os.environ,
        now=clock.now,
        production=settings.mode == "production",
    )


async def wake() -> None:
    """Let providers take up what an earlier process left undone."""
    await (await roster()).wake()


async def close() -> None:
    """Close this process's providers, as a graceful stop must."""
    opening = _rosters.pop(asyncio.get_running_loop(), None)
    if opening is not None:
        await (await opening).close()


lifetime.closed_by(close)


async def dispatch(job: Job) -> None:
    """Hand a batch of an order's deliveries to the worker: it has many, or its hour has come."""
    await service.dispatch(UUID(job.payload["message"]), job.payload["after"])


async def send_sms(job: Job) -> None:
    """Hand one message over, once."""
    await _send(job, service.carriers("sms"), b"")


async def send_fax(job: Job) -> None:
    """Hand one fax over, once. Its pages are read before anything is begun: a storage that fails
    costs nothing."""
    pages = await service.tiff_of(job.payload["delivery"])
    await _send(job, service.carriers("fax"), pages)


async def look_up_sms(job: Job) -> None:
    """Ask what became of a message; again later, until somebody knows."""
    await _look_up(job, b"")


async def look_up_fax(job: Job) -> None:
    """Ask what became of a fax; again later, until somebody knows."""
    await _look_up(job, await service.tiff_of(job.payload["delivery"]))


async def apply_receipt(job: Job) -> None:
    """Apply receipts that came together. One that fits no order yet stays stored until an answer
    names it; it is looked at again, for the two may have crossed. An earlier release asked for
    them one by one."""
    several = job.payload.get("receipts") or [job.payload["receipt"]]
    fitting = await service.apply_receipts(several)
    if not fitting and job.attempt < RECEIPT_LOOKS:
        raise Retry(RECEIPT_AGAIN)


async def office_sms(job: Job) -> None:
    """Tell a notice by SMS, at the office's cost. Nobody carries SMS just now: tried again."""
    number, words = (
        crypto.unseal(bytes.fromhex(job.payload[name]), office.NOTICE).decode()
        for name in ("to", "text")
    )
    order = UUID(job.payload["order"])
    try:
        await office.send_for_office(
            order,
            numbers.parse(number),
            words,
            job.payload["about"],
            job.payload["kind"],
        )
    except BadNumber as bad:
        raise Dead(f"no number for SMS: {bad.fault}") from None
    except Closed:
        raise Dead("this municipality sends no SMS") from None


async def recall(job: Job) -> None:
    """What a text was to tell is told another way: it is stopped, where it has not left yet."""
    order, about, notice = (job.payload[name] for name in ("order", "about", "kind"))
    await office.recall(UUID(order), about, notice)


async def _send(job: Job, carriers: tuple[str, ...], pages: bytes) -> None:
    if not carriers:
        raise Retry(timedelta(minutes=5))
    providers = await roster()
    his = await _turn(providers, job, carriers)
    if his.provider is None:
        raise Retry(_later(his.wait, job.attempt))
    await asyncio.sleep(his.wait.total_seconds())
    parcel = await service.begin(job, job.payload["delivery"], (his.provider,))
    if parcel is None:
        return
    began = monotonic()
    answer, receipts = await _handed_over(providers, parcel, pages)
    health.note(his.provider, answer, monotonic() - began)
    kept = answer
    if len(carriers) > 1 and isinstance(answer, Rejected):
        kept = _for_the_next(answer, parcel.attempt, len(carriers))
    await service.answered(parcel, kept, receipts=receipts)
    if pacing.is_news(answer, troubled=his.troubled):
        await pacing.heed(his.provider, answer)


def _for_the_next(answer: Rejected, attempt: int, carriers: int) -> Rejected:
    """A refusal where others may be asked: he rests, and another has his turn; also where only he
    will never take it, until each has had one."""
    never = answer.permanent and not (answer.elsewhere and attempt < carriers)
    return replace(answer, permanent=never, retry_after=None)


async def _turn(providers: Roster, job: Job, carriers: tuple[str, ...]) -> Turn:
    """Who is to carry it; one who carries alone and has no rate is asked only while he rests."""
    if len(carriers) == 1 and carriers[0] not in providers.paces:
        his = await pacing.alone(carriers[0])
        if his is not None:
            return his
    return await pacing.turn(job.payload["delivery"], carriers, providers.paces)


def _later(wait: timedelta, attempt: int) -> timedelta:
    """When an order that had no turn asks again: the later the oftener it has asked, so that ten
    thousand who wait do not all ask every moment; and in time to see that another was added."""
    seldom = min(TURN_LAST, TURN_FIRST * (1 << min(attempt - 1, DOUBLINGS_MAX)))
    return min(max(wait, seldom), TURN_AGAIN) + timedelta(seconds=random.random())  # noqa: S311 - not all at once


async def _look_up(job: Job, pages: bytes) -> None:
    providers = await roster()
    parcel = await service.to_look_up(job.payload["delivery"])
    if parcel is None:
        return
    found, receipts = await asked(providers, parcel, pages)
    again = await service.looked_up(parcel, found, receipts=receipts)
    if again is not None:
        raise Retry(again * 2 ** min(job.attempt - 1, DOUBLINGS_MAX))


def sms_order(parcel: Parcel) -> SmsOrder:
    """A parcel as an SMS provider takes it."""
    return SmsOrder(
        parcel.order_id,
        parcel.sender,
        parcel.number,
        parcel.text,
        valid_for=_validity(parcel),
        units=parcel.units,
    )


def fax_order(parcel: Parcel, pages: bytes) -> FaxOrder:
    """A parcel and its TIFF as a fax provider takes it."""
    return FaxOrder(
        parcel.order_id, parcel.sender, parcel.number, pages, parcel.units, _validity(parcel)
    )


def _validity(parcel: Parcel) -> timedelta:
    return max(parcel.deadline_at - clock.now(), timedelta(minutes=1))


async def _handed_over(providers: Roster, parcel: Parcel, pages: bytes) -> tuple[Answer, bool]:
    """The provider's answer, and whether it will tell of the end. Raises LeaseLostError where this
    process slept so long that another may be asking after the delivery already: what was not handed
    over by then is handed over by nobody but him."""
    if parcel.kind == "fax":
        fax = next((each for each in providers.fax if each.name == parcel.provider), None)
        if fax is not None:
            pages_to_send = fax_order(parcel, pages)
            _still_held(parcel)
            return await fax.send(pages_to_send), fax.capabilities.receipts
    else:
        sms = next((each for each in providers.sms if each.name == parcel.provider), None)
        if sms is not None:
            text_to_send = sms_order(parcel)
            _still_held(parcel)
            return await sms.send(text_to_send), sms.capabilities.receipts
    return Rejected("provider_gone", permanent=False), True


def _still_held(parcel: Parcel) -> None:
    if parcel.hold is None:
        raise LeaseLostError(f"nobody holds delivery {parcel.delivery_id}")
    parcel.hold.check()


async def asked(providers: Roster, parcel: Parcel, pages: bytes) -> tuple[LookUp, bool]:
    """What the provider knows of a parcel, and whether it will tell of the end."""
    unable = CannotTell("this provider cannot be asked")
    known = parcel.reference, parcel.since
    if parcel.kind == "fax":
        fax = next((each for each in providers.fax if each.name == parcel.provider), None)
        if fax is None or not fax.capabilities.look_up:
            return unable, True
        return await fax.look_up(fax_order(parcel, pages), *known), fax.capabilities.receipts
    sms = next((each for each in providers.sms if each.name == parcel.provider), None)
    if sms is None or not sms.capabilities.look_up:
        return unable, True
    return await sms.look_up(sms_order(parcel), *known), sms.capabilities.receipts


async def erase() -> None:
    """Erase what is over, with what the simulator keeps of it; and old counts of answers."""
    await service.erase(_forget_sent)
    await health.forget()


async def _forget_sent(order_ids: Sequence[str]) -> None:
    await asyncio.to_thread(simulator_sent.forget, _simulator(), order_ids)


async def sent(limit: int) -> list[Sent]:
    """What the simulator 'sent' last, newest first."""
    return await asyncio.to_thread(simulator_sent.sent, _simulator(), limit)


async def sent_fax(order_id: str, kind: str) -> tuple[bytes, str] | None:
    """A fax that the simulator 'sent' as pdf, tiff, or its first page as png, with its type."""
    for each in await sent(SENT_LOOKED_THROUGH):
        if each.order_id == order_id and each.tiff is not None and each.pdf is not None:
            if kind == "pdf":
                return await asyncio.to_thread(each.pdf.read_bytes), "application/pdf"
            data = await asyncio.to_thread(each.tiff.read_bytes)
            if kind == "tiff":
                return data, "image/tiff"
            if kind == "png":
                first = fax_file.from_tiff(data)[0]
                return await asyncio.to_thread(fax_file.to_png, first), "image/png"
    return None


def _simulator() -> Path:
    return config.settings().data / "providers" / ordering.SIMULATOR


TOPICS: Final[dict[str, list[Handler]]] = {
    ordering.DISPATCH: [dispatch],
    "messages.send_sms": [send_sms],
    "messages.send_fax": [send_fax],
    "messages.look_up_sms": [look_up_sms],
    "messages.look_up_fax": [look_up_fax],
    "messages.receipt": [apply_receipt],
    "messages.office_ended": [],  # whoever has a text sent may listen how it ended
    office.NOTICE: [office_sms],
    office.RECALLED: [recall],
}
