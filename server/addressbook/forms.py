"""The forms of the address book; what a name or number may be is decided by the rules."""

from typing import Any

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gateways.encode.numbers import Number
from server.addressbook import rules
from server.addressbook.service import Book
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Problem


class ContactForm(Form):
    """Somebody in the book."""

    name = StringField(N_("이름"), [InputRequired(), Length(max=rules.NAME_MAX)])
    number = StringField(N_("번호"), [InputRequired(), Length(max=30)])
    groups = SelectMultipleField(
        N_("묶음"),
        [Optional()],
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    new_group = StringField(N_("새 묶음"), [Optional(), Length(max=rules.NAME_MAX)])
    read_number: Number | None = None
    read_name = ""

    def offer(self, book: Book) -> Any:
        """Offer the groups of a book."""
        self.groups.choices = {shelf.id: shelf.name for shelf in book.shelves}
        return self

    def fine(self) -> bool:
        """Whether name and number can be taken, with every fault beside its field."""
        valid: bool = self.validate()
        if not valid:
            return False
        try:
            self.read_name = rules.name(self.name.data)
        except Problem as fault:
            self.complain(fault)
        try:
            self.read_number = rules.number(self.number.data)
        except Problem as fault:
            self.complain(fault)
        return not self.errors

    @property
    def named_group(self) -> str:
        """The new group's name; empty where none is wanted."""
        return " ".join((self.new_group.data or "").split())


class GroupForm(Form):
    """A group's name."""

    name = StringField(N_("묶음 이름"), [InputRequired(), Length(max=rules.NAME_MAX)])
