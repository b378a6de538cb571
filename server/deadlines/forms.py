"""The forms of deadlines: a day declared off, a failure of the system."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from server.core import clock
from server.core.forms import Form
from server.core.i18n import N_
from server.deadlines.calendar_rules import DayOff, in_seoul
from server.deadlines.declaring import NAME_LETTERS_MAX, REASON_LETTERS_MAX
from server.deadlines.outage_rules import SYSTEMS, System
from server.deadlines.outages import TEXT_LETTERS_MAX, Report

NAME = Length(max=NAME_LETTERS_MAX)
TEXT = Length(max=TEXT_LETTERS_MAX)
MINUTE = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class HolidayForm(Form):
    """/desk/calendar: a day off that is declared."""

    day = DateField(N_("쉬는 날"), [InputRequired()])
    name = StringField(N_("이름"), [InputRequired(), NAME])
    name_en = StringField(N_("영어 이름"), [InputRequired(), NAME])
    reason = StringField(N_("근거"), [InputRequired(), Length(max=REASON_LETTERS_MAX)])

    @property
    def day_off(self) -> DayOff:
        """What was typed, as the service takes it."""
        words = (self.name.data, self.name_en.data, self.reason.data)
        return DayOff(self.day.data, *(" ".join(text.split()) for text in words))


class EndForm(Form):
    """/desk/outages/<id>/end: since when it works again."""

    ended_at = DateTimeLocalField(N_("다시 된 때"), [InputRequired()], format=MINUTE)

    def offer_now(self) -> None:
        """This minute, to begin with."""
        self.ended_at.data = clock.seoul(clock.now()).replace(tzinfo=None)

    @property
    def ends(self) -> datetime:
        """The moment on Seoul's clock."""
        return in_seoul(self.ended_at.data)


class OutageForm(Form):
    """/desk/outages/new: what fails since when. Words left out are the standard ones."""

    system = SelectField(
        N_("무엇이 되지 않나요"),
        [InputRequired()],
        choices={str(system): words for system, words in SYSTEMS.items()},
    )
    began_at = DateTimeLocalField(N_("시작한 때"), [InputRequired()], format=MINUTE)
    ended_at = DateTimeLocalField(N_("끝난 때"), [Optional()], format=MINUTE)
    words = TextAreaField(N_("알리는 말"), [Optional(), TEXT])
    words_en = TextAreaField(N_("알리는 말(영어)"), [Optional(), TEXT])
    ways = TextAreaField(N_("다른 신청 방법"), [Optional(), TEXT])
    ways_en = TextAreaField(N_("다른 신청 방법(영어)"), [Optional(), TEXT])

    @classmethod
    def empty(cls) -> "OutageForm":
        """A form to begin with: something fails since this minute."""
        form = cls()
        form.began_at.data = clock.seoul(clock.now()).replace(tzinfo=None)
        return form

    @property
    def report(self) -> Report:
        """What was typed, as the service takes it."""
        ended = self.ended_at.data
        return Report(
            System(self.system.data),
            in_seoul(self.began_at.data),
            in_seoul(ended) if ended else None,
            *_tidied([self.words, self.words_en, self.ways, self.ways_en]),
        )


def _tidied(fields: Sequence[Any]) -> list[str]:
    return [" ".join((field.data or "").split()) for field in fields]
