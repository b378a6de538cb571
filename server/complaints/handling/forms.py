"""The applicant's forms on the way: a yes or a no, and more time."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from server.complaints import rules
from server.complaints.desk.forms import LONG
from server.core.forms import Form
from server.core.i18n import N_
from server.core.phrases import counted, say


class DecisionForm(Form):
    """One of two buttons: `answer` is yes where the applicant agrees."""

    answer = StringField("", [Optional()])

    @property
    def agreed(self) -> bool:
        """Whether the button of agreement was pressed."""
        return bool(self.answer.data == "yes")


class MoreTimeForm(Form):
    """How many days more, and why."""

    days = SelectField(N_("며칠 더 필요한가요"), [InputRequired()])
    text = TextAreaField(N_("왜 더 필요한가요"), [InputRequired(), LONG])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The lengths to choose from."""
        super().__init__(*args, **kwargs)
        self.days.choices = {
            str(days): say(counted(N_("%(count)s일"), days)) for days in rules.MORE_TIME_DAYS
        }
