"""Pictures and PDFs as fax pages: crisp strokes, tones that code well, and nothing that harms."""

import io
from collections.abc import AsyncIterator

import psutil
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gateways.encode import attachment, fax_file, fax_image
from gateways.encode.attachment import BadPdf, PdfFault
from gateways.encode.workbench import Workbench
from tests.gateways import papers

QUICK = frozenset({"a broken xref", "half of it", "a script to run"})
SMALL_PRINT = "여섯 포인트의 작은 글씨도 읽을 수 있어야 합니다. 0123456789 ABC"


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with Workbench() as running:
        yield running


def ink(page: fax_file.Page, box: tuple[int, int, int, int] | None = None) -> float:
    """The share of a page, or of a part of it, that is black."""
    shades = fax_file.decode(page).crop(box).histogram()
    return shades[0] / sum(shades)


def scene(side: int) -> Image.Image:
    """A picture with every tone, and a dark disc."""
    image = Image.linear_gradient("L").resize((side, side))
    ImageDraw.Draw(image).ellipse((side // 4, side // 4, side // 2, side // 2), fill=20)
    return image


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def test_every_page_of_a_pdf_is_a_page_with_its_text() -> None:
    read = attachment.read(papers.written("첫째 쪽입니다.", "둘째 쪽, 900101-1234568"), 5)
    assert len(read.pages) == 2
    assert read.texts[0].strip() == "첫째 쪽입니다."
    assert "900101-1234568" in read.texts[1]
    assert all(page.rows == fax_file.ROWS_MAX and 0 < ink(page) < 0.02 for page in read.pages)


def test_what_is_filled_into_a_form_is_drawn_and_read() -> None:
    read = attachment.read(papers.filled_in("KIM 900101-1234568"), 1)
    assert "KIM 900101-1234568" in read.texts[0]
    assert ink(read.pages[0]) > ink(attachment.read(papers.filled_in(""), 1).pages[0]) * 1.5


@pytest.mark.parametrize(
    ("size", "across"),
    [((210, 297), 1.0), ((148, 210), 1.41), ((420, 594), 0.5), ((297, 210), 1.0)],
)
def test_paper_of_any_size_becomes_upright_a4(size: tuple[float, float], across: float) -> None:
    """A square of 40 mm, in true proportion: as large as its paper allows."""
    wide, tall = (side * 72 / 25.4 for side in size)
    square = b"%.2f %.2f 113.39 113.39 re f" % (wide / 2 - 56, tall / 2 - 56)
    page = attachment.read(papers.one_page(square, box=b"0 0 %.2f %.2f" % (wide, tall)), 1).pages[0]
    box = ImageChops.invert(fax_file.decode(page)).getbbox()
    assert box is not None
    assert abs((box[2] - box[0]) / 204 * 25.4 - 40 * across) < 0.6
    assert abs((box[3] - box[1]) / 196 * 25.4 - 40 * across) < 0.6


def test_a_page_gives_way_to_the_header_line_only_where_it_must() -> None:
    low = attachment.read(papers.one_page(b"0 700 595 10 re f"), 1).pages[0]
    high = attachment.read(papers.one_page(b"0 700 595 10 re f 0 830 595 12 re f"), 1).pages[0]
    rows = [ImageChops.invert(fax_file.decode(page)).getbbox() for page in (low, high)]
    assert rows[0] is not None
    assert rows[1] is not None
    assert rows[0][2] - rows[0][0] >= 1680  # at full size
    assert rows[1][1] >= fax_file.TOP
    assert rows[1][2] - rows[1][0] > 1500


def test_strokes_are_as_sharp_as_they_are_drawn() -> None:
    """A grey stripe beside words does not make dots of the words."""
    words = papers.written(SMALL_PRINT)
    plain = fax_file.decode(attachment.read(words, 1).pages[0])
    specks = plain.convert("L").filter(ImageFilter.MedianFilter(3))
    lost = ImageChops.difference(plain.convert("L"), specks).histogram()[255]
    assert lost < 0.2 * plain.histogram()[0]  # strokes hang together


def test_pale_words_are_not_lost_and_tints_do_not_hide_words() -> None:
    def page(*paint: bytes) -> fax_file.Page:
        return attachment.read(papers.one_page(b"\n".join(paint)), 1).pages[0]

    bar = b"100 600 200 2 re f"
    where = (300, 620, 900, 720)
    black = ink(page(b"0 g", bar), where)
    assert black > 0
    for grey in (b"0.3 g", b"0.6 g", b"0.75 g"):
        assert abs(ink(page(grey, bar), where) - black) < 0.35 * black
    tint = b"0.88 g 90 590 300 60 re f 0 g"
    assert abs(ink(page(tint, bar), where) - black) < 0.1 * black
    darker = ink(page(b"0.6 g 90 590 300 60 re f 0 g", bar), where)
    assert 0.2 < darker < 0.7  # dots, neither white nor black


def test_a_picture_among_words_keeps_its_tones_and_the_words_their_edges() -> None:
    text = "Words beside a picture. " * 20
    alone = attachment.read(
        papers.pictured(Image.new("L", (90, 90), 255), whole=False, text=text), 1
    )
    page = attachment.read(papers.pictured(scene(900), whole=False, text=text), 1).pages[0]
    words = (0, 0, 1728, 560)
    assert (
        fax_file.decode(page).crop(words).tobytes()
        == fax_file.decode(alone.pages[0]).crop(words).tobytes()
    )
    left, right = 190, 860
    dark, middle, light = (ink(page, (left, top, right, top + 100)) for top in (640, 940, 1200))
    assert dark > middle > light
    assert 0.3 < middle < 0.8


def test_a_scan_keeps_its_letters_and_loses_its_paper() -> None:
    letter = fax_file.decode(
        attachment.read(papers.written(SMALL_PRINT + "\n" + "가나다라마바사 " * 150), 1).pages[0]
    )
    dull = letter.convert("L").point(lambda level: 60 + level * 0.62)
    noise = Image.effect_noise(dull.size, 12).point(lambda level: level // 8)
    scan = ImageChops.add(dull, noise).filter(ImageFilter.GaussianBlur(0.8))
    page = attachment.read(papers.pictured(scan, whole=True), 1).pages[0]
    assert ink(page, (0, 1800, 1728, 2284)) == 0  # bare paper
    share = ink(page) / (letter.histogram()[0] / (1728 * 2284))
    assert 0.7 < share < 1.6
    assert len(page.strip) < 90_000


@pytest.mark.parametrize("size", [(8, 3000), (3000, 8), (8, 8)])
def test_a_picture_like_a_thread_is_drawn(size: tuple[int, int]) -> None:
    page = attachment.read(jpeg(Image.new("L", size, 0)), 1).pages[0]
    assert ink(page) > 0


def test_even_a_picture_of_noise_takes_no_more_than_a_hundred_seconds() -> None:
    noise = Image.effect_noise((1600, 2000), 90)
    page = fax_image.draw(jpeg(noise))
    assert len(page.strip) <= fax_image.STRIP_MAX
    assert 0.3 < ink(page, (300, 400, 1400, 1800)) < 0.7


@pytest.mark.parametrize("name", papers.refused())
def test_a_pdf_is_refused_with_the_reason(name: str) -> None:
    data, fault = papers.refused()[name]
    with pytest.raises(BadPdf) as caught:
        attachment.read(data, 30)
    assert caught.value.fault is fault
    assert caught.value.pages == (
        int(name.split()[0].replace(",", ""))
        if "pages" in name and fault is PdfFault.TOO_MANY_PAGES
        else 0
    )


def test_a_pdf_that_opens_without_a_password_and_may_be_printed_is_faxed() -> None:
    assert len(attachment.read(papers.locked(papers.written("가")), 1).pages) == 1


async def test_a_child_that_opened_a_pdf_serves_nobody_else(bench: Workbench) -> None:
    def pids() -> set[int]:
        mine = psutil.Process().children()
        return {child.pid for child in mine if "gateways.encode.workbench_child" in child.cmdline()}

    read = await bench.attachment(papers.written("가"), 1)
    assert read == attachment.read(papers.written("가"), 1)
    assert pids() == set()
    with pytest.raises(BadPdf) as caught:
        await bench.attachment(papers.many_pages(31), 30)
    assert (caught.value.fault, caught.value.pages) == (PdfFault.TOO_MANY_PAGES, 31)
    await bench.attachment(jpeg(scene(300)), 1)
    assert len(pids()) == 1


async def cruel(bench: Workbench, name: str) -> None:
    """Draws it or refuses it; either will do."""
    fault: PdfFault | None = None
    try:
        read = await bench.attachment(papers.borne()[name], 30)
    except BadPdf as refused:
        fault = refused.fault
    else:
        assert len(read.pages) == 1
    assert fault in {None, PdfFault.BROKEN, PdfFault.TOO_SLOW}


@pytest.mark.parametrize("name", sorted(QUICK))
async def test_what_is_wrong_is_drawn_or_refused(bench: Workbench, name: str) -> None:
    await cruel(bench, name)


@pytest.mark.prove
@pytest.mark.parametrize("name", sorted(papers.borne().keys() - QUICK))
async def test_what_is_cruel_is_borne(name: str) -> None:
    async with Workbench(seconds_max=8) as bench:
        await cruel(bench, name)


async def test_time_runs_out_for_a_pdf() -> None:
    async with Workbench(seconds_max=0) as bench:
        with pytest.raises(BadPdf) as caught:
            await bench.attachment(papers.written("가"), 1)
        assert caught.value.fault is PdfFault.TOO_SLOW
