"""Fax pages as files: Group 4 strips in a TIFF that fax engines take as it is, a PDF, PNGs.

All three hold the same strips, so what is previewed is what is sent, bit for bit. The TIFF rule
(1728 wide, at most 2284 rows at 204 x 196 dpi, MinIsWhite, one strip) was measured on HylaFAX.
"""

import io
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PIL import _imaging as pillow

# Not what `PIL.Image` and `dataclasses` bring: a child that draws letters and lines does without,
# and would spend as long on importing them as on drawing ten pages.
if TYPE_CHECKING:
    from PIL import Image

WIDTH = 1728
ROWS_MAX = 2284
DPI_ACROSS = 204
DPI_DOWN = 196
PAGES_MAX = 100

# The header line stands above `TOP`; `BOTTOM` rows below are 10 mm.
TOP = 110
BOTTOM = 77

type Box = tuple[int, int, int, int]
"""Left, top, right and bottom in fax pixels."""

_SHORT, _LONG, _RATIONAL = 3, 4, 5
_SIZES = {_SHORT: 2, _LONG: 4, _RATIONAL: 8}


class NotAFax(ValueError):  # noqa: N818
    """Bytes that are no TIFF of ours, or break the rule; the message says where."""


class Page(NamedTuple):
    """One page: `rows` of 1728 pixels, black ink, coded by ITU-T T.6 (Group 4)."""

    rows: int
    strip: bytes

    def __repr__(self) -> str:
        return f"Page(rows={self.rows})"  # what is on it is for nobody's log


def blank_sheet() -> "Image.Image":
    """A sheet to draw on: mode "L", 216 wide, each byte eight pixels, ones black."""
    from PIL import Image

    return Image.new("L", (WIDTH // 8, ROWS_MAX), 0)


def sheet_of(ink: "Image.Image") -> "Image.Image":
    """A sheet from an image of mode "1", 1728 wide, 255 where black."""
    from PIL import Image

    if ink.mode != "1" or ink.width != WIDTH:
        raise NotAFax(f"{ink.mode} {ink.width} x {ink.height} is no fax page")
    return Image.frombytes("L", (WIDTH // 8, ink.height), ink.tobytes())


def encode(sheet: "Image.Image") -> Page:
    """Code a sheet of at most 2284 rows by Group 4."""
    if sheet.mode != "L" or sheet.width != WIDTH // 8:
        raise NotAFax(f"{sheet.mode} {sheet.width} x {sheet.height} is no fax page")
    return coded(sheet.im, sheet.height)


def coded(sheet: "pillow.ImagingCore", rows: int) -> Page:
    """As `encode`, of what holds the sheet's bytes.

    Pillow keeps a byte for each pixel, packs them anew for libtiff (5 ms a page) and inverts
    MinIsWhite in Python (400 ms). A sheet is packed already, so libtiff is told that these are
    1728 pixels of one bit, and its strip is taken out of the file it makes.
    """
    if not 0 < rows <= ROWS_MAX:
        raise NotAFax(f"{rows} rows are no fax page")
    tags = [(256, WIDTH), (257, rows), (258, 1), (259, 4), (262, 1), (277, 1), (278, rows)]
    libtiff = pillow.libtiff_encoder("L", "L", 0, "", tags, {})
    data = bytearray()
    try:
        libtiff.setimage(sheet, (0, 0, WIDTH // 8, rows))
        state = 0
        while not state:
            _, state, chunk = libtiff.encode(1 << 16)
            data += chunk
    finally:
        libtiff.cleanup()
    if state < 0:
        raise NotAFax(f"libtiff error {state}")
    ((found, _),) = _directories(bytes(data))
    return Page(rows, _strip(bytes(data), found))


def decode(page: Page) -> "Image.Image":
    """The page as it will print: mode "1", 0 where black."""
    from PIL import Image

    image = Image.open(io.BytesIO(to_tiff([page])), formats=["TIFF"])
    image.load()
    return image.convert("1")


def to_tiff(pages: Sequence[Page]) -> bytes:
    """The pages as a multi-page TIFF, the same bytes every time."""
    out = bytearray(struct.pack("<2sHI", b"II", 42, 0))
    link = 4
    for number, page in enumerate(pages):
        strip_at = len(out)
        out += page.strip
        out += b"\0" * (len(out) % 2)
        across_at = len(out)
        out += struct.pack("<4I", DPI_ACROSS, 1, DPI_DOWN, 1)
        entries = (
            (254, _LONG, 1, 2),  # NewSubfileType: a page of several
            (256, _LONG, 1, WIDTH),
            (257, _LONG, 1, page.rows),
            (258, _SHORT, 1, 1),
            (259, _SHORT, 1, 4),  # Compression: Group 4
            (262, _SHORT, 1, 0),  # Photometric: MinIsWhite
            (266, _SHORT, 1, 1),  # FillOrder: most significant bit first
            (273, _LONG, 1, strip_at),
            (277, _SHORT, 1, 1),
            (278, _LONG, 1, page.rows),  # one strip
            (279, _LONG, 1, len(page.strip)),
            (282, _RATIONAL, 1, across_at),
            (283, _RATIONAL, 1, across_at + 8),
            (293, _LONG, 1, 0),  # T6Options: no uncompressed mode
            (296, _SHORT, 1, 2),  # ResolutionUnit: inch
            (297, _SHORT, 2, number | len(pages) << 16),
        )
        struct.pack_into("<I", out, link, len(out))
        out += struct.pack("<H", len(entries))
        for entry in entries:
            out += struct.pack("<HHII", *entry)
        link = len(out)
        out += struct.pack("<I", 0)
    return bytes(out)


def from_tiff(data: bytes) -> tuple[Page, ...]:
    """The pages of a TIFF that `to_tiff` made. Raises NotAFax for any other or a damaged one."""
    pages: list[Page] = []
    for number, (tags, _) in enumerate(_directories(data), start=1):
        rows = tags.get(257, 0)
        wanted = {256: WIDTH, 258: 1, 259: 4, 262: 0, 278: rows, 282: DPI_ACROSS, 283: DPI_DOWN}
        for tag, value in wanted.items():
            if tags.get(tag) != value:
                raise NotAFax(f"page {number}: tag {tag} is {tags.get(tag)}, not {value}")
        if not 0 < rows <= ROWS_MAX:
            raise NotAFax(f"page {number}: {rows} rows")
        pages.append(Page(rows, _strip(data, tags)))
    return tuple(pages)


def _directories(data: bytes) -> list[tuple[dict[int, int], int]]:
    """First value of each tag of each directory, and where the directory stands."""
    if data[:4] != b"II*\0":
        raise NotAFax("not a little-endian TIFF")
    found: list[tuple[dict[int, int], int]] = []
    try:
        (at,) = struct.unpack_from("<I", data, 4)
        while at:
            if len(found) == PAGES_MAX:
                raise NotAFax(f"more than {PAGES_MAX} pages")
            (count,) = struct.unpack_from("<H", data, at)
            tags: dict[int, int] = {}
            for index in range(count):
                entry = at + 2 + 12 * index
                tag, kind, values, value = struct.unpack_from("<HHII", data, entry)
                if kind == _SHORT and values <= 2:
                    value &= 0xFFFF
                elif kind == _RATIONAL:
                    over, under = struct.unpack_from("<II", data, value)
                    value = over // under if under and not over % under else -1
                tags[tag] = value
            found.append((tags, at))
            (at,) = struct.unpack_from("<I", data, at + 2 + 12 * count)
    except struct.error as error:
        raise NotAFax("truncated") from error
    return found


def _strip(data: bytes, tags: dict[int, int]) -> bytes:
    start, length = tags.get(273, 0), tags.get(279, 0)
    if not start or not length or start + length > len(data):
        raise NotAFax("the strip lies outside the file")
    return data[start : start + length]


def to_pdf(pages: Sequence[Page]) -> bytes:
    """The pages as a PDF 1.4 that embeds the very strips; no dates, the same bytes every time."""
    kids = " ".join(f"{3 + 3 * n} 0 R" for n in range(len(pages)))
    bodies: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
    ]
    for number, page in enumerate(pages):
        this = 3 + 3 * number
        across, down = WIDTH * 72 / DPI_ACROSS, page.rows * 72 / DPI_DOWN
        draw = f"q {across:.3f} 0 0 {down:.3f} 0 0 cm /P Do Q".encode()
        bodies += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {across:.3f} {down:.3f}]"
            f"/Resources<</XObject<</P {this + 2} 0 R>>>>/Contents {this + 1} 0 R>>".encode(),
            _stream("", draw),
            _stream(
                f"/Type/XObject/Subtype/Image/Width {WIDTH}/Height {page.rows}"
                "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode"
                f"/DecodeParms<</K -1/Columns {WIDTH}/Rows {page.rows}>>",
                page.strip,
            ),
        ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for index, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (index, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def _stream(entries: str, data: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries.encode(), len(data), data)


def to_png(page: Page, *, width: int | None = None) -> bytes:
    """A preview: the very bits, 1728 pixels wide, or in grey at true proportions, `width` wide."""
    from PIL import Image

    image = decode(page)
    if width is not None:
        down = round(page.rows * width * DPI_ACROSS / (WIDTH * DPI_DOWN))
        image = image.convert("L").resize((width, down), Image.Resampling.BOX)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(DPI_ACROSS, DPI_DOWN) if width is None else None)
    return buffer.getvalue()
