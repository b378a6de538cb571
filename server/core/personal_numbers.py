"""Numbers that point at a person, found in a text before everybody can read it (Y22-1), or before
it leaves by fax (Y15-4).

Resident and foreigner registration numbers, telephones, payment cards (Luhn) and bank accounts,
however they are typed: full-width, with blanks, hyphens or invisible signs between, spelt out
(공일공 다시 일이삼사), with letters for digits. Receipt and business numbers, dates,
decimals, numbers of documents and the office's own telephones are no findings.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from server.core import ids


class Exposed(StrEnum):
    """What a number is."""

    RESIDENT_NUMBER = "resident_number"
    CARD = "card"
    PHONE = "phone"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A number that should not be public: where it begins and ends in the text as typed."""

    begins: int
    ends: int
    what: Exposed


def find(text: str, keep: Collection[str] = (), today: date | None = None) -> list[Finding]:
    """What must not be posted, in order and not overlapping.

    `keep` are telephones that are meant to be read; with `today` nobody is born later than that.
    """
    return _found(text, _KINDS, {_digits(number) for number in keep}, today)


def resident_numbers(text: str, today: date | None = None) -> list[Finding]:
    """Resident and foreigner registration numbers alone, as `find` finds them."""
    return _found(text, _KINDS[:1], (), today)


def _found(
    text: str, kinds: "Sequence[tuple[Exposed, _Looks]]", kept: Collection[str], today: date | None
) -> list[Finding]:
    found: list[Finding] = []
    for sheet in (_Sheet.typed(text), _Sheet.spelt(text)):
        for what, looks_for in kinds:
            for begins, ends in looks_for(sheet, kept, today):
                place = Finding(*sheet.origin(begins, ends), what)
                if not any(place.begins < f.ends and f.begins < place.ends for f in found):
                    found.append(place)
    return sorted(found)


# --- how a text is read -------------------------------------------------------------------------

SPELT: Final = {
    **dict.fromkeys("공영령빵〇零Oo", "0"),
    **dict.fromkeys("일하壹Il", "1"),
    **dict.fromkeys("이둘貳二", "2"),
    **dict.fromkeys("삼參三", "3"),
    **dict.fromkeys("사四", "4"),
    **dict.fromkeys("오五", "5"),
    **dict.fromkeys("육륙六", "6"),
    **dict.fromkeys("칠七", "7"),
    **dict.fromkeys("팔八", "8"),
    **dict.fromkeys("구九", "9"),
}
"""Signs that people write for digits so that no machine reads them."""

LINKS: Final = ("다시", "대시", "하이픈", "마이너스", "빼기", "점", "에", "의", "ㅡ", "一")
"""Words that stand for the hyphen between two parts of a number."""

_GAP = r"[\s.·•/_,~()\-‐-―−－ー]{0,3}"
_SPLIT = r"[\s.·•/_\-‐-―−－ー]{1,3}"


class _Sheet:
    """A text as signs with their places: invisible ones left out, digits of all scripts plain."""

    def __init__(self, signs: Sequence[tuple[str, int, int, bool]]) -> None:
        self.text = "".join(sign for sign, _, _, _ in signs)
        self._places = [(begins, ends) for _, begins, ends, _ in signs]
        self._typed = [typed for _, _, _, typed in signs]

    @classmethod
    def typed(cls, text: str) -> "_Sheet":
        """As it stands."""
        return cls([(sign, at, at + 1, True) for at, sign in _visible(text)])

    @classmethod
    def spelt(cls, text: str) -> "_Sheet":
        """With everything that may stand for a digit read as one."""
        visible = list(_visible(text))
        plain = "".join(sign for _, sign in visible)
        signs: list[tuple[str, int, int, bool]] = []
        at = 0
        while at < len(plain):
            link = _link(plain, at) if signs and signs[-1][0] in "0123456789- " else None
            taken = len(link) if link else 1
            begins, ends = visible[at][0], visible[at + taken - 1][0] + 1
            digit = SPELT.get(plain[at])
            sign = "-" if link else digit or plain[at]
            signs.append((sign, begins, ends, digit is None and not link))
            at += taken
        return cls(signs)

    def origin(self, begins: int, ends: int) -> tuple[int, int]:
        """Where a piece of the sheet stands in the text as typed."""
        return self._places[begins][0], self._places[ends - 1][1]

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match that is not a piece of a longer number: what stands beside it is no digit,
        or only a word that could be read as one (번호는 …오육칠팔이고)."""
        for at, sign in enumerate(self.text):
            if not (sign.isdigit() or sign == "+") or self._digit_at(at - 1):
                continue
            match = pattern.match(self.text, at)
            if match is not None and not self._digit_at(match.end()):
                yield match

    def _digit_at(self, place: int) -> bool:
        inside = 0 <= place < len(self.text)
        return inside and self._typed[place] and self.text[place].isdigit()

    def before(self, place: int, letters: int) -> str:
        return self.text[max(0, place - letters) : place]

    def after(self, place: int, letters: int) -> str:
        return self.text[place : place + letters]


def _visible(text: str) -> Iterator[tuple[int, str]]:
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
            continue
        digit = unicodedata.digit(letter, None)
        yield at, str(digit) if digit is not None else _plain(letter)


def _plain(letter: str) -> str:
    """A full-width sign as the plain one; everything else as it is."""
    normal = unicodedata.normalize("NFKC", letter)
    return normal if len(normal) == 1 and normal.isascii() else letter


def _link(text: str, at: int) -> str | None:
    """The word for a hyphen that stands here, if a digit follows it."""
    for word in LINKS:
        end = at + len(word)
        if text.startswith(word, at):
            following = text[end : end + 2].lstrip()[:1]
            if following and (following.isdigit() or following in SPELT):
                return word
    return None


# --- what is looked for -------------------------------------------------------------------------

_RESIDENT = re.compile(rf"(\d{{2}})(\d{{2}})(\d{{2}})({_GAP})(\d)(\d{{6}})")
_PHONE = re.compile(
    rf"(?:01[016-9]|02|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])|070|050\d?){_GAP}\d{{3,4}}{_GAP}\d{{4}}"
    rf"|(?:\+|00)?82{_GAP}0?{_GAP}(?:1[016-9]|2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70)"
    rf"{_GAP}\d{{3,4}}{_GAP}\d{{4}}"
)
_CARD = re.compile(
    rf"\d{{4}}({_GAP})\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|3[47]\d{{2}}{_GAP}\d{{6}}{_GAP}\d{{5}}|3[68]\d{{2}}{_GAP}\d{{6}}{_GAP}\d{{4}}"
)
_ACCOUNT = re.compile(rf"\d{{2,6}}(?:{_SPLIT}\d{{1,8}}){{1,4}}|\d{{10,14}}")
_DECIMAL = re.compile(r"\d[.,]$")

BANKS: Final = re.compile(
    r"계좌|입금|송금|이체|예금주|통장|은행|농협|수협|신협|축협|국민|신한|우리|하나|기업|카카오|카뱅|토스|"
    r"케이뱅크|새마을|우체국|제일|씨티|산업|부산|대구|광주|전북|경남|제주|bank|account",
    re.IGNORECASE,
)
"""Words beside which a number is somebody's bank account."""

DOCUMENTS: Final = re.compile(
    r"접수|신청|문서|공고|고시|관리|송장|등기|허가|신고|과태료|고지|납부|차대|모델|제품|시리얼|일련|법률|"
    r"사업자|법인|버스|정류|주문|사건|제\s*$",
)
"""Words after which a number is that of a document or a thing."""

ACCOUNT_SHAPES: Final = frozenset(
    {
        (6, 2, 6), (3, 3, 6), (3, 2, 6), (4, 3, 6), (3, 6, 5), (3, 6, 2, 3), (3, 4, 4, 2),
        (3, 4, 4, 3), (4, 2, 7), (3, 2, 4, 3), (4, 4, 4, 1),
    }
)  # fmt: skip
"""How banks write their numbers: a number of this shape is one, whatever stands beside it."""

ACCOUNT_DIGITS: Final = range(10, 15)
CONTEXT_LETTERS: Final = 14
NO_CHECK_DIGIT_SINCE: Final = date(2020, 10, 5)  # resident numbers are random from here on

type _Looks = Callable[[_Sheet, Collection[str], date | None], Iterator[tuple[int, int]]]


def _residents(sheet: _Sheet, _: Collection[str], today: date | None) -> Iterator[tuple[int, int]]:
    for match in sheet.matches(_RESIDENT):
        year, month, day, gap, seventh, _rest = match.groups()
        born = _born(int(year), int(month), int(day), int(seventh))
        if born is None or (today is not None and born > today):
            continue
        beside = sheet.before(match.start(), CONTEXT_LETTERS)
        if "법인" in beside:
            continue
        digits = _digits(match[0])
        if (
            gap
            or checks_out(digits)
            or born >= NO_CHECK_DIGIT_SINCE
            or re.search(r"주민|등록|외국인|민번", beside)
        ):
            yield match.span()


def _cards(sheet: _Sheet, _: Collection[str], __: date | None) -> Iterator[tuple[int, int]]:
    for match in sheet.matches(_CARD):
        digits = _digits(match[0])
        if digits[0] in "234569" and len(set(digits)) > 1 and luhn(digits):
            yield match.span()


def _phones(sheet: _Sheet, kept: Collection[str], __: date | None) -> Iterator[tuple[int, int]]:
    for match in sheet.matches(_PHONE):
        national = re.sub(r"^(?:00)?82(?=[1-9])", "0", _digits(match[0]))
        national = re.sub(r"^(?:00)?820", "0", national)
        bare = match[0].isdigit()
        if national in kept or (bare and _DECIMAL.search(sheet.before(match.start(), 2))):
            continue
        yield match.span()


def _accounts(sheet: _Sheet, kept: Collection[str], __: date | None) -> Iterator[tuple[int, int]]:
    for match in sheet.matches(_ACCOUNT):
        parts = tuple(len(part) for part in re.findall(r"\d+", match[0]))
        if sum(parts) not in ACCOUNT_DIGITS or _harmless(match[0], parts, kept):
            continue
        before = sheet.before(match.start(), CONTEXT_LETTERS)
        if BANKS.search(before + " " + sheet.after(match.end(), CONTEXT_LETTERS)):
            likely = DOCUMENTS.search(before) is None or re.search(r"계좌|은행", before) is not None
        else:
            shaped = parts in ACCOUNT_SHAPES and re.match(r"(19|20)\d\d\D", match[0]) is None
            likely = shaped and DOCUMENTS.search(before) is None
        if likely:
            yield match.span()


_KINDS: Final[Sequence[tuple[Exposed, _Looks]]] = (
    (Exposed.RESIDENT_NUMBER, _residents),  # first: `resident_numbers` takes this one alone
    (Exposed.CARD, _cards),
    (Exposed.PHONE, _phones),
    (Exposed.ACCOUNT, _accounts),
)


def _harmless(number: str, parts: tuple[int, ...], kept: Collection[str]) -> bool:
    """A receipt number, a date with its hour, a business's number, the office's telephone."""
    if _digits(number) in kept or ids.parse_receipt(number) is not None:
        return True
    if re.fullmatch(r"(?:19|20)\d\d\D+\d{1,2}\D+\d{1,2}(?:\D+\d{1,4}){0,3}", number):
        return True
    return parts == (3, 2, 5) and business(_digits(number))


def luhn(digits: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def checks_out(digits: str) -> bool:
    """Whether the last of thirteen digits is the check digit of a resident or foreigner number
    as they were given until October 2020."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    top = 13 if digits[6] in "5678" else 11
    return (top - total % 11) % 10 == int(digits[12])


def business(digits: str) -> bool:
    """Whether ten digits are a business registration number: public, and of no person."""
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    total += int(digits[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(digits[9])


def _born(year: int, month: int, day: int, seventh: int) -> date | None:
    """The date of birth that a resident number begins with; None where there is no such day."""
    century = {9: 1800, 0: 1800, 1: 1900, 2: 1900, 5: 1900, 6: 1900}.get(seventh, 2000)
    try:
        return date(century + year, month, day)
    except ValueError:
        return None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
