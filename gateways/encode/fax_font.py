"""Glyphs for fax pages: bilevel, stretched to 204 x 196 dpi, each drawn once and kept.

A glyph is kept as columns of pixels: a line of text is then a join of bytes, transposed once.
"""

import math
import operator
import struct
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN

_OVERSAMPLING = 4
_INK_FROM = 120  # of 255: a little under half, for a fax machine thins fine strokes
_ASPECT = DPI_ACROSS / DPI_DOWN


class Typeface:
    """A font at one size. `em` is in rows of 1/196 inch; `height` rows hold a line's ink.

    `columns[c]` are the pixel columns of a character, `height` bytes each, 255 where inked;
    `widths[c]` their number. What the font lacks is drawn as a box: ask `lacks`.
    """

    def __init__(self, path: Path, em: int) -> None:
        self._font = ImageFont.truetype(
            str(path), em * _OVERSAMPLING, layout_engine=ImageFont.Layout.BASIC
        )
        ascent, descent = self._font.getmetrics()
        self.em = em
        self.height = math.ceil((ascent + descent) / _OVERSAMPLING)
        self.columns = _Columns(self)
        self.widths = _Widths(self)
        self._ascent = ascent
        self._characters = characters_of(path)

    def lacks(self, text: str) -> str:
        """The characters of `text` that are shown as boxes, each once, in order."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._characters))

    def draw(self, character: str) -> Image.Image:
        """One glyph: mode "L", `height` rows, as wide as its advance or, if wider, its ink.

        Set on the grid of pixels where the fewest of them are half covered, first across, then
        down: bilevel strokes then come out equally thick.
        """
        if ord(character) not in self._characters:
            return self._box()
        left, _, right, _ = self._font.getbbox(character, anchor="ls")
        before = max(0.0, -left)
        advance = max(self._font.getlength(character), right) + before
        width = max(1, round(advance / _OVERSAMPLING * _ASPECT))
        size = (width, self.height)
        across, down = width * _OVERSAMPLING / _ASPECT, self.height * _OVERSAMPLING
        large = Image.new("L", (math.ceil(across) + _OVERSAMPLING, down + _OVERSAMPLING), 0)
        origin = (before + _OVERSAMPLING, self._ascent + _OVERSAMPLING)
        ImageDraw.Draw(large).text(origin, character, fill=255, font=self._font, anchor="ls")

        def at(x: int, y: int) -> Image.Image:
            box = (x, y, x + across, y + down)
            return large.resize(size, Image.Resampling.BOX, box=box)

        x = min(_PHASES, key=lambda x: _blur(at(x, _OVERSAMPLING)))
        y = min(_PHASES, key=lambda y: _blur(at(x, y)))
        return at(x, y).point(_THRESHOLD)

    def _box(self) -> Image.Image:
        width = max(4, round(self.em * 0.86 * _ASPECT))
        glyph = Image.new("L", (width, self.height), 0)
        base = self._ascent // _OVERSAMPLING
        frame = (2, base - round(self.em * 0.78), width - 3, base + round(self.em * 0.06))
        ImageDraw.Draw(glyph).rectangle(frame, outline=255, width=2)
        return glyph


_PHASES = range(_OVERSAMPLING, 0, -1)
_THRESHOLD = [255 if value >= _INK_FROM else 0 for value in range(256)]
_HALFNESS = [min(value, 255 - value) for value in range(256)]


def _blur(glyph: Image.Image) -> int:
    """How far its pixels are from being black or white, added up."""
    return sum(map(operator.mul, glyph.histogram(), _HALFNESS))


class _Columns(dict[str, bytes]):
    def __init__(self, face: Typeface) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> bytes:
        glyph = self._face.draw(character)
        columns = self[character] = glyph.transpose(Image.Transpose.TRANSPOSE).tobytes()
        return columns


class _Widths(dict[str, int]):
    def __init__(self, face: Typeface) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> int:
        face = self._face
        width = self[character] = len(face.columns[character]) // face.height
        return width


@lru_cache(maxsize=8)
def typeface(path: Path, em: int) -> Typeface:
    """The process's typeface of a font file at a size; it keeps every glyph once drawn."""
    return Typeface(path, em)


@lru_cache(maxsize=4)
def characters_of(path: Path) -> dict[int, int]:
    """Code point to glyph of a TrueType or OpenType file, from its format 12 character map."""
    data = path.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    for index in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if tag == b"cmap":
            return _full_map(data, start)
    raise ValueError(f"{path.name} has no character map")


def _full_map(data: bytes, start: int) -> dict[int, int]:
    (count,) = struct.unpack_from(">H", data, start + 2)
    for index in range(count):
        (offset,) = struct.unpack_from(">I", data, start + 4 + 8 * index + 4)
        at = start + offset
        if struct.unpack_from(">H", data, at) == (12,):
            (groups,) = struct.unpack_from(">I", data, at + 12)
            return {
                code: glyph + code - first
                for first, last, glyph in struct.iter_unpack(
                    ">III", data[at + 16 : at + 16 + 12 * groups]
                )
                for code in range(first, last + 1)
            }
    raise ValueError("the font has no full Unicode character map")
