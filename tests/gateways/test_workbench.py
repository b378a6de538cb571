"""The children that draw and decode: the same results, capped, killed, replaced, gone when idle."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from PIL import Image

from gateways.encode import attachment, fax
from gateways.encode.fax_cover import Cover
from gateways.encode.photo import prepare
from gateways.encode.picture import BadPicture, PictureFault
from gateways.encode.workbench import ChildDied, Workbench
from tests.gateways import papers
from tests.gateways.pictures import REFUSED, exif, quarters, saved

COVER = Cover("주차문화과", "02-2670-3500", "주민이 보낸 팩스입니다.")
FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with Workbench(children=2) as running:
        yield running


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if "gateways.encode.workbench_child" in child.cmdline()
    ]


async def test_a_child_does_what_the_function_does(bench: Workbench) -> None:
    data = saved(quarters(2000, 1500), "JPEG", exif=exif(6))
    assert await bench.photo(data) == prepare(data)
    header = fax.Header("김영희", "02-2670-3501", datetime(2026, 11, 28, 10, 12, tzinfo=UTC))
    read = await bench.attachment(data, 1)
    assert read == attachment.read(data, 1)
    drawn = await bench.fax("안녕 😀", read.pages, header, FONT, COVER)
    assert drawn == fax.draw("안녕 😀", read.pages, header, FONT, COVER)
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
    async with Workbench(seconds_max=0) as bench:
        with pytest.raises(BadPicture) as caught:
            await bench.photo(saved(quarters(3000, 3000), "PNG"))
        assert caught.value.fault is PictureFault.TOO_SLOW
    assert children() == []


async def test_processor_time_runs_out() -> None:
    """By the child's own use of the processor, however busy the machine is."""
    async with Workbench(cpu_seconds_max=0) as bench:
        with pytest.raises(BadPicture) as caught:
            await bench.received(papers.many_pages(2000), 2000)
        assert caught.value.fault is PictureFault.TOO_SLOW


async def test_a_killed_child_is_not_the_faxs_fault() -> None:
    async with Workbench(seconds_max=0) as bench:
        with pytest.raises(ChildDied):
            await bench.received(saved(quarters(), "TIFF"), 5)


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
