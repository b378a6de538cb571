"""Pages of letters and lines, black on white and without tones: from grey to bits in one go."""

from collections.abc import Iterator
from itertools import pairwise

from PIL import Image

from gateways.encode import fax_file
from gateways.encode.fax_file import WIDTH, Page

PAPER = 200
"""From this level on a pixel of a clean page is paper."""

BLACK, WHITE = 64, 250
"""Up to and from these levels a colour is no tone."""

_BAND = 8  # rows that are looked at together
_BLANK = b"\xff" * (WIDTH * _BAND)
_BYTES = WIDTH // 8  # of a packed row


def page_of(pixels: bytearray) -> Page:
    """A page of fax pixels, a byte each: ink is what is darker than the middle.

    Pillow takes longer to pack bits than PDFium to draw letters, so that bands of bare paper, half
    of most pages, are left out of it.
    """
    rows = len(pixels) // WIDTH
    sheet = bytearray(_BYTES * rows)
    grey = memoryview(pixels)
    bands = list(_inked(pixels, rows))
    if bands:
        inked = b"".join(grey[first * WIDTH : last * WIDTH] for first, last in bands)
        size = WIDTH, len(inked) // WIDTH
        level = Image.frombuffer("L", size, inked, "raw", "L", 0, 1)
        packed = level.convert("1", dither=Image.Dither.NONE).tobytes("raw", "1;I")
        at = 0
        for first, last in bands:
            end = at + _BYTES * (last - first)
            sheet[_BYTES * first : _BYTES * last] = packed[at:end]
            at = end
    return fax_file.encode(Image.frombytes("L", (_BYTES, rows), bytes(sheet)))


def _inked(pixels: bytearray, rows: int) -> Iterator[tuple[int, int]]:
    """From which row to which there is anything but paper."""
    first = None
    for top, bottom in pairwise([*range(0, rows, _BAND), rows]):
        blank = pixels[top * WIDTH : bottom * WIDTH] == _BLANK[: (bottom - top) * WIDTH]
        if not blank and first is None:
            first = top
        elif blank and first is not None:
            yield first, top
            first = None
    if first is not None:
        yield first, rows
