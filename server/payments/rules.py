"""Decisions about payments: the reference a payer writes, what is still to pay, who may refund.

Where there is a fee, an application is received only once its payment is confirmed (Y11-3, O9-2).
Money is whole won everywhere.
"""

import re
import unicodedata
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from server.core.i18n import N_
from server.ordinance.service import Profile


class State(StrEnum):
    """Where a charge stands."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"  # not paid in time
    CANCELLED = "cancelled"  # what it was for is gone: withdrawn before it was paid


STATES: Final = {
    State.AWAITING: (N_("입금을 기다립니다"), "amber"),
    State.CONFIRMED: (N_("입금을 확인했습니다"), "green"),
    State.LAPSED: (N_("입금 기한이 지났습니다"), "grey"),
    State.CANCELLED: (N_("낼 필요가 없어졌습니다"), "grey"),
}
"""A state in words, and its tone."""

LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ"
ALPHABET: Final = "23456789" + LETTERS
"""No letter or digit that looks or sounds like another."""

STEM_LENGTH: Final = 6
REFERENCE_LENGTH: Final = STEM_LENGTH + 1
WON_MAX: Final = 1_000_000_000
_TOKEN = re.compile(rf"(?=([{LETTERS}][{ALPHABET}]{{{STEM_LENGTH}}}))")


def reference_from(number: int) -> str:
    """A reference out of a large random number: a letter, so that no telephone number is one, five
    signs, and a check sign (Luhn modulo 30)."""
    number, sign = divmod(number, len(LETTERS))
    stem = LETTERS[sign]
    while len(stem) < STEM_LENGTH:
        number, sign = divmod(number, len(ALPHABET))
        stem += ALPHABET[sign]
    return stem + _check_sign(stem)


def _check_sign(stem: str) -> str:
    base, total = len(ALPHABET), 0
    for place, sign in enumerate(reversed(stem)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // base + value % base
    return ALPHABET[-total % base]


def reference_shown(reference: str) -> str:
    """A reference as it is read aloud: ABC-DEFG."""
    return f"{reference[:3]}-{reference[3:]}"


def parse_reference(text: str) -> str | None:
    """The reference as we keep it, however it was typed; None unless its check sign is right."""
    plain = _plain(text)
    if len(plain) != REFERENCE_LENGTH or not _TOKEN.match(plain):
        return None
    return plain if _check_sign(plain[:STEM_LENGTH]) == plain[STEM_LENGTH] else None


def references_in(text: str) -> list[str]:
    """What may be references in the words beside a deposit (`김영희 abc-defg`), each once."""
    found = (match.group(1) for match in _TOKEN.finditer(_plain(text)))
    return list(dict.fromkeys(one for one in found if parse_reference(one)))


def same_payer(one: str, other: str) -> bool:
    """Whether two names beside money are the same, blanks and signs aside."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()


def last_day(profile: Profile, today: date) -> date:
    """Until when a charge made today is to be paid, that day included."""
    return today + timedelta(days=profile.payments.days)


def taken(to_pay: int, left: int) -> int:
    """How much of a deposit goes to a charge: never more than is still to pay."""
    return min(to_pay, left)
