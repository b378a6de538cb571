"""The form of a fax; what its contents mean is decided by the rules."""

from typing import IO, Any
from uuid import UUID

from wtforms import BooleanField, MultipleFileField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from gateways.encode.numbers import Number
from server.addressbook import service as addressbook
from server.addressbook.service import Book
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Invalid
from server.messages import rules
from server.messages.fax import rules as fax_rules
from server.messages.fax.pages import CoverWords
from server.messages.orders import ordering
from server.messages.rules import Recipients
from server.messages.sms.forms import OneOf

TO_MAX = Length(max=2_000)


class FaxForm(Form):
    """/messages/fax/new: text, pictures and PDFs in any mixture, with or without a cover, to
    numbers that are typed or ticked in the address book."""

    to = TextAreaField(N_("받는 팩스 번호"), [OneOf(), TO_MAX])
    pick = SelectMultipleField(N_("주소록에서 고르기"), [Optional()], validate_choice=False)
    body = TextAreaField(N_("내용"), [Optional(), Length(max=rules.BODY_MAX)])
    files = MultipleFileField(N_("사진·PDF"))
    kept = SelectMultipleField(N_("올린 파일"), validate_choice=False)
    cover = BooleanField(N_("표지 붙이기"))
    cover_to = StringField(
        N_("표지에 적을 받는 분"), [Optional(), Length(max=fax_rules.ADDRESSEE_MAX)]
    )
    contact = StringField(
        N_("표지에 적을 내 연락처"), [Optional(), Length(max=fax_rules.CONTACT_MAX)]
    )
    book = Book((), ())
    found = Recipients(())

    async def gather(self, account_id: int) -> None:
        """Fetch the address book that the form offers."""
        self.book = await addressbook.book(account_id)

    def fine(self) -> bool:
        """Whether the form can be taken, with every fault beside its field."""
        valid: bool = self.validate()
        if self.to.errors:
            return False
        typed = self.to.data or ""
        self.found = rules.recipients(ordering.profile(), "fax", typed, self._picked())
        for fault in self.found.problems:
            self.complain(fault)
        if not self.found.numbers and not self.found.problems:
            self.complain(Invalid("messages.nobody", N_("받는 사람을 적어 주세요."), "to"))
        return valid and not self.errors

    def _picked(self) -> list[Number]:
        """Whoever is ticked, himself or with his group, as far as a fax reaches him."""
        picks = set(self.pick.data or ())
        wanted = {one.id for one in self.book.entries if one.pick in picks}
        for shelf in self.book.shelves:
            if shelf.pick in picks:
                wanted |= {one.id for one in shelf.entries}
        return [
            one.number for one in self.book.entries if one.id in wanted and one.number.takes_fax
        ]

    @property
    def chosen(self) -> list[tuple[str, IO[bytes]]]:
        """The files chosen, by name (an empty choice comes as a file without a name)."""
        files: list[Any] = [file for file in self.files.data or () if getattr(file, "filename", "")]
        return [(file.filename, file.stream) for file in files]

    @property
    def kept_keys(self) -> list[UUID]:
        """The files that came before and are still wanted; what is no key is none."""
        found = []
        for written in self.kept.data or ():
            try:
                found.append(UUID(written))
            except ValueError:
                continue
        return found

    @property
    def cover_words(self) -> CoverWords | None:
        """What goes on the cover, if there is to be one."""
        if not self.cover.data:
            return None
        return CoverWords(self.cover_to.data or "", self.contact.data or "")
