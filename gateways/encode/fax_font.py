"""Glyphs for fax pages: bilevel, stretched to 204 x 196 dpi, each drawn once and kept.

A word is kept as an image of packed bits, so that setting it is one copy of bytes. Syllables, hanja
and kana therefore stand on a grid of 8 pixels, as type once stood in its case; what lies between
them is set closely and filled up to the grid.
"""

import math
import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN

if TYPE_CHECKING:
    from PIL._imaging import ImagingCore

type SetWord = tuple[ImagingCore, int]

GRID = 8
_OVERSAMPLING = 4
_ASPECT = DPI_ACROSS / DPI_DOWN
_SPACE = 0.3  # of an em
_WORDS_MAX = 20_000
_BYTES_MAX = 16_000_000
# A syllable, hanja, kana or full-width character stands alone; the rest in runs.
_WIDE = "\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
_ALONE = re.compile(f"[{_WIDE}]")
_CELLS = re.compile(f"[{_WIDE}]|[^{_WIDE}]+")
_OPENING = frozenset("([{<‘“'\"")
_CLOSING = frozenset(")]}>’”.,:;!?")


class Typeface:
    """A font at one size. `em` is in rows of 1/196 inch; `height` rows hold a line's ink.

    `words[w]` is a word without spaces as part of a sheet (eight pixels a byte) with its bytes
    across, `widths[w]` its pixels across. What the font lacks is drawn as a box: ask `lacks`.
    """

    def __init__(self, path: Path, em: int) -> None:
        self._font = ImageFont.truetype(
            str(path), em * _OVERSAMPLING, layout_engine=ImageFont.Layout.BASIC
        )
        ascent, descent = self._font.getmetrics()
        self.em = em
        self.height = math.ceil((ascent + descent) / _OVERSAMPLING)
        self.baseline = ascent / _OVERSAMPLING
        self.space_width = GRID * max(1, round(em * _SPACE / GRID))
        self.words = _Words(self)
        self.widths = _Widths(self.words)
        self._ascent = ascent
        self._glyphs: dict[str, Image.Image] = {}
        self._characters = characters_of(path)

    def fitting(self, word: str, room: int) -> int:
        """How many characters of a word fit into `room` pixels."""
        closed = run = 0
        for count, character in enumerate(word):
            width = self._glyph(character).width
            if _ALONE.match(character):
                closed += _up_to_grid(run) + _up_to_grid(width)
                run = 0
            else:
                run += width
            if closed + _up_to_grid(run) > room:
                return count
        return len(word)

    def width(self, line: str) -> int:
        """Pixels across, a multiple of GRID."""
        words = line.split(" ")
        return sum(map(self.widths.__getitem__, words)) + self.space_width * (len(words) - 1)

    def lacks(self, text: str) -> str:
        """The characters of `text` that are shown as boxes, each once, in order."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._characters))

    def cell(self, run: str) -> Image.Image:
        """A syllable, or a run of other characters set closely, up to the grid and packed."""
        glyphs = [self._glyph(character) for character in run]
        inner = sum(glyph.width for glyph in glyphs)
        width = _up_to_grid(inner)
        left = (width - inner) // 2
        if run[0] in _OPENING:
            left = width - inner
        elif run[-1] in _CLOSING:
            left = 0
        cell = Image.new("1", (width, self.height), 0)
        for glyph in glyphs:
            cell.paste(glyph, (left, 0))
            left += glyph.width
        return Image.frombytes("L", (width // GRID, self.height), cell.tobytes())

    def _glyph(self, character: str) -> Image.Image:
        glyph = self._glyphs.get(character)
        if glyph is None:
            glyph = self._glyphs[character] = self.draw(character)
        return glyph

    def draw(self, character: str) -> Image.Image:
        """One glyph: mode "1", `height` rows, as wide as its advance or, if wider, its ink.

        Set on the grid of pixels where the fewest of them are half covered, first across, then
        down: bilevel strokes then come out equally thick.
        """
        if ord(character) not in self._characters:
            return self._box()
        left, _, right, _ = self._font.getbbox(character, anchor="ls")
        before = max(0.0, -left)
        advance = max(self._font.getlength(character), right) + before
        width = max(1, round(advance / _OVERSAMPLING * _ASPECT))
        across, down = width * _OVERSAMPLING / _ASPECT, self.height * _OVERSAMPLING
        tall = down + _OVERSAMPLING
        large = Image.new("L", (math.ceil(across) + _OVERSAMPLING, tall), 0)
        origin = (before + _OVERSAMPLING, self._ascent + _OVERSAMPLING)
        ImageDraw.Draw(large).text(origin, character, fill=255, font=self._font, anchor="ls")

        def narrowed(image: Image.Image, x: int) -> Image.Image:
            box = (x, 0, x + across, image.height)
            return image.resize((width, image.height), Image.Resampling.BOX, box=box)

        squat = large.reduce((1, _OVERSAMPLING))
        x = min(_PHASES, key=lambda x: _blur(narrowed(squat, x)))
        upright = narrowed(large, x)

        def flattened(y: int) -> Image.Image:
            return upright.reduce((1, _OVERSAMPLING), box=(0, y, width, y + down))

        return min(map(flattened, _PHASES), key=_blur).convert("1", dither=Image.Dither.NONE)

    def _box(self) -> Image.Image:
        width = max(4, round(self.em * 0.86 * _ASPECT))
        glyph = Image.new("1", (width, self.height), 0)
        base = self._ascent // _OVERSAMPLING
        frame = (2, base - round(self.em * 0.78), width - 3, base + round(self.em * 0.06))
        ImageDraw.Draw(glyph).rectangle(frame, outline=255, width=2)
        return glyph


_PHASES = range(_OVERSAMPLING, 0, -1)
_HALFNESS = [min(value, 255 - value) for value in range(256)]


def _blur(glyph: Image.Image) -> int:
    """How far its pixels are from being black or white, added up."""
    return int(math.sumprod(glyph.histogram(), _HALFNESS))


def _up_to_grid(pixels: int) -> int:
    return -(-pixels // GRID) * GRID


class _Words(dict[str, SetWord]):
    """Words as they are set, made when first met; begun anew when they are too many.

    They are kept as what lies under Pillow's images: to reach it each time costs more than to copy.
    """

    def __init__(self, face: Typeface) -> None:
        super().__init__()
        self._face = face
        self._cells: dict[str, Image.Image] = {}
        self._kept = 0

    def __missing__(self, word: str) -> SetWord:
        if self._kept > _BYTES_MAX:
            self.clear()
            self._cells.clear()
            self._kept = 0
        cells = [self._cell(run) for run in _CELLS.findall(word)]
        whole = Image.new("L", (sum(cell.width for cell in cells), self._face.height), 0)
        at = 0
        for cell in cells:
            whole.paste(cell, (at, 0))
            at += cell.width
        self[word] = found = whole.im, whole.width
        self._kept += _size_of(whole)
        return found

    def _cell(self, run: str) -> Image.Image:
        cell = self._cells.get(run)
        if cell is None:
            cell = self._cells[run] = self._face.cell(run)
            self._kept += _size_of(cell)
        return cell


def _size_of(image: Image.Image) -> int:
    """Bytes that an image costs, its rows and what Pillow keeps beside them."""
    return image.width * image.height + 1_000


class _Widths(dict[str, int]):
    """Pixels across of words."""

    def __init__(self, words: _Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_MAX:
            self.clear()
        width = self[word] = self._words[word][1] * GRID
        return width


@lru_cache(maxsize=8)
def typeface(path: Path, em: int) -> Typeface:
    """The process's typeface of a font file at a size; it keeps what it has drawn."""
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
