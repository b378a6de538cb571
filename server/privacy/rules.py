"""The editions of the terms and of the privacy policy: which text holds on a day (Y22-3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from server.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TERMS: Final = "terms"
PRIVACY: Final = "privacy"


@dataclass(frozen=True, slots=True)
class Edition:
    """A text as it holds from a day on; `version` names its template and what people agree to."""

    version: str
    since: date
    change: str


DOCUMENTS: Final[Mapping[str, tuple[Edition, ...]]] = {
    TERMS: (Edition("2026-03-02", date(2026, 3, 2), N_("처음 만들었습니다.")),),
    PRIVACY: (Edition("2026-03-02", date(2026, 3, 2), N_("처음 만들었습니다.")),),
}
"""Oldest first. A new edition is a new template and a new row; no text once in force changes."""


def in_force(document: str, day: date) -> Edition:
    """The edition of a document that holds on a day."""
    return latest(DOCUMENTS[document], day)


def latest(editions: Sequence[Edition], day: date) -> Edition:
    """The last edition that holds from this day or before; before the first one, the first."""
    return next((one for one in reversed(editions) if one.since <= day), editions[0])
