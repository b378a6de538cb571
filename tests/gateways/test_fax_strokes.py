"""Grey to bits: every pixel that is darker than the middle, and no other."""

import random

import pytest
from PIL import Image

from gateways.encode import fax_file, fax_strokes
from gateways.encode.fax_file import ROWS_MAX, WIDTH


def grey(rows: int, *marks: tuple[int, int, int]) -> bytearray:
    """White rows with pixels (column, row, level) on them."""
    pixels = bytearray(b"\xff" * (WIDTH * rows))
    for column, row, level in marks:
        pixels[row * WIDTH + column] = level
    return pixels


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 100, ROWS_MAX])
def test_what_is_darker_than_the_middle_is_ink(rows: int) -> None:
    chances = random.Random(rows)
    marks = [
        (chances.randrange(WIDTH), chances.randrange(rows), chances.randrange(256))
        for _ in range(rows // 3 + 3)
    ]
    marks += [(0, 0, 127), (WIDTH - 1, rows - 1, 0)]
    pixels = grey(rows, *marks)
    page = fax_strokes.page_of(pixels)
    drawn = fax_file.decode(page).convert("L")
    wanted = Image.frombytes("L", (WIDTH, rows), bytes(pixels)).point([0] * 128 + [255] * 128)
    assert page.rows == rows
    assert drawn.tobytes() == wanted.tobytes()


def test_a_blank_page_is_blank() -> None:
    page = fax_strokes.page_of(grey(ROWS_MAX))
    assert fax_file.decode(page).getextrema() == (255, 255)
    assert len(page.strip) < 400
