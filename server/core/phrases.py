"""A sentence with its values, made by the rules and said in the reader's language by the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from server.core import i18n


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` is a Korean msgid with %(name)s places; a value may be a date or a phrase itself.

    With `number` the other languages choose their singular or plural by it.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    number: int | None = None


def counted(text: str, count: int) -> Phrase:
    """A phrase about `count` things, which stands in it as %(count)s."""
    return Phrase(text, {"count": count}, count)


def say(phrase: Phrase) -> str:
    """The phrase in this task's language, days and moments written its way."""
    values = {name: _said(value) for name, value in phrase.values.items()}
    if phrase.number is None:
        return i18n.gettext(phrase.text, **values)
    return i18n.ngettext(phrase.text, phrase.text, phrase.number, **values)


def _said(value: object) -> object:
    match value:
        case Phrase():
            return say(value)
        case datetime():
            return i18n.datetime_text(value)
        case date():
            return i18n.date_text(value)
    return value
