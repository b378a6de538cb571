"""A fax before it is sent: text and pictures as A4 pages, counted and so priced (Y15-4).

The pages drawn here are the pages sent: the preview, the TIFF and the PDF hold the same bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Literal

from PIL import Image

from gateways.encode import fax_file, fax_font, fax_image, fax_text
from gateways.encode.fax_file import Page

PAGES_MAX = 30
HEADER_EM = 24
HEADER_TOP = 44
HEADER_LEFT = 80
_RULE_GAP = 4


class CannotDraw(ValueError):  # noqa: N818
    """There is nothing to draw, or more than PAGES_MAX pages."""

    def __init__(self, code: Literal["empty", "too_many_pages"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Header:
    """The line above each page: who sends, to which number, when (Seoul time), page n of m."""

    sender: str
    recipient: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fax:
    """The pages of a fax. `lacking` characters are shown as boxes, for the font has none."""

    pages: tuple[Page, ...] = field(repr=False)
    lacking: str

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @property
    def tiff(self) -> bytes:
        """As a fax engine takes it."""
        return fax_file.to_tiff(self.pages)

    @property
    def pdf(self) -> bytes:
        """As people open it; the same bits."""
        return fax_file.to_pdf(self.pages)


def draw(text: str, pictures: Sequence[bytes], header: Header, font: Path) -> Fax:
    """Draw text pages, then one page a picture. The same arguments give the same bytes.

    Raises CannotDraw, and picture.BadPicture for a picture that is refused.
    """
    face = fax_font.typeface(font, fax_text.BODY_EM)
    tidy = fax_text.tidy(text)
    texts = fax_text.pages(fax_text.wrap(tidy, face)) if tidy else []
    total = len(texts) + len(pictures)
    if not total:
        raise CannotDraw("empty")
    if total > PAGES_MAX:
        raise CannotDraw("too_many_pages")
    small = fax_font.typeface(font, HEADER_EM)
    pages: list[Page] = []
    drawn = chain((fax_text.draw(lines, face) for lines in texts), map(fax_image.draw, pictures))
    for number, sheet in enumerate(drawn, start=1):
        _head(sheet, header, number, total, small)
        pages.append(fax_file.encode(sheet))
    names = header.sender + header.recipient
    return Fax(tuple(pages), face.lacks(tidy.replace("\n", "") + names))


def page_count(text: str, pictures: int, font: Path) -> int:
    """How many pages `draw` makes of a text and so many pictures, without drawing them."""
    face = fax_font.typeface(font, fax_text.BODY_EM)
    tidy = fax_text.tidy(text)
    return (len(fax_text.pages(fax_text.wrap(tidy, face))) if tidy else 0) + pictures


def _head(
    sheet: Image.Image, header: Header, number: int, total: int, face: fax_font.Typeface
) -> None:
    """Set the header line: names shortened where they would meet, the number and time never."""
    right = f"{header.at:%Y-%m-%d %H:%M}   {number}/{total}"
    room = fax_file.WIDTH - 2 * HEADER_LEFT - face.width(right) - face.em
    to = f"   받음 {_line(header.recipient)}"
    left = _shortened(f"보냄 {_line(header.sender)}", room - face.width(to), face) + to
    fax_text.set_line(sheet, left, face, HEADER_LEFT, HEADER_TOP)
    at = fax_file.WIDTH - HEADER_LEFT - face.width(right)
    fax_text.set_line(sheet, right, face, at, HEADER_TOP)
    rule = HEADER_TOP + face.height + _RULE_GAP
    first, last = HEADER_LEFT // 8, (fax_file.WIDTH - HEADER_LEFT) // 8
    sheet.paste(0xFF, (first, rule, last, rule + 2))


def _line(text: str) -> str:
    return fax_text.tidy(text).replace("\n", " ")


def _shortened(line: str, room: int, face: fax_font.Typeface) -> str:
    if face.width(line) <= room:
        return line
    while line and face.width(line + "…") > room:
        line = line[:-1]
    return line + "…"
