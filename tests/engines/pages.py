"""A page of every kind that Madang faxes, the extremes too, and how two pages differ."""

import io
import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageSequence

from gateways.encode import attachment, fax, fax_file
from gateways.encode.fax_cover import Cover
from tests.gateways import papers

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
HEADER = fax.Header("김영희", "02-2670-3501", datetime(2026, 11, 28, 1, 12, tzinfo=UTC))
COVER = Cover("영등포구청 주차문화과", "010-1234-5678", "주민이 보낸 팩스입니다.")
LETTER = "구청장 귀하\n\n가로등이 고장 났습니다. 밤길이 어둡습니다.\n고쳐 주시면 고맙겠습니다.\n"
SIZE = (fax_file.WIDTH, fax_file.ROWS_MAX)


KINDS = (
    *("letter", "dense", "text", "photo", "drawing", "short", "noise", "stripes"),
    *("white", "black", "cover", "pdf", "scan"),
)


@cache
def page(kind: str) -> fax_file.Page:
    """A page of a kind of `KINDS`, the same one every time."""
    match kind:
        case "letter":
            return _drawn(LETTER)
        case "dense" | "text":
            return _drawn("띄어쓰기 없이빽빽한글자 12,345원 " * (60 if kind == "dense" else 160))
        case "photo" | "pdf" | "scan":
            attached = attachment.read(_file(kind), 1).pages
            return fax.draw("", attached, HEADER, FONT).pages[0]
        case "cover":
            return fax.draw(LETTER, [], HEADER, FONT, COVER).pages[0]
        case "drawing":
            return _inked(_drawing())
        case "short":
            return _inked(_drawing().crop((0, 0, fax_file.WIDTH, 300)))
        case "noise":
            return _inked(_noise())
        case "stripes":
            return _inked(_stripes())
        case _:
            return _inked(Image.new("1", SIZE, {"white": 0, "black": 255}[kind]))


def _drawn(text: str) -> fax_file.Page:
    """The first page that the product draws of a text."""
    return fax.draw(text, [], HEADER, FONT).pages[0]


def _inked(image: Image.Image) -> fax_file.Page:
    return fax_file.encode(fax_file.sheet_of(image))


def _file(kind: str) -> bytes:
    """A file as residents attach them: a soft picture from a phone, a PDF with one, a scan."""
    match kind:
        case "photo":
            file = io.BytesIO()
            _soft(800, 600).save(file, "JPEG", quality=90)
            return file.getvalue()
        case "pdf":
            return papers.pictured(_soft(900, 900), whole=False, text="Form. " * 90)
        case _:
            letter = fax_file.decode(_drawn(LETTER)).convert("L").point(lambda v: 60 + v * 0.6)
            blurred = letter.filter(ImageFilter.GaussianBlur(0.8))
            return papers.pictured(blurred, whole=True)


def _soft(width: int, height: int) -> Image.Image:
    chances = random.Random(30)
    small = Image.new("L", (40, 30))
    small.putdata([chances.randrange(256) for _ in range(40 * 30)])
    return small.resize((width, height), Image.Resampling.BICUBIC)


def _drawing() -> Image.Image:
    image = Image.new("1", SIZE, 0)
    pen = ImageDraw.Draw(image)
    for step in range(40):
        pen.ellipse((step * 20, step * 25, 1700 - step * 20, 2200 - step * 25), outline=255)
        pen.line((0, step * 57, 1727, 2283 - step * 57), fill=255, width=1 + step % 3)
    return image


def _noise() -> Image.Image:
    """Every tenth line of random dots: the worst that Group 4 can meet, within reason."""
    chances = random.Random(30)
    image = Image.new("1", SIZE, 0)
    for row in range(0, SIZE[1], 10):
        dots = Image.frombytes("1", (fax_file.WIDTH, 1), chances.randbytes(fax_file.WIDTH // 8))
        image.paste(dots, (0, row))
    return image


def _stripes() -> Image.Image:
    image = Image.new("1", SIZE, 0)
    for column in range(0, fax_file.WIDTH, 2):
        image.paste(255, (column, 0, column + 1, SIZE[1]))
    return image


def read(tiff: Path) -> list[Image.Image]:
    """The pages of a TIFF as a fax machine wrote it."""
    with Image.open(tiff) as image:
        return [frame.convert("1") for frame in ImageSequence.Iterator(image)]


def different(one: Image.Image, other: Image.Image) -> int:
    """How many pixels differ; all of them where the sizes do."""
    if one.size != other.size:
        return one.width * one.height
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return one.width * one.height - histogram[0]
