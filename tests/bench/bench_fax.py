"""Fax pages drawn and encoded, against Ghostscript's tiffg4 on the same text at the same places,
the same font and resolution, one core each.

Both are whole processes whose processor time is taken, for 301 pages and for one; the difference is
what 300 pages cost a program that is running, ours with the glyphs it meets for the first time.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from PIL import Image

from gateways.encode import fax_file, fax_font, fax_text

GOALS = {"fax pages vs Ghostscript tiffg4": 1.5}
PAGES = 300
ROUNDS = 3
FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"

_PROSE = """
민원 처리에 관한 법률 시행령에 따라 신청하신 사항을 다음과 같이 안내합니다 구청장은 접수한 날부터
담당 부서에 배정하고 결과를 알려 드립니다 영등포구 당산동 공영주차장 정기권 이용 기간 차량 번호
별지와 같음 붙임 재직증명서 한 부 서류를 보완하여 제출하여 주시기 바랍니다 도로 파손 소음 불법
주정차 쓰레기 무단 투기 가로등 고장 신고 현장을 확인하고 조치하겠습니다 문의 전화 02-2670-3114
평일 09:00~18:00 점심시간 제외 홈페이지 참여마당 마일리지 적립 사용 내역 팩스 발송 매수 수신
제15조(마일리지) ① 구민을 대상으로 ② 별표 1의 기준에 의하여 지급한다 「행정절차법」 제21조
"""


def text_of(pages: int) -> str:
    """Dense Korean prose for at least so many pages; the same every time."""
    chance = random.Random(15)
    words = _PROSE.split()
    paragraphs = (chance.choices(words, k=chance.randint(25, 60)) for _ in range(pages * 12))
    return "\n".join(map(" ".join, paragraphs))


def sheets_of(pages: int) -> list[list[str]]:
    """The lines of exactly so many full pages."""
    face = fax_font.typeface(FONT, fax_text.BODY_EM)
    lines = fax_text.wrap(fax_text.tidy(text_of(pages)), face)
    sheets = [list(sheet) for sheet in fax_text.pages(lines)[:pages]]
    assert len(sheets) == pages
    return sheets


def pdf_of(sheets: list[list[str]]) -> bytes:
    """The same lines at the same places as a PDF that embeds the same font, for Ghostscript."""
    face = fax_font.typeface(FONT, fax_text.BODY_EM)
    glyphs = fax_font.characters_of(FONT)
    across, down = 72 / fax_file.DPI_ACROSS, 72 / fax_file.DPI_DOWN
    size = fax_text.BODY_EM * down
    height = fax_file.ROWS_MAX * down
    used = sorted({character for sheet in sheets for line in sheet for character in line})
    widths = " ".join(
        f"{glyphs[ord(c)]}[{face.widths[c] * across * 1000 / size:.2f}]" for c in used
    )
    kids = " ".join(f"{8 + 2 * n} 0 R" for n in range(len(sheets)))
    descendant = (
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/PretendardGOV/CIDSystemInfo<</Registry(Adobe)"
        f"/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R/DW 860/W[{widths}]>>"
    )
    descriptor = (
        "<</Type/FontDescriptor/FontName/PretendardGOV/Flags 4/FontBBox[-200 -300 1200 1000]"
        "/ItalicAngle 0/Ascent 950/Descent -250/CapHeight 700/StemV 80/FontFile3 6 0 R>>"
    )
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(sheets)}/Kids[{kids}]>>".encode(),
        (
            b"<</Type/Font/Subtype/Type0/BaseFont/PretendardGOV/Encoding/Identity-H"
            b"/DescendantFonts[4 0 R]>>"
        ),
        descendant.encode(),
        descriptor.encode(),
        _stream("/Subtype/OpenType", FONT.read_bytes()),
        b"<</Font<</F 3 0 R>>>>",
    ]
    baseline = fax_text.TOP + face.baseline
    for number, sheet in enumerate(sheets):
        parts = [f"BT /F {size:.3f} Tf"]
        for row, line in enumerate(sheet):
            x = fax_text.LEFT * across
            y = height - (baseline + row * fax_text.LINE) * down
            code = "".join(f"{glyphs[ord(c)]:04x}" for c in line)
            parts.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm <{code}> Tj")
        content = "\n".join(parts) + "\nET"
        box = f"[0 0 {fax_file.WIDTH * across:.3f} {height:.3f}]"
        bodies += [
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources 7 0 R"
            f"/Contents {9 + 2 * number} 0 R>>".encode(),
            _stream("", content.encode()),
        ]
    return _pdf(bodies)


def _stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data)
    head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _pdf(bodies: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for index, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (index, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def draw(source: Path, target: Path) -> None:
    """What is measured of ours: text in, TIFF out."""
    face = fax_font.typeface(FONT, fax_text.BODY_EM)
    lines = fax_text.wrap(fax_text.tidy(source.read_text("utf-8")), face)
    pages = [fax_file.encode(fax_text.draw(sheet, face)) for sheet in fax_text.pages(lines)]
    target.write_bytes(fax_file.to_tiff(pages))


def cpu_seconds(command: list[str]) -> float:
    """Processor time of a whole process kept to one core."""
    core = {min(os.sched_getaffinity(0))}
    child = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, core))
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def ink_of(tiff: Path) -> list[int]:
    """Black pixels of some pages: both must have drawn the text."""
    with Image.open(tiff) as image:
        assert image.n_frames == PAGES + 1, f"{image.n_frames} pages"
        assert image.size == (fax_file.WIDTH, fax_file.ROWS_MAX), image.size
        counts = []
        for page in (0, PAGES // 2, PAGES):
            image.seek(page)
            counts.append(image.convert("1").histogram()[0])
        return counts


def compared(ghostscript: str, folder: Path) -> tuple[float, float]:
    """Processor seconds for PAGES pages, ours and Ghostscript's: the median of some rounds."""
    sheets = sheets_of(PAGES + 1)
    ours, theirs = folder / "ours.tiff", folder / "theirs.tiff"
    we = [sys.executable, "-m", "tests.bench.bench_fax"]
    they = [
        ghostscript, "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffg4",
        f"-r{fax_file.DPI_ACROSS}x{fax_file.DPI_DOWN}",
        f"-g{fax_file.WIDTH}x{fax_file.ROWS_MAX}", f"-sOutputFile={theirs}",
    ]  # fmt: skip
    for count in (1, PAGES + 1):
        lines = (line for sheet in sheets[:count] for line in sheet)
        (folder / f"{count}.txt").write_text("\n".join(lines), "utf-8")
        (folder / f"{count}.pdf").write_bytes(pdf_of(sheets[:count]))
    rounds = []
    for _ in range(ROUNDS):
        one, many = (
            [
                cpu_seconds([*we, str(folder / f"{count}.txt"), str(ours)]),
                cpu_seconds([*they, str(folder / f"{count}.pdf")]),
            ]
            for count in (1, PAGES + 1)
        )
        rounds.append((many[0] - one[0], many[1] - one[1]))
    for black, other_black in zip(ink_of(ours), ink_of(theirs), strict=True):
        assert 0.75 < black / other_black < 1.33, f"other text: {black} and {other_black} pixels"
    our_seconds, their_seconds = (statistics.median(times) for times in zip(*rounds, strict=True))
    return our_seconds, their_seconds


def run() -> dict[str, float]:
    """Pages a second, ours to Ghostscript's."""
    ghostscript = shutil.which("gs")
    if ghostscript is None:
        raise SystemExit("bench_fax: Ghostscript is missing; install the package ghostscript")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = compared(ghostscript, Path(folder))
    (name,) = GOALS
    print(f"{name} {theirs / ours:.2f} goal {GOALS[name]}", end="   ")
    print(f"({PAGES / ours:.0f} and {PAGES / theirs:.0f} pages a CPU second)")
    return {name: theirs / ours}


if __name__ == "__main__":
    if len(sys.argv) == 3:
        draw(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        run()
