"""PDFs from strangers as fax pages, by PDFium without scripts, bounded in pages and letters.

A page is fitted to A4 whatever its size says, annotations and filled-in forms are printed with it,
and its text layer is read along, for what must be warned of before it is sent.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from gateways.encode import fax_file, fax_strokes
from gateways.encode.attachment import Attachment, BadPdf, PdfFault
from gateways.encode.fax_file import BOTTOM, DPI_ACROSS, DPI_DOWN, ROWS_MAX, TOP, WIDTH, Box
from gateways.encode.fax_strokes import PAPER
from gateways.encode.pdfium import (
    Canvas,
    Document,
    Kind,
    Page,
    Place,
    Unreadable,
    bounds_of,
    kind_of,
    levels_of,
)

LETTERS_MAX = 20_000  # of one page; more is no page that anybody reads
ENLARGED_AT_MOST = 2.0
POINTS_MIN, POINTS_MAX = 3.0, 20_000.0  # of a page's side, 1/72 inch: a millimetre to seven metres
HEAD_ROWS = 90  # where the header line stands
OBJECTS_MAX = 5_000  # of a page, looked through for pictures
PICTURES_MAX = 64
PICTURE_MIN = 48  # pixels a side; smaller ones are signs
PICTURE_MAX = 0.7  # of the sheet; a larger one is a scan
_COUNTERCLOCKWISE = 3
_STROKES = frozenset({Kind.TEXT, Kind.PATH})
_HEAD = b"\xff" * (WIDTH * HEAD_ROWS)


def read(data: bytes, pages_max: int) -> Attachment:
    """Draw a PDF of at most `pages_max` pages. Raises BadPdf."""
    pages: list[fax_file.Page] = []
    texts: list[str] = []
    with _opened(data) as document, _canvas() as canvas:
        count = len(document)
        if count > pages_max:
            raise BadPdf(PdfFault.TOO_MANY_PAGES, count)
        for number in range(count):
            with _refusing(), document.page(number) as page:
                drawing = _drawn(page, canvas)
                texts.append(page.text(LETTERS_MAX))
            pages.append(drawing.inked())
    return Attachment(tuple(pages), tuple(texts))


def first(data: bytes, pages_max: int) -> tuple[tuple[fax_file.Page, ...], int]:
    """The first pages of a PDF, as far as they can be drawn, and how many it has. Raises BadPdf
    where not even one can be."""
    pages: list[fax_file.Page] = []
    with _opened(data) as document, _canvas() as canvas:
        count = len(document)
        for number in range(min(count, pages_max)):
            try:
                with _refusing(), document.page(number) as page:
                    drawing = _drawn(page, canvas)
                pages.append(drawing.inked())
            except BadPdf:
                if not pages:
                    raise
                break
    return tuple(pages), count


@contextmanager
def _opened(data: bytes) -> Iterator[Document]:
    """The document, if it can be read without a password and may be printed."""
    try:
        document = Document(data)
    except Unreadable as error:
        raise BadPdf(PdfFault.ENCRYPTED if error.locked else PdfFault.BROKEN) from error
    try:
        if not document.may_be_printed:
            raise BadPdf(PdfFault.NO_PRINTING)
        yield document
    finally:
        document.close()


@contextmanager
def _canvas() -> Iterator[Canvas]:
    canvas = Canvas(WIDTH, ROWS_MAX)
    try:
        yield canvas
    finally:
        canvas.close()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadPdf):
            raise
        raise BadPdf(PdfFault.BROKEN) from error
    except MemoryError as error:
        raise BadPdf(PdfFault.TOO_SLOW) from error


class _Drawing(NamedTuple):
    """A page in grey on a whole sheet, until the next one is drawn, and where it has pictures."""

    canvas: Canvas
    pictures: Sequence[Box]
    strokes: bool  # black and white, and nothing else

    def inked(self) -> fax_file.Page:
        if self.strokes:
            return fax_strokes.page_of(self.canvas.pixels)
        # Here and not above: most pages have no tones, and drawing takes no longer than this.
        from PIL import Image

        from gateways.encode import fax_image, fax_ink

        size = self.canvas.width, self.canvas.rows
        grey = Image.frombytes("L", size, self.canvas.pixels)
        return fax_image.smallest_fitting(
            lambda cell: fax_file.encode(
                fax_file.sheet_of(fax_ink.of_page(grey, self.pictures, cell))
            )
        )


def _drawn(page: Page, canvas: Canvas) -> _Drawing:
    """The page at full size where it leaves the room of the header line white, otherwise below."""
    drawing = _fitted(page, canvas, 0, ROWS_MAX)
    if not canvas.pixels.startswith(_HEAD) and min(canvas.pixels[: len(_HEAD)]) < PAPER:
        return _fitted(page, canvas, TOP, ROWS_MAX - BOTTOM)
    return drawing


def _fitted(page: Page, canvas: Canvas, top: int, bottom: int) -> _Drawing:
    """The page between two rows of a white sheet, upright, in true proportion."""
    wide, tall = page.size
    if not all(POINTS_MIN <= side <= POINTS_MAX for side in (wide, tall)):
        raise BadPdf(PdfFault.BROKEN)
    turned = wide > tall
    wide, tall = sorted((wide, tall))
    across, down = wide * DPI_ACROSS / 72, tall * DPI_DOWN / 72
    scale = min(WIDTH / across, (bottom - top) / down, ENLARGED_AT_MOST)
    width, rows = max(1, round(across * scale)), max(1, round(down * scale))
    place = ((WIDTH - width) // 2, top, width, rows, _COUNTERCLOCKWISE if turned else 0)
    canvas.draw(page, place)
    strokes = _is_strokes(page)
    return _Drawing(canvas, [] if strokes else _pictures(page, place), strokes)


def _is_strokes(page: Page) -> bool:
    """Whether all that stands on a page is text and lines in black or white."""
    if page.count() > OBJECTS_MAX:
        return False
    shapes = list(page.objects(OBJECTS_MAX))
    return all(kind_of(shape) in _STROKES for shape in shapes) and all(
        level is not None and not fax_strokes.BLACK < level < fax_strokes.WHITE
        for level in levels_of(shapes)
    )


def _pictures(page: Page, place: Place) -> list[Box]:
    """Where on the sheet pictures are. Those that touch are one, for many programs cut a picture
    into strips; one that fills the page is a scan, and none here."""
    found: list[Box] = []
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


def _touch(one: Box, other: Box) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _images(page: Page, place: Place) -> Iterator[Box]:
    """The images of a page, as far as they lie on the sheet."""
    for shape in page.objects(OBJECTS_MAX):
        bounds = bounds_of(shape) if kind_of(shape) == Kind.IMAGE else None
        if bounds is None:
            continue
        left, low, right, high = bounds
        one, other = page.on_sheet(place, left, low), page.on_sheet(place, right, high)
        yield (
            max(0, min(one[0], other[0])), max(0, min(one[1], other[1])),
            min(WIDTH, max(one[0], other[0])), min(ROWS_MAX, max(one[1], other[1])),
        )  # fmt: skip
