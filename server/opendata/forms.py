"""Forms of the desk for keys."""

from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from server.core.forms import Form
from server.core.i18n import N_
from server.opendata import keys


class KeyForm(Form):
    """/desk/api-keys: a new key."""

    name = StringField(N_("어디에 주나요"), [InputRequired(), Length(max=keys.NAME_LETTERS_MAX)])
    scopes = SelectMultipleField(N_("할 수 있는 일"), [InputRequired()], choices=keys.SCOPES)
    per_hour = IntegerField(
        N_("한 시간에 몇 번"), [InputRequired(), NumberRange(1, keys.PER_HOUR_MAX)]
    )


class RevokeForm(Form):
    """A form that has nothing but its button."""
