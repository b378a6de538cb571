"""The forms of SMS and fax; what their contents mean is decided by the rules."""

from typing import Any

from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Problem
from server.messages import ordering, rules
from server.messages.rules import Kind, Recipients

TO_MAX = Length(max=2_000)


class OrderForm(Form):
    """What SMS and fax share: the recipients, one a line."""

    kind: Kind
    to = TextAreaField(N_("받는 사람"), [InputRequired(), TO_MAX])
    found = Recipients(())

    def validate_to(self, field: TextAreaField) -> None:
        """Read the numbers; each line that is none says so."""
        self.found = rules.recipients(ordering.profile(), self.kind, field.data or "")

    def faults(self) -> list[Problem]:
        """What is wrong beyond what a single field can say."""
        return list(self.found.problems)

    def fine(self) -> bool:
        """Whether the form can be taken, with every fault beside its field."""
        valid: bool = self.validate()
        faults = self.faults()
        for fault in faults:
            self.complain(fault)
        return valid and not faults and bool(self.found.numbers)


class SmsForm(OrderForm):
    """/messages/sms/new."""

    kind = "sms"
    body = TextAreaField(N_("내용"), [InputRequired(), Length(max=rules.BODY_MAX)])

    def faults(self) -> list[Problem]:
        """The recipients' faults and the text's, so that all are mended at once."""
        try:
            if self.body.data:
                rules.sms_texts(ordering.profile(), self.body.data)
        except Problem as fault:
            return [*self.found.problems, fault]
        return super().faults()


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
