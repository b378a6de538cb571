"""Fax pages drawn and encoded, against Ghostscript's tiffg4 on the same lines, font, size and
resolution, one core each.

Both are whole processes whose processor time is taken, for 330 pages and for the first 30; the
difference is what 300 pages cost a program that is running and has met the common glyphs.

And a PDF of 20 pages, both whole processes from their start on, with all that they load. Ours is
the very child that an office starts, which also looks for tones and reads the text layer; `tiffg4`
does not. Python's bytecode is there from an earlier run, as Ghostscript's own start-up is built in.
"""

import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from itertools import pairwise
from pathlib import Path

from PIL import Image

from gateways.encode import fax_file, fax_font, fax_text, parcels
from gateways.encode.workbench import CPU_SECONDS_MAX, MEMORY_MAX

GOALS = {
    "fax pages vs Ghostscript tiffg4": 1.5,
    "fax of a 20-page PDF vs Ghostscript tiffg4": 1.0,
}
LIMITS = (str(MEMORY_MAX), str(CPU_SECONDS_MAX))
PDF_PAGES = 20
PAGES = 300
BEFORE = 30
ROUNDS = 5
FONT = Path(__file__).parents[2] / "pwa/fonts/PretendardGOV-Regular.otf"

TEXTS = Path(__file__).parents[2] / "server/ordinance/texts"
_HEADING = re.compile(r"제 ?[0-9]+ ?[장조]|[0-9가-하]\. ")


def text_of(pages: int, *, dense: bool) -> str:
    """At least so many pages of Korean: the lines of both ordinances over and over, beginning each
    time at another line so that no page comes twice.

    As they were published, an empty line stands before each article and chapter; `dense`, none.
    """
    chance = random.Random(15)
    lines: list[str] = []
    for file in sorted(TEXTS.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if not dense and _HEADING.match(line):
                lines.append("")
            lines.append(line.rstrip())
    starts = (chance.randrange(len(lines)) for _ in range(pages))
    return "\n".join("\n".join(lines[at:] + lines[:at]) for at in starts)


def sheets_of(pages: int, *, dense: bool = False) -> list[list[str]]:
    """The lines of exactly so many pages."""
    face = fax_font.typeface(FONT, fax_text.BODY_EM)
    lines = fax_text.wrap(fax_text.tidy(text_of(pages, dense=dense)), face)
    sheets = [list(sheet) for sheet in fax_text.pages(lines)[:pages]]
    assert len(sheets) == pages
    return sheets


def _index(cff: bytes, at: int) -> tuple[list[bytes], int]:
    """An INDEX of a CFF font, and where it ends."""
    (count,) = struct.unpack_from(">H", cff, at)
    if not count:
        return [], at + 2
    size = cff[at + 2]
    table = at + 3
    offsets = [
        int.from_bytes(cff[table + size * n : table + size * (n + 1)]) for n in range(count + 1)
    ]
    data = table + size * (count + 1) - 1
    return [cff[data + a : data + b] for a, b in pairwise(offsets)], data + offsets[-1]


def _operand(top: bytes, wanted: int) -> int:
    """The integer before a one-byte operator of a CFF Top DICT."""
    value, at = 0, 0
    while at < len(top):
        byte = top[at]
        if byte <= 21:
            if byte == wanted:
                return value
            at += 2 if byte == 12 else 1
        elif byte == 28:
            value, at = int.from_bytes(top[at + 1 : at + 3], signed=True), at + 3
        elif byte == 29:
            value, at = int.from_bytes(top[at + 1 : at + 5], signed=True), at + 5
        elif byte == 30:
            at = next(n for n in range(at + 1, len(top)) if top[n] & 15 == 15 or top[n] >> 4 == 15)
            at += 1
        elif byte <= 246:
            value, at = byte - 139, at + 1
        else:
            high, sign = (byte - 247, 1) if byte <= 250 else (byte - 251, -1)
            value, at = sign * (high * 256 + top[at + 1] + 108), at + 2
    raise ValueError(f"the font has no operator {wanted}")


def outlines_of(font: bytes) -> bytes:
    """The CFF table of an OpenType font: embedded bare, every reader finds glyphs by their CIDs."""
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(tables))
    start, length = next((at, size) for tag, _, at, size in entries if tag == b"CFF ")
    return font[start : start + length]


def cids_of(font: bytes) -> list[int]:
    """The character identifier of each glyph of a CID-keyed OpenType font: a PDF names glyphs by
    it, and a page with other glyphs would be no comparison.
    """
    cff = outlines_of(font)
    _, at = _index(cff, cff[2])
    (top,), _ = _index(cff, at)
    charset, glyphs = _operand(top, 15), len(_index(cff, _operand(top, 17))[0])
    kind, at = cff[charset], charset + 1
    cids = [0]
    while len(cids) < glyphs:
        (first,) = struct.unpack_from(">H", cff, at)
        left = 0 if kind == 0 else int.from_bytes(cff[at + 2 : at + 2 + kind])
        cids += range(first, first + left + 1)
        at += 2 + kind
    return cids


def pdf_of(sheets: list[list[str]]) -> bytes:
    """The same lines as a PDF that embeds the same font, for Ghostscript."""
    face = fax_font.typeface(FONT, fax_text.BODY_EM)
    cids = cids_of(FONT.read_bytes())
    glyphs = {code: cids[glyph] for code, glyph in fax_font.characters_of(FONT).items()}
    across, down = 72 / fax_file.DPI_ACROSS, 72 / fax_file.DPI_DOWN
    size = fax_text.BODY_EM * down
    height = fax_file.ROWS_MAX * down
    used = sorted({character for sheet in sheets for line in sheet for character in line})
    pixels = {c: face.widths[c] if "가" <= c <= "힣" else face.draw(c).width for c in used}
    pixels[" "] = face.space_width
    widths = " ".join(
        f"{glyphs[ord(c)]}[{wide * across * 1000 / size:.2f}]" for c, wide in pixels.items()
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
        _stream("/Subtype/CIDFontType0C", outlines_of(FONT.read_bytes())),
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
    return answered(command)[0]


def answered(
    command: list[str], asked: bytes = b"", more: dict[str, str] | None = None
) -> tuple[float, bytes]:
    """Processor time of a whole process kept to one core, and what it said."""
    core = {min(os.sched_getaffinity(0))}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as stdin:
        stdin.write(asked)
        stdin.seek(0)
        child = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            env=environment | (more or {}),
            preexec_fn=lambda: os.sched_setaffinity(0, core),
        )
        assert child.stdout is not None
        said = child.stdout.read()
        child.stdout.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime, said


def tiff_of(said: bytes) -> bytes:
    """The pages that a child of the workbench answered with."""
    facts_size, count = struct.unpack_from("!II", said)
    sizes = struct.unpack_from(f"!{count}I", said, 8)
    at = 8 + 4 * count
    facts: parcels.Facts = json.loads(said[at : at + facts_size])
    at += facts_size
    strips = []
    for size in sizes:
        strips.append(said[at : at + size])
        at += size
    return fax_file.to_tiff(parcels.pages_of(facts, strips))


def ink_of(tiff: Path, pages: int = PAGES + BEFORE) -> list[int]:
    """Black pixels of some pages: both must have drawn the text."""
    with Image.open(tiff) as image:
        found = getattr(image, "n_frames", 1)
        assert found == pages, f"{found} pages"
        assert image.size == (fax_file.WIDTH, fax_file.ROWS_MAX), image.size
        counts = []
        for page in (0, pages // 2, pages - 1):
            image.seek(page)
            counts.append(image.convert("1").histogram()[0])
        return counts


def tiffg4(ghostscript: str, target: Path) -> list[str]:
    """Ghostscript's command for the same sheet, but for the PDF's name."""
    return [
        ghostscript, "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffg4",
        f"-r{fax_file.DPI_ACROSS}x{fax_file.DPI_DOWN}",
        f"-g{fax_file.WIDTH}x{fax_file.ROWS_MAX}", f"-sOutputFile={target}",
    ]  # fmt: skip


def pdf_compared(ghostscript: str, folder: Path) -> tuple[float, float]:
    """Processor seconds for one PDF of PDF_PAGES pages, ours and Ghostscript's: the least of some
    rounds, whole processes."""
    source, ours, theirs = folder / "source.pdf", folder / "ours.tiff", folder / "theirs.tiff"
    data = pdf_of(sheets_of(PDF_PAGES))
    source.write_bytes(data)
    job: parcels.Facts = {"job": "attachment", "pages_max": PDF_PAGES}
    asked = b"".join(parcels.pieces((job, [data])))
    we = [sys.executable, "-m", "gateways.encode.workbench_child", *LIMITS]
    they = [*tiffg4(ghostscript, theirs), str(source)]
    bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    ours.write_bytes(tiff_of(answered(we, asked, bytecode)[1]))
    seconds = [(answered(we, asked, bytecode)[0], cpu_seconds(they)) for _ in range(ROUNDS)]
    inks = zip(ink_of(ours, PDF_PAGES), ink_of(theirs, PDF_PAGES), strict=True)
    for black, other_black in inks:
        assert 0.8 < black / other_black < 1.25, f"other text: {black} and {other_black} pixels"
    return min(own for own, _ in seconds), min(other for _, other in seconds)


def compared(ghostscript: str, folder: Path, sheets: list[list[str]]) -> tuple[float, float]:
    """Processor seconds for PAGES pages, ours and Ghostscript's: of some rounds the least of each
    program, for what else runs on the machine only ever adds."""
    ours, theirs = folder / "ours.tiff", folder / "theirs.tiff"
    we = [sys.executable, "-m", "tests.bench.bench_fax"]
    they = tiffg4(ghostscript, theirs)
    for count in (BEFORE, PAGES + BEFORE):
        lines = (line for sheet in sheets[:count] for line in sheet)
        (folder / f"{count}.txt").write_text("\n".join(lines), "utf-8")
        (folder / f"{count}.pdf").write_bytes(pdf_of(sheets[:count]))
    commands = {
        (who, count): words
        for count in (BEFORE, PAGES + BEFORE)
        for who, words in (
            ("we", [*we, str(folder / f"{count}.txt"), str(ours)]),
            ("they", [*they, str(folder / f"{count}.pdf")]),
        )
    }
    seconds: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for each, words in commands.items():
            seconds.setdefault(each, []).append(cpu_seconds(words))
    for black, other_black in zip(ink_of(ours), ink_of(theirs), strict=True):
        assert 0.8 < black / other_black < 1.25, f"other text: {black} and {other_black} pixels"
    our_seconds, their_seconds = (
        min(seconds[who, PAGES + BEFORE]) - min(seconds[who, BEFORE]) for who in ("we", "they")
    )
    return our_seconds, their_seconds


def run() -> dict[str, float]:
    """Pages a second, ours to Ghostscript's."""
    ghostscript = shutil.which("gs")
    if ghostscript is None:
        raise SystemExit("bench_fax: Ghostscript is missing; install the package ghostscript")
    ratios = []
    for dense in (False, True):
        sheets = sheets_of(PAGES + BEFORE, dense=dense)
        letters = sum(len(line) for sheet in sheets for line in sheet) // len(sheets)
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = compared(ghostscript, Path(folder), sheets)
        ratios.append(theirs / ours)
        print(
            f"{letters} characters a page: {theirs / ours:.2f} "
            f"({PAGES / ours:.0f} and {PAGES / theirs:.0f} pages a CPU second)"
        )
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pdf_compared(ghostscript, Path(folder))
    print(
        f"a PDF of {PDF_PAGES} pages: {theirs / ours:.2f} ({ours:.2f} and {theirs:.2f} CPU seconds)"
    )
    found = dict(zip(GOALS, (ratios[0], theirs / ours), strict=True))
    for name, ratio in found.items():
        print(f"{name} {ratio:.2f} goal {GOALS[name]}")
    return found


if __name__ == "__main__":
    if len(sys.argv) == 3:
        draw(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        run()
