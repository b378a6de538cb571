"""The forms of corrections: what an official types; what it means is decided by the services."""

from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from server.core.forms import Form
from server.core.i18n import N_
from server.mileage import service as mileage


class ProposeForm(Form):
    """/desk/mileage/corrections/new: whom, which way, how much, and why."""

    who = StringField(N_("주민의 아이디나 전화번호"), [InputRequired(), Length(max=100)])
    way = RadioField(
        N_("어떻게 바로잡나요"),
        [InputRequired()],
        choices={"add": N_("점수를 더합니다"), "take": N_("점수를 뺍니다")},
    )
    points = IntegerField(
        N_("점수"), [InputRequired(), NumberRange(1, mileage.CORRECTION_POINTS_MAX)]
    )
    reason = TextAreaField(N_("까닭"), [InputRequired(), Length(max=mileage.CORRECTION_REASON_MAX)])

    @property
    def signed(self) -> int:
        """The points with their sign."""
        points: int = self.points.data
        return points if self.way.data == "add" else -points


class DecideForm(Form):
    """A form that has nothing but its button."""
