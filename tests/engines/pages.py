"""A page of every kind that Madang faxes: text, photo, drawing, and the extremes."""

import io
import random
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from gateways.encode import fax, fax_file

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
HEADER = fax.Header("김영희", "02-2670-3501", datetime(2026, 11, 28, 1, 12, tzinfo=UTC))
LETTER = "구청장 귀하\n\n가로등이 고장 났습니다. 밤길이 어둡습니다.\n고쳐 주시면 고맙겠습니다.\n"
SIZE = (fax_file.WIDTH, fax_file.ROWS_MAX)


def every_kind() -> dict[str, fax_file.Page]:
    """Pages by kind; the same ones every time."""
    return {
        "letter": _drawn(LETTER),
        "dense": _drawn("띄어쓰기 없이빽빽한글자 12,345원 " * 60),
        "text": _drawn("띄어쓰기 없이빽빽한글자 12,345원 " * 160),
        "photo": fax.draw("", [_photo()], HEADER, FONT).pages[0],
        "drawing": _inked(_drawing()),
        "short": _inked(_drawing().crop((0, 0, fax_file.WIDTH, 300))),
        "noise": _inked(_noise()),
        "stripes": _inked(_stripes()),
        "white": _inked(Image.new("1", SIZE, 0)),
        "black": _inked(Image.new("1", SIZE, 255)),
    }


def _drawn(text: str) -> fax_file.Page:
    """The first page that the product draws of a text."""
    return fax.draw(text, [], HEADER, FONT).pages[0]


def _inked(image: Image.Image) -> fax_file.Page:
    return fax_file.encode(fax_file.sheet_of(image))


def _photo() -> bytes:
    """A soft picture as a phone takes it, drawn as the product draws photos."""
    chances = random.Random(30)
    small = Image.new("L", (40, 30))
    small.putdata([chances.randrange(256) for _ in range(40 * 30)])
    file = io.BytesIO()
    small.resize((800, 600), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


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
