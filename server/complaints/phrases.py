"""A sentence with its values, made by the rules and said in the reader's language by the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from server.core import i18n


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` is a Korean msgid with %(name)s places; a value may be a date or a phrase itself."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


def say(phrase: Phrase) -> str:
    """The phrase in this task's language, days and moments written its way."""
    return i18n.gettext(phrase.text, **{name: _said(v) for name, v in phrase.values.items()})


def _said(value: object) -> object:
    match value:
        case Phrase():
            return say(value)
        case datetime():
            return i18n.datetime_text(value)
        case date():
            return i18n.date_text(value)
    return value
