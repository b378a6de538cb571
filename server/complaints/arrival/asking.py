"""What the form of one service asks besides (Y9): its questions, and its papers.

The table drives the form: each question becomes a field, each paper that is needed a tick beside
the photo of it. The answers stand under the text, so that they are sealed, masked and read with it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from wtforms import BooleanField, DateField, DecimalField, Field, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.catalogue.service import Asked, KindView
from server.complaints.arrival.filing import Filing
from server.complaints.arrival.forms import FilingForm
from server.core.i18n import N_, gettext

ANSWER_LETTERS_MAX = 200
NUMBER_MAX = 10**12
CHOOSE = N_("골라 주세요")


def form_for(base: type[FilingForm], kind: KindView | None) -> type[FilingForm]:
    """The form to file with, asking what the service asks."""
    if kind is None:
        return base
    fields = {_name(question): _field(question) for question in kind.questions}
    fields |= {
        f"paper-{place}": BooleanField(paper.name, [InputRequired()])
        for place, paper in enumerate(kind.papers)
        if paper.required
    }
    return type(base.__name__, (base,), fields)


def asked(form: FilingForm, kind: KindView | None) -> list[Field]:
    """The fields of the questions, in their order."""
    names = [_name(question) for question in kind.questions] if kind else []
    return [form[name] for name in names if name in form]


def papers(form: FilingForm) -> list[Field]:
    """The ticks beside the papers, in their order."""
    return [field for field in form if field.name.startswith("paper-")]


def begun(kind: KindView | None) -> dict[str, Any]:
    """What the form of a service says before anybody has typed."""
    if kind is None:
        return {}
    body = gettext(N_("%(name)s: 신청합니다."), name=kind.name)
    return {
        "service": kind.slug,
        "topic": "other",
        "title": kind.name,
        "body": body,
        "public": kind.public,
    }


def with_answers(filing: Filing, form: FilingForm, kind: KindView | None) -> Filing:
    """The filing with the answers under its text."""
    return replace(filing, body=filing.body + answers(form, kind))


def answers(form: FilingForm, kind: KindView | None) -> str:
    """What was answered, a line each, to stand under the text; empty where nothing was asked."""
    if kind is None:
        return ""
    lines = list(_answered(form, kind))
    return "\n".join(["", "", *lines]) if lines else ""


def _answered(form: FilingForm, kind: KindView) -> Iterator[str]:
    for question in kind.questions:
        given = form[_name(question)].data
        if given not in (None, ""):
            yield f"{question.label}: {given}"


def _name(question: Asked) -> str:
    return f"ask-{question.slug}"


def _field(question: Asked) -> Any:
    needed = [InputRequired() if question.required else Optional()]
    match question.kind:
        case "choice":
            choices = {"": gettext(CHOOSE)} | question.choices
            return SelectField(question.label, needed, choices=choices)
        case "number":
            return DecimalField(question.label, [*needed, NumberRange(0, NUMBER_MAX)], places=None)
        case "date":
            return DateField(question.label, needed)
    return StringField(question.label, [*needed, Length(max=ANSWER_LETTERS_MAX)])
