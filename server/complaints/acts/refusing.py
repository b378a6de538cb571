"""A refusal out of a rule's reason: its sentence, with days and moments as the reader says them."""

from datetime import date, datetime

from server.complaints.workflow import Refused
from server.core import i18n
from server.core.phrases import Phrase


def refused(code: str, why_not: Phrase, status: int = 409, field: str | None = None) -> Refused:
    """The refusal `complaint.<code>` with its reason."""
    values = {name: _written(value) for name, value in why_not.values.items()}
    return Refused(f"complaint.{code}", why_not.text, status, field, **values)


def _written(value: object) -> str | int:
    match value:
        case datetime():
            return i18n.datetime_text(value)
        case date():
            return i18n.date_text(value)
        case int():
            return value
    return str(value)
