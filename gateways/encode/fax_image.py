"""Pictures as fax pages: fitted to A4, in the dots of 204 x 196 dpi, halftoned for paper.

A photographed document loses its shadows and keeps its strokes; a photo keeps its tones by
Floyd-Steinberg dots, its contrast spread, its middle lightened for what ink and drum darken.
"""

from PIL import Image, ImageChops, ImageFilter, ImageOps

from gateways.encode import fax_file, picture
from gateways.encode.fax_file import DPI_ACROSS, DPI_DOWN, ROWS_MAX, WIDTH

# 10 mm at the sides and below; the header line stands above.
LEFT = 80
TOP = 110
BOTTOM = 77
BOX_WIDTH = WIDTH - 2 * LEFT
BOX_ROWS = ROWS_MAX - TOP - BOTTOM
ENLARGED_AT_MOST = 2.0
_ASPECT = DPI_ACROSS / DPI_DOWN
_SAMPLE = 400

type _Curve = list[int]


def draw(data: bytes) -> Image.Image:
    """One sheet with one picture (`fax_file.blank_sheet`). Raises picture.BadPicture."""
    grey = picture.read(data, ROWS_MAX).convert("L")
    if grey.width > grey.height:
        grey = grey.transpose(Image.Transpose.ROTATE_90)
    width, rows = _size(grey)
    ink = halftone(grey.resize((width, rows), Image.Resampling.LANCZOS, reducing_gap=3.0))
    page = Image.new("1", (WIDTH, ROWS_MAX), 0)
    page.paste(ink, ((WIDTH - width) // 2, TOP))
    return fax_file.sheet_of(page)


def _size(grey: Image.Image) -> tuple[int, int]:
    """Pixels across and down that keep the picture's proportions on paper."""
    scale = min(BOX_WIDTH / (grey.width * _ASPECT), BOX_ROWS / grey.height, ENLARGED_AT_MOST)
    return max(1, round(grey.width * _ASPECT * scale)), max(1, round(grey.height * scale))


def halftone(grey: Image.Image) -> Image.Image:
    """Grey of fax pixels, as ink: mode "1", 255 where inked."""
    levels = _document(grey) or _photo(grey)
    return ImageChops.invert(levels).convert("1", dither=Image.Dither.FLOYDSTEINBERG)


def _photo(grey: Image.Image) -> Image.Image:
    spread = ImageOps.autocontrast(grey, cutoff=(0.5, 0.5))
    sharp = spread.filter(ImageFilter.UnsharpMask(radius=2, percent=90, threshold=2))
    return sharp.point(_PHOTO_CURVE)


def _document(grey: Image.Image) -> Image.Image | None:
    """Paper white and strokes black, or None where the picture is not of a sheet of paper.

    Paper is nearly as light as the lightest nearby over most of the picture, its strokes are far
    darker, and where a shadow lies on it, its edge is soft and it is not black.
    """
    small = grey.copy()
    small.thumbnail((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(15)).filter(ImageFilter.GaussianBlur(8))
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
    sharp = darkness.filter(ImageFilter.UnsharpMask(radius=2, percent=150, threshold=4))
    return sharp.point(_stroke_curve(strongest))


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
