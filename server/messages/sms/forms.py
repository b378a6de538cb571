"""The form of an SMS: recipients typed, ticked in the address book or listed in a file, and a text.

What they mean is decided by the rules; nothing that was typed, ticked or uploaded is lost."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from wtforms import FileField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from gateways.encode import sms
from server.addressbook import service as addressbook
from server.addressbook.service import Book
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Invalid, Problem
from server.messages import rules
from server.messages.orders import ordering
from server.messages.rules import Price
from server.messages.sms import sheets
from server.messages.sms.letter_rules import Addressee, Letters, Order, Reckoning
from server.messages.sms.sheets import Kept

TO_MAX = Length(max=160_000)
BODY_MAX = 2_000
"""Characters of an SMS as it is written; ten messages of 90 bytes are fewer."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What an order comes to while it is still being written. `text` is the text as it stands
    there; `letters` with its price where recipients are named and nothing is wrong."""

    text: sms.Count
    letters: Letters | None
    price: Price | None
    reckoning: Reckoning


class OneOf(Optional):  # type: ignore[misc]
    """May stay empty where another field says it: the page does not call it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"one_of": True}


class SmsForm(Form):
    """/messages/sms/new."""

    to = TextAreaField(N_("받는 사람"), [OneOf(), TO_MAX])
    pick = SelectMultipleField(N_("주소록에서 고르기"), [Optional()], validate_choice=False)
    sheet = FileField(N_("받는 사람 목록 (CSV)"))
    kept_sheet = HiddenField()
    body = TextAreaField(N_("내용"), [InputRequired(), Length(max=BODY_MAX)])
    book = Book((), ())
    kept: Kept | None = None
    reckoning = Reckoning()

    async def gather(self, account_id: int) -> None:
        """Fetch what the form names: the address book, and the list (uploaded now or before)."""
        self.book = await addressbook.book(account_id)
        try:
            self.kept = await self._uploaded(account_id)
        except Problem as problem:
            self.complain(problem)
        if self.kept is None and self.kept_sheet.data:
            await self._find_kept(account_id)
        self.kept_sheet.data = str(self.kept.id) if self.kept is not None else ""

    async def _uploaded(self, account_id: int) -> Kept | None:
        """The list that comes with the form. Raises Invalid where it is none."""
        file = self.sheet.data
        if not getattr(file, "filename", ""):
            return None
        data = await asyncio.to_thread(file.stream.read)
        return await sheets.keep(account_id, file.filename, data)

    async def _find_kept(self, account_id: int) -> None:
        """The list that came with the form before."""
        with suppress(ValueError):
            self.kept = await sheets.find(account_id, UUID(self.kept_sheet.data))
        if self.kept is None:
            sentence = N_("올려 두신 목록이 지워졌습니다. 파일을 다시 골라 주세요.")
            self.complain(Invalid("messages.sheet.gone", sentence, "sheet"))

    async def reckon(self, *, office: bool) -> Reckoning:
        """Read every recipient and count every text, off the loop: a list may be long."""
        limits = ordering.profile().messages
        if limits is None:
            raise rules.closed()
        most = limits.sms_recipients_max
        if office:
            most = limits.sms_office_recipients_max
        elif self.kept is not None:
            most = limits.sms_csv_recipients_max or most
        order = Order(
            ordering.profile(),
            (self.body.data or "")[:BODY_MAX],
            [*self._typed(), *self._picked()],
            self.kept.table if self.kept is not None else None,
            recipients_max=most,
        )
        self.reckoning = await asyncio.to_thread(order.reckon)
        return self.reckoning

    async def fine(self, *, office: bool) -> bool:
        """Whether the form can be taken, with every fault beside its field."""
        gathered = not self.errors
        before = {field.name: list(field.errors) for field in self}
        valid: bool = self.validate()
        for field in self:
            field.errors = [*before[field.name], *field.errors]
        if not gathered:
            return False
        found = await self.reckon(office=office)
        for problem in found.problems:
            if not (problem.code == "messages.empty" and self.body.errors):
                self.complain(problem)
        if not self._named() and not found.problems:
            self.complain(Invalid("messages.nobody", N_("받는 사람을 적어 주세요."), "to"))
        elif found.letters is None and not found.problems:
            self.complain(Invalid("messages.nobody", N_("받는 사람이 없습니다."), "to"))
        return valid and found.letters is not None and not self.errors

    async def counted(self, *, office: bool) -> Counted:
        """What it comes to as it stands, for whoever has no script; asks nothing to be complete."""
        found = await self.reckon(office=office)
        price = None
        if found.letters is not None:
            price = price_of(found.letters)
        body = self.body.data or ""
        abroad = found.letters is not None and found.letters.abroad
        return Counted(
            sms.count_international(body) if abroad else rules.sms_count(ordering.profile(), body),
            found.letters,
            price,
            found,
        )

    def _named(self) -> bool:
        return bool((self.to.data or "").strip() or self.pick.data or self.kept is not None)

    def _typed(self) -> list[Addressee]:
        return [Addressee(written, line) for line, written in rules.lines(self.to.data or "")]

    def _picked(self) -> list[Addressee]:
        """Whoever is ticked, himself or with his group; of a group those whom an SMS reaches."""
        picks = set(self.pick.data or ())
        wanted = {one.id for one in self.book.entries if one.pick in picks}
        for shelf in self.book.shelves:
            if shelf.pick in picks:
                wanted |= {one.id for one in shelf.entries if one.number.takes_sms}
        chosen = [one for one in self.book.entries if one.id in wanted]
        return [
            Addressee(one.number.digits, line, "pick", {"이름": one.name, "name": one.name})
            for line, one in enumerate(chosen, start=1)
        ]


def price_of(letters: Letters) -> Price:
    """What an order comes to by the profile in force."""
    return rules.price_of(
        ordering.profile(), "sms", letters.recipients, letters.units, letters.units_each,
        abroad=letters.abroad,
    )  # fmt: skip
