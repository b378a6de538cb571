"""The forms of one fix for many, and of a department's phrases."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    FileField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.catalogue.service import TopicView
from server.complaints.answers.stock import Phrase
from server.complaints.desk.forms import CHOOSE, CasesForm
from server.complaints.disclosure.guard import GuardedForm
from server.complaints.fixes import rules as fixing_rules
from server.core.forms import Form
from server.core.i18n import N_, gettext

PHRASE = Length(max=fixing_rules.PHRASE_LETTERS_MAX)


class FixForm(CasesForm, GuardedForm):
    """/desk/fixes/new: which complaints (`number:version`), the photo afterwards, what was done.

    `stock` is one of the department's phrases, none to begin with: what everybody is told is
    chosen. `phrase`, where it is filled in, goes before it.
    """

    cases = SelectMultipleField(N_("함께 처리할 민원"), [InputRequired()], choices={})
    photo = FileField(N_("처리한 뒤 사진"), [Optional()])
    kept = HiddenField("")
    stock = SelectField(N_("처리한 내용"), [Optional()], choices={}, validate_choice=False)
    phrase = TextAreaField(N_("직접 적기"), [Optional(), PHRASE])

    def offer(self, cases: Mapping[str, str], phrases: Sequence[Phrase]) -> None:
        """The cases by `number:version`, all chosen to begin with, and the phrases."""
        self.cases.choices = dict(cases)
        if not self.cases.raw_data:
            self.cases.data = list(cases)
        own = {str(each.id): each.title for each in phrases}
        self.stock.choices = {"": gettext(CHOOSE)} | own
        self.stock.data = self.stock.data or ""
        self.stock.flags.one_of = self.phrase.flags.one_of = True
        if not own:
            self.phrase.label.text = self.stock.label.text

    @property
    def file(self) -> Any | None:
        """The photo, if one was chosen."""
        given = self.photo.data
        return given if getattr(given, "filename", "") else None

    @property
    def kept_key(self) -> UUID | None:
        """The photo that an earlier sending of the form has left."""
        try:
            return UUID(self.kept.data or "")
        except ValueError:
            return None

    def words(self, phrases: Sequence[Phrase]) -> str:
        """What was done: as written, or else the phrase chosen."""
        written = (self.phrase.data or "").strip()
        return written or next(
            (each.text for each in phrases if str(each.id) == self.stock.data), ""
        )


class BackForm(Form):
    """/desk/fixes/<id>/send-back: what has to change. `seen` are the answers of the page (each
    `number:version`), which are all that is sent back, or approved, with it."""

    seen = HiddenField("")
    text = TextAreaField(N_("무엇을 고쳐야 하나요"), [InputRequired(), PHRASE])

    def show(self, versions: Mapping[str, int]) -> None:
        """The answers that are on the page now."""
        self.seen.data = " ".join(f"{number}:{version}" for number, version in versions.items())

    @property
    def versions(self) -> dict[str, int]:
        """The answers that were on the page; nothing that no page has sent."""
        found = re.finditer(r"(\S{1,20}):([0-9]{1,9})(?!\S)", self.seen.data or "")
        return {each[1]: int(each[2]) for each in found}


class PhraseForm(GuardedForm):
    """/desk/phrases: what it is called, what it says, of which topic."""

    title = StringField(N_("이름"), [InputRequired(), Length(max=fixing_rules.TITLE_LETTERS_MAX)])
    text = TextAreaField(N_("답변에 쓸 말"), [InputRequired(), PHRASE])
    topic = SelectField(N_("분야"), [Optional()], choices={})

    def offer(self, topics: Sequence[TopicView]) -> None:
        """The topics, and any."""
        any_topic = {"": gettext(N_("모든 분야"))}
        self.topic.choices = any_topic | {str(each.id): each.name for each in topics}

    @property
    def topic_id(self) -> int | None:
        """The topic chosen, if one is."""
        return int(self.topic.data) if self.topic.data else None
