"""A fax before it is sent: cover, text and attachments as A4 pages, counted and so priced (Y15-4).

The pages drawn here are the pages sent: the preview, the TIFF and the PDF hold the same bits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops

from gateways.encode import fax_cover, fax_file, fax_font, fax_text
from gateways.encode.fax_cover import Cover
from gateways.encode.fax_file import Page
from gateways.encode.parcels import Facts, Refused

PAGES_MAX = 30
HEADER_EM = 24
HEADER_TOP = 44
HEADER_LEFT = 80
_RULE_GAP = 4


class CannotDraw(Refused):
    """There is nothing to draw, or more than PAGES_MAX pages."""

    def __init__(self, code: Literal["empty", "too_many_pages"]) -> None:
        super().__init__(code)
        self.code = code

    @property
    def refusal(self) -> Facts:
        return {"refused": self.code}


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


def draw(
    text: str, attached: Sequence[Page], header: Header, font: Path, cover: Cover | None = None
) -> Fax:
    """Draw the cover, the text pages and the attachments' pages (`attachment.read`), a header line
    on each. The same arguments give the same bytes.

    Raises CannotDraw.
    """
    face = fax_font.typeface(font, fax_text.BODY_EM)
    tidy = fax_text.tidy(text)
    texts = fax_text.pages(fax_text.wrap(tidy, face)) if tidy else []
    if not texts and not attached:
        raise CannotDraw("empty")
    total = len(texts) + len(attached) + (cover is not None)
    if total > PAGES_MAX:
        raise CannotDraw("too_many_pages")
    small = fax_font.typeface(font, HEADER_EM)
    pages = []
    for number, sheet in enumerate(_sheets(texts, attached, header, total, font, cover), start=1):
        _head(sheet, header, number, total, small)
        pages.append(fax_file.encode(sheet))
    typed = tidy.replace("\n", "") + header.sender + header.recipient
    if cover is not None:
        typed += "".join(fax_text.tidy(fax_cover.words(cover)).split("\n"))
    return Fax(tuple(pages), face.lacks(typed))


def text_pages(text: str, font: Path) -> tuple[str, ...]:
    """The text as it falls on pages, without drawing them."""
    face = fax_font.typeface(font, fax_text.BODY_EM)
    tidy = fax_text.tidy(text)
    sheets = fax_text.pages(fax_text.wrap(tidy, face)) if tidy else []
    return tuple("\n".join(lines) for lines in sheets)


def _sheets(
    texts: Sequence[Sequence[str]],
    attached: Sequence[Page],
    header: Header,
    total: int,
    font: Path,
    cover: Cover | None,
) -> Iterator[Image.Image]:
    if cover is not None:
        yield fax_cover.draw(cover, header.sender, header.recipient, header.at, total, font)
    face = fax_font.typeface(font, fax_text.BODY_EM)
    for lines in texts:
        yield fax_text.draw(lines, face)
    for page in attached:
        ink = ImageChops.invert(fax_file.decode(page))
        yield fax_file.sheet_of(ink)


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
