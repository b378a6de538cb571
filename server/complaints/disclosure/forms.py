"""The desk's forms of disclosure and of a case's own password (Y10-2, Y12-3)."""

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.complaints import rules
from server.complaints.desk.forms import CHOOSE, LONG
from server.complaints.disclosure.disclosing import Decision
from server.core.forms import Form
from server.core.i18n import N_

CHECKED = {
    "card": N_("신분증을 보았습니다"),
    "phone": N_("신청서의 전화번호로 걸어 확인했습니다"),
}
"""How the desk knows who is asking (Y12-3)."""


class RulingForm(Form):
    """/desk/complaints/<receipt>/disclosure."""

    version = IntegerField(widget=HiddenField.widget, validators=[InputRequired()])
    act = RadioField(
        N_("무엇을 할까요"),
        [InputRequired()],
        choices={
            "cover": N_("일부를 더 가리기"),
            "hide": N_("공개하지 않기"),
            "show": N_("다시 공개하기"),
        },
    )
    words = TextAreaField(N_("가릴 말"), [Optional(), LONG])
    photos = BooleanField(N_("사진을 모두 가립니다"))
    ground = SelectField(
        N_("사유"), [InputRequired()], choices={"": CHOOSE} | rules.CLOSING_GROUNDS
    )
    reason = TextAreaField(N_("자세한 까닭"), [InputRequired(), LONG])

    @property
    def decision(self) -> Decision:
        """What was typed, as the service takes it."""
        return Decision(
            self.act.data or "",
            self.ground.data or "",
            self.reason.data or "",
            self.words.data or "",
            photos=bool(self.photos.data),
        )


class CasePasswordForm(Form):
    """/desk/complaints/<receipt>/password: whoever stands at the desk has shown who they are."""

    name = StringField(N_("신분증의 이름"), [InputRequired(), Length(max=rules.NAME_LETTERS_MAX)])
    checked = RadioField(N_("본인 확인"), [InputRequired()], choices=CHECKED)
