"""The forms of the examiner: a reminder, its answer, a month's remarks."""

from collections.abc import Mapping

from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.core import i18n
from server.core.forms import Form
from server.core.i18n import N_
from server.examining.rules import FIRST_WORDS, TEXT_LETTERS_MAX

TEXT = Length(max=TEXT_LETTERS_MAX)


class RemindForm(Form):
    """/desk/examiner: which late cases, and what is said of them. `again`: also where the reminder
    before has no answer yet."""

    cases = SelectMultipleField(N_("독촉할 민원"), [InputRequired()], choices={})
    text = TextAreaField(N_("독촉장에 적을 말"), [InputRequired(), TEXT])

    again = BooleanField(N_("아직 답하지 않은 부서에도 한 번 더 보냅니다"), default=False)

    def offer(self, cases: Mapping[str, str]) -> None:
        """The late cases by number, and the usual words."""
        self.cases.choices = dict(cases)
        if self.text.data is None:
            self.text.data = i18n.gettext(FIRST_WORDS)


class AnswerForm(Form):
    """/desk/reminders/<id>: how the case stands, and what will be done."""

    text = TextAreaField(N_("처리 상황과 계획"), [InputRequired(), TEXT])


class ReviewForm(Form):
    """/desk/examiner/reviews/<month>: what the examiner remarks of the month."""

    text = TextAreaField(N_("점검 의견"), [InputRequired(), TEXT])
