"""Photographs that nobody took: what residents complain about, drawn by the program."""

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageEnhance, ImageOps

from server.demo.pictures import parks, street
from server.demo.pictures.brush import HEIGHT, WIDTH

SCENES = {
    scene.__name__: scene
    for scene in (
        street.dead_lamp,
        street.broken_pavement,
        street.parked_cars,
        street.pothole,
        street.torn_banners,
        parks.overflowing_bin,
        parks.flooded_drain,
        parks.fallen_branch,
        parks.broken_swing,
        parks.broken_bench,
        parks.building_dust,
    )
}
"""Every scene by its name; each takes a seed and gives a JPEG of WIDTH by HEIGHT pixels."""


@cache
def _first(scene: str) -> bytes:
    return SCENES[scene](1)


def photograph(scene: str, visit: int) -> bytes:
    """A JPEG of the scene. The first visitor sees it as it was drawn, the next ones from the other
    side of the street, nearer, and in another light, which is cheaper than drawing it again."""
    if visit == 0:
        return _first(scene)
    random = Random(f"{scene} {visit}")  # noqa: S311 - it chooses where to stand
    picture: Image.Image = Image.open(BytesIO(_first(scene)))
    if visit % 2:
        picture = ImageOps.mirror(picture)
    share = random.uniform(0.8, 0.92)
    left = random.uniform(0, 1 - share) * WIDTH
    top = random.uniform(0, 1 - share) * HEIGHT
    nearer = picture.resize(
        (WIDTH, HEIGHT),
        Image.Resampling.BICUBIC,
        box=(left, top, left + WIDTH * share, top + HEIGHT * share),
    )
    file = BytesIO()
    ImageEnhance.Brightness(nearer).enhance(random.uniform(0.9, 1.08)).save(
        file, "JPEG", quality=84
    )
    return file.getvalue()
