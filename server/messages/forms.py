"""The forms of fax (an SMS has its own); what their contents mean is decided by the rules."""

from typing import Any

from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.core.forms import Form
from server.core.i18n import N_
from server.messages import ordering, rules
from server.messages.rules import Kind, Recipients

TO_MAX = Length(max=2_000)


class OrderForm(Form):
    """The recipients, one a line."""

    kind: Kind
    to = TextAreaField(N_("받는 사람"), [InputRequired(), TO_MAX])
    found = Recipients(())

    def validate_to(self, field: TextAreaField) -> None:
        """Read the numbers; each line that is none says so."""
        self.found = rules.recipients(ordering.profile(), self.kind, field.data or "")

    def fine(self) -> bool:
        """Whether the form can be taken, with every fault beside its field."""
        valid: bool = self.validate()
        for fault in self.found.problems:
            self.complain(fault)
        return valid and not self.found.problems and bool(self.found.numbers)


class FaxForm(OrderForm):
    """/messages/fax/new: text, pictures, or both."""

    kind = "fax"
    to = TextAreaField(N_("받는 팩스 번호"), [InputRequired(), TO_MAX])
    body = TextAreaField(N_("내용"), [Optional(), Length(max=rules.BODY_MAX)])
    files = MultipleFileField(N_("사진"))

    @property
    def chosen(self) -> list[Any]:
        """The files chosen (an empty choice comes as a file without a name)."""
        return [file for file in self.files.data or () if getattr(file, "filename", "")]
