"""Text set as A4 pages: paragraphs as typed, lines broken between words, 금칙 in long ones."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from PIL import Image

from gateways.encode import fax_file
from gateways.encode.fax_file import ROWS_MAX, WIDTH
from gateways.encode.fax_font import GRID, Typeface

# In pixels of 204 x 196 dpi: 20 mm at the sides, the header line above, 15 mm below.
LEFT = 176
TEXT_WIDTH = WIDTH - 2 * LEFT
TOP = 150
BOTTOM = 116
BODY_EM = 35
LINE = 52
LINES_A_PAGE = (ROWS_MAX - TOP - BOTTOM) // LINE
TAB = 4
_LONG = 200  # characters that no line holds, so that they need not be measured

_NOT_FIRST = frozenset("!%),.:;?]}¢°’”‰′″℃、。々〉》」』】〕〗〞ー・·…！％），．：；？］｝～~")
_NOT_LAST = frozenset("$([{£¥‘“〈《「『【〔〖￦₩（［｛＄")
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
    """Words as long as they fit; the spaces at which a line is broken are on neither line."""
    words = paragraph.split(" ")
    gap = face.space_width
    first, used, broken = 0, -gap, False
    for at, word in enumerate(words):
        if broken and first == at and not word:
            first += 1
            continue
        takes = gap + (face.widths[word] if len(word) < _LONG else width + 1)
        if used + takes > width:
            if takes - gap > width:
                *full, rest = _cut(words[first:at], word, face, width)
                yield from full
                words[at] = rest
                takes = gap + face.widths[rest]
            else:
                yield " ".join(words[first:at]).rstrip(" ")
            first, used, broken = at, -gap, True
            if not word:
                first += 1
                continue
        used += takes
    yield " ".join(words[first:])


def _cut(before: list[str], word: str, face: Typeface, width: int) -> list[str]:
    """A word longer than any line, over as many as it needs: those that are full, and the rest.

    It begins behind the words `before` it, and is cut by 금칙 where that is possible.
    """
    lines: list[str] = []
    head = "".join(f"{earlier} " for earlier in before)
    while True:
        fits = face.fitting(word, width - face.width(head))
        if fits == len(word) and not head:
            return [*lines, word]
        fits = min(fits, len(word) - 1)
        cut = next((n for n in range(fits, 0, -1) if _may_break(word, n)), fits)
        if not cut and not head:
            raise ValueError(f"{width} pixels hold no line")
        lines.append((head + word[:cut]).rstrip(" "))
        head, word = "", word[cut:]


def _may_break(word: str, at: int) -> bool:
    return word[at] not in _NOT_FIRST and word[at - 1] not in _NOT_LAST


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
    """One sheet of text (`fax_file.blank_sheet`)."""
    sheet = fax_file.blank_sheet()
    for number, line in enumerate(lines):
        set_line(sheet, line, face, LEFT, TOP + number * LINE)
    return sheet


def set_line(sheet: Image.Image, line: str, face: Typeface, left: int, top: int) -> None:
    """Put one line on a sheet, its ink beginning at row `top`; `left` is a multiple of GRID."""
    # The images under Pillow's own: `Image.paste` takes five times as long as the copy it makes.
    paste, words = sheet.im.paste, face.words
    bottom = top + face.height
    gap = face.space_width // GRID
    at = left // GRID
    for word in line.split(" "):
        if word:
            image, width = words[word]
            end = at + width
            paste(image, (at, top, end, bottom))
            at = end
        at += gap
