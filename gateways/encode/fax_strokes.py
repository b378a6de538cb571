"""Pages of letters and lines, black on white and without tones: from grey to bits in one go."""

from collections.abc import Iterator

from PIL import _imaging as pillow

from gateways.encode import fax_file
from gateways.encode.fax_file import WIDTH, Page

PAPER = 200
"""From this level on a pixel of a clean page is paper."""

BLACK, WHITE = 64, 250
"""Up to and from these levels a colour is no tone."""

_BAND = 8  # rows that are looked at together
_BLANK = b"\xff" * (WIDTH * _BAND)
_BYTES = WIDTH // 8  # of a packed row

# Four pixels of two like bits each, ones where light, as four bits, ones where black.
_INK = bytes(15 ^ (four >> 3 & 8 | four >> 2 & 4 | four >> 1 & 2 | four & 1) for four in range(256))


def page_of(pixels: bytearray) -> Page:
    """A page of fax pixels, a byte each: ink is what is darker than the middle.

    To pack bits takes as long as to draw letters, so that bands of bare paper, half of most pages,
    are left out of it.
    """
    rows = len(pixels) // WIDTH
    sheet = bytearray(_BYTES * rows)
    for first, last in _inked(pixels, rows):
        sheet[_BYTES * first : _BYTES * last] = _packed(pixels, first, last)
    return fax_file.coded(_viewed(sheet, _BYTES, rows), rows)


def _packed(pixels: bytearray, first: int, last: int) -> bytes:
    """Some rows, eight pixels a byte, ones black.

    Pillow packs eight pixels bit by bit, but four of two bits, and then two of four bits, in a
    tenth of that time.
    """
    rows = last - first
    level = _viewed(pixels, WIDTH, rows, WIDTH * first).convert("1", 0)
    fours = _raw(level, WIDTH, rows, "L;2", 4).translate(_INK)
    return _raw(_viewed(fours, WIDTH // 4, rows), WIDTH // 4, rows, "L;4", 2)


def _raw(image: "pillow.ImagingCore", width: int, rows: int, mode: str, together: int) -> bytes:
    """What a byte a pixel holds, so many of them packed into one."""
    encoder = pillow.raw_encoder("L", mode, 0, 1)
    encoder.setimage(image, (0, 0, width, rows))
    _, _, packed = encoder.encode(width * rows // together)
    return bytes(packed)


def _viewed(data: bytes | bytearray, width: int, rows: int, begin: int = 0) -> "pillow.ImagingCore":
    """Bytes from the one at `begin` on as an image, without copying them."""
    image: pillow.ImagingCore = pillow.map_buffer(data, (width, rows), "raw", begin, ("L", 0, 1))
    return image


def _inked(pixels: bytearray, rows: int) -> Iterator[tuple[int, int]]:
    """From which row to which there is anything but paper."""
    first = None
    for top in range(0, rows, _BAND):
        blank = _BLANK if top + _BAND <= rows else _BLANK[: (rows - top) * WIDTH]
        if not pixels.startswith(blank, top * WIDTH):
            first = top if first is None else first
        elif first is not None:
            yield first, top
            first = None
    if first is not None:
        yield first, rows
