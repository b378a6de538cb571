"""Pictures as fax pages: upright, fitted to A4, in the pixels of 204 x 196 dpi."""

from collections.abc import Callable

from PIL import Image

from gateways.encode import fax_file, fax_ink, picture
from gateways.encode.fax_file import BOTTOM, DPI_ACROSS, DPI_DOWN, ROWS_MAX, TOP, WIDTH, Page

LEFT = 80  # 10 mm
BOX_WIDTH = WIDTH - 2 * LEFT
BOX_ROWS = ROWS_MAX - TOP - BOTTOM
ENLARGED_AT_MOST = 2.0
STRIP_MAX = 180_000
"""Bytes of a page, 100 seconds of a call at 14,400 bit/s; larger dots are tried beyond that."""

_ASPECT = DPI_ACROSS / DPI_DOWN


def draw(data: bytes) -> Page:
    """One page with one picture, the room for the header line left free. Raises
    picture.BadPicture."""
    grey = picture.read(data, ROWS_MAX).convert("L")
    if grey.width > grey.height:
        grey = grey.transpose(Image.Transpose.ROTATE_90)
    width, rows = _size(grey)
    grey = grey.resize((width, rows), Image.Resampling.LANCZOS, reducing_gap=3.0)
    sheet = Image.new("1", (WIDTH, ROWS_MAX), 0)

    def inked(cell: fax_ink.Cell) -> Page:
        sheet.paste(fax_ink.of_picture(grey, cell), ((WIDTH - width) // 2, TOP))
        return fax_file.encode(fax_file.sheet_of(sheet))

    return smallest_fitting(inked)


def smallest_fitting(inked: Callable[[fax_ink.Cell], Page]) -> Page:
    """A page with the finest dots that keep it within STRIP_MAX, or the coarsest."""
    page = inked(fax_ink.CELLS[0])
    for cell in fax_ink.CELLS[1:]:
        if len(page.strip) <= STRIP_MAX:
            break
        page = inked(cell)
    return page


def _size(grey: Image.Image) -> tuple[int, int]:
    """Pixels across and down that keep the picture's proportions on paper."""
    scale = min(BOX_WIDTH / (grey.width * _ASPECT), BOX_ROWS / grey.height, ENLARGED_AT_MOST)
    return max(1, round(grey.width * _ASPECT * scale)), max(1, round(grey.height * scale))
