"""The desk's forms of the catalogue: a row as people type it, and a file of rows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from server.accounts.service import Dept
from server.catalogue import rules, table_csv, topics
from server.catalogue.reading import KindView
from server.catalogue.rules import LABELS, Terms
from server.core import clock
from server.core.forms import Form
from server.core.i18n import N_, gettext, locale
from server.core.phrases import say

OFF = (False, "", "false", "0", "n", "no", "off")
APPROVALS = {
    "": N_("분류를 따름"),
    "handler": N_("담당자"),
    "handler > team_head": N_("담당자, 팀장"),
    "handler > department_head": N_("담당자, 부서장"),
    "handler > team_head > department_head": N_("담당자, 팀장, 부서장"),
}


def _offices(departments: Iterable[Dept]) -> dict[str, str]:
    """The departments to choose from, or none."""
    english = locale() == "en"
    names = {each.slug: each.name_en if english else each.name for each in departments}
    return {"": gettext(N_("정하지 않음"))} | names


class DatedForm(Form):
    """What every change needs: from when, and why."""

    since = DateField(N_("언제부터"), [Optional()])
    basis = StringField(N_("바꾸는 까닭"), [InputRequired(), Length(max=200)])

    @property
    def since_at(self) -> datetime:
        """The instant it takes effect: a later day's beginning, or now."""
        return effective(self.since.data)


class KindForm(DatedForm):
    """A row of the table. `newest` is the version that stood when the form was shown."""

    newest = IntegerField(widget=HiddenField.widget, default=0)
    slug = StringField(LABELS["slug"], [InputRequired(), Length(max=40)])
    name = StringField(LABELS["name"], [InputRequired(), Length(max=80)])
    name_en = StringField(LABELS["name_en"], [InputRequired(), Length(max=120)])
    about = TextAreaField(LABELS["about"], [Optional(), Length(max=600)])
    about_en = TextAreaField(LABELS["about_en"], [Optional(), Length(max=900)])
    category = SelectField(LABELS["category"], [InputRequired()], choices=rules.CATEGORIES)
    period = StringField(LABELS["period"], [Optional(), Length(max=10)])
    law = StringField(LABELS["law"], [InputRequired(), Length(max=200)])
    fee_won = IntegerField(LABELS["fee_won"], [Optional()], default=0)
    fee_note = StringField(LABELS["fee_note"], [Optional(), Length(max=120)])
    fee_note_en = StringField(LABELS["fee_note_en"], [Optional(), Length(max=160)])
    department = SelectField(LABELS["department"], [Optional()])
    online = BooleanField(LABELS["online"], default=True, false_values=OFF)
    identity = BooleanField(LABELS["identity"], false_values=OFF)
    enclosures = TextAreaField(LABELS["enclosures"], [Optional(), Length(max=4000)])
    questions = TextAreaField(LABELS["questions"], [Optional(), Length(max=4000)])
    approvals = SelectField(LABELS["approvals"], [Optional()], choices=APPROVALS)
    public = BooleanField(LABELS["public"], default=True, false_values=OFF)
    place = StringField(LABELS["place"], [Optional(), Length(max=120)])
    place_en = StringField(LABELS["place_en"], [Optional(), Length(max=160)])
    active = BooleanField(LABELS["active"], default=True, false_values=OFF)
    mandate = SelectField(
        LABELS["mandate"], [DataRequired()], choices=rules.MANDATES, default="allowed"
    )

    def offer(self, departments: Iterable[Dept]) -> None:
        """The departments to choose from."""
        self.department.choices = _offices(departments)

    @classmethod
    def of(cls, terms: Terms, newest: int) -> "KindForm":
        """The form filled with what stands."""
        typed: dict[str, Any] = dict(table_csv.cells(terms))
        typed |= {name: getattr(terms, name) for name in table_csv.BOOLEANS}
        typed |= {"category": terms.category, "fee_won": terms.fee_won, "mandate": terms.mandate}
        return cls(data=typed | {"newest": newest})

    def terms(self) -> Terms | None:
        """What was typed; None, with the faults beside their fields, where it says nothing."""
        given = {
            name: table_csv.YES if self[name].data else table_csv.NO for name in table_csv.BOOLEANS
        }
        given |= {name: str(self[name].data or "") for name in rules.FIELDS if name not in given}
        terms, faults = table_csv.terms_from(given)
        for field, why in faults:
            self[field].errors = [*self[field].errors, say(why)]
        return terms


class TopicForm(DatedForm):
    """A topic. `newest` is the version that stood when the form was shown."""

    newest = IntegerField(widget=HiddenField.widget, default=0)
    slug = StringField(topics.LABELS["slug"], [InputRequired(), Length(max=40)])
    name = StringField(topics.LABELS["name"], [InputRequired()])
    name_en = StringField(topics.LABELS["name_en"], [InputRequired()])
    hint = StringField(topics.LABELS["hint"], [InputRequired()])
    hint_en = StringField(topics.LABELS["hint_en"], [InputRequired()])
    icon = SelectField(topics.LABELS["icon"], [InputRequired()], choices=topics.ICONS)
    department = SelectField(topics.LABELS["department"], [Optional()])
    kind = SelectField(topics.LABELS["kind"], [InputRequired()])
    position = IntegerField(topics.LABELS["position"], [InputRequired()], default=99)
    active = BooleanField(topics.LABELS["active"], default=True, false_values=OFF)

    def offer(self, departments: Iterable[Dept], kinds: Iterable[KindView]) -> None:
        """The departments and the kinds to choose from."""
        self.department.choices = _offices(departments)
        self.kind.choices = {kind.slug: kind.name for kind in kinds if kind.online}

    @property
    def terms(self) -> topics.Terms:
        """What was typed."""
        words = {name: rules.tidy(self[name].data or "") for name in topics.LETTERS_MAX}
        return topics.Terms(
            slug=(self.slug.data or "").strip(),
            **words,
            icon=self.icon.data or "",
            department=self.department.data or "",
            kind=self.kind.data or "",
            position=self.position.data or 0,
            active=bool(self.active.data),
        )


class ImportForm(DatedForm):
    """A spreadsheet to be looked at: as a file, or as the text that a dry run has kept."""

    file = FileField(N_("CSV 파일"))
    text = HiddenField("")
    seen = HiddenField("")
    apply = HiddenField("")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The file is needed wherever it is asked for."""
        super().__init__(*args, **kwargs)
        self.file.flags.required = True

    @property
    def csv(self) -> str:
        """The text of the file, or of the dry run before. Raises Invalid."""
        if getattr(self.file.data, "filename", ""):
            return table_csv.decoded(self.file.data.read())
        return table_csv.decoded((self.text.data or "").encode())


class TakeBackForm(Form):
    """A form that has nothing but its button."""


def effective(day: date | None) -> datetime:
    """The instant from which a change holds: the beginning of a later day, or now."""
    if day is None or day == clock.today():
        return clock.now()
    return datetime.combine(day, time(0), clock.SEOUL).astimezone(UTC)
