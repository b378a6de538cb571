"""Addresses and telephone numbers in a text, and those written to look like others. Pure.

A number may be written plainly (010-1234-5678, 02 2670 3114). In other scripts (０１０, ①②③,
일이삼), with letters for digits (O1O) or taken apart (0 1 0 . 1 2 3 4) it hides from filters. A
domain with letters of other alphabets, or in words (네이버 점 컴), pretends to be another.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

# --- addresses ----------------------------------------------------------------------------------

ENDINGS: Final = (
    "com|net|org|info|biz|me|io|co|kr|to|ly|gl|gg|cc|tv|xyz|top|site|online|shop|store|club|app|dev"
    "|link|click|live|pro|vip|win|bet|ink|page|web|tk|ml|ga|cf|cn|jp|us|uk|ru|asia|mobi|ws|pw|su"
)
_CONFUSED: Final = str.maketrans(
    "аеорсухіѕјԁһԛԝвкмнтАЕОРСУХІЅЈВКМНТαβεικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧⅰⅼⅽⅾⅿ",
    "aeopcyxisjdhqwbkmhtAEOPCYXISJBKMHTabeiknoptuxwABEZHIKMNOPTYXilcdm",
)
"""Letters of other alphabets by the Latin ones for which they are taken."""

_SCHEME: Final = r"(?:h\W?[tx×]{2}\W?ps?\W{1,2}//|https?:)"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS: Final = re.compile(
    rf"(?:{_SCHEME}\s?)?(?<![\w@.-])(?:{_LABEL}\.)+(?:{ENDINGS}|xn--[a-z0-9-]+)(?![\w-])"
    r"(?::\d+)?(?:/[^\s]*)?",
    re.I,
)
_BARE: Final = re.compile(
    rf"{_SCHEME}(?:[^\s가-힣]+|[가-힣]\S*)|www\d?\.(?:[^\s가-힣]+|[가-힣]\S*)", re.I
)
_INTERNET_NUMBER: Final = re.compile(
    r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])(?:[:/]\S*)?"
)
_DOT: Final = r"\s*(?:닷|점|쩜|도트|dot|\(\s*\.\s*\)|\[\s*\.\s*\]|\s\.\s?|。|．|｡)\s*"
_IN_WORDS: Final = re.compile(
    rf"[가-힣a-z0-9-]{{2,30}}{_DOT}(?:컴|콤|com|kr|케이알|net|넷|org|shop|xyz|me|info|co)"
    rf"(?![가-힣a-z0-9])",
    re.I,
)
_NO_DOMAINS: Final = re.compile(r"^\d+(?:\.\d+)+$")


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it stands in the text, and the host it leads to."""

    words: str
    host: str
    looks_like_another: bool


def addresses(text: str) -> Iterator[Address]:
    """Every address in a text, each once by its words."""
    plain, origin = _folded(text)
    seen: list[tuple[int, int]] = []
    for pattern in (_BARE, _ADDRESS, _INTERNET_NUMBER, _IN_WORDS):
        for match in pattern.finditer(plain):
            begins, ends = origin[match.start()], origin[match.end() - 1] + 1
            if any(begins < last and first < ends for first, last in seen):
                continue
            host = _host(match[0])
            if _NO_DOMAINS.match(host) and pattern is _ADDRESS:
                continue
            seen.append((begins, ends))
            words = text[begins:ends]
            disguised = pattern is _IN_WORDS or _disguised(words, host)
            yield Address(words, host, disguised)


def is_ours(host: str, own_hosts: Collection[str]) -> bool:
    """Whether a host is the office's own, or a government's (only those get names under go.kr)."""
    ours = any(host == own or host.endswith(f".{own}") for own in own_hosts if own)
    return ours or host.endswith(".go.kr")


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with full-width and look-alike letters as the Latin ones they stand for, and where
    each of its signs stands in the text as typed."""
    signs: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
            continue
        for sign in unicodedata.normalize("NFKC", letter).translate(_CONFUSED).casefold():
            signs.append(sign)
            origin.append(at)
    return "".join(signs), origin


def _host(words: str) -> str:
    bare = re.sub(rf"^{_SCHEME}/{{0,2}}", "", words, flags=re.I)
    return re.split(r"[/:?#]", bare, maxsplit=1)[0].rstrip(".")


def _disguised(words: str, host: str) -> bool:
    """Whether it is written so as to be taken for another: letters of other alphabets in the host
    (also in punycode), a name of somebody else's before an @, a scheme that is none."""
    written = re.split(r"[/?#]", re.sub(r"^\w+\W{1,3}//", "", words), maxsplit=1)[0]
    odd = any(not letter.isascii() and letter.isalnum() for letter in written)
    scheme = re.match(r"(\w+)\W*//", words)
    strange = scheme is not None and scheme[1].casefold() not in {"http", "https"}
    return odd or strange or "@" in written or "xn--" in host or _deceives(host)


def _deceives(host: str) -> bool:
    """A name that holds a government's or bank's ending in its middle: gov.kr-login.com."""
    return re.search(r"(?:^|[.-])(?:go|gov|or)[.-]kr(?:[.-])(?!$)", host) is not None


# --- telephone numbers --------------------------------------------------------------------------

SPELT: Final = {
    **dict.fromkeys("공영령빵〇零OoＯОо○", "0"),
    **dict.fromkeys("일하壹一IlⅠⅼ|", "1"),
    **dict.fromkeys("이둘貳二Zz", "2"),
    **dict.fromkeys("삼參三З", "3"),
    **dict.fromkeys("사四", "4"),
    **dict.fromkeys("오五Ss", "5"),
    **dict.fromkeys("육륙六", "6"),
    **dict.fromkeys("칠七", "7"),
    **dict.fromkeys("팔八B", "8"),
    **dict.fromkeys("구九", "9"),
    **{chr(0x2460 + each): str(each + 1) for each in range(9)},  # ①
    **{chr(0x2474 + each): str(each + 1) for each in range(9)},  # ⑴
    **{chr(0x2160 + each): str(each + 1) for each in range(9)},  # Ⅰ
    **{chr(0x2170 + each): str(each + 1) for each in range(9)},  # ⅰ
    "⓪": "0",
}
"""Signs that people write for digits so that no machine reads them."""

_GAP: Final = r"(?:[\s.·•/_,~()\-‐-―−－ー*+ㅡ]|다시|대시|하이픈|에|의){0,3}"
_HEADS: Final = (
    "0 1 [016-9]", "0 2", "0 3 [1-3]", "0 4 [1-4]", "0 5 [1-5]", "0 6 [1-4]", "0 7 0", "0 5 0 \\d",
    "0 6 0",
)  # fmt: skip
_DIGITS: Final = _GAP.join([r"\d"] * 3) + rf"(?:{_GAP}\d)?{_GAP}" + _GAP.join([r"\d"] * 4)
_NUMBER: Final = re.compile(
    "(?:" + "|".join(head.replace(" ", _GAP) for head in _HEADS) + f"){_GAP}{_DIGITS}"
)
_REPRESENTATIVE: Final = re.compile(
    _GAP.join(["1", "[568]", r"\d", r"\d"]) + _GAP + _GAP.join([r"\d"] * 4)
)
_PLAINLY: Final = re.compile(r"\(?0\d{1,3}\)?[-. ]{0,2}\d{3,4}[-. ]?\d{4}|1[568]\d\d[-. ]?\d{4}")


def disguised_numbers(text: str) -> Iterator[str]:
    """The telephone numbers of a text that are not written plainly, as they stand there."""
    signs: list[str] = []
    origin: list[int] = []
    strange: list[bool] = []
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
            continue
        sign = SPELT.get(letter) or _digit(letter) or letter
        signs.append(sign[:1])
        origin.append(at)
        strange.append(sign != letter)
    plain = "".join(signs)
    ends = 0
    for pattern in (_NUMBER, _REPRESENTATIVE):
        for match in pattern.finditer(plain):
            if _inside(plain, strange, match) or match.start() < ends:
                continue
            first, last = origin[match.start()], origin[match.end() - 1] + 1
            typed = text[first:last]
            if _PLAINLY.fullmatch(typed):
                continue
            if pattern is _REPRESENTATIVE and not any(strange[match.start() : match.end()]):
                continue  # four years or prices in a row are no number
            ends = match.end()
            yield typed


def _digit(letter: str) -> str | None:
    value = unicodedata.digit(letter, None)
    return str(value) if value is not None else None


def _inside(plain: str, strange: list[bool], match: re.Match[str]) -> bool:
    """Whether it is a piece of a longer number that is written in digits."""

    def digit(at: int) -> bool:
        return 0 <= at < len(plain) and plain[at].isdigit() and not strange[at]

    return digit(match.start() - 1) or digit(match.end())
