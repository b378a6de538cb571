"""What must not be read by others in a public text, and how it is covered (Y12-2, Y22-1).

Covers resident and foreigner registration numbers, cards, bank accounts, telephones, e-mail
addresses and the applicant's own particulars. Receipt numbers, dates, prices, house numbers and
the office's own telephones stay readable.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

from server.complaints.disclosure import guard_rules
from server.core import ids

COVER = "*"
BARE_DIGITS_MIN = 10  # so many digits in a row are an account, a card or a telephone
ACCOUNT_DIGITS = range(BARE_DIGITS_MIN, 20)
KNOWN_LETTERS_MIN = 2

# Between two digits of one number people write hyphens, dots, strokes, spaces or nothing; before
# the first one often letters (HP010-...).
_GAP = r"[\s.·/_\-‐-―−－ー)]{0,3}"
_EDGE_BEFORE = r"(?<![0-9])"
_EDGE_AFTER = r"(?![0-9])"


class Covered(StrEnum):
    """What was found."""

    EMAIL = "email"
    RESIDENT_NUMBER = "resident_number"
    CARD = "card"
    PHONE = "phone"
    ACCOUNT = "account"
    KNOWN = "known"  # the applicant's own name, telephone or address


_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_RESIDENT = re.compile(
    _EDGE_BEFORE
    + r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    + _GAP
    + r"[0-9][0-9*●]{6}"
    + _EDGE_AFTER
)
_CARD = re.compile(
    _EDGE_BEFORE
    + rf"(?:[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
    + rf"|3[47][0-9]{{2}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}})"
    + _EDGE_AFTER
)
_PHONE = re.compile(
    _EDGE_BEFORE
    + r"(?:\(?\+?82\)?" + _GAP + r"\(?0?|\(?0)"
    + rf"(?:2|1[016789]|[3-6][1-5]|70|50[2-8]?|80)\)?{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}"
    + _EDGE_AFTER
)  # fmt: skip
_HYPHENATED = re.compile(_EDGE_BEFORE + r"[0-9]{2,6}(?:[-‐-―−－][0-9]{1,8}){2,4}" + _EDGE_AFTER)
_NAME = re.compile(r"[가-힣]{2,5}")
_BARE = re.compile(rf"(?<![0-9])[0-9]{{{BARE_DIGITS_MIN},19}}" + _EDGE_AFTER)
_RECEIPT = re.compile(r"(?<![0-9-])2[0-9]{3}-[0-9]{6}-[0-9](?![0-9-])")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}(?:-[0-9]{1,2}){0,2}")

_PATTERNS = (
    (Covered.EMAIL, _EMAIL),
    (Covered.CARD, _CARD),
    (Covered.RESIDENT_NUMBER, _RESIDENT),
    (Covered.PHONE, _PHONE),
    (Covered.ACCOUNT, _HYPHENATED),
    (Covered.ACCOUNT, _BARE),
)


def mask(text: str, known: Iterable[str] = (), keep: Collection[str] = ()) -> str:
    """The text with what `find` finds covered letter by letter; its shape stays.

    `known` are the applicant's own particulars, covered wherever they stand; `keep` are
    telephone numbers of the office, which are meant to be read.
    """
    covered = list(text)
    spans = [(begins, ends) for _, begins, ends in find(text, known, keep)]
    spans += [(each.begins, each.ends) for each in guard_rules.find(text, keep)]
    for begins, ends in spans:
        for place in range(begins, ends):
            if covered[place].isalnum():
                covered[place] = COVER
    return "".join(covered)


def find(
    text: str, known: Iterable[str] = (), keep: Collection[str] = ()
) -> list[tuple[Covered, int, int]]:
    """(what, from, to) of everything that must not be public, in order and not overlapping."""
    plain = _plain(text)
    sheet = _Sheet(plain)
    sheet.spare(_RECEIPT, lambda number: ids.parse_receipt(number) is not None)
    kept = {_digits(number) for number in keep}
    sheet.spare(_PHONE, lambda number: _digits(number) in kept)
    for what, pattern in _PATTERNS:
        sheet.cover(what, pattern)
    for words in known:
        if len(words := _plain(words).strip()) >= KNOWN_LETTERS_MIN:
            sheet.cover(Covered.KNOWN, _spaced(words))
    return sorted(sheet.found, key=lambda each: each[1])


class _Sheet:
    """A text of which each place is decided once: what comes first keeps it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.decided = [False] * len(text)
        self.found: list[tuple[Covered, int, int]] = []

    def spare(self, pattern: re.Pattern[str], harmless: Callable[[str], bool]) -> None:
        for match in pattern.finditer(self.text):
            if harmless(match[0]):
                self._decide(match)

    def cover(self, what: Covered, pattern: re.Pattern[str]) -> None:
        for match in pattern.finditer(self.text):
            if what is Covered.ACCOUNT and not _like_account(match[0]):
                continue
            if self._decide(match):
                self.found.append((what, match.start(), match.end()))

    def _decide(self, match: re.Match[str]) -> bool:
        begins, ends = match.span()
        if any(self.decided[begins:ends]):
            return False
        self.decided[begins:ends] = [True] * (ends - begins)
        return True


def _spaced(words: str) -> re.Pattern[str]:
    """Particulars as they may be written: a name in Korean also with a blank between letters."""
    gap = r"\s?" if _NAME.fullmatch(words) else ""
    return re.compile(gap.join(re.escape(letter) for letter in words), re.IGNORECASE)


def _like_account(number: str) -> bool:
    """Long enough for a bank account, and not a date with its hour."""
    return len(_digits(number)) in ACCOUNT_DIGITS and _DATE.fullmatch(number) is None


def _plain(text: str) -> str:
    """Full-width letters and digits as plain ones, place by place: the length stays."""
    return "".join(
        normal if len(normal := unicodedata.normalize("NFKC", letter)) == 1 else letter
        for letter in text
    )


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
