"""The forms of complaints: fields and words; what they mean is decided by rules and workflow."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from server.accounts.service import Dept, Official
from server.catalogue import service as catalogue
from server.catalogue.service import KindView
from server.complaints import rules
from server.complaints.answers.stock import Phrase
from server.complaints.disclosure.guard import GuardedForm
from server.complaints.service import Result
from server.complaints.workflow import MISSING, OUTCOME_NEEDS, Outcome
from server.core import i18n
from server.core.forms import Form
from server.core.i18n import N_, gettext, locale
from server.core.phrases import counted, say

CHOOSE = N_("골라 주세요")
LONG = Length(max=rules.TEXT_LETTERS_MAX)
OFF = (False, "", "false", "0", "n", "no", "off")


class DeskForm(Form):
    """Every act at the desk: `version` is that of the page it was shown on, `address` the last
    part of where it is posted. `hints` stand under the labels of fields, by their names."""

    version = IntegerField(widget=HiddenField.widget, validators=[InputRequired()])
    address = ""
    hints: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Several of these forms stand on one page: their fields' ids must differ."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = field.label.field_id = f"{self.address}-{field.id}"


class CasesForm(Form):
    """Several complaints are chosen at once, each as `number:version` of the page it was shown on.
    Those who inherit say in `cases` what they are chosen for."""

    cases: SelectMultipleField

    @property
    def versions(self) -> dict[str, int]:
        """The numbers chosen, and the version that was shown of each."""
        chosen = (text.rpartition(":") for text in self.cases.data or ())
        return {number: int(version) for number, _, version in chosen}


class KindForm(DeskForm):
    """Accept and classify."""

    address = "accept"

    kind = SelectField(N_("민원 종류"), [InputRequired()])

    def offer(self, kinds: Sequence[KindView], chosen: str | None) -> None:
        """The kinds an official may set, grouped by the Act's categories."""
        groups: dict[str, dict[str, str]] = {}
        for kind in kinds:
            group = gettext(catalogue.CATEGORIES[kind.category])
            groups.setdefault(group, {})[kind.slug] = _with_fee(kind)
        self.kind.choices = groups
        if chosen and not self.kind.data:
            self.kind.data = chosen


class ReclassifyForm(KindForm):
    """Classify anew."""

    address = "reclassify"


class AssignForm(DeskForm):
    """Give it to a department and one of its officials (`department:handler`, or `department:`)."""

    address = "assign"

    to = SelectField(N_("맡을 곳"), [InputRequired()])

    def offer(
        self, departments: Sequence[tuple[Dept, Sequence[Official]]], chosen: str | None, me: int
    ) -> None:
        """Each department with its officials, the reader's own first and there the reader first;
        `chosen` as the field writes it."""
        offered: dict[str, dict[str, str]] = {}
        for dept, officials in departments:
            name = dept.name_en if locale() == "en" else dept.name
            nobody = {f"{dept.id}:": gettext(N_("%(name)s (부서만)"), name=name)}
            others = {f"{dept.id}:{each.id}": each.name for each in officials if each.id != me}
            own = [each.name for each in officials if each.id == me]
            if own:
                myself = {f"{dept.id}:{me}": gettext(N_("나 (%(name)s)"), name=own[0])}
                offered = {name: myself | nobody | others} | offered
            else:
                offered[name] = nobody | others
        self.to.choices = offered
        if chosen and not self.to.data:
            self.to.data = chosen

    @property
    def department_id(self) -> int:
        """The department chosen; 0 where none is."""
        return _whole((self.to.data or "").partition(":")[0])

    @property
    def handler_id(self) -> int | None:
        """The official chosen, if one is."""
        return _whole((self.to.data or "").partition(":")[2]) or None


class NoteForm(GuardedForm, DeskForm):
    """What is being done; everybody reads it. `cover`: with the numbers in it covered."""

    address = "note"

    step = SelectField(N_("진행 상황"), [InputRequired()], choices=rules.STEPS)
    text = TextAreaField(N_("알릴 내용"), [Optional(), LONG])
    cover = BooleanField("", default=False)


class AskForm(DeskForm):
    """Ask the applicant for what is missing."""

    address = "supplement"

    text = TextAreaField(N_("무엇이 더 필요한가요"), [InputRequired(), LONG])
    days = SelectField(N_("보완 기간"), [InputRequired()])

    def offer(self) -> None:
        """The lengths to choose from."""
        self.days.choices = {
            str(days): say(counted(N_("%(count)s일"), days)) for days in rules.SUPPLEMENT_DAYS
        }


class CompleteForm(GuardedForm, DeskForm):
    """Answer and end. `cover`: the public reads it with the numbers in it covered; `stock` are the
    department's phrases, `taken` whether the answer begins with one of them."""

    address = "complete"
    stock: Sequence[Phrase] = ()
    taken = False

    outcome = SelectField(
        N_("처리 결과"),
        [InputRequired()],
        choices={str(code): words for code, words in rules.OUTCOMES.items()},
    )
    text = TextAreaField(N_("답변"), [InputRequired(), LONG])
    reasons = TextAreaField(N_("받아들이지 못한 이유"), [Optional(), LONG])
    remedies = TextAreaField(N_("구제 방법"), [Optional(), LONG])
    ground = SelectField(N_("처리 제외 사유"), [Optional()], choices={"": CHOOSE} | rules.GROUNDS)
    cover = BooleanField("", default=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What most outcomes need is not said to be optional; the hints say when it is needed."""
        super().__init__(*args, **kwargs)
        for field in (self.reasons, self.remedies, self.ground):
            field.flags.one_of = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that the outcome needs and that is missing is told at once."""
        fine = super().validate(extra_validators)
        if self.outcome.data not in set(Outcome):
            return fine
        for name in OUTCOME_NEEDS[Outcome(self.outcome.data)]:
            if not (self[name].data or "").strip():
                self[name].errors = [*self[name].errors, gettext(MISSING[name])]
                fine = False
        return fine

    def offer(self, outcomes: Collection[Outcome]) -> None:
        """The outcomes that the case allows. One that was chosen before and is not among them has
        to be chosen anew."""
        words = {code: words for code, words in rules.OUTCOMES.items() if code in outcomes}
        allowed = {str(code): gettext(each) for code, each in words.items()}
        stale = bool(self.outcome.data) and self.outcome.data not in allowed
        self.outcome.choices = ({"": gettext(CHOOSE)} if stale or not allowed else {}) | allowed

    def take_up(self, draft: Result) -> None:
        """Go on from an answer that was drafted before."""
        self.outcome.data, self.text.data = draft.outcome, draft.text
        self.reasons.data, self.remedies.data = draft.reasons, draft.remedies
        self.ground.data = draft.ground

    def take_phrase(self, phrases: Sequence[Phrase], wanted: str) -> None:
        """Offer the phrases; begin with the one that is wanted (an id)."""
        self.stock = phrases
        text = next((each.text for each in phrases if str(each.id) == wanted), "")
        if text:
            self.taken = True
            self.text.data = text
            self.outcome.data = self.outcome.data or next(iter(rules.OUTCOMES))

    @property
    def result(self) -> Result:
        """What was typed, as the service takes it."""
        return Result(
            self.outcome.data or "",
            self.text.data or "",
            self.reasons.data or "",
            self.remedies.data or "",
            self.ground.data or "",
            covered=bool(self.cover.data),
        )


def _with_fee(kind: KindView) -> str:
    """The kind's name, and what has to be paid first."""
    if not kind.fee_won:
        return kind.name
    won = i18n.number_text(kind.fee_won)
    return gettext(N_("%(name)s (수수료 %(won)s원 먼저)"), name=kind.name, won=won)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
