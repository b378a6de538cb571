"""Photos of complaints as they are kept: upright, small, in sRGB, with nothing else in the file."""

import io
from dataclasses import dataclass, field

from PIL import Image

from gateways.encode import picture
from gateways.encode.picture import BadPicture, PictureFault

FULL_SIDE = 1600
FULL_QUALITY = 82
THUMB_SIDE = 320
THUMB_BYTES_MAX = 12_000
_THUMB_QUALITIES = (75, 60, 45, 30, 15)

__all__ = ["BadPicture", "Photo", "PictureFault", "prepare"]


@dataclass(frozen=True, slots=True)
class Photo:
    """`full` is a JPEG of `width` x `height`, at most 1,600 a side; `thumb` a WebP of 12 kB."""

    full: bytes = field(repr=False)
    thumb: bytes = field(repr=False)
    width: int
    height: int


def prepare(data: bytes) -> Photo:
    """Read a JPEG, PNG, WebP or HEIC, known by its content, and write it anew.

    EXIF, position, XMP, comments and colour profile are gone. Raises BadPicture. Pure and blocking:
    a server calls it through `gateways.encode.workbench`.
    """
    image = picture.read(data, FULL_SIDE)
    full = io.BytesIO()
    image.save(full, "JPEG", quality=FULL_QUALITY, optimize=True)
    return Photo(full.getvalue(), _thumb(image), image.width, image.height)


def _thumb(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    while True:
        for quality in _THUMB_QUALITIES:
            out = io.BytesIO()
            small.save(out, "WEBP", quality=quality, method=4)
            if out.tell() <= THUMB_BYTES_MAX:
                return out.getvalue()
        small = small.resize((max(1, small.width // 2), max(1, small.height // 2)))
