"""The forms of payments: fields and words; what they mean is decided by rules and service."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FileField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.core.forms import Form
from server.core.i18n import N_, gettext
from server.payments import bank_rules, matching, refunding, rules, undoing

REFERENCE = (InputRequired(), Length(max=20))


class FindForm(Form):
    """/pay: the reference that stands on the notice."""

    reference = StringField(N_("납부번호"), REFERENCE)


class UploadForm(Form):
    """/desk/payments: a bank's file."""

    file = FileField(N_("은행에서 받은 CSV 파일"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without a file there is nothing to do."""
        super().__init__(*args, **kwargs)
        self.file.flags.required = True

    @property
    def content(self) -> bytes:
        """The file; empty where none was chosen."""
        return self.file.data.read() if getattr(self.file.data, "filename", "") else b""


class ColumnsForm(Form):
    """Which column of a bank's file means what: the number of the column, or nothing."""

    when = SelectField(bank_rules.COLUMNS["when"], [InputRequired()])
    hour = SelectField(bank_rules.COLUMNS["hour"], [Optional()])
    won = SelectField(bank_rules.COLUMNS["won"], [InputRequired()])
    way = SelectField(bank_rules.COLUMNS["way"], [Optional()])
    payer = SelectField(bank_rules.COLUMNS["payer"], [InputRequired()])
    memo = SelectField(bank_rules.COLUMNS["memo"], [Optional()])

    def offer(
        self, header: Sequence[str], sample: Sequence[Sequence[str]], chosen: Mapping[str, int]
    ) -> None:
        """The file's columns, each with what stands first in it."""
        first = sample[0] if sample else ()
        words = {
            str(at): f"{name or at + 1}{f' ({first[at][:20]})' if at < len(first) else ''}"
            for at, name in enumerate(header)
        }
        for name in bank_rules.COLUMNS:
            self[name].choices = {"": gettext(N_("없음"))} | words
            if name in chosen and not self[name].data:
                self[name].data = str(chosen[name])

    @property
    def given(self) -> dict[str, str]:
        """What was chosen, by meaning."""
        return {name: self[name].data or "" for name in bank_rules.COLUMNS}


class AssignForm(Form):
    """What a deposit is for."""

    reference = StringField(N_("납부번호"), REFERENCE)


class RefundForm(Form):
    """Where the rest of a deposit goes back to."""

    to = StringField(
        N_("돌려드릴 은행·계좌·예금주"), [InputRequired(), Length(max=refunding.TO_LETTERS_MAX)]
    )


class UndoForm(Form):
    """Why a deposit is taken from a charge again."""

    deposit = IntegerField(widget=HiddenField.widget, validators=[InputRequired()])
    why = StringField(N_("되돌리는 까닭"), [InputRequired(), Length(max=undoing.WHY_LETTERS_MAX)])


class DecideForm(Form):
    """A form that has nothing but its button."""


class TakeForm(Form):
    """Money that the desk has seen itself."""

    reference = StringField(N_("납부번호"), REFERENCE)
    won = IntegerField(N_("받은 금액"), [InputRequired(), NumberRange(1, rules.WON_MAX)])
    how = RadioField(
        N_("어디에서 확인했나요"),
        [InputRequired()],
        choices={"account": N_("통장에서 봤어요"), "counter": N_("창구에서 받았어요")},
    )
    payer = StringField(N_("낸 사람"), [InputRequired(), Length(max=matching.PAYER_LETTERS_MAX)])
