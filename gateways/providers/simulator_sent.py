"""What the simulator 'sent', kept as files to be looked at (`/desk/sent`): SMS as text, fax as
TIFF and PDF. These files stand for the recipients' phones and machines; only demo mode has them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateways.contract import Channel, FaxOrder, SmsOrder, Status
from gateways.encode import fax_file, numbers, sms
from gateways.providers.behaviour import seen_as
from gateways.providers.simulator_store import Store, Taken

_SENDER, _RECIPIENT, _AT = "보낸 번호: ", "받는 번호: ", "시각: "


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing 'sent'. `body` is an SMS as the phone shows it; `tiff` and `pdf` are of a fax.

    `status` is what becomes of it in the end, which a receipt may not have said yet.
    """

    order_id: str
    channel: Channel
    at: datetime
    sender: str
    recipient: str
    body: str | None
    pages: int
    tiff: Path | None
    pdf: Path | None
    status: Status


def keep_sms(directory: Path, order: SmsOrder, at: datetime) -> None:
    """Write the message as the recipient's phone shows it."""
    _write(
        _file(directory, order.order_id, "sms", "txt"), (_head(order, at) + _shown(order)).encode()
    )


def keep_fax(directory: Path, order: FaxOrder, at: datetime) -> None:
    """Write the pages as the recipient's machine prints them. Raises fax_file.NotAFax."""
    pdf = fax_file.to_pdf(fax_file.from_tiff(order.tiff))
    _write(_file(directory, order.order_id, "fax", "tiff"), order.tiff)
    _write(_file(directory, order.order_id, "fax", "pdf"), pdf)
    _write(_file(directory, order.order_id, "fax", "txt"), _head(order, at).encode())


def sent(directory: Path, limit: int = 100) -> list[Sent]:
    """What was 'sent' last, newest first. `directory` is the simulator's own."""
    if not (directory / "simulator.sqlite3").exists():
        return []
    found = (_read(directory, taken) for taken in Store(directory).latest(limit))
    return [each for each in found if each is not None]


def forget(directory: Path, order_ids: Sequence[str]) -> None:
    """Erase what was 'sent' of these orders: numbers, words and pages. They stay counted."""
    for order_id in order_ids:
        for channel in Channel:
            for ending in ("txt", "tiff", "pdf"):
                _file(directory, order_id, channel.value, ending).unlink(missing_ok=True)


def _shown(order: SmsOrder) -> str:
    return order.body if order.recipient.startswith("+") else sms.WEB_PREFIX + order.body


def _head(order: SmsOrder | FaxOrder, at: datetime) -> str:
    return (
        f"{_SENDER}{_pretty(order.sender)}\n{_RECIPIENT}{_pretty(order.recipient)}\n"
        f"{_AT}{at.isoformat()}\n\n"
    )


def _pretty(digits: str) -> str:
    try:
        return numbers.parse(digits).pretty
    except numbers.BadNumber:
        return digits


def _file(directory: Path, order_id: str, folder: str, ending: str) -> Path:
    return directory / folder / f"{order_id}.{ending}"


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(file)


def _read(directory: Path, taken: Taken) -> Sent | None:
    """One thing as it was kept; None where it has been erased."""
    file = _file(directory, taken.order_id, taken.channel.value, "txt")
    if not file.exists():
        return None
    head, _, body = file.read_text("utf-8").partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.split("\n"))
    fax = taken.channel is Channel.FAX
    return Sent(
        order_id=taken.order_id,
        channel=taken.channel,
        at=datetime.fromisoformat(facts[_AT.removesuffix(": ")]).astimezone(UTC),
        sender=facts[_SENDER.removesuffix(": ")],
        recipient=facts[_RECIPIENT.removesuffix(": ")],
        body=None if fax else body,
        pages=taken.units if fax else 0,
        tiff=file.with_suffix(".tiff") if fax else None,
        pdf=file.with_suffix(".pdf") if fax else None,
        status=seen_as(taken.behaviour, taken.units)[0],
    )
