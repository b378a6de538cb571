"""PDFs as residents send them, and as nobody should: made here, byte by byte where it matters."""

import io
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions

from gateways.encode.attachment import PdfFault

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"


def written(*pages: str, size: tuple[float, float] = (210, 297)) -> bytes:
    """A PDF with a text on each page; `size` in millimetres."""
    sheet = FPDF(unit="mm", format=size)
    sheet.add_font("gov", fname=FONT)
    for text in pages:
        sheet.add_page()
        sheet.set_font("gov", size=11)
        sheet.multi_cell(0, 6, text)
    return bytes(sheet.output())


def pictured(image: Image.Image, *, whole: bool, text: str = "") -> bytes:
    """A page with a picture on it: a scan that fills it, or one among words."""
    sheet = FPDF(unit="mm", format="A4")
    sheet.add_page()
    sheet.set_font("Helvetica", size=12)
    sheet.multi_cell(0, 6, text)
    sheet.image(image, *((0, 0, 210, 297) if whole else (20, 80, 90, 90)))
    return bytes(sheet.output())


def built(bodies: Sequence[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    head = b"<<%b/Filter/FlateDecode/Length %d>>" % (entries, len(packed))
    return head + b"\nstream\n" + packed + b"\nendstream"


def one_page(content: bytes, *more: bytes, box: bytes = b"0 0 595 842", page: bytes = b"") -> bytes:
    """A PDF of one page with this content; further objects begin with number 5."""
    return built([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R%b>>" % (box, page),
        stream(content),
        *more,
    ])  # fmt: skip


def many_pages(count: int) -> bytes:
    """So many pages that all show the same."""
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>"
    return built([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids),
        stream(b"0 0 m 500 500 l S"),
        *[page] * count,
    ])  # fmt: skip


def locked(data: bytes, *, user: str = "", printing: bool = True) -> bytes:
    """The same encrypted: with a password to open it, or to be opened but not printed."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    allowed = UserAccessPermissions.all()
    if not printing:
        allowed &= ~(UserAccessPermissions.PRINT | UserAccessPermissions.PRINT_TO_REPRESENTATION)
    writer.encrypt(user, "owner", permissions_flag=allowed, algorithm="AES-256-R5")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def filled_in(value: str) -> bytes:
    """A form with one field filled in, as programs of offices make them."""
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(%b)/Rect[100 600 400 640]/F 4/P 3 0 R"
        b"/DA(/F 24 Tf 0 g)/AP<</N 7 0 R>>>>" % value.encode()
    )
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]/Resources<</Font<</F 6 0 R>>>>"
    return built([
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/DR<</Font<</F 6 0 R>>>>>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[5 0 R]>>",
        stream(b"100 600 m 400 600 l S"),
        field,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(b"BT /F 24 Tf 4 10 Td (%b) Tj ET" % value.encode(), look),
    ])  # fmt: skip


def _unending_form() -> bytes:
    """A drawing that draws itself twice, and so on for ever."""
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 5 0 R>>>>"
    return one_page(
        b"/X Do", stream(b"/X Do /X Do", look), page=b"/Resources<</XObject<</X 5 0 R>>>>"
    )


def _huge_picture() -> bytes:
    """40,000 x 40,000 pixels of one colour in a few hundred kilobytes."""
    look = (
        b"/Type/XObject/Subtype/Image/Width 40000/Height 40000/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8"
    )
    data = stream(bytes(120_000_000), look)
    return one_page(b"595 0 0 842 0 0 cm /X Do", data, page=b"/Resources<</XObject<</X 5 0 R>>>>")


@cache
def refused() -> dict[str, tuple[bytes, PdfFault]]:
    """Every PDF that is refused at once, and why."""
    letter = written("주차장 이용 신청서")
    return {
        "a password": (locked(letter, user="1234"), PdfFault.ENCRYPTED),
        "printing forbidden": (locked(letter, printing=False), PdfFault.NO_PRINTING),
        "10,000 pages": (many_pages(10_000), PdfFault.TOO_MANY_PAGES),
        "31 pages": (many_pages(31), PdfFault.TOO_MANY_PAGES),
        "31 MB": (letter + bytes(31_000_000), PdfFault.TOO_LARGE),
        "a script with a PDF's beginning": (b"%PDF-1.7\n#!/bin/sh\nrm -rf /\n", PdfFault.BROKEN),
        "nothing but a beginning": (b"%PDF-1.4\n", PdfFault.BROKEN),
        "no pages": (
            built([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>"]),
            PdfFault.BROKEN,
        ),
        "no catalogue": (built([b"<</Type/Nothing>>"]), PdfFault.BROKEN),
        "seven kilometres": (one_page(b"", box=b"0 0 20000000 20000000"), PdfFault.BROKEN),
        "a line for a page": (one_page(b"", box=b"0 0 595 0.01"), PdfFault.BROKEN),
    }


@cache
def borne() -> dict[str, bytes]:
    """PDFs that are wrong or cruel, and may be drawn or refused, but do no harm."""
    letter = written("주차장 이용 신청서")
    cut = letter[: letter.rindex(b"startxref")]
    return {
        "a broken xref": letter.replace(b"startxref\n", b"startxref\n9"),
        "no xref": cut,
        "half of it": letter[: len(letter) // 2],
        "a page that is its own parent": built([
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>",
        ]),
        "a drawing that draws itself": _unending_form(),
        "a picture of 40,000 x 40,000": _huge_picture(),
        "a gigabyte of blanks": one_page(b" " * 300_000_000),
        "a million strokes": one_page(b"0 0 m 595 842 l S " * 1_000_000),
        "a script to run": one_page(
            b"", page=b"/AA<</O<</S/JavaScript/JS(app.alert\\(1\\);while\\(1\\);)>>>>"
        ),
        "a page without content": one_page(b""),
        "rubbish for content": one_page(bytes(range(256)) * 500),
    }  # fmt: skip
