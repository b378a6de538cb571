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

_INK = bytes(level < 128 for level in range(256))
# A pixel each in the bits 6, 4, 2 and 0, as they come, moved into the lower half.
_HALF = bytes(
    (four >> 3 & 8) | (four >> 2 & 4) | (four >> 1 & 2) | (four & 1) for four in range(256)
)


def page_of(pixels: bytearray) -> Page:
    """A page of fax pixels, a byte each: ink is what is darker than the middle.

    To pack bits takes as long as to draw letters, so that bands of bare paper, half of most pages,
    are left out of it.
    """
    rows = len(pixels) // WIDTH
    sheet = bytearray(_BYTES * rows)
    for first, last in _inked(pixels, rows):
        sheet[_BYTES * first : _BYTES * last] = _packed(pixels[WIDTH * first : WIDTH * last])
    return fax_file.coded(_viewed(sheet, _BYTES), rows)


def _packed(grey: bytearray) -> bytes:
    """Eight pixels a byte, ones black.

    Pillow packs eight of them bit by bit, but four of two bits, and then two of four bits, in a
    tenth of that time.
    """
    fours = _raw(grey.translate(_INK), WIDTH, "P;2", 4)
    return _raw(fours.translate(_HALF), WIDTH // 4, "P;4", 2)


def _raw(data: bytes | bytearray, width: int, mode: str, together: int) -> bytes:
    """Rows of `width` bytes, so many of them packed into one."""
    encoder = pillow.raw_encoder("P", mode, 0, 1)
    encoder.setimage(_viewed(data, width, "P"), (0, 0, width, len(data) // width))
    _, _, packed = encoder.encode(len(data) // together)
    return bytes(packed)


def _viewed(data: bytes | bytearray, width: int, mode: str = "L") -> "pillow.ImagingCore":
    """Bytes as an image, without copying them."""
    size = width, len(data) // width
    image: pillow.ImagingCore = pillow.map_buffer(data, size, "raw", 0, (mode, 0, 1))
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
