"""Photos from strangers: what is kept, what is gone, what is refused, and what it costs."""

import asyncio
import io
import random
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pillow_heif
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from gateways.encode import fax, picture
from gateways.encode.photo import THUMB_BYTES_MAX, Photo, prepare
from gateways.encode.picture import BadPicture, PictureFault
from gateways.encode.workbench import ChildDied, Workbench

FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"
SECRETS = [b"GPS-37.5260", b"Exif", b"http://ns.adobe.com/xap", b"ICC_PROFILE", b"secret comment"]


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


# --- the children ---------------------------------------------------------------------------------


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with Workbench(children=2) as running:
        yield running


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if "gateways.encode.workbench" in child.cmdline()
    ]


async def test_a_child_does_what_the_function_does(bench: Workbench) -> None:
    data = saved(quarters(2000, 1500), "JPEG", exif=exif(6))
    assert await bench.photo(data) == prepare(data)
    header = fax.Header("김영희", "02-2670-3501", datetime(2026, 11, 28, 10, 12, tzinfo=UTC))
    drawn = await bench.fax("안녕 😀", [data], header, FONT)
    assert drawn == fax.draw("안녕 😀", [data], header, FONT)
    assert drawn.lacking == "😀"


async def test_refusals_come_back_as_they_are(bench: Workbench) -> None:
    for name in ("a script", "a bomb of 50,000 x 50,000", "a PNG that ends"):
        data, fault = REFUSED[name]
        with pytest.raises(BadPicture) as caught:
            await bench.photo(data)
        assert caught.value.fault is fault
    with pytest.raises(fax.CannotDraw):
        await bench.fax(" ", [], fax.Header("a", "b", datetime.now(UTC)), FONT)


async def test_jobs_wait_their_turn(bench: Workbench) -> None:
    data = saved(quarters(), "JPEG")
    done = await asyncio.gather(*(bench.photo(data) for _ in range(12)))
    assert len({photo.full for photo in done}) == 1
    assert len(children()) == 2


async def kill_at_work(work: asyncio.Task[object]) -> None:
    while not children():  # noqa: ASYNC110 - another process has no event to set
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    for child in children():
        child.kill()
    await asyncio.wait([work])


async def test_a_child_killed_at_work_is_replaced(bench: Workbench) -> None:
    work = asyncio.create_task(bench.photo(saved(quarters(4900, 4900), "PNG")))
    await kill_at_work(work)
    assert isinstance(fault := work.exception(), BadPicture)
    assert fault.fault is PictureFault.TOO_SLOW
    assert (await bench.photo(saved(quarters(), "JPEG"))).width == 800


async def test_a_killed_child_is_not_the_texts_fault(bench: Workbench) -> None:
    header = fax.Header("a", "b", datetime.now(UTC))
    work = asyncio.create_task(bench.fax("가힣나 " * 9000, [], header, FONT))
    await kill_at_work(work)
    assert isinstance(work.exception(), ChildDied)
    assert (await bench.fax("가", [], header, FONT)).page_count == 1


async def test_a_child_killed_at_rest_is_nobodys_fault(bench: Workbench) -> None:
    data = saved(quarters(), "JPEG")
    await bench.photo(data)
    for child in children():
        child.kill()
    await asyncio.sleep(0.2)
    assert (await bench.photo(data)).width == 800


async def test_time_runs_out() -> None:
    async with Workbench(seconds_max=0.05) as bench:
        with pytest.raises(BadPicture) as caught:
            await bench.photo(saved(quarters(3000, 3000), "PNG"))
        assert caught.value.fault is PictureFault.TOO_SLOW
    assert children() == []


async def test_memory_runs_out() -> None:
    large = saved(Image.effect_noise((4000, 4000), 50).convert("RGB"), "PNG", compress_level=1)
    async with Workbench(memory_max=100_000_000) as bench:
        with pytest.raises(BadPicture) as caught:
            await bench.photo(large)
        assert caught.value.fault in {PictureFault.TOO_MANY_PIXELS, PictureFault.TOO_SLOW}


async def test_who_gives_up_waiting_leaves_no_child_busy(bench: Workbench) -> None:
    slow = asyncio.create_task(bench.photo(saved(quarters(4900, 4900), "PNG")))
    await asyncio.sleep(0.6)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert (await bench.photo(saved(quarters(), "JPEG"))).width == 800


async def test_idle_children_leave() -> None:
    async with Workbench(idle_seconds=0.1) as bench:
        await bench.photo(saved(quarters(), "JPEG"))
        assert len(children()) == 1
        await asyncio.sleep(0.5)
        assert children() == []
        assert (await bench.photo(saved(quarters(), "JPEG"))).width == 800


def peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0])


async def test_a_big_camera_jpeg_takes_little_memory() -> None:
    """108 megapixels are shrunk while they are read."""
    noise = Image.effect_noise((1500, 1125), 60).resize((12_000, 9_000)).convert("L")
    data = saved(noise, "JPEG", quality=60)
    async with Workbench() as bench:
        done = await bench.photo(data)
        (child,) = children()
        peak = peak_kb(child.pid)
    assert (done.width, done.height) == (1600, 1200)
    assert peak < 150_000
