"""Pictures from strangers, read safely: known by content, measured before decoding, stripped.

Runs in a child process (`gateways.encode.workbench_child`), for decoders have faults of their own.
"""

import io
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache

from PIL import Image, ImageFile, UnidentifiedImageError

from gateways.encode.parcels import Facts, Refused

BYTES_MAX = 30_000_000
SIDE_MAX = 30_000
SIDE_MIN = 8

# What decoding costs decides: JPEG is shrunk while it is read, but a progressive one is held whole;
# PNG and WebP take four bytes a pixel; HEIC as large as phones make it.
PIXELS_MAX = {"JPEG": 220_000_000, "PNG": 25_000_000, "WEBP": 25_000_000, "HEIF": 50_000_000}
PIXELS_MAX_PROGRESSIVE = 50_000_000
Image.MAX_IMAGE_PIXELS = PIXELS_MAX["JPEG"]

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
# Everything Pillow, libheif and their parsers raise over bytes that are not what they say.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    RuntimeError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


class PictureFault(StrEnum):
    """Why a picture is refused; the server holds the sentence for each."""

    NOT_AN_IMAGE = "not_an_image"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TRUNCATED = "truncated"
    TOO_SLOW = "too_slow"


class BadPicture(Refused):
    """A picture that is refused; `fault` says why. Nothing of it has been kept."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def refusal(self) -> Facts:
        return {"refused": self.fault.value}


def kind_of(data: bytes) -> str | None:
    """JPEG, PNG, WEBP or HEIF by the first bytes; None for anything else, whatever its name."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "HEIF"
    return None


@cache
def _know_heif() -> None:
    """Its decoder is loaded with the first such picture: it takes as long as reading one."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def read(data: bytes, longest: int) -> Image.Image:
    """The picture, turned upright, at most `longest` pixels a side, in sRGB ("RGB") or grey ("L").

    See-through parts are white, of an animation only the first frame is read, and no metadata is
    left. Raises BadPicture.
    """
    if len(data) > BYTES_MAX:
        raise BadPicture(PictureFault.TOO_LARGE)
    kind = kind_of(data)
    if kind is None:
        raise BadPicture(PictureFault.NOT_AN_IMAGE)
    if kind == "HEIF":
        _know_heif()
    with _refusing(PictureFault.NOT_AN_IMAGE):
        opened = Image.open(io.BytesIO(data), formats=[kind])
    _check_size(opened, kind)
    turn = _turn_of(opened)
    with _refusing(PictureFault.TRUNCATED):
        if kind == "JPEG":
            scale = longest / max(opened.size)
            opened.draft(None, (math.ceil(opened.width * scale), math.ceil(opened.height * scale)))
        opened.load()
        image = _with_real_tones(opened)
        del opened
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
        image = _plain(image)
    if turn is not None:
        image = image.transpose(turn)
    if isinstance(image, ImageFile.ImageFile):
        image = image.copy()  # leaves the decoder, and what it knows of the file, behind
    image.info.clear()
    return image


def _check_size(image: Image.Image, kind: str) -> None:
    width, height = image.size
    limit = PIXELS_MAX[kind]
    if image.info.get("progressive"):
        limit = min(limit, PIXELS_MAX_PROGRESSIVE)
    if max(width, height) > SIDE_MAX or width * height > limit:
        raise BadPicture(PictureFault.TOO_MANY_PIXELS)
    if min(width, height) < SIDE_MIN:
        raise BadPicture(PictureFault.TOO_SMALL)


@contextmanager
def _refusing(fault: PictureFault) -> Iterator[None]:
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise BadPicture(PictureFault.TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise BadPicture(PictureFault.NOT_AN_IMAGE) from error
    except _DECODER_ERRORS as error:
        raise BadPicture(fault) from error


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; upright where the EXIF cannot be read."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except _DECODER_ERRORS:
        return None


def _with_real_tones(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be shrunk: palettes, bits and 16-bit greys spelt out."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA") if image.mode != "RGBA" else image
    return image.convert("RGB") if image.mode == "P" else image


def _plain(image: Image.Image) -> Image.Image:
    """Grey or sRGB, opaque on white."""
    profile = image.info.get("icc_profile")
    if image.mode == "L":
        return image
    if image.mode == "RGBA":
        opaque = Image.new("RGB", image.size, "white")
        opaque.paste(image, mask=image.getchannel("A"))
        image = opaque
    return _in_srgb(image, profile)


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """By the picture's own colour profile, or as it is where that is missing or cannot be used."""
    if isinstance(profile, bytes) and profile:
        from PIL import ImageCms

        try:
            own, srgb = (
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
            )
            converted = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, *_DECODER_ERRORS):
            converted = None
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")
