"""Filing with a 3 MB photo: the server's processor time against the bare Pillow steps, and what
ten uploads at once add to the time of other pages (p95; 50 ms are allowed).
"""

import asyncio
import io
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from PIL import Image, ImageOps

from tests.filing import filled, topic_of
from tests.office import Office, Phone
from tests.people import hidden_fields

CPU = "bare Pillow's part of a filing"
OTHERS = "50 ms to what ten uploads add to a page"
GOALS = {CPU: 1 / 1.3, OTHERS: 1.0}
ALLOWED_SECONDS = 0.05
FILINGS, UPLOADS, ROUNDS = 10, 10, 3
PHOTO_BYTES = 3_000_000
IDLE_SECONDS = 5.0
BETWEEN_SECONDS = 0.02


def photo() -> bytes:
    """A JPEG of about 3 MB as a phone's camera makes it: 12 megapixels, lying on its side."""
    noise = [
        Image.effect_noise((1000, 750), spread).resize((4000, 3000)) for spread in (40, 60, 80)
    ]
    picture = Image.merge("RGB", noise)
    exif = Image.Exif()
    exif[0x0112] = 6
    for quality in range(95, 20, -2):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, exif=exif)
        if out.tell() <= PHOTO_BYTES:
            break
    return out.getvalue()


def bare(data: bytes) -> None:
    """What cannot be left out: read, upright, 1,600 pixels, a JPEG; a WebP of at most 12 kB."""
    image = Image.open(io.BytesIO(data))
    scale = 1600 / max(image.size)
    image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((1600, 1600), Image.Resampling.LANCZOS, reducing_gap=3.0)
    upright.save(io.BytesIO(), "JPEG", quality=82, optimize=True)
    upright.thumbnail((320, 320), Image.Resampling.LANCZOS)
    for quality in (75, 60, 45, 30, 15):
        out = io.BytesIO()
        upright.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= 12_000:
            return


def cpu_seconds(root: psutil.Process) -> float:
    """Processor time of a process, of all below it, and of those that each of them has had."""
    family = [root, *root.children(recursive=True)]
    return float(sum(sum(each.cpu_times()[:4]) for each in family))


async def _file(phone: Phone, data: bytes) -> None:
    """One complaint with the photo."""
    await _send(phone, (await phone.get("/complaints/new")).text, data)


async def _send(phone: Phone, form: str, data: bytes) -> None:
    """The form filled in, with the photo."""
    fields = [*filled(topic=topic_of(form)).items()]
    photos = ("photos", ("photo.jpg", data, "image/jpeg"))
    answer = await phone.post(
        "/complaints/new", [*fields, photos], hidden=hidden_fields(form), follow=False
    )
    assert answer.status == 303, answer.words


async def _cpu(office: Office, data: bytes) -> tuple[float, float]:
    """Processor seconds of a filing, and of the bare steps in between: means, as the kernel counts
    another process's time in hundredths of a second."""
    web = psutil.Process(office.processes["web"].pid)
    filings: list[float] = []
    steps: list[float] = []
    async with Phone(office.url) as phone:
        await phone.sign_in("resident")
        for turn in range(FILINGS + 2):
            form = (await phone.get("/complaints/new")).text
            before = cpu_seconds(web)
            await _send(phone, form, data)
            spent = cpu_seconds(web) - before
            begun = time.process_time()
            bare(data)
            if turn >= 2:
                filings.append(spent)
                steps.append(time.process_time() - begun)
    return statistics.mean(filings), statistics.mean(steps)


async def _watched(phone: Phone, until: asyncio.Future[list[None]] | None) -> list[float]:
    """How long pages take, asked one after another until something is done (None: a while)."""
    times: list[float] = []
    end = time.monotonic() + IDLE_SECONDS
    while (time.monotonic() < end) if until is None else not until.done():
        begun = time.perf_counter()
        page = await phone.get("/complaints")
        times.append(time.perf_counter() - begun)
        assert page.status == 200, page.words
        await asyncio.sleep(BETWEEN_SECONDS)
    return times


async def _others(office: Office, data: bytes) -> tuple[float, float]:
    """p95 of a signed-in page in seconds, idle and while ten residents file with a photo."""
    async with Phone(office.url) as reader:
        await reader.sign_in("resident")
        phones = [Phone(office.url) for _ in range(UPLOADS)]
        try:
            for phone in phones:
                await phone.__aenter__()
                await phone.sign_in("resident")
            await _watched(reader, None)
            idle = await _watched(reader, None)
            busy: list[float] = []
            for _ in range(ROUNDS):
                filing = asyncio.gather(*(_file(phone, data) for phone in phones))
                busy += await _watched(reader, filing)
                await filing
        finally:
            for phone in phones:
                await phone.__aexit__(None, None, None)
    idle_p95, busy_p95 = (sorted(times)[int(len(times) * 0.95)] for times in (idle, busy))
    return idle_p95, busy_p95


async def _measure(folder: Path) -> dict[str, float]:
    office = Office(
        folder,
        f"sqlite://{folder / 'data' / 'madang.sqlite3'}",
        folder / "keys",
        {"MADANG_LIMITS_URL": "off", "MADANG_LOG_LEVEL": "warning"},
    )
    office.data.mkdir(parents=True)
    office.run("migrate")
    office.run("demo", timeout_seconds=600)
    office.start("web", "serve")
    office.wait_ready()
    data = photo()
    try:
        filing, steps = await _cpu(office, data)
        idle, busy = await _others(office, data)
    finally:
        office.close()
    print(
        f"a photo of {len(data):,} bytes: {filing * 1000:.0f} ms of processor time a filing,"
        f" {steps * 1000:.0f} ms of them bare Pillow; a page's p95 {idle * 1000:.0f} ms idle,"
        f" {busy * 1000:.0f} ms during {UPLOADS} uploads"
    )
    return {CPU: steps / filing, OTHERS: ALLOWED_SECONDS / max(busy - idle, 0.001)}


def run() -> dict[str, float]:
    """Both as ratios that are to be high."""
    folder = Path(tempfile.mkdtemp(prefix="madang-bench-"))
    try:
        return asyncio.run(_measure(folder))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    for name, ratio in run().items():
        print(f"{name} {ratio:.2f} goal {GOALS[name]:.2f}")
    sys.exit(0)
