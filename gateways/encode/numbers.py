"""Telephone and fax numbers as Korea writes them, read strictly and written back one way.

The plan is that of the Numbering Rules (전기통신번호관리세칙): area codes,
mobile 010, internet 070, personal 030 and 050, toll-free 080, representative 15xx/16xx/18xx.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    INTERNET = "internet"
    PERSONAL = "personal"
    TOLL_FREE = "toll_free"
    REPRESENTATIVE = "representative"
    INTERNATIONAL = "international"


class NumberFault(StrEnum):
    """Why a number cannot be used; the server holds the sentence for each."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    AREA_CODE_MISSING = "area_code_missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_SUCH_AREA = "no_such_area"
    SPECIAL = "special"


class BadNumber(ValueError):  # noqa: N818
    """A text that is no number to send to. Never carries the text: numbers are personal data."""

    def __init__(self, fault: NumberFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be dialled. `digits`: national digits with 0, or `+` and E.164 abroad."""

    digits: str
    kind: Kind

    @property
    def mobile(self) -> bool:
        return self.kind is Kind.MOBILE

    @property
    def domestic(self) -> bool:
        return self.kind is not Kind.INTERNATIONAL

    @property
    def takes_sms(self) -> bool:
        """Whether an SMS can arrive: mobiles, 050 numbers that forward to one, and abroad."""
        return self.kind in {Kind.MOBILE, Kind.INTERNATIONAL} or self.digits.startswith("050")

    @property
    def takes_fax(self) -> bool:
        """Whether a fax machine can stand there: in Korea, and anything but a mobile."""
        return self.domestic and not self.mobile

    @property
    def e164(self) -> str:
        """`+82` and the digits without their 0; 15xx numbers as they stand behind `+82`."""
        return self.digits if not self.domestic else "+82" + self.digits.removeprefix("0")

    @property
    def pretty(self) -> str:
        """As a Korean reader expects it: 010-1234-5678, 02-2670-3500, 1588-1234."""
        if not self.domestic:
            return self.digits
        head = _head_length(self.digits)
        area, rest = self.digits[:head], self.digits[head:]
        halves = f"{rest[:-4]}-{rest[-4:]}"
        return f"{area}-{halves}" if area else halves

    def __str__(self) -> str:
        return self.pretty


# Lengths of the whole number, the leading 0 counted. 01X other than 010 closed in 2021, but stays
# in old address books and is refused by the carrier, not by us.
_PLAN: tuple[tuple[re.Pattern[str], Kind, frozenset[int]], ...] = (
    (re.compile(r"02"), Kind.LANDLINE, frozenset({9, 10})),
    (re.compile(r"0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])"), Kind.LANDLINE, frozenset({10, 11})),
    (re.compile(r"010"), Kind.MOBILE, frozenset({11})),
    (re.compile(r"01[16789]"), Kind.MOBILE, frozenset({10, 11})),
    (re.compile(r"070"), Kind.INTERNET, frozenset({11})),
    (re.compile(r"0(?:30|50)"), Kind.PERSONAL, frozenset({11, 12})),
    (re.compile(r"080"), Kind.TOLL_FREE, frozenset({10, 11})),
    (re.compile(r"1[568]"), Kind.REPRESENTATIVE, frozenset({8})),
)
_REPRESENTATIVE = re.compile(r"1[568]\d{6}")
# 119, 110, 1330: emergencies and public information, answered by people, not by machines. Any other
# three digits are a number half written.
_SPECIAL = re.compile(r"1(?:1[0-4789]|2[0-25-9]|3[12]|8[28]|\d{3})")
_DECORATION = re.compile(r"[\s\-‐‑‒–—―−ー()\[\].·]+")
_FAX_OR_PHONE_WORD = re.compile(
    r"^(?:tel|fax|phone|전화|팩스|휴대폰|☎|📠|📞)\s*[:.]?\s*", re.IGNORECASE
)


def parse(text: str) -> Number:
    """Read a number written any usual way: hyphens, spaces, full-width digits, +82, 0082, 82.

    Raises BadNumber, whose `fault` says why; the text itself is in no message.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _FAX_OR_PHONE_WORD.sub("", plain)
    plus = plain.startswith("+")
    digits = _DECORATION.sub("", plain.removeprefix("+"))
    if not digits:
        raise BadNumber(NumberFault.EMPTY)
    if not (digits.isascii() and digits.isdigit()):
        raise BadNumber(NumberFault.NOT_A_NUMBER)
    country = _after_country_code(digits, plus=plus)
    if country is None:
        return _abroad(digits)
    return _domestic(country)


def _after_country_code(digits: str, *, plus: bool) -> str | None:
    """National digits of a Korean number, or None for one abroad."""
    if plus and not digits.startswith("82"):
        return None
    if digits.startswith("0082"):
        digits = digits.removeprefix("00")
    elif not plus and not (digits.startswith("82") and len(digits) > 8):
        return digits
    national = digits.removeprefix("82")
    if national.startswith("0") or _REPRESENTATIVE.fullmatch(national):
        return national
    return "0" + national


def _abroad(digits: str) -> Number:
    if digits.startswith("0"):
        raise BadNumber(NumberFault.NO_SUCH_AREA)
    if len(digits) < 7:
        raise BadNumber(NumberFault.TOO_SHORT)
    if len(digits) > 15:
        raise BadNumber(NumberFault.TOO_LONG)
    return Number("+" + digits, Kind.INTERNATIONAL)


def _domestic(digits: str) -> Number:
    if _SPECIAL.fullmatch(digits):
        raise BadNumber(NumberFault.SPECIAL)
    for prefix, kind, lengths in _PLAN:
        if prefix.match(digits):
            if len(digits) in lengths:
                return Number(digits, kind)
            fault = NumberFault.TOO_SHORT if len(digits) < min(lengths) else NumberFault.TOO_LONG
            raise BadNumber(fault)
    if digits[0] != "0" and len(digits) in {7, 8}:
        raise BadNumber(NumberFault.AREA_CODE_MISSING)
    if len(digits) < 8:
        raise BadNumber(NumberFault.TOO_SHORT)
    if len(digits) > 12:
        raise BadNumber(NumberFault.TOO_LONG)
    raise BadNumber(NumberFault.NO_SUCH_AREA)


def _head_length(digits: str) -> int:
    """Digits before the first hyphen: none for 15xx, two for Seoul, four for 12-digit numbers."""
    if digits[0] != "0":
        return 0
    if digits.startswith("02"):
        return 2
    return 4 if digits.startswith(("030", "050")) else 3
