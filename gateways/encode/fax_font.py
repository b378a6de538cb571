"""Glyphs for fax pages: bilevel, stretched to 204 x 196 dpi, each drawn once and kept.

A word is kept as columns of bytes, eight pixels across each, so that a line of text is a join of
bytes and one small transposition. Syllables, hanja and kana therefore stand on a grid of 8 pixels,
as type once stood in its case; what lies between them is set closely and filled up to the grid.
"""

import math
import re
import struct
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN

GRID = 8
_OVERSAMPLING = 4
_INK_FROM = 120  # of 255: a little under half, for a fax machine thins fine strokes
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

    `words[w]` are the byte columns of a word without spaces, `height` bytes each, ones where
    inked, `widths[w]` its pixels across; `space` is the columns of a space. What the font lacks is
    drawn as a box: ask `lacks`.
    """

    def __init__(self, path: Path, em: int) -> None:
        self._font = ImageFont.truetype(
            str(path), em * _OVERSAMPLING, layout_engine=ImageFont.Layout.BASIC
        )
        ascent, descent = self._font.getmetrics()
        self.em = em
        self.height = math.ceil((ascent + descent) / _OVERSAMPLING)
        self.baseline = ascent / _OVERSAMPLING
        self.space = bytes(self.height * max(1, round(em * _SPACE / GRID)))
        self.words = _Words(self)
        self.widths = _Widths(self.words, self.height)
        self._ascent = ascent
        self._glyphs: dict[str, Image.Image] = {}
        self._characters = characters_of(path)

    def columns(self, line: str) -> bytes:
        """A line of text as byte columns."""
        return self.space.join(map(self.words.__getitem__, line.split(" ")))

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
        return len(self.columns(line)) // self.height * GRID

    @property
    def space_width(self) -> int:
        return len(self.space) // self.height * GRID

    def lacks(self, text: str) -> str:
        """The characters of `text` that are shown as boxes, each once, in order."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._characters))

    def cell(self, run: str) -> bytes:
        """A syllable, or a run of other characters set closely, filled up to the grid."""
        glyphs = [self._glyph(character) for character in run]
        inner = sum(glyph.width for glyph in glyphs)
        width = _up_to_grid(inner)
        left = (width - inner) // 2
        if run[0] in _OPENING:
            left = width - inner
        elif run[-1] in _CLOSING:
            left = 0
        cell = Image.new("L", (width, self.height), 0)
        for glyph in glyphs:
            cell.paste(glyph, (left, 0))
            left += glyph.width
        packed = cell.convert("1", dither=Image.Dither.NONE).tobytes()
        rows = Image.frombytes("L", (width // GRID, self.height), packed)
        return rows.transpose(Image.Transpose.TRANSPOSE).tobytes()

    def _glyph(self, character: str) -> Image.Image:
        glyph = self._glyphs.get(character)
        if glyph is None:
            glyph = self._glyphs[character] = self.draw(character)
        return glyph

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
        across, down = width * _OVERSAMPLING / _ASPECT, self.height * _OVERSAMPLING
        tall = down + _OVERSAMPLING
        large = Image.new("L", (math.ceil(across) + _OVERSAMPLING, tall), 0)
        origin = (before + _OVERSAMPLING, self._ascent + _OVERSAMPLING)
        ImageDraw.Draw(large).text(origin, character, fill=255, font=self._font, anchor="ls")

        def narrowed(x: int) -> Image.Image:
            box = (x, 0, x + across, tall)
            return large.resize((width, tall), Image.Resampling.BOX, box=box)

        upright = min(map(narrowed, _PHASES), key=_blur)

        def flattened(y: int) -> Image.Image:
            return upright.reduce((1, _OVERSAMPLING), box=(0, y, width, y + down))

        return min(map(flattened, _PHASES), key=_blur).point(_THRESHOLD)

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
    return int(math.sumprod(glyph.histogram(), _HALFNESS))


def _up_to_grid(pixels: int) -> int:
    return -(-pixels // GRID) * GRID


class _Words(dict[str, bytes]):
    """Byte columns of words, made when first set; begun anew when they are too many."""

    def __init__(self, face: Typeface) -> None:
        super().__init__()
        self._face = face
        self._cells: dict[str, bytes] = {}
        self._kept = 0

    def __missing__(self, word: str) -> bytes:
        columns = self[word] = b"".join(map(self._cell, _CELLS.findall(word)))
        self._kept += len(columns)
        if self._kept > _BYTES_MAX:
            self.clear()
            self._cells.clear()
            self._kept = 0
        return columns

    def _cell(self, run: str) -> bytes:
        cell = self._cells.get(run)
        if cell is None:
            cell = self._cells[run] = self._face.cell(run)
            self._kept += len(cell)
        return cell


class _Widths(dict[str, int]):
    """Pixels across of words."""

    def __init__(self, words: _Words, height: int) -> None:
        super().__init__()
        self._words = words
        self._height = height

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_MAX:
            self.clear()
        width = self[word] = len(self._words[word]) // self._height * GRID
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
