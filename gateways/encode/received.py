"""A fax that somebody sent us, as pages of our own: a TIFF of a fax server, or a PDF of a cloud.

What a fax machine sends may be coarse (204 x 98 dpi), inverted or of any width a decoder knows:
each page is drawn anew as one that can be shown. Of what is longer than anybody reads, or breaks
off, the first pages are drawn, and it is said that more follow.
"""

import io
import math
import warnings
from dataclasses import dataclass, field
from itertools import count

from PIL import Image

from gateways.encode import attachment, fax_file
from gateways.encode.attachment import BYTES_MAX, BadPdf, PdfFault
from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN, ROWS_MAX, WIDTH, Page
from gateways.encode.picture import BadPicture, PictureFault

SQUEEZED = 1.25  # so much longer than a page a sheet may be before it is cut into several
DARK = 128
COARSE_DPI = 150.0  # below it, across and down differ: a page of the standard fineness
_TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True, slots=True)
class Received:
    """The first pages of a fax; `more` where the file holds, or may hold, others."""

    pages: tuple[Page, ...] = field(repr=False)
    more: bool


def is_tiff(data: bytes) -> bool:
    """Whether bytes begin as a TIFF does."""
    return data[:4] in _TIFF


def read(data: bytes, pages_max: int) -> Received:
    """The first pages, `pages_max` at most. Raises BadPdf or BadPicture for what is neither, or is
    damaged before its first page ends."""
    if is_tiff(data):
        return _of_tiff(data, pages_max)
    if not attachment.is_pdf(data):
        return Received(attachment.read(data, 1).pages, more=False)
    if len(data) > BYTES_MAX:
        raise BadPdf(PdfFault.TOO_LARGE)
    from gateways.encode import pdf  # PDFium in those children only that need it

    pages, of = pdf.first(data, pages_max)
    return Received(pages, more=of > len(pages))


def _of_tiff(data: bytes, pages_max: int) -> Received:
    if len(data) > BYTES_MAX:
        raise BadPicture(PictureFault.TOO_LARGE)
    pages: list[Page] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a file that is odd enough to warn of is refused
            more = _draw(Image.open(io.BytesIO(data), formats=["TIFF"]), pages, pages_max)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        more, fault = True, PictureFault.TOO_MANY_PIXELS
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, OverflowError, Warning):
        more, fault = True, PictureFault.TRUNCATED
    else:
        fault = PictureFault.TRUNCATED
    if not pages:
        raise BadPicture(fault)
    return Received(tuple(pages), more)


def _draw(opened: Image.Image, pages: list[Page], pages_max: int) -> bool:
    """Draw sheet after sheet into `pages`, as far as they go; whether more follow."""
    for number in count():
        try:
            opened.seek(number)
        except EOFError:
            break
        if len(pages) == pages_max or _draw_sheet(opened, pages, pages_max):
            return True
    return False


def _draw_sheet(opened: Image.Image, pages: list[Page], pages_max: int) -> bool:
    """One sheet, 1728 pixels wide and at true proportions, a long one on several pages; whether
    some of it is left."""
    if min(opened.size) < 1:
        raise BadPicture(PictureFault.TOO_SMALL)
    across, down = (float(each) or 1.0 for each in opened.info.get("dpi", (DPI_ACROSS, DPI_DOWN)))
    stretch = across / down if across > COARSE_DPI or down > COARSE_DPI else 1.0
    fine = WIDTH / opened.width * stretch * DPI_DOWN / DPI_ACROSS
    rows = max(1, round(opened.height * fine))
    grey = opened.convert("L")
    if rows <= ROWS_MAX * SQUEEZED:
        pages.append(_page(grey, 0, grey.height, min(rows, ROWS_MAX)))
        return False
    for top in range(0, rows, ROWS_MAX):
        if len(pages) == pages_max:
            return True
        bottom = min(rows, top + ROWS_MAX)
        ends = min(float(grey.height), bottom * grey.height / rows)
        pages.append(_page(grey, top * grey.height / rows, ends, bottom - top))
    return False


def _page(grey: Image.Image, top: float, bottom: float, rows: int) -> Page:
    """What stands between two heights of a sheet, as a page of so many rows."""
    # The resampler keeps a place for each column and row of its box: whole pixels are cut out
    # before, so that a sheet of one long row or column costs no more than another.
    first, last = math.floor(top), math.ceil(bottom)
    piece = grey.crop((0, first, grey.width, last))
    box = (0, top - first, grey.width, bottom - first)
    drawn = piece.resize((WIDTH, rows), Image.Resampling.BOX, box)
    return fax_file.encode(fax_file.sheet_of(drawn.point(lambda v: 255 if v < DARK else 0, "1")))
