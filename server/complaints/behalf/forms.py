"""The fields of whoever applies for another, as part of the form to file; and later forms (Y18)."""

from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.complaints import rules as complaint_rules
from server.complaints.behalf import rules
from server.complaints.behalf.principals import WORD_LETTERS_MAX
from server.complaints.behalf.rules import ForWhom
from server.complaints.disclosure.guard import GuardedForm
from server.core.forms import Form
from server.core.i18n import N_
from server.core.web import Problem
from server.ordinance import service as ordinance

CHOOSE = N_("골라 주세요")
NEEDED = ("for_name", "for_relation", "for_consent", "for_consented_on", "for_tell_by")
OFF = (False, "", "false", "0", "n", "no", "off")


class WithMandate(GuardedForm):
    """A form with the photo of a mandate; `mandate_kept` names one that an earlier sending left."""

    mandate = FileField(N_("위임장 사진"))
    mandate_kept = HiddenField("")

    @property
    def new_mandate(self) -> bool:
        """Whether a file was chosen now."""
        return bool(getattr(self.mandate.data, "filename", ""))

    @property
    def kept_mandate(self) -> UUID | None:
        """The photo kept, as far as it is a key at all."""
        try:
            return UUID(self.mandate_kept.data or "")
        except ValueError:
            return None


class BehalfFields(WithMandate):
    """For whom: empty for all who file for themselves."""

    for_name = StringField(
        N_("신청을 부탁한 분의 이름"), [Optional(), Length(max=complaint_rules.NAME_LETTERS_MAX)]
    )
    for_relation = SelectField(
        N_("그분과의 관계"), [Optional()], choices={"": CHOOSE} | rules.RELATIONS
    )
    for_phone = StringField(N_("그분의 전화번호"), [Optional(), Length(max=40)])
    for_address = StringField(
        N_("그분의 주소"), [Optional(), Length(max=complaint_rules.PLACE_LETTERS_MAX)]
    )
    for_consent = SelectField(
        N_("어떻게 동의했나요"), [Optional()], choices={"": CHOOSE} | rules.CONSENTS
    )
    for_consented_on = DateField(N_("동의한 날"), [Optional()])
    for_tell_by = RadioField(N_("그분께 알릴 방법"), [Optional()], choices=rules.TELL_BY)
    for_declared = BooleanField(
        N_("그분의 동의를 받아 대신 신청합니다"), default=False, false_values=OFF
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whoever fills in one of these needs the others: none is called optional. Where the
        municipality sends no text messages, none is offered."""
        super().__init__(*args, **kwargs)
        for name in NEEDED:
            self[name].flags.one_of = True
        if not ordinance.profile().has_messages:
            ways = dict(self.for_tell_by.choices)
            self.for_tell_by.choices = {way: ways[way] for way in ways if way != "sms"}

    @property
    def on_behalf(self) -> ForWhom | None:
        """For whom, or None where nothing of it was filled in."""
        typed = (self.for_name, self.for_phone, self.for_address, self.for_relation)
        more = (self.for_consent, self.for_consented_on, self.for_declared, self.for_tell_by)
        if not any(field.data for field in (*typed, *more)) and self.kept_mandate is None:
            return None
        return ForWhom(
            name=self.for_name.data or "",
            phone=self.for_phone.data or "",
            address=self.for_address.data or "",
            relation=self.for_relation.data or "",
            consent=self.for_consent.data or "",
            consented_on=self.for_consented_on.data,
            declared=bool(self.for_declared.data),
            tell_by=self.for_tell_by.data or "",
            mandate=self.kept_mandate,
        )


class MandateForm(WithMandate):
    """/complaints/<receipt>/mandate: the signed mandate, brought in later."""


class CodeForm(Form):
    """/complaints/behalf: the number and the code of whoever was applied for."""

    number = StringField(N_("접수번호"), [InputRequired(), Length(max=40)])
    code = StringField(N_("확인번호"), [InputRequired(), Length(max=20)])


class ObjectionForm(CodeForm):
    """The same with a word why it is not wanted."""

    word = TextAreaField(N_("담당자에게 할 말"), [Optional(), Length(max=WORD_LETTERS_MAX)])


def of_the_mandate(refused: Problem) -> Problem:
    """The refusal of a photo, said of the mandate."""
    return Problem(refused.code, refused.sentence, refused.status, "mandate", **refused.params)
