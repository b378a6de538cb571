"""Photos from strangers: what is kept, what is gone, what is refused, and what it costs."""

import io
import random
import struct

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from gateways.encode import picture
from gateways.encode.photo import THUMB_BYTES_MAX, Photo, prepare
from gateways.encode.picture import BadPicture, PictureFault
from tests.gateways.pictures import (
    REFUSED,
    UPRIGHT,
    colour_at,
    corners,
    exif,
    opened,
    quarters,
    saved,
)

SECRETS = [b"GPS-37.5260", b"Exif", b"http://ns.adobe.com/xap", b"ICC_PROFILE", b"secret comment"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_upright(orientation: int) -> None:
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    held = quarters() if turn is None else quarters().transpose(turn)
    done = prepare(saved(held, "JPEG", exif=exif(orientation)))
    assert (done.width, done.height) == (800, 600)
    assert corners(opened(done.full)) == UPRIGHT
    assert corners(opened(done.thumb)) == UPRIGHT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_by_content_and_nothing_else_is_kept(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, object] = {"exif": exif(), "icc_profile": profile}
    if kind in {"JPEG", "WEBP"}:
        more["xmp"] = b"<x:xmpmeta xmlns:x='http://ns.adobe.com/xap/'>GPS-37.5260</x:xmpmeta>"
    if kind == "JPEG":
        more["comment"] = b"secret comment"
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "secret comment")
        more["pnginfo"] = text
    data = saved(quarters(), kind, **more)
    assert b"GPS-37.5260" in data or kind == "PNG"
    assert picture.kind_of(data) == kind
    done = prepare(data)
    assert corners(opened(done.full)) == UPRIGHT
    for kept in (done.full, done.thumb):
        assert not any(secret in kept for secret in SECRETS)
        image = opened(kept)
        assert not image.getexif()
        assert not image.info.keys() & {"exif", "xmp", "icc_profile", "comment", "photoshop"}
    assert opened(done.full).format == "JPEG"
    assert opened(done.thumb).format == "WEBP"


def test_only_the_image_is_in_the_file() -> None:
    """No APPn or COM segment but JFIF's."""
    data = prepare(saved(quarters(), "JPEG", exif=exif(), comment=b"secret comment")).full
    at, segments = 2, []
    while data[at + 1] != 0xDA:
        segments.append(data[at + 1])
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    assert {s for s in segments if 0xE0 <= s <= 0xEF or s == 0xFE} == {0xE0}


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1600, 1200), (1600, 1200)),
        ((3200, 2400), (1600, 1200)),
        ((1200, 4800), (400, 1600)),
        ((64, 64), (64, 64)),
    ],
)
def test_at_most_1600_pixels(size: tuple[int, int], kept: tuple[int, int]) -> None:
    done = prepare(saved(quarters(*size), "JPEG"))
    assert (done.width, done.height) == kept == opened(done.full).size


def test_a_thumbnail_is_at_most_12_kb_however_busy() -> None:
    noise = Image.frombytes("RGB", (1200, 900), random.Random(1).randbytes(1200 * 900 * 3))
    done = prepare(saved(noise, "JPEG", quality=95))
    assert len(done.thumb) <= THUMB_BYTES_MAX == 12_000
    assert max(opened(done.thumb).size) >= 160


def profile_with_red_and_green_exchanged() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    at = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 136 + 12 * n for n in range(count)}
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    profile[red : red + 8], profile[green : green + 8] = (
        profile[green : green + 8],
        profile[red : red + 8],
    )
    return bytes(profile)


def test_colours_are_those_the_profile_means() -> None:
    data = saved(quarters(), "JPEG", icc_profile=profile_with_red_and_green_exchanged())
    turned = opened(prepare(data).full)
    assert colour_at(turned, 0.25, 0.25) == "green"
    assert colour_at(turned, 0.75, 0.25) == "red"
    assert colour_at(turned, 0.75, 0.75) == "white"


def test_a_broken_profile_is_passed_over() -> None:
    broken = saved(quarters(), "JPEG", icc_profile=b"not a profile at all")
    assert corners(opened(prepare(broken).full)) == UPRIGHT


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16", "CMYK", "YCbCr"])
def test_every_mode_becomes_opaque_colour_or_grey(mode: str) -> None:
    if mode == "I;16":
        image = Image.new("I;16", (100, 80), 40_000)
        data = saved(image, "PNG")
    elif mode in {"CMYK", "YCbCr"}:
        data = saved(quarters().convert(mode), "JPEG")
    elif mode == "PA":
        data = saved(quarters().convert("P"), "PNG", transparency=0)
    else:
        data = saved(quarters().convert(mode), "PNG")
    full = opened(prepare(data).full)
    assert full.mode in {"L", "RGB"}
    if mode == "I;16":
        assert abs(int(full.getpixel((50, 40)) or 0) - 156) <= 2  # type: ignore[arg-type]
    if mode in {"RGBA", "CMYK", "YCbCr"}:
        assert corners(full) == UPRIGHT


def test_see_through_is_white() -> None:
    image = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    pixel = opened(prepare(saved(image, "PNG")).full).convert("RGB").getpixel((50, 50))
    assert pixel == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_only_the_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "green")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert colour_at(opened(prepare(data).full), 0.5, 0.5) == "red"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str) -> None:
    data, fault = REFUSED[name]
    with pytest.raises(BadPicture) as caught:
        prepare(data)
    assert caught.value.fault is fault


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_truncated_files_are_refused_at_every_length(kind: str) -> None:
    noise = Image.frombytes("RGB", (300, 200), random.Random(2).randbytes(180_000))
    data = saved(noise, kind)
    for tenth in range(1, 10):
        with pytest.raises(BadPicture) as caught:
            prepare(data[: len(data) * tenth // 10])
        assert caught.value.fault in {PictureFault.TRUNCATED, PictureFault.NOT_AN_IMAGE}


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]), st.data())
def test_damaged_files_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    image = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        image[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    try:
        done = prepare(bytes(image))
    except BadPicture:
        return
    assert isinstance(done, Photo)


SMALL = {kind: saved(quarters(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP", "HEIF")}


def test_phones_heic_is_read_as_they_write_it() -> None:
    heif = pillow_heif.from_pillow(quarters(1200, 900))
    heif.add_from_pillow(quarters(300, 200))
    buffer = io.BytesIO()
    heif.save(buffer, quality=80, exif=exif(1).tobytes())
    done = prepare(buffer.getvalue())
    assert (done.width, done.height) == (1200, 900)
    assert corners(opened(done.full)) == UPRIGHT
