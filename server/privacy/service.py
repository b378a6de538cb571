"""Which edition of which document holds today, for whoever asks for consent to it (Y22-3)."""

from server.core import clock
from server.privacy import rules
from server.privacy.rules import PRIVACY, TERMS, Edition

__all__ = ["PRIVACY", "TERMS", "Edition", "current", "editions"]


def current(document: str) -> Edition:
    """The edition in force today of TERMS or PRIVACY."""
    return rules.in_force(document, clock.today())


def editions(document: str) -> tuple[Edition, ...]:
    """Every edition, the newest first."""
    return rules.DOCUMENTS[document][::-1]
