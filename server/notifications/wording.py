"""A notice in words, when it is read, pushed or sent: in its reader's language of then (Y16).

What fills a sentence is kept as it is, a date as ISO 8601.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from server.core.i18n import N_, date_text, datetime_text, gettext
from server.notifications import rules

type Filling = str | int | date
"""A date, or an instant, that a sentence names."""


def kept(params: Mapping[str, Filling]) -> dict[str, str | int]:
    """What fills a kind's sentences, as it is kept with the notice."""
    return {name: _kept(value) for name, value in params.items()}


def _kept(value: Filling) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def sentence(kind: str, params: Mapping[str, str | int], locale: str) -> tuple[str, str]:
    """(title, body) in the reader's language, of what was kept. A kind no longer declared keeps a
    plain word."""
    declared = rules.KINDS.get(kind)
    if declared is None:
        return gettext(N_("새 소식이 있습니다"), locale), ""
    said = {
        name: _date_said(str(value), locale) if name == "date" else value
        for name, value in params.items()
    }
    return gettext(declared.title, locale, **said), gettext(declared.body, locale, **said)


def _date_said(text: str, locale: str) -> str:
    """A day, or an hour. Formerly the words themselves were kept: they stand as they are."""
    try:
        if "T" in text:
            return datetime_text(datetime.fromisoformat(text), locale)
        return date_text(date.fromisoformat(text), locale)
    except ValueError:
        return text
