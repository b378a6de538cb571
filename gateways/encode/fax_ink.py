"""Grey as ink: strokes stay sharp, tones become dots that a fax machine prints and that code well.

Tones are dots of 2 x 2 pixels and more, by Floyd-Steinberg: single pixels drown in toner, and cost
Group 4 three times the bytes (measured on photos; a screen of round dots of the same bytes loses
small print). A sheet of paper, photographed or scanned, loses its shadows and keeps its strokes.
"""

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter, ImageOps

from gateways.encode.fax_file import Box
from gateways.encode.fax_strokes import PAPER, WHITE

CELLS = ((2, 2), (3, 2), (3, 3), (4, 4))
"""Pixels across and down of one dot, finest first."""

_HALF = 128
_SOLID = 24  # on a clean page so dark a pixel is ink, among dots as well
_TILE = 8
_TONE_SHARE = 140  # of 255: so much of a tile in the middle tones is more than edges of strokes
_NEAR = 4
_SAMPLE = 400
_SHEET_MIN = 16  # pixels of the sample across; a thinner strip is no sheet

type Cell = tuple[int, int]
type _Curve = list[int]


def of_picture(grey: Image.Image, cell: Cell = CELLS[0]) -> Image.Image:
    """A picture of fax pixels as ink: mode "1", 255 where inked."""
    evenly = _document(grey)
    if evenly is None:
        return _dots(ImageOps.autocontrast(grey, cutoff=(0.5, 0.5)), cell)
    return _mixed(evenly, cell, clean=False)


def of_page(grey: Image.Image, pictures: Sequence[Box], cell: Cell = CELLS[0]) -> Image.Image:
    """A page of a PDF as ink: drawn on white, with pictures in places, or a scan that fills it."""
    shades = grey.histogram()
    clean = sum(shades[WHITE:]) > sum(shades) * 0.3
    evenly = None if clean else _document(grey, sharpened=False)
    ink = _mixed(grey if evenly is None else evenly, cell, clean=clean)
    for left, top, right, bottom in pictures:
        ink.paste(of_picture(grey.crop((left, top, right, bottom)), cell), (left, top))
    return ink


def _mixed(levels: Image.Image, cell: Cell, *, clean: bool) -> Image.Image:
    """Strokes as they are, and dots where it stays grey. `clean` paper has no stains, so that what
    is faint on it is meant."""
    ink = levels.point(_BLACK_BELOW[_HALF], "1")
    faint = _faint(levels) if clean else None
    if faint is not None:
        ink.paste(255, mask=faint)
    tones = _tones(levels)
    found = tones.getbbox()
    if found is None:
        return ink
    mask = tones.resize((tones.width * _TILE, tones.height * _TILE), Image.Resampling.NEAREST)
    left, top = found[0] * _TILE, found[1] * _TILE
    box = left, top, min(found[2] * _TILE, ink.width), min(found[3] * _TILE, ink.height)
    part = levels.crop(box)
    dots = _dots(part, cell)
    if clean:
        dots.paste(255, mask=part.point(_BLACK_BELOW[_SOLID], "1"))
    ink.paste(dots, box, mask.crop(box))
    return ink


def _tones(levels: Image.Image) -> Image.Image:
    """Where tones are, a pixel a tile: 255 on what is grey over three tiles each way, and on what
    is dark or light in the midst of it."""
    share = levels.point(_MIDDLE).reduce(_TILE)
    grey = share.point([255 * (level > _TONE_SHARE) for level in range(256)])
    seeds = _lowest(grey, 1)
    if seeds.getbbox() is None:
        return seeds
    return _lowest(_highest(seeds, 4), 2)


def _faint(levels: Image.Image) -> Image.Image | None:
    """Strokes too light to be ink by themselves, where nothing darker is near; None without any."""
    light = levels.point(_LIGHT)
    if light.getbbox() is None:
        return None
    dark = levels.point([255 * (level < _HALF) for level in range(256)]).reduce(_NEAR)
    near = _highest(dark.point([255 * (level > 0) for level in range(256)]), 1)
    size = (near.width * _NEAR, near.height * _NEAR)
    near = near.resize(size, Image.Resampling.NEAREST).crop((0, 0, *levels.size))
    return ImageChops.subtract(light, near)


def _dots(grey: Image.Image, cell: Cell) -> Image.Image:
    """Tones as dots of one size, the middle tones lightened for what toner adds."""
    across, down = cell
    size = (-(-grey.width // across), -(-grey.height // down))
    small = grey.resize(size, Image.Resampling.BOX)
    sharp = small.filter(ImageFilter.UnsharpMask(radius=1, percent=120, threshold=4))
    dots = ImageChops.invert(sharp.point(_PHOTO_CURVE)).convert(
        "1", dither=Image.Dither.FLOYDSTEINBERG
    )
    large = dots.resize((size[0] * across, size[1] * down), Image.Resampling.NEAREST)
    return large.crop((0, 0, *grey.size))


def _document(grey: Image.Image, *, sharpened: bool = True) -> Image.Image | None:
    """A sheet of paper as if evenly lit: paper 255, its strongest strokes black; None where the
    picture is not of a sheet of paper.

    Paper is nearly as light as the lightest nearby over most of the picture, its strokes are far
    darker, and where a shadow lies on it, its edge is soft and it is not black.
    """
    small = grey.copy()
    small.thumbnail((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    if min(small.size) < _SHEET_MIN:
        return None
    paper = _highest(small, 7).filter(ImageFilter.GaussianBlur(8))
    strokes = ImageChops.subtract(paper, small).histogram()
    shades = paper.histogram()
    dark, light = _quantile(shades, 0.05), _quantile(shades, 0.95)
    plain = sum(strokes[:24]) / sum(strokes)
    if light < 120 or dark < light * 0.35 or plain < 0.7 or _steepest(paper) > 16:
        return None
    whole = paper.resize(grey.size, Image.Resampling.BILINEAR)
    # What is dark by as much as its paper allows is equally dark, in the shadow or out of it.
    evenly = whole.point([min(255, 255 * dark // max(1, shade)) for shade in range(256)])
    darkness = ImageChops.multiply(ImageChops.subtract(whole, grey), evenly)
    strongest = _quantile(darkness.histogram(), 0.998)
    if strongest < dark * 0.3:
        return None
    if sharpened:
        darkness = darkness.filter(ImageFilter.UnsharpMask(radius=2, percent=150, threshold=4))
    return darkness.point(_stroke_curve(strongest))


def _highest(image: Image.Image, reach: int) -> Image.Image:
    """The lightest level within `reach` pixels each way: as MaxFilter, in a tenth of its time."""
    window = 2 * reach + 1
    for across, down in ((1, 0), (0, 1)):
        width, height = image.width, image.height
        left, top = reach * across, reach * down
        grown = image.crop((-left, -top, width + left, height + top))
        have = 1
        while have < window:
            step = min(have, window - have)
            x, y = step * across, step * down
            grown = ImageChops.lighter(grown, grown.crop((x, y, grown.width + x, grown.height + y)))
            have += step
        image = grown.crop((0, 0, width, height))
    return image


def _lowest(image: Image.Image, reach: int) -> Image.Image:
    return ImageChops.invert(_highest(ImageChops.invert(image), reach))


def _steepest(paper: Image.Image) -> int:
    """The change over four pixels that only one place in a hundred exceeds."""
    width, height = paper.size
    here = paper.crop((0, 0, width - 4, height - 4))
    across = ImageChops.difference(here, paper.crop((4, 0, width, height - 4)))
    down = ImageChops.difference(here, paper.crop((0, 4, width - 4, height)))
    return _quantile(ImageChops.lighter(across, down).histogram(), 0.99)


def _quantile(histogram: list[int], share: float) -> int:
    """The level that `share` of the pixels do not exceed."""
    wanted = sum(histogram) * share
    for level, pixels in enumerate(histogram):
        wanted -= pixels
        if wanted <= 0:
            return level
    return len(histogram) - 1


def _stroke_curve(strongest: int) -> _Curve:
    """Darkness below the paper, as grey: white up to 0.4 of the strongest, black from 0.75."""
    low, high = strongest * 0.4, strongest * 0.75
    return [
        255 - max(0, min(255, round((darkness - low) * 255 / (high - low))))
        for darkness in range(256)
    ]


def _photo_levels() -> _Curve:
    """Lighter middle tones (gamma 0.8), and clean paper and solid black at the ends."""
    curve = [round(255 * (level / 255) ** 0.8) for level in range(256)]
    return [0 if level < 8 else 255 if level > 246 else level for level in curve]


_PHOTO_CURVE = _photo_levels()
_BLACK_BELOW = {limit: [255 * (level < limit) for level in range(256)] for limit in (_HALF, _SOLID)}
_MIDDLE = [255 * (40 <= level < PAPER) for level in range(256)]
_LIGHT = [255 * (_HALF <= level < PAPER) for level in range(256)]
