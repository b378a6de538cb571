"""PDFs from strangers as fax pages, by PDFium without scripts, bounded in pages and letters.

A page is fitted to A4 whatever its size says, annotations and filled-in forms are printed with it,
and its text layer is read along, for what must be warned of before it is sent.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from gateways.encode import fax_file, fax_image, fax_ink
from gateways.encode.attachment import Attachment, BadPdf, PdfFault
from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN, ROWS_MAX, WIDTH
from gateways.encode.fax_image import BOTTOM, TOP

LETTERS_MAX = 20_000  # of one page; more is no page that anybody reads
ENLARGED_AT_MOST = 2.0
POINTS_MIN, POINTS_MAX = 3.0, 20_000.0  # of a page's side, 1/72 inch: a millimetre to seven metres
HEAD_ROWS = 90  # where the header line stands
OBJECTS_MAX = 5_000  # of a page, looked through for pictures
PICTURES_MAX = 64
PICTURE_MIN = 48  # pixels a side; smaller ones are signs
PICTURE_MAX = 0.7  # of the sheet; a larger one is a scan
_COUNTERCLOCKWISE = 3
OPAQUE = 255
_STROKES = frozenset({raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH})
_PRINTING = 1 << 2
_FLAGS = raw.FPDF_ANNOT | raw.FPDF_PRINTING | raw.FPDF_GRAYSCALE

type _Place = tuple[int, int, int, int, int]  # left, top, width, rows, turned


def read(data: bytes, pages_max: int) -> Attachment:
    """Draw a PDF of at most `pages_max` pages. Raises BadPdf."""
    with _opened(data) as document:
        count = len(document)
        if count > pages_max:
            raise BadPdf(PdfFault.TOO_MANY_PAGES, count)
        pages: list[fax_file.Page] = []
        texts: list[str] = []
        for number in range(count):
            with _refusing():
                page = _flat(document, number)
                drawing = _drawn(page)
                texts.append(_text_of(page))
                page.close()
            pages.append(fax_image.smallest_fitting(drawing.inked))
    return Attachment(tuple(pages), tuple(texts))


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document, if it can be read without a password and may be printed."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise BadPdf(PdfFault.ENCRYPTED if locked else PdfFault.BROKEN) from error
    try:
        if not raw.FPDF_GetDocPermissions(document) & _PRINTING:
            raise BadPdf(PdfFault.NO_PRINTING)
        yield document
    finally:
        document.close()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (pypdfium2.PdfiumError, ValueError, OverflowError, ctypes.ArgumentError) as error:
        if isinstance(error, BadPdf):
            raise
        raise BadPdf(PdfFault.BROKEN) from error
    except MemoryError as error:
        raise BadPdf(PdfFault.TOO_SLOW) from error


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A page in grey on a whole sheet, and where it has pictures."""

    grey: Image.Image
    pictures: Sequence[fax_ink.Box]
    strokes: bool  # black and white, and nothing else

    def inked(self, cell: fax_ink.Cell) -> fax_file.Page:
        if self.strokes:
            ink = fax_ink.of_strokes(self.grey)
        else:
            ink = fax_ink.of_page(self.grey, self.pictures, cell)
        return fax_file.encode(fax_file.sheet_of(ink))


def _flat(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    """A page into which its annotations and fields are written, so that they are drawn and read
    like everything else."""
    page = document[number]
    if not raw.FPDFPage_GetAnnotCount(page):
        return page
    flattened = raw.FPDFPage_Flatten(page, raw.FLAT_PRINT)
    page.close()
    if flattened == raw.FLATTEN_FAIL:
        raise BadPdf(PdfFault.BROKEN)
    return document[number]


def _drawn(page: pypdfium2.PdfPage) -> _Drawing:
    """The page at full size where it leaves the room of the header line white, otherwise below."""
    drawing = _fitted(page, 0, ROWS_MAX)
    head = drawing.grey.crop((0, 0, WIDTH, HEAD_ROWS))
    if any(head.histogram()[: fax_ink.PAPER]):
        return _fitted(page, TOP, ROWS_MAX - BOTTOM)
    return drawing


def _fitted(page: pypdfium2.PdfPage, top: int, bottom: int) -> _Drawing:
    """The page between two rows of a white sheet, upright, in true proportion."""
    wide, tall = page.get_size()
    if not all(POINTS_MIN <= side <= POINTS_MAX for side in (wide, tall)):
        raise BadPdf(PdfFault.BROKEN)
    turned = wide > tall
    wide, tall = sorted((wide, tall))
    across, down = wide * DPI_ACROSS / 72, tall * DPI_DOWN / 72
    scale = min(WIDTH / across, (bottom - top) / down, ENLARGED_AT_MOST)
    width, rows = max(1, round(across * scale)), max(1, round(down * scale))
    place = ((WIDTH - width) // 2, top, width, rows, _COUNTERCLOCKWISE if turned else 0)
    bitmap = pypdfium2.PdfBitmap.new_native(WIDTH, ROWS_MAX, raw.FPDFBitmap_Gray)
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, WIDTH, ROWS_MAX, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, *place, _FLAGS)
        size = (WIDTH, ROWS_MAX)
        grey = Image.frombytes("L", size, bitmap.buffer, "raw", "L", bitmap.stride, 1)
    finally:
        bitmap.close()
    return _Drawing(grey, _pictures(page, place), _is_strokes(page))


def _is_strokes(page: pypdfium2.PdfPage) -> bool:
    """Whether all that stands on a page is text and lines in black or white."""
    count = raw.FPDFPage_CountObjects(page)
    if count > OBJECTS_MAX:
        return False
    red, green, blue, cover = (ctypes.c_uint() for _ in range(4))

    def toneless(colour_of: Any, shape: Any) -> bool:
        if not colour_of(shape, red, green, blue, cover) or cover.value != OPAQUE:
            return False
        level = (30 * red.value + 59 * green.value + 11 * blue.value) // 100
        return not fax_ink.BLACK < level < fax_ink.WHITE

    for index in range(count):
        shape = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(shape) not in _STROKES:
            return False
        if not toneless(raw.FPDFPageObj_GetFillColor, shape):
            return False
        if not toneless(raw.FPDFPageObj_GetStrokeColor, shape):
            return False
    return True


def _pictures(page: pypdfium2.PdfPage, place: _Place) -> list[fax_ink.Box]:
    """Where on the sheet pictures are. Those that touch are one, for many programs cut a picture
    into strips; one that fills the page is a scan, and none here."""
    found: list[fax_ink.Box] = []
    for box in islice(_images(page, place), PICTURES_MAX):
        whole = box
        for other in tuple(found):
            if _touch(whole, other):
                found.remove(other)
                whole = (
                    min(whole[0], other[0]), min(whole[1], other[1]),
                    max(whole[2], other[2]), max(whole[3], other[3]),
                )  # fmt: skip
        found.append(whole)
    return [
        (left, top, right, bottom)
        for left, top, right, bottom in found
        if min(right - left, bottom - top) >= PICTURE_MIN
        and (right - left) * (bottom - top) < PICTURE_MAX * WIDTH * ROWS_MAX
    ]


def _touch(one: fax_ink.Box, other: fax_ink.Box) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _images(page: pypdfium2.PdfPage, place: _Place) -> Iterator[fax_ink.Box]:
    """The images of a page, as far as they lie on the sheet."""
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(min(OBJECTS_MAX, raw.FPDFPage_CountObjects(page))):
        shape = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(shape) != raw.FPDF_PAGEOBJ_IMAGE:
            continue
        if not raw.FPDFPageObj_GetBounds(shape, *edges):
            continue
        left, low, right, high = (edge.value for edge in edges)
        one, other = _on_sheet(page, place, left, low), _on_sheet(page, place, right, high)
        yield (
            max(0, min(one[0], other[0])), max(0, min(one[1], other[1])),
            min(WIDTH, max(one[0], other[0])), min(ROWS_MAX, max(one[1], other[1])),
        )  # fmt: skip


def _on_sheet(page: pypdfium2.PdfPage, place: _Place, x: float, y: float) -> tuple[int, int]:
    column, row = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, *place, x, y, column, row)
    return column.value, row.value


def _text_of(page: pypdfium2.PdfPage) -> str:
    """What the page says, as far as its letters are text: LETTERS_MAX at most."""
    layer = page.get_textpage()
    try:
        return str(layer.get_text_range(0, min(LETTERS_MAX, layer.count_chars())))
    finally:
        layer.close()
