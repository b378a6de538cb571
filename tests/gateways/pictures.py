"""Pictures for tests: one whose turns can be told, and those that must be refused."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image

from gateways.encode import picture
from gateways.encode.picture import PictureFault

pillow_heif.register_heif_opener()  # to write them


def quarters(width: int = 800, height: int = 600) -> Image.Image:
    """Red, green, blue and white quarters: any turn of it can be told."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("green", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = "GPS-37.5260"
    found.get_ifd(0x8825)[1] = "N"
    found.get_ifd(0x8825)[2] = (37.0, 31.0, 33.6)
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def colour_at(image: Image.Image, across: float, down: float) -> str:
    pixel = image.getpixel((int(image.width * across), int(image.height * down)))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel[:3]
    if min(red, green, blue) > 200:
        return "white"
    return {red: "red", green: "green", blue: "blue"}[max(red, green, blue)]


def corners(image: Image.Image) -> tuple[str, ...]:
    places = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    return tuple(colour_at(image, across, down) for across, down in places)


UPRIGHT = ("red", "green", "blue", "white")


def png_of(width: int, height: int) -> bytes:
    """A well-formed PNG of any size in a few bytes, were it decoded: a bomb."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(saved(quarters(64, 64), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    struct.pack_into(">HH", data, at, height, width)
    return bytes(data)


REFUSED = {
    "a bomb of 50,000 x 50,000": (png_of(50_000, 50_000), PictureFault.TOO_MANY_PIXELS),
    "a bomb just over": (png_of(5_001, 5_000), PictureFault.TOO_MANY_PIXELS),
    "a tape": (png_of(30_001, 10), PictureFault.TOO_MANY_PIXELS),
    "no height": (png_of(100, 0), PictureFault.NOT_AN_IMAGE),
    "a JPEG of 65,535 x 65,535": (jpeg_claiming(65_535, 65_535), PictureFault.TOO_MANY_PIXELS),
    "a PNG that ends": (png_of(4_000, 4_000), PictureFault.TRUNCATED),
    "a speck": (saved(Image.new("RGB", (7, 50)), "PNG"), PictureFault.TOO_SMALL),
    "a script": (b"#!/bin/sh\necho photo.jpg\n", PictureFault.NOT_AN_IMAGE),
    "a page": (b"<html><script>alert(1)</script></html>", PictureFault.NOT_AN_IMAGE),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PictureFault.NOT_AN_IMAGE),
    "nothing": (b"", PictureFault.NOT_AN_IMAGE),
    "a GIF": (saved(quarters(), "GIF"), PictureFault.NOT_AN_IMAGE),
    "a TIFF": (saved(quarters(), "TIFF"), PictureFault.NOT_AN_IMAGE),
    "a BMP": (saved(quarters(), "BMP"), PictureFault.NOT_AN_IMAGE),
    "a PDF": (b"%PDF-1.4\n", PictureFault.NOT_AN_IMAGE),
    "a JPEG's first bytes": (b"\xff\xd8\xff\xe0", PictureFault.NOT_AN_IMAGE),
    "a script behind a JPEG's": (b"\xff\xd8\xff#!/bin/sh", PictureFault.NOT_AN_IMAGE),
    "a movie": (b"\0\0\0\x18ftypmp42" + b"\0" * 64, PictureFault.NOT_AN_IMAGE),
    "an empty HEIC": (b"\0\0\0\x18ftypheic" + b"\0" * 64, PictureFault.NOT_AN_IMAGE),
    "too many bytes": (b"\xff\xd8\xff" + b"\0" * picture.BYTES_MAX, PictureFault.TOO_LARGE),
}
