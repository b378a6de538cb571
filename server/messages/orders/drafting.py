"""A draft: an order written down and priced, of which nothing is sent or set aside (Y15-4).

A long list of recipients is written in batches, each a transaction; until the last of them the
draft is not `filled`, and so is neither seen nor sent.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from gateways.encode.numbers import Number
from server.core import clock, db, forms, ids
from server.core.crypto import EncryptedText
from server.core.db import transactional
from server.core.forms import FormClaim
from server.fairuse import service as fairuse
from server.messages import rules
from server.messages.delivery.workflow import State
from server.messages.fair import fairness
from server.messages.fair.models import LeftOut
from server.messages.models import Delivery, Message
from server.messages.orders.ordering import BATCH, must_be_open, profile
from server.messages.rules import Kind, Price
from server.messages.sms import letter_rules
from server.messages.sms.letter_rules import Letter, Letters

type Row = list[Any]
"""A delivery as it is written: its columns behind `message_id`, number and text sealed."""


async def draft_sms(
    account_id: int,
    person_id: int | None,
    numbers: Sequence[Number],
    body: str,
    claim: FormClaim | None = None,
) -> UUID:
    """Price one text to so many numbers; without a person the office pays for it.

    Raises Invalid (422) for what cannot be sent. The same form again gives the same draft.
    """
    must_be_open("sms")
    letters = letter_rules.addressed(profile(), body, numbers)
    return await draft_letters(account_id, person_id, body, letters, claim)


async def draft_letters(
    account_id: int,
    person_id: int | None,
    body: str,
    letters: Letters,
    claim: FormClaim | None = None,
    sheet_id: UUID | None = None,
) -> UUID:
    """Price an SMS whose text may differ from recipient to recipient, each counted on its own."""
    must_be_open("sms")
    left_out: tuple[str, ...] = ()
    if fairness.heeds_opt_out(person_id, body):
        letters, left_out = await fairness.without_unwilling(letters)
    if person_id is None:
        fairness.must_be_lawful(body, letters.most)
    price = rules.price_of(
        profile(), "sms", letters.recipients, letters.units, letters.units_each,
        abroad=letters.abroad,
    )  # fmt: skip
    message = _message("sms", account_id, person_id, price)
    if person_id is not None:
        message.sender = (await fairuse.sender_of(account_id, "sms")).number
    message.body, message.abroad, message.sheet_id = body, letters.abroad, sheet_id
    if letters.texts is not None:
        message.parts = json.dumps(letters.texts, ensure_ascii=False)
    batches = _batches(iter(letters), own_texts=letters.texts is None)
    if letters.recipients <= BATCH:
        return await _at_once(message, next(batches), claim, left_out)
    message.filled = False
    await _begun(message, left_out)
    while rows := await asyncio.to_thread(next, batches, None):
        await _more(message, rows)
    return await _finished(message.id, claim)


def _batches(letters: Iterator[Letter], *, own_texts: bool) -> Iterator[list[Row]]:
    """Deliveries of BATCH recipients at a time; sealed as they are asked for, off the loop."""
    first = 1
    while some := list(islice(letters, BATCH)):
        yield [
            _delivery("sms", recipient, part, letter.number, units, text if own_texts else None)
            for recipient, letter in enumerate(some, start=first)
            for part, (text, units) in enumerate(
                zip(letter.texts, letter.units, strict=True), start=1
            )
        ]
        first += len(some)


@transactional
async def keep_fax(
    message_id: UUID,
    account_id: int,
    person_id: int,
    numbers: Sequence[Number],
    body: str,
    pages: int,
    claim: FormClaim | None = None,
) -> UUID:
    """Price a fax whose pages are drawn and stored (fax.py); the draft's id, an earlier one's where
    the same form made one before."""
    price = rules.price(profile(), "fax", len(numbers), pages)
    message = _message("fax", account_id, person_id, price, message_id)
    message.body = body
    rows = [
        _delivery("fax", recipient, 1, number, pages)
        for recipient, number in enumerate(numbers, start=1)
    ]
    return await _at_once(message, rows, claim)


def _message(
    kind: Kind,
    account_id: int,
    person_id: int | None,
    price: Price,
    message_id: UUID | None = None,
) -> Message:
    limits = profile().messages
    if limits is None:
        raise rules.closed()
    if person_id is None:
        price = replace(price, unit_points=0)
    return Message(
        id=message_id or ids.new_uuid(),
        account_id=account_id,
        person_id=person_id,
        paid_by="office" if person_id is None else "person",
        kind=kind,
        stage="draft",
        sender=limits.sms_sender if kind == "sms" else limits.fax_sender,
        recipients=price.recipients,
        units=price.units,
        units_each=price.units_each,
        unit_points=price.unit_points,
        unit_won=price.unit_won,
        open_count=0,
        created_at=clock.now(),
    )


def _delivery(
    kind: Kind, recipient: int, part: int, number: Number, units: int, text: str | None = None
) -> Row:
    return [
        kind,
        recipient,
        part,
        _sealed("number", number.digits),
        _sealed("text", text) if text is not None else None,
        ids.new_uuid().hex,
        State.DRAFT.value,
        units,
    ]


def _sealed(column: str, value: str) -> bytes:
    field = Delivery._meta.fields_map[column]
    assert isinstance(field, EncryptedText)
    return field.sealed(value)


@transactional
async def _at_once(
    message: Message,
    rows: Sequence[Row],
    claim: FormClaim | None,
    left_out: Sequence[str] = (),
) -> UUID:
    earlier = await forms.claimed(claim)
    if earlier is not None:
        return UUID(earlier)
    await message.save(force_create=True)
    await _written(message, rows)
    await fairness.keep_left_out(message.id, left_out)
    await forms.settle(claim, str(message.id))
    return message.id


@transactional
async def _begun(message: Message, left_out: Sequence[str]) -> None:
    await message.save(force_create=True)
    await fairness.keep_left_out(message.id, left_out)


@transactional
async def _more(message: Message, rows: Sequence[Row]) -> None:
    await _written(message, rows)


@transactional
async def _finished(message_id: UUID, claim: FormClaim | None) -> UUID:
    """All is written; where the same form made a draft meanwhile, that one counts."""
    earlier = await forms.claimed(claim)
    if earlier is not None:
        await Delivery.filter(message_id=message_id).delete()
        await LeftOut.filter(message_id=message_id).delete()
        await Message.filter(id=message_id).delete()
        return UUID(earlier)
    await Message.filter(id=message_id).update(filled=True)
    await forms.settle(claim, str(message_id))
    return message_id


async def _written(message: Message, rows: Sequence[Row]) -> None:
    await db.execute_many(
        "INSERT INTO message_delivery (message_id, kind, recipient, part, number, text, order_id,"
        " state, units, attempts, version, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')",
        [[str(message.id), *row] for row in rows],
    )
