"""PDFium by ctypes: the two dozen of its functions that drawing a fax needs.

The library is the one that the package pypdfium2 brings. Its own bindings declare a thousand
functions, and importing them takes as long as drawing ten pages.
"""

import ctypes
import os.path
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ctypes import c_char_p, c_double, c_float, c_int, c_size_t, c_uint, c_ulong, c_void_p
from enum import IntEnum
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

_FILES: Final = {"darwin": "libpdfium.dylib", "win32": "pdfium.dll"}
_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_
_PRINTING = 1 << 2  # ISO 32000-1, table 22
_ANNOTATIONS, _GREY, _AS_PRINTED = 0x01, 0x08, 0x800
_FLAT_PRINT, _FLATTEN_FAIL = 1, 0
_GREY_BITMAP = 1
_WHITE = 0xFF

_NUMBER, _LEVEL, _EDGE = ctypes.POINTER(c_int), ctypes.POINTER(c_uint), ctypes.POINTER(c_float)
_SIGNATURES: Final[dict[str, tuple[Any, ...]]] = {
    # What it returns, what it takes (public/fpdfview.h, fpdf_edit.h, fpdf_flatten.h, fpdf_text.h).
    "FPDF_InitLibrary": (None,),
    "FPDF_GetLastError": (c_ulong,),
    "FPDF_LoadMemDocument64": (c_void_p, c_char_p, c_size_t, c_char_p),
    "FPDF_CloseDocument": (None, c_void_p),
    "FPDF_GetDocPermissions": (c_ulong, c_void_p),
    "FPDF_GetPageCount": (c_int, c_void_p),
    "FPDF_LoadPage": (c_void_p, c_void_p, c_int),
    "FPDF_ClosePage": (None, c_void_p),
    "FPDF_GetPageWidthF": (c_float, c_void_p),
    "FPDF_GetPageHeightF": (c_float, c_void_p),
    "FPDF_PageToDevice": (
        *(c_int, c_void_p, c_int, c_int, c_int, c_int, c_int),
        *(c_double, c_double, _NUMBER, _NUMBER),
    ),
    "FPDFPage_GetAnnotCount": (c_int, c_void_p),
    "FPDFPage_Flatten": (c_int, c_void_p, c_int),
    "FPDFPage_CountObjects": (c_int, c_void_p),
    "FPDFPage_GetObject": (c_void_p, c_void_p, c_int),
    "FPDFPageObj_GetType": (c_int, c_void_p),
    "FPDFPageObj_GetBounds": (c_int, c_void_p, _EDGE, _EDGE, _EDGE, _EDGE),
    "FPDFPageObj_GetFillColor": (c_int, c_void_p, _LEVEL, _LEVEL, _LEVEL, _LEVEL),
    "FPDFPageObj_GetStrokeColor": (c_int, c_void_p, _LEVEL, _LEVEL, _LEVEL, _LEVEL),
    "FPDFBitmap_CreateEx": (c_void_p, c_int, c_int, c_int, c_char_p, c_int),
    "FPDFBitmap_Destroy": (None, c_void_p),
    "FPDF_RenderPageBitmap": (
        *(None, c_void_p, c_void_p, c_int, c_int, c_int, c_int, c_int, c_int),
    ),
    "FPDFText_LoadPage": (c_void_p, c_void_p),
    "FPDFText_ClosePage": (None, c_void_p),
    "FPDFText_CountChars": (c_int, c_void_p),
    "FPDFText_GetText": (c_int, c_void_p, c_int, c_int, c_char_p),
}

type Place = tuple[int, int, int, int, int]
"""Where a page is drawn: left, top, width, rows, quarter turns clockwise."""


class Unreadable(ValueError):  # noqa: N818
    """PDFium can make nothing of it; `locked` where it wants a password or another handler."""

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__("locked" if locked else "broken")
        self.locked = locked


class Kind(IntEnum):
    """What an object of a page is, as far as anybody here asks."""

    TEXT = 1
    PATH = 2
    IMAGE = 3


@cache
def library() -> ctypes.CDLL:
    """PDFium, ready; loaded once a process."""
    spec = find_spec("pypdfium2_raw")
    if spec is None or spec.origin is None:
        raise ImportError("the package pypdfium2 is missing")
    file = _FILES.get(sys.platform, "libpdfium.so")
    found = ctypes.CDLL(os.path.join(os.path.dirname(spec.origin), file))  # noqa: PTH118, PTH120
    for name, (returns, *takes) in _SIGNATURES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = returns, takes
    found.FPDF_InitLibrary()
    return found


class Canvas:
    """A grey bitmap of `width` x `rows`, a byte a pixel, on which page after page is drawn."""

    def __init__(self, width: int, rows: int) -> None:
        self.width, self.rows = width, rows
        self.pixels = bytearray(width * rows)
        self._held = (ctypes.c_char * len(self.pixels)).from_buffer(self.pixels)
        self._bitmap = library().FPDFBitmap_CreateEx(
            width, rows, _GREY_BITMAP, ctypes.cast(self._held, c_char_p), width
        )
        if not self._bitmap:
            raise MemoryError

    def draw(self, page: "Page", place: Place) -> None:
        """A page and nothing else, as it would be printed."""
        pdfium = library()
        ctypes.memset(self._held, _WHITE, len(self.pixels))
        flags = _ANNOTATIONS | _AS_PRINTED | _GREY
        pdfium.FPDF_RenderPageBitmap(self._bitmap, page.handle, *place, flags)

    def close(self) -> None:
        library().FPDFBitmap_Destroy(self._bitmap)


class Document:
    """A PDF that can be read without a password. Raises Unreadable."""

    def __init__(self, data: bytes) -> None:
        self._data = data  # PDFium reads in it as long as the document is open
        pdfium = library()
        self._handle = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._handle or pdfium.FPDF_GetPageCount(self._handle) < 1:
            locked = pdfium.FPDF_GetLastError() in {_PASSWORD, _SECURITY}
            self.close()
            raise Unreadable(locked=locked)

    def __len__(self) -> int:
        return int(library().FPDF_GetPageCount(self._handle))

    @property
    def may_be_printed(self) -> bool:
        return bool(library().FPDF_GetDocPermissions(self._handle) & _PRINTING)

    @contextmanager
    def page(self, number: int) -> Iterator["Page"]:
        """A page, counted from 0, into which its annotations and fields are written, so that they
        are drawn and read like everything else. Raises Unreadable."""
        pdfium = library()
        page = Page(pdfium.FPDF_LoadPage(self._handle, number))
        if pdfium.FPDFPage_GetAnnotCount(page.handle):
            flattened = pdfium.FPDFPage_Flatten(page.handle, _FLAT_PRINT)
            page.close()
            if flattened == _FLATTEN_FAIL:
                raise Unreadable
            page = Page(pdfium.FPDF_LoadPage(self._handle, number))
        try:
            yield page
        finally:
            page.close()

    def close(self) -> None:
        if self._handle:
            library().FPDF_CloseDocument(self._handle)
            self._handle = None


class Page:
    """One page of an open document."""

    def __init__(self, handle: int | None) -> None:
        if not handle:
            raise Unreadable
        self.handle = handle

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in 1/72 inch, as it is turned."""
        pdfium = library()
        return pdfium.FPDF_GetPageWidthF(self.handle), pdfium.FPDF_GetPageHeightF(self.handle)

    def objects(self, most: int) -> Iterator[int]:
        """What stands on it, `most` at most."""
        pdfium = library()
        for index in range(min(most, pdfium.FPDFPage_CountObjects(self.handle))):
            yield pdfium.FPDFPage_GetObject(self.handle, index)

    def count(self) -> int:
        """How many objects stand on it."""
        return int(library().FPDFPage_CountObjects(self.handle))

    def on_sheet(self, place: Place, x: float, y: float) -> tuple[int, int]:
        """Column and row at which a point of the page is drawn."""
        column, row = c_int(), c_int()
        library().FPDF_PageToDevice(self.handle, *place, x, y, column, row)
        return column.value, row.value

    def text(self, most: int) -> str:
        """What the page says, as far as its letters are text: so many letters at most."""
        pdfium = library()
        layer = pdfium.FPDFText_LoadPage(self.handle)
        if not layer:
            raise Unreadable
        try:
            count = min(most, pdfium.FPDFText_CountChars(layer))
            if count < 0:
                raise Unreadable
            # It may write more than it was asked for where letters were put in (pdfium 2079).
            room = ctypes.create_string_buffer(4 * count + 64)
            written = pdfium.FPDFText_GetText(layer, 0, count, room)
            return room.raw[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")
        finally:
            pdfium.FPDFText_ClosePage(layer)

    def close(self) -> None:
        library().FPDF_ClosePage(self.handle)


def kind_of(shape: int) -> int:
    """A `Kind`, or another number."""
    return int(library().FPDFPageObj_GetType(shape))


def bounds_of(shape: int) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top on the page, where they are known."""
    edges = [c_float() for _ in range(4)]
    if not library().FPDFPageObj_GetBounds(shape, *edges):
        return None
    left, low, right, high = (edge.value for edge in edges)
    return left, low, right, high


def levels_of(shapes: Iterable[int]) -> Iterator[int | None]:
    """How light each is filled and stroked, 0 black and 255 white; None where a colour is unknown
    or lets others through."""
    pdfium = library()
    red, green, blue, cover = (c_uint() for _ in range(4))
    for shape in shapes:
        for colour_of in (pdfium.FPDFPageObj_GetFillColor, pdfium.FPDFPageObj_GetStrokeColor):
            known = colour_of(shape, red, green, blue, cover) and cover.value == 255
            yield (30 * red.value + 59 * green.value + 11 * blue.value) // 100 if known else None


__all__ = [
    "Canvas", "Document", "Kind", "Page", "Place", "Unreadable",
    "bounds_of", "kind_of", "levels_of", "library",
]  # fmt: skip
