"""The forms of redress, merging and abuse: fields and words; rules decide what they mean."""

from collections.abc import Sequence

from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.complaints import rules
from server.complaints.abuse import rules as abuse_rules
from server.complaints.redress import rules as redress_rules
from server.complaints.redress.rules import Decision
from server.complaints.together.merging import Alike
from server.complaints.together.rules import SIGNERS_LETTERS_MAX, Signer
from server.core.forms import Form
from server.core.i18n import N_
from server.core.phrases import counted, say

LONG = Length(max=rules.TEXT_LETTERS_MAX)
WHY = N_("이유")


class ObjectionForm(Form):
    """/complaints/<receipt>/objection."""

    text = TextAreaField(N_("이의신청하는 이유"), [InputRequired(), LONG])


class CorrectionForm(Form):
    """/complaints/<receipt>/correction."""

    ground = RadioField(
        N_("무엇이 잘못되었나요"),
        [InputRequired()],
        choices={str(ground): words for ground, words in redress_rules.GROUNDS.items()},
    )
    text = TextAreaField(N_("바로잡아 달라는 내용"), [InputRequired(), LONG])


class ReopeningForm(Form):
    """/complaints/<receipt>/reopen."""

    text = TextAreaField(N_("다시 처리해 달라는 이유"), [InputRequired(), LONG])


class RatingForm(Form):
    """/complaints/<receipt>/satisfaction."""

    score = RadioField(
        N_("처리에 만족하셨나요"),
        [InputRequired()],
        choices={str(score): words for score, words in redress_rules.SCORES.items()},
    )
    word = TextAreaField(N_("한마디"), [Optional(), Length(max=redress_rules.WORD_LETTERS_MAX)])

    @property
    def number(self) -> int:
        """The score as a number; 0 where none was chosen."""
        return int(self.score.data) if (self.score.data or "").isdigit() else 0


class SignersForm(Form):
    """An enclosure of signatures: one `name, contact` a line."""

    signers = TextAreaField(N_("함께하는 사람"), [InputRequired(), Length(max=SIGNERS_LETTERS_MAX)])


class RepresentativesForm(Form):
    """Up to three who speak for all."""

    name1 = StringField(N_("첫째 대표자 이름"), [Optional(), Length(max=50)])
    contact1 = StringField(N_("첫째 대표자 연락처"), [Optional(), Length(max=100)])
    name2 = StringField(N_("둘째 대표자 이름"), [Optional(), Length(max=50)])
    contact2 = StringField(N_("둘째 대표자 연락처"), [Optional(), Length(max=100)])
    name3 = StringField(N_("셋째 대표자 이름"), [Optional(), Length(max=50)])
    contact3 = StringField(N_("셋째 대표자 연락처"), [Optional(), Length(max=100)])

    @property
    def signers(self) -> list[Signer]:
        """Those of whom both name and contact were given."""
        pairs = (
            (self.name1.data, self.contact1.data),
            (self.name2.data, self.contact2.data),
            (self.name3.data, self.contact3.data),
        )
        return [
            Signer(rules.tidy_line(name), rules.tidy_line(contact))
            for name, contact in pairs
            if name and contact and name.strip() and contact.strip()
        ]

    def show(self, known: Sequence[Signer]) -> None:
        """Fill in who has been named already."""
        names = (self.name1, self.name2, self.name3)
        contacts = (self.contact1, self.contact2, self.contact3)
        for name, contact, each in zip(names, contacts, known, strict=False):
            name.data, contact.data = each.name, each.contact


class VersionedForm(Form):
    """An act at the desk: `version` is that of the page it was shown on."""

    version = IntegerField(widget=HiddenField.widget, validators=[InputRequired()])
    prefix = ""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Several of these stand on one page: their fields' ids must differ."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = field.label.field_id = f"{self.prefix}-{field.id}"


class ExtendForm(VersionedForm):
    """Put the decision on an objection off."""

    prefix = "extend"
    text = TextAreaField(N_("늦어지는 이유"), [InputRequired(), LONG])


class DecideForm(VersionedForm):
    """Decide on an objection."""

    prefix = "decide"
    decision = SelectField(
        N_("결정"),
        [InputRequired()],
        choices={
            "": N_("골라 주세요"),
            str(Decision.UPHELD): N_("인용: 다시 처리합니다"),
            str(Decision.PARTLY): N_("일부 인용: 그만큼 다시 처리합니다"),
            str(Decision.DISMISSED): N_("기각"),
        },
    )
    text = TextAreaField(WHY, [InputRequired(), LONG])


class CorrectedForm(VersionedForm):
    """Answer a demand for correction."""

    prefix = "correct"
    corrected = SelectField(
        N_("시정 요구를"),
        [InputRequired()],
        choices={
            "": N_("골라 주세요"),
            "y": N_("받아들여 바로잡았습니다"),
            "n": N_("살펴보았으나 바로잡을 것이 없습니다"),
        },
    )
    text = TextAreaField(N_("민원인에게 알릴 내용"), [InputRequired(), LONG])


class ReopenedForm(VersionedForm):
    """Decide on a request for reopening."""

    prefix = "reopen"
    decision = SelectField(
        N_("결정"),
        [InputRequired()],
        choices={
            "": N_("골라 주세요"),
            "granted": N_("다시 처리합니다"),
            "declined": N_("다시 처리하지 않습니다"),
        },
    )
    text = TextAreaField(N_("민원인에게 알릴 내용"), [Optional(), LONG])


class MergeForm(VersionedForm):
    """Which complaints are received as one with this one."""

    prefix = "merge"
    chosen = SelectMultipleField(N_("같은 내용으로 보이는 민원"), validate_choice=False)
    others = TextAreaField(N_("그 밖의 접수번호"), [Optional(), Length(max=4000)])

    def offer(self, alike: Sequence[Alike]) -> None:
        """The likeliest first."""
        self.chosen.choices = {
            each.number: " · ".join(filter(None, (each.title, each.place))) for each in alike
        }

    @property
    def numbers(self) -> list[str]:
        """Those ticked, and those typed, one a line or after commas."""
        typed = (self.others.data or "").replace(",", "\n").split("\n")
        return [*(self.chosen.data or ()), *(line.strip() for line in typed if line.strip())]


class SignersAtDeskForm(VersionedForm):
    """An enclosure that came on paper."""

    prefix = "sign"
    signers = TextAreaField(N_("함께하는 사람"), [InputRequired(), Length(max=SIGNERS_LETTERS_MAX)])


class MediationForm(VersionedForm):
    """That the mediation committee dealt with it."""

    prefix = "mediate"
    day = DateField(N_("심의한 날"), [InputRequired()])
    text = TextAreaField(N_("심의 결과"), [InputRequired(), LONG])


class InsultsForm(VersionedForm):
    """The words to be covered, one a line."""

    prefix = "mark"
    text = TextAreaField(N_("가릴 말"), [Optional(), Length(max=10_000)])


class WarnForm(VersionedForm):
    """A warning to the applicant."""

    prefix = "warn"
    text = TextAreaField(N_("경고하는 내용"), [InputRequired(), LONG])


class LimitForm(VersionedForm):
    """Filing limited for some days."""

    prefix = "limit"
    days = SelectField(N_("제한할 기간"), [InputRequired()])
    reason = TextAreaField(WHY, [InputRequired(), LONG])

    def offer(self) -> None:
        """The lengths to choose from."""
        self.days.choices = {
            str(days): say(counted(N_("%(count)s일"), days)) for days in abuse_rules.LIMIT_DAYS
        }

    @property
    def number(self) -> int:
        """The days chosen; 0 where none were."""
        return int(self.days.data) if (self.days.data or "").isdigit() else 0


class LiftForm(Form):
    """A form that has nothing but its button."""
