"""A fax that somebody sent us, as pages of our own: a TIFF of a fax server, or a PDF of a cloud.

What a fax machine sends may be coarse (204 x 98 dpi), inverted or of any width a decoder knows:
each page is drawn anew as one that can be shown, bounded in pages and pixels.
"""

import io
import warnings
from collections.abc import Iterator

from PIL import Image

from gateways.encode import attachment, fax_file
from gateways.encode.attachment import BYTES_MAX, BadPdf, PdfFault
from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN, ROWS_MAX, WIDTH, Page
from gateways.encode.picture import BadPicture, PictureFault

SIDE_MAX = 8_000
DARK = 128
COARSE_DPI = 150.0  # below it, across and down differ: a page of the standard fineness
_TIFF = (b"II*\0", b"MM\0*")


def is_tiff(data: bytes) -> bool:
    """Whether bytes begin as a TIFF does."""
    return data[:4] in _TIFF


def read(data: bytes, pages_max: int) -> tuple[Page, ...]:
    """The pages. Raises BadPdf or BadPicture for what is neither, is damaged or never ends."""
    if not is_tiff(data):
        return attachment.read(data, pages_max).pages
    if len(data) > BYTES_MAX:
        raise BadPicture(PictureFault.TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a file that is odd enough to warn of is refused
            opened = Image.open(io.BytesIO(data), formats=["TIFF"])
            pages = [_drawn(opened) for _ in _sheets(opened, pages_max)]
    except (BadPdf, BadPicture):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise BadPicture(PictureFault.TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, OverflowError, Warning):
        raise BadPicture(PictureFault.TRUNCATED) from None
    return tuple(pages)


def _sheets(opened: Image.Image, pages_max: int) -> Iterator[int]:
    """Each page in turn, opened. Raises BadPdf for too many."""
    for number in range(pages_max + 1):
        try:
            opened.seek(number)
        except EOFError:
            return
        if number == pages_max:
            raise BadPdf(PdfFault.TOO_MANY_PAGES, getattr(opened, "n_frames", 0))
        yield number


def _drawn(opened: Image.Image) -> Page:
    """One page, 1728 pixels wide and at true proportions."""
    if max(opened.size) > SIDE_MAX:
        raise BadPicture(PictureFault.TOO_MANY_PIXELS)
    if min(opened.size) < 1:
        raise BadPicture(PictureFault.TOO_SMALL)
    across, down = (float(each) or 1.0 for each in opened.info.get("dpi", (DPI_ACROSS, DPI_DOWN)))
    stretch = across / down if across > COARSE_DPI or down > COARSE_DPI else 1.0
    scale = WIDTH / opened.width
    fine = scale * stretch * DPI_DOWN / DPI_ACROSS
    rows = max(1, min(ROWS_MAX, round(opened.height * fine)))
    grey = opened.convert("L").resize((WIDTH, rows), Image.Resampling.BOX)
    return fax_file.encode(fax_file.sheet_of(grey.point(lambda v: 255 if v < DARK else 0, "1")))
