"""Text set as A4 pages: paragraphs as typed, lines broken between words, 금칙 in long ones."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from PIL import Image

from gateways.encode.fax_file import ROWS_MAX, WIDTH
from gateways.encode.fax_font import Typeface

# In pixels of 204 x 196 dpi: 20 mm at the sides, the header line above, 15 mm below.
LEFT = 180
TEXT_WIDTH = WIDTH - 2 * LEFT
TOP = 150
BOTTOM = 116
BODY_EM = 34
LINE = 52
LINES_A_PAGE = (ROWS_MAX - TOP - BOTTOM) // LINE
TAB = 4

_NOT_FIRST = frozenset("!%),.:;?]}¢°’”‰′″℃、。々〉》」』】〕〗〞ー・·…！％），．：；？］｝～~")
_NOT_LAST = frozenset("$([{£¥‘“〈《「『【〔〖￦₩（［｛＄")
_PIECES = re.compile(r" +|[^ ]+")
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)


def tidy(text: str) -> str:
    """The text as it is set: composed syllables, tabs as spaces, nothing invisible."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub("[\u00a0\u2000-\u200a\u202f\u205f]", " ", text.expandtabs(TAB))
    text = _INVISIBLE.sub("", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def wrap(text: str, face: Typeface, width: int = TEXT_WIDTH) -> list[str]:
    """The lines of a tidy text, each at most `width` pixels; an empty line between paragraphs."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_paragraph(paragraph, face, width))
    return lines


def _paragraph(paragraph: str, face: Typeface, width: int) -> Iterator[str]:
    widths = face.widths
    line, used = "", 0
    for piece in _PIECES.findall(paragraph):
        takes = sum(map(widths.__getitem__, piece))
        if used + takes <= width:
            line, used = line + piece, used + takes
            continue
        if piece[0] == " ":  # a line never begins with the space it was broken at
            if line:
                yield line
            line, used = "", 0
            continue
        if takes <= width:
            yield line.rstrip(" ")
            line, used = piece, takes
            continue
        while takes > width - used:
            cut = _cut(piece, face, width - used)
            if cut or line:
                yield (line + piece[:cut]).rstrip(" ")
                line, used = "", 0
            else:  # not even one character fits: no such width is asked for
                raise ValueError(f"{width} pixels hold no line")
            piece = piece[cut:]
            takes = sum(map(widths.__getitem__, piece))
        line, used = line + piece, used + takes
    yield line


def _cut(word: str, face: Typeface, room: int) -> int:
    """How many characters of an overlong word stay on this line, by 금칙 where that is possible."""
    fits = 0
    for character in word:
        room -= face.widths[character]
        if room < 0:
            break
        fits += 1
    for cut in range(fits, 0, -1):
        if word[cut] not in _NOT_FIRST and word[cut - 1] not in _NOT_LAST:
            return cut
    return fits


def pages(lines: Sequence[str]) -> list[Sequence[str]]:
    """The lines of each page. A page does not begin with the empty line before a paragraph."""
    found: list[Sequence[str]] = []
    at = 0
    while at < len(lines):
        if found and not lines[at]:
            at += 1
            continue
        found.append(lines[at : at + LINES_A_PAGE])
        at += LINES_A_PAGE
    return found


def draw(lines: Sequence[str], face: Typeface) -> Image.Image:
    """One page of text: mode "1", 255 where inked."""
    page = Image.new("1", (WIDTH, ROWS_MAX), 0)
    for number, line in enumerate(lines):
        set_line(page, line, face, LEFT, TOP + number * LINE)
    return page


def set_line(page: Image.Image, line: str, face: Typeface, left: int, top: int) -> None:
    """Put one line on a page, its ink beginning at row `top`; cut off at the page's right edge."""
    columns = b"".join(map(face.columns.__getitem__, line))
    width = len(columns) // face.height
    if not width:
        return
    upright = Image.frombytes("1", (face.height, width), columns, "raw", "1;8")
    page.paste(upright.transpose(Image.Transpose.TRANSPOSE), (left, top))
