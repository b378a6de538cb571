"""What every scene is drawn with: skies, buildings, trees, cars, lamps, and the grain of a phone.

A scene is drawn at SCALE times its size and brought down, which smooths every edge.
"""

from collections.abc import Sequence
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

type Colour = tuple[int, int, int]
type Point = tuple[float, float]

WIDTH: Final = 1200
HEIGHT: Final = 900
SCALE: Final = 2


def hexed(code: str) -> Colour:
    """ "#063a74" as a triple."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0 to 1) of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    """A picture of WIDTH x HEIGHT units; `random` makes each one a little different."""

    def __init__(self, seed: int) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE))
        self.pen = ImageDraw.Draw(self.image)
        self.random = Random(seed)  # noqa: S311 - it draws leaves

    # Shapes, in units

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        """A rectangle."""
        self.pen.rectangle(_scaled(((left, top), (right, bottom))), fill=fill)

    def round_box(
        self, left: float, top: float, right: float, bottom: float, radius: float, fill: Colour
    ) -> None:
        """A rectangle with round corners."""
        corners = _scaled(((left, top), (right, bottom)))
        self.pen.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self.pen.polygon(_scaled(points), fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """A stroke with round joints."""
        self.pen.line(_scaled(points), fill=fill, width=round(width * SCALE), joint="curve")

    def disc(
        self, x: float, y: float, radius: float, fill: Colour, flat: float | None = None
    ) -> None:
        """A circle, or an ellipse of height radius `flat`."""
        tall = radius if flat is None else flat
        self.pen.ellipse(_scaled(((x - radius, y - tall), (x + radius, y + tall))), fill=fill)

    # Light

    def gradient(self, colours: Sequence[Colour], top: float = 0, bottom: float = HEIGHT) -> None:
        """Horizontal bands that flow from colour to colour between two heights."""
        first, last = round(top * SCALE), round(bottom * SCALE)
        strip = Image.new("RGB", (1, len(colours)))
        strip.putdata(list(colours))
        # Twice as high and cut, so that the outer colours reach the edges.
        size = (8, (last - first) * len(colours) // max(1, len(colours) - 1))
        tall = strip.resize(size, Image.Resampling.BILINEAR)
        margin = (tall.height - (last - first)) // 2
        band = tall.crop((0, margin, 8, margin + last - first))
        self.image.paste(band.resize((WIDTH * SCALE, last - first)), (0, first))

    def glow(
        self,
        shapes: Sequence[Sequence[Point]],
        colour: Colour,
        strength: float,
        blur: float,
    ) -> None:
        """Light (added, never covering) in the form of polygons with soft edges."""
        small = Image.new("RGB", (WIDTH // 2, HEIGHT // 2))
        pen = ImageDraw.Draw(small)
        lit = mixed((0, 0, 0), colour, strength)
        for points in shapes:
            pen.polygon([(x / 2, y / 2) for x, y in points], fill=lit)
        soft = small.filter(ImageFilter.GaussianBlur(blur / 2)).resize(self.image.size)
        self._become(ImageChops.add(self.image, soft))

    def veil(
        self, shapes: Sequence[Sequence[Point]], colour: Colour, strength: float, blur: float
    ) -> None:
        """Dust or mist: polygons with soft edges that cover what lies behind."""
        mask = Image.new("L", (WIDTH // 2, HEIGHT // 2))
        pen = ImageDraw.Draw(mask)
        for points in shapes:
            pen.polygon([(x / 2, y / 2) for x, y in points], fill=round(255 * strength))
        soft = mask.filter(ImageFilter.GaussianBlur(blur / 2)).resize(self.image.size)
        self.image.paste(colour, (0, 0), soft)

    def shade(self, shapes: Sequence[Sequence[Point]], strength: float, blur: float) -> None:
        """Shadow in the form of polygons with soft edges."""
        small = Image.new("L", (WIDTH // 2, HEIGHT // 2), 255)
        pen = ImageDraw.Draw(small)
        for points in shapes:
            pen.polygon([(x / 2, y / 2) for x, y in points], fill=round(255 * (1 - strength)))
        soft = small.filter(ImageFilter.GaussianBlur(blur / 2)).resize(self.image.size)
        self._become(ImageChops.multiply(self.image, soft.convert("RGB")))

    def _become(self, image: Image.Image) -> None:
        self.image = image
        self.pen = ImageDraw.Draw(image)

    # Things of a street

    def blocks_of_flats(
        self, ground: float, wall: Colour, window: Colour, *, lit: float, tallest: float = 420
    ) -> None:
        """A row of apartment blocks; `lit` is the share of windows with light."""
        x = -20.0
        while x < WIDTH + 20:
            wide = self.random.uniform(120, 210)
            tall = self.random.uniform(tallest * 0.5, tallest)
            tone = mixed(wall, (255, 255, 255), self.random.uniform(0, 0.08))
            self.box(x, ground - tall, x + wide, ground, tone)
            self.box(x + wide * 0.4, ground - tall - 16, x + wide * 0.6, ground - tall, tone)
            self._windows(x, ground, wide, tall, tone, window, lit)
            x += wide + self.random.uniform(6, 46)

    def _windows(
        self,
        x: float,
        ground: float,
        wide: float,
        tall: float,
        wall: Colour,
        window: Colour,
        lit: float,
    ) -> None:
        columns = int((wide - 20) // 26)
        for row in range(int((tall - 30) // 30)):
            for column in range(columns):
                bright = self.random.random() < lit
                shade = window if bright else mixed(wall, (0, 0, 0), 0.14)
                left, top = x + 12 + column * 26, ground - tall + 16 + row * 30
                self.box(left, top, left + 16, top + 15, shade)

    def tree(self, x: float, ground: float, height: float, leaf: Colour, trunk: Colour) -> None:
        """A street tree: a trunk and a crown of many small discs, lighter where the sun falls."""
        self.shape(
            (
                (x - 10, ground),
                (x - 5, ground - height * 0.55),
                (x + 6, ground - height * 0.55),
                (x + 11, ground),
            ),
            trunk,
        )
        reach = height * 0.32
        for step in range(150):
            up = self.random.gauss(0, 0.42)
            aside = self.random.gauss(0, 0.45)
            light = max(0.0, min(1.0, 0.5 + up * 0.5 - aside * 0.25))
            tone = mixed(mixed(leaf, (0, 0, 0), 0.35), mixed(leaf, (255, 255, 220), 0.3), light)
            size = reach * self.random.uniform(0.12, 0.3) * (1.2 - step / 400)
            self.disc(x + aside * reach * 1.1, ground - height * 0.68 - up * reach, size, tone)

    def lamp_post(
        self, x: float, ground: float, height: float, steel: Colour, head: Colour
    ) -> Point:
        """A street lamp; answers where its light would be."""
        arm = height * 0.26
        self.line(((x, ground), (x, ground - height * 0.86)), steel, 12)
        self.line(
            (
                (x, ground - height * 0.86),
                (x + arm * 0.25, ground - height * 0.97),
                (x + arm, ground - height),
            ),
            steel,
            10,
        )
        self.box(x - 14, ground - 46, x + 14, ground, mixed(steel, (0, 0, 0), 0.3))
        left, top = x + arm - 8, ground - height - 10
        self.round_box(left, top, left + 82, top + 22, 9, head)
        return left + 46, top + 18

    def car(
        self, x: float, ground: float, length: float, paint: Colour, *, night: bool = False
    ) -> None:
        """A car from its side, its nose to the right."""
        dark = mixed(paint, (0, 0, 0), 0.35)
        high = length * 0.34
        self.shade(
            [
                (
                    (x, ground - 6),
                    (x + length, ground - 6),
                    (x + length * 0.96, ground + 16),
                    (x + length * 0.03, ground + 16),
                )
            ],
            0.5,
            14,
        )
        self.shape(
            [
                (x + length * a, ground - high * b)
                for a, b in (
                    (0.15, 0.55),
                    (0.27, 0.97),
                    (0.33, 1.0),
                    (0.6, 1.0),
                    (0.66, 0.95),
                    (0.82, 0.56),
                )
            ],
            paint,
        )
        glass = hexed("#20303f") if night else hexed("#33475a")
        for pane in (
            ((0.2, 0.57), (0.29, 0.9), (0.44, 0.92), (0.44, 0.57)),
            ((0.47, 0.57), (0.47, 0.92), (0.62, 0.9), (0.74, 0.57)),
        ):
            self.shape([(x + length * a, ground - high * b) for a, b in pane], glass)
        self.round_box(x, ground - high * 0.6, x + length, ground - high * 0.14, 22, paint)
        self.box(
            x + length * 0.02, ground - high * 0.3, x + length * 0.98, ground - high * 0.2, dark
        )
        self.round_box(
            x + length * 0.93,
            ground - high * 0.52,
            x + length,
            ground - high * 0.4,
            6,
            hexed("#fff3c4"),
        )
        self.round_box(
            x, ground - high * 0.52, x + length * 0.045, ground - high * 0.4, 5, hexed("#c4342b")
        )
        for at in (0.2, 0.79):
            self.disc(x + length * at, ground - high * 0.13, high * 0.2, hexed("#17191c"))
            self.disc(x + length * at, ground - high * 0.13, high * 0.1, hexed("#a7adb3"))

    # The end

    def photograph(self, *, dark: bool = False) -> bytes:
        """The picture as a phone would have taken it: JPEG with grain and a darker rim."""
        picture = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        rim = Image.radial_gradient("L").resize((WIDTH, HEIGHT))
        rim = ImageChops.invert(rim.point(lambda level: int(max(0, level - 110) * 0.42)))
        picture = ImageChops.multiply(picture, rim.convert("RGB"))
        grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 26 if dark else 16)
        picture = Image.blend(
            picture, ImageChops.overlay(picture, grain.resize((WIDTH, HEIGHT)).convert("RGB")), 0.28
        )
        file = BytesIO()
        picture.save(file, "JPEG", quality=84)
        return file.getvalue()


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]
